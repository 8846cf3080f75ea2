"""What has been answered so far, as one value that the rules can read.

Services read it from the database and hand it to ``completeness``, ``scoring``
and ``decision``; the page, the submit button and the record all rest on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ehiia.domain.mitigating import ActionKind, Funding
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import (
    ADVERSE,
    Claim,
    Conclusion,
    Confidence,
    Dimension,
    Direction,
    Duration,
    GapState,
    HeadCount,
    InPlace,
    LegalStatus,
    Likelihood,
    Magnitude,
    NumberAffected,
    ProposalKind,
    Reversible,
    Severity,
    YesNoUnknown,
)

Value = str | int | float | list[str] | dict[str, str] | None
"""A JSON value of an answer; ``AnswerKind`` says which kind has which."""


def given(value: object) -> bool:
    """Say whether a value is an answer: not blank, not an empty choice, an effect with its reason."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return bool(value.get("direction")) and bool(str(value.get("reason") or "").strip())
    if isinstance(value, list):
        return bool(value)
    return True


@dataclass(frozen=True)
class Risk:
    """How likely and how bad a harm is."""

    likelihood: Likelihood
    severity: Severity

    @property
    def score(self) -> int:
        """Likelihood times severity, 1 to 25."""
        return int(self.likelihood) * int(self.severity)


@dataclass(frozen=True)
class Impact:
    """How one group is affected in one dimension. Everything may still be unanswered (None or "")."""

    subject: str
    dimension: Dimension
    direction: Direction | None = None
    magnitude: Magnitude | None = None
    confidence: Confidence | None = None
    reason: str = ""
    before: Risk | None = None
    after: Risk | None = None
    justification: str = ""
    """Why nothing is done about a worse or mixed impact."""
    number: NumberAffected | None = None
    duration: Duration | None = None
    reversible: Reversible | None = None

    @property
    def adverse(self) -> bool:
        """Whether somebody would be worse off."""
        return self.direction in ADVERSE


@dataclass(frozen=True)
class SubjectGroup:
    """A group as this assessment considers it: label and legal status as they were when it was chosen."""

    code: str
    label: str
    people: str
    legal_status: LegalStatus
    first_aim_only: bool = False
    affected: YesNoUnknown | None = None
    """The answer to "Could these people be affected differently?"."""
    not_affected_reason: str = ""


@dataclass(frozen=True)
class EvidenceItem:
    """One source that the assessment rests on, at the version of the library item that it uses."""

    kind: str
    title: str
    publisher: str
    year: str
    shows: str
    """What it shows for this decision; where that was not said, what it shows in general."""
    strength: Confidence | None = None
    number: int = 0
    """Its place in the list of sources, from 1: citations name it, and the record prints it as [1]."""
    place: str = ""
    groups: tuple[str, ...] = ()
    """Codes of the groups that it covers."""
    link: str = ""
    file_name: str = ""
    version: int = 1
    privileged: bool = False
    """Legal advice: shown to those who may read the assessment, and left out of every record."""


@dataclass(frozen=True)
class Citation:
    """An answer or an impact rests on a source: ``question`` or ``dimension`` is set, never both."""

    source: int
    """``EvidenceItem.number`` of the source."""
    subject: str = ""
    """Code of the group, or "" for questions that are asked once."""
    question: str = ""
    dimension: Dimension | None = None


@dataclass(frozen=True)
class EvidenceGap:
    """Something that is not known. Never the same as a missing answer, which was not filled in."""

    ref: str
    """"G1", "G2": within the assessment."""
    unknown: str
    """What is not known."""
    groups: tuple[str, ...] = ()
    """Codes of the groups it is about."""
    material: bool | None = None
    """Whether it matters to the decision; None while nobody has said."""
    plan: str = ""
    """How it will be closed."""
    due_on: date | None = None
    owner: str = ""
    state: GapState = GapState.OPEN
    found: str = ""
    """What was found, once it is closed."""
    source: int = 0
    """``EvidenceItem.number`` of the source that closed it, or 0."""
    plain: str = ""
    """What is put to the decision-maker, in plain words."""
    accepted_reason: str = ""
    accepted_until: date | None = None
    """The date by which it must be closed although the decision was made without knowing."""
    protection: str = ""
    """How people are protected meanwhile."""
    subject: str = ""
    question: str = ""
    dimension: Dimension | None = None
    """Where it was noticed: a question or an impact, or nowhere in particular."""


