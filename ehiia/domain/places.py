"""The places of a frozen record: every text in it with a key that stays and words that say where it stands.

A key is the way to it, "snapshot.groups[0].reason". What is frozen never changes, so a key never moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")

FIXED = frozenset(
    {
        *("Snapshot.reference", "Snapshot.organisation", "Snapshot.organisation_code", "Snapshot.kind"),
        *("Snapshot.question_set", "Snapshot.reference_data", "Snapshot.conclusion", "Snapshot.scale"),
        *("Snapshot.worst_before", "Snapshot.worst_after", "Snapshot.screening_result"),
        *("DecisionRecord.reference", "DecisionRecord.code", "DecisionRecord.supersedes"),
        *("DecisionRecord.snapshot_sha256", "DecisionRecord.history_sha256", "DecisionRecord.status"),
        *("DecisionRecord.duties", "Reason.rule", "FrozenFinding.rule", "Attestation.what"),
        *(
            "Attestation.method",
            "Answered.question_id",
            "Answered.question",
            "RatedImpact.dimension",
            "RatedImpact.direction",
        ),
        *("RatedImpact.direction_label", "RatedImpact.band_before", "RatedImpact.band_after"),
        *("RatedEffect.question_id", "RatedEffect.name", "GroupFindings.code", "GroupFindings.legal_status"),
        *("GroupFindings.affected", "SectionContent.id", "SectionContent.part", "DutyShown.id"),
        *("DutyShown.title", "DutyShown.law", "Decided.outcome", "Decided.outcome_label"),
        *("DecidedPart.outcome", "DecidedPart.outcome_label", "Circumstance.kind"),
        *("Mitigation.ref", "Gap.ref", "Engagement.ref", "Commitment.ref", "PublicComment.ref"),
        *("AcceptedGap.ref", "Correction.corrects", "Correction.facts"),
        "Snapshot.legal_advice",  # the rule leaves it out of every edition
    }
)
"""References, digests, ids and the product's own words: nobody typed them, and pages rely on them."""

_PARTS = {
    "snapshot": "",
    "check": "The check",
    "decision": "The decision",
    "attestations": "Who put their name to what",
    "correction": "The correction",
    "review": "The review",
    "history": "The history",
    "groups": "Groups",
    "sections": "The assessment",
    "evidence": "Sources",
    "mitigations": "Mitigating actions",
    "engagement": "Engagement",
    "screening": "Screening",
    "effects": "Core20PLUS5",
    "gaps": "What is not known",
    "commitments": "Commitments",
    "public_comments": "Comments of the public",
    "conclusion_reasons": "The conclusion",
    "authors": "Authors",
    "contributors": "Contributors",
    "route": "The route",
}
_NAMES = ("label", "title", "question", "ref", "name", "dimension", "what")
"""Fields by which a value is called; only those that are fixed or the product's own words."""
_CALLED_BY = frozenset(
    {
        *("SectionContent.title", "Answered.question", "Mitigation.ref", "Gap.ref", "Engagement.ref"),
        *("Commitment.ref", "PublicComment.ref", "RatedEffect.name", "RatedImpact.dimension"),
        *("GroupFindings.label", "DutyShown.title", "Attestation.what", "AcceptedGap.ref"),
    }
)


@dataclass(frozen=True)
class Place:
    """A text and where it stands."""

    key: str
    words: str
    """"Groups: Disability: Access"."""
    text: str


def texts(record: object) -> Iterator[Place]:
    """Yield every text that somebody typed, in the order of the record."""
    yield from _texts(record, "", ())


def _texts(value: object, key: str, words: tuple[str, ...]) -> Iterator[Place]:
    if isinstance(value, str):
        if value.strip():
            yield Place(key, ": ".join(words) or "The proposal", value)
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{key}[{number}]", words)
    elif is_dataclass(value):
        called = (*words, *_called(value))
        for each in fields(value):
            if each.name == "published" or f"{type(value).__name__}.{each.name}" in FIXED:
                continue
            part = _PARTS.get(each.name, "") if len(words) < 2 else ""
            inner_words = (*called, part) if part else called
            inner_key = f"{key}.{each.name}" if key else each.name
            yield from _texts(getattr(value, each.name), inner_key, inner_words)


def _called(value: Any) -> tuple[str, ...]:
    kind = type(value).__name__
    if kind == "Evidence":
        return (f"source {value.number}",) if value.number else ()
    found = (getattr(value, name) for name in _NAMES if f"{kind}.{name}" in _CALLED_BY)
    return tuple(one for one in found if one)[:1]


def changed(record: T, change: Callable[[str, str], str]) -> T:
    """Return the record with every text that somebody typed as ``change(key, text)`` gives it."""
    found: T = _changed(record, "", change)
    return found


def _changed(value: Any, key: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, str):
        return change(key, value) if value.strip() else value
    if isinstance(value, tuple):
        return tuple(_changed(inner, f"{key}[{n}]", change) for n, inner in enumerate(value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    new = {}
    for each in fields(value):
        if each.name == "published" or f"{type(value).__name__}.{each.name}" in FIXED:
            continue
        inner_key = f"{key}.{each.name}" if key else each.name
        before = getattr(value, each.name)
        after = _changed(before, inner_key, change)
        if after != before:
            new[each.name] = after
    return replace(value, **new) if new else value
