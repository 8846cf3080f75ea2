"""Mitigating actions: promising, owning, claiming, and finding them in the register.

Long because every promise about an action is kept in one place.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.mitigating import ActionKind, Funding
from ehiia.domain.vocabulary import Claim, InPlace, Likelihood, Part, Permission, Severity, Stage, Verdict
from ehiia.services import (
    answering,
    freezing,
    mitigations,
    overview,
    promises,
    restriction,
    screening,
    stopping,
    team,
)
from ehiia.services import people as people_service
from ehiia.services.answering import Given
from ehiia.services.mitigations import Promise
from ehiia.services.promises import PromiseFilter
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.store.answers import AuditItem, MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.duties import Notice
from ehiia.store.history import History
from tests import people, writing
from tests.people import Cast
from tests.writing import WORSE


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def row_of(mitigation_ref: str) -> MitigationRow:
    query = select(MitigationRow).where(MitigationRow.ref == mitigation_ref)
    return read().scalars(query.execution_options(populate_existing=True)).one()


def assessment_of(ref: str) -> Assessment:
    query = select(Assessment).where(Assessment.ref == ref)
    return read().scalars(query.execution_options(populate_existing=True)).one()


def put_in_stage(ref: str, stage: Stage) -> None:
    """Take a short cut to a stage that other services reach."""
    with transaction() as session:
        assessment = session.scalars(select(Assessment).where(Assessment.ref == ref)).one()
        assessment.stage = stage


def owns(ref: str, person_id: int) -> bool:
    parts = read().execute(
        select(Participant.ended_at).where(
            Participant.assessment_id == assessment_of(ref).id,
            Participant.person_id == person_id,
            Participant.part == Part.OWNER,
        )
    )
    return [ended for (ended,) in parts] == [None]


def missing_of(ref: str) -> int:
    return assessment_of(ref).missing_count


# -- promising ---------------------------------------------------------------------------------


def test_an_action_is_kept_with_everything_that_was_promised(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.affected(ref, cast, now, access=WORSE)
    made = writing.promised(
        ref,
        cast,
        now,
        in_place=InPlace.BEFORE,
        likelihood=Likelihood.UNLIKELY,
        severity=Severity.SMALL,
        answers=(("disability", "access"),),
        kind=ActionKind.REDUCE,
        starts_on=day_of(now),
        baseline="12 calls a month",
        target=" 40 calls a month ",
        data_source="Switchboard",
        resources="A day a week of Tom's time",
        funding=Funding.AGREED,
        clause="Schedule 2, 4.1",
    )
    assert made == f"{ref}-M1"
    ((row, owner, links),) = mitigations.list_of(assessment_of(ref).id)
    assert (row.what, owner, row.in_place) == ("Offer a text relay line", "Helen Marsh", InPlace.BEFORE)
    assert (row.expected_likelihood, row.expected_severity) == (2, 2)
    assert links == (("disability", "access"),)
    assert (row.kind, row.starts_on, row.funding) == (ActionKind.REDUCE, day_of(now), Funding.AGREED)
    assert (row.baseline, row.target, row.data_source) == (
        "12 calls a month",
        "40 calls a month",
        "Switchboard",
    )
    assert (row.resources, row.clause) == ("A day a week of Tom's time", "Schedule 2, 4.1")


def test_what_an_action_takes_is_read_by_the_rules_and_frozen(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.promised(
        ref, cast, now, kind=ActionKind.COMPENSATE, starts_on=day_of(now), target="40", funding=Funding.ASKED
    )
    whole = overview.whole(assessment_of(ref))
    (held,) = whole.answers.mitigations
    assert (held.kind, held.target, held.funding) == (ActionKind.COMPENSATE, "40", Funding.ASKED)
    (frozen,) = freezing.snapshot_of(read(), assessment_of(ref), now=now).mitigations
    assert (frozen.kind, frozen.starts_on, frozen.target, frozen.funding) == (
        ActionKind.COMPENSATE.label,
        day_of(now),
        "40",
        Funding.ASKED.label,
    )


def test_an_action_cannot_start_after_it_is_due(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(Invalid) as refused:
        writing.promised(ref, cast, now, starts_on=day_of(now) + timedelta(days=31))
    assert set(refused.value.errors) == {"starts_on"}


def test_an_action_answers_an_impact_so_that_it_is_no_longer_missing(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.affected(ref, cast, now, access=WORSE)
    before = missing_of(ref)
    writing.promised(
        ref,
        cast,
        now,
        in_place=InPlace.AT,
        likelihood=Likelihood.RARE,
        severity=Severity.SMALL,
        answers=(("disability", "access"),),
    )
    assert missing_of(ref) == before - 1


def test_an_action_may_answer_a_question_of_core20plus5(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    effect = {"direction": "worse", "reason": "Fewer will ring."}
    answering.save_page(ref, answers={"core20_areas": Given(effect)}, by=cast.amina, now=now)
    made = writing.promised(ref, cast, now, answers=(("core20_areas", "overall"),))
    assert mitigations.links_of(row_of(made).id) == (("core20_areas", "overall"),)


def test_references_count_up_and_are_never_used_again(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    first = writing.promised(ref, cast, now)
    second = writing.promised(ref, cast, now, what="Offer a second line")
    mitigations.take_out(second, by=cast.amina, now=now)
    third = writing.promised(ref, cast, now)
    assert [first, second, third] == [f"{ref}-M1", f"{ref}-M2", f"{ref}-M3"]
    assert [row.ref for row, _, _ in mitigations.list_of(assessment_of(ref).id)] == [first, third]
    assert row_of(second).taken_out_at == now


def test_only_what_will_be_done_is_needed_to_save_an_action(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    mitigations.add(ref, Promise("Ask the Deaf community"), by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        mitigations.add(ref, Promise("  "), by=cast.amina, now=now)
    assert "what" in refused.value.errors


def test_what_cannot_be_is_refused_field_by_field(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(Invalid) as refused:
        mitigations.add(
            ref,
            Promise(
                "x" * 4001,
                owner_id=cast.esther,
                outside_owner="A charity",
                likelihood=Likelihood.RARE,
                answers=(("martians", "access"),),
            ),
            by=cast.amina,
            now=now,
        )
    assert set(refused.value.errors) == {"what", "owner_id", "outside_owner", "expected_severity", "answers"}


def test_an_owner_takes_part_as_long_as_they_own_an_action(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    first = writing.promised(ref, cast, now)
    second = writing.promised(ref, cast, now, what="Offer a second line")
    assert owns(ref, cast.helen)
    mitigations.take_out(first, by=cast.amina, now=now)
    assert owns(ref, cast.helen)
    promise = Promise("Offer a text relay line", owner_id=cast.grace)
    mitigations.change(second, promise, revision=1, by=cast.amina, now=now)
    assert not owns(ref, cast.helen)
    assert owns(ref, cast.grace)


def test_the_owner_is_told_once_that_the_action_is_theirs(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    mitigations.change(made, Promise("A leaflet", owner_id=cast.helen), revision=1, by=cast.amina, now=now)
    told = read().scalars(select(Notice.person_id).where(Notice.message == "mitigation_given")).all()
    assert told == [cast.helen]


def test_an_owner_outside_the_organisation_is_named_in_words(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.promised(ref, cast, now, owner_id=None, outside_owner="Jo Bell, Suffolk Deaf Association")
    ((_, owner, _),) = mitigations.list_of(assessment_of(ref).id)
    assert owner == "Jo Bell, Suffolk Deaf Association"


def test_the_second_who_changes_the_same_action_is_told(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    mitigations.change(made, Promise("A relay and a video line"), revision=1, by=cast.amina, now=now)
    mitigations.change(made, Promise("A relay and a video line"), revision=1, by=cast.amina, now=now)  # twice
    with pytest.raises(Stale):
        mitigations.change(made, Promise("Only a leaflet"), revision=1, by=cast.amina, now=now)
    assert row_of(made).what == "A relay and a video line"


def test_promising_counts_as_writing_and_undoes_a_pass(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    put_in_stage(ref, Stage.READY)
    mitigations.add(ref, Promise("A leaflet"), by=cast.helen, now=now)
    assert assessment_of(ref).stage is Stage.WRITING
    wrote = read().scalars(
        select(Participant.wrote_at).where(
            Participant.person_id == cast.helen, Participant.part == Part.CONTRIBUTOR
        )
    )
    assert wrote.one() == now


@pytest.mark.parametrize("stage", [Stage.WITH_DIRECTOR, Stage.CHECKING, Stage.IN_FORCE, Stage.CLOSED])
def test_nothing_is_promised_while_others_read_or_after_the_decision(
    cast: Cast, now: datetime, stage: Stage
) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    put_in_stage(ref, stage)
    for act in (
        lambda: writing.promised(ref, cast, now),
        lambda: mitigations.change(made, Promise("x"), revision=1, by=cast.amina, now=now),
        lambda: mitigations.take_out(made, by=cast.amina, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("who", ["ben", "carol", "dev", "farah"])
def test_only_those_who_write_promise(cast: Cast, now: datetime, who: str) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    with pytest.raises(NotAllowed):
        mitigations.add(ref, Promise("x"), by=cast.ids[who], now=now)
    with pytest.raises(NotAllowed):
        mitigations.change(made, Promise("x"), revision=1, by=cast.ids[who], now=now)
    with pytest.raises(NotFound):
        mitigations.add(ref, Promise("x"), by=cast.esther, now=now)


# -- claiming ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["helen", "amina", "daniel"])
def test_owner_author_and_director_say_how_it_is_going(cast: Cast, now: datetime, who: str) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    put_in_stage(ref, Stage.IN_FORCE)
    mitigations.claim(made, Claim.DONE, note_text="Open since May.", by=cast.ids[who], now=now)
    row = row_of(made)
    assert (row.claim, row.claim_note, row.claimed_by, row.claimed_at) == (
        Claim.DONE,
        "Open since May.",
        cast.ids[who],
        now,
    )


@pytest.mark.parametrize("who", ["ben", "carol", "dev", "farah", "grace"])
def test_nobody_else_claims(cast: Cast, now: datetime, who: str) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    with pytest.raises(NotAllowed):
        mitigations.claim(made, Claim.ON_TRACK, note_text="", by=cast.ids[who], now=now)
    with pytest.raises(NotFound):
        mitigations.claim(made, Claim.ON_TRACK, note_text="", by=cast.esther, now=now)


def test_done_asks_for_a_word_about_it(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    with pytest.raises(Invalid) as refused:
        mitigations.claim(made, Claim.DONE, note_text=" ", by=cast.helen, now=now)
    assert "note" in refused.value.errors
    mitigations.claim(made, Claim.ON_TRACK, note_text="", by=cast.helen, now=now)
    assert row_of(made).claim is Claim.ON_TRACK


def test_a_claim_is_one_history_row_and_not_writing(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    before = len(read().scalars(select(History.seq)).all())
    mitigations.claim(made, Claim.ON_TRACK, note_text="", by=cast.helen, now=now)
    assert len(read().scalars(select(History.seq)).all()) == before + 1
    assert read().scalars(select(Participant.wrote_at).where(Participant.person_id == cast.helen)).all() == [
        None
    ]


def test_a_withdrawn_assessment_has_no_actions_to_speak_of(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    stopping.stop(ref, "withdraw", reason="Given up.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        mitigations.claim(made, Claim.ON_TRACK, note_text="", by=cast.helen, now=now)


def test_a_cancelled_action_answers_nothing_any_more(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.affected(ref, cast, now, access=WORSE)
    made = writing.promised(ref, cast, now, answers=(("disability", "access"),))
    before = missing_of(ref)
    mitigations.claim(made, Claim.CANCELLED, note_text="No money.", by=cast.amina, now=now)
    # its own open parts (in place, expected risk) are no longer asked; the impact is
    assert missing_of(ref) == before - 2 + 1


# -- seeing ------------------------------------------------------------------------------------


def test_an_action_of_a_restricted_assessment_does_not_exist_for_others(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    restriction.restrict(ref, reason="Staff are not told yet.", until_on=None, by=cast.amina, now=now)
    for who, known in (("helen", True), ("amina", True), ("carol", False), ("ben", False)):
        actor = people_service.actor_of(cast.ids[who], today=day_of(now))
        listed = promises.register(actor, cast.organisation_id, today=day_of(now)).rows
        assert [row.ref for row in listed] == ([made] if known else [])
        if known:
            assert mitigations.see_one(made, actor=actor)[1].ref == made
        else:
            with pytest.raises(NotFound):
                mitigations.see_one(made, actor=actor)


def test_claim_verdict_and_overdue_are_three_facts(cast: Cast, now: datetime) -> None:
    """Two verdicts: the later one counts, and it changes neither the claim nor the date."""
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    put_in_stage(ref, Stage.IN_FORCE)
    with transaction() as session:
        for verdict in (Verdict.NO_PROOF, Verdict.PARTLY):
            session.add(
                AuditItem(
                    organisation_id=cast.organisation_id,
                    mitigation_id=row_of(made).id,
                    verdict=verdict,
                    found="Looked.",
                    by=cast.dev,
                    at=now,
                )
            )
            session.flush()
    later = day_of(now) + timedelta(days=33)
    actor = people_service.actor_of(cast.dev, today=later)
    (row,) = promises.register(actor, cast.organisation_id, today=later).rows
    assert (row.claim, row.verdict, row.days_overdue) == (Claim.NOT_STARTED, Verdict.PARTLY, 3)
    mitigations.claim(made, Claim.DONE, note_text="Done.", by=cast.helen, now=now)
    (row,) = promises.register(actor, cast.organisation_id, today=later).rows
    assert (row.claim, row.verdict, row.days_overdue) == (Claim.DONE, Verdict.PARTLY, 0)


def test_paused_work_is_not_overdue(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    writing.promised(ref, cast, now)
    stopping.stop(ref, "pause", reason="Waiting for money.", by=cast.amina, now=now)
    later = day_of(now) + timedelta(days=33)
    actor = people_service.actor_of(cast.dev, today=later)
    (row,) = promises.register(actor, cast.organisation_id, today=later).rows
    assert row.days_overdue == 0
    overdue = PromiseFilter(overdue=True)
    assert promises.register(actor, cast.organisation_id, overdue, today=later).rows == ()


def test_the_register_pages_by_key_and_shows_every_action_once(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    today = day_of(now)
    for n, days in enumerate((5, 5, 3, None, 9, None, None), start=1):
        due_on = today + timedelta(days=days) if days else None
        writing.promised(ref, cast, now, what=f"Action {n}", due_on=due_on)
    actor = people_service.actor_of(cast.dev, today=today)
    seen: list[str] = []
    key = ""
    for _ in range(9):
        page = promises.register(actor, cast.organisation_id, today=today, after=key, size=2)
        seen += [row.ref for row in page.rows]
        key = page.next_key
        if not key:
            break
    assert seen == [f"{ref}-M{n}" for n in (3, 1, 2, 5, 4, 6, 7)]


@pytest.mark.parametrize(
    "key", ["", "x", "2026-99-99.3", "none.x", "none.", "2026-01-01.99999999999999999999"]
)
def test_a_key_that_is_none_begins_at_the_start(cast: Cast, now: datetime, key: str) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    actor = people_service.actor_of(cast.dev, today=day_of(now))
    page = promises.register(actor, cast.organisation_id, today=day_of(now), after=key)
    assert [row.ref for row in page.rows] == [made]


def test_the_register_is_filtered(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    mine, other = writing.promised(ref, cast, now), writing.promised(ref, cast, now, owner_id=cast.grace)
    mitigations.claim(other, Claim.AT_RISK, note_text="Late.", by=cast.grace, now=now)
    today = day_of(now)
    actor = people_service.actor_of(cast.dev, today=today)

    def refs(wanted: PromiseFilter) -> list[str]:
        page = promises.register(actor, cast.organisation_id, wanted, today=today)
        return [row.ref for row in page.rows]

    assert refs(PromiseFilter(owner_id=cast.helen)) == [mine]
    assert refs(PromiseFilter(claim=Claim.AT_RISK)) == [other]
    assert refs(PromiseFilter(not_audited=True)) == [mine, other]
    assert refs(PromiseFilter(verdict=Verdict.WORKING)) == []


def test_another_organisation_sees_only_what_it_takes_part_in(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = writing.promised(ref, cast, now)
    today = day_of(now)
    esther = people_service.actor_of(cast.esther, today=today)
    assert promises.register(esther, cast.organisation_id, today=today).rows == ()
    team.invite(ref, person_id=cast.esther, part=Part.READER, by=cast.amina, now=now)
    shared = promises.register(esther, cast.other_id, PromiseFilter(shared=True), today=today)
    assert [row.ref for row in shared.rows] == [made]


def test_the_policy_is_asked_with_the_action(cast: Cast, now: datetime) -> None:
    made = writing.promised(writing.writing(cast, now), cast, now)
    helen = people_service.actor_of(cast.helen, today=day_of(now))
    seen, row = mitigations.see_one(made, actor=helen, permission=Permission.CLAIM)
    assert seen.may_with(Permission.CLAIM, row)
    assert screening.screening_of(seen.assessment).complete
