"""Evidence gaps: noting what is not known, and closing it.

Noting and changing count as writing. Closing does too while it is written; after
the decision whoever sees to it closes it, and that is no writing. Accepting one
with a decision is in ``accepting``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import gaps as rules
from ehiia.domain.access import MitigationFacts, may
from ehiia.domain.gaps import Lack
from ehiia.domain.vocabulary import Dimension, GapState, Permission, Stage
from ehiia.services import answering, evidence, items, owning, people
from ehiia.services.answered import gap_of
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import (
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    note_on,
    read,
    transaction,
)
from ehiia.store.assessments import Assessment, AssessmentGroup
from ehiia.store.library import GapRow
from ehiia.store.people import Person

__all__ = [
    "Gap",
    "GapRow",
    "Unknown",
    "add",
    "change",
    "close",
    "group_labels",
    "list_of",
    "may_close",
    "noted",
    "one_of",
    "open_again",
    "stopping",
    "take_out",
]

LONGEST = {"unknown": 2000, "plan": 2000, "plain": 2000, "outside_owner": 300, "found": 4000}


@dataclass(frozen=True)
class Unknown:
    """A gap as it is entered; only what is not known is needed to save it."""

    unknown: str
    groups: tuple[str, ...] = ()
    material: bool | None = None
    plan: str = ""
    due_on: date | None = None
    owner_id: int | None = None
    outside_owner: str = ""
    """Name and organisation of somebody who has no account here."""
    plain: str = ""
    """What those who decide are told, in plain words."""
    subject: str = ""
    question: str = ""
    dimension: Dimension | None = None
    """Where it was noticed."""


@dataclass(frozen=True)
class Gap:
    """A gap as it is shown."""

    row: GapRow
    owner: str
    source: str
    """Title of the source that closed it, or ""."""
    lacks: tuple[Lack, ...] = ()
    """What it does not say yet."""

    @property
    def ref(self) -> str:
        """What it is called within its assessment."""
        return self.row.ref


# -- reading -----------------------------------------------------------------------------------


def list_of(assessment_id: int, *, session: Session | None = None) -> list[Gap]:
    """Return the gaps that were not taken out, in order."""
    session = session or read()
    rows = session.execute(
        select(GapRow, Person.name)
        .outerjoin(Person, Person.id == GapRow.owner_id)
        .where(GapRow.assessment_id == assessment_id, GapRow.taken_out_at.is_(None))
        .order_by(GapRow.number)
    ).all()
    titles: dict[int, str] = {}
    if any(row.use_id for row, _ in rows):
        titles = {one.id: one.title for one in evidence.list_of(assessment_id, session=session)}
    return [
        Gap(
            row,
            name or row.outside_owner,
            titles.get(row.use_id or 0, ""),
            rules.lacking(gap_of(row, name, 0)),
        )
        for row, name in rows
    ]


def noted(assessment_id: int, subject: str) -> set[str]:
    """Return the questions and dimensions about a subject of which a gap was noted."""
    rows = read().execute(
        select(GapRow.question, GapRow.dimension).where(
            GapRow.assessment_id == assessment_id,
            GapRow.subject == subject,
            GapRow.taken_out_at.is_(None),
        )
    )
    return {dimension or question for question, dimension in rows}


def stopping(assessment_id: int, *, today: date) -> tuple[Gap, ...]:
    """Return the gaps that stop an approval on a day, until they are closed or accepted."""
    known = list_of(assessment_id)
    stops = {one.ref for one in rules.stops([gap_of(gap.row, gap.owner, 0) for gap in known], today)}
    return tuple(gap for gap in known if gap.ref in stops)


def one_of(assessment_id: int, number: int, *, session: Session | None = None) -> GapRow:
    """Return a gap of this assessment, or raise NotFound."""
    row = (session or read()).scalar(
        select(GapRow)
        .where(GapRow.assessment_id == assessment_id, GapRow.number == number, GapRow.taken_out_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def group_labels(assessment: Assessment, *, session: Session | None = None) -> dict[str, str]:
    """Return the labels of the groups of an assessment by code: those a gap may be about."""
    rows = (session or read()).execute(
        select(AssessmentGroup.code, AssessmentGroup.label)
        .where(AssessmentGroup.assessment_id == assessment.id)
        .order_by(AssessmentGroup.position)
    )
    return dict(rows.all())


# -- writing -----------------------------------------------------------------------------------


def add(ref: str, given: Unknown, *, by: int, now: datetime) -> GapRow:
    """Note something that is not known; its number counts up and is never used again.

    Raises Invalid by field, NotAllowed where answers may not be changed.
    """
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        assessment = seen.assessment
        _check(session, assessment, given, now)
        newest = session.scalar(
            select(GapRow)
            .where(GapRow.assessment_id == assessment.id)
            .order_by(GapRow.number.desc())
            .limit(1)
        )
        if newest and newest.by == by and newest.taken_out_at is None and _says(newest, given):
            return newest  # the form was sent twice
        row = GapRow(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            number=newest.number + 1 if newest else 1,
            subject=given.subject,
            question=given.question,
            dimension=given.dimension.value if given.dimension else "",
            state=GapState.OPEN,
            by=by,
            at=now,
        )
        _fill(row, given)
        session.add(row)
        session.flush()
        _own(session, assessment, row, None, by, now)
        _wrote(session, assessment, by, now, noted=row.ref)
    return row


def change(ref: str, number: int, given: Unknown, *, revision: int, by: int, now: datetime) -> GapRow:
    """Change what is said of a gap. Raises Stale where somebody changed it meanwhile, Invalid by field."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        if row.revision != revision:
            if _says(row, given) and row.by == by:
                return row  # the form was sent twice
            raise Stale
        _check(session, seen.assessment, given, now, before=row)
        owner = row.owner_id
        _fill(row, given)
        _touched(row, by, now)
        session.flush()
        _own(session, seen.assessment, row, owner, by, now)
        _wrote(session, seen.assessment, by, now, changed=row.ref)
    return row


