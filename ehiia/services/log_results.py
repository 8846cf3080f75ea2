"""What came out of a decision log, as everybody who audits may see it now, and what they confirm by hand.

What was found is kept as it was. An assessment that was restricted since is not shown: the decision comes
out as it would if nothing were there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.logged import UNSEEN, Candidate, Decision, Fate, Finder, Found, Known, by_hand
from ehiia.domain.reasons import Reason
from ehiia.services import people
from ehiia.services.decision_logs import newest_check, one_of
from ehiia.services.logged import all_known, known_by_id, known_by_ref
from ehiia.services.programmes import must_keep_audits
from ehiia.services.systems import Prepared
from ehiia.services.transaction import Invalid, NotFound, Refused, Stale, note, read, transaction
from ehiia.store.decision_logs import DecisionLog, LogAnswer, LogCheck, LoggedDecision

__all__ = ["Line", "Result", "answer", "checks_of", "prepared", "result"]

LONGEST = 1000
NAMED = 20


@dataclass(frozen=True)
class Line:
    """A row of a log as it stands now. ``said``: what somebody said of it by hand, the newest."""

    row: LoggedDecision
    found: Found
    said: LogAnswer | None
    said_by: str

    @property
    def number(self) -> int:
        """Number of the row in the file."""
        return self.row.line

    @property
    def fate(self) -> Fate:
        """How it stands."""
        return self.found.fate


@dataclass(frozen=True)
class Result:
    """What came out of a log. ``lines``: in the order of the file."""

    log: DecisionLog
    check: LogCheck
    lines: tuple[Line, ...]

    @cached_property
    def counts(self) -> Mapping[Fate, int]:
        """How many rows stand in each way."""
        return Counter(line.fate for line in self.lines)

    def of(self, fate: Fate) -> list[Line]:
        """Return the rows that stand in one way."""
        return [line for line in self.lines if line.fate is fate]

    def line(self, number: int) -> Line:
        """Return one row. Raises NotFound."""
        found = next((line for line in self.lines if line.number == number), None)
        if found is None:
            raise NotFound
        return found

    def after(self, number: int) -> int | None:
        """Return the next row that waits to be confirmed, going round, or None where none does."""
        waiting = [line.number for line in self.of(Fate.UNSURE)]
        return next((one for one in waiting if one > number), waiting[0] if waiting else None)


# -- reading -----------------------------------------------------------------------------------


def checks_of(log: DecisionLog) -> list[tuple[LogCheck, str]]:
    """Return every time a log was gone through with the name of who did, newest first."""
    rows = list(read().scalars(select(LogCheck).where(LogCheck.log_id == log.id).order_by(LogCheck.n.desc())))
    names = people.names({row.by for row in rows})
    return [(row, names.get(row.by, "")) for row in rows]


def result(
    organisation_id: int, log_id: int, n: int | None = None, *, session: Session | None = None
) -> Result:
    """Return what came out of a log when it was gone through last, or for the nth time.

    As many queries for many rows as for few. Raises NotFound, also where it was never gone through.
    """
    session = session or read()
    log = one_of(organisation_id, log_id, session=session)
    check = newest_check(log, session=session)
    if n is not None:
        check = session.scalar(select(LogCheck).where(LogCheck.log_id == log.id, LogCheck.n == n))
    if check is None:
        raise NotFound
    rows = session.scalars(
        select(LoggedDecision).where(LoggedDecision.check_id == check.id).order_by(LoggedDecision.line)
    ).all()
    said = {
        one.line: one
        for one in session.scalars(select(LogAnswer).where(LogAnswer.log_id == log.id).order_by(LogAnswer.id))
    }
    ids = set().union(*(_named_in(row) for row in rows))
    ids |= {one.assessment_id for one in said.values() if one.assessment_id}
    known = known_by_id(session, organisation_id, ids)
    shown = {
        line: one for line, one in said.items() if one.assessment_id is None or one.assessment_id in known
    }
    names = people.names({one.by for one in shown.values()}, session=session)
    hidden = {row.id for row in rows if not _named_in(row) <= known.keys()}
    finder = Finder(_known_then(session, check) if hidden else ())
    lines = tuple(
        _line(row, shown.get(row.line), known, names, finder if row.id in hidden else None) for row in rows
    )
    return Result(log, check, lines)


def _named_in(row: LoggedDecision) -> set[int]:
    """Return the ids of the assessments that stand in a row."""
    return {key for key in (row.assessment_id, *(one for one, _ in row.candidates)) if key}


def _known_then(session: Session, check: LogCheck) -> list[Known]:
    """Return the assessments that there were when a log was gone through, and that all may see now."""
    there = day_of(check.at)
    return [one for one in all_known(session, check.organisation_id) if one.versions[0].begun_on <= there]


def _line(
    row: LoggedDecision,
    said: LogAnswer | None,
    known: Mapping[int, Known],
    names: Mapping[int, str],
    finder: Finder | None,
) -> Line:
    """Return a row as it stands now. ``finder``: finds it anew where it names what is not shown any more."""
    if row.decided_on is None:
        return Line(row, Found(row.fate, _reasons(row)), None, "")
    decision = Decision(row.title, row.decided_on, row.reference, row.body, row.assessment, row.reason)
    if finder is not None:
        found = finder.find(decision)
    else:
        its_own = known[row.assessment_id] if row.assessment_id else None
        candidates = tuple(Candidate(known[key], why) for key, why in row.candidates)
        found = Found(row.fate, _reasons(row), its_own, candidates)
    if said is None:
        return Line(row, found, None, "")
    confirmed = by_hand(decision, known[said.assessment_id] if said.assessment_id else None)
    return Line(row, replace(confirmed, candidates=found.candidates), said, names.get(said.by, ""))


def _reasons(row: LoggedDecision) -> tuple[Reason, ...]:
    return tuple(Reason(rule, text) for rule, text in row.reasons)


def prepared(organisation_id: int, log_id: int) -> Prepared:
    """Return the words with which a finding about a log begins. Raises NotFound."""
    found = result(organisation_id, log_id)
    told = [
        f"{fate.label}: {len(found.of(fate))}{_titles(found.of(fate))}" for fate in (Fate.NONE, Fate.LATE)
    ]
    first = f"Decisions of the log “{found.log.file_name}” were matched with the register."
    return Prepared(
        "\n".join([first, *told]),
        "Due regard comes before and at the time of the decision. Equality Act 2010, section 149.",
    )


def _titles(lines: Sequence[Line]) -> str:
    more = [f"and {len(lines) - NAMED} more"] if len(lines) > NAMED else []
    return "".join(f"\n- {words}" for words in [*(line.row.title[:100] for line in lines[:NAMED]), *more])


# -- confirming --------------------------------------------------------------------------------


def answer(
    log_id: int,
    number: int,
    *,
    ref: str | None,
    words: str,
    seen: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Say by hand which assessment a decision has; ``ref`` None: there is none.

    ``seen``: id of what was said of it when the page was shown, 0 where nothing was. What was said before
    stays. Raises NotFound, NotAllowed, Refused where the row cannot be read, Stale, Invalid by field.
    """
    errors = {}
    if len(words.strip()) > LONGEST:
        errors["words"] = f"This must be {LONGEST:,} characters or fewer"
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        log = one_of(organisation_id, log_id, session=session, lock=True)
        line = result(organisation_id, log_id, session=session).line(number)
        if line.fate is Fate.UNREAD:
            raise Refused("This row cannot be read. Put it right in the log and upload that.")
        known = known_by_ref(session, organisation_id, ref) if ref is not None else None
        if ref is not None and known is None:
            errors["ref"] = f"“{ref[:60]}” was {UNSEEN}. Enter the reference as it stands on the assessment"
        if errors:
            raise Invalid(**errors)
        chosen = known.id if known else None
        said = line.said
        if said and (said.assessment_id, said.words, said.by) == (chosen, words.strip(), by):
            return
        if (said.id if said else 0) != seen:
            raise Stale
        session.add(
            LogAnswer(
                organisation_id=organisation_id,
                log_id=log.id,
                line=number,
                assessment_id=chosen,
                words=words.strip(),
                by=by,
                at=now,
            )
        )
        # without row and reference: the assessment may be restricted later, and the history stays
        note(
            session,
            "log_answered",
            organisation_id=organisation_id,
            subject=f"decision_log:{log.id}",
            by=by,
            at=now,
        )
