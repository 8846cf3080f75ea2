"""Everything that has a date, kind by kind: which rows are open and due, and what is told of one of them.

One predicate for each kind: it finds the rows to look at, and says of one row
again, in its own transaction, whether it is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer

from ehiia.clock import day_of
from ehiia.domain.access import QUIET, UNSENT
from ehiia.domain.schedule import Deadline, DeadlineKind
from ehiia.domain.vocabulary import GapState, Outcome, Promise, ReviewState, Stage
from ehiia.notify.messages import Value
from ehiia.services import (
    assigning,
    finding_dates,
    foi_dates,
    paper_dates,
    partner_links,
    people,
    publication_dates,
    quality,
    signature_dates,
    telling,
)
from ehiia.services.deadlines import (
    FURTHEST,
    Outside,
    Reminder,
    Thing,
    answerable,
    know,
    reminders_of,
)
from ehiia.services.decision_entry import decision_from, outcomes_of
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.remembering import remember, remembered
from ehiia.services.sight import sees
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import FindingRow
from ehiia.store.decisions import DecisionRow, QualityCheck, RecordRow, Review
from ehiia.store.engagement import CommitmentRow
from ehiia.store.foi import FoiRequest
from ehiia.store.library import GapRow
from ehiia.store.organisations import Body
from ehiia.store.signatures import RecordSignatory
from ehiia.store.together import SectionAssignment

Told = Iterable[Thing | Reminder]

UNTIL_RATIFIED = (Stage.WRITING, Stage.SENT_BACK, Stage.WITH_DIRECTOR, Stage.CHECKING, Stage.READY)
"""Stages in which a whole assessment is still to come after an urgent decision."""
AWAITS = (Stage.WRITING, Stage.SENT_BACK, Stage.IN_FORCE)
"""Stages in which what a deferral awaits is still to come: it was not sent on again."""
CONSULTATION = timedelta(days=14)
"""For so long after staff consultation opened it is told that the restriction can be lifted."""


@dataclass(frozen=True)
class Kind:
    """A kind of thing with a date. ``open``: the predicate of rows that are open and due before long."""

    table: type[Any]
    open: Callable[[date], ColumnElement[bool]]
    told: Callable[[Session, Any, Any, datetime], Told]
    """Gets the row and its assessment; None where it has none, which only what is ``apart`` may have."""
    apart: bool = False
    """Whether it is open whatever becomes of its assessment, and where it has none."""
    alone: bool = False
    """Whether it is about no assessment."""
    unread: tuple[InstrumentedAttribute[Any], ...] = ()
    """Columns that are long and that nothing here reads."""

    def _rows(self, today: date) -> Select[Any]:
        query = select(self.table).where(self.open(today))
        if self.alone:
            return query
        if self.table is not Assessment:
            query = query.join(Assessment, Assessment.id == self.table.assessment_id, isouter=self.apart)
        return query if self.apart else query.where(Assessment.stage.not_in(QUIET))

    def ids(self, session: Session, *, now: datetime) -> list[int]:
        """Return the ids of the rows to look at."""
        query = self._rows(day_of(now)).with_only_columns(self.table.id, maintain_column_froms=True)
        return list(session.scalars(query.order_by(self.table.id)))

    def reminders(self, session: Session, row_ids: Sequence[int], *, now: datetime) -> Iterator[Reminder]:
        """Work out which reminders of these rows fall due today; none of a row that was done meanwhile."""
        query = self._rows(day_of(now)).where(self.table.id.in_(row_ids)).order_by(self.table.id)
        query = query.options(*map(defer, self.unread))
        if self.table is not Assessment and not self.alone:
            query = query.add_columns(Assessment)
        found = [
            (row[0], None if self.alone else row[-1])
            for row in session.execute(query.execution_options(populate_existing=True))
        ]
        named = {getattr(row, name, None) for row, _ in found for name in ("owner_id", "answers_id")}
        assessments = [assessment for _, assessment in found if assessment is not None]
        know(session, assessments, {one for one in named if one}, day_of(now))
        # held, so that whoever gets one of these rows from the session need not ask the database again
        remember(session, self.table.__name__, {row.id: row for row, _ in found})
        for row, assessment in found:
            for one in self.told(session, row, assessment, now):
                if isinstance(one, Reminder):
                    yield one
                else:
                    here = (assessment or row).organisation_id
                    yield from reminders_of(session, assessment, one, organisation_id=here, now=now)


# -- mitigating actions and reviews --------------------------------------------------------------


def _mitigations_open(today: date) -> ColumnElement[bool]:
    return and_(
        MitigationRow.due_on <= today + FURTHEST,
        MitigationRow.claim.in_(OPEN_CLAIMS),
        MitigationRow.taken_out_at.is_(None),
    )


def _mitigation(session: Session, row: MitigationRow, assessment: Assessment, now: datetime) -> Told:
    if row.due_on is None:
        return
    values: dict[str, Value] = {
        "path": f"/mitigations/{row.ref}",
        "item": row.ref,
        "what": row.what,
        "owner": _owner(session, row),
    }
    deadline = Deadline(DeadlineKind.MITIGATION, str(row.id), row.due_on)
    link = partner_links.remindable(session, row, assessment)
    outside = Outside(row.id, day_of(link.made_at)) if link else None
    yield Thing(deadline, row.ref, row.owner_id, values, outside=outside)


def _owner(session: Session, row: MitigationRow | CommitmentRow) -> str:
    named = people.names({row.owner_id}, session=session) if row.owner_id else {}
    return next(iter(named.values()), row.outside_owner)


def _reviews_open(today: date) -> ColumnElement[bool]:
    return and_(Review.due_on <= today + FURTHEST, Review.state == ReviewState.PLANNED)


def _review(session: Session, row: Review, assessment: Assessment, now: datetime) -> Told:
    deadline = Deadline(DeadlineKind.REVIEW, str(row.id), row.due_on)
    yield Thing(deadline, f"the review of {assessment.ref}")


# -- of an assessment itself ----------------------------------------------------------------------


def _wholes_open(today: date) -> ColumnElement[bool]:
    return and_(Assessment.full_due_on <= today + FURTHEST, Assessment.stage.in_(UNTIL_RATIFIED))


def _whole(session: Session, row: Assessment, assessment: Assessment, now: datetime) -> Told:
    if row.full_due_on is not None:
        deadline = Deadline(DeadlineKind.FULL, str(row.id), row.full_due_on)
        yield Thing(deadline, f"the whole assessment {row.ref}")


def _consultations_open(today: date) -> ColumnElement[bool]:
    opens = Assessment.consultation_opens_on
    return and_(Assessment.restricted.is_(True), opens <= today, opens >= today - CONSULTATION)


def _consultation(session: Session, row: Assessment, assessment: Assessment, now: datetime) -> Told:
    """Tell once that staff are consulted, while the assessment is still restricted."""
    opens = row.consultation_opens_on
    if opens is not None:
        yield Reminder(
            about=f"the consultation of staff on {row.ref}",
            message="consultation_opens",
            key=f"consultation:{row.id}:{opens.isoformat()}",
            person_ids=tuple(sorted(answerable(session, row, now))),
            assessment=row,
            organisation_id=row.organisation_id,
            subject=f"assessment:{row.id}",
            values={"due_on": opens},
        )


# -- evidence gaps --------------------------------------------------------------------------------


def _gaps_open(today: date) -> ColumnElement[bool]:
    return and_(
        GapRow.taken_out_at.is_(None),
        or_(
            and_(GapRow.state == GapState.OPEN, GapRow.due_on <= today + FURTHEST),
            and_(GapRow.state == GapState.ACCEPTED, GapRow.accepted_until <= today + FURTHEST),
        ),
    )


def _gap(session: Session, row: GapRow, assessment: Assessment, now: datetime) -> Told:
    due_on = row.accepted_until if row.state is GapState.ACCEPTED else row.due_on
    if due_on is None:
        return
    values: dict[str, Value] = {
        "item": row.ref,
        "what": row.unknown,
        "path": f"/a/{assessment.ref}/section/evidence",
    }
    deadline = Deadline(DeadlineKind.GAP, str(row.id), due_on)
    yield Thing(deadline, f"evidence gap {row.ref} of {assessment.ref}", row.owner_id, values)


# -- commitments, and what a deferral awaits --------------------------------------------------------


def _commitments_open(today: date) -> ColumnElement[bool]:
    return and_(
        CommitmentRow.due_on <= today + FURTHEST,
        CommitmentRow.state == Promise.OPEN,
        CommitmentRow.taken_out_at.is_(None),
    )


def _commitment(session: Session, row: CommitmentRow, assessment: Assessment, now: datetime) -> Told:
    """A commitment opens no door: an owner who cannot see the assessment any more is told nothing of it."""
    if row.due_on is None:
        return
    values: dict[str, Value] = {
        "path": f"/a/{assessment.ref}/commitments",
        "item": row.number,
        "what": row.what,
        "owner": _owner(session, row),
    }
    deadline = Deadline(DeadlineKind.COMMITMENT, str(row.id), row.due_on)
    owner_id = row.owner_id
    if owner_id and not sees(session, assessment, owner_id, today=day_of(now)):
        owner_id = None
    yield Thing(deadline, f"commitment {row.number} of {assessment.ref}", owner_id, values)


def _deferrals_open(today: date) -> ColumnElement[bool]:
    newer = aliased(DecisionRow)
    until = DecisionRow.content["awaited_until"].as_string()
    return and_(
        until <= (today + FURTHEST).isoformat(),
        ~select(newer.id)
        .where(newer.assessment_id == DecisionRow.assessment_id, newer.id > DecisionRow.id)
        .correlate(DecisionRow)
        .exists(),
        Assessment.stage.in_(AWAITS),
    )


def _deferral(session: Session, row: DecisionRow, assessment: Assessment, now: datetime) -> Told:
    decided = decision_from(row.content)
    if decided.awaited_until is None or Outcome.DEFERRED not in outcomes_of(decided):
        return
    deadline = Deadline(DeadlineKind.AWAITED, str(row.id), decided.awaited_until)
    yield Thing(deadline, f"what {assessment.ref} was deferred for", values={"what": decided.awaited})


# -- checks ------------------------------------------------------------------------------------------


def _checks_open(today: date) -> ColumnElement[bool]:
    return Assessment.stage == Stage.CHECKING


def _check(session: Session, row: Assessment, assessment: Assessment, now: datetime) -> Told:
    """The clock of the check: it stands still while the assessment is sent back, and so do the reminders."""
    here, today = row.organisation_id, day_of(now)
    clocks = remembered(session, "clocks", here, lambda: quality.clocks_here(session, here, today=today))
    if row.id in clocks:
        clock = clocks[row.id]
        deadline = Deadline(DeadlineKind.CHECK, str(row.id), clock.due_on)
        yield Thing(
            deadline,
            f"the check of {row.ref}",
            keepers=lambda: _checkers(session, row, today),
            told_on=clock.came_on,
        )


def _checkers(session: Session, assessment: Assessment, today: date) -> set[int]:
    """Return whoever has begun the check, or else those who may; of a restricted one those who take part."""
    begun_by = session.scalar(
        select(QualityCheck.checked_by)
        .where(QualityCheck.assessment_id == assessment.id, QualityCheck.ended_at.is_(None))
        .order_by(QualityCheck.id.desc())
        .limit(1)
    )
    found = {begun_by} if begun_by else telling.may_check(session, assessment, today)
    return found & telling.taking_part(session, assessment.id) if assessment.restricted else found


# -- pages given to people --------------------------------------------------------------------------


def _pages_open(today: date) -> ColumnElement[bool]:
    return and_(
        Assessment.stage.in_(UNSENT),
        select(SectionAssignment.assessment_id)
        .where(
            SectionAssignment.assessment_id == Assessment.id,
            SectionAssignment.done_at.is_(None),
            SectionAssignment.due_on <= today + FURTHEST,
        )
        .correlate(Assessment)
        .exists(),
    )


def _pages(session: Session, row: Assessment, assessment: Assessment, now: datetime) -> Told:
    """The pages that a person has by one day are one thing: they are told once of all of them."""
    given: dict[tuple[int, date], list[SectionAssignment]] = {}
    for page in session.scalars(
        select(SectionAssignment)
        .where(SectionAssignment.assessment_id == row.id, SectionAssignment.done_at.is_(None))
        .order_by(SectionAssignment.due_on, SectionAssignment.section, SectionAssignment.subject)
        .execution_options(populate_existing=True)
    ):
        given.setdefault((page.person_id, page.due_on), []).append(page)
    titles = assigning.titles_of(session, row) if given else {}
    names = people.names({person_id for person_id, _ in given}, session=session)
    for (person_id, due_on), pages in given.items():
        yield Thing(
            Deadline(DeadlineKind.PAGES, f"{row.id}.{person_id}", due_on),
            f"pages of {row.ref}",
            person_id,
            {
                "path": f"/a/{row.ref}/who-writes-what",
                "owner": names.get(person_id, ""),
                "pages": "; ".join(titles.get((one.section, one.subject), one.section) for one in pages),
            },
            told_on=max(day_of(one.assigned_at) for one in pages),
        )


KINDS: dict[str, Kind] = {
    "mitigation": Kind(MitigationRow, _mitigations_open, _mitigation),
    "review": Kind(Review, _reviews_open, _review),
    "whole assessment": Kind(Assessment, _wholes_open, _whole),
    "consultation of staff": Kind(Assessment, _consultations_open, _consultation),
    "evidence gap": Kind(GapRow, _gaps_open, _gap),
    "commitment": Kind(CommitmentRow, _commitments_open, _commitment),
    "deferral": Kind(DecisionRow, _deferrals_open, _deferral),
    "check": Kind(Assessment, _checks_open, _check),
    "pages": Kind(Assessment, _pages_open, _pages),
    "answer to a finding": Kind(FindingRow, finding_dates.answers_open, finding_dates.answer, apart=True),
    "finding": Kind(FindingRow, finding_dates.actions_open, finding_dates.action, apart=True),
    "publication": Kind(
        RecordRow, publication_dates.unpublished, publication_dates.late, unread=(RecordRow.text,)
    ),
    "publication before the decision": Kind(
        Assessment, publication_dates.waiting_unpublished, publication_dates.late_before
    ),
    "signature": Kind(RecordSignatory, signature_dates.awaited, signature_dates.late),
    "request for information": Kind(FoiRequest, foi_dates.due, foi_dates.things, alone=True),
    "papers of a meeting": Kind(Body, paper_dates.meets_soon, paper_dates.due, alone=True),
    "internal review": Kind(FoiRequest, foi_dates.reviews_due, foi_dates.reviews, alone=True),
}
"""Every kind of thing that has a date, by its name, in the order in which people are told."""
