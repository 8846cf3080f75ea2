"""What was decided, frozen: the decision record, and the canonical text and digest of what is frozen.

A ``DecisionRecord`` is a snapshot (``domain/frozen.py``) with everything that
was done to it: the check, the reading, the decision, the attestations. Page,
JSON, PDF and signatures are made from these values and never from live rows.

Canonical text is JSON in UTF-8 with sorted keys and no spaces between tokens;
the digest is the SHA-256 of it. Dates are ISO dates (London calendar), moments
are ISO with "Z" (UTC). Numbers are integers only, so that the text is the same
everywhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from ehiia.domain.frozen import Answered, Person, Snapshot
from ehiia.domain.reasons import Reason

UNDECIDED = "Checked, for decision: nothing has been decided yet"
"""What an assessment says of itself that is published as it goes to whoever decides it."""

SCHEMA = "https://ehiia.example/schema/decision-record/1"
"""Names the layout of the canonical text; a change of layout is a new number."""

DEMONSTRATION = "Demonstration: people and figures are invented"
TIMES_OF_DEMONSTRATION = "The dates of events are those of the story. The times of signing are true."
"""What a record of a demonstration says of itself, on its page and in its PDF."""


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
class FrozenScore:
    """A criterion with its score."""

    criterion: str
    """Its title."""
    critical: bool
    score: int | None
    """0 to 3; None where it does not apply."""
    label: str
    comment: str = ""


@dataclass(frozen=True)
class FrozenFinding:
    """A finding of the self-check that was explained and left as it is."""

    rule: str
    finding: str
    explanation: str


@dataclass(frozen=True)
class FrozenThread:
    """A comment on the assessment with what followed."""

    about: str
    """The page, and the question where it was about one."""
    comment: str
    replies: tuple[str, ...]
    """What was said after it, oldest first; the author's last answer is the last of them."""
    closed: bool


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
class Happened:
    """A row of the history, as the record tells it: a step of this version, and who took it."""

    number: int
    """Its number in the organisation's chained history."""
    at: datetime
    who: str
    what: str
    """What stands after the name: "sent it to be checked"."""


@dataclass(frozen=True)
class LeftOut:
    """What an edition leaves out, in words: never the words themselves."""

    where: str
    """The place: "Groups: Disability"; or "Throughout"."""
    what: str
    """"A passage", "Names of staff", "Small numbers"."""
    reason: str
    by_hand: bool = False
    """Whether somebody marked it; otherwise a rule left it out."""
    exemption: str = ""
    """Label of ``publishing.Exemption``, or ""."""
    times: int = 1


@dataclass(frozen=True)
class PublicationEdition:
    """That a record is an edition for the public: of which record, how, and what it leaves out."""

    kind: str
    """Value of ``publishing.Publishing``: "full", "summary" or "redacted"."""
    kind_label: str
    number: int
    of_reference: str
    of_sha256: str
    """SHA-256 of the canonical text of the whole record, which holds a code that is not shown here."""
    published_by: str
    """Name of the organisation that publishes it."""
    made_at: datetime
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Correction:
    """That a record corrects an earlier one: which, what in it was wrong, why, and who says so and when.

    The decision itself is the same: its outcome, the version decided on and the day of the decision.
    """

    corrects: str
    """Reference of the record with the error; it stays as it was."""
    reason: str
    facts: tuple[str, ...]
    """What was corrected, by name: "Reference of the minute"."""
    by: Person
    """Whoever decides for the body on the day of the correction; this record is signed in their name."""
    at: datetime


@dataclass(frozen=True)
class DecisionRecord:
    """Everything that is signed. Frozen when the decision is made.

    Without a decision it is the assessment as it goes to whoever decides: what is published before the
    decision. Only editions for the public are made of that.
    """

    reference: str
    """Of the record: the assessment's reference and the edition, "EHIIA-2026-014/1"."""
    code: str
    """Twelve random characters printed on the cover, to find the record again."""
    edition: int
    supersedes: str
    snapshot: Snapshot
    snapshot_sha256: str
    check: Check
    decision: Decided | None
    """None where nothing has been decided yet."""
    attestations: tuple[Attestation, ...]
    duties: tuple[str, ...]
    """The plain explanation of the duties that the decision-maker was shown, paragraph by paragraph."""
    review: ReviewPlan
    history_sequence: int
    history_sha256: str
    """Head of the organisation's chained history when the decision was made."""
    demonstration: bool = False
    """True where the events were played for a demonstration: their dates are those of the story."""
    status: str = ""
    """How it stood when it was decided, in words (``domain/standing.py``); "" in records of before."""
    history: tuple[Happened, ...] = ()
    """The steps of this version in the history, oldest first; none in records of before."""
    published: PublicationEdition | None = None
    """Set where this is an edition for the public and not the record itself."""
    correction: Correction | None = None
    """Set where this corrects an earlier record of the same decision."""

    @property
    def decided(self) -> Decided:
        """What was decided. Raises ValueError where nothing has been decided yet."""
        if self.decision is None:
            raise ValueError(f"{self.reference}: nothing has been decided yet")
        return self.decision

    @property
    def made_at(self) -> datetime:
        """When it came to be (UTC): when it was decided, otherwise when its check was passed."""
        return self.decision.decided_at if self.decision else self.check.passed_at

    @property
    def signed_by(self) -> Person:
        """Who signs it first: whoever decided, or whoever corrected the record of it."""
        return self.correction.by if self.correction else self.decided.decided_by

    def canonical(self) -> str:
        """Return the canonical JSON text that is signed and kept."""
        return canonical(self)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical text, in hexadecimal."""
        return digest(self.canonical())


def plain(value: Any) -> Any:
    """Return what is frozen as plain values for JSON: words, whole numbers, ISO dates and moments."""
    return _plain(asdict(value))


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


def canonical(value: Any, schema: str = SCHEMA) -> str:
    """Return the canonical JSON text of what is frozen (see the module's docstring)."""
    content = plain(value) | {"schema": schema, "type": type(value).__name__}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
