"""Bringing in the register that an organisation kept before: upload, columns, trial run, list of files.

Nothing of a file counts before somebody has seen what becomes of each of its
rows and brings it in; that, and undoing it, is in ``services.brought_in`` and ``services.bringing_undone``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.documents import sheets, tables
from ehiia.documents.cells import NotADate, as_date, as_text
from ehiia.documents.tables import NotATable, Table
from ehiia.domain.access import may_in
from ehiia.domain.bringing_in import judge
from ehiia.domain.register_columns import DAYS, Field, folded, guess
from ehiia.domain.register_rows import Fate, Here, ImportState, Known, Problem, Row, Said
from ehiia.domain.vocabulary import Permission, ProposalKind, Role, Stage
from ehiia.services import people, uploads
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, note, read, transaction
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.store import register_known
from ehiia.store.earlier import RegisterImport

__all__ = [
    "MOST",
    "ColumnSeen",
    "Reading",
    "RegisterImport",
    "Trial",
    "columns_of",
    "find",
    "list_of",
    "set_columns",
    "set_sheet",
    "template",
    "trial",
    "trial_in",
    "upload",
]

MOST = 2000
"""Rows of a file. More would keep a page waiting for too long."""
KINDS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
EXAMPLES = 3
WIDTH = 80
"""Characters of an example."""


@dataclass(frozen=True)
class ColumnSeen:
    """A column as its page shows it: letter, heading, some of its values, and what it is taken for."""

    letter: str
    heading: str
    examples: tuple[str, ...]
    field: Field | None


@dataclass(frozen=True)
class Reading:
    """A file as it is read. ``sheets``: to choose from, where there are several."""

    columns: tuple[ColumnSeen, ...]
    rows: int
    heading_row: int
    sheets: tuple[str, ...]
    sheet: str


@dataclass(frozen=True)
class Trial:
    """What would become of every row. ``seen``: the same as long as it is the same."""

    rows: tuple[Row, ...]
    headings: Mapping[Field, str]
    """The heading and letter of the column in which a field stands."""

    @property
    def seen(self) -> str:
        """Return the digest of what would be done."""
        return sha256(repr(self.rows).encode()).hexdigest()

    def count(self, fate: Fate) -> int:
        """Return how many rows have this fate."""
        return sum(row.fate is fate for row in self.rows)

    @property
    def added(self) -> list[Row]:
        """Return the rows that would be added."""
        return [row for row in self.rows if row.fate is Fate.ADDED]


# -- the file ----------------------------------------------------------------------------------------


def must_bring_in(session: Session, organisation_id: int, *, by: int, now: datetime) -> None:
    """Raise NotAllowed unless the person may bring in a register of the organisation."""
    actor = people.actor_of(by, today=day_of(now), session=session)
    if not (ruling := may_in(actor, Permission.BRING_IN, organisation_id)):
        raise NotAllowed(ruling.reason)


def upload(name: str, data: bytes, *, organisation_id: int, by: int, now: datetime) -> int:
    """Keep a file and return the number of its import; a file that waits already is the same import.

    What its columns say is guessed from their headings, and from what was chosen for the last file.
    Raises Invalid (field ``file``) where it cannot be read as a table; NotAllowed.
    """
    try:
        checked = uploads.check(Upload(name, data))
        if checked.media_type not in KINDS:
            raise Invalid(file="Choose an Excel workbook (.xlsx) or a CSV file")
        table = tables.read(data, most_rows=MOST)
        names = tables.sheets(data)
    except (NotAccepted, NotATable) as refused:
        raise Invalid(file=str(refused)) from refused
    with transaction() as session:
        must_bring_in(session, organisation_id, by=by, now=now)
        digest = uploads.keep(session, checked, by=by, now=now)
        waiting = session.scalar(
            select(RegisterImport.id).where(
                RegisterImport.organisation_id == organisation_id,
                RegisterImport.file_sha256 == digest,
                RegisterImport.state == ImportState.OPEN,
            )
        )
        if waiting is not None:
            return waiting
        row = RegisterImport(
            organisation_id=organisation_id,
            file_sha256=digest,
            file_name=checked.name,
            columns=_guessed(session, organisation_id, table),
            headings={},
            sheet=table.sheet if len(names) > 1 else "",
            by=by,
            at=now,
        )
        session.add(row)
        session.flush()
        note(
            session,
            "register_uploaded",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            file=row.file_name,
            rows=len(table.rows),
        )
        return row.id


def _guessed(session: Session, organisation_id: int, table: Table) -> dict[str, str]:
    remembered = session.scalar(
        select(RegisterImport.headings)
        .where(RegisterImport.organisation_id == organisation_id, RegisterImport.state != ImportState.OPEN)
        .order_by(RegisterImport.id.desc())
        .limit(1)
    )
    fields = guess([column.heading for column in table.columns], remembered or {})
    return {column.letter: field.value for column, field in zip(table.columns, fields, strict=True) if field}


def find(organisation_id: int, import_id: int, *, session: Session | None = None) -> RegisterImport:
    """Return an import of the organisation; locked where a session is given. Raises NotFound."""
    query = select(RegisterImport).where(
        RegisterImport.id == import_id, RegisterImport.organisation_id == organisation_id
    )
    if session is not None:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = (session or read()).scalar(query)
    if found is None:
        raise NotFound
    return found


def list_of(organisation_id: int, *, limit: int = 25) -> list[tuple[RegisterImport, str]]:
    """Return the newest imports, each with the name of whoever uploaded it."""
    rows = list(
        read().scalars(
            select(RegisterImport)
            .where(RegisterImport.organisation_id == organisation_id)
            .order_by(RegisterImport.id.desc())
            .limit(limit)
        )
    )
    names = people.names({row.by for row in rows})
    return [(row, names.get(row.by, "")) for row in rows]


def _table(row: RegisterImport) -> Table:
    return tables.read(uploads.content_of(row.file_sha256), sheet=row.sheet or None, most_rows=MOST)


# -- its columns -------------------------------------------------------------------------------------


def columns_of(row: RegisterImport) -> Reading:
    """Return the columns of a file with examples, and what each is taken for."""
    table = _table(row)
    seen = []
    for at, column in enumerate(table.columns):
        values = [as_text(one.values[at]) for one in table.rows]
        examples = tuple(dict.fromkeys(value[:WIDTH] for value in values if value))[:EXAMPLES]
        field = row.columns.get(column.letter)
        seen.append(ColumnSeen(column.letter, column.heading, examples, Field(field) if field else None))
    names = tables.sheets(uploads.content_of(row.file_sha256))
    return Reading(
        tuple(seen), len(table.rows), table.heading_row, names if len(names) > 1 else (), row.sheet
    )


def set_sheet(organisation_id: int, import_id: int, sheet: str, *, by: int, now: datetime) -> None:
    """Read another sheet of the workbook, and guess its columns anew. Raises Invalid (``sheet``)."""
    with transaction() as session:
        row = _open(session, organisation_id, import_id, by=by, now=now)
        try:
            table = tables.read(uploads.content_of(row.file_sha256), sheet=sheet, most_rows=MOST)
        except NotATable as refused:
            raise Invalid(sheet=str(refused)) from refused
        row.sheet, row.columns = sheet, _guessed(session, organisation_id, table)
        row.revision += 1


def set_columns(
    organisation_id: int,
    import_id: int,
    chosen: Mapping[str, Field | None],
    kind: ProposalKind,
    *,
    revision: int,
    by: int,
    now: datetime,
) -> None:
    """Say what the columns are, by their letters. ``kind``: of those whose row does not say.

    Raises Invalid (fields ``column-<letter>``, or ``columns``), Stale, Refused where it was brought in.
    """
    errors = {}
    given: dict[Field, str] = {}
    for letter, field in chosen.items():
        if field is not None and field in given:
            errors[f"column-{letter}"] = f"Column {given[field]} is “{field.label}” already. Choose it once"
        elif field is not None:
            given[field] = letter
    if not {Field.REF, Field.TITLE} & set(given):
        errors["columns"] = (
            "Choose which column is the reference or the title, so that rows can be told apart"
        )
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        row = _open(session, organisation_id, import_id, by=by, now=now)
        columns = {letter: field.value for field, letter in given.items()}
        if (columns, kind) == (row.columns, row.kind):
            return
        if row.revision != revision:
            raise Stale
        row.columns, row.kind = columns, kind
        row.headings = {
            folded(column.heading): columns.get(column.letter, "") for column in _table(row).columns
        }
        row.revision += 1


def _open(
    session: Session, organisation_id: int, import_id: int, *, by: int, now: datetime
) -> RegisterImport:
    must_bring_in(session, organisation_id, by=by, now=now)
    row = find(organisation_id, import_id, session=session)
    if row.state is not ImportState.OPEN:
        raise Refused("This file was brought in. Upload it again to read its columns in another way.")
    return row


# -- the trial run -----------------------------------------------------------------------------------


def trial(row: RegisterImport, *, by: int, today: date) -> Trial:
    """Return what would become of every row now; nothing is done. Refused where its columns are not said."""
    return trial_in(read(), row, by=by, today=today)


def trial_in(session: Session, row: RegisterImport, *, by: int, today: date) -> Trial:
    """Return the trial as the session sees it; see ``trial``."""
    if row.kind is None:
        raise Refused("Say first what the columns of the file are.")
    table = _table(row)
    fields = {Field(value): letter for letter, value in row.columns.items()}
    at = {column.letter: place for place, column in enumerate(table.columns)}
    places = {field: at[letter] for field, letter in fields.items() if letter in at}
    said = [one for one in (_said(row, places) for row in table.rows) if not _explains(one)]
    headings = {field: f"{table.columns[place].heading} ({fields[field]})" for field, place in places.items()}
    return Trial(tuple(judge(said, _known(session, row, said, row.kind, by, today))), headings)


def _said(row: tables.Row, places: Mapping[Field, int]) -> Said:
    words, days, wrong = {}, {}, []
    for field, place in places.items():
        value = row.values[place]
        if value is None:
            continue
        words[field] = as_text(value)
        if field in DAYS:
            try:
                if (day := as_date(value, field.label)) is not None:
                    days[field] = day
            except NotADate as refused:
                wrong.append(Problem(field, str(refused)))
    return Said(row.number, words, days, tuple(wrong))


def _explains(said: Said) -> bool:
    """Whether a row is the line of our template that explains its columns."""
    return bool(said.words) and all(text == field.meaning for field, text in said.words.items())


def _known(
    session: Session, row: RegisterImport, said: Sequence[Said], kind: ProposalKind, by: int, today: date
) -> Known:
    here = row.organisation_id
    by_ref: dict[str, Here] = {}
    by_title: dict[str, Here] = {}
    refs, titles = ({one.get(field) for one in said} for field in (Field.REF, Field.TITLE))
    for own in register_known.made_here(session, here, by, refs, {title.casefold() for title in titles}):
        seen = Here(own.id, own.ref, earlier=False, open=False, review_on=own.review_due_on)
        by_ref.setdefault(folded(own.ref), seen)
        by_title.setdefault(folded(own.title), seen)
    known, marks = register_known.known_ids(session, here, by), register_known.marks_of(session, here)
    for earlier, one in register_known.earlier_of(session, here):
        seen = Here(
            id=one.id,
            ref=one.ref if one.id in known else "",
            earlier=True,
            open=one.stage is Stage.IN_FORCE and one.id in known,
            review_on=one.review_due_on,
            actions=frozenset(marks.get(one.id, ())),
        )
        if earlier.ref_folded:
            by_ref[earlier.ref_folded] = seen
        by_ref[folded(one.ref)] = by_title[folded(one.title)] = seen
    everybody: dict[str, list[int]] = {}
    for person in people.with_role(here, today=today, session=session):
        for name in {folded(person.name), (person.email or "").lower()} - {""}:
            everybody.setdefault(name, []).append(person.id)
    directors = people.with_role(here, Role.DIRECTOR, today=today, session=session)
    return Known(
        by_ref,
        by_title,
        {name: tuple(ids) for name, ids in everybody.items()},
        frozenset(one.id for one in directors),
        kind,
        today,
    )


# -- the template ------------------------------------------------------------------------------------


def template(kind: str) -> bytes:
    """Return a file with the columns and a line that explains each, as ``xlsx`` or ``csv``.

    The line may stay: a row that only explains its columns is passed over.
    """
    head, line = [field.label for field in Field], [field.meaning for field in Field]
    return sheets.as_csv(head, [line]) if kind == "csv" else sheets.as_xlsx("Register", head, [line])
