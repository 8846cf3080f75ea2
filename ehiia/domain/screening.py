"""Does this proposal need a full assessment? The answer, with every reason that fired.

"Don't know" counts as yes. One trigger is enough for an assessment. It may be
short only where every impact found is low: all is known, nobody could be worse
off, few people are affected and only a little, no money moves and nothing adds up. An existing one
will do only if it is named and covers everybody; "not relevant" needs a written
reason and the countersignature of an equality lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ehiia.domain.questions import AnswerKind, AskedWhen, Question, QuestionSet, Section
from ehiia.domain.vocabulary import ProposalKind, ScreeningResult, YesNoUnknown


@dataclass(frozen=True)
class Trigger:
    """A question whose "yes" or "don't know" asks for a full assessment."""

    rule: str
    question: str
    yes: str
    """The reason when it was answered yes."""
    unknown: str
    """What is not known, to follow "It is not known whether"."""
    low: bool = False
    """A "yes" by itself says that there is something to look at, not that it is more than low."""


TRIGGERS = (
    Trigger(
        "SCR-01",
        "felt_differently",
        "Some people could feel this differently because of a protected characteristic.",
        "people could feel this differently because of a protected characteristic",
        low=True,
    ),
    Trigger(
        "SCR-02",
        "known_inequality",
        "Inequalities are already known in this area.",
        "there are inequalities in this area already",
        low=True,
    ),
    Trigger(
        "SCR-03",
        "relies_more",
        "Some groups rely on this more than others, have different needs, or are vulnerable.",
        "some groups rely on this more than others, or have different needs",
        low=True,
    ),
    Trigger(
        "SCR-04",
        "worse_off",
        "Somebody could be worse off than today.",
        "somebody could be worse off than today",
    ),
    Trigger(
        "SCR-05",
        "manner_or_range",
        "It changes how a service is delivered, or the range of what is offered.",
        "it changes how a service is delivered, or the range of what is offered",
        low=True,
    ),
    Trigger(
        "SCR-06",
        "resources",
        "It adds or takes away significant resources.",
        "it adds or takes away significant resources",
    ),
    Trigger(
        "SCR-07",
        "core20plus5",
        "It touches a population or clinical area of Core20PLUS5.",
        "it touches a population or clinical area of Core20PLUS5",
        low=True,
    ),
    Trigger(
        "SCR-08",
        "adds_up",
        "Together with other changes it could add up for one group.",
        "it could add up with other changes for one group",
    ),
    Trigger(
        "SCR-16",
        "vulnerable",
        "Some of the people affected are vulnerable.",
        "any of the people affected are vulnerable",
        low=True,
    ),
)

FULL_BY_DEFAULT = {
    ProposalKind.CLOSURE: "Closing or moving a service is assessed in full by default.",
    ProposalKind.FINANCE: "A saving or a change of funding is assessed in full by default.",
}
"""Kinds of proposal that are assessed in full whatever the answers (rule SCR-09)."""

STEPS = {
    "restricts": "restricts who can have something",
    "ends": "ends a service or a treatment",
    "moves": "moves it to another place",
    "hours": "changes hours or waiting times",
    "digital": "makes the first way in a digital one",
    "saves": "saves money by doing less",
    "buys": "buys, renews or ends a contract",
    "staff": "changes the work, place or number of staff",
}
"""Answers to "which of these does it do" that ask for an assessment (rule SCR-18), to follow "It"."""

SMALL_STEPS = frozenset({"hours", "digital", "buys"})
"""Those of ``STEPS`` that may be low."""

SEVERAL = 3
"""So many steps at once add up (rule SCR-19)."""

OUTSIDE = frozenset({"patients", "carers", "public"})
"""People whose noticing a difference makes it more than a technical matter (rule SCR-17)."""

FEW = frozenset({"under_100", "to_1000"})
"""Answers to "how many" with which the short form may do (rule SCR-14)."""

NEEDED = {trigger.question: AnswerKind.UNKNOWABLE for trigger in TRIGGERS} | {
    "who_notices": AnswerKind.MULTI,
    "how_many": AnswerKind.CHOICE,
    "how_sure": AnswerKind.CHOICE,
    "how_much": AnswerKind.CHOICE,
    "steps": AnswerKind.MULTI,
    "existing": AnswerKind.CHOICE,
    "existing_reference": AnswerKind.LINE,
    "existing_covers": AnswerKind.UNKNOWABLE,
    "not_relevant_reason": AnswerKind.TEXT,
}
"""The questions these rules read, with their kind: a screening set without them is refused."""

UNKNOWABLES = frozenset(name for name, kind in NEEDED.items() if kind == AnswerKind.UNKNOWABLE)
"""Every question that may be answered "don't know" must be read by a rule."""


@dataclass(frozen=True)
class ScreeningReason:
    """Why the screening came out as it did: rule, sentence and the ids of the questions it rests on."""

    rule: str
    text: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screening:
    """What the screening leads to; ``result`` is None while ``unanswered`` names questions."""

    result: ScreeningResult | None
    reasons: tuple[ScreeningReason, ...]
    unanswered: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether there is a result."""
        return self.result is not None


