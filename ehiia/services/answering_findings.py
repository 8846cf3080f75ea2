"""Writing findings, answering them, and looking at them again.

Whoever writes a finding does not answer it, and whoever has to put it right does not say that it was.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.auditing import CLOSED_BY, FollowUp, Grade, Response
from ehiia.domain.telling import DateKind
from ehiia.services import cases, notices, organisations, people
from ehiia.services.calendars import Dated, going_with
from ehiia.services.findings import Seen, one_seen, see_one
from ehiia.services.programmes import must_keep_audits
from ehiia.services.sight import sees
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, note, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import FindingRow, FollowUpRow
from ehiia.store.people import Person

__all__ = ["Answer", "Finding", "answer", "change", "follow_up", "raise_finding"]

LONGEST = 4000
TWICE = timedelta(minutes=1)
"""The same finding within so long is one form that was sent twice."""


@dataclass(frozen=True)
class Finding:
    """A finding as it is entered. Only the condition, a grade and who answers are needed to save it."""

    condition: str
    criterion: str = ""
    cause: str = ""
    effect: str = ""
    recommendation: str = ""
    grade: Grade | None = None
    answers_id: int | None = None
    due_on: date | None = None
    """By when an answer is asked for."""


@dataclass(frozen=True)
class Answer:
    """What management says of a finding."""

    response: Response | None
    words: str = ""
    owner_id: int | None = None
    due_on: date | None = None
    risk_taken_by: int | None = None


# -- writing -------------------------------------------------------------------------------------


def raise_finding(
    finding: Finding, *, case_id: int | None, organisation_id: int, by: int, now: datetime
) -> FindingRow:
    """Write a finding: about an item of a sample, or about the way of assessing. Whoever answers is told.

    Raises NotFound, NotAllowed (also where the person may not audit the item), Invalid by field.
    """
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        assessment: Assessment | None = None
        if case_id is not None:
            actor = people.actor_of(by, today=day_of(now), session=session)
            case = cases.see_case(case_id, actor=actor, session=session)
            if case.row.organisation_id != organisation_id:
                raise NotFound
            if not case.ruling:
                raise NotAllowed(case.ruling.reason)
            assessment = case.seen.assessment
        grade, answers_id = _check(session, finding, organisation_id, assessment, by, now)
        values = _values(finding)
        newest = session.scalar(
            select(FindingRow)
            .where(FindingRow.organisation_id == organisation_id, FindingRow.raised_by == by)
            .order_by(FindingRow.id.desc())
            .limit(1)
        )
        soon = newest is not None and now - newest.raised_at < TWICE and newest.case_id == case_id
        if newest and soon and all(getattr(newest, name) == value for name, value in values.items()):
            return newest  # the form was sent twice
        organisation = organisations.get(organisation_id, session=session)
        year = day_of(now).year
        number = organisations.next_ref(session, organisation, "finding", year)
        row = FindingRow(
            organisation_id=organisation_id,
            ref=f"{organisation.ref_prefix}-F{year}-{number:03d}",
            case_id=case_id,
            assessment_id=assessment.id if assessment else None,
            raised_by=by,
            raised_at=now,
            by=by,
            at=now,
            **values,
        )
        session.add(row)
        session.flush()
        _note(session, row, "finding_raised", by, now, grade=grade.label)
        _tell(session, row, "finding_raised", {answers_id}, by, now)
    return row


def change(
    finding_ref: str, finding: Finding, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Change the words of a finding until it is answered. Raises Stale, Invalid by field, NotAllowed."""
    with transaction() as session:
        seen, row, assessment = _locked(session, finding_ref, organisation_id, by, now)
        if not seen.may_change:
            raise NotAllowed(seen.may_change.reason)
        _, answers_id = _check(session, finding, organisation_id, assessment, by, now)
        values = _values(finding)
        if all(getattr(row, name) == value for name, value in values.items()):
            return
        if row.revision != revision:
            raise Stale
        before = row.answers_id
        for name, value in values.items():
            setattr(row, name, value)
        _touched(row, by, now)
        _note(session, row, "finding_changed", by, now)
        if before != answers_id:
            _tell(session, row, "finding_raised", {answers_id}, by, now)


