"""Auditing what was drawn: drafts of the eleven checks, the verdict, and what it sets going."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.content.auditing import checks
from ehiia.domain.auditing import CaseState, Checked, Result, Screened
from ehiia.domain.programmes import Rhythm
from ehiia.domain.vocabulary import Claim, Verdict
from ehiia.services import audits, cases, mitigations, people, stopping
from ehiia.services.cases import Draft
from ehiia.services.transaction import Invalid, NotAllowed, Refused, Stale, read
from ehiia.services.uploads import Upload
from ehiia.store.answers import AuditItem, ImpactRow
from ehiia.store.auditing import CaseRow
from ehiia.store.duties import Notice
from ehiia.store.people import Person
from tests import factories
from tests import people as cast_of
from tests.people import Cast
from tests.services.test_programmes import APRIL, YEAR, begun, case_of, done, drawn, screen_out

EVERY = {one.id: Checked(one.id, Result.MET, "Seen on the rota of 3 March.") for one in checks()}
WHOLE = Draft(checked=EVERY, verdict=Verdict.WORKING, found="Rode on it twice.", likelihood=2, severity=2)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


@pytest.fixture
def case(cast: Cast, now: datetime) -> CaseRow:
    programme = begun(cast, now)
    ref = done(cast, now)
    drawn(cast, programme)
    found = case_of(f"{ref}-M1")
    read().rollback()
    return found


def save(case: CaseRow, draft: Draft, revision: int, by: int, *, finish: bool = False) -> CaseRow:
    return cases.save(case.id, draft, revision=revision, finish=finish, by=by, now=APRIL)


def told(message: str) -> set[str]:
    rows = read().scalars(
        select(Person.name).join(Notice, Notice.person_id == Person.id).where(Notice.message == message)
    )
    return set(rows)


def test_there_are_eleven_checks() -> None:
    assert len(checks()) == 11
    assert all(one.question and one.shows and one.fails for one in checks())


def test_a_draft_is_kept_with_its_gaps_and_nobody_is_told_a_verdict(cast: Cast, case: CaseRow) -> None:
    begun_ = Draft(
        checked={"worked": Checked("worked", Result.PARTLY, "Half full.")},
        files={"worked": Upload("rides.txt", b"12 rides")},
    )
    save(case, begun_, 1, cast.dev)
    row = case_of(case.ref)
    assert (row.state, row.revision) == (CaseState.BEGUN, 2)
    found = cases.checked_of(row)["worked"]
    assert (found.result, found.words, found.file_name) == (Result.PARTLY, "Half full.", "rides.txt")
    dev = people.actor_of(cast.dev, today=APRIL.date())
    assert cases.file_of(case.id, "worked", actor=dev) == ("rides.txt", b"12 rides")
    save(case, Draft(checked={"worked": Checked("worked", Result.MET, "Full.")}), 2, cast.dev)
    assert cases.checked_of(case_of(case.ref))["worked"].file_name == "rides.txt"
    assert read().scalars(select(AuditItem)).all() == []


def test_who_saves_second_sees_the_first_and_keeps_their_own(cast: Cast, case: CaseRow) -> None:
    save(case, Draft(found="Mine."), 1, cast.dev)
    with pytest.raises(Stale):
        save(case, Draft(found="Theirs."), 1, cast.ivan)
    assert case_of(case.ref).found == "Mine."
    save(case, Draft(found="Theirs."), 2, cast.ivan)
    assert (case_of(case.ref).found, case_of(case.ref).auditor_id) == ("Theirs.", cast.ivan)


def test_what_is_missing_blocks_the_verdict_and_is_named_by_field(cast: Cast, case: CaseRow) -> None:
    with pytest.raises(Invalid) as refused:
        save(case, Draft(checked={"worked": Checked("worked", Result.MET)}), 1, cast.dev, finish=True)
    fields = set(refused.value.errors)
    assert {"result_dates", "words_worked", "verdict", "found"} <= fields
    unproved = EVERY | {"worked": Checked("worked", Result.NOT_MET, "Empty seats.")}
    for wrong, field in (
        (Draft(unproved, {}, Verdict.WORKING, None, "It runs.", 2, 2), "verdict"),
        (Draft(EVERY, {}, Verdict.WORKING, None, "It runs.", 2, None), "likelihood"),
        (Draft(EVERY, {}, Verdict.WORKING, None, "It runs."), "likelihood"),
        (Draft(EVERY, {}, Verdict.WORKING, None, "x" * 4001, 2, 2), "found"),
        (Draft(EVERY, {}, Verdict.WORKING, None, "It runs.", 9, 2), "likelihood"),
        (Draft(EVERY, {"worked": Upload("x.exe", b"MZ")}, Verdict.WORKING, None, "x", 2, 2), "file_worked"),
        (Draft({"twelfth": Checked("twelfth")}, found="x"), ""),
    ):
        with pytest.raises(Invalid) as refused:
            save(case, wrong, 1, cast.dev, finish=True)
        assert set(refused.value.errors) >= {field}, field
    assert case_of(case.ref).state is CaseState.OPEN
    no_rating = Draft(EVERY, {}, Verdict.NOT_DONE, None, "Nothing there.")
    save(case, no_rating, 1, cast.dev, finish=True)
    assert case_of(case.ref).state is CaseState.DONE


def test_a_verdict_with_its_checks_is_kept_once_and_changed_no_more(cast: Cast, case: CaseRow) -> None:
    save(case, WHOLE, 1, cast.dev, finish=True)
    save(case, WHOLE, 1, cast.dev, finish=True)  # sent twice
    (given,) = audits.verdicts_of(case.mitigation_id or 0)
    assert (given.verdict, given.found, given.by) == (Verdict.WORKING, "Rode on it twice.", "Dev Patel")
    row = case_of(case.ref)
    assert (row.likelihood, row.severity, row.done_at) == (2, 2, APRIL)
    with pytest.raises(Refused, match="done"):
        save(case, Draft(found="No."), 2, cast.dev)
    with pytest.raises(Refused, match="done"):
        cases.give_to(case.id, cast.ivan, by=cast.dev, now=APRIL)


def test_what_does_not_work_opens_the_impact_and_tells_author_and_director(cast: Cast, case: CaseRow) -> None:
    bad = Draft(
        EVERY | {"worked": Checked("worked", Result.NOT_MET, "Empty.")},
        {},
        Verdict.NOT_WORKING,
        None,
        "Nobody rides.",
        4,
        4,
    )
    save(case, bad, 1, cast.dev, finish=True)
    impact = (
        read()
        .scalars(
            select(ImpactRow).where(
                ImpactRow.assessment_id == case.assessment_id, ImpactRow.likelihood_before.is_not(None)
            )
        )
        .first()
    )
    assert impact is not None
    assert (impact.likelihood_after, impact.severity_after) == (
        impact.likelihood_before,
        impact.severity_before,
    )
    assert {"Amina Hassan", "Daniel Ashby", "Helen Marsh"} <= told("mitigation_not_working")


def test_whoever_came_to_own_it_since_the_draw_may_not_go_on(cast: Cast, case: CaseRow) -> None:
    save(case, Draft(found="Begun."), 1, cast.dev)
    row = read().get_one(mitigations.MitigationRow, case.mitigation_id)
    row.owner_id = cast.dev
    read().commit()
    for finish in (False, True):
        with pytest.raises(NotAllowed, match="own this action"):
            save(case, WHOLE, 2, cast.dev, finish=finish)


def test_what_rests_is_not_audited(cast: Cast, case: CaseRow, now: datetime) -> None:
    ref = case.ref.removesuffix("-M1")
    stopping.stop(ref, "close", reason="Over.", by=cast.ben, now=APRIL)
    with pytest.raises(Refused, match="rests"):
        save(case, WHOLE, 1, cast.dev, finish=True)


def test_a_case_is_given_to_somebody_else_who_may_audit_it(cast: Cast, case: CaseRow) -> None:
    cases.give_to(case.id, cast.ivan, by=cast.dev, now=APRIL)
    cases.give_to(case.id, cast.ivan, by=cast.dev, now=APRIL)
    ivan = people.actor_of(cast.ivan, today=APRIL.date())
    assert [one.row.ref for one in cases.mine(ivan, cast.organisation_id)] == [case.ref]
    amina = people.actor_of(cast.amina, today=APRIL.date())
    with pytest.raises(NotAllowed):
        cases.see_case(case.id, actor=amina)
    with pytest.raises(NotAllowed):
        cases.give_to(case.id, cast.ivan, by=cast.amina, now=APRIL)


def test_a_proposal_that_was_screened_out_is_looked_at_again(cast: Cast, now: datetime) -> None:
    """Ivan confirmed it, so it is not for Ivan; Dev finds that an assessment was needed."""
    programme = begun(cast, now, Rhythm.YEARLY)
    ref = factories.started(cast, now)
    screen_out(cast, ref, now)
    drawn(cast, programme, YEAR)
    case = case_of(ref)
    assert case.auditor_id == cast.dev
    with pytest.raises(NotAllowed):
        save(case, Draft(screened=Screened.RIGHT, found="Fine."), 1, cast.ivan, finish=True)
    with pytest.raises(Invalid) as refused:
        save(case, Draft(), 1, cast.dev, finish=True)
    assert set(refused.value.errors) == {"screened", "found"}
    found = Draft(screened=Screened.WRONG, found="Deaf people cannot ring.")
    save(case, found, 1, cast.dev, finish=True)
    save(case, found, 1, cast.dev, finish=True)
    assert told("screening_doubted") == {"Amina Hassan", "Ben Okoro", "Daniel Ashby", "Ivan Petrov"}


def test_an_owner_who_says_more_later_can_be_audited_again_next_time(cast: Cast, case: CaseRow) -> None:
    save(case, WHOLE, 1, cast.dev, finish=True)
    mitigations.claim(
        case.ref, Claim.DONE, note_text="Now on Sundays.", by=cast.helen, now=APRIL + timedelta(hours=1)
    )
    assert case_of(case.ref).state is CaseState.DONE
