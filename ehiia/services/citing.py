"""Which sources answers and impacts rest on: read for a page, and changed with it.

A key names what rests on a source: "q-problem" for the answer to a question,
"d-access" for an impact in a dimension; the page says about which group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ehiia.domain.vocabulary import Dimension
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.library import CitationRow, EvidenceUse


@dataclass(frozen=True)
class Cited:
    """What is ticked: the sources that the page showed as cited, and those that are cited now, by use."""

    was: frozenset[int]
    now: frozenset[int]


def key_of(*, question: str = "", dimension: Dimension | str | None = None) -> str:
    """Return the key of an answer or of an impact."""
    return f"d-{dimension}" if dimension else f"q-{question}"


def of_page(assessment_id: int, subject: str = "") -> dict[str, frozenset[int]]:
    """Return what the answers and impacts about one subject rest on: key -> uses of sources."""
    rows = read().execute(
        select(CitationRow.use_id, CitationRow.question, CitationRow.dimension).where(
            CitationRow.assessment_id == assessment_id, CitationRow.subject == subject
        )
    )
    found: dict[str, set[int]] = {}
    for use_id, question, dimension in rows:
        found.setdefault(key_of(question=question, dimension=dimension), set()).add(use_id)
    return {key: frozenset(uses) for key, uses in found.items()}


def change(
    session: Session,
    assessment: Assessment,
    subject: str,
    given: Mapping[str, Cited],
    *,
    by: int,
    now: datetime,
) -> list[str]:
    """Cite and stop citing in the caller's transaction; returns the keys that changed.

    Only what the person ticked or unticked is changed, so that two who cite at the same time both stand.
    """
    if all(one.was == one.now for one in given.values()):
        return []
    known = set(
        session.scalars(
            select(EvidenceUse.id).where(
                EvidenceUse.assessment_id == assessment.id, EvidenceUse.taken_out_at.is_(None)
            )
        )
    )
    here = (CitationRow.assessment_id == assessment.id, CitationRow.subject == subject)
    stored = {
        (row.use_id, key_of(question=row.question, dimension=row.dimension))
        for row in session.scalars(select(CitationRow).where(*here))
    }
    changed = []
    for key, one in given.items():
        kind, _, name = key.partition("-")
        question, dimension = (name, "") if kind == "q" else ("", name)
        if kind == "d" and dimension not in set(Dimension):
            continue
        added = sorted(use for use in (one.now - one.was) & known if (use, key) not in stored)
        dropped = sorted(use for use in one.was - one.now if (use, key) in stored)
        for use in added:
            session.add(
                CitationRow(
                    assessment_id=assessment.id,
                    use_id=use,
                    subject=subject,
                    question=question,
                    dimension=dimension,
                    by=by,
                    at=now,
                )
            )
        if dropped:
            session.execute(
                delete(CitationRow)
                .where(
                    *here,
                    CitationRow.question == question,
                    CitationRow.dimension == dimension,
                    CitationRow.use_id.in_(dropped),
                )
                .execution_options(synchronize_session="fetch")
            )
        if added or dropped:
            changed.append(key)
    session.flush()
    return changed
