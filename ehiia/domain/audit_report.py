"""The audit of a period, frozen: what the report says, page and data and seal alike.

As a decision record it is plain values with one canonical text and its digest (``domain.decision``); the same
report gives the same bytes before it is sealed. It names the digests of the files that lie beside it in the
evidence pack, so that the one seal covers all of them. Moments are UTC, days are those of London.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from ehiia.domain import decision
from ehiia.domain.frozen import Person

SCHEMA = "https://ehiia.example/schema/audit-report/1"
"""Names the layout of the canonical text; a change of layout is a new number."""

FILE = "report.json"
"""Name of the canonical text where it is attached to the report and beside it."""


@dataclass(frozen=True)
class CheckResult:
    """How one of the checks came out, and what the auditor looked at and saw."""

    title: str
    result: str
    """Label of ``auditing.Result``, "" where nothing was entered."""
    words: str = ""
    file_name: str = ""
    file_sha256: str = ""


@dataclass(frozen=True)
class AuditedCase:
    """An item of the sample with its audit."""

    ref: str
    about: str
    """Reference of the assessment."""
    title: str
    what: str
    """The mitigating action, or "" for a proposal that was screened out."""
    pool: str
    draw: int
    auditor: str
    state: str
    verdict: str = ""
    """Label of the verdict, "" until there is one."""
    found: str = ""
    risk: str = ""
    """The risk left as the auditor rates it, in words."""
    done_at: datetime | None = None
    checks: tuple[CheckResult, ...] = ()

    @property
    def done(self) -> bool:
        """Whether there is a verdict."""
        return self.done_at is not None


@dataclass(frozen=True)
class KeptDraw:
    """A draw, with everything that is needed to draw it again."""

    number: int
    at: datetime
    by: str
    reason: str
    seed: str
    rule: tuple[str, ...]
    could: int
    frame_sha256: str
    """Digest of the whole frame, as the history names it."""
    file: str
    """Name of the frame in the pack."""
    whole: bool
    """False where lines are left out of it because an assessment was restricted since."""
    drawn: tuple[str, ...]


@dataclass(frozen=True)
class LookedAgain:
    """One time that a finding was looked at again, and what was seen."""

    result: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AuditFinding:
    """A finding with its answer and what was seen since."""

    ref: str
    case: str
    """Reference of the item, "" for one about the way of assessing."""
    about: str
    title: str
    condition: str
    criterion: str
    cause: str
    effect: str
    recommendation: str
    grade: str
    state: str
    raised_by: str
    raised_at: datetime
    answers: str
    response: str = ""
    response_words: str = ""
    responded_by: str = ""
    responded_at: datetime | None = None
    owner: str = ""
    due_on: date | None = None
    risk_taken_by: str = ""
    followed: str = ""
    followed_words: str = ""
    followed_by: str = ""
    followed_at: datetime | None = None
    before: tuple[LookedAgain, ...] = ()
    """Earlier times that it was looked at again, the oldest first."""


@dataclass(frozen=True)
class Opinion:
    """An opinion on assurance, on design and on operation."""

    ref: str
    scope: str
    design: str
    design_means: str
    """What the word means on the scale of that day."""
    design_reasons: str
    operation: str
    operation_means: str
    operation_reasons: str
    rests_on: str
    not_looked_at: str
    by: str
    at: datetime
    correction: str = ""
    """Why it takes the place of the one before it."""
    corrected_by: str = ""
    """Reference of the opinion that took its place; "" where it stands."""


@dataclass(frozen=True)
class PackFile:
    """A file of the evidence pack: its name, its SHA-256 and what it holds."""

    name: str
    sha256: str
    what: str


@dataclass(frozen=True)
class AuditReport:
    """Everything that is sealed. Frozen when the report is prepared."""

    reference: str
    organisation: str
    organisation_code: str
    programme: str
    rhythm: str
    audit: str
    """Reference of the run: the audit of one period."""
    period: str
    first_on: date
    last_on: date
    made_by: Person
    made_at: datetime
    draws: tuple[KeptDraw, ...]
    cases: tuple[AuditedCase, ...]
    findings: tuple[AuditFinding, ...]
    files: tuple[PackFile, ...]
    history_sequence: int
    history_sha256: str
    """Head of the organisation's chained history when the report was prepared."""
    opinions: tuple[Opinion, ...] = ()
    replaces: str = ""
    """Reference of the report about the same period before this one."""
    records_missing: tuple[str, ...] = ()
    """Decision records that were not sealed yet and so are not in the pack."""
    demonstration: bool = False

    @property
    def to_do(self) -> int:
        """How many items of the sample have no verdict."""
        return sum(1 for case in self.cases if not case.done)

    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """Return how often each verdict was given, the most frequent first; items without one come last."""
        count = Counter(case.verdict for case in self.cases if case.done)
        given = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
        return (*given, *((("No verdict yet", self.to_do),) if self.to_do else ()))

    def results(self) -> tuple[tuple[str, Counter[str]], ...]:
        """Return for each check, in their order, how often each result came of those audited."""
        found: dict[str, Counter[str]] = {}
        for case in self.cases:
            for check in case.checks if case.done else ():
                found.setdefault(check.title, Counter())[check.result] += 1
        return tuple(found.items())

    def canonical(self) -> str:
        """Return the canonical JSON text that is sealed and kept."""
        return decision.canonical(self, SCHEMA)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical text, in hexadecimal."""
        return decision.digest(self.canonical())
