"""Decision logs: which decision of a log had which assessment, and whether that was finished in time.

A log names an assessment by its reference, or a person confirms a candidate that shares words of the title
and the day or the body. Only assessments that everybody who audits may see are given to these functions: to
a log, what is restricted is not there (``services.decision_logs``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ehiia.domain.reasons import Reason
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Word

NEAR = 7
"""Days between a decision and a meeting that may be the same."""
MOST_CANDIDATES = 3
UNSEEN = "not found among what you may see"
"""Said alike of what does not exist, of what is restricted and of what belongs to others."""


class Fate(Word):
    """How a decision of a log came out; what asks for somebody's attention first."""

    NONE = "none", "No assessment found", "Ask who decided it, or name its assessment by hand."
    LATE = (
        "late",
        "Assessed after the decision",
        "The assessment was not finished on the day of the decision.",
    )
    UNSURE = "unsure", "To be confirmed by hand", "An assessment may be the one; somebody has to say so."
    UNREAD = "unread", "Cannot be read", "It is not matched until it is put right in the log."
    EARLIER = (
        "earlier",
        "Assessed before, on paper",
        "Whether it was finished in time stands in the paper, which is kept elsewhere.",
    )
    EXPLAINED = "explained", "Said to need none", "The log says why nothing was assessed."
    MATCHED = "matched", "Assessed in time", "The assessment was finished by the day of the decision."


@dataclass(frozen=True)
class Decision:
    """A decision as it stands in a log. ``assessment``: what the log calls its assessment, or ""."""

    title: str
    decided_on: date
    reference: str = ""
    body: str = ""
    assessment: str = ""
    reason: str = ""
    """Why nothing was assessed, where the log says so."""


