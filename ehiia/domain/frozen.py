"""The content of an assessment, frozen at a gate: everything in words, as it stood.

Page, paper, JSON and PDF are made from a ``Snapshot`` and never from live rows.
``domain/decision.py`` adds what was decided, and makes the canonical text. A
field that is added later has a default, so that what was frozen before can
still be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ehiia.domain.reasons import Reason


@dataclass(frozen=True)
class Person:
    """A person as named in a record; ``role`` in words."""

    name: str
    role: str = ""

    @property
    def in_full(self) -> str:
        """Return the name with the role: "Carol Reeve, Chair of the Board"."""
        return f"{self.name}, {self.role}" if self.role else self.name


@dataclass(frozen=True)
class Answered:
    """One question and its answer in words; ``missing`` when it was asked and not answered."""

    question_id: str
    question: str
    answer: tuple[str, ...]
    """Paragraphs, or the labels of what was chosen."""
    missing: bool = False
    sources: tuple[int, ...] = ()
    """Numbers of the sources that it rests on."""


@dataclass(frozen=True)
class RatedImpact:
    """An impact in words. Scores are None where nobody would be worse off."""

    dimension: str
    direction: str
    """Value of ``Direction``."""
    direction_label: str
    magnitude: str = ""
    confidence: str = ""
    reason: str = ""
    likelihood_before: str = ""
    severity_before: str = ""
    score_before: int | None = None
    band_before: str = ""
    likelihood_after: str = ""
    severity_after: str = ""
    score_after: int | None = None
    band_after: str = ""
    justification: str = ""
    number_affected: str = ""
    duration: str = ""
    reversible: str = ""
    sources: tuple[int, ...] = ()
    """Numbers of the sources that it rests on."""


@dataclass(frozen=True)
class RatedEffect:
    """The answer to one question that says how somebody is affected, as for Core20PLUS5."""

    question_id: str
    name: str
    """Short name of the question: "Cancer"."""
    impact: RatedImpact
    """Its dimension is ""."""


@dataclass(frozen=True)
class GroupFindings:
    """A group, why it is considered, whether it is affected, and how."""

    code: str
    label: str
    legal_status: str
    """Label of ``LegalStatus``."""
    affected: str
    """Label of ``YesNoUnknown``, or "" if not answered."""
    reason: str = ""
    impacts: tuple[RatedImpact, ...] = ()
    answers: tuple[Answered, ...] = ()
    """The other questions on the page of the group, with their answers in words."""
    sources: tuple[int, ...] = ()
    """Numbers of the sources that the reason rests on."""


@dataclass(frozen=True)
class SectionContent:
    """A section of the assessment with its answers in words."""

    id: str
    part: str
    title: str
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """A source, in words."""

    kind: str
    title: str
    publisher: str
    year: str
    shows: str
    strength: str
    number: int = 0
    """Its number in the list of sources, by which answers and impacts cite it; 0 in records of before."""
    place: str = ""
    groups: tuple[str, ...] = ()
    """Labels of the groups that it covers."""
    link: str = ""
    file_name: str = ""
    version: int = 1
    """Version of the item of the library that was used."""


@dataclass(frozen=True)
class Gap:
    """Something that is not known, as it stood."""

    ref: str
    unknown: str
    about: tuple[str, ...]
    """Labels of the groups it is about."""
    material: bool
    """Whether it matters to the decision."""
    plain: str
    """What those who decide are told, in plain words."""
    plan: str
    due_on: date | None
    owner: str
    state: str
    """Label of ``GapState``."""
    found: str = ""
    source: int = 0
    """Number of the source that closed it, or 0."""
    accepted_reason: str = ""
    accepted_until: date | None = None
    protection: str = ""


@dataclass(frozen=True)
class Mitigation:
    """A mitigating action as promised at the time."""

    ref: str
    what: str
    owner: str
    due_on: date | None
    measure: str
    in_place: str
    expected_risk: str
    """In words with the score: "Unlikely x small: 4, medium"."""
    answers: tuple[str, ...]
    """The impacts it answers, in words: "Disability: access"."""
    kind: str = ""
    starts_on: date | None = None
    baseline: str = ""
    target: str = ""
    data_source: str = ""
    resources: str = ""
    funding: str = ""
    clause: str = ""


@dataclass(frozen=True)
class RouteStep:
    """A body on the route of the proposal."""

    position: int
    body: str
    part: str
    """Label of ``RoutePart``."""
    meeting_on: date | None
    minute: str = ""


@dataclass(frozen=True)
class DutyShown:
    """A duty in the duties statement: why it is engaged or not, and where the assessment shows regard."""

    id: str
    title: str
    law: str
    engaged: bool
    reason: Reason
    answered: tuple[str, ...] = ()
    """The questions in which it is answered in short, as they were asked."""
    not_answered: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    """Places that show it, in words: "Disability: affected differently"."""
    not_shown: tuple[str, ...] = ()
    """Places that would show it and hold nothing."""
    note: str = ""


@dataclass(frozen=True)
class Engagement:
    """One time people were listened to, in words. Numbers of people are bands; small ones are hidden."""

    ref: str
    """Where it stands in the log: "Engagement 3"."""
    on_date: date | None
    channel: str
    place: str
    who: tuple[str, ...]
    """"Disability: fewer than 10", "Age: not counted", and others."""
    everybody: str
    named: tuple[str, ...]
    """Those who chose to be named, as they were named on the day it was frozen."""
    led_by: str
    partner: str
    reached: str
    shown: str
    shown_version: str
    said: str
    changed: str
    fed_back_on: date | None
    fed_back_how: str
    not_reached: str


@dataclass(frozen=True)
class Reach:
    """Whether anybody was heard from a group that would be affected."""

    label: str
    effect: str
    """In words; "" where it was not rated."""
    worse: bool
    heard: str
    """In words: "Heard once, fewer than 10 people"."""
    steps: int
    """Marks out of five; 0 where nobody was heard."""
    where: tuple[str, ...]
    """The entries of the log: "Engagement 3"."""


@dataclass(frozen=True)
class Commitment:
    """Something promised in a paper, a meeting or a consultation."""

    ref: str
    what: str
    source: str
    owner: str
    due_on: date | None
    state: str
    """Label of ``Promise``."""
    note: str = ""


@dataclass(frozen=True)
class PublicComment:
    """What a public reviewer said of the summary, and what was done about it."""

    ref: str
    said_by: str
    """As they chose to be called; "" where they gave no name."""
    said_on: date
    text: str
    answer: str


@dataclass(frozen=True)
class Circumstance:
    """Something out of the ordinary: "urgent", "decided_before", "outside"; title and paragraphs in words."""

    kind: str
    title: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Component:
    """A part of the proposal that the body decides on its own."""

    name: str
    what: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """An assessment of another kind of the same proposal, kept somewhere else."""

    kind: str
    label: str
    address: str


@dataclass(frozen=True)
class Snapshot:
    """The content of an assessment, frozen at a gate."""

    reference: str
    title: str
    organisation: str
    organisation_code: str
    kind: str
    summary: str
    places: tuple[str, ...]
    go_live_on: date | None
    version: int
    question_set: str
    """Id and version: "assessment 1"."""
    reference_data: str
    authors: tuple[Person, ...]
    contributors: tuple[Person, ...]
    director: Person | None
    route: tuple[RouteStep, ...]
    screening_result: str
    screening_reasons: tuple[Reason, ...]
    screening: tuple[Answered, ...]
    sections: tuple[SectionContent, ...]
    groups: tuple[GroupFindings, ...]
    groups_left_out: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    mitigations: tuple[Mitigation, ...]
    conclusion: str
    """Label of ``Conclusion``, or "" before there is one."""
    conclusion_reasons: tuple[Answered, ...]
    worst_before: str
    worst_after: str
    """Labels of ``Band``: the worst single rating, never an average."""
    frozen_at: datetime
    duties: tuple[DutyShown, ...] = ()
    """The duties statement; empty in versions frozen before there was one."""
    effects: tuple[RatedEffect, ...] = ()
    scale: str = ""
    """Title of the scale of risk: "Five by five"."""
    highest_score: int = 25
    """The highest score there is on that scale."""
    engagement: tuple[Engagement, ...] = ()
    """The engagement log; empty in what was frozen before there was one."""
    reach: tuple[Reach, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    public_comments: tuple[PublicComment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    evidence_left_out: int = 0
    """How many sources are legal advice, which is privileged and left out."""
    legal_advice: tuple[str, ...] = ()
    """Titles of that advice; never what it says. An edition for the public has none of them."""
    components: tuple[Component, ...] = ()
    """The parts that are decided apart; empty where it is decided as a whole."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """Quality, data protection and other assessments of the proposal that are kept elsewhere."""
    circumstances: tuple[Circumstance, ...] = ()
    """What is out of the ordinary about it: urgency, a decision made before, work adopted from outside."""
