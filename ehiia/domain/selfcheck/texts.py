"""What was written: copied, no answer at all, or so exact that it shows who is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ehiia.domain.answers import SubjectGroup
from ehiia.domain.selfcheck.matter import Matter, Place, Signal, rule, signal
from ehiia.domain.selfcheck.wording import same_texts, says_nothing, small_team
from ehiia.domain.vocabulary import ProposalKind, YesNoUnknown

CONTRADICTS = "contradicts"


@rule("QC-20")
def copied_between_groups(matter: Matter) -> Iterator[Signal]:
    """The same text stands for several groups; exchanging the name of the group makes no other text.

    A reason that was given once for several groups by name is not a copy: it names them.
    """
    texts: dict[str, str] = {}
    labels: dict[str, SubjectGroup] = {}
    for group, said, impacts in matter.groups:
        written = [matter.reason(group)] if said is YesNoUnknown.NO else [one.reason for one in impacts]
        for number, text in enumerate(written):
            key = f"{group.code}:{number}"
            texts[key], labels[key] = _without_name(text, group), group
    copies: dict[str, list[str]] = {}
    for one, other in same_texts(texts.items()):
        first, second = labels[one], labels[other]
        if first.code != second.code and not _names(texts[one], second):
            copies.setdefault(first.code, []).append(second.code)
    told: set[str] = set()
    for code, others in copies.items():
        if code in told:
            continue
        told |= {code, *others}
        group = next(group for group, _, _ in matter.groups if group.code == code)
        names = [g.label for g, _, _ in matter.groups if g.code in others]
        said = next(answer for g, answer, _ in matter.groups if g.code == code)
        field_id = "not_affected_reason" if said is YesNoUnknown.NO else "affected"
        yield signal(matter.at_group(code, field_id), group=group.label, others=", ".join(names))


def _without_name(text: str, group: SubjectGroup) -> str:
    for name in (group.people, group.label):
        text = re.sub(re.escape(name), "them", text, flags=re.IGNORECASE)
    return text


def _names(text: str, group: SubjectGroup) -> bool:
    """Say whether a text names another group: then it was meant for both."""
    return any(name.casefold() in text.casefold() for name in (group.label, group.people))


@rule("QC-21")
def says_nothing_at_all(matter: Matter) -> Iterator[Signal]:
    """A question is answered with "none", "n/a" or the like, and no more."""
    for name, text in matter.texts.items():
        if name != CONTRADICTS and says_nothing(text):
            question, _ = matter.asked[name]
            yield signal(matter.at_question(name), question=question.label, answer=text.strip())


@rule("QC-22")
def copied_between_questions(matter: Matter) -> Iterator[Signal]:
    """One text answers two questions."""
    for one, other in same_texts(matter.texts.items()):
        first, second = matter.asked[one][0].label, matter.asked[other][0].label
        yield signal(matter.at_question(other), question=second, other=first)


@rule("QC-23")
def small_team_written_out(matter: Matter) -> Iterator[Signal]:
    """A proposal about staff counts so few of them that one could be recognised."""
    if matter.answers.kind is not ProposalKind.WORKFORCE:
        return
    for place, text in _typed(matter):
        words = small_team(text)
        if words:
            yield signal(place, words=words)


def _typed(matter: Matter) -> Iterator[tuple[Place, str]]:
    """Yield everything that was typed about the proposal and its impacts, each with its place."""
    for name, text in matter.texts.items():
        yield matter.at_question(name), text
    for group, said, impacts in matter.groups:
        if said is YesNoUnknown.NO:
            yield matter.at_group(group.code, "not_affected_reason"), matter.reason(group)
        for one in impacts:
            yield matter.at_impact(one, "reason"), one.reason
            yield matter.at_impact(one, "justification"), one.justification
    for action in matter.actions:
        yield matter.at_action(action, "what"), action.what
        yield matter.at_action(action, "measure"), action.measure
