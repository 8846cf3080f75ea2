"""Every rule of screening and completeness fires where it should, and keeps quiet where it should not.

A house test reads the marks and finds for every rule one test of each kind. The self-check has its own
tests in ``selfcheck``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ehiia.domain.answers import Answers, EvidenceItem, SubjectGroup
from ehiia.domain.completeness import missing
from ehiia.domain.screening import TRIGGERS, screen
from ehiia.domain.vocabulary import Conclusion, Confidence, Dimension, Direction, ProposalKind
from tests.domain import whole as make
from tests.domain.test_completeness import with_impact
from tests.domain.test_screening import EXISTING, NOTHING, QUESTIONS

POLICY = ProposalKind.POLICY
REASON = {"not_relevant_reason": "Nobody sees it."}
WHOLE = make.whole()
SAFE = make.whole(conclusion=Conclusion.NO_MAJOR_CHANGE)
ACTION = WHOLE.mitigations[0]


def fires(rule: str, *given: Any) -> Any:
    return pytest.param(rule, *given, id=rule, marks=pytest.mark.rule(rule, fires=True))


def quiet(rule: str, *given: Any) -> Any:
    return pytest.param(rule, *given, id=rule, marks=pytest.mark.rule(rule, fires=False))


def screened(kind: ProposalKind, answers: dict[str, object]) -> set[str]:
    return {reason.rule for reason in screen(kind, answers, QUESTIONS).reasons}


def asked_for(answers: Answers) -> set[str]:
    return {item.rule for item in missing(make.QUESTIONS, answers)}


SCREENING = [
    *((trigger.rule, POLICY, NOTHING | {trigger.question: "yes"}, NOTHING | REASON) for trigger in TRIGGERS),
    ("SCR-10", POLICY, NOTHING | {"how_many": "unknown"}, NOTHING | REASON),
    ("SCR-11", POLICY, NOTHING | EXISTING, NOTHING | REASON),
    ("SCR-12", POLICY, NOTHING | EXISTING | {"existing_covers": "no"}, NOTHING | EXISTING),
    ("SCR-13", POLICY, NOTHING | REASON, NOTHING | {"worse_off": "yes"}),
    ("SCR-17", POLICY, NOTHING | {"who_notices": ["carers"]}, NOTHING | {"who_notices": ["staff"]}),
    ("SCR-18", POLICY, NOTHING | {"steps": ["digital"]}, NOTHING | {"steps": ["none"]}),
    (
        "SCR-19",
        POLICY,
        NOTHING | {"steps": ["hours", "buys", "staff"]},
        NOTHING | {"steps": ["hours", "buys"]},
    ),
    ("SCR-20", POLICY, NOTHING | {"how_much": "unknown"}, NOTHING | {"how_much": "clear"}),
    (
        "SCR-21",
        POLICY,
        NOTHING | {"worse_off": "yes", "how_sure": "guess"},
        NOTHING | {"worse_off": "yes", "how_sure": "counted"},
    ),
]


@pytest.mark.parametrize(
    ("rule", "kind", "answers"),
    [
        *(fires(rule, kind, answers) for rule, kind, answers, _ in SCREENING),
        fires("SCR-09", ProposalKind.CLOSURE, NOTHING | REASON),
    ],
)
def test_a_reason_of_the_screening_is_given(
    rule: str, kind: ProposalKind, answers: dict[str, object]
) -> None:
    assert rule in screened(kind, answers)


@pytest.mark.parametrize(
    ("rule", "kind", "answers"),
    [
        *(quiet(rule, kind, other) for rule, kind, _, other in SCREENING),
        quiet("SCR-09", POLICY, NOTHING | REASON),
    ],
)
def test_a_reason_of_the_screening_is_not_given(
    rule: str, kind: ProposalKind, answers: dict[str, object]
) -> None:
    assert rule not in screened(kind, answers)


def acting(**changes: Any) -> Answers:
    return replace(WHOLE, mitigations=(replace(ACTION, **changes),))


def affected(**changes: Any) -> Answers:
    return with_impact(WHOLE, "disability", Dimension.ACCESS, **changes)


def listing(**changes: Any) -> Answers:
    return replace(WHOLE, evidence=(replace(WHOLE.evidence[0], **changes),))


def open_group(group: SubjectGroup) -> SubjectGroup:
    return replace(group, not_affected_reason="") if group.code == "age" else group


LACKING = [
    ("MIS-01", make.without(WHOLE, "problem")),
    ("MIS-01", replace(WHOLE, groups=tuple(open_group(group) for group in WHOLE.groups))),
    ("MIS-02", make.given(WHOLE, adults_touched=["smoking"], smoking={"direction": "better", "reason": ""})),
    ("MIS-03", affected(direction=None)),
    ("MIS-04", affected(reason=" ")),
    ("MIS-05", affected(magnitude=None)),
    ("MIS-06", affected(confidence=None)),
    ("MIS-07", affected(before=None)),
    ("MIS-08", affected(after=None)),
    ("MIS-09", replace(WHOLE, mitigations=())),
    (
        "MIS-09",
        make.given(
            WHOLE, adults_touched=["smoking"], smoking={"direction": "worse", "reason": "The clinic closes."}
        ),
    ),
    ("MIS-10", replace(WHOLE, evidence=())),
    ("MIS-11", listing(shows="")),
    ("MIS-12", listing(strength=None)),
    ("MIS-13", acting(what="")),
    ("MIS-14", acting(owner="")),
    ("MIS-15", acting(due_on=None)),
    ("MIS-16", acting(measure="")),
    ("MIS-17", acting(in_place=None)),
    ("MIS-18", acting(expected=None)),
    ("MIS-19", replace(WHOLE, mitigations=(ACTION, make.action(ref="M2")))),
    ("MIS-20", affected(number=None)),
    ("MIS-21", affected(duration=None)),
    ("MIS-22", affected(reversible=None)),
    ("MIS-23", replace(WHOLE, to_confirm=frozenset({("problem", "")}))),
    ("MIS-23", replace(WHOLE, to_confirm=frozenset({("access", "disability")}))),
    ("CON-01", make.given(WHOLE, unlawful_risk="yes")),
    ("CON-02", make.given(WHOLE, unlawful_risk="unknown")),
    ("CON-03", replace(SAFE, mitigations=())),
    ("CON-04", with_impact(SAFE, "disability", Dimension.ACCESS, after=make.HIGH)),
    ("CON-05", with_impact(SAFE, "fishing", Dimension.OUTCOMES, direction=Direction.UNKNOWN, reason="")),
    ("CON-06", replace(WHOLE, mitigations=())),
]


@pytest.mark.parametrize(("rule", "answers"), [fires(*one) for one in LACKING])
def test_what_is_missing_is_asked_for(rule: str, answers: Answers) -> None:
    assert rule in asked_for(answers)


@pytest.mark.parametrize("rule", [quiet(rule) for rule in dict.fromkeys(rule for rule, _ in LACKING)])
def test_nothing_is_asked_of_a_whole_assessment(rule: str) -> None:
    assert rule not in asked_for(WHOLE) | asked_for(SAFE)


@pytest.mark.rule("MIS-09", fires=False)
def test_a_harm_with_a_reason_why_nothing_is_done_has_its_answer() -> None:
    answers = replace(affected(justification="No driver can be found."), mitigations=())
    assert ("disability", "access") not in {
        (item.subject, item.question_id) for item in missing(make.QUESTIONS, answers) if item.rule == "MIS-09"
    }


@pytest.mark.rule("MIS-12", fires=False)
def test_a_source_that_says_what_it_shows_lacks_nothing() -> None:
    more = EvidenceItem("travel", "Bus times", "Council", "2026", "Last bus at five.", Confidence.WEAK)
    assert asked_for(replace(WHOLE, evidence=(*WHOLE.evidence, more))) == set()
