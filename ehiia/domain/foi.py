"""Requests under the Freedom of Information Act 2000 (FOIA): their moves, their dates, what may be withheld.

An exemption is claimed by one person and approved by another. What a qualified exemption covers may be
withheld only where the public interest in withholding outweighs that in disclosing (section 2(2)(b)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from ehiia.domain.publishing import Exemption
from ehiia.domain.schedule import add_working_days
from ehiia.domain.vocabulary import Word

IN_FORCE_SINCE = date(2005, 1, 1)
"""Since when anybody may ask (section 1); an earlier day is a slip of the pen."""

WORKING_DAYS = 20
"""A request is answered promptly, and by the twentieth working day after it came (section 10(1))."""


class Requester(Word):
    """What kind of person or body asked. The Act asks nobody who they are or why they want to know."""

    PUBLIC = "public", "A member of the public"
    PRESS = "press", "A journalist"
    ELECTED = "elected", "A councillor or a Member of Parliament"
    COMMUNITY = "community", "A voluntary or community organisation"
    BUSINESS = "business", "A business"
    RESEARCHER = "researcher", "A researcher or student"
    PUBLIC_BODY = "public_body", "Another public body"
    OTHER = "other", "Somebody else, or not known"


class RequestState(Word):
    """Where a request is."""

    OPEN = "open", "Being answered"
    CLARIFYING = "clarifying", "Waits for clarification"
    TO_APPROVE = "to_approve", "Exemption waits for approval"
    APPROVED = "approved", "Exemption approved, to be answered"
    CLOSED = "closed", "Closed"
    REVIEWING = "reviewing", "In internal review"
    REVIEWED = "reviewed", "Closed after an internal review"


RUNNING = frozenset({RequestState.OPEN, RequestState.TO_APPROVE, RequestState.APPROVED})
"""States in which the time for the answer runs."""
OPEN = RUNNING | {RequestState.CLARIFYING, RequestState.REVIEWING}
"""States in which something is still to be done."""


class Answered(Word):
    """How a request ended."""

    FULL = "full", "Released in full"
    PART = "part", "Released in part", "The rest is withheld under an approved exemption."
    REFUSED = "refused", "Refused", "All of it is withheld under an approved exemption."
    NOT_HELD = "not_held", "Not held"
    WITHDRAWN = "withdrawn", "Withdrawn by whoever asked"
    UNCLEAR = "unclear", "Not clear enough to be answered", "What was asked for to clarify it never came."


class ReviewedAs(Word):
    """How an internal review ended."""

    STANDS = "stands", "The answer stands"
    PART = "part", "The answer is changed in part"
    CHANGED = "changed", "The answer is changed"


class Released(Word):
    """What kind of thing was released."""

    EDITION = "edition", "Edition"
    RECORD = "record", "Record"
    DOCUMENT = "document", "Document"


class RequestMove(Word):
    """What is done with a request."""

    CLAIM = "claim", "Claim an exemption"
    APPROVE = "approve", "Approve the exemption"
    RETURN = "return", "Send the exemption back"
    ANSWER = "answer", "Close with an answer"
    WITHHOLD = "withhold", "Close with an answer that withholds something"
    LAPSE = "lapse", "Close because nothing came that clarifies it"
    ASK = "ask", "Ask for clarification"
    CLARIFY = "clarify", "Record the clarification"
    EXTEND = "extend", "Take longer to weigh the public interest"
    ASK_REVIEW = "ask_review", "Record that an internal review is asked for"
    REVIEW = "review", "End the internal review"


class Who(Word):
    """Who makes a move."""

    KEEPER = "keeper", "Those who keep the log"
    APPROVER = "approver", "Whoever was asked to approve the exemption, and claimed none of it"
    REVIEWER = "reviewer", "Whoever was asked to review the answer, and gave no part of it"


@dataclass(frozen=True)
class Step:
    """A move: from where, to where, and who makes it."""

    before: RequestState
    move: RequestMove
    after: RequestState
    who: Who = Who.KEEPER


STEPS: tuple[Step, ...] = (
    Step(RequestState.OPEN, RequestMove.ASK, RequestState.CLARIFYING),
    Step(RequestState.CLARIFYING, RequestMove.CLARIFY, RequestState.OPEN),
    Step(RequestState.CLARIFYING, RequestMove.ANSWER, RequestState.CLOSED),
    Step(RequestState.CLARIFYING, RequestMove.LAPSE, RequestState.CLOSED),
    *(Step(state, RequestMove.EXTEND, state) for state in RequestState if state in RUNNING),
    *(Step(state, RequestMove.CLAIM, RequestState.TO_APPROVE) for state in RequestState if state in RUNNING),
    Step(RequestState.TO_APPROVE, RequestMove.APPROVE, RequestState.APPROVED, Who.APPROVER),
    Step(RequestState.TO_APPROVE, RequestMove.RETURN, RequestState.OPEN, Who.APPROVER),
    Step(RequestState.OPEN, RequestMove.ANSWER, RequestState.CLOSED),
    Step(RequestState.APPROVED, RequestMove.ANSWER, RequestState.CLOSED),
    Step(RequestState.APPROVED, RequestMove.WITHHOLD, RequestState.CLOSED),
    Step(RequestState.CLOSED, RequestMove.ASK_REVIEW, RequestState.REVIEWING),
    Step(RequestState.REVIEWING, RequestMove.ASK_REVIEW, RequestState.REVIEWING),
    Step(RequestState.REVIEWING, RequestMove.REVIEW, RequestState.REVIEWED, Who.REVIEWER),
)
"""What is not in it is refused."""
MOVES = {(step.before, step.move): step for step in STEPS}


def reached(state: RequestState, move: RequestMove) -> bool:
    """Say whether a move may have led to this state."""
    return any(step.after is state for step in STEPS if step.move is move)


class Ground(Word):
    """Why a request may be refused without an exemption, with its section of the Act."""

    COST = "s12", "Section 12: answering would cost more than the limit"
    VEXATIOUS = "s14_1", "Section 14(1): the request is vexatious"
    REPEATED = "s14_2", "Section 14(2): the same was asked before"


CLAIMS: tuple[Exemption | Ground, ...] = (*Ground, *Exemption)
"""What can be claimed, in the order of the Act."""
ABSOLUTE = frozenset({Exemption.ELSEWHERE, Exemption.PERSONAL, Exemption.CONFIDENCE, Exemption.OTHER_LAW})
"""Exemptions without a public-interest test (section 2(3); section 40 in most cases)."""

RELEASES = frozenset({Answered.FULL, Answered.PART})
_CLOSES = {
    Answered.PART: RequestMove.WITHHOLD,
    Answered.REFUSED: RequestMove.WITHHOLD,
    Answered.UNCLEAR: RequestMove.LAPSE,
}


def closed_by(outcome: Answered) -> RequestMove:
    """Return the move that closes a request with this outcome."""
    return _CLOSES.get(outcome, RequestMove.ANSWER)


def due_on(
    received_on: date,
    holidays: Collection[date],
    *,
    clarified_on: date | None = None,
    extended_to: date | None = None,
) -> date:
    """Return the last day for the answer; the day on which the request came is not counted.

    ``holidays``: bank holidays in any part of the United Kingdom (section 10(6)). ``clarified_on``: when the
    further information came that was needed to find what is asked for; the request counts as received on
    that day (sections 1(3) and 10(6)). ``extended_to``: until when the public interest is weighed
    (section 10(3)).
    """
    came = max(received_on, clarified_on or received_on)
    last = add_working_days(came, WORKING_DAYS, holidays)
    return max(last, extended_to or last)


def claimed(value: str) -> Exemption | Ground:
    """Return what a stored word claims. Raises ValueError for a word that is none."""
    return Ground(value) if value in set(Ground) else Exemption(value)


def needs_test(claims: Iterable[Exemption | Ground]) -> bool:
    """Say whether the public interest must be weighed for one of these."""
    return any(isinstance(one, Exemption) and one not in ABSOLUTE for one in claims)
