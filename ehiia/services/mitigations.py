"""Mitigating actions: promising them while an assessment is written.

Promising counts as writing. What the owner says of one does not: see
``services.claiming``. The register of actions is in ``services.promises``.
What a decision relied on is neither taken out nor made weaker here (ACT-05).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.mitigating import WEAKENS, ActionKind, Funding, Promised, weaker
from ehiia.domain.vocabulary import Dimension, InPlace, Likelihood, Permission, Severity
from ehiia.services import addresses, answering, partner_links, people, taking_on
from ehiia.services.claiming import claim
from ehiia.services.mitigation_sight import Link, links_of, list_of, see_one
from ehiia.services.owning import drop_owner
from ehiia.services.relied import relied_on, still_answers
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, Refused, Stale, transaction
from ehiia.store.answers import Answer, ImpactRow, MitigationImpact, MitigationRow
from ehiia.store.assessments import Assessment, AssessmentGroup

__all__ = [
    "Link",
    "MitigationRow",
    "Promise",
    "add",
    "change",
    "claim",
    "links_of",
    "list_of",
    "see_one",
    "take_out",
]

LONGEST = {
    "what": 4000,
    "measure": 2000,
    "resources": 2000,
    "outside_owner": 300,
    "outside_email": addresses.LONGEST,
    "baseline": 300,
    "target": 300,
    "data_source": 300,
    "clause": 300,
}
OVERALL = "overall"
RELIED_ON = (
    "The decision relied on this. Ask the body that decided, on the page of the action, or add another action"
)
INSTEAD = {
    "due_on": "The decision relied on this date. Ask for another one on the page of the action",
    "owner_id": "The decision relied on somebody doing this. Name who owns it instead",
    "answers": "The decision relied on it answering every impact that was ticked then. Others may be added",
}
"""Field -> what can be done instead, where that is something else than to ask the body that decided."""


@dataclass(frozen=True)
class Promise:
    """A mitigating action as it is entered; only what will be done is needed to save it."""

    what: str
    owner_id: int | None = None
    outside_owner: str = ""
    """Name and organisation of an owner who has no account here."""
    outside_email: str = ""
    """Where an owner outside is written to."""
    due_on: date | None = None
    measure: str = ""
    in_place: InPlace | None = None
    likelihood: Likelihood | None = None
    """With ``severity``: the risk expected to be left when it is done."""
    severity: Severity | None = None
    answers: tuple[Link, ...] = ()
    kind: ActionKind | None = None
    starts_on: date | None = None
    baseline: str = ""
    target: str = ""
    data_source: str = ""
    resources: str = ""
    funding: Funding | None = None
    clause: str = ""

    def columns(self) -> dict[str, Any]:
        """Return what a row keeps of it, by column; the impacts it answers have rows of their own."""
        entered = {one.name: getattr(self, one.name) for one in fields(self)}
        risk = {f"expected_{name}": entered.pop(name) for name in ("likelihood", "severity")}
        del entered["answers"]
        kept = {name: value.strip() if isinstance(value, str) else value for name, value in entered.items()}
        kept["outside_email"] = self.outside_email.strip().lower()
        return kept | {name: int(degree) if degree else None for name, degree in risk.items()}


# -- promising ---------------------------------------------------------------------------------


def add(ref: str, promise: Promise, *, by: int, now: datetime) -> MitigationRow:
    """Promise a mitigating action; its reference counts up in the assessment and is never used again.

    Raises Invalid by field, NotAllowed where answers may not be changed.
    """
    with transaction() as session:
        assessment = _writing(session, ref, by, now)
        _check(session, assessment, promise, day_of(now))
        newest = session.scalar(
            select(MitigationRow)
            .where(MitigationRow.assessment_id == assessment.id)
            .order_by(MitigationRow.id.desc())
            .limit(1)
        )
        if newest and newest.by == by and newest.taken_out_at is None and _says(session, newest, promise):
            return newest  # the form was sent twice: its owner is told once
        number = session.scalar(
            select(func.count())
            .select_from(MitigationRow)
            .where(MitigationRow.assessment_id == assessment.id)
        )
        row = MitigationRow(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            ref=f"{assessment.ref}-M{(number or 0) + 1}",
            what=promise.what.strip(),
            by=by,
            at=now,
        )
        session.add(row)
        _fill(session, row, promise)
        if row.owner_id is not None:
            taking_on.name_owner(session, assessment, row, row.owner_id, by=by, now=now)
        _wrote(session, assessment, row, "added", by, now)
    return row


def change(mitigation_ref: str, promise: Promise, *, revision: int, by: int, now: datetime) -> MitigationRow:
    """Change what is promised. Raises Stale where somebody else changed it meanwhile, Invalid by field."""
    with transaction() as session:
        assessment, row = _mine(session, mitigation_ref, by, now)
        if row.revision != revision:
            if row.by == by and _says(session, row, promise):
                return row  # the form was sent twice
            raise Stale
        _check(session, assessment, promise, day_of(now), before=row)
        owner, outside = row.owner_id, (row.outside_owner, row.outside_email)
        _fill(session, row, promise)
        if (row.owner_id, row.outside_owner) != (owner, outside[0]):
            taking_on.ask_anew(row)
        if outside != (row.outside_owner, row.outside_email):
            partner_links.end(session, [row.id], now=now)
        row.revision += 1
        row.by, row.at = by, now
        session.flush()
        if row.owner_id != owner:
            drop_owner(session, assessment.id, owner, now=now)
            if row.owner_id is not None:
                taking_on.name_owner(session, assessment, row, row.owner_id, by=by, now=now)
        session.flush()
        _wrote(session, assessment, row, "changed", by, now)
    return row


def take_out(mitigation_ref: str, *, by: int, now: datetime) -> None:
    """Take an action out again while the assessment is written; the row and its reference stay.

    Raises Refused where a decision relied on it.
    """
    with transaction() as session:
        assessment, row = _mine(session, mitigation_ref, by, now)
        relied = relied_on(assessment.id, session=session)
        if relied is not None and row.ref in relied.actions:
            raise Refused(f"{RELIED_ON}.")
        row.taken_out_at = now
        row.revision += 1
        row.by, row.at = by, now
        session.flush()
        drop_owner(session, assessment.id, row.owner_id, now=now)
        partner_links.end(session, [row.id], now=now)
        _wrote(session, assessment, row, "taken_out", by, now)


def _writing(session: Session, ref: str, by: int, now: datetime) -> Assessment:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment


def _mine(session: Session, mitigation_ref: str, by: int, now: datetime) -> tuple[Assessment, MitigationRow]:
    actor = people.actor_of(by, today=day_of(now), session=session)
    seen, row = see_one(mitigation_ref, actor=actor, permission=Permission.WRITE, session=session, lock=True)
    return seen.assessment, row


def _check(
    session: Session,
    assessment: Assessment,
    promise: Promise,
    today: date,
    before: MitigationRow | None = None,
) -> None:
    errors: dict[str, str] = {}
    if not promise.what.strip():
        errors["what"] = "Enter what will be done"
    for name, longest in LONGEST.items():
        if len(getattr(promise, name).strip()) > longest:
            errors[name] = f"This must be {longest:,} characters or fewer"
    if promise.starts_on and promise.due_on and promise.starts_on > promise.due_on:
        errors["starts_on"] = "The day it starts must not be after the day it is due"
    if promise.owner_id is not None:
        if promise.outside_owner.strip():
            errors["outside_owner"] = "Choose an owner here or name one outside, not both"
        known = {one.id for one in people.with_role(assessment.organisation_id, today=today, session=session)}
        if promise.owner_id not in known and not (before and before.owner_id == promise.owner_id):
            errors["owner_id"] = "Choose an owner from the list"
    if address := promise.outside_email.strip():
        if not promise.outside_owner.strip():
            errors["outside_email"] = "Name whose address this is, or leave it empty"
        elif not addresses.is_address(address):
            errors["outside_email"] = addresses.WRONG
    if (promise.likelihood is None) != (promise.severity is None):
        missing = "likelihood" if promise.likelihood is None else "severity"
        errors[f"expected_{missing}"] = "Choose both likelihood and severity, or neither"
    if not set(promise.answers) <= _known_links(session, assessment):
        errors["answers"] = "Choose impacts from the list"
    if before is not None:
        errors = _weaker(session, assessment, before, promise) | errors
    if errors:
        raise Invalid(**errors)


def _weaker(session: Session, assessment: Assessment, row: MitigationRow, promise: Promise) -> dict[str, str]:
    """Return by field where less would be promised than a decision relied on."""
    entered = promise.columns()
    before = Promised(
        {name: getattr(row, name) for name in WEAKENS},
        bool(row.owner_id or row.outside_owner),
        frozenset(links_of(row.id, session=session)),
    )
    owned = bool(entered["owner_id"] or entered["outside_owner"])
    fields = weaker(before, Promised(entered, owned, frozenset(promise.answers)))
    relied = relied_on(assessment.id, session=session) if fields else None
    if relied is None or row.ref not in relied.actions:
        return {}
    if "answers" in fields and still_answers(session, assessment, relied.actions[row.ref], promise.answers):
        fields -= {"answers"}
    return {name: INSTEAD.get(name, RELIED_ON) for name in fields}


def _known_links(session: Session, assessment: Assessment) -> set[Link]:
    """Return every impact an action may answer: those of its groups, and questions of one effect."""
    groups = session.scalars(
        select(AssessmentGroup.code).where(AssessmentGroup.assessment_id == assessment.id)
    )
    links = {(code, dimension.value) for code in groups for dimension in Dimension}
    # an impact stays linked where its group was taken out again
    links |= {
        (subject, dimension.value)
        for subject, dimension in session.execute(
            select(ImpactRow.subject, ImpactRow.dimension).where(ImpactRow.assessment_id == assessment.id)
        )
    }
    links |= {
        (question, OVERALL)
        for question in session.scalars(
            select(Answer.question).where(Answer.assessment_id == assessment.id, Answer.subject == "")
        )
    }
    return links


def _fill(session: Session, row: MitigationRow, promise: Promise) -> None:
    for name, value in promise.columns().items():
        setattr(row, name, value)
    session.flush()
    _link(session, row.id, promise.answers)


def _says(session: Session, row: MitigationRow, promise: Promise) -> bool:
    """Whether the row says just what is promised."""
    same = all(getattr(row, name) == value for name, value in promise.columns().items())
    return same and set(links_of(row.id, session=session)) == set(promise.answers)


def _link(session: Session, mitigation_id: int, links: Iterable[Link]) -> None:
    session.execute(delete(MitigationImpact).where(MitigationImpact.mitigation_id == mitigation_id))
    for subject, dimension in sorted(set(links)):
        session.add(MitigationImpact(mitigation_id=mitigation_id, subject=subject, dimension=dimension))
    session.flush()


def _wrote(
    session: Session, assessment: Assessment, row: MitigationRow, what: str, by: int, now: datetime
) -> None:
    answering.changed_answers(session, assessment, by=by, now=now, what={"mitigation": {what: row.ref}})
    answering.recount(session, assessment)