def screen(kind: ProposalKind, answers: Mapping[str, object], questions: QuestionSet) -> Screening:
    """Say what the answers (question id -> value) to a screening set lead to.

    The reasons that have fired are given even while questions are unanswered.
    """
    unanswered = tuple(
        question.id
        for section in questions.sections
        for question in section.questions
        if question.required
        and section.asked_when.holds(kind, answers)
        and question.asked_when.holds(kind, answers)
        and _blank(answers.get(question.id))
    )
    triggers = _triggers(kind, answers)
    if _covered(answers):
        reference = str(answers["existing_reference"]).strip()
        reasons = (
            ScreeningReason(
                "SCR-11",
                f"{reference} already covers this proposal and everybody it could affect.",
                ("existing", "existing_reference", "existing_covers"),
            ),
            *triggers,
        )
        return _result(ScreeningResult.USE_EXISTING, reasons, unanswered)
    if triggers:
        if not _only_low(triggers, answers):
            return _result(ScreeningResult.FULL, triggers + _many(answers), unanswered)
        return _result(ScreeningResult.SHORT, (*triggers, _LOW), unanswered)
    if _blank(answers.get("not_relevant_reason")):
        return Screening(
            None, (), (*(q for q in unanswered if q != "not_relevant_reason"), "not_relevant_reason")
        )
    nothing = ScreeningReason(
        "SCR-13",
        "Nothing suggests that people would be affected differently; the reason is written down and an "
        "equality lead must confirm it.",
        (*(trigger.question for trigger in TRIGGERS), "not_relevant_reason"),
    )
    return _result(ScreeningResult.NOT_RELEVANT, (nothing,), unanswered)


def asked(kind: ProposalKind, answers: Mapping[str, object], section: Section) -> tuple[Question, ...]:
    """Return the questions of a page that are asked, with these answers so far.

    Why no full assessment is needed is asked only while nothing that was answered asks for one.
    """
    needless = bool(_triggers(kind, answers)) or _covered(answers)
    return tuple(
        question
        for question in section.questions
        if question.asked_when.holds(kind, answers)
        and not (needless and question.id == "not_relevant_reason")
    )


def _result(
    result: ScreeningResult, reasons: tuple[ScreeningReason, ...], unanswered: tuple[str, ...]
) -> Screening:
    return Screening(None if unanswered else result, reasons, unanswered)


