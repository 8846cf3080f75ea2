"""From a set of questions to the one that replaces it: which answers go where, and which stay behind.

A question that is asked under the same id, in the same kind and with the same
options keeps its answers by itself. Every other one has a line in the mapping
of the new set.
"""

from __future__ import annotations

from collections.abc import Mapping

from ehiia.domain.answers import Value
from ehiia.domain.questions import AnswerKind, Moved, Question, QuestionSet, SectionKind

CONVERTS: Mapping[tuple[AnswerKind, AnswerKind], str] = {
    (AnswerKind.LINE, AnswerKind.TEXT): "as it is",
    (AnswerKind.CHOICE, AnswerKind.MULTI): "as the one thing chosen",
    (AnswerKind.TEXT, AnswerKind.EFFECT): "as its reason",
}
"""Kinds of answer that can become another kind: old, new -> how. The same kind stays as it is."""

_CHOOSES = frozenset({AnswerKind.CHOICE, AnswerKind.MULTI})


def homes(questions: QuestionSet) -> dict[str, tuple[Question, bool]]:
    """Return question id -> question, and whether it is asked about each group."""
    return {
        question.id: (question, section.kind is SectionKind.GROUP)
        for section in questions.sections
        for question in section.questions
    }


def problems(old: QuestionSet, new: QuestionSet) -> list[str]:
    """Return what the mapping of a new set lacks or says wrongly of the set that it replaces."""
    before, after = homes(old), homes(new)
    found = []
    by_old: dict[str, Moved] = {}
    taken: dict[str, str] = {}
    for moved in new.mapping:
        where = f"mapping {moved.old}"
        if moved.old in by_old:
            found.append(f"{where}: occurs more than once")
        by_old[moved.old] = moved
        if moved.old not in before:
            found.append(f'{where}.old: version {old.version} has no question "{moved.old}"')
        elif bool(moved.new) == bool(moved.dropped.strip()):
            found.append(f"{where}: needs either new, or dropped with a reason")
        elif moved.new and moved.new not in after:
            found.append(f'{where}.new: there is no question "{moved.new}"')
        elif moved.new:
            found += [f"{where}: {text}" for text in _unfit(before[moved.old], after[moved.new], moved)]
            other = taken.setdefault(moved.new, moved.old)
            stays = moved.new in before and moved.new != moved.old and moved.new not in _moved_away(new)
            if (other != moved.old or stays) and after[moved.new][0].kind is not AnswerKind.TEXT:
                found.append(f'{where}.new: "{moved.new}" already takes another answer, and is not a text')
    for name, home in before.items():
        if name in by_old:
            continue
        if name not in after:
            found.append(f'mapping: says nothing of "{name}", which is not asked any more')
        elif texts := _unfit(home, after[name], Moved(name, name)):
            found += [f'mapping: says nothing of "{name}", which changed: {text}' for text in texts]
        elif home[0].kind is not after[name][0].kind:
            found.append(f'mapping: says nothing of "{name}", which is of another kind now')
    return found


def _moved_away(new: QuestionSet) -> frozenset[str]:
    return frozenset(moved.old for moved in new.mapping if moved.new != moved.old)


def _unfit(old: tuple[Question, bool], new: tuple[Question, bool], moved: Moved) -> list[str]:
    """Return why the answers of one question cannot become those of another."""
    (before, about_groups), (after, about_groups_now) = old, new
    if about_groups is not about_groups_now:
        return ["one of the two is asked about each group and the other once"]
    if before.kind is not after.kind and (before.kind, after.kind) not in CONVERTS:
        return [f"an answer of kind {before.kind} cannot become one of kind {after.kind}"]
    if before.kind not in _CHOOSES:
        return []
    known = {option.id for option in after.options}
    becomes = {option.old: option.new for option in moved.options}
    return [
        f'options: the option "{option.id}" is gone; say which one means the same'
        for option in before.options
        if becomes.get(option.id, option.id) not in known
    ]


def converted(old: Question, new: Question, moved: Moved, value: Value) -> Value:
    """Return an answer to the old question as one to the new: same kind, or one of ``CONVERTS``."""
    becomes = {option.old: option.new for option in moved.options}
    if old.kind is AnswerKind.CHOICE and isinstance(value, str):
        value = becomes.get(value, value)
        return [value] if new.kind is AnswerKind.MULTI and value else value
    if old.kind is AnswerKind.MULTI and isinstance(value, list):
        return list(dict.fromkeys(becomes.get(one, one) for one in value))
    if old.kind is AnswerKind.TEXT and new.kind is AnswerKind.EFFECT and value:
        return {"direction": "", "reason": str(value)}
    return value


def joined(first: Value, second: Value) -> Value:
    """Return two texts as one, the one that was there first."""
    return "\n\n".join(str(one) for one in (first, second) if one)
