"""Values in the words of the page: dates in full, counts with their nouns, states as tags.

Pure: no request, no clock; ``today`` is passed in. Every function in
``FILTERS`` is a filter of the templates under the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ehiia.documents.pdf import charts
from ehiia.documents.pdf.linking import stretches
from ehiia.documents.pdf.structure import Chart
from ehiia.domain.frozen import Snapshot
from ehiia.domain.mitigating import Acceptance, Asking
from ehiia.domain.vocabulary import Band, Claim, Direction, SealState, Stage, Verdict

LONDON = ZoneInfo("Europe/London")
SOON = 7
"""Days from which something due is marked, not only named."""


@dataclass(frozen=True)
class Tag:
    """A state in words; ``colour`` is one of the NHS tag colours, or "" for plain text without a box."""

    text: str
    colour: str = ""

    @property
    def classes(self) -> str:
        """The class of the NHS tag, or "" for plain text."""
        return f"nhsuk-tag--{self.colour}" if self.colour else ""


# -- dates and times -------------------------------------------------------------------------


def day(value: date | None) -> str:
    """Return "27 November 2026", or "" for None. A moment is taken in London."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _in_london(value).date()
    return f"{value.day} {value:%B %Y}"


def full_date(value: date | None) -> str:
    """Return "Friday 27 November 2026", or "" for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _in_london(value).date()
    return f"{value:%A} {day(value)}"


def pack_name(meeting_on: date, number: int, sha256: str) -> str:
    """Return the name of a paper pack: "In the paper pack of Monday 20 April 2026 (pack 2, digest 3f1c…)"."""
    return f"In the paper pack of {full_date(meeting_on)} (pack {number}, digest {sha256[:12]}…)"


def clock_time(value: datetime | None) -> str:
    """Return "14:32" in London, or "" for None."""
    return "" if value is None else f"{_in_london(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """Return "22 November 2026 at 14:32" in London, or "" for None.

    Raises:
        ValueError: the moment has no time zone.
    """
    return "" if value is None else f"{day(value)} at {clock_time(value)}"


def in_days(value: date, today: date) -> str:
    """Return how far off a day is: "today", "tomorrow", "yesterday", "in 6 days", "3 days ago"."""
    days = (value - today).days
    match days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
        case _ if days > 0:
            return f"in {days:,} days"
        case _:
            return f"{-days:,} days ago"


def due(value: date | None, today: date) -> str:
    """Return "due Friday 27 November 2026, in 6 days", "due today", "due tomorrow" or "overdue by 3 days"."""
    if value is None:
        return "no date"
    days = (value - today).days
    if days < 0:
        return f"overdue by {count(-days, 'day')}"
    if days <= 1:
        return f"due {in_days(value, today)}"
    return f"due {full_date(value)}, {in_days(value, today)}"


def due_tag(value: date | None, today: date) -> Tag:
    """Return the state of something due: red when overdue, yellow within a week, plain when later."""
    if value is None:
        return Tag("No date", "grey")
    days = (value - today).days
    if days < 0:
        return Tag(capital(due(value, today)), "red")
    if days <= SOON:
        return Tag(f"Due {in_days(value, today)}", "yellow")
    return Tag(capital(in_days(value, today)))


def _in_london(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return value.astimezone(LONDON)


# -- numbers and words -----------------------------------------------------------------------


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 action", "2 actions", "1,022,000 people" (give the plural where it is not noun + s)."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def number(value: float | None) -> str:
    """Return a number with thousands separated and no needless decimals, or "" for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def sentence_list(words: Iterable[str]) -> str:
    """Return "a, b and c"."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"


def capital(text: str) -> str:
    """Return the text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a text as people typed it, with a full stop where it has none at its end."""
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", "…", ".”")) else f"{text}."


def grouped(digest: str, letters: int = 12) -> str:
    """Return the start of a digest in groups of four, to be compared by eye: "7c1e 40fa 93d2"."""
    start = digest[:letters]
    return " ".join(start[at : at + 4] for at in range(0, len(start), 4))


def file_size(size: int) -> str:
    """Return "20 MB", "312 KB" or "98 bytes"."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB"
    if size >= 1000:
        return f"{size // 1000} KB"
    return count(size, "byte")


def paragraphs(text: str | None) -> Markup:
    """Return a text as safe HTML: an empty line parts paragraphs, a single line end is kept."""
    lines = (text or "").replace("\r\n", "\n").strip()
    if not lines:
        return Markup("")
    parts = re.split(r"\n[ \t]*\n\s*", lines)
    html = (Markup("<p>{}</p>").format(Markup("<br>").join(part.split("\n"))) for part in parts)
    return Markup("\n").join(html)


