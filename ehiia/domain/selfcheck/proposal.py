"""The proposal, its dates and its conclusion: is anything still open, and does it fit together?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ehiia.domain import scoring
from ehiia.domain.schedule import in_full
from ehiia.domain.selfcheck.matter import DETAILS, ROUTE, Matter, Place, Signal, rule, signal
from ehiia.domain.selfcheck.wording import plain
from ehiia.domain.vocabulary import Band

_COMPARES = re.compile(
    r"\b(options?|alternatives?|instead|do nothing|doing nothing|leave|leaving|as (it is|they are|now)|"
    r"rejected|dropped|either|or|second|third|other ways?|compared)\b"
)
_FIXED = re.compile(
    r"\b(everything|all( of it)?|it all) (is|has been) (already )?(fixed|settled|decided|agreed|final)\b"
    r"|\bnothing (can|may|will) (still |now )?(be )?change"
    r"|\bnothing (is )?(still )?open\b|\bno changes? (are |is )?possible\b"
    r"|\b(all|fully) (fixed|settled|decided)\b"
)
_NOBODY = re.compile(r"(nobody|no ?one|none|nothing|no groups?|no people)\b.{0,80}")
_FIFTH = (19.0, 21.0)
"""A share so near to a fifth is what a fifth of the local area gives by definition."""


@rule("QC-60")
def one_option(matter: Matter) -> Iterator[Signal]:
    """One way only is described, in one sentence and without anything to compare it with."""
    text = matter.text("options")
    sentences = [one for one in re.split(r"[.!?;\n]+", text) if one.strip()]
    if text and len(sentences) == 1 and not _COMPARES.search(plain(text)):
        yield signal(matter.at_question("options"))


@rule("QC-61")
def all_settled(matter: Matter) -> Iterator[Signal]:
    """Everything is settled already."""
    text = plain(matter.text("still_open"))
    if _FIXED.search(text) and not re.search(r"\bexcept|\bbut\b|\bapart from\b|can still", text):
        yield signal(matter.at_question("still_open"))


@rule("QC-62")
def local_fifth(matter: Matter) -> Iterator[Signal]:
    """The share of people in deprived areas is so near to a fifth that local fifths may have been used."""
    share = matter.answers.value("deprived_percent")
    asked = "deprived_percent" in matter.asked
    if asked and isinstance(share, int | float) and _FIFTH[0] <= share <= _FIFTH[1]:
        yield signal(matter.at_question("deprived_percent"), share=f"{share:g}")


@rule("QC-63")
def nickname(matter: Matter) -> Iterator[Signal]:
    """The title is a name that only insiders know."""
    words = matter.title.split()
    if words and (len(words) < 3 or matter.title.isupper()):
        yield signal(Place(DETAILS, "", "title", "title"), title=matter.title)


@rule("QC-64")
def decided_before_the_check(matter: Matter) -> Iterator[Signal]:
    """The body decides before the check could be passed, even if it were sent on today."""
    if matter.meeting_on and matter.earliest_pass_on and matter.meeting_on < matter.earliest_pass_on:
        yield signal(
            Place(ROUTE), meeting=in_full(matter.meeting_on), earliest=in_full(matter.earliest_pass_on)
        )


@rule("QC-65")
def no_meeting(matter: Matter) -> Iterator[Signal]:
    """No date is known on which it is decided."""
    if matter.meeting_on is None:
        yield signal(Place(ROUTE))


@rule("QC-66")
def begins_before_the_decision(matter: Matter) -> Iterator[Signal]:
    """It starts before it is decided."""
    start = matter.answers.go_live_on
    if start and matter.meeting_on and start < matter.meeting_on:
        yield signal(
            Place(DETAILS, "", "expected_go_live_on", "expected_go_live_on-day"),
            start=in_full(start),
            meeting=in_full(matter.meeting_on),
        )


@rule("QC-67")
def no_review_date(matter: Matter) -> Iterator[Signal]:
    """No review date can be worked out: there is neither a start nor a meeting to count from."""
    if matter.answers.go_live_on is None and matter.meeting_on is None:
        yield signal(Place(DETAILS, "", "expected_go_live_on", "expected_go_live_on-day"))


@rule("QC-68")
def alarm_without_a_figure(matter: Matter) -> Iterator[Signal]:
    """What would raise the alarm has no figure in it."""
    for name in ("measures", "alarm"):
        text = matter.text(name)
        if text and not re.search(
            r"\d|\b(one|two|three|four|five|six|ten|half|third|quarter|double)\b", text
        ):
            yield signal(matter.at_question(name), question=matter.asked[name][0].label)


@rule("QC-69")
def nobody_worse_off_after_all(matter: Matter) -> Iterator[Signal]:
    """It says that nobody would be worse off, and the impact matrix says otherwise."""
    text = plain(matter.text("residual_harm"))
    left = scoring.worst(matter.impacts, "after", matter.borders)
    if _NOBODY.fullmatch(text) and left.band not in (Band.NONE, Band.LOW):
        yield signal(matter.at_question("residual_harm"), band=left.band.label.lower())
