"""The extract of the history that a decision record shows: the steps of its version, and who took them."""

from __future__ import annotations

import json

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ehiia.domain.decision import Happened
from ehiia.services.history import SENTENCES, SYSTEM
from ehiia.store.assessments import Assessment
from ehiia.store.history import History, HistoryBody
from ehiia.store.people import Person

BESIDE_MOVES = ("adopted", "urgency_agreed", "read_version", "decision_entered", "meeting_moved")
"""What a record tells besides the moves from stage to stage: acts that stand behind the decision."""


def in_version(session: Session, assessment: Assessment, version_no: int) -> tuple[Happened, ...]:
    """Return the moves of a version and the acts behind its decision, oldest first.

    What was said in free text is left out: the record holds it where it belongs.
    """
    query = (
        select(History, HistoryBody.text, Person.name)
        .outerjoin(HistoryBody, HistoryBody.history_id == History.id)
        .outerjoin(Person, Person.id == History.by)
        .where(
            History.subject == f"assessment:{assessment.id}",
            or_(History.verb.startswith("move_", autoescape=True), History.verb.in_(BESIDE_MOVES)),
        )
        .order_by(History.seq)
    )
    found: list[Happened] = []
    for row, text, name in session.execute(query):
        body = json.loads(text) if text else {}
        if body.get("version", version_no) != version_no:
            found.clear()  # an earlier version was still in hand, and what came before belongs to it
            continue
        who = name or body.get("named") or SYSTEM
        found.append(Happened(row.seq, row.at, who, SENTENCES[row.verb](body).strip()))
    return tuple(found)