@dataclass(frozen=True)
class MitigatingAction:
    """Something promised so that people are less badly off."""

    ref: str
    what: str
    owner: str
    due_on: date | None
    measure: str
    in_place: InPlace | None
    expected: Risk | None
    """The risk expected to be left when it is done."""
    answers: tuple[tuple[str, str], ...] = ()
    """The impacts it answers: (subject, dimension)."""
    claim: Claim = Claim.NOT_STARTED
    kind: ActionKind | None = None
    starts_on: date | None = None
    baseline: str = ""
    target: str = ""
    data_source: str = ""
    resources: str = ""
    """What it takes: people, time, money and whose."""
    funding: Funding | None = None
    clause: str = ""
    """The clause of the contract or specification that asks for it."""


@dataclass(frozen=True)
class Engagement:
    """One time people were listened to, as the engagement log has it. Everything may still be missing."""

    number: int
    """From 1 in the order of the log; never given twice in an assessment."""
    on_date: date | None = None
    groups: tuple[str, ...] = ()
    """Codes of the groups of the assessment that were heard."""
    said: str = ""
    changed: str = ""
    """What changed because of it, or why nothing did."""
    fed_back_on: date | None = None
    place: str = ""
    channel: str = ""
    """Id from the list of channels."""
    everybody: HeadCount | None = None
    """How many took part in all."""
    bands: tuple[tuple[str, HeadCount], ...] = ()
    """(group code, how many of it were heard), where it was counted."""
    others: str = ""
    """Who was heard beside the groups of the assessment."""
    led_by: str = ""
    partner: str = ""
    reached: str = ""
    """How people were reached, and what was offered so that they could take part."""
    shown: str = ""
    shown_version: str = ""
    fed_back_how: str = ""
    not_reached: str = ""
    """Who was not reached, and the plan."""


@dataclass(frozen=True)
class Answers:
    """Everything answered in one assessment at one moment."""

    kind: ProposalKind
    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    """(question id, subject) -> value; subject is "" for questions that are asked once."""
    groups: tuple[SubjectGroup, ...] = ()
    impacts: tuple[Impact, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    mitigations: tuple[MitigatingAction, ...] = ()
    conclusion: Conclusion | None = None
    go_live_on: date | None = None
    depth: Depth = Depth.EXTENDED
    """How much of the question set is asked."""
    already_decided: bool = False
    """It was decided before the assessment began: a real reconsideration is asked for."""
    citations: tuple[Citation, ...] = ()
    gaps: tuple[EvidenceGap, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    """The engagement log, in its order."""
    unanswered_comments: tuple[int, ...] = ()
    """Numbers of the comments of public reviewers that have no recorded answer."""
    to_confirm: frozenset[tuple[str, str]] = frozenset()
    """(question id or dimension, subject) of what was copied and is neither confirmed nor changed since."""

    def cited(
        self, subject: str = "", *, question: str = "", dimension: Dimension | None = None
    ) -> tuple[EvidenceItem, ...]:
        """Return the sources that an answer or an impact rests on, in the order of the list."""
        numbers = {
            one.source
            for one in self.citations
            if (one.subject, one.question, one.dimension) == (subject, question, dimension)
        }
        return tuple(item for item in self.evidence if item.number in numbers)

    def value(self, question_id: str, subject: str = "") -> Value:
        """Return the value given, or None."""
        return self.values.get((question_id, subject))

    def of(self, subject: str) -> dict[str, object]:
        """Return question id -> value for one subject."""
        return {question: value for (question, about), value in self.values.items() if about == subject}
