"""What was found of the groups: the same for all, better for all, lower by itself."""

from __future__ import annotations

from collections.abc import Iterator

from ehiia.domain import scoring
from ehiia.domain.answers import Answers, Impact
from ehiia.domain.selfcheck.matter import Matter, Signal, rule, signal
from ehiia.domain.selfcheck.wording import everybody_alike, says_nothing
from ehiia.domain.vocabulary import Band, Confidence, Direction, ProposalKind, YesNoUnknown

ENOUGH = 4
"""Groups from which it means something that all are rated alike."""
_MILD = frozenset({Band.NONE, Band.LOW})
_SAVES = frozenset({ProposalKind.FINANCE, ProposalKind.CLOSURE})


def covered(answers: Answers, code: str) -> bool:
    """Say whether a source is about this group: cited on its page, or said to cover it."""
    return any(one.subject == code for one in answers.citations) or any(
        code in item.groups for item in answers.evidence
    )


@rule("QC-10")
def no_difference_without_evidence(matter: Matter) -> Iterator[Signal]:
    """A group is found not to differ, and there is no evidence for it or no reason worth the name."""
    for group, said, impacts in matter.groups:
        reason = matter.reason(group)
        if said is YesNoUnknown.NO:
            if says_nothing(reason) or (reason.strip() and not matter.answers.evidence):
                yield signal(matter.at_group(group.code, "not_affected_reason"), group=group.label)
            continue
        for impact in impacts:
            nothing = impact.confidence is Confidence.NONE or not matter.answers.evidence
            if impact.direction is Direction.SAME and (nothing or says_nothing(impact.reason)):
                yield signal(matter.at_impact(impact, "confidence"), group=group.label)
                break


@rule("QC-11")
def no_source_cited(matter: Matter) -> Iterator[Signal]:
    """There are sources, and none of them is cited for groups that are found not to differ."""
    if not matter.answers.evidence:
        return
    bare = [
        group
        for group, said, impacts in matter.groups
        if not covered(matter.answers, group.code)
        and (said is YesNoUnknown.NO or (impacts and all(i.direction is Direction.SAME for i in impacts)))
    ]
    if bare:
        names = ", ".join(group.label for group in bare)
        yield signal(matter.at_group(bare[0].code), groups=names, count=len(bare))


@rule("QC-12")
def all_alike(matter: Matter) -> Iterator[Signal]:
    """Every group is rated the same in every respect."""
    rated = [(group, said, impacts) for group, said, impacts in matter.groups if not group.first_aim_only]
    seen = {
        (said, tuple((one.dimension, one.direction, one.magnitude) for one in impacts))
        for _, said, impacts in rated
    }
    if len(rated) >= ENOUGH and len(seen) == 1:
        yield signal(matter.at_group(rated[0][0].code), count=len(rated))


@rule("QC-13")
def better_for_all(matter: Matter) -> Iterator[Signal]:
    """Everything gets better for everybody."""
    subjects = {one.subject for one in matter.impacts}
    if len(subjects) >= ENOUGH and all(one.direction is Direction.BETTER for one in matter.impacts):
        yield signal(matter.at_impact(matter.impacts[0]), count=len(subjects))


@rule("QC-14")
def saving_harms_nobody(matter: Matter) -> Iterator[Signal]:
    """Something is taken away, and nobody is worse off."""
    saves = matter.answers.kind in _SAVES or matter.answers.value("money") == "saves"
    looked_at = len(matter.groups) >= ENOUGH
    open_or_worse = {Direction.WORSE, Direction.MIXED, Direction.UNKNOWN}
    if saves and looked_at and not any(one.direction in open_or_worse for one in matter.impacts):
        yield signal(matter.at_group(matter.groups[0][0].code))


@rule("QC-15")
def always_certain(matter: Matter) -> Iterator[Signal]:
    """The evidence is strong everywhere."""
    sure = [one for one in matter.impacts if one.confidence is not None]
    if len(sure) >= ENOUGH and all(one.confidence is Confidence.STRONG for one in sure):
        yield signal(matter.at_impact(sure[0], "confidence"), count=len(sure))


@rule("QC-16")
def always_low_in_the_end(matter: Matter) -> Iterator[Signal]:
    """Every risk left is low, though one was not before."""
    rated = [one for one in matter.impacts if one.adverse and one.before and one.after]
    worse = [one for one in rated if scoring.band(one.before, matter.borders) not in _MILD]
    if len(rated) > 1 and worse and all(scoring.band(one.after, matter.borders) in _MILD for one in rated):
        yield signal(matter.at_impact(worse[0], "likelihood_after"), count=len(rated))


@rule("QC-17")
def lower_by_itself(matter: Matter) -> Iterator[Signal]:
    """The risk goes down, and no mitigating action takes it down."""
    answered = {link for action in matter.actions for link in action.answers}
    for one in matter.impacts:
        lower = one.adverse and one.before and one.after and one.after.score < one.before.score
        if lower and (one.subject, str(one.dimension)) not in answered:
            yield signal(matter.at_impact(one, "likelihood_after"), impact=_words(matter, one))


@rule("QC-18")
def treated_like_everybody(matter: Matter) -> Iterator[Signal]:
    """The reason is that everybody is treated the same."""
    for group, said, impacts in matter.groups:
        if said is YesNoUnknown.NO and everybody_alike(matter.reason(group)):
            yield signal(matter.at_group(group.code, "not_affected_reason"), group=group.label)
        for one in impacts:
            if one.direction is Direction.SAME and everybody_alike(one.reason):
                yield signal(matter.at_impact(one, "reason"), group=group.label)


def _words(matter: Matter, impact: Impact) -> str:
    label = next((one.label for one in matter.answers.groups if one.code == impact.subject), impact.subject)
    return f"{label}, {impact.dimension.label.lower()}"
