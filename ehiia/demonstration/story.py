"""A story: one assessment, what is answered in it, and who does what on which day.

Days are whole numbers counted from the day on which the demonstration is
loaded: -30 is thirty days ago. A day that is no working day gives way to the
next one where it is to come, and to the one before where it has passed, so
that the past stays in the past.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ehiia.content.reading import from_toml

HERE = Path(__file__).parent

Impact = dict[str, Any]
"""direction, magnitude, confidence, number_affected, duration, reversible, reason,
before [likelihood, severity], after, justification."""


@dataclass(frozen=True)
class Step:
    """A body on the route: its code, what it does and, in days from today, when it meets."""

    body: str
    part: str
    meets: int


@dataclass(frozen=True)
class Contributor:
    """Somebody who is asked to take part."""

    person: str
    expertise: str = ""
    part: str = "contributor"


@dataclass(frozen=True)
class Group:
    """A page of a group: ``affected`` yes, no or unknown; the impacts by dimension."""

    affected: str
    not_affected_reason: str = ""
    access: Impact = field(default_factory=dict)
    experience: Impact = field(default_factory=dict)
    outcomes: Impact = field(default_factory=dict)
    eliminate: Impact = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    """The other questions on the page: question id -> value."""


@dataclass(frozen=True)
class Evidence:
    """A source."""

    kind: str
    title: str
    publisher: str
    year: str
    shows: str
    strength: str
    place: str = ""
    groups: tuple[str, ...] = ()
    """Codes of the groups that it covers."""
    cited: tuple[tuple[str, ...], ...] = ()
    """What rests on it: ["", "q-problem"] for an answer, ["disability", "d-access"] for an impact."""


@dataclass(frozen=True)
class Gap:
    """Something that is not known; ``due`` in days from today."""

    unknown: str
    groups: tuple[str, ...]
    material: bool
    plain: str
    plan: str
    due: int
    owner: str


@dataclass(frozen=True)
class Mitigation:
    """A mitigating action; ``due`` in days from today; ``owner`` a person, or ``outside`` a contact."""

    what: str
    measure: str
    due: int
    in_place: str
    expected: tuple[int, ...]
    """Likelihood and severity, 1 to 5."""
    answers: tuple[tuple[str, ...], ...]
    """The impacts it answers: [group or question, dimension]."""
    owner: str = ""
    outside: str = ""
    kind: str = ""
    starts: int = 0
    """In days from today; 0 where it is not said."""
    baseline: str = ""
    target: str = ""
    data_source: str = ""
    resources: str = ""
    funding: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Listened:
    """An entry of the engagement log; ``on`` and ``fed_back`` in days from today, 0 where it is not said."""

    on: int
    place: str
    channel: str
    heard: dict[str, str]
    """Group -> band, "" where nobody counted."""
    said: str
    changed: str
    others: str = ""
    led_by: str = ""
    partner: str = ""
    reached: str = ""
    shown: str = ""
    shown_version: str = ""
    fed_back: int = 0
    fed_back_how: str = ""
    not_reached: str = ""


@dataclass(frozen=True)
class Condition:
    """A condition of a decision; ``due`` in days from today; ``owner`` a person, or ``outside`` a contact."""

    what: str
    due: int
    owner: str = ""
    outside: str = ""


@dataclass(frozen=True)
class Act:
    """Somebody does something on a day: ``do`` names it (see ``acts.ACTS``)."""

    day: int
    by: str
    do: str
    at: str = "10:00"
    text: str = ""
    """Reason, comment, message, reservation, claim or what was found, as the act needs."""
    pages: tuple[str, ...] = ()
    """For "write": ids of sections, codes of groups, "evidence-list", "actions", "log" or "all"; for "check":
    the pages that do not satisfy, for the reason in ``text``; for "comment": the page."""
    comments: dict[str, str] = field(default_factory=dict)
    """For "check" and "answer_comments", where each page has its own words: page -> comment or answer."""
    answers: dict[str, Any] = field(default_factory=dict)
    """For "write": answers that are changed later, by question id."""
    found: dict[str, str] = field(default_factory=dict)
    """For "publish": words that are left out -> why.

    For "review": "fishing.access" -> "worse 4x3: what happened", "M1" -> "partly: what shows it". For
    "measure": a group, or "everybody" -> its figure; for "audit": a check -> "met: what was seen"; for
    "find": its criterion, cause, effect and recommendation."""
    rated: tuple[int, ...] = ()
    """For "audit": the likelihood and severity that are left, 1 to 5."""
    person: str = ""
    """For "find": who answers it; for "publish": who agrees."""
    reasons: str = ""
    """For "review": why it goes on like this."""
    lessons: str = ""
    """For "review": what others should learn."""
    mitigation: int = 0
    """Which one, counted from 1."""
    value: str = ""
    """A claim, a verdict, the outcome of a review or a decision, an early trigger, or a grade."""
    to: int = 0
    """A day: of the meeting whose decision is entered, to which a review or an action is moved, or by which
    somebody answers."""
    minute: str = ""
    members: tuple[str, ...] = ()
    conflicts: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Story:
    """One assessment of the demonstration."""

    title: str
    summary: str
    kind: str
    places: tuple[str, ...]
    director: str
    route: tuple[Step, ...]
    screening: dict[str, Any]
    answers: dict[str, Any]
    acts: tuple[Act, ...]
    goes_live: int = 0
    """In days from today; 0 where there is no date."""
    groups: dict[str, Group] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    listened: tuple[Listened, ...] = ()
    contributors: tuple[Contributor, ...] = ()


def stories() -> dict[str, Story]:
    """Read every story, by the name of its file. Raises ContentError with every mistake and its place."""
    return {path.stem: from_toml(path, Story) for path in sorted((HERE / "stories").glob("*.toml"))}
