"""What is missing, page by page: nothing hidden, nothing asked in vain.

Long because each kind of page has its own idea of what an answer is.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.domain import completeness
from ehiia.domain.answers import Answers, Impact, Risk
from ehiia.domain.asked import asked_questions, asked_sections
from ehiia.domain.completeness import State, missing, review
from ehiia.domain.questions import AnswerKind, AskedWhen, Depth, Question
from ehiia.domain.vocabulary import (
    Claim,
    Conclusion,
    Dimension,
    Direction,
    Likelihood,
    ProposalKind,
    Severity,
    YesNoUnknown,
)
from tests.domain import whole as make

Q = make.QUESTIONS
WHOLE = make.whole()
TOUCHED = make.given(WHOLE, adults_touched=["smoking"])


def lacks(answers: Answers) -> list[tuple[str, str, str]]:
    return [(item.section_id, item.subject, item.anchor) for item in missing(Q, answers)]


def state(answers: Answers, section: str, subject: str = "") -> State:
    return next(s.state for s in review(Q, answers).states if (s.section_id, s.subject) == (section, subject))


def with_impact(answers: Answers, subject: str, dimension: Dimension, **changes: object) -> Answers:
    """Return the answers with one impact changed."""
    return replace(
        answers,
        impacts=tuple(
            replace(i, **changes) if (i.subject, i.dimension) == (subject, dimension) else i  # type: ignore[arg-type]
            for i in answers.impacts
        ),
    )


@pytest.mark.parametrize("kind", ProposalKind)
@pytest.mark.parametrize("conclusion", Conclusion)
def test_a_whole_assessment_lacks_nothing(kind: ProposalKind, conclusion: Conclusion) -> None:
    answers = make.whole(kind, conclusion)
    assert lacks(answers) == []
    progress = review(Q, answers).progress
    assert progress.answered == progress.asked > 60
    assert progress.minutes_left == 0
    assert {s.state for s in review(Q, answers).states} == {State.ANSWERED}


def test_an_empty_assessment_lists_every_page_as_not_started() -> None:
    answers = Answers(ProposalKind.STRATEGY)
    assert {s.state for s in review(Q, answers).states} == {State.NOT_STARTED}
    progress = review(Q, answers).progress
    assert (progress.answered, progress.asked) == (0, len(missing(Q, answers)))
    assert 360 <= progress.minutes_left <= 480
    assert progress.minutes_left % 5 == 0


def test_the_task_list_has_a_page_for_each_characteristic_and_each_chosen_group() -> None:
    pages = [(s.section_id, s.subject) for s in review(Q, WHOLE).states]
    assert [subject for section, subject in pages if section == "characteristics"] == list(
        make.CHARACTERISTICS
    )
    assert [subject for section, subject in pages if section == "inclusion"] == ["fishing"]
    titles = {s.subject: s.title for s in review(Q, WHOLE).states}
    assert titles["fishing"] == "Fishing communities"


def test_without_chosen_groups_there_is_no_page_of_chosen_groups() -> None:
    answers = replace(WHOLE, groups=tuple(g for g in WHOLE.groups if g.code != "fishing"))
    assert "inclusion" not in [section.id for section in asked_sections(Q, answers)]


@pytest.mark.parametrize(
    "question",
    [
        q.id
        for s in Q.sections
        for q in s.questions
        if s.kind != "group" and q.required and not q.asked_when.question
    ],
)
def test_each_unanswered_question_is_missed_at_its_field(question: str) -> None:
    for kind in ProposalKind:
        section = next(s for s in Q.sections if any(q.id == question for q in s.questions))
        answers = make.whole(kind)
        if section.asked_when.already_decided:
            answers = replace(answers, already_decided=True)
        if section.depth is Depth.RAPID:
            answers = replace(answers, depth=Depth.RAPID)
        asked = [q.id for q in asked_questions(Q, answers, section)]
        if section in asked_sections(Q, answers) and question in asked and question != "groups_chosen":
            fewer = lacks(make.without(answers, question))
            assert (section.id, "", f"q-{question}") in fewer
            return
    assert question == "groups_chosen"


def test_no_group_chosen_is_an_answer_once_it_says_why() -> None:
    answers = make.without(WHOLE, "groups_chosen", "groups_left_out_reason")
    assert [anchor for _, _, anchor in lacks(answers)] == ["q-groups_chosen", "q-groups_left_out_reason"]
    assert lacks(make.without(WHOLE, "groups_chosen")) == []


@pytest.mark.parametrize("blank", ["", "   \n", None])
def test_blanks_are_no_answer(blank: str | None) -> None:
    assert lacks(make.given(WHOLE, problem=blank)) == [("proposal", "", "q-problem")]


def test_zero_percent_is_an_answer() -> None:
    known = make.given(WHOLE, deprived_known="counted")
    assert lacks(make.given(known, deprived_percent=0)) == []
    assert lacks(make.without(known, "deprived_percent")) == [("population", "", "q-deprived_percent")]
    assert lacks(make.without(make.given(known, deprived_known="unknown"), "deprived_percent")) == []


def test_an_effect_needs_its_reason() -> None:
    half = make.given(TOUCHED, smoking={"direction": "better", "reason": ""})
    assert lacks(half) == [("adults", "", "q-smoking-reason")]
    empty = make.given(TOUCHED, smoking={"direction": "", "reason": "x"})
    assert lacks(empty) == [("adults", "", "q-smoking")]


def test_an_effect_that_is_worse_is_followed_by_an_action() -> None:
    change = make.whole(conclusion=Conclusion.CHANGE)
    rated = {
        "likelihood_before": "3",
        "severity_before": "2",
        "likelihood_after": "2",
        "severity_after": "1",
    }
    closes = {"direction": "worse", "reason": "The clinic closes.", **rated}
    worse = make.given(change, adults_touched=["smoking"], smoking=closes)
    assert lacks(worse) == [("adults", "", "q-smoking-justification")]
    assert state(worse, "adults") == State.MISSING


def test_a_question_opened_by_another_kind_of_proposal_is_not_asked() -> None:
    assert "q-social_value" not in [a for _, _, a in lacks(Answers(ProposalKind.STRATEGY))]
    assert "q-social_value" in [a for _, _, a in lacks(Answers(ProposalKind.PROCUREMENT))]


# -- groups ----------------------------------------------------------------------------------


def test_the_page_of_a_group_opens_with_yes_and_with_dont_know() -> None:
    for answer in (YesNoUnknown.YES, YesNoUnknown.UNKNOWN):
        groups = tuple(replace(g, affected=answer) if g.code == "race" else g for g in WHOLE.groups)
        assert lacks(replace(WHOLE, groups=groups)) == [
            ("characteristics", "race", f"{dimension}-direction")
            for dimension in ("access", "experience", "outcomes")
        ]


def test_no_needs_a_reason_and_names_the_people() -> None:
    groups = tuple(replace(g, not_affected_reason="") if g.code == "religion" else g for g in WHOLE.groups)
    (item,) = missing(Q, replace(WHOLE, groups=groups))
    assert (item.subject, item.anchor) == ("religion", "not_affected_reason")
    assert "people of different religions and beliefs" in item.text


def test_marriage_is_asked_about_the_first_aim_only() -> None:
    answers = replace(WHOLE, impacts=tuple(i for i in WHOLE.impacts if i.subject != "marriage"))
    assert lacks(answers) == [("characteristics", "marriage", "eliminate-direction")]


@pytest.mark.parametrize(
    ("changes", "anchors"),
    [
        ({"reason": " "}, ["access-reason"]),
        ({"magnitude": None}, ["access-magnitude"]),
        ({"confidence": None}, ["access-confidence"]),
        ({"number": None}, ["access-number_affected"]),
        ({"duration": None}, ["access-duration"]),
        ({"reversible": None}, ["access-reversible"]),
        ({"direction": Direction.BETTER, "number": None, "duration": None, "reversible": None}, []),
        ({"before": None}, ["access-likelihood_before"]),
        ({"after": None}, ["access-likelihood_after"]),
        ({"direction": Direction.SAME, "magnitude": None, "before": None, "after": None}, []),
        ({"direction": Direction.BETTER, "before": None, "after": None}, []),
        ({"direction": Direction.UNKNOWN, "magnitude": None, "confidence": None, "before": None}, []),
        ({"direction": Direction.UNKNOWN, "reason": ""}, ["access-reason"]),
    ],
)
def test_an_impact_asks_what_its_direction_calls_for(changes: dict[str, object], anchors: list[str]) -> None:
    answers = with_impact(WHOLE, "disability", Dimension.ACCESS, **changes)
    assert lacks(answers) == [("characteristics", "disability", anchor) for anchor in anchors]


def test_one_dimension_left_is_started_and_counts_as_one_question() -> None:
    answers = replace(
        WHOLE,
        impacts=tuple(
            i for i in WHOLE.impacts if (i.subject, i.dimension) != ("disability", Dimension.OUTCOMES)
        ),
    )
    assert state(answers, "characteristics", "disability") == State.STARTED
    page = next(s for s in review(Q, answers).states if s.subject == "disability")
    assert (page.answered, page.asked) == (3, 4)


def test_an_unanswered_harm_stands_on_the_page_of_its_group() -> None:
    answers = replace(WHOLE, mitigations=())
    assert lacks(answers)[0] == ("characteristics", "disability", "access-justification")
    assert state(answers, "characteristics", "disability") == State.MISSING


def test_a_group_that_services_forgot_is_still_asked_about() -> None:
    answers = replace(WHOLE, groups=tuple(g for g in WHOLE.groups if g.code != "sex"))
    assert lacks(answers) == [("characteristics", "sex", "affected")]


# -- evidence and mitigating actions ---------------------------------------------------------


def test_an_assessment_rests_on_at_least_one_source() -> None:
    assert lacks(replace(WHOLE, evidence=())) == [("evidence", "", "evidence")]


def test_a_source_says_what_it_shows_and_how_strong_it_is() -> None:
    item = replace(WHOLE.evidence[0], shows="", strength=None)
    answers = replace(WHOLE, evidence=(item,))
    assert lacks(answers) == [("evidence", "", "evidence-1-shows"), ("evidence", "", "evidence-1-strength")]
    assert state(answers, "evidence") == State.MISSING


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"what": ""}, "what"),
        ({"owner": " "}, "owner"),
        ({"due_on": None}, "due"),
        ({"measure": ""}, "measure"),
        ({"in_place": None}, "in_place"),
        ({"expected": None}, "expected"),
    ],
)
def test_a_mitigating_action_lacks_its_parts(changes: dict[str, object], part: str) -> None:
    answers = replace(WHOLE, mitigations=(replace(WHOLE.mitigations[0], **changes),))  # type: ignore[arg-type]
    assert lacks(answers) == [("mitigations", "M1", f"M1-{part}")]
    assert state(answers, "mitigations") == State.MISSING


def test_an_action_that_answers_nothing_is_asked_for_its_impact() -> None:
    answers = replace(WHOLE, mitigations=(*WHOLE.mitigations, make.action(ref="M2")))
    assert lacks(answers) == [("mitigations", "M2", "M2-answers")]


def test_nothing_is_asked_of_a_cancelled_action() -> None:
    gone = replace(make.action(ref="M2"), owner="", claim=Claim.CANCELLED)
    assert lacks(replace(WHOLE, mitigations=(*WHOLE.mitigations, gone))) == []


# -- the conclusion --------------------------------------------------------------------------


def rules(answers: Answers) -> list[str]:
    return [item.rule for item in missing(Q, answers) if item.rule.startswith("CON")]


def test_each_conclusion_asks_for_its_own_reasons() -> None:
    own = {
        Conclusion.GO_AHEAD: {"aim", "alternatives", "proportionality"},
        Conclusion.CHANGE: {"what_changed"},
        Conclusion.STOP: {"stop_next"},
        Conclusion.MORE_EVIDENCE: {"evidence_needed"},
        Conclusion.NO_MAJOR_CHANGE: set(),
    }
    every = set().union(*own.values())
    for conclusion, questions in own.items():
        answers = make.without(make.whole(conclusion=conclusion), *every)
        assert {anchor for _, _, anchor in lacks(answers)} == {f"q-{question}" for question in questions}


@pytest.mark.parametrize(("unlawful", "rule"), [("yes", "CON-01"), ("unknown", "CON-02")])
def test_nothing_goes_ahead_while_it_could_be_unlawful(unlawful: str, rule: str) -> None:
    for conclusion in Conclusion:
        answers = make.given(make.whole(conclusion=conclusion), unlawful_risk=unlawful)
        stands = conclusion in (Conclusion.CHANGE, Conclusion.STOP, Conclusion.MORE_EVIDENCE)
        assert rules(answers) == ([] if stands else [rule])


def test_no_major_change_cannot_stand_while_a_harm_has_no_answer() -> None:
    answers = replace(make.whole(conclusion=Conclusion.NO_MAJOR_CHANGE), mitigations=())
    assert rules(answers) == ["CON-03"]
    assert rules(replace(make.whole(conclusion=Conclusion.GO_AHEAD), mitigations=())) == ["CON-06"]


def test_no_major_change_cannot_stand_while_a_high_risk_is_left() -> None:
    answers = make.whole(conclusion=Conclusion.NO_MAJOR_CHANGE)
    high = with_impact(answers, "disability", Dimension.ACCESS, after=make.HIGH)
    assert rules(high) == ["CON-04"]
    assert rules(replace(high, conclusion=Conclusion.GO_AHEAD)) == []


def test_no_major_change_cannot_stand_while_nobody_will_find_out() -> None:
    answers = make.whole(conclusion=Conclusion.NO_MAJOR_CHANGE)
    unknown = with_impact(answers, "fishing", Dimension.OUTCOMES, direction=Direction.UNKNOWN, reason="")
    assert rules(unknown) == ["CON-05"]
    assert rules(with_impact(unknown, "fishing", Dimension.OUTCOMES, reason="Ask the crews by June.")) == []


def test_a_refused_conclusion_is_a_missing_answer_at_the_conclusion() -> None:
    answers = make.given(WHOLE, unlawful_risk="yes")
    assert lacks(answers) == [("conclusion", "", "q-conclusion")]
    assert state(answers, "conclusion") == State.MISSING


# -- properties ------------------------------------------------------------------------------

OPENING = {q.asked_when.question for s in Q.sections for q in s.questions}
"""Questions whose answer opens others."""
PLAIN = sorted(
    q.id
    for s in Q.sections
    for q in s.questions
    if q.kind in (AnswerKind.TEXT, AnswerKind.LINE, AnswerKind.EFFECT, AnswerKind.MULTI, AnswerKind.PERCENT)
    and s.kind != "group"
    and q.id not in OPENING
)
SOME = st.sets(st.sampled_from(sorted({question for question, _ in WHOLE.values})))
KINDS = st.sampled_from(ProposalKind)


@given(kind=KINDS, gone=SOME, answered=st.sampled_from(PLAIN))
def test_one_more_answer_never_makes_more_missing_unless_it_opens_questions(
    kind: ProposalKind, gone: set[str], answered: str
) -> None:
    before = make.without(make.whole(kind), *gone, answered)
    question = Q.question(answered)
    assert question is not None
    after = make.given(before, **{answered: make.answer_to(question)})
    assert set(missing(Q, after)) <= set(missing(Q, before))
    assert review(Q, after).progress.answered >= review(Q, before).progress.answered
    assert review(Q, after).progress.asked == review(Q, before).progress.asked


@given(kind=KINDS, gone=SOME)
def test_states_counts_and_missing_answers_never_disagree(kind: ProposalKind, gone: set[str]) -> None:
    found = review(Q, make.without(make.whole(kind), *gone))
    assert (found.progress.answered, found.progress.asked) == (
        sum(s.answered for s in found.states),
        sum(s.asked for s in found.states),
    )
    pages = {(item.section_id, item.subject) for item in found.missing}
    assert {(s.section_id, s.subject) for s in found.states if s.state != State.ANSWERED} == pages
    assert (found.progress.minutes_left == 0) == (found.progress.answered == found.progress.asked)
    assert len({(i.section_id, i.subject, i.anchor, i.rule) for i in found.missing}) == len(found.missing)


IMPACT = st.builds(
    Impact,
    st.sampled_from([*make.CHARACTERISTICS, "fishing", "nobody"]),
    st.sampled_from(Dimension),
    st.sampled_from([None, *Direction]),
    reason=st.sampled_from(["", "Because."]),
    before=st.none() | st.builds(Risk, st.sampled_from(Likelihood), st.sampled_from(Severity)),
)


@given(
    impacts=st.lists(IMPACT, max_size=12, unique_by=lambda i: (i.subject, i.dimension)),
    conclusion=st.none() | st.sampled_from(Conclusion),
)
def test_no_harm_without_an_answer_ever_goes_unlisted(
    impacts: list[Impact], conclusion: Conclusion | None
) -> None:
    groups = tuple(replace(g, affected=YesNoUnknown.YES) for g in WHOLE.groups)
    answers = replace(WHOLE, groups=groups, impacts=tuple(impacts), mitigations=(), conclusion=conclusion)
    listed = {(item.subject, item.anchor) for item in missing(Q, answers)}
    for impact in impacts:
        asked = impact.subject != "nobody" and (
            (impact.dimension == Dimension.ELIMINATE) == (impact.subject == "marriage")
        )
        if impact.adverse and asked:
            assert (impact.subject, f"{impact.dimension}-justification") in listed


@given(
    kind=KINDS,
    gone=SOME,
    question=st.sampled_from([q for section in Q.sections for q in section.questions]),
    blank=st.booleans(),
)
def test_counts_kept_by_what_changed_are_the_counts_of_a_review(
    kind: ProposalKind, gone: set[str], question: Question, blank: bool
) -> None:
    before = make.without(make.whole(kind), *gone)
    value = "" if blank else make.answer_to(question)
    after = make.given(before, **{question.id: value})
    more = completeness.answered_more(Q, {question.id: (before.values.get((question.id, "")), value)})
    if more is not None:
        was, now = review(Q, before), review(Q, after)
        assert now.progress.asked == was.progress.asked
        assert now.progress.answered == was.progress.answered + more
        assert len(now.missing) == len(was.missing) - more


def test_most_long_answers_are_counted_without_a_review() -> None:
    every = [q for section in Q.sections for q in section.questions if q.kind is AnswerKind.TEXT]
    texts = [q for q in every if q.asked_when == AskedWhen()]
    alone = [q.id for q in texts if completeness.answered_more(Q, {q.id: ("", "Said.")}) is not None]
    assert len(alone) > len(texts) / 2
    for deciding in ("unlawful_risk", "conclusion", "groups_chosen", "smoking"):
        assert completeness.answered_more(Q, {deciding: (None, "yes")}) is None
