"""What changed between two frozen versions of an assessment, question by question.

Used when a returned assessment comes back to be checked, and to compare any
two versions. Answers are matched by the id of the question, groups by their
code, mitigating actions by their reference, sources by their title: so a
changed wording of a question or another order is no change of content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ehiia.domain.decision import Answered, Evidence, GroupFindings, Mitigation, RatedImpact, Snapshot

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
        """Say in a word what happened: "added", "taken out" or "changed"."""
        if not self.before:
            return "added"
        return "changed" if self.after else "taken out"


def compare(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return everything that reads differently in ``after``, in the order of its pages."""
    return tuple(
        change
        for change in (
            *_details(before, after),
            *_answers(SCREENING, "Screening", before.screening, after.screening),
            *_sections(before, after),
            *_groups(before, after),
            *_evidence(before, after),
            *_mitigations(before, after),
            *_conclusion(before, after),
        )
        if change.before != change.after
    )


def _words(value: object) -> Words:
    if value is None or value == "":
        return ()
    if isinstance(value, date):
        return (f"{value.day} {value:%B %Y}",)
    return (str(value),)


def _details(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    def one(item: str, label: str, was: Words, now: Words) -> Change:
        return Change(DETAILS, "Details of the proposal", item, label, was, now)

    for item, label in (
        ("title", "What is being decided"),
        ("summary", "What it is about"),
        ("kind", "Kind of proposal"),
        ("go_live_on", "Expected to start"),
        ("screening_result", "Result of the screening"),
    ):
        yield one(item, label, _words(getattr(before, item)), _words(getattr(after, item)))
    yield one("places", "Places", before.places, after.places)
    yield one("director", "Accountable director", _director(before), _director(after))
    yield one("route", "Route of the decision", _route(before), _route(after))


def _director(snapshot: Snapshot) -> Words:
    return (snapshot.director.name,) if snapshot.director else ()


def _route(snapshot: Snapshot) -> Words:
    return tuple(
        ", ".join((step.body, step.part, *(_words(step.meeting_on) or ("no date yet",))))
        for step in snapshot.route
    )


def _answers(
    area: str, title: str, before: Iterable[Answered], after: Iterable[Answered]
) -> Iterator[Change]:
    was, now = {one.question_id: one for one in before}, {one.question_id: one for one in after}
    for item in _keys(was, now):
        old, new = was.get(item), now.get(item)
        label = (new or old).question  # type: ignore[union-attr]
        yield Change(area, title, item, label, old.answer if old else (), new.answer if new else ())


def _keys(was: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    return [*now, *(key for key in was if key not in now)]


def _sections(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = {one.id: one for one in before.sections}, {one.id: one for one in after.sections}
    for item in _keys(was, now):
        old, new = was.get(item), now.get(item)
        title = (new or old).title  # type: ignore[union-attr]
        yield from _answers(item, title, old.answers if old else (), new.answers if new else ())


def _groups(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = {one.code: one for one in before.groups}, {one.code: one for one in after.groups}
    for code in _keys(was, now):
        old, new = was.get(code), now.get(code)
        area, title = f"group:{code}", (new or old).label  # type: ignore[union-attr]
        yield Change(area, title, "group", "Is looked at", *(("Yes",) if one else () for one in (old, new)))
        for item, label, get in (
            ("affected", "Could they be affected differently?", _affected),
            ("not_affected_reason", "Why not", _reason),
        ):
            yield Change(area, title, item, label, get(old), get(new))
        yield from _impacts(area, title, old, new)


def _affected(group: GroupFindings | None) -> Words:
    return _words(group.affected) if group else ()


def _reason(group: GroupFindings | None) -> Words:
    return _words(group.reason) if group else ()


def _impacts(area: str, title: str, old: GroupFindings | None, new: GroupFindings | None) -> Iterator[Change]:
    was = {one.dimension: one for one in (old.impacts if old else ())}
    now = {one.dimension: one for one in (new.impacts if new else ())}
    for dimension in _keys(was, now):
        parts = zip(_impact(was.get(dimension)), _impact(now.get(dimension)), strict=True)
        for (name, before), (_, after) in parts:
            yield Change(area, title, dimension, f"{dimension}: {name}", before, after)


def _impact(impact: RatedImpact | None) -> tuple[tuple[str, Words], ...]:
    def risk(likelihood: str, severity: str, score: int | None, band: str) -> Words:
        return (f"{likelihood} × {severity.lower()}: {score}, {band.lower()}",) if score else ()

    one = impact or RatedImpact("", "", "")
    return (
        ("direction", _words(one.direction_label)),
        ("how much", _words(one.magnitude)),
        ("how sure", _words(one.confidence)),
        ("reason", _words(one.reason)),
        (
            "risk before action",
            risk(one.likelihood_before, one.severity_before, one.score_before, one.band_before),
        ),
        (
            "risk after action",
            risk(one.likelihood_after, one.severity_after, one.score_after, one.band_after),
        ),
        ("why nothing is done", _words(one.justification)),
    )


def _evidence(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    def described(one: Evidence) -> Words:
        told = ", ".join(part for part in (one.kind, one.publisher, one.year) if part)
        return tuple(part for part in (told, one.shows, one.strength and f"Strength: {one.strength}") if part)

    was, now = ({one.title: described(one) for one in side.evidence} for side in (before, after))
    for title in _keys(was, now):
        yield Change(EVIDENCE, "Evidence", title, title, was.get(title, ()), now.get(title, ()))


def _mitigations(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = {one.ref: one for one in before.mitigations}, {one.ref: one for one in after.mitigations}
    for ref in _keys(was, now):
        parts = zip(_action(was.get(ref)), _action(now.get(ref)), strict=True)
        for (name, old), (_, new) in parts:
            yield Change(MITIGATIONS, "Mitigating actions", ref, f"{ref}: {name}", old, new)


def _action(one: Mitigation | None) -> tuple[tuple[str, Words], ...]:
    if one is None:
        one = Mitigation("", "", "", None, "", "", "", ())
    return (
        ("what will be done", _words(one.what)),
        ("owner", _words(one.owner)),
        ("due", _words(one.due_on)),
        ("measure", _words(one.measure)),
        ("when it must be in place", _words(one.in_place)),
        ("risk expected to be left", _words(one.expected_risk)),
        ("impacts it answers", one.answers),
    )


def _conclusion(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    title = "Conclusion"
    if not any(one.question_id == "conclusion" for one in after.conclusion_reasons):
        was, now = _words(before.conclusion), _words(after.conclusion)
        yield Change(CONCLUSION, title, "conclusion", "What is concluded", was, now)
    yield from _answers(CONCLUSION, title, before.conclusion_reasons, after.conclusion_reasons)
    for item, label in (("worst_before", "Worst risk before action"), ("worst_after", "Worst risk left")):
        yield Change(
            CONCLUSION, title, item, label, _words(getattr(before, item)), _words(getattr(after, item))
        )
