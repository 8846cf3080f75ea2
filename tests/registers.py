"""Registers from before, as organisations keep them, for the tests that bring them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from ehiia.documents.sheets import Cell, as_csv, as_xlsx
from ehiia.domain.register_columns import Field
from ehiia.domain.register_rows import ImportState
from ehiia.domain.vocabulary import ProposalKind
from ehiia.services import bringing_in, brought_in
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from ehiia.store.earlier import ImportedRow, RegisterImport
from tests import factories
from tests.people import Cast

HEAD = (
    *("Ref", "Name of assessment", "Date approved", "Approved by", "Status", "Lead", "Director"),
    *("Residual risk", "Review date", "Action", "Action owner", "Email", "Due date", "Progress"),
)
CLINIC: tuple[Cell, ...] = (
    *("EIA-07", "Moving the clinic", date(2024, 9, 12), "The board", "Approved", "Amina Hassan"),
    *("Daniel Ashby", "Medium", date(2026, 9, 12), "Run a shuttle bus", "Helen Marsh", ""),
    *(date(2026, 6, 1), "On track"),
)
SECOND: tuple[Cell, ...] = (
    *("EIA-07", "Moving the clinic", None, "", "", "", "", "", None, "Letters in large print"),
    *("Jo Ferris, Town Council", "jo@council.example", date(2026, 5, 1), ""),
)
OLD: tuple[Cell, ...] = (
    *("EIA-01", "Opening hours", date(2019, 1, 9), "", "Archived", "Somebody Else", "", ""),
    *(None, "", "", "", None, ""),
)
ROWS = (CLINIC, SECOND, OLD)


def changed(row: Sequence[Cell], **cells: Cell) -> tuple[Cell, ...]:
    """Return a row with other cells, by the first word of their heading, small."""
    places = {heading.split()[0].lower(): at for at, heading in enumerate(HEAD)}
    places |= {"due": HEAD.index("Due date"), "owner": HEAD.index("Action owner")}
    places |= {"action": HEAD.index("Action"), "review": HEAD.index("Review date")}
    new = list(row)
    for name, cell in cells.items():
        new[places[name]] = cell
    return tuple(new)


def xlsx(*rows: Sequence[Cell]) -> bytes:
    """Return a register as a workbook."""
    return as_xlsx("Register", HEAD, rows)


def csv(*rows: Sequence[Cell]) -> bytes:
    """Return a register as CSV."""
    return as_csv(HEAD, rows)


def uploaded(data: bytes, cast: Cast, now: datetime, name: str = "register.xlsx", by: int = 0) -> int:
    """Upload a register as Ben, take its columns as they were guessed, and return its number."""
    number = bringing_in.upload(name, data, organisation_id=cast.organisation_id, by=by or cast.ben, now=now)
    row = bringing_in.find(cast.organisation_id, number)
    columns = {one.letter: one.field for one in bringing_in.columns_of(row).columns}
    bringing_in.set_columns(
        cast.organisation_id,
        number,
        columns,
        ProposalKind.SERVICE_CHANGE,
        revision=row.revision,
        by=by or cast.ben,
        now=now,
    )
    return number


def tried(number: int, cast: Cast, now: datetime, by: int = 0) -> bringing_in.Trial:
    """Return the trial run of an upload as Ben sees it."""
    row = bringing_in.find(cast.organisation_id, number)
    return bringing_in.trial(row, by=by or cast.ben, today=now.date())


def brought(data: bytes, cast: Cast, now: datetime, name: str = "register.xlsx") -> int:
    """Upload a register and bring it in as Ben, and return its number."""
    number = uploaded(data, cast, now, name)
    seen = tried(number, cast, now).seen
    brought_in.bring_in(cast.organisation_id, number, seen=seen, by=cast.ben, now=now)
    return number


FIELDS = (
    *(Field.REF, Field.TITLE, Field.DECIDED_ON, Field.DECIDED_BY, Field.STATE, Field.LEAD, Field.DIRECTOR),
    *(Field.RISK, Field.REVIEW_ON, Field.ACTION, Field.OWNER, Field.OWNER_EMAIL, Field.DUE_ON, Field.CLAIM),
)
"""What the columns of ``HEAD`` are."""


def brought_in_before(ref: str, cast: Cast, now: datetime) -> int:
    """Let a register have brought it in, with its action, before it was restricted."""
    number = uploaded(csv(OLD), cast, now, "register.csv")
    with transaction() as session:
        found = session.get_one(RegisterImport, number)
        found.state, found.done_by, found.done_at = ImportState.DONE, cast.ben, now
        session.add(
            ImportedRow(
                organisation_id=cast.organisation_id,
                import_id=number,
                number=2,
                ref=ref,
                assessment_id=factories.current(ref).id,
                made=True,
                mitigation_id=session.scalars(select(MitigationRow.id).limit(1)).one(),
                revision=1,
            )
        )
    return number
