"""Audit programmes: nobody chooses the sample, and anyone can draw it again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from ehiia.domain import sampling
from ehiia.domain.programmes import BEGINS_WITH, Rhythm
from ehiia.domain.sampling import Pool, Take
from ehiia.domain.vocabulary import Band, Claim, Conclusion, Role, Verdict
from ehiia.services import audits, cases, drawing, mitigations, people, programmes, restriction
from ehiia.services import screening as screening_service
from ehiia.services.answering import Given
from ehiia.services.programmes import ProgrammeRow
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.store import history
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow, DrawRow, RunRow
from ehiia.store.decisions import DecisionRow
from ehiia.store.people import Post
from tests import factories
from tests import people as cast_of
from tests.people import Cast

APRIL = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
"""After the first quarter of 2026 has closed."""
QUARTER = date(2026, 1, 1)
YEAR = date(2025, 4, 1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


def begun(cast: Cast, now: datetime, rhythm: Rhythm = Rhythm.QUARTERLY, by: str = "dev") -> ProgrammeRow:
    return programmes.begin(
        organisation_id=cast.organisation_id,
        name=f"Actions {rhythm.value}",
        rhythm=rhythm,
        rule=BEGINS_WITH[rhythm],
        by=cast.ids[by],
        now=now,
    )


def done(cast: Cast, now: datetime, **changes: Any) -> str:
    """Make a decided assessment that left little risk, with an action that Helen says is done."""
    ref, _ = factories.decided(cast, now, worse=True, **changes)
    with transaction() as session:
        row = session.scalars(select(Assessment).where(Assessment.ref == ref)).one()
        row.worst_left = Band.LOW
        before = session.scalars(select(DecisionRow).where(DecisionRow.assessment_id == row.id)).one()
        session.add(
            DecisionRow(
                organisation_id=row.organisation_id,
                assessment_id=row.id,
                snapshot_id=before.snapshot_id,
                body_id=before.body_id,
                conclusion=Conclusion.NO_MAJOR_CHANGE,
                outcome=before.outcome,
                content=before.content,
                decided_by=before.decided_by,
                decided_at=now + timedelta(hours=5),
            )
        )
    mitigations.claim(f"{ref}-M1", Claim.DONE, note_text="It runs.", by=cast.helen, now=now)
    return ref


def drawn(cast: Cast, programme: ProgrammeRow, first_on: date = QUARTER, **kwargs: object) -> RunRow:
    given = {"organisation_id": cast.organisation_id, "by": cast.dev, "now": APRIL} | kwargs
    return drawing.draw(programme.id, first_on, **given)  # type: ignore[arg-type]


def case_of(ref: str) -> CaseRow:
    found = read().scalars(
        select(CaseRow).where(CaseRow.ref == ref).execution_options(populate_existing=True)
    )
    return found.one()


def draw_of(run: RunRow, n: int = 1) -> DrawRow:
    return read().scalars(select(DrawRow).where(DrawRow.run_id == run.id, DrawRow.n == n)).one()


# -- the sample ----------------------------------------------------------------------------------


def test_the_seed_is_the_head_of_the_history_at_the_close_and_the_sample_is_drawn_again(
    cast: Cast, now: datetime, tmp_path: Path, inside: Flask
) -> None:
    programme = begun(cast, now)
    ref = done(cast, now)
    head = history.head(read(), cast.organisation_id)
    later = done(cast, APRIL - timedelta(hours=12), title="Another proposal")  # after the close
    run = drawn(cast, programme)
    kept = draw_of(run)
    assert (kept.seed_seq, kept.seed_hash) == (head.seq, head.hash)
    assert kept.drawn == [f"{ref}-M1"]
    assert later not in kept.frame
    seed = sampling.seed_of(head.seq, head.hash)
    again = sampling.draw(sampling.parse(kept.frame), seed)
    assert [one.item.ref for one in again] == kept.drawn
    frame = tmp_path / "frame.txt"
    frame.write_bytes(kept.frame.encode())
    told = inside.test_cli_runner().invoke(args=["audits", "draw", "--seed", seed, "--frame", str(frame)])
    assert told.exit_code == 0, told.output
    assert f"SHA-256 of the frame: {kept.frame_sha256}" in told.output
    assert f"completed\t{ref}-M1\t" in told.output
    frame.write_text("no frame")
    told = inside.test_cli_runner().invoke(args=["audits", "draw", "--seed", seed, "--frame", str(frame)])
    assert told.exit_code == 1
    assert "The first line must be" in told.output


def test_nothing_is_drawn_before_the_close_or_of_a_period_before_the_programme(
    cast: Cast, now: datetime
) -> None:
    programme = begun(cast, now)
    for first_on in (QUARTER, date(2025, 10, 1), date(2026, 1, 2)):
        with pytest.raises(NotFound):
            drawn(cast, programme, first_on, now=now)
    with pytest.raises(NotFound):
        drawn(cast, programme, date(2025, 10, 1))
    midnight = datetime(2026, 3, 31, 22, 59, tzinfo=UTC)  # summer time: 23:59 in London
    with pytest.raises(NotFound):
        drawn(cast, programme, now=midnight)
    assert drawn(cast, programme, now=midnight + timedelta(minutes=1)).first_on == QUARTER


def test_a_rule_that_is_changed_after_the_close_does_not_count_for_what_has_closed(
    cast: Cast, now: datetime
) -> None:
    programme = begun(cast, now)
    ref = done(cast, now)
    programmes.change_rule(
        programme.id,
        (Take(Pool.SCREENED_OUT, 1),),
        reason="Fewer.",
        revision=1,
        organisation_id=cast.organisation_id,
        by=cast.ben,
        now=APRIL,
    )
    assert draw_of(drawn(cast, programme)).drawn == [f"{ref}-M1"]
    summer = drawn(cast, programme, date(2026, 4, 1), now=datetime(2026, 7, 1, 9, tzinfo=UTC))
    assert sampling.parse(draw_of(summer).frame).rule == (Take(Pool.SCREENED_OUT, 1),)


def test_a_second_draw_adds_and_takes_nothing_away_and_both_are_shown(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now)
    first = done(cast, now)
    hidden = done(cast, now, title="A second one")
    restriction.restrict(hidden, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    run = drawn(cast, programme)
    assert draw_of(run).drawn == [f"{first}-M1"]
    assert drawn(cast, programme).id == run.id  # sent twice
    with pytest.raises(Refused, match="the same sample would come"):
        drawn(cast, programme, reason="I do not like it")
    restriction.lift_restriction(hidden, by=cast.amina, now=APRIL)
    restriction.restrict(first, reason="Now this.", until_on=None, by=cast.amina, now=APRIL)
    drawn(cast, programme, reason="One was restricted and is not any more")
    draws = drawing.draws_of(run.id)
    assert [(one.row.n, one.row.drawn, one.row.reason) for one in draws] == [
        (1, [f"{first}-M1"], ""),
        (2, [f"{hidden}-M1"], "One was restricted and is not any more"),
    ]
    assert {case_of(f"{first}-M1").draw_n, case_of(f"{hidden}-M1").draw_n} == {1, 2}
    assert draws[0].seed == draws[1].seed


def test_a_draw_and_a_rule_are_never_changed_or_removed(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now)
    drawn(cast, programme)
    for table, column in (("audit_draw", "reason"), ("audit_rule", "reason")):
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError), transaction() as session:
                session.execute(text(statement))


def test_every_pool_is_drawn_from(cast: Cast, now: datetime) -> None:
    yearly, quarterly = begun(cast, now, Rhythm.YEARLY), begun(cast, now)
    despite, _ = factories.decided(cast, now, worse=True)
    overdue = done(cast, now, title="An overdue one")
    with transaction() as session:
        session.execute(
            update(mitigations.MitigationRow)
            .where(mitigations.MitigationRow.ref == f"{overdue}-M1")
            .values(claim=Claim.ON_TRACK, due_on=date(2026, 3, 20))
        )
    said = done(cast, now, title="One that is done")
    screened = factories.started(cast, now)
    screen_out(cast, screened, now)
    pools = {
        ref: sampling.parse(draw_of(run).frame)
        for ref, run in (
            ("year", drawn(cast, yearly, YEAR)),
            ("quarter", drawn(cast, quarterly)),
        )
    }
    year = {one.ref: one.pool for one in pools["year"].items}
    assert year == {
        f"{despite}-M1": Pool.HARM_LEFT,
        f"{overdue}-M1": Pool.OVERDUE_HIGH,
        screened: Pool.SCREENED_OUT,
    }
    quarter = {one.ref: one.pool for one in pools["quarter"].items}
    assert quarter == {f"{overdue}-M1": Pool.OVERDUE_HIGH, f"{said}-M1": Pool.COMPLETED}
    assert {one.stratum for one in pools["quarter"].items} == {f"director-{cast.daniel}/disability"}


def screen_out(cast: Cast, ref: str, now: datetime) -> None:
    questions = {
        question.id: Given("no")
        for section in screening_service.questions_of(factories.current(ref)).sections
        for question in section.questions
    }
    screening_service.save(ref, questions, by=cast.amina, now=now)
    screening_service.finish(ref, by=cast.amina, now=now)
    screening_service.countersign(ref, by=cast.ivan, now=now)


def test_the_service_draws_by_itself_once_whoever_is_away(cast: Cast, now: datetime) -> None:
    begun(cast, now)
    ref = done(cast, now)
    assert drawing.draw_due(now=now) == 0
    assert drawing.would_draw(now=APRIL)
    assert drawing.draw_due(now=APRIL) == 1
    assert drawing.draw_due(now=APRIL) == 0
    assert drawing.would_draw(now=APRIL) == []
    assert case_of(f"{ref}-M1").auditor_id == cast.dev


# -- programmes ----------------------------------------------------------------------------------


def test_only_those_with_a_post_that_audits_plan_and_draw(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now, by="ben")
    assert begun(cast, now, by="ben").id == programme.id  # sent twice
    with pytest.raises(Invalid, match="already"):
        begun(cast, now, by="dev")
    for name in ("amina", "carol", "farah", "esther"):
        with pytest.raises(NotAllowed):
            begun(cast, now, by=name)
        with pytest.raises(NotAllowed):
            drawn(cast, programme, by=cast.ids[name])
        with pytest.raises(NotAllowed):
            programmes.end(programme.id, organisation_id=cast.organisation_id, by=cast.ids[name], now=now)
    with pytest.raises(NotFound):
        programmes.end(programme.id, organisation_id=cast.other_id, by=cast.esther, now=now)


def test_a_rule_has_a_reason_and_who_saves_second_sees_the_first(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now)

    def change(share: int, reason: str, revision: int) -> None:
        programmes.change_rule(
            programme.id,
            (Take(Pool.COMPLETED, share),),
            reason=reason,
            revision=revision,
            organisation_id=cast.organisation_id,
            by=cast.dev,
            now=now,
        )

    with pytest.raises(Invalid, match="why it changes"):
        change(50, " ", 1)
    change(50, "More.", 1)
    change(50, "More.", 1)  # sent twice
    with pytest.raises(Stale):
        change(60, "More still.", 1)
    programmes.end(programme.id, organisation_id=cast.organisation_id, by=cast.dev, now=now)
    with pytest.raises(Refused, match="ended"):
        change(70, "More still.", 2)
    (line,) = programmes.list_of(cast.organisation_id, today=APRIL.date())
    assert (line.rule, line.to_draw) == ((Take(Pool.COMPLETED, 50),), ())


# -- independence and restriction ------------------------------------------------------------------


def test_items_go_to_somebody_who_had_no_part_in_them(cast: Cast, now: datetime) -> None:
    """Dev owns one action and Ben checked both assessments: Ivan gets what Dev may not have."""
    programme = begun(cast, now)
    devs, other = done(cast, now), done(cast, now, title="Another")
    with transaction() as session:
        session.execute(
            update(mitigations.MitigationRow)
            .where(mitigations.MitigationRow.ref == f"{devs}-M1")
            .values(owner_id=cast.dev)
        )
    drawn(cast, programme)
    assert case_of(f"{devs}-M1").auditor_id == cast.ivan
    assert case_of(f"{other}-M1").auditor_id == cast.dev
    actor = people.actor_of(cast.dev, today=APRIL.date())
    seen = cases.see_case(case_of(f"{devs}-M1").id, actor=actor)
    assert set(cases.who_may(seen, today=APRIL.date())) == {cast.ivan}
    assert not seen.ruling
    for name in ("dev", "ben"):
        with pytest.raises(NotAllowed):
            cases.save(seen.row.id, cases.Draft(), revision=1, finish=False, by=cast.ids[name], now=APRIL)
    for person in (cast.dev, cast.ben, cast.amina):
        with pytest.raises(Invalid, match="may audit"):
            cases.give_to(case_of(f"{other}-M1").id, cast.ben, by=cast.dev, now=APRIL)
        with pytest.raises(Invalid, match="may audit"):
            cases.give_to(seen.row.id, person, by=cast.ivan, now=APRIL)


def test_where_nobody_may_audit_it_nobody_does(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now)
    ref = done(cast, now)
    with transaction() as session:
        session.execute(
            update(Post)
            .where(
                Post.person_id.in_([cast.dev, cast.ivan]), Post.role.in_([Role.AUDITOR, Role.EQUALITY_LEAD])
            )
            .values(ends_on=date(2026, 3, 31))
        )
    drawn(cast, programme, by=cast.ben)
    assert case_of(f"{ref}-M1").auditor_id is None


def test_of_what_is_restricted_nobody_outside_learns_anything(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now)
    ref, other = done(cast, now), done(cast, now, title="Another")
    run = drawn(cast, programme)
    case = case_of(f"{ref}-M1")
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=APRIL)
    for name in ("dev", "ivan"):
        actor = people.actor_of(cast.ids[name], today=APRIL.date())
        assert [one.row.ref for one in cases.list_of(run, actor=actor)] == [f"{other}-M1"]
        assert f"{ref}-M1" not in [one.row.ref for one in cases.mine(actor, cast.organisation_id)]
        text_, whole = drawing.frame_for(run, 1, actor=actor)
        assert ref not in text_
        assert not whole
        with pytest.raises(NotFound):
            cases.see_case(case.id, actor=actor)
        with pytest.raises(NotFound):
            cases.save(case.id, cases.Draft(), revision=1, finish=False, by=cast.ids[name], now=APRIL)
        with pytest.raises(NotFound):
            cases.give_to(case.id, cast.ivan, by=cast.ids[name], now=APRIL)
    esther = people.actor_of(cast.esther, today=APRIL.date())
    with pytest.raises(NotFound):
        cases.see_case(case_of(f"{other}-M1").id, actor=esther)
    with pytest.raises(NotFound):
        cases.run_of(cast.other_id, run.id)


def test_an_action_that_was_audited_already_can_be_drawn_all_the_same(cast: Cast, now: datetime) -> None:
    programme = begun(cast, now)
    ref = done(cast, now)
    audits.give_verdict(f"{ref}-M1", verdict=Verdict.WORKING, found="Full.", proof=None, by=cast.dev, now=now)
    assert draw_of(drawn(cast, programme)).drawn == [f"{ref}-M1"]