def _triggers(kind: ProposalKind, answers: Mapping[str, object]) -> tuple[ScreeningReason, ...]:
    fired = []
    for trigger in TRIGGERS:
        given = answers.get(trigger.question)
        if given == YesNoUnknown.YES:
            fired.append(ScreeningReason(trigger.rule, trigger.yes, (trigger.question,)))
        elif given == YesNoUnknown.UNKNOWN:
            text = f"It is not known whether {trigger.unknown}; don't know counts as yes."
            fired.append(ScreeningReason(trigger.rule, text, (trigger.question,)))
    if kind in FULL_BY_DEFAULT:
        fired.append(ScreeningReason("SCR-09", FULL_BY_DEFAULT[kind]))
    if answers.get("how_many") == "unknown":
        text = "It is not known how many people could be affected; don't know counts as yes."
        fired.append(ScreeningReason("SCR-10", text, ("how_many",)))
    if _ticked(answers, "who_notices") & OUTSIDE:
        text = "Patients, carers or the public will notice it, so it is not a purely technical matter."
        fired.append(ScreeningReason("SCR-17", text, ("who_notices",)))
    steps = [words for step, words in STEPS.items() if step in _ticked(answers, "steps")]
    if steps:
        together = f"{', '.join(steps[:-1])} and {steps[-1]}" if len(steps) > 1 else steps[0]
        fired.append(ScreeningReason("SCR-18", f"It {together}.", ("steps",)))
    if len(steps) >= SEVERAL:
        text = "Several changes come at once; together they can be a large one for somebody."
        fired.append(ScreeningReason("SCR-19", text, ("steps",)))
    if answers.get("how_much") in ("a_lot", "unknown"):
        text = "It could make a lot of difference to somebody, or nobody knows how much."
        fired.append(ScreeningReason("SCR-20", text, ("how_much",)))
    if answers.get("existing") == "yes" and AskedWhen(
        question="existing_covers", is_one_of=(YesNoUnknown.NO, YesNoUnknown.UNKNOWN)
    ).holds(kind, answers):
        text = "The existing assessment does not, or may not, cover everybody this could affect."
        fired.append(ScreeningReason("SCR-12", text, ("existing", "existing_covers")))
    return tuple(fired)


def _ticked(answers: Mapping[str, object], question: str) -> frozenset[str]:
    given = answers.get(question)
    return frozenset(str(one) for one in given) if isinstance(given, list) else frozenset()


_LOW = ScreeningReason(
    "SCR-15",
    "All of it is known, nobody could be worse off, few people are affected, no significant resources move "
    "and nothing adds up with other changes: the impacts are low, so the short form is enough.",
    ("how_many", "worse_off", "resources", "adds_up"),
)


def _only_low(triggers: tuple[ScreeningReason, ...], answers: Mapping[str, object]) -> bool:
    """Say whether nothing that fired is more than low: a "yes" to what is low, of few people."""
    low = {trigger.rule for trigger in TRIGGERS if trigger.low and answers.get(trigger.question) == "yes"}
    low.add("SCR-17")
    if _ticked(answers, "steps") & set(STEPS) <= SMALL_STEPS:
        low.add("SCR-18")
    return all(reason.rule in low for reason in triggers) and not _many(answers)


def _many(answers: Mapping[str, object]) -> tuple[ScreeningReason, ...]:
    """Return why the number of people forbids a short form: many, or a guess of few."""
    if answers.get("how_many") in FEW and answers.get("how_sure") == "guess":
        text = "That few people are affected is a guess, so a short form is not enough."
        return (ScreeningReason("SCR-21", text, ("how_many", "how_sure")),)
    if _blank(answers.get("how_many")) or answers.get("how_many") in FEW | {"unknown"}:
        return ()
    text = "Many people could be affected, so a short form is not enough."
    return (ScreeningReason("SCR-14", text, ("how_many",)),)


def _covered(answers: Mapping[str, object]) -> bool:
    """Say whether an existing assessment is named and covers everybody."""
    return (
        answers.get("existing") == "yes"
        and not _blank(answers.get("existing_reference"))
        and answers.get("existing_covers") == YesNoUnknown.YES
    )


def _blank(value: object) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())
