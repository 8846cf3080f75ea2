"""What changed between two frozen versions of an assessment, question by question.

Used when a returned assessment comes back to be checked, and to compare any
two versions. Answers are matched by the id of the question, groups by their
code, mitigating actions by their reference, sources by their title: so a
changed wording of a question or another order is no change of content.

Everything a ``Snapshot`` holds is compared: what has no rule of its own here is
walked field by field, under a label made from its name where ``LABELS`` has
none. ``SILENT`` names what is left out on purpose; a test walks the dataclasses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from ehiia.domain.frozen import (
    Answered,
    DutyShown,
    Evidence,
    GroupFindings,
    Mitigation,
    RatedImpact,
    RouteStep,
    SectionContent,
    Snapshot,
)

DETAILS = "details"
SCREENING = "screening"
EVIDENCE = "evidence"
MITIGATIONS = "mitigations"
CONCLUSION = "conclusion"

Words = tuple[str, ...]
"""Something as people read it: paragraphs, or the labels of what was chosen; empty where there is nothing."""


@dataclass(frozen=True)
class Change:
    """One thing that reads differently. ``before`` or ``after`` is empty where it was added or taken out.

    ``area`` says where: "details", "screening", the id of a section, "group:" and a code, "evidence",
    "mitigations" or "conclusion". ``item`` is the id of the question, the dimension, the reference of
    the action or the title of the source.
    """

    area: str
    title: str
    """The heading that people know the area by."""
    item: str
    label: str
    """What it is, in words: the question, "Access: reason", "M1: owner"."""
    before: Words
    after: Words

    @property
    def how(self) -> str:
        """Say in a word what happened: "added", "taken out", "changed" or "the same"."""
        if self.before == self.after:
            return "the same"
        if not self.before:
            return "added"
        return "changed" if self.after else "taken out"


SILENT: Mapping[tuple[type, str], str] = {
    (Snapshot, "frozen_at"): "every version was frozen at another moment",
    (Snapshot, "version"): "the number of the version stands in the heading",
    (Snapshot, "reference"): "versions of one assessment are compared",
    (Snapshot, "organisation_code"): "its name is compared",
    (Answered, "question_id"): "answers are matched by it",
    (Answered, "question"): "other words for a question are no change of content",
    (Answered, "missing"): "a missing answer is one without words",
    (SectionContent, "id"): "sections are matched by it",
    (SectionContent, "part"): "a heading of the task list",
    (SectionContent, "title"): "a heading",
    (GroupFindings, "code"): "groups are matched by it",
    (GroupFindings, "label"): "a heading",
    (RatedImpact, "dimension"): "impacts are matched by it",
    (RatedImpact, "direction"): "its label is compared",
    (Mitigation, "ref"): "actions are matched by it",
    (Evidence, "title"): "sources are matched by it",
    (RouteStep, "position"): "the order shows it",
    (DutyShown, "id"): "duties are matched by it",
}
"""What may differ without being a change of content, and why."""

LABELS: Mapping[tuple[type, str], str] = {
    (Snapshot, "title"): "What is being decided",
    (Snapshot, "summary"): "What it is about",
    (Snapshot, "kind"): "Kind of proposal",
    (Snapshot, "go_live_on"): "Expected to start",
    (Snapshot, "director"): "Accountable director",
    (Snapshot, "route"): "Route of the decision",
    (Snapshot, "question_set"): "Questions asked",
    (Snapshot, "reference_data"): "Groups, duties and other reference data",
    (Snapshot, "screening_result"): "Result of the screening",
    (Snapshot, "screening_reasons"): "Reasons that fired in the screening",
    (Snapshot, "groups_left_out"): "Groups not looked at on their own",
    (Snapshot, "conclusion"): "What is concluded",
    (Snapshot, "worst_before"): "Worst risk before action",
    (Snapshot, "worst_after"): "Worst risk left",
    (GroupFindings, "affected"): "Could they be affected differently?",
    (GroupFindings, "reason"): "Why not",
    (RatedImpact, "direction_label"): "direction",
    (RatedImpact, "magnitude"): "how much",
    (RatedImpact, "confidence"): "how sure",
    (RatedImpact, "justification"): "why nothing is done",
    (Mitigation, "what"): "what will be done",
    (Mitigation, "due_on"): "due",
    (Mitigation, "in_place"): "when it must be in place",
    (Mitigation, "expected_risk"): "risk expected to be left",
    (Mitigation, "answers"): "impacts it answers",
    (Mitigation, "kind"): "what it does about the harm",
    (Mitigation, "starts_on"): "starts",
    (Mitigation, "target"): "what it should become",
    (Mitigation, "baseline"): "how it is now",
    (Mitigation, "data_source"): "where the figure comes from",
    (Mitigation, "resources"): "what it takes",
    (Mitigation, "funding"): "the money for it",
    (Mitigation, "clause"): "clause of the contract",
}
"""Where the name of a field does not say it well enough."""

_RISKS = {
    f"{part}_{when}": when
    for when in ("before", "after")
    for part in ("likelihood", "severity", "score", "band")
}
"""Fields of an impact that are told together as one risk."""
_OWN = frozenset({"screening", "sections", "groups", "evidence", "mitigations", "conclusion_reasons"})
"""Fields of a snapshot with an area of their own, each compared by a function below."""
_LAST = frozenset({"conclusion", "worst_before", "worst_after"})
_KEYS = ("question_id", "id", "ref", "reference", "code", "key", "title", "name", "label", "position")
"""Fields by which the items of a list are matched, the first that they have."""


def compare(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return everything that reads differently in ``after``, in the order of its pages."""
    return tuple(change for change in side_by_side(before, after) if change.before != change.after)