@dataclass(frozen=True)
class Version:
    """A version of an assessment: when it was begun, and when it was finished (perhaps more than once).

    ``elsewhere``: it was made before this system, and the paper is kept elsewhere.
    """

    begun_on: date
    finished_on: tuple[date, ...] = ()
    decided_on: tuple[date, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class Known:
    """What is known of an assessment when a log is matched. ``versions``: oldest first, one at least."""

    id: int
    ref: str
    title: str
    versions: tuple[Version, ...]
    bodies: tuple[str, ...] = ()
    """Names of the bodies on its route."""
    meetings: tuple[date, ...] = ()
    old_ref: str = ""
    """Its reference in the register from before, or ""."""


@dataclass(frozen=True)
class Candidate:
    """An assessment that may be the one, and what speaks for it."""

    known: Known
    why: str


@dataclass(frozen=True)
class Found:
    """How a decision came out, with the reasons. ``known``: its assessment, where there is one."""

    fate: Fate
    reasons: tuple[Reason, ...]
    known: Known | None = None
    candidates: tuple[Candidate, ...] = ()


# -- in time or not ------------------------------------------------------------------------------


def version_at(known: Known, day: date) -> Version:
    """Return the version that a decision of this day was about.

    That which was decided on the day; else the newest that had been begun; else the first.
    """
    decided = [one for one in known.versions if day in one.decided_on]
    begun = [one for one in known.versions if one.begun_on <= day]
    return (decided or begun or [known.versions[0]])[-1]


def in_time(known: Known, decided_on: date) -> tuple[Fate, Reason]:
    """Say whether an assessment was finished by the day of a decision (rules LOG-02, LOG-06, LOG-09)."""
    version = version_at(known, decided_on)
    if version.elsewhere:
        return Fate.EARLIER, Reason("LOG-09", "It was assessed before, and the paper is kept elsewhere.")
    by_then = [day for day in version.finished_on if day <= decided_on]
    if by_then:
        return Fate.MATCHED, Reason("LOG-06", f"It was finished on {in_full(max(by_then))}.")
    if version.begun_on > decided_on:
        text = f"It was begun on {in_full(version.begun_on)}, after the decision."
    elif version.finished_on:
        text = f"It was finished on {in_full(min(version.finished_on))}, after the decision."
    else:
        text = f"It was begun on {in_full(version.begun_on)} and is not finished."
    return Fate.LATE, Reason("LOG-02", text)


# -- finding the assessment ----------------------------------------------------------------------

_TERM = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(r"[^\s,;]+")
_COMMON = """
a an and approval approve approved approving as assessment at business by care case decision equality for
from future health impact in integrated nhs of on option options or our paper plan proposal proposals
proposed recommendation report review service services the to update with
"""
COMMON = frozenset(_COMMON.split())
"""Words that stand in so many titles that they tell nothing apart."""


def terms(text: str) -> frozenset[str]:
    """Return the words of a text that tell it apart, in lower case and in the singular."""
    return frozenset(_singular(one) for one in _TERM.findall(text.casefold()) if one not in COMMON)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class Finder:
    """Finds the assessment of a decision among those that are known; built once for all rows of a log."""

    def __init__(self, known: Iterable[Known]) -> None:
        """Index the assessments by reference and by the words of their titles."""
        self._by_ref: dict[str, Known] = {}
        self._terms: dict[int, frozenset[str]] = {}
        self._by_term: dict[str, list[Known]] = {}
        for one in known:
            self._by_ref |= {ref.casefold(): one for ref in (one.old_ref, one.ref) if ref}
            self._terms[one.id] = terms(one.title)
            for term in self._terms[one.id]:
                self._by_term.setdefault(term, []).append(one)

    def named(self, text: str) -> Known | None:
        """Return the first assessment whose reference stands in a text, or None."""
        refs = (one.strip(".()[]").casefold() for one in (text.strip(), *_REFERENCE.findall(text)))
        return next((self._by_ref[ref] for ref in refs if ref in self._by_ref), None)

    def find(self, decision: Decision) -> Found:
        """Say how a decision comes out, before anybody looked at it (rules LOG-01 to LOG-06, LOG-09)."""
        known = self.named(decision.assessment)
        if known is not None:
            here = known.ref.casefold() in decision.assessment.casefold()
            how = "" if here else f" by its old reference {known.old_ref}"
            named = Reason("LOG-03", f"The log names {known.ref}{how}.")
            fate, dated = in_time(known, decision.decided_on)
            return Found(fate, (named, dated), known)
        candidates = () if decision.reason else self._candidates(decision)
        if not candidates:
            return _nothing(decision)
        several = "One of these may be its assessment" if candidates[1:] else "This may be its assessment"
        return Found(Fate.UNSURE, (Reason("LOG-04", f"{several}."),), candidates=candidates)

    def _candidates(self, decision: Decision) -> tuple[Candidate, ...]:
        wanted = terms(decision.title)
        shared = Counter(one.id for term in wanted for one in self._by_term.get(term, ()))
        by_id = {one.id: one for term in wanted for one in self._by_term.get(term, ())}
        ranked: list[tuple[float, str, Candidate]] = []
        for key, count in shared.items():
            known = by_id[key]
            of = len(self._terms[key])
            alike = 2 * count / (len(wanted) + of)
            if count < 2 and alike < 1:  # one word in common says nothing by itself
                continue
            met = _met(known, decision.decided_on)
            body = _body(known, decision.body)
            if not (alike >= 0.5 or met or (body and alike >= 1 / 3)):
                continue
            why = "; ".join(part for part in (f"{count} of {of} words of the title", met, body) if part)
            points = alike + (0.25 if met else 0) + (0.15 if body else 0)
            ranked.append((-points, known.ref, Candidate(known, why)))
        return tuple(one for _, _, one in sorted(ranked, key=lambda at: at[:2])[:MOST_CANDIDATES])


def _met(known: Known, day: date) -> str:
    days = {*known.meetings, *(on for version in known.versions for on in version.decided_on)}
    close = min(days, key=lambda on: (abs((on - day).days), on), default=None)
    if close is None or abs((close - day).days) > NEAR:
        return ""
    return "the same day" if close == day else f"a meeting on {in_full(close)}"


def _body(known: Known, body: str) -> str:
    said = set(_TERM.findall(body.casefold())) - {"the", "of", "and"}
    for name in known.bodies:
        words = set(_TERM.findall(name.casefold())) - {"the", "of", "and"}
        if said and words and (said <= words or words <= said):
            return f"the same body, {name}"
    return ""


def _nothing(decision: Decision) -> Found:
    """Return how a decision comes out of which nothing is found (rule LOG-01), or none is needed."""
    if decision.reason:
        return Found(Fate.EXPLAINED, (Reason("LOG-05", f"The log says: {decision.reason}"),))
    named = f"The log names “{decision.assessment}”, which was {UNSEEN}." if decision.assessment else ""
    text = named or f"An assessment like it was {UNSEEN}."
    return Found(Fate.NONE, (Reason("LOG-01", text),))


def by_hand(decision: Decision, known: Known | None) -> Found:
    """Say how a decision comes out when somebody named its assessment, or said that there is none."""
    if known is None and decision.reason:
        return _nothing(decision)
    if known is None:
        return Found(Fate.NONE, (Reason("LOG-01", f"Somebody looked: an assessment was {UNSEEN}."),))
    named = Reason("LOG-07", f"Somebody confirmed that it is {known.ref}.")
    fate, dated = in_time(known, decision.decided_on)
    return Found(fate, (named, dated), known)


# -- reading rows --------------------------------------------------------------------------------


class Column(Word):
    """What a column of a log says."""

    TITLE = "title", "What was decided"
    DECIDED_ON = "decided_on", "Day of the decision"
    REFERENCE = "reference", "Reference of the decision"
    BODY = "body", "Who decided"
    ASSESSMENT = "assessment", "Reference of the assessment"
    REASON = "reason", "Why no assessment was needed"


HEADINGS: Sequence[tuple[Column, tuple[str, ...]]] = (
    (
        Column.REASON,
        ("screened out", "not assessed", "no assessment", "not needed", "not required", "exempt"),
    ),
    (Column.ASSESSMENT, ("ehiia", "eqia", "eia", "ehia", "iia", "impact assessment", "assessment")),
    (Column.DECIDED_ON, ("decision date", "decided on", "date decided", "meeting date", "date")),
    (Column.BODY, ("decided by", "taken by", "made by", "decision maker", "body", "committee", "board")),
    (Column.REFERENCE, ("reference", "ref", "decision number", "decision id", "number", "no", "id")),
    (Column.TITLE, ("title", "subject", "decision", "proposal", "item", "topic", "description")),
)
"""What columns are called, the most particular first: each takes the first heading with all these words."""


def guess(header: Sequence[str]) -> dict[Column, int]:
    """Return which column seems to say what, by its heading; a column is taken once."""
    words = [frozenset(_TERM.findall(heading.casefold())) for heading in header]
    found: dict[Column, int] = {}
    for column, phrases in HEADINGS:
        for at in _fitting(words, phrases):
            if at not in found.values():
                found[column] = at
                break
    return found


def _fitting(words: Sequence[frozenset[str]], phrases: Iterable[str]) -> Iterator[int]:
    for phrase in phrases:
        wanted = frozenset(phrase.split())
        fitting = [at for at, heading in enumerate(words) if wanted <= heading]
        yield from sorted(fitting, key=lambda at: len(words[at]))  # "Decision", not "Reason for decision"
