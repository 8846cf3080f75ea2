"""Somebody has left: what was theirs is listed, answered for by whoever is next, and handed over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.access import Actor
from ehiia.domain.handing import DutyKind
from ehiia.domain.vocabulary import Part, Role
from ehiia.services import (
    administration,
    assigning,
    commitments,
    deadlines,
    gaps,
    handing_over,
    history,
    restriction,
    team,
)
from ehiia.services import (
    people as people_service,
)
from ehiia.services.commitments import Commitment
from ehiia.services.gaps import Unknown
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.duties import MailRow, Notice
from ehiia.store.organisations import Body
from ehiia.store.people import Post
from ehiia.store.together import SectionAssignment
from tests import people, writing
from tests.people import Cast
from tests.services.together import at_once
from tests.services.world import DUE, eight, make_world

LATER = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    return writing.writing(cast, now)


def actor(person_id: int, now: datetime) -> Actor:
    return people_service.actor_of(person_id, today=day_of(now))


def current(ref: str) -> Assessment:
    read().expire_all()
    return read().scalars(select(Assessment).where(Assessment.ref == ref)).one()


def keys(cast: Cast, whose: int, now: datetime, *, seen_by: int | None = None) -> dict[DutyKind, str]:
    read().expire_all()
    behind = handing_over.left_behind(
        actor(seen_by or cast.ben, now), cast.organisation_id, whose, today=day_of(now)
    )
    return {one.kind: one.key for one in behind.duties}


def leave(cast: Cast, who: int, now: datetime) -> None:
    administration.leave(cast.organisation_id, who, by=cast.farah, now=now)


def hand(cast: Cast, whose: int, given: dict[str, int], now: datetime, *, by: int | None = None) -> int:
    return handing_over.hand_over(cast.organisation_id, whose, given, by=by or cast.ben, now=now)


def everything_of_helen(ref: str, cast: Cast, now: datetime) -> str:
    """Give Helen an action, a gap, a commitment and pages, and return the reference of the action."""
    action = writing.promised(ref, cast, now)
    team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    gaps.add(ref, Unknown("How many are deaf", owner_id=cast.helen), by=cast.amina, now=now)
    commitments.record(
        ref, Commitment("A letter to everybody", "The paper", owner_id=cast.helen), by=cast.amina, now=now
    )
    assigning.give(
        ref,
        person_id=cast.helen,
        pages=[("proposal", "")],
        due_on=day_of(now) + timedelta(days=9),
        held={},
        by=cast.amina,
        now=now,
    )
    return action


def test_everything_that_waits_for_helen_is_listed_and_handed_over_at_once(
    ref: str, cast: Cast, now: datetime
) -> None:
    action = everything_of_helen(ref, cast, now)
    leave(cast, cast.helen, now + LATER)
    later = now + 2 * LATER
    held = keys(cast, cast.helen, later)
    assert set(held) == {DutyKind.ACTION, DutyKind.GAP, DutyKind.COMMITMENT, DutyKind.PAGES}
    assert hand(cast, cast.helen, dict.fromkeys(held.values(), cast.grace), later) == 4
    assert keys(cast, cast.helen, later) == {}
    assert set(keys(cast, cast.grace, later)) >= set(held)
    assert read().scalars(select(SectionAssignment.person_id)).all() == [cast.grace]
    parts = {(one.person_id, one.part) for one in team.involved(current(ref).id)}
    assert (cast.grace, Part.OWNER) in parts
    assert (cast.grace, Part.CONTRIBUTOR) in parts
    assert (cast.helen, Part.OWNER) not in parts
    sentences = [one.sentence for one in history.of_subject(f"assessment:{current(ref).id}").entries]
    assert (
        "Ben Okoro handed over to Grace Tilley what Helen Marsh left: "
        f"owner of a mitigating action, {action}" in sentences
    )
    told = read().execute(select(Notice.person_id, Notice.message)).all()
    assert [person for person, message in told if message == "handed_over"] == [cast.grace]
    mail = read().scalars(select(MailRow).where(MailRow.subject.contains("Handed over"))).one()
    assert "Owner of a mitigating action: " + ref + " M1" in mail.body
    assert "Telephone first" not in mail.subject + mail.body


def test_author_director_and_the_chair_and_secretary_of_a_body(ref: str, cast: Cast, now: datetime) -> None:
    later = now + 2 * LATER
    for who in (cast.amina, cast.daniel, cast.carol, cast.grace):
        leave(cast, who, now + LATER)
    author = keys(cast, cast.amina, later)
    with pytest.raises(Invalid) as refused:
        hand(cast, cast.daniel, {keys(cast, cast.daniel, later)[DutyKind.DIRECTOR]: cast.helen}, later)
    assert "post of a director" in str(refused.value)
    administration.give_post(cast.organisation_id, cast.helen, Role.DIRECTOR, by=cast.farah, now=later)
    hand(cast, cast.amina, {author[DutyKind.AUTHOR]: cast.ivan}, later)
    hand(cast, cast.daniel, {keys(cast, cast.daniel, later)[DutyKind.DIRECTOR]: cast.helen}, later)
    assert team.author_of(read(), current(ref).id) == cast.ivan
    assert current(ref).director_id == cast.helen
    both = keys(cast, cast.carol, later)
    assert {DutyKind.CHAIR, DutyKind.POST} <= set(both)
    hand(cast, cast.carol, {both[DutyKind.CHAIR]: cast.farah, both[DutyKind.POST]: cast.farah}, later)
    hand(cast, cast.grace, {keys(cast, cast.grace, later)[DutyKind.BODY_SECRETARY]: cast.helen}, later)
    assert read().scalars(select(Body.secretary_id).where(Body.id == cast.board_id)).one() == cast.helen
    assert actor(cast.farah, later).has(cast.organisation_id, Role.DECISION_MAKER)


def test_all_of_it_or_nothing(ref: str, cast: Cast, now: datetime) -> None:
    action = writing.promised(ref, cast, now, owner_id=cast.amina)
    leave(cast, cast.amina, now + LATER)
    later = now + 2 * LATER
    held = keys(cast, cast.amina, later)
    with pytest.raises(Invalid) as refused:
        hand(
            cast,
            cast.amina,
            {held[DutyKind.ACTION]: cast.helen, held[DutyKind.AUTHOR]: cast.daniel},
            later,
        )
    assert set(refused.value.errors) == {held[DutyKind.AUTHOR]}
    read().expire_all()
    row = read().scalars(select(MitigationRow).where(MitigationRow.ref == action)).one()
    assert row.owner_id == cast.amina
    assert "handed_over" not in read().scalars(select(Notice.message)).all()


def test_sent_twice_it_is_done_and_told_once(ref: str, cast: Cast, now: datetime) -> None:
    writing.promised(ref, cast, now)
    leave(cast, cast.helen, now + LATER)
    later = now + 2 * LATER
    given = {keys(cast, cast.helen, later)[DutyKind.ACTION]: cast.grace}
    assert hand(cast, cast.helen, given, later) == 1
    assert hand(cast, cast.helen, given | {"action:999": cast.grace}, later + LATER) == 0
    assert read().scalars(select(Notice.message)).all().count("handed_over") == 1


def test_two_who_hand_over_at_once_hand_over_once(app: Flask, now: datetime) -> None:
    with app.app_context():
        cast = people.gather(now)
        writing.promised(writing.writing(cast, now), cast, now)
        leave(cast, cast.helen, now + LATER)
        later = now + 2 * LATER
        key = keys(cast, cast.helen, later)[DutyKind.ACTION]
        read().rollback()
    found = at_once(
        app,
        lambda: hand(cast, cast.helen, {key: cast.grace}, later),
        lambda: hand(cast, cast.helen, {key: cast.ivan}, later, by=cast.farah),
    )
    assert sorted(one for one in found if isinstance(one, int)) == [0, 1], found
    with app.app_context():
        assert read().scalars(select(Notice.message)).all().count("handed_over") == 1


def test_who_may_not_hand_over(ref: str, cast: Cast, now: datetime) -> None:
    writing.promised(ref, cast, now)
    key = keys(cast, cast.helen, now)[DutyKind.ACTION]
    with pytest.raises(Refused, match="has not left"):
        hand(cast, cast.helen, {key: cast.grace}, now)
    leave(cast, cast.helen, now + LATER)
    later = now + 2 * LATER
    for somebody in (cast.amina, cast.dev, cast.esther):
        with pytest.raises(NotAllowed):
            hand(cast, cast.helen, {key: cast.grace}, later, by=somebody)
    for nobody in (cast.esther, cast.helen, 9999):
        with pytest.raises(Invalid):
            hand(cast, cast.helen, {key: nobody}, later)
    with pytest.raises(NotFound):
        handing_over.hand_over(cast.other_id, cast.helen, {key: cast.esther}, by=cast.esther, now=later)
    assert keys(cast, cast.helen, later)[DutyKind.ACTION] == key


def test_a_restricted_one_is_handed_over_by_its_reference_and_not_to_oneself(
    ref: str, cast: Cast, now: datetime
) -> None:
    writing.promised(ref, cast, now, owner_id=cast.amina)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    leave(cast, cast.amina, now + LATER)
    later = now + 2 * LATER
    admin = handing_over.left_behind(
        actor(cast.farah, later), cast.organisation_id, cast.amina, today=day_of(later)
    )
    assert (admin.duties, admin.unnamed) == ((), 2)
    lead = handing_over.left_behind(
        actor(cast.ben, later), cast.organisation_id, cast.amina, today=day_of(later)
    )
    (duty,) = lead.duties
    assert (duty.kind, duty.ref, duty.title, duty.item, lead.unnamed) == (DutyKind.AUTHOR, ref, "", "", 1)
    with pytest.raises(Invalid, match="choose somebody else"):
        hand(cast, cast.amina, {duty.key: cast.ben}, later)
    assert hand(cast, cast.amina, {duty.key: cast.farah}, later, by=cast.farah) == 0
    assert hand(cast, cast.amina, {duty.key: cast.helen}, later) == 1
    esther = handing_over.left_behind(
        actor(cast.esther, later), cast.organisation_id, cast.amina, today=day_of(later)
    )
    assert esther.duties == ()


def test_the_equality_lead_sees_that_nobody_answers_until_somebody_does(
    ref: str, cast: Cast, now: datetime
) -> None:
    writing.promised(ref, cast, now)
    ben = actor(cast.ben, now)
    assert handing_over.nobody_answers(ben, cast.organisation_id, today=day_of(now)) == []
    leave(cast, cast.helen, now + LATER)
    later = now + 2 * LATER
    (left,) = handing_over.nobody_answers(ben, cast.organisation_id, today=day_of(later))
    assert (left.name, [one.kind for one in left.behind.duties]) == ("Helen Marsh", [DutyKind.ACTION])
    hand(cast, cast.helen, {left.behind.duties[0].key: cast.grace}, later)
    assert handing_over.nobody_answers(ben, cast.organisation_id, today=day_of(later)) == []


def test_who_keeps_a_post_elsewhere_leaves_duties_here_too(ref: str, cast: Cast, now: datetime) -> None:
    from ehiia.services.transaction import transaction

    writing.promised(ref, cast, now)
    with transaction() as session:
        session.add(
            Post(
                person_id=cast.helen,
                organisation_id=cast.other_id,
                role=Role.STAFF,
                starts_on=date(2020, 1, 1),
            )
        )
    leave(cast, cast.helen, now + LATER)
    assert set(keys(cast, cast.helen, now + 2 * LATER)) == {DutyKind.ACTION}
    assert handing_over.has_left(cast.organisation_id, cast.helen, today=day_of(now + 2 * LATER))


def test_reminders_go_to_whoever_answers_next(inside: Flask) -> None:
    world = make_world()
    assessment = read().get_one(Assessment, world.assessment)

    def answers() -> set[int]:
        return deadlines.answerable(read(), assessment, eight(DUE))

    assert answers() == {world.amina}
    people_service.deactivate(world.amina, organisation_id=world.icb, by=None, now=eight(DUE))
    assert answers() == {world.carol}
    people_service.deactivate(world.carol, organisation_id=world.icb, by=None, now=eight(DUE))
    assert answers() == {world.ben}
    from ehiia.services.reminders import remind

    remind(now=eight(DUE + timedelta(days=14)))
    assert ("Ben", "mitigation_overdue_lead") in world.told()
    assert ("Ben", "review_overdue_lead") in world.told()
