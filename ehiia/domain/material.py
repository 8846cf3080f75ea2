"""Material change: whether what somebody signed for is still what is proposed.

Named sections of what was signed are fingerprinted at sign-off and compared
with the same sections of what stands today. Only what people relied on counts:

* not how it is worded: reasons, sources, sections of text, labels;
* not how an action is getting on, nor a date of it that was moved: progress is
  told, and dates are moved, by rules of their own;
* not the risk that is left, which an audit or a review rates anew as it finds
  it, with triggers of their own; what an action was expected to leave counts;
* a day of going live that was not known when it was signed is no change.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from ehiia.domain.decision import digest
from ehiia.domain.frozen import Mitigation, RatedImpact, Snapshot
from ehiia.domain.reasons import Reason
from ehiia.domain.vocabulary import Word

EDITION = 1
"""Stands in the keys under which fingerprints are kept. What counts is never changed without another number:
what was signed under the one before is then not compared, instead of being taken for changed."""


class Material(Word):
    """A section of what was signed that a decision rests on."""

    SCOPE = "scope", "What is proposed"
    START = "start", "When it starts"
    GROUPS = "groups", "Who is affected"
    PLACE = "place", "Where"
    IMPACTS = "impacts", "How they are affected"
    MITIGATIONS = "mitigations", "What was promised"


def fingerprints(snapshot: Snapshot, *, standing: Collection[str]) -> dict[str, str]:
    """Return the SHA-256 of each section of the content, by the key under which it is kept.

    ``standing``: references of the mitigating actions that are neither cancelled nor replaced.
    """
    facts: dict[Material, object] = {
        Material.SCOPE: [
            snapshot.kind,
            snapshot.title,
            snapshot.summary,
            sorted((part.name, part.what) for part in snapshot.components),
        ],
        Material.GROUPS: sorted((group.code, group.affected) for group in snapshot.groups),
        Material.PLACE: sorted(snapshot.places),
        Material.IMPACTS: sorted(
            [
                *([group.code, *_impact(one)] for group in snapshot.groups for one in group.impacts),
                *([one.question_id, *_impact(one.impact)] for one in snapshot.effects),
            ]
        ),
        Material.MITIGATIONS: sorted(_promise(one) for one in snapshot.mitigations if one.ref in standing),
    }
    if snapshot.go_live_on is not None:
        facts[Material.START] = snapshot.go_live_on.isoformat()
    return {
        _key(section): digest(json.dumps(said, ensure_ascii=False, separators=(",", ":")))
        for section, said in facts.items()
    }


def _key(section: Material) -> str:
    return f"material-{EDITION}:{section.value}"


def _impact(one: RatedImpact) -> list[str]:
    said = (one.dimension, one.direction, one.magnitude, one.score_before)
    return ["" if part is None else str(part) for part in (*said, one.number_affected, one.reversible)]


def _promise(one: Mitigation) -> list[str]:
    said = (
        one.ref,
        one.what,
        one.owner,
        one.measure,
        one.target,
        one.in_place,
        one.funding,
        one.expected_risk,
    )
    return [*said, *sorted(one.answers)]


def changed(
    signed: Mapping[str, str], live: Mapping[str, str], reviewed: Mapping[str, str] | None = None
) -> tuple[Material, ...]:
    """Return the sections that are not what was signed, in the order of the pages.

    A section that was not fingerprinted when it was signed cannot have changed. ``reviewed``: the
    fingerprints of what a review found still right; what is as it was then is settled.
    """
    return tuple(
        section
        for section in Material
        if _key(section) in signed
        and signed[_key(section)] != live.get(_key(section))
        and (reviewed is None or reviewed.get(_key(section)) != live.get(_key(section)))
    )


def seen(sections: Iterable[Material], live: Mapping[str, str]) -> str:
    """Return what stands for just these changes, so that somebody says of no others that they are right."""
    return digest("".join(f"{_key(one)}={live.get(_key(one), '')};" for one in sections))


def stale(sections: Iterable[Material], *, version: int) -> Reason | None:
    """Return why an approval is stale and its review is to be brought forward (rule REV-20)."""
    named = [section.label for section in sections]
    if not named:
        return None
    return Reason(
        "REV-20",
        f"Changed since it was signed for version {version}: {'; '.join(named)}. "
        "What was approved is not what stands today.",
    )
