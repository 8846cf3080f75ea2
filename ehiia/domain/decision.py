"""What was decided, frozen: snapshots, the decision record, their canonical text and digest.

A ``Snapshot`` is the content of an assessment at a gate. A ``DecisionRecord``
is a snapshot with everything that was done to it: the check, the reading, the
decision, the attestations. Page, JSON, PDF and signatures are made from these
values and never from live rows.

Canonical text is JSON in UTF-8 with sorted keys and no spaces between tokens;
the digest is the SHA-256 of it. Dates are ISO dates (London calendar), moments
are ISO with "Z" (UTC). Numbers are integers only, so that the text is the same
everywhere.
Long because the layout of what is signed is read as one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from ehiia.domain.checked import FrozenFinding, FrozenScore, FrozenThread

SCHEMA = "https://ehiia.example/schema/decision-record/1"
"""Names the layout of the canonical text; a change of layout is a new number."""


@dataclass(frozen=True)
class Person:
    """A person as named in a record; ``role`` in words."""

    name: str
    role: str = ""


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
class AcceptedGap:
    """Whoever decided knew that this is not known, and approved: why, until when, with what protection."""

    ref: str
    unknown: str
    plain: str
    reason: str
    until: date | None
    protection: str


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
class Reason:
    """Why a rule fired: the id of the rule and the sentence people read."""

    rule: str
    text: str


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
    components: tuple[Component, ...] = ()
    """The parts that are decided apart; empty where it is decided as a whole."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """Quality, data protection and other assessments of the proposal that are kept elsewhere."""
    circumstances: tuple[Circumstance, ...] = ()
    """What is out of the ordinary about it: urgency, a decision made before, work adopted from outside."""


@dataclass(frozen=True)
class Attestation:
    """A person put their name to something: what, when, and how they proved who they were."""

    what: str
    person: str
    role: str
    at: datetime
    method: str
    """Label of ``Reauthentication``, or "" where signing in again was not part of the act."""


@dataclass(frozen=True)
class Check:
    """The quality check by the equality lead."""

    checked_by: str
    passed_at: datetime
    late: bool
    """True when the check passed after the date of the meeting; it stays so for ever."""
    late_note: str
    reservations: str
    sections: tuple[Answered, ...]
    """What was said of each section."""
    scores: tuple[FrozenScore, ...] = ()
    explained: tuple[FrozenFinding, ...] = ()
    """Findings of the self-check that the authors explained."""
    comments: tuple[FrozenThread, ...] = ()


@dataclass(frozen=True)
class DecidedPart:
    """What the body decided of one part of the proposal, and why."""

    name: str
    outcome: str
    outcome_label: str
    reason: str


@dataclass(frozen=True)
class Condition:
    """A condition of the decision: what must be done, who sees to it and by when."""

    what: str
    owner: str
    due_on: date | None


@dataclass(frozen=True)
class MeetingMoved:
    """The day of the meeting was changed after it had passed: both days, why, by whom and when."""

    from_on: date
    to_on: date | None
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Decided:
    """What the body decided, apart from what the author concluded."""

    body: str
    outcome: str
    outcome_label: str
    meeting_on: date | None
    minute: str
    reasons: str
    conditions: str
    advice_followed: bool
    advice_not_followed_reason: str
    members_present: tuple[str, ...]
    conflicts: str
    decided_by: Person
    entered_by: Person | None
    decided_at: datetime
    accepted_gaps: tuple[AcceptedGap, ...] = ()
    parts: tuple[DecidedPart, ...] = ()
    """Each part on its own, where the proposal has several; ``outcome`` follows from theirs."""
    terms: tuple[Condition, ...] = ()
    """The conditions one by one; each became a commitment."""
    awaited: str = ""
    """What is awaited, where something was deferred; and until when."""
    awaited_until: date | None = None
    meetings_moved: tuple[MeetingMoved, ...] = ()
    """Days of the deciding meeting that were moved after they had passed, oldest first."""
    reconsidered: str = ""
    """Where it was decided before the assessment: whether the body thought again, in words."""


@dataclass(frozen=True)
class ReviewPlan:
    """When the decision is looked at again, and the rule that says so."""

    due_on: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class DecisionRecord:
    """Everything that is signed. Frozen when the decision is made."""

    reference: str
    """Of the record: the assessment's reference and the edition, "EHIIA-2026-014/1"."""
    code: str
    """Twelve random characters printed on the cover, to find the record again."""
    edition: int
    supersedes: str
    snapshot: Snapshot
    snapshot_sha256: str
    check: Check
    decision: Decided
    attestations: tuple[Attestation, ...]
    duties: tuple[str, ...]
    """The plain explanation of the duties that the decision-maker was shown, paragraph by paragraph."""
    review: ReviewPlan
    history_sequence: int
    history_sha256: str
    """Head of the organisation's chained history when the decision was made."""
    demonstration: bool = False
    """True where the events were played for a demonstration: their dates are those of the story."""

    def canonical(self) -> str:
        """Return the canonical JSON text that is signed and kept."""
        return canonical(self)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical text, in hexadecimal."""
        return digest(self.canonical())


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be frozen")
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        raise ValueError("numbers in a frozen record are integers or text")
    return value


def canonical(value: Snapshot | DecisionRecord) -> str:
    """Return the canonical JSON text of a snapshot or record (see the module's docstring)."""
    content = _plain(asdict(value)) | {"schema": SCHEMA, "type": type(value).__name__}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
