"""What waits for whoever audits, and the findings that wait for those who answer and put right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from ehiia.domain.access import QUIET, Actor, may_in
from ehiia.domain.auditing import CaseState
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import audits, findings
from ehiia.services.transaction import read
from ehiia.services.waiting.items import LIMIT, Area, Item, short
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow
from ehiia.store.visible import known_in

VERDICT = "Find out whether it was done and works"
CASE = "Audit what was drawn"
ANSWER = "Answer the finding"
PUT_RIGHT = "Put it right"
LOOK_AGAIN = "Look again"


def verdicts(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if not actor.has(organisation_id, Role.AUDITOR):
        return
    for one in audits.waiting_for_verdict(actor, organisation_id, limit=LIMIT):
        if one.may:
            yield Item(
                VERDICT,
                one.assessment_ref,
                short(one.mitigation.what),
                f"{one.owner or 'Its owner'} says it is done.",
                item=one.mitigation.ref,
                area=Area.AUDITS,
            )


def cases(actor: Actor, organisation_id: int) -> Iterator[Item]:
    """Yield the items of samples that were given to the person and are not done: one query."""
    if not may_in(actor, Permission.SEE_AUDIT_PLAN, organisation_id):
        return
    rows = read().execute(
        select(CaseRow, MitigationRow.what, MitigationRow.taken_out_at, Assessment)
        .join(Assessment, Assessment.id == CaseRow.assessment_id)
        .outerjoin(MitigationRow, MitigationRow.id == CaseRow.mitigation_id)
        .where(
            CaseRow.auditor_id == actor.person_id,
            CaseRow.state != CaseState.DONE,
            known_in(organisation_id, actor.person_id, holds_post=True),
        )
        .order_by(CaseRow.id)
        .limit(LIMIT)
    )
    for row, what, taken_out_at, assessment in rows:
        if taken_out_at is None and (what is None or assessment.stage not in QUIET):
            why = f"Drawn as {row.pool.label.lower()}, for {assessment.title}."
            yield Item(
                CASE, assessment.ref, short(what or assessment.title), why, item=str(row.id), area=Area.AUDITS
            )


def found(actor: Actor, organisation_id: int, today: date) -> Iterator[Item]:
    """Yield the findings that the person answers, puts right, or looks at again when their day has come."""
    for row, ref, title in findings.waiting(actor, organisation_id):
        if row.response is None and row.answers_id == actor.person_id:
            do, area = ANSWER, Area.OWN
        elif row.response is not None and row.owner_id == actor.person_id:
            do, area = PUT_RIGHT, Area.OWN
        elif row.due_on is not None and row.due_on <= today and findings.may_follow(row, actor):
            do, area = LOOK_AGAIN, Area.AUDITS
        else:
            continue
        about = f"Finding {row.ref}" + (f", about {title}." if title else ".")
        yield Item(
            do, ref, short(row.condition), about, row.due_on, item=row.ref, now=do == ANSWER, area=area
        )
