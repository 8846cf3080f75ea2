"""Separation of duties, for every person, part, post and move there could be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain.access import (
    POSTS,
    PRACTISED,
    RULES,
    WRITERS,
    Actor,
    Facts,
    MitigationFacts,
    Sight,
    may,
    sight,
)
from ehiia.domain.vocabulary import Attested, Part, Permission, Role, Stage
from ehiia.domain.workflow import MOVES

HERE, ELSEWHERE = 1, 2
CHECKED_OR_DECIDED = {
    Attested.AGREED,
    Attested.PASSED,
    Attested.COUNTERSIGNED,
    Attested.DECIDED,
    Attested.CONFIRMED,
}

sets_of_roles = st.frozensets(st.sampled_from(Role))
actors = st.builds(
    Actor,
    person_id=st.just(7),
    roles=st.fixed_dictionaries({}, optional={HERE: sets_of_roles, ELSEWHERE: sets_of_roles}),
    active=st.booleans(),
)
facts = st.builds(
    Facts,
    organisation_id=st.just(HERE),
    stage=st.sampled_from(Stage),
    restricted=st.booleans(),
    practice=st.booleans(),
    parts=st.frozensets(st.sampled_from(Part)),
    wrote=st.booleans(),
    did=st.frozensets(st.sampled_from(Attested)),
    decides_alone=st.booleans(),
    chairs=st.booleans(),
    secretary=st.booleans(),
)
writers = facts.filter(lambda one: one.wrote or bool(one.parts & WRITERS))


@given(actors, writers)
def test_nobody_checks_or_decides_alone_what_they_wrote(actor: Actor, known: Facts) -> None:
    for permission in (Permission.CHECK, Permission.COUNTERSIGN, Permission.DECIDE):
        assert not may(actor, permission, known)
    if known.wrote:
        assert not may(actor, Permission.AGREE, known)


@given(actors, facts, st.booleans())
def test_nobody_verifies_what_they_own_wrote_direct_checked_or_decided(
    actor: Actor, known: Facts, owned: bool
) -> None:
    if may(actor, Permission.VERIFY, known, MitigationFacts(owned=owned)):
        assert not owned
        assert not known.wrote
        assert not known.parts & (WRITERS | {Part.DIRECTOR})
        assert not known.did & CHECKED_OR_DECIDED


@given(actors, facts)
def test_no_move_is_open_to_somebody_who_cannot_see_the_assessment(actor: Actor, known: Facts) -> None:
    if sight(actor, known) is not Sight.FULL:
        for move in MOVES:
            assert move.permission is None or not may(actor, move.permission, known)


@given(actors, writers)
def test_no_move_lets_a_writer_pass_or_countersign(actor: Actor, known: Facts) -> None:
    for move in MOVES:
        if move.name in {"pass_check", "send_back", "countersign", "refuse_not_needed"}:
            assert move.permission is not None
            assert not may(actor, move.permission, known)


@given(actors, facts)
def test_an_external_checker_may_check_this_one_and_gains_no_other_right(actor: Actor, known: Facts) -> None:
    """Who holds no post here checks as named checker only, and then does nothing but check and comment."""
    here = Actor(actor.person_id, {ELSEWHERE: actor.roles.get(ELSEWHERE, frozenset())}, actor.active)
    named = replace(
        known,
        practice=False,
        parts=frozenset({Part.CHECKER}),
        decides_alone=False,
        chairs=False,
        secretary=False,
    )
    assert bool(may(here, Permission.CHECK, named)) == (here.active and not named.wrote)
    allowed = {one for one in RULES if may(here, one, named)}
    assert allowed <= {Permission.KNOW, Permission.READ, Permission.CHECK, Permission.COMMENT}
    assert not may(here, Permission.CHECK, replace(named, parts=frozenset()))


@given(actors, facts)
def test_early_advice_takes_no_right_away_and_gives_none(actor: Actor, known: Facts) -> None:
    """It is neither writing nor checking: whoever gives it may check later exactly as before."""
    if may(actor, Permission.ADVISE, known):
        assert actor.has(HERE, Role.EQUALITY_LEAD)
        assert bool(may(actor, Permission.CHECK, known)) == (not known.wrote and not known.parts & WRITERS)


@given(actors, facts)
def test_a_refusal_always_says_why(actor: Actor, known: Facts) -> None:
    for permission in Permission:
        if permission in POSTS:
            continue
        if permission is Permission.ADMINISTER:
            continue
        ruling = may(actor, permission, known)
        assert ruling or ruling.reason


@given(actors, facts)
def test_practice_is_seen_by_its_author_alone_and_goes_to_nobody(actor: Actor, known: Facts) -> None:
    if known.practice:
        assert (sight(actor, known) is Sight.FULL) == (actor.active and Part.AUTHOR in known.parts)
        for permission in set(RULES) - PRACTISED:
            assert not may(actor, permission, known)
