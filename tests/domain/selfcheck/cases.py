"""Matters for the self-check: a sound one in which no rule fires, and ways to spoil it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ehiia.domain.answers import (
    Answers,
    Citation,
    Engagement,
    EvidenceGap,
    EvidenceItem,
    Impact,
    MitigatingAction,
    Risk,
    SubjectGroup,
)
from ehiia.domain.selfcheck import Matter
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    InPlace,
    Likelihood,
    Magnitude,
    ProposalKind,
    Severity,
    YesNoUnknown,
)
from tests.domain import whole as make

TODAY = date(2027, 1, 11)
ACCESS = ("disability", "access")
MEDIUM = Risk(Likelihood.POSSIBLE, Severity.SMALL)
HARD = Risk(Likelihood.LIKELY, Severity.MAJOR)

REASONS = {
    "age": "The clinic has taken every age since it opened, and bookings by age did not move in the trial.",
    "gender_reassignment": "Names and titles come from the record as patients gave them.",
    "marriage": "",
    "pregnancy": "Midwives book directly by another line that stays as it was.",
    "race": "Interpreters are booked by language code, and both sites have used the same agency for years.",
    "religion": "Prayer times were compared with the new hours; two evenings stay open in Ramadan.",
    "sex": "As many women as men come today; the figures for the trial month were within one in a hundred.",
    "sexual_orientation": "Nothing in the form asks about a partner any more, as the forum wished.",
}


def sound_answers() -> Answers:
    """Return answers with which a good equality lead would be content."""
    base = make.whole(ProposalKind.SERVICE_CHANGE)
    groups = tuple(
        replace(group, not_affected_reason=REASONS[group.code])
        if group.affected is YesNoUnknown.NO
        else group
        for group in base.groups
    )
    impacts = (
        impact(
            "disability", Dimension.ACCESS, Direction.WORSE, "The step-free bus stops at five.", HARD, MEDIUM
        ),
        impact("disability", Dimension.EXPERIENCE, Direction.BETTER, "A quiet room to wait in."),
        impact(
            "disability", Dimension.OUTCOMES, Direction.SAME, "Results by ability were alike in the trial."
        ),
        impact(
            "fishing",
            Dimension.ACCESS,
            Direction.MIXED,
            "Early hours suit them, the road does not.",
            MEDIUM,
            MEDIUM,
        ),
        impact("fishing", Dimension.EXPERIENCE, Direction.BETTER, "No more letters to an empty house."),
        impact("fishing", Dimension.OUTCOMES, Direction.UNKNOWN, "The chaplain asks the crews by June."),
        impact("marriage", Dimension.ELIMINATE, Direction.SAME, "No rule in it speaks of marriage."),
    )
    answers = replace(
        base,
        groups=groups,
        impacts=impacts,
        evidence=(
            source(1, "activity", "Bookings by age and postcode", groups=tuple(make.CHARACTERISTICS)),
            source(
                2, "engagement", "What the Deaf club said", Confidence.MODERATE, ("disability", "fishing")
            ),
            source(3, "census", "Census 2021", Confidence.WEAK),
        ),
        mitigations=(
            action("M1", "Run a step-free minibus from the harbour until eight.", (ACCESS,)),
            action("M2", "Open the clinic at six on market days.", (("fishing", "access"),), "Tom Reeve"),
        ),
        engagements=(heard(1, ("disability", "fishing")),),
        go_live_on=date(2027, 6, 1),
    )
    return make.given(answers, **TEXTS)


TEXTS: dict[str, Any] = {
    "options": "Leave it as it is. Move it. Run it from two places. The second loses the bus.",
    "still_open": "Settled: the building. Open: the hours, and which bus.",
    "contradicts": "The patients' forum says that the bus does not come after five.",
    "gap_plan": "Tom Reeve asks the crews at the quay and reports on 1 June.",
    "who_was_asked": "The Deaf club and the crews, in March.",
    "measures": "Missed appointments of disabled people, now 6 in 100.",
    "alarm": "Above 8 in 100 the programme lead stops the next phase.",
    "residual_harm": "Some disabled people still wait longer for a bus after eight in the evening.",
    "money": "neutral",
    "deprived_known": "counted",
    "deprived_percent": 31.5,
}


def impact(
    code: str,
    dimension: Dimension,
    direction: Direction,
    reason: str,
    before: Risk | None = None,
    after: Risk | None = None,
) -> Impact:
    return Impact(code, dimension, direction, Magnitude.MEDIUM, Confidence.MODERATE, reason, before, after)


def source(
    number: int,
    kind: str,
    title: str,
    strength: Confidence = Confidence.STRONG,
    groups: tuple[str, ...] = (),
) -> EvidenceItem:
    shows = "How many came, from where, and who gave up on the way."
    return EvidenceItem(kind, title, "The trust", "2026", shows, strength, number=number, groups=groups)


def action(
    ref: str, what: str, answers: tuple[tuple[str, str], ...], owner: str = "Helen Marsh"
) -> MitigatingAction:
    left = Risk(Likelihood.RARE, Severity.MODERATE)
    measure = "Missed appointments, from 6 to 3 in 100"
    return MitigatingAction(ref, what, owner, date(2027, 5, 1), measure, InPlace.BEFORE, left, answers)


def heard(number: int, groups: tuple[str, ...] = ("disability",), **changes: Any) -> Engagement:
    given: dict[str, Any] = {
        "on_date": date(2026, 12, 1),
        "groups": groups,
        "said": "The last bus is too early.",
        "changed": "The minibus.",
        "fed_back_on": date(2026, 12, 20),
    }
    return Engagement(number, **(given | changes))


def sound(**changes: Any) -> Matter:
    """Return a matter in which no rule fires; ``changes`` are of the matter."""
    given: dict[str, Any] = {
        "answers": sound_answers(),
        "questions": make.QUESTIONS,
        "today": TODAY,
        "title": "Moving the Harbour Road surgery two miles inland",
        "authors": ("Amina Okafor",),
        "contributors": ("Helen Marsh",),
        "meeting_on": date(2027, 3, 24),
        "earliest_pass_on": date(2027, 2, 1),
        "screening": {"worse_off": "yes"},
    }
    return Matter(**(given | changes))


def with_answers(**changes: Any) -> Matter:
    """Return the sound matter with other answers."""
    return sound(answers=replace(sound_answers(), **changes))


def saying(**values: Any) -> Matter:
    """Return the sound matter with other values of questions that are asked once."""
    return sound(answers=make.given(sound_answers(), **values))


def with_groups(change: Any, only: tuple[str, ...] = ()) -> Matter:
    """Return the sound matter with changed groups."""
    answers = sound_answers()
    groups = tuple(change(one) if not only or one.code in only else one for one in answers.groups)
    return with_answers(groups=groups)


def with_impacts(change: Any, only: tuple[str, str] | None = None) -> Matter:
    """Return the sound matter with changed impacts."""
    impacts = sound_answers().impacts
    return with_answers(
        impacts=tuple(
            change(one) if only is None or (one.subject, str(one.dimension)) == only else one
            for one in impacts
        )
    )


def with_action(**changes: Any) -> Matter:
    """Return the sound matter with a changed first action."""
    first, *rest = sound_answers().mitigations
    return with_answers(mitigations=(replace(first, **changes), *rest))


def with_source(**changes: Any) -> Matter:
    """Return the sound matter with a changed first source."""
    first, *rest = sound_answers().evidence
    return with_answers(evidence=(replace(first, **changes), *rest))


def no(group: SubjectGroup, reason: str = "") -> SubjectGroup:
    """Return a group that is not affected, for this reason."""
    return replace(group, affected=YesNoUnknown.NO, not_affected_reason=reason or f"Because of {group.code}.")


def gap(plan: str) -> EvidenceGap:
    return EvidenceGap("G1", "How many crews come.", ("fishing",), True, plan)


def cited(*links: tuple[int, str]) -> tuple[Citation, ...]:
    return tuple(Citation(number, code, "affected") for number, code in links)
