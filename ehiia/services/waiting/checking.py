"""What waits for an equality lead: checks with their clock, advice, early triggers, and dates to answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import and_, exists, func, or_, select

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.access import WRITERS, Actor
from ehiia.domain.review_dates import DECIDED, Asked
from ehiia.domain.schedule import add_working_days, in_full
from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import Role, Stage
from ehiia.services import advice, date_history, organisations, quality, review_list, triggers
from ehiia.services.review_list import Due, ReviewFilter
from ehiia.services.transaction import read
from ehiia.services.waiting.items import LIMIT, Area, Item, short
from ehiia.store.assessments import Assessment, Move, Participant
from ehiia.store.decisions import Review
from ehiia.store.reviews import RaisedTrigger, ReviewPostponement
from ehiia.store.visible import directed_by, known_in

ADVISE = "Give early advice"
DATE = "Answer about another date"
TRIGGER = "Accept or decline an early review"
REVIEW = "See that it is reviewed"
POSTPONE = "Answer about a later review"


def to_check(actor: Actor, organisation_id: int, today: date) -> Iterator[Item]:
    """Yield what waits for an equality lead who wrote nothing in it, with the clock of the check."""
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        return
    wrote = exists().where(
        Participant.assessment_id == Assessment.id,
        Participant.person_id == actor.person_id,
        or_(
            Participant.wrote_at.is_not(None),
            and_(Participant.part.in_(WRITERS), Participant.ended_at.is_(None)),
        ),
    )
    proposed_at = (
        select(func.max(Move.at))
        .where(Move.assessment_id == Assessment.id, Move.to_stage == Stage.NOT_NEEDED_TO_CONFIRM)
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = (
        read()
        .execute(
            select(Assessment, proposed_at)
            .where(
                known_in(organisation_id, actor.person_id, holds_post=True),
                Assessment.stage.in_((Stage.CHECKING, Stage.NOT_NEEDED_TO_CONFIRM)),
                ~wrote,
            )
            .order_by(Assessment.id)
            .limit(LIMIT)
        )
        .all()
    )
    if not rows:
        return
    days = organisations.settings_of(organisations.get(organisation_id)).check_working_days
    clocks = quality.clocks_of([one for one, _ in rows], turnaround=days, today=today)
    for one, proposed in rows:
        if one.stage is Stage.CHECKING:
            do, why = "Check", "Section by section, then pass it or send it back."
            running = clocks.get(one.id)
        else:
            do, why, running = "Confirm or refuse", "No full assessment is said to be needed.", None
        began = day_of(proposed or one.updated_at)
        due_on = running.due_on if running else add_working_days(began, days, bank_holidays())
        yield Item(do, one.ref, one.title, why, due_on, area=Area.CHECKS)


def to_advise(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if actor.has(organisation_id, Role.EQUALITY_LEAD):
        for one in advice.waiting(actor, organisation_id, limit=LIMIT):
            if not one.own:
                yield Item(
                    ADVISE,
                    one.ref,
                    one.title,
                    f"{one.asked_by} asks; nothing is blocked.",
                    now=False,
                    area=Area.CHECKS,
                )


def dates(actor: Actor, organisation_id: int) -> Iterator[Item]:
    if not actor.has(organisation_id, Role.EQUALITY_LEAD, Role.DIRECTOR):
        return
    for ref, assessment_ref, what, to_on in date_history.waiting(actor, organisation_id, limit=LIMIT):
        why = f"Mitigating action that would move to {in_full(to_on)}."
        yield Item(DATE, assessment_ref, short(what), why, item=ref, area=Area.REVIEWS)


def early(actor: Actor, organisation_id: int) -> Iterator[Item]:
    """Yield the early triggers that nobody has answered, for an equality lead: one query."""
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        return
    rows = read().execute(
        select(
            RaisedTrigger.id, RaisedTrigger.trigger, RaisedTrigger.reason, Assessment.ref, Assessment.title
        )
        .join(Assessment, Assessment.id == RaisedTrigger.assessment_id)
        .where(
            RaisedTrigger.organisation_id == organisation_id,
            RaisedTrigger.state == Raised.OPEN,
            Assessment.stage.in_(DECIDED),
            known_in(organisation_id, actor.person_id, holds_post=True),
        )
        .order_by(RaisedTrigger.id)
        .limit(LIMIT)
    )
    for trigger_id, trigger, reason, ref, title in rows:
        why = f"{triggers.label_of(trigger)}: {short(reason, 160)}"
        yield Item(TRIGGER, ref, title, why, item=str(trigger_id), area=Area.REVIEWS)


def overdue(actor: Actor, organisation_id: int, today: date) -> Iterator[Item]:
    """Yield the reviews that are overdue, for an equality lead: one query."""
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        return
    rows, _ = review_list.register(actor, organisation_id, ReviewFilter(due=Due.OVERDUE), today=today)
    for row in rows:
        slipped = (
            f", postponed {row.postponed} {'time' if row.postponed == 1 else 'times'}"
            if row.postponed
            else ""
        )
        why = f"It waits for {row.author or 'its author'}{slipped}."
        yield Item(REVIEW, row.ref, row.title, why, row.due_on, area=Area.REVIEWS, others=True)


def later(actor: Actor, organisation_id: int) -> Iterator[Item]:
    """Yield the reviews that somebody else asks to postpone: as equality lead, or as director of theirs."""
    if not actor.has(organisation_id, Role.EQUALITY_LEAD, Role.DIRECTOR):
        return
    query = (
        select(ReviewPostponement.id, ReviewPostponement.to_on, Assessment.ref, Assessment.title)
        .join(Review, Review.id == ReviewPostponement.review_id)
        .join(Assessment, Assessment.id == Review.assessment_id)
        .where(
            Review.organisation_id == organisation_id,
            ReviewPostponement.state == Asked.WAITING,
            ReviewPostponement.asked_by != actor.person_id,
            Assessment.stage.in_(DECIDED),
            known_in(organisation_id, actor.person_id, holds_post=True),
        )
        .order_by(ReviewPostponement.id)
        .limit(LIMIT)
    )
    if not actor.has(organisation_id, Role.EQUALITY_LEAD):
        query = query.where(Assessment.id.in_(directed_by(actor.person_id)))
    for asked_id, to_on, ref, title in read().execute(query):
        why = f"The review would move to {in_full(to_on)}."
        yield Item(POSTPONE, ref, title, why, item=str(asked_id), area=Area.REVIEWS)
