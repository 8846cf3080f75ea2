"""Every rule of the self-check fires where it should, and keeps quiet where it should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ehiia.content.rules import rules
from ehiia.domain.answers import Answers, Risk
from ehiia.domain.mitigating import Funding
from ehiia.domain.selfcheck import RULES, Matter, Place, look
from ehiia.domain.vocabulary import (
    Claim,
    Confidence,
    Dimension,
    Direction,
    HeadCount,
    InPlace,
    Likelihood,
    ProposalKind,
    Severity,
    YesNoUnknown,
)
from tests.domain import whole as make
from tests.domain.selfcheck import cases
from tests.domain.selfcheck.cases import (
    ACCESS,
    HARD,
    cited,
    gap,
    heard,
    impact,
    no,
    saying,
    sound,
    sound_answers,
    source,
    with_action,
    with_answers,
    with_groups,
    with_impacts,
    with_source,
)

SAME_REASON = "Nothing in this proposal touches them in any way that we could think of after long thought."


def case(rule: str, matter: Matter, place: str = "", *, fires: bool = True) -> Any:
    return pytest.param(rule, matter, place, id=f"{rule}-{place}", marks=pytest.mark.rule(rule, fires=fires))


def about_staff(**values: Any) -> Matter:
    """Return the sound matter as a proposal about staff, with some answers."""
    answers = replace(sound_answers(), kind=ProposalKind.WORKFORCE)
    return sound(answers=make.given(answers, **values))


def quiet(rule: str, matter: Matter) -> Any:
    return pytest.param(rule, matter, id=rule, marks=pytest.mark.rule(rule, fires=False))


FIRES = [
    case("QC-01", sound(director_writes=True), "people"),
    case("QC-02", with_action(owner="Estates team"), "M1-owner"),
    case("QC-02", with_action(owner="All staff, Harwich"), "M1-owner"),
    case("QC-03", about_staff(authors_affected="yes"), "q-authors_affected"),
    case("QC-03", about_staff(authors_affected="unknown"), "q-authors_affected"),
    case(
        "QC-04",
        sound(
            answers=replace(
                sound_answers(),
                mitigations=tuple(replace(one, owner="Amina Okafor") for one in sound_answers().mitigations),
            )
        ),
        "mitigations",
    ),
    case("QC-05", sound(contributors=()), "people"),
    case("QC-10", with_groups(lambda g: no(g, "N/A"), ("race",)), "race"),
    case("QC-10", with_answers(evidence=()), "age"),
    case(
        "QC-10",
        with_impacts(lambda i: replace(i, confidence=Confidence.NONE), ("disability", "outcomes")),
        "disability",
    ),
    case(
        "QC-11", with_answers(evidence=tuple(replace(e, groups=()) for e in sound_answers().evidence)), "age"
    ),
    case("QC-12", with_groups(no), "age"),
    case(
        "QC-13",
        sound(
            answers=replace(
                sound_answers(),
                groups=tuple(replace(g, affected=YesNoUnknown.YES) for g in sound_answers().groups),
                impacts=tuple(
                    make.impact(code, Dimension.ACCESS, Direction.BETTER)
                    for code in ("age", "race", "sex", "disability")
                ),
            )
        ),
        "age",
    ),
    case("QC-14", sound(answers=replace(make.given(sound_answers(), money="saves"), impacts=())), "age"),
    case("QC-14", with_answers(kind=ProposalKind.CLOSURE, impacts=()), "age"),
    case("QC-15", with_impacts(lambda i: replace(i, confidence=Confidence.STRONG)), "disability"),
    case("QC-16", with_impacts(lambda i: replace(i, after=make.LOW) if i.adverse else i), "disability"),
    case("QC-17", with_answers(mitigations=sound_answers().mitigations[1:]), "disability"),
    case(
        "QC-18",
        with_groups(lambda g: no(g, "They are treated the same as everyone else."), ("race",)),
        "race",
    ),
    case(
        "QC-18",
        with_impacts(lambda i: replace(i, reason="Open to everybody alike."), ("disability", "outcomes")),
        "disability",
    ),
    case("QC-20", with_groups(lambda g: no(g, SAME_REASON), ("race", "sex")), "race"),
    case(
        "QC-20",
        with_groups(
            lambda g: no(g, f"For {g.people} nothing changes, because they book as before."), ("race", "sex")
        ),
        "race",
    ),
    case("QC-21", saying(armed_forces="N/A."), "q-armed_forces"),
    case("QC-21", saying(carers="as above"), "q-carers"),
    case(
        "QC-22",
        saying(inequality_access=SAME_REASON, inequality_outcomes=SAME_REASON),
        "q-inequality_outcomes",
    ),
    *(
        case("QC-23", about_staff(workforce_effect=text), "q-workforce_effect")
        for text in (
            "Most who move are women; two nurses work nights.",
            "The team of\n3 part-time staff closes.",
            "Four of the posts go.",
            "One member of staff is on maternity leave.",
            "2.5 WTE posts are vacant.",
        )
    ),
    case(
        "QC-23",
        sound(
            answers=replace(
                about_staff().answers,
                impacts=(impact("disability", Dimension.ACCESS, Direction.BETTER, "It helps two nurses."),),
            )
        ),
        "access-reason",
    ),
    case("QC-30", with_action(what="Monitor complaints and consider changes."), "M1-what"),
    case("QC-30", with_action(what="We will raise awareness among staff."), "M1-what"),
    case("QC-31", with_action(measure="Ongoing"), "M1-due"),
    case("QC-32", with_action(due_on=date(2099, 1, 1)), "M1-due"),
    case("QC-33", with_action(in_place=InPlace.AFTER), "M1-in_place"),
    case("QC-34", with_action(due_on=date(2027, 7, 1)), "M1-due"),
    case("QC-35", with_action(due_on=date(2026, 7, 1)), "M1-due"),
    case("QC-36", with_action(measure="Leaflets printed and handed out"), "M1-measure"),
    case("QC-37", with_answers(mitigations=()), "mitigations"),
    case("QC-38", with_action(expected=HARD), "M1-expected"),
    case("QC-39", with_action(in_place=InPlace.AT, funding=Funding.ASKED), "M1-funding"),
    case(
        "QC-40",
        with_answers(evidence=(source(1, "census", "Census"), source(2, "nice", "A guideline"))),
        "evidence",
    ),
    case("QC-40", with_answers(citations=cited((3, "age"))), "age"),
    case("QC-41", with_answers(evidence=sound_answers().evidence[:1]), "evidence"),
    case(
        "QC-42",
        with_answers(
            evidence=tuple(replace(e, strength=Confidence.STRONG) for e in sound_answers().evidence)
        ),
        "evidence",
    ),
    case("QC-43", saying(contradicts="Nothing that we know of."), "q-contradicts"),
    case("QC-44", with_source(shows="https://example.org/a/long/report"), "evidence-1-shows"),
    case("QC-45", with_source(year="2004 to 2009"), "evidence-1-shows"),
    case("QC-46", saying(gap_plan="Monitor."), "q-gap_plan"),
    case("QC-46", with_answers(gaps=(gap("Keep under review"),)), "evidence"),
    case("QC-50", with_answers(engagements=(heard(1, ("disability",)),)), "fishing"),
    case(
        "QC-51",
        sound(answers=replace(make.given(sound_answers(), who_was_asked="Nobody yet."), engagements=())),
        "q-who_was_asked",
    ),
    case(
        "QC-52",
        with_answers(engagements=(*sound_answers().engagements, heard(2, on_date=date(2027, 4, 1)))),
        "q-who_was_asked",
    ),
    case(
        "QC-53",
        with_answers(
            engagements=(*sound_answers().engagements, heard(2, said="", everybody=next(iter(HeadCount))))
        ),
        "q-who_was_asked",
    ),
    case(
        "QC-54",
        with_answers(engagements=(heard(1, ("disability", "fishing"), changed=""),)),
        "q-who_was_asked",
    ),
    case(
        "QC-55",
        with_answers(engagements=(heard(1, ("disability", "fishing"), fed_back_on=None),)),
        "q-who_was_asked",
    ),
    case("QC-60", saying(options="Move the surgery inland."), "q-options"),
    case("QC-61", saying(still_open="Everything has been decided."), "q-still_open"),
    case("QC-62", saying(deprived_percent=20.3), "q-deprived_percent"),
    case("QC-63", sound(title="Project PHOENIX"), "title"),
    case("QC-64", sound(meeting_on=date(2027, 1, 25)), "route"),
    case("QC-65", sound(meeting_on=None), "route"),
    case("QC-66", with_answers(go_live_on=date(2027, 2, 1)), "expected_go_live_on-day"),
    case(
        "QC-67",
        sound(meeting_on=None, answers=replace(sound_answers(), go_live_on=None)),
        "expected_go_live_on-day",
    ),
    case("QC-68", saying(alarm="When people complain a lot."), "q-alarm"),
    case("QC-69", saying(residual_harm="Nobody."), "q-residual_harm"),
]

QUIET = [
    quiet("QC-02", with_action(owner="Tom Reeve, Estates team")),
    quiet("QC-12", with_groups(no, ("race", "sex"))),
    quiet("QC-14", with_answers(kind=ProposalKind.FINANCE)),
    quiet(
        "QC-18",
        with_groups(lambda g: no(g, "The same interpreters stay, and the forum checked it."), ("race",)),
    ),
    quiet(
        "QC-20",
        with_groups(
            lambda g: no(
                g, "Neither race nor sex decides who may book: both were looked at in the trial figures."
            ),
            ("race", "sex"),
        ),
    ),
    quiet("QC-21", saying(armed_forces="None of the bases is near; the covenant team was asked in May.")),
    *(
        quiet("QC-23", about_staff(workforce_effect=text))
        for text in (
            "Fewer than ten staff are at one site; 64 people work at all of them, 1,002 staff in the trust.",
            "One in four nurses is over 50, and 9 out of 10 staff live near.",
            "Band 5 nurses, bands 5 and 6 staff and ward 7 staff keep their hours.",
            "Two staff networks and three staff meetings were heard; two unions came.",
            "One hundred and five nurses, twenty-two staff and 5% of posts.",
            "In one team people work for three years; two weeks before staff are told.",
            "Marked by two managers, which two people check; one person is matched with one post.",
        )
    ),
    quiet("QC-23", saying(problem="Two nurses see eighty people a day.")),  # no change for staff
    quiet("QC-03", about_staff(authors_affected="no")),
    quiet("QC-03", about_staff(authors_affected="")),
    quiet("QC-03", saying(authors_affected="yes")),  # not asked of a change to a service
    quiet("QC-30", with_action(what="Monitor waiting times, and open a second clinic if they rise.")),
    quiet("QC-35", with_action(due_on=date(2026, 7, 1), claim=Claim.DONE)),
    quiet(
        "QC-37",
        sound(answers=replace(sound_answers(), mitigations=(), impacts=()), screening={"worse_off": "no"}),
    ),
    quiet("QC-38", with_action(expected=Risk(Likelihood.RARE, Severity.SMALL))),
    quiet("QC-39", with_action(in_place=InPlace.AFTER, funding=Funding.NONE)),
    quiet("QC-39", with_action(in_place=InPlace.AT, funding=Funding.AGREED)),
    quiet("QC-40", with_answers(citations=cited((1, "age"), (3, "age")))),
    quiet("QC-46", with_answers(gaps=(gap("Tom Reeve asks the crews by 1 June."),))),
    quiet("QC-60", saying(options="Either leave it as it is or move it inland")),
    quiet("QC-61", saying(still_open="Everything is settled except the hours.")),
    quiet("QC-62", saying(deprived_percent=20.3, deprived_known="unknown")),
    quiet("QC-64", sound(meeting_on=date(2027, 1, 25), earliest_pass_on=None)),
]


@pytest.mark.parametrize(("rule", "matter", "place"), FIRES)
def test_a_rule_fires_and_points_to_its_place(rule: str, matter: Matter, place: str) -> None:
    found = [one.place for one in RULES[rule](matter)]
    assert found, "it did not fire"
    assert any(place in (one.section_id, one.subject, one.anchor) for one in found), found


@pytest.mark.parametrize(("rule", "matter"), QUIET)
def test_a_rule_keeps_quiet_where_it_has_nothing_to_say(rule: str, matter: Matter) -> None:
    assert RULES[rule](matter) == ()


@pytest.mark.parametrize(
    "rule", [pytest.param(name, marks=pytest.mark.rule(name, fires=False)) for name in sorted(RULES)]
)
def test_no_rule_fires_on_sound_work(rule: str) -> None:
    assert RULES[rule](sound()) == ()


@pytest.mark.parametrize(("rule", "matter", "place"), FIRES)
def test_what_was_found_reads_as_a_sentence(rule: str, matter: Matter, place: str) -> None:
    for found in RULES[rule](matter):
        sentence = rules()[rule].said(found)
        assert sentence[-1] in ".”"
        assert "{" not in sentence


def test_every_finding_leads_to_a_section_or_to_the_details() -> None:
    sections = {one.id for one in make.QUESTIONS.sections} | {"details", "route", "people"}
    for one in FIRES:
        assert {found.place.section_id for found in look(one.values[1])} <= sections


def test_an_assessment_just_begun_is_not_scolded_for_what_is_still_to_come() -> None:
    begun = Matter(Answers(ProposalKind.SERVICE_CHANGE), make.QUESTIONS, cases.TODAY, "Moving a clinic away")
    assert {found.rule for found in look(begun)} <= {"QC-65", "QC-67"}


def test_places_are_worded_like_those_of_missing_answers() -> None:
    (found,) = RULES["QC-30"](with_action(what="Monitor."))
    assert found.place == Place("mitigations", "M1", "what", "M1-what")
    assert ACCESS[0] == "disability"
