"""Separation of duties on the real tables: whatever people try, in whatever order; and who knows of what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ehiia.domain.access import Sight, sight
from ehiia.domain.vocabulary import Attested, Claim, Outcome, Part, ProposalKind, Role, Stage, Verdict
from ehiia.domain.workflow import Refused
from ehiia.services import (
    answering,
    audits,
    checks,
    deciding,
    mitigations,
    papers,
    people,
    submission,
    team,
)
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.decision_entry import Decision
from ehiia.services.sight import facts_of, see_many
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read, transaction
from ehiia.store.answers import AuditItem, MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import AttestationRow
from ehiia.store.people import Person, Post
from ehiia.store.visible import known_in, shared_with
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather

REFUSALS = (NotAllowed, NotFound, Refused, Invalid)
WHO = ("amina", "ben", "carol", "daniel", "helen", "ivan", "dev")


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    """Everybody holds every post, so that only what they did keeps them apart."""
    found = gather(now)
    with transaction() as session:
        for who in WHO:
            for role in (Role.EQUALITY_LEAD, Role.AUDITOR, Role.DECISION_MAKER):
                session.add(
                    Post(
                        person_id=found.ids[who],
                        organisation_id=found.organisation_id,
                        role=role,
                        starts_on=(now - timedelta(days=1)).date(),
                    )
                )
    return found


def edit(ref: str, by: int, now: datetime) -> None:
    revision = page_of(current(ref)).revisions.get("problem", 0)
    read().rollback()
    answering.save_page(ref, answers={"problem": Given(f"Words of {by} at {now}", revision)}, by=by, now=now)


def check(ref: str, by: int, now: datetime) -> None:
    factories.satisfy(ref, by, now)
    checks.pass_check(ref, reservations="", by=by, now=now)


def decide(ref: str, by: int, now: datetime) -> None:
    snapshot = checks.version_for_decision(read(), current(ref))
    read().rollback()
    if snapshot is None:
        raise Refused("nothing to decide")
    papers.say_read(ref, sha256=snapshot.sha256, by=by, now=now)
    decision = Decision(outcome=Outcome.APPROVED, reasons="It is better.")
    deciding.decide(
        ref, decision, sha256=snapshot.sha256, reauthenticated=factories.again(now), by=by, now=now
    )


def done(ref: str, by: int, now: datetime) -> None:
    mitigations.claim(f"{ref}-M1", Claim.DONE, note_text="It runs.", by=by, now=now)


def verdict(ref: str, by: int, now: datetime) -> None:
    audits.give_verdict(f"{ref}-M1", verdict=Verdict.WORKING, found="Full seats.", proof=None, by=by, now=now)


ACTS: dict[str, Callable[[str, int, datetime], None]] = {
    "edit": edit,
    "submit": lambda ref, by, now: submission.submit(ref, declared=True, by=by, now=now),
    "agree": lambda ref, by, now: submission.agree(ref, by=by, now=now),
    "check": check,
    "decide": decide,
    "done": done,
    "verdict": verdict,
}
# A way that leads to the end, into which everybody else's tries are thrown.
WAY = (
    *(("submit", "amina"), ("agree", "daniel"), ("check", "ben"), ("decide", "carol")),
    *(("done", "helen"), ("verdict", "dev")),
)
tries = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(WHO)), min_size=0, max_size=3)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contributors=st.sets(st.sampled_from(("ben", "carol", "ivan", "helen", "dev"))),
    thrown_in=st.lists(tries, min_size=len(WAY), max_size=len(WAY)),
)
def test_whatever_people_try_nobody_checks_decides_or_verifies_their_own(
    cast: Cast, now: datetime, contributors: set[str], thrown_in: list[list[tuple[str, str]]]
) -> None:
    ref = factories.answered(cast, now, worse=True)
    for who in contributors:
        team.invite(ref, person_id=cast.ids[who], part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    moment = now
    for step, more in zip(WAY, thrown_in, strict=True):
        for act, who in (*more, step):
            moment += HOUR
            try:
                ACTS[act](ref, cast.ids[who], moment)
            except REFUSALS:
                read().rollback()
    assert_apart(ref)


def assert_apart(ref: str) -> None:
    session = read()
    here = current(ref).id
    wrote = set(
        session.scalars(
            select(Participant.person_id).where(
                Participant.assessment_id == here, Participant.wrote_at.is_not(None)
            )
        )
    )
    did = {
        what: {
            row.person_id
            for row in session.scalars(
                select(AttestationRow).where(
                    AttestationRow.assessment_id == here, AttestationRow.what == what
                )
            )
        }
        for what in Attested
    }
    # somebody may write after they checked (that undoes the pass), but the version that was decided stands
    if current(ref).stage is Stage.IN_FORCE:
        last = session.scalars(
            select(AttestationRow.person_id)
            .where(AttestationRow.assessment_id == here, AttestationRow.what == Attested.PASSED)
            .order_by(AttestationRow.id.desc())
            .limit(1)
        ).one()
        assert last not in wrote
        assert not did[Attested.DECIDED] & wrote
    owners = set(session.scalars(select(MitigationRow.owner_id).where(MitigationRow.assessment_id == here)))
    judges = set(
        session.scalars(
            select(AuditItem.by)
            .join(MitigationRow, MitigationRow.id == AuditItem.mitigation_id)
            .where(MitigationRow.assessment_id == here)
        )
    )
    if current(ref).stage is Stage.IN_FORCE:
        assert not judges & wrote
    assert not judges & owners
    read().rollback()


def test_the_way_leads_to_the_end_where_nobody_disturbs_it(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    for act, who in WAY:
        ACTS[act](ref, cast.ids[who], now + HOUR)
    assert current(ref).stage is Stage.IN_FORCE
    assert len(read().scalars(select(AuditItem)).all()) == 1


# -- who knows of what ------------------------------------------------------------------------------

roles = st.frozensets(st.sampled_from(Role), max_size=2)
parts = st.frozensets(st.tuples(st.sampled_from(Part), st.booleans()), max_size=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posts=st.tuples(roles, roles),
    items=st.lists(st.tuples(st.booleans(), st.booleans(), parts), min_size=1, max_size=4),
)
def test_the_predicate_of_the_lists_and_the_policy_agree(
    cast: Cast,
    now: datetime,
    posts: tuple[frozenset[Role], frozenset[Role]],
    items: list[tuple[bool, bool, frozenset[tuple[Part, bool]]]],
) -> None:
    """``items``: in the other organisation, restricted, parts of the person with whether each has ended."""
    organisations = (cast.organisation_id, cast.other_id)
    with transaction() as session:
        somebody = Person(name="Somebody", email=f"{_next()}@example.org", created_at=now)
        session.add(somebody)
        session.flush()
        for organisation_id, held in zip(organisations, posts, strict=True):
            for role in held:
                session.add(
                    Post(
                        person_id=somebody.id,
                        organisation_id=organisation_id,
                        role=role,
                        starts_on=now.date(),
                    )
                )
        made = []
        for elsewhere, restricted, taken in items:
            row = _assessment(organisations[elsewhere], restricted, cast, now)
            session.add(row)
            session.flush()
            made.append(row.id)
            for part, ended in taken:
                if session.get(Participant, (row.id, somebody.id, part)) is None:
                    session.add(
                        Participant(
                            assessment_id=row.id,
                            person_id=somebody.id,
                            part=part,
                            added_by=cast.amina,
                            added_at=now,
                            ended_at=now if ended else None,
                        )
                    )
    session = read()
    actor = people.actor_of(somebody.id, today=now.date())
    known: set[int] = set()
    for organisation_id in organisations:
        predicate = known_in(
            organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))
        )
        known |= set(session.scalars(select(Assessment.id).where(predicate)))
    shared = set(session.scalars(select(Assessment.id).where(shared_with(somebody.id, set(actor.roles)))))
    rows = list(session.scalars(select(Assessment).where(Assessment.id.in_(made)).order_by(Assessment.id)))
    full = {row.id for row in rows if sight(actor, facts_of(session, row, somebody.id)) is Sight.FULL}
    assert known & set(made) == full
    assert shared & set(made) <= full
    assert {seen.assessment.id for seen in see_many(session, rows, actor=actor)} == full
    read().rollback()


_count = iter(range(10**9))


def _next() -> str:
    return f"somebody{next(_count)}"


def _assessment(organisation_id: int, restricted: bool, cast: Cast, now: datetime) -> Assessment:
    ref = f"T-{_next()}"
    return Assessment(
        organisation_id=organisation_id,
        ref=ref,
        title=ref,
        title_folded=ref.casefold(),
        kind=ProposalKind.STRATEGY,
        question_set_version=1,
        screening_version=1,
        restricted=restricted,
        created_by=cast.amina,
        created_at=now,
        updated_at=now,
    )
