"""The register of mitigating actions as a file: just what the person may see of what they chose to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ehiia.documents.sheets import Cell, as_csv, as_xlsx
from ehiia.domain.access import Actor
from ehiia.services.promises import Listed, PromiseFilter, register

MOST = 10_000
"""So many actions go into one file."""
HEAD = (
    *("Reference", "Mitigating action", "Assessment", "Title", "Owner", "Taken on", "Accountable director"),
    *("Due", "Days overdue", "Owner says", "Auditor found", "What it does", "Measure", "Target", "Clause"),
)


def files_of(
    actor: Actor, organisation_id: int, wanted: PromiseFilter, *, today: date, kind: str
) -> tuple[str, bytes]:
    """Return the name and the bytes of the register as "xlsx" or "csv".

    At most ``MOST`` actions; where there are more, the last line says so.
    """
    page = register(actor, organisation_id, wanted, today=today, size=MOST)
    rows = [_row(one) for one in page.rows]
    if page.next_key:
        rows.append(
            (f"Only the first {MOST:,} are in this file. Choose fewer, for example by their director.",)
        )
    name = f"mitigating-actions-{today.isoformat()}.{kind}"
    return name, as_csv(HEAD, rows) if kind == "csv" else as_xlsx("Mitigating actions", HEAD, rows)


def _row(one: Listed) -> Sequence[Cell]:
    return (
        one.ref,
        one.what,
        one.assessment_ref,
        one.assessment_title,
        one.owner,
        one.acceptance.label if one.owner else "",
        one.director,
        one.due_on,
        one.days_overdue,
        one.claim.label,
        one.verdict.label if one.verdict else "Not audited yet",
        one.kind.label if one.kind else "",
        one.measure,
        one.target,
        one.clause,
    )