def side_by_side(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return everything that either version says, changed or not, in the order of the pages of ``after``."""
    return tuple(
        change
        for change in (
            *_details(before, after),
            *_answers(SCREENING, "Screening", before.screening, after.screening),
            *_sections(before, after),
            *_groups(before, after),
            *_evidence(before, after),
            *_mitigations(before, after),
            *_others(before, after),
            *_conclusion(before, after),
        )
        if change.before or change.after
    )


# -- in words ------------------------------------------------------------------------------------


def words(value: object) -> Words:
    """Return any frozen value as people read it: a paragraph for each item of a list."""
    if value is None or value == "" or value == () or value is False:
        return ()
    if value is True:
        return ("Yes",)
    if isinstance(value, datetime):
        return (f"{value.day} {value:%B %Y, %H:%M} UTC",)
    if isinstance(value, date):
        return (f"{value.day} {value:%B %Y}",)
    if isinstance(value, tuple):
        return tuple(" ".join(words(one)) if not is_dataclass(one) else _line(one) for one in value)
    return (_line(value),) if is_dataclass(value) else (str(value),)


def _line(value: Any) -> str:
    """Return a frozen dataclass in one line: what it holds, one after the other."""
    said = [words(getattr(value, name)) for name in _told(type(value))]
    return ", ".join(". ".join(part) for part in said if part)


def _told(kind: type) -> list[str]:
    return [one.name for one in fields(kind) if (kind, one.name) not in SILENT]


def label_of(kind: type, name: str) -> str:
    """Return what a field is called on the page."""
    given = LABELS.get((kind, name))
    if given is not None:
        return given
    spoken = name.removesuffix("_on").removesuffix("_at").replace("_", " ")
    return spoken if kind in _WITHIN else spoken[:1].upper() + spoken[1:]


_WITHIN = frozenset({RatedImpact, Mitigation})
"""Their labels stand after a colon: "Access: reason"."""


def _is_list_of_things(*values: object) -> bool:
    return any(isinstance(value, tuple) and value and is_dataclass(value[0]) for value in values)


# -- area by area --------------------------------------------------------------------------------


def _details(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for name in _told(Snapshot):
        was, now = getattr(before, name), getattr(after, name)
        simple = name in _SIMPLE or not _is_list_of_things(was, now)
        if name not in _OWN | _LAST and simple:
            yield Change(
                DETAILS, "Details of the proposal", name, label_of(Snapshot, name), _detail(was), _detail(now)
            )


_SIMPLE = frozenset({"authors", "contributors", "route", "screening_reasons"})
"""Lists that read well as one detail."""


def _detail(value: object) -> Words:
    if isinstance(value, tuple) and value and isinstance(value[0], RouteStep):
        return tuple(
            ", ".join(
                (step.body, step.part, *(words(step.meeting_on) or ("no date yet",)), *words(step.minute))
            )
            for step in value
        )
    return words(value)


def _answers(
    area: str, title: str, before: Iterable[Answered], after: Iterable[Answered]
) -> Iterator[Change]:
    was, now = {one.question_id: one for one in before}, {one.question_id: one for one in after}
    for item in _keys(was, now):
        old, new = was.get(item), now.get(item)
        label = (new or old).question  # type: ignore[union-attr]
        yield Change(area, title, item, label, old.answer if old else (), new.answer if new else ())
        for name in _told(Answered):
            if name != "answer":
                yield Change(
                    area, title, item, f"{label} ({label_of(Answered, name).lower()})", *_both(old, new, name)
                )


def _keys(was: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    return [*now, *(key for key in was if key not in now)]


def _both(old: object, new: object, name: str) -> tuple[Words, Words]:
    return tuple(words(getattr(one, name)) if one is not None else () for one in (old, new))  # type: ignore[return-value]


def _sections(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = {one.id: one for one in before.sections}, {one.id: one for one in after.sections}
    for item in _keys(was, now):
        old, new = was.get(item), now.get(item)
        title = (new or old).title  # type: ignore[union-attr]
        yield from _answers(item, title, old.answers if old else (), new.answers if new else ())
        for name in _told(SectionContent):
            if name != "answers":
                yield Change(item, title, name, label_of(SectionContent, name), *_both(old, new, name))


def _groups(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = {one.code: one for one in before.groups}, {one.code: one for one in after.groups}
    for code in _keys(was, now):
        old, new = was.get(code), now.get(code)
        area, title = f"group:{code}", (new or old).label  # type: ignore[union-attr]
        yield Change(area, title, "group", "Is looked at", *(("Yes",) if one else () for one in (old, new)))
        for name in _told(GroupFindings):
            if name == "legal_status" and (old is None or new is None):
                continue  # that it is looked at, or no more, says enough
            if name not in ("impacts", "answers"):
                item = {"reason": "not_affected_reason"}.get(name, name)
                yield Change(area, title, item, label_of(GroupFindings, name), *_both(old, new, name))
        yield from _answers(area, title, old.answers if old else (), new.answers if new else ())
        yield from _impacts(area, title, old, new)


def _impacts(area: str, title: str, old: GroupFindings | None, new: GroupFindings | None) -> Iterator[Change]:
    was = {one.dimension: one for one in (old.impacts if old else ())}
    now = {one.dimension: one for one in (new.impacts if new else ())}
    for dimension in _keys(was, now):
        parts = zip(_impact(was.get(dimension)), _impact(now.get(dimension)), strict=True)
        for (name, before), (_, after) in parts:
            yield Change(area, title, dimension, f"{dimension}: {name}", before, after)


def _impact(impact: RatedImpact | None) -> tuple[tuple[str, Words], ...]:
    one = impact or RatedImpact("", "", "")
    told: list[tuple[str, Words]] = []
    for name in _told(RatedImpact):
        when = _RISKS.get(name)
        if when is None:
            told.append((label_of(RatedImpact, name), words(getattr(one, name))))
        elif name.startswith("score"):
            told.append((f"risk {when} action", _risk(one, when)))
    return tuple(told)


def _risk(one: RatedImpact, when: str) -> Words:
    likelihood, severity, score, band = (
        getattr(one, f"{part}_{when}") for part in ("likelihood", "severity", "score", "band")
    )
    return (f"{likelihood} × {severity.lower()}: {score}, {band.lower()}",) if score else ()


def _evidence(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    first = ("kind", "publisher", "year")

    def described(one: Evidence) -> Words:
        told = ", ".join(getattr(one, name) for name in first if getattr(one, name))
        rest = [
            ". ".join(words(getattr(one, name)))
            if name == "shows"
            else f"{label_of(Evidence, name)}: {', '.join(words(getattr(one, name)))}"
            for name in _told(Evidence)
            if name not in first and words(getattr(one, name))
        ]
        return tuple(part for part in (told, *rest) if part)

    was, now = (
        {key: described(one) for key, one in _by("title", side.evidence).items()} for side in (before, after)
    )
    for title in _keys(was, now):
        yield Change(EVIDENCE, "Evidence", title, title, was.get(title, ()), now.get(title, ()))


def _mitigations(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    yield from _things(MITIGATIONS, "Mitigating actions", before.mitigations, after.mitigations)


def _others(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Compare the lists that have no rule of their own, item by item."""
    for name in _told(Snapshot):
        was, now = getattr(before, name), getattr(after, name)
        if name not in _OWN | _LAST | _SIMPLE and _is_list_of_things(was, now):
            yield from _things(name, label_of(Snapshot, name), was, now)


def _things(area: str, title: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Change]:
    kind = type((after or before)[0]) if after or before else None
    if kind is None:
        return
    key = next((name for name in _KEYS if name in {one.name for one in fields(kind)}), "")
    was, now = _by(key, before), _by(key, after)
    for item in _keys(was, now):
        old, new = was.get(item), now.get(item)
        yielded = [
            Change(area, title, item, f"{item}: {label_of(kind, name)}", *_both(old, new, name))
            for name in _told(kind)
            if name != key
        ]
        if old is None or new is None:
            told = _line(new or old)
            if not any(one.before != one.after for one in yielded):  # nothing but its name
                yield Change(area, title, item, item, *((told,) if one else () for one in (old, new)))
        yield from yielded


def _by(key: str, things: Iterable[Any]) -> dict[str, Any]:
    """Return things by a field, or by their place where they have none; a second of the same is numbered."""
    found: dict[str, Any] = {}
    for at, one in enumerate(things, start=1):
        name = str(getattr(one, key)) if key else str(at)
        again = sum(other == name or other.startswith(f"{name} (") for other in found)
        found[f"{name} ({again + 1})" if again else name] = one
    return found


def _conclusion(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    title = "Conclusion"
    if not any(one.question_id == "conclusion" for one in after.conclusion_reasons):
        yield Change(
            CONCLUSION,
            title,
            "conclusion",
            label_of(Snapshot, "conclusion"),
            *_both(before, after, "conclusion"),
        )
    yield from _answers(CONCLUSION, title, before.conclusion_reasons, after.conclusion_reasons)
    for item in ("worst_before", "worst_after"):
        yield Change(CONCLUSION, title, item, label_of(Snapshot, item), *_both(before, after, item))