def short(text: str | None, length: int = 160) -> str:
    """Return the start of a text on one line, cut at a word."""
    line = " ".join((text or "").split())
    if len(line) <= length:
        return line
    return line[: length + 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def link(text: str, href: str) -> Markup:
    """Return a safe link."""
    return Markup('<a href="{}">{}</a>').format(href, text)


# -- states as tags --------------------------------------------------------------------------

_STAGE_COLOURS: Mapping[Stage, str] = {
    Stage.SCREENING: "blue",
    Stage.NOT_NEEDED_TO_CONFIRM: "yellow",
    Stage.NOT_NEEDED: "grey",
    Stage.WRITING: "blue",
    Stage.WITH_DIRECTOR: "purple",
    Stage.CHECKING: "purple",
    Stage.SENT_BACK: "orange",
    Stage.READY: "pink",
    Stage.AWAITING_SIGNATURES: "pink",
    Stage.IN_FORCE: "green",
    Stage.PAUSED: "grey",
    Stage.WITHDRAWN: "grey",
    Stage.REPLACED: "grey",
    Stage.CLOSED: "grey",
}
_CLAIM_COLOURS: Mapping[Claim, str] = {
    Claim.NOT_STARTED: "grey",
    Claim.ON_TRACK: "blue",
    Claim.AT_RISK: "orange",
    Claim.DONE: "green",
    Claim.SUPERSEDED: "grey",
    Claim.CANCELLED: "grey",
}
_VERDICT_COLOURS: Mapping[Verdict, str] = {
    Verdict.WORKING: "green",
    Verdict.TOO_EARLY: "blue",
    Verdict.NOT_WORKING: "red",
    Verdict.PARTLY: "orange",
    Verdict.NOT_DONE: "red",
    Verdict.NO_PROOF: "yellow",
}
_ACCEPTANCE_COLOURS: Mapping[Acceptance, str] = {
    Acceptance.WAITING: "yellow",
    Acceptance.ACCEPTED: "",
    Acceptance.DECLINED: "orange",
}
_ASKING_COLOURS: Mapping[Asking, str] = {
    Asking.ASKED: "yellow",
    Asking.MADE: "blue",
    Asking.AGREED: "green",
    Asking.REFUSED: "orange",
    Asking.TAKEN_BACK: "grey",
}
_SEAL_COLOURS: Mapping[SealState, str] = {
    SealState.WAITING: "yellow",
    SealState.SEALED: "blue",
    SealState.AWAITED: "yellow",
    SealState.SIGNED: "green",
}
_BAND_COLOURS: Mapping[Band, str] = {
    Band.NONE: "white",
    Band.LOW: "green",
    Band.MEDIUM: "yellow",
    Band.HIGH: "orange",
    Band.VERY_HIGH: "red",
}


def stage_tag(stage: Stage, review_due_on: date | None = None, today: date | None = None) -> Tag:
    """Return the stage; "Review due" in its place where it is in force and that day has come."""
    if stage is Stage.IN_FORCE and review_due_on and today and review_due_on <= today:
        return Tag("Review due", "red")
    return Tag(stage.label, _STAGE_COLOURS[stage])


def claim_tag(claim: Claim) -> Tag:
    """Return what the owner says of a mitigating action."""
    return Tag(claim.label, _CLAIM_COLOURS[claim])


def verdict_tag(verdict: Verdict | None) -> Tag:
    """Return what an auditor found, or that nobody has looked yet."""
    return Tag("Not audited yet") if verdict is None else Tag(verdict.label, _VERDICT_COLOURS[verdict])


def acceptance_tag(acceptance: Acceptance) -> Tag:
    """Return whether the owner of an action took it on."""
    return Tag(acceptance.label, _ACCEPTANCE_COLOURS[acceptance])


def asking_tag(state: Asking) -> Tag:
    """Return where something stands that somebody asked for."""
    return Tag(state.label, _ASKING_COLOURS[state])


def seal_tag(state: SealState) -> Tag:
    """Return how far the signed file is."""
    return Tag(state.label, _SEAL_COLOURS[state])


def band_tag(band: Band) -> Tag:
    """Return a band of risk."""
    return Tag(band.label, _BAND_COLOURS[band])


def progress_tag(answered: int, asked: int, *, missing: bool = False) -> Tag:
    """Return the state of a section. "Answered" is plain, so that only open work stands out.

    ``missing``: the section was worked on, and something it needs is still not there.
    """
    if asked and answered >= asked and not missing:
        return Tag("Answered")
    if missing:
        return Tag("Missing answer", "orange")
    return Tag("Started", "blue") if answered else Tag("Not started", "grey")


_IMPACT_CLASSES: Mapping[Direction, str] = {
    Direction.BETTER: "better",
    Direction.WORSE: "worse",
    Direction.MIXED: "mixed",
    Direction.SAME: "same",
    Direction.UNKNOWN: "unknown",
}


def impact_class(direction: Direction | str | None) -> str:
    """Return the name of the shape and the class for a direction: "worse", or "missing" for None or ""."""
    return _IMPACT_CLASSES[Direction(direction)] if direction else "missing"


def impact_word(direction: Direction | str | None) -> str:
    """Return the label of a direction, or "Not answered"."""
    return Direction(direction).label if direction else "Not answered"


def charts_about(snapshot: Snapshot, what: str) -> list[Chart]:
    """Return the charts that a record shows about "impacts", "mitigations" or "listening"."""
    return charts.about(snapshot, what)


def label_in(code: str, labels: Mapping[str, str]) -> str:
    """Return the label of a code, or the code where nothing is known of it any more."""
    return labels.get(code, code)


FILTERS: Mapping[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        *(day, full_date, clock_time, moment, in_days, due, due_tag),
        *(
            count,
            number,
            sentence_list,
            capital,
            grouped,
            sentence,
            file_size,
            paragraphs,
            short,
            link,
            label_in,
            charts_about,
            stretches,
        ),
        *(stage_tag, claim_tag, verdict_tag, acceptance_tag, asking_tag, seal_tag, band_tag),
        *(progress_tag, impact_class, impact_word),
    )
}
"""The filters of the templates by name."""