def answer(
    finding_ref: str, given: Answer, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Say for management whether it is accepted, who puts it right by when, or who takes the risk.

    Raises NotAllowed, Stale, Invalid by field: response, words, owner_id, due_on, risk_taken_by.
    """
    with transaction() as session:
        seen, row, assessment = _locked(session, finding_ref, organisation_id, by, now)
        if not seen.may_answer:
            raise NotAllowed(seen.may_answer.reason)
        errors = _wrong(session, given, organisation_id, assessment, now)
        if errors:
            raise Invalid(**errors)
        takes_risk = given.response is Response.NOT_ACCEPTED
        values = {
            "response": given.response,
            "response_words": given.words.strip(),
            "owner_id": None if takes_risk else given.owner_id,
            "due_on": None if takes_risk else given.due_on,
            "risk_taken_by": given.risk_taken_by if takes_risk else None,
        }
        if all(getattr(row, name) == value for name, value in values.items()):
            return
        if row.revision != revision:
            raise Stale
        moved_from = row.due_on if row.response is not None else None
        for name, value in values.items():
            setattr(row, name, value)
        row.responded_by, row.responded_at = by, now
        _touched(row, by, now)
        _note(
            session,
            row,
            "finding_answered",
            by,
            now,
            response=given.response.label if given.response else "",
            from_on=moved_from.isoformat() if moved_from else "",
            to_on=row.due_on.isoformat() if row.due_on else "",
            reason=row.response_words,
        )
        told = {row.raised_by} | {person for person in (row.owner_id, row.risk_taken_by) if person}
        _tell(session, row, "finding_answered", told - {row.owner_id}, by, now)
        if row.owner_id is not None and row.due_on is not None:
            dated = Dated(DateKind.FINDING, row.id, row.due_on)
            attach = going_with(session, dated, assessment, now=now)
            _tell(session, row, "finding_answered", {row.owner_id}, by, now, attach=attach)


def follow_up(
    finding_ref: str,
    result: FollowUp | None,
    *,
    words: str,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Say what was seen when it was looked at again; each time is kept.

    Raises NotAllowed, Refused where it is closed, Stale, Invalid by field.
    """
    errors = {}
    if result is None:
        errors["result"] = "Choose what you saw"
    if not words.strip():
        errors["words"] = "Say what you looked at and what you saw"
    elif len(words.strip()) > LONGEST:
        errors["words"] = f"This must be {LONGEST:,} characters or fewer"
    with transaction() as session:
        seen, row, _ = _locked(session, finding_ref, organisation_id, by, now)
        if not seen.may_follow:
            raise NotAllowed(seen.may_follow.reason)
        if errors or result is None:
            raise Invalid(**errors)
        if row.revision != revision:
            if (row.followed, row.followed_words, row.followed_by) == (result, words.strip(), by):
                return  # the form was sent twice
            raise Stale
        if row.followed in CLOSED_BY:
            raise Refused("It is closed.")
        session.add(FollowUpRow(finding_id=row.id, result=result, words=words.strip(), by=by, at=now))
        row.followed, row.followed_words = result, words.strip()
        row.followed_by, row.followed_at = by, now
        _touched(row, by, now)
        _note(
            session,
            row,
            "finding_followed",
            by,
            now,
            result=result.label,
            reason=words.strip(),
        )
        told = {person for person in (row.answers_id, row.owner_id) if person}
        _tell(session, row, "finding_followed", told, by, now)


# -- common ----------------------------------------------------------------------------------------


def _locked(
    session: Session, finding_ref: str, organisation_id: int, by: int, now: datetime
) -> tuple[Seen, FindingRow, Assessment | None]:
    today = day_of(now)
    actor = people.actor_of(by, today=today, session=session)
    seen = see_one(finding_ref, actor=actor, organisation_id=organisation_id, today=today)
    session.refresh(seen.row, with_for_update=True)
    seen = one_seen(seen.row, seen.about, seen.title, seen.names, actor, today)
    here = seen.row.assessment_id
    return seen, seen.row, session.get(Assessment, here) if here is not None else None


def _values(finding: Finding) -> dict[str, object]:
    entered = {one.name: getattr(finding, one.name) for one in fields(finding)}
    # a grade is a word of ours, and a text as well: it stays what it is
    return {name: value.strip() if type(value) is str else value for name, value in entered.items()}


def _check(
    session: Session,
    finding: Finding,
    organisation_id: int,
    assessment: Assessment | None,
    by: int,
    now: datetime,
) -> tuple[Grade, int]:
    errors = {}
    if not finding.condition.strip():
        errors["condition"] = "Say what you saw"
    for name in ("condition", "criterion", "cause", "effect", "recommendation"):
        if len(getattr(finding, name).strip()) > LONGEST:
            errors[name] = f"This must be {LONGEST:,} characters or fewer"
    if finding.grade is None:
        errors["grade"] = "Choose how much it matters"
    if finding.answers_id is None:
        errors["answers_id"] = "Choose who answers it"
    elif finding.answers_id == by:
        errors["answers_id"] = "You write it, so somebody else answers it"
    else:
        problem = _unfit(session, finding.answers_id, organisation_id, assessment, now)
        if problem:
            errors["answers_id"] = problem
    if errors or finding.grade is None or finding.answers_id is None:
        raise Invalid(**errors)
    return finding.grade, finding.answers_id


def _unfit(
    session: Session, person_id: int, organisation_id: int, assessment: Assessment | None, now: datetime
) -> str:
    """Return why somebody cannot be named, or ""."""
    today = day_of(now)
    if person_id not in {one.id for one in people.with_role(organisation_id, today=today, session=session)}:
        return "Choose somebody from the list"
    if assessment is not None and not sees(session, assessment, person_id, today=today):
        return "They cannot see the assessment that it is about"
    return ""


def _wrong(
    session: Session, given: Answer, organisation_id: int, assessment: Assessment | None, now: datetime
) -> dict[str, str]:
    errors = {}
    if given.response is None:
        errors["response"] = "Choose what management says"
    elif given.response is not Response.ACCEPTED and not given.words.strip():
        errors["words"] = "Say why"
    if len(given.words.strip()) > LONGEST:
        errors["words"] = f"This must be {LONGEST:,} characters or fewer"
    if given.response is Response.NOT_ACCEPTED:
        named = {"risk_taken_by": given.risk_taken_by}
        if given.risk_taken_by is None:
            errors["risk_taken_by"] = "Choose who accepts the risk"
    else:
        named = {"owner_id": given.owner_id}
        if given.response is not None and given.owner_id is None:
            errors["owner_id"] = "Choose who puts it right"
        if given.response is not None and given.due_on is None:
            errors["due_on"] = "Enter the day by which it is put right"
    for name, person_id in named.items():
        if person_id is not None and name not in errors:
            problem = _unfit(session, person_id, organisation_id, assessment, now)
            if problem:
                errors[name] = problem
    return errors


def _touched(row: FindingRow, by: int, now: datetime) -> None:
    row.revision += 1
    row.by, row.at = by, now


def _note(session: Session, row: FindingRow, verb: str, by: int, now: datetime, **body: object) -> None:
    session.flush()
    note(
        session,
        verb,
        organisation_id=row.organisation_id,
        subject=f"finding:{row.id}",
        by=by,
        at=now,
        finding=row.ref,
        **body,
    )


def _tell(
    session: Session,
    row: FindingRow,
    message: str,
    told: set[int],
    by: int,
    now: datetime,
    *,
    attach: notices.Attach | None = None,
) -> None:
    """Tell people through the outbox, once; a mail says that there is a finding, and no word of it."""
    name = session.scalar(select(Person.name).where(Person.id == by)) or ""
    for person_id in sorted(told - {by}):
        notices.tell(
            session,
            person_id=person_id,
            message_name=message,
            values={"item": row.ref, "by": name, "path": f"/audits/findings/{row.ref}", "due_on": row.due_on},
            dedupe_key=f"{message}:{row.id}:{now.isoformat()}",
            organisation_id=row.organisation_id,
            now=now,
            attach=attach,
        )
