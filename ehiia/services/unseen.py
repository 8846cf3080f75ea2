"""Who cannot see a restricted assessment yet and has to before it is sent on, in sentences."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ehiia.content.rules import rules
from ehiia.domain import restricted
from ehiia.services.sight import deciding_step
from ehiia.services.telling import may_check, taking_part
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment


def unseen(assessment: Assessment, *, today: date, session: Session | None = None) -> tuple[str, ...]:
    """Return who has to be named so that it does not wait unseen, were it restricted or as it is."""
    session = session or read()
    step = deciding_step(session, assessment.id)
    found = restricted.unseen(
        checkers=may_check(session, assessment, today),
        decider=step[1].chair_id if step else None,
        taking_part=taking_part(session, assessment.id),
    )
    body = step[1].name if step else ""
    return tuple(sentence(rule, body) for rule in found)


def sentence(rule: str, body: str = "") -> str:
    """Return what a rule says and what to do; ``body``: name of the body that decides."""
    text = rules()[rule]
    return f"{text.sentence.format(body=body)} {text.put_right} ({rule})"