def take_out(ref: str, number: int, *, by: int, now: datetime) -> None:
    """Take a gap out that is none; the row and its number stay. Raises Refused where it was accepted."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        if row.decision_id is not None:
            raise Refused("A decision was made knowing of this gap, so it stays. Close it instead.")
        row.taken_out_at = now
        _touched(row, by, now)
        session.flush()
        owning.drop_owner(session, seen.assessment.id, row.owner_id, now=now)
        _wrote(session, seen.assessment, by, now, taken_out=row.ref)


def close(ref: str, number: int, *, found: str, use_id: int | None = None, by: int, now: datetime) -> GapRow:
    """Say what was found, and which source shows it. Closing it again changes what is said.

    While it is written this is writing; after the decision the owner, the author or the director may.
    Raises Invalid by field, NotAllowed.
    """
    errors = {}
    if not found.strip():
        errors["found"] = "Say what was found"
    elif len(found.strip()) > LONGEST["found"]:
        errors["found"] = f"This must be {LONGEST['found']:,} characters or fewer"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        seen, row, writes = _closing(session, ref, number, by, now)
        assessment = seen.assessment
        if use_id is not None and use_id not in {
            one.id for one in evidence.list_of(assessment.id, session=session)
        }:
            raise Invalid(use_id="Choose a source from the list")
        if (row.state, row.found, row.use_id) == (GapState.CLOSED, found.strip(), use_id):
            return row  # the form was sent twice
        row.state, row.found, row.use_id = GapState.CLOSED, found.strip(), use_id
        row.closed_by, row.closed_at = by, now
        _touched(row, by, now)
        session.flush()
        if writes:
            _wrote(session, assessment, by, now, closed=row.ref)
        else:
            note_on(
                session,
                assessment,
                "gap_closed",
                by=by,
                at=now,
                gap=row.ref,
            )
            answering.recount(session, assessment)
    return row


def open_again(ref: str, number: int, *, by: int, now: datetime) -> None:
    """Open a closed gap again while the assessment is written: what was found does not settle it."""
    with transaction() as session:
        seen = _writing(session, ref, by, now)
        row = one_of(seen.assessment.id, number, session=session)
        if row.state is not GapState.CLOSED:
            return
        row.state, row.use_id = GapState.OPEN, None
        _touched(row, by, now)
        _wrote(session, seen.assessment, by, now, opened=row.ref)


def may_close(seen: Seen, row: GapRow) -> bool:
    """Say whether the person may close this gap now."""
    return bool(seen.may(Permission.WRITE)) or _sees_to_it(seen, row)


def _sees_to_it(seen: Seen, row: GapRow) -> bool:
    owned = MitigationFacts(owned=row.owner_id == seen.actor.person_id)
    in_force = seen.assessment.stage is Stage.IN_FORCE
    return in_force and bool(may(seen.actor, Permission.CLAIM, seen.facts, owned))


def _closing(session: Session, ref: str, number: int, by: int, now: datetime) -> tuple[Seen, GapRow, bool]:
    actor = people.actor_of(by, today=day_of(now), session=session)
    seen = see(ref, Permission.READ, actor=actor, session=session, lock=True)
    row = one_of(seen.assessment.id, number, session=session)
    ruling = seen.may(Permission.WRITE)
    if not ruling and not _sees_to_it(seen, row):
        raise NotAllowed(ruling.reason)
    return seen, row, bool(ruling)


# -- the parts they share ------------------------------------------------------------------------


def _writing(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.WRITE, actor=actor, session=session, lock=True)


def _check(
    session: Session, assessment: Assessment, given: Unknown, now: datetime, before: GapRow | None = None
) -> None:
    errors: dict[str, str] = {}
    if not given.unknown.strip():
        errors["unknown"] = "Say what is not known"
    for name in ("unknown", "plan", "plain", "outside_owner"):
        if len(getattr(given, name).strip()) > LONGEST[name]:
            errors[name] = f"This must be {LONGEST[name]:,} characters or fewer"
    known = set(items.group_labels(assessment.organisation_id, now=now, session=session))
    known |= set(group_labels(assessment, session=session)) | set(before.groups if before else ())
    if not set(given.groups) <= known:
        errors["groups"] = "Choose groups from the list"
    if given.owner_id is not None:
        if given.outside_owner.strip():
            errors["outside_owner"] = "Choose somebody here or name somebody outside, not both"
        staff = people.with_role(assessment.organisation_id, today=day_of(now), session=session)
        if given.owner_id not in {one.id for one in staff} | {before.owner_id if before else None}:
            errors["owner_id"] = "Choose somebody from the list"
    if errors:
        raise Invalid(**errors)


def _values(given: Unknown) -> dict[str, Any]:
    return {
        "unknown": given.unknown.strip(),
        "groups": list(given.groups),
        "material": given.material,
        "plan": given.plan.strip(),
        "due_on": given.due_on,
        "owner_id": given.owner_id,
        "outside_owner": given.outside_owner.strip(),
        "plain": given.plain.strip(),
    }


def _fill(row: GapRow, given: Unknown) -> None:
    for name, value in _values(given).items():
        setattr(row, name, value)


def _says(row: GapRow, given: Unknown) -> bool:
    return all(getattr(row, name) == value for name, value in _values(given).items())


def _touched(row: GapRow, by: int, now: datetime) -> None:
    row.revision += 1
    row.by, row.at = by, now


def _own(
    session: Session, assessment: Assessment, row: GapRow, before: int | None, by: int, now: datetime
) -> None:
    """Let the person who sees to it see the assessment; one who owns nothing any more does not."""
    if row.owner_id == before:
        return
    owning.drop_owner(session, assessment.id, before, now=now)
    if row.owner_id is not None:
        owning.name_owner(session, assessment.id, row.owner_id, by=by, now=now)


def _wrote(session: Session, assessment: Assessment, by: int, now: datetime, **what: str) -> None:
    session.flush()
    answering.changed_answers(session, assessment, by=by, now=now, what={"gap": what})
    answering.recount(session, assessment)
