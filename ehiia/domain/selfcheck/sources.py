"""What it rests on: whose figures, how many, how old, and what speaks against it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ehiia.domain.selfcheck.matter import Matter, Signal, rule, signal
from ehiia.domain.selfcheck.texts import CONTRADICTS
from ehiia.domain.selfcheck.wording import only_watches, plain, says_nothing
from ehiia.domain.vocabulary import Confidence, GapState

NATIONAL = frozenset({"census", "deprivation", "health_profiles", "national_guidance", "nice", "research"})
"""Kinds of evidence that say how things are everywhere, and nothing about the people of this proposal."""
OLD = 10
"""Years after which a source may say little about today."""
SHORT = 20
"""Characters below which nothing was said of what a source shows."""
_LINK = re.compile(r"(https?://|www\.)\S+")
_YEAR = re.compile(r"\b(19|20)\d\d\b")


@rule("QC-40")
def national_only(matter: Matter) -> Iterator[Signal]:
    """Everything rests on national figures or guidance, or all that is cited for a group does."""
    evidence = matter.answers.evidence
    if evidence and all(item.kind in NATIONAL for item in evidence):
        yield signal(matter.at_evidence(), what="the whole assessment")
        return
    kinds = {item.number: item.kind for item in evidence}
    for group, _, _ in matter.groups:
        cited = {kinds.get(one.source, "") for one in matter.answers.citations if one.subject == group.code}
        if cited and cited <= NATIONAL:
            yield signal(matter.at_group(group.code), what=group.label)


@rule("QC-41")
def one_source(matter: Matter) -> Iterator[Signal]:
    """Everything rests on one source."""
    if len(matter.answers.evidence) == 1 and len(matter.groups) > 1:
        yield signal(matter.at_evidence(), title=matter.answers.evidence[0].title)


@rule("QC-42")
def all_strong(matter: Matter) -> Iterator[Signal]:
    """Every source is called strong."""
    evidence = matter.answers.evidence
    if len(evidence) > 2 and all(item.strength is Confidence.STRONG for item in evidence):
        yield signal(matter.at_evidence(), count=len(evidence))


@rule("QC-43")
def nothing_against(matter: Matter) -> Iterator[Signal]:
    """Nothing is said to speak against the proposal."""
    text = matter.text(CONTRADICTS)
    if text and (says_nothing(text) or re.fullmatch(r"(no|none|nothing)\b.{0,60}", plain(text))):
        yield signal(matter.at_question(CONTRADICTS), answer=text.strip())


@rule("QC-44")
def bare_link(matter: Matter) -> Iterator[Signal]:
    """A source is named, and what it shows is not said."""
    for number, item in enumerate(matter.answers.evidence, start=1):
        said = plain(_LINK.sub("", item.shows))
        if item.shows.strip() and len(said) < SHORT:
            yield signal(matter.at_evidence(number), title=item.title or item.shows)


@rule("QC-45")
def old_source(matter: Matter) -> Iterator[Signal]:
    """A source is more than ten years old."""
    for number, item in enumerate(matter.answers.evidence, start=1):
        years = [int(found.group()) for found in _YEAR.finditer(item.year)]
        if years and max(years) < matter.today.year - OLD:
            yield signal(matter.at_evidence(number), title=item.title, year=max(years))


@rule("QC-46")
def gap_only_watched(matter: Matter) -> Iterator[Signal]:
    """Something is not known, and the plan is to monitor it."""
    if only_watches(matter.text("gap_plan")):
        yield signal(matter.at_question("gap_plan"), gap="What is not known")
    for gap in matter.answers.gaps:
        if gap.state is GapState.OPEN and only_watches(gap.plan):
            yield signal(matter.at_evidence(), gap=f"Evidence gap {gap.ref}")
