"""What came out of a decision log as a file for a spreadsheet: a row for each row of the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from ehiia.clock import day_of
from ehiia.documents.sheets import Cell, as_csv, as_xlsx
from ehiia.domain.logged import Fate
from ehiia.services.log_results import Line, result

HEAD = (
    *("Row", "Reference", "What was decided", "Day of the decision", "Who decided", "How it came out", "Why"),
    *("Assessment", "Title of the assessment", "Confirmed by", "Confirmed on", "How they know"),
)


def file_of(organisation_id: int, log_id: int, n: int | None, *, kind: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a result as "xlsx" or "csv". Raises NotFound."""
    found = result(organisation_id, log_id, n)
    rows = [_row(one) for one in found.lines]
    name = f"{PurePath(found.log.file_name).stem[:80]}-matched-{found.check.n}.{kind}"
    return name, as_csv(HEAD, rows) if kind == "csv" else as_xlsx("Decision log", HEAD, rows)


def _row(one: Line) -> Sequence[Cell]:
    row, found, said = one.row, one.found, one.said
    open_ = found.candidates if found.fate is Fate.UNSURE else ()
    may_be = "; ".join(f"{other.known.ref} ({other.why})" for other in open_)
    why = " ".join(f"{reason.text} ({reason.rule})" for reason in found.reasons)
    return (
        row.line,
        row.reference,
        row.title,
        row.decided_on,
        row.body,
        found.fate.label,
        f"{why} {may_be}".strip(),
        found.known.ref if found.known else "",
        found.known.title if found.known else "",
        one.said_by,
        day_of(said.at) if said else None,
        said.words if said else "",
    )
