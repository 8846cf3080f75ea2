"""Requests under the Freedom of Information Act 2000 (FOIA): by when they are answered, what may be withheld.

An exemption is claimed by one person and approved by another. What a qualified exemption covers may be
withheld only where the public interest in withholding outweighs that in disclosing (section 2(2)(b)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from ehiia.domain.publishing import Exemption
from ehiia.domain.schedule import add_working_days
from ehiia.domain.vocabulary import Word

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
    TO_APPROVE = "to_approve", "Exemption waits for approval"
    APPROVED = "approved", "Exemption approved, to be answered"
    CLOSED = "closed", "Closed"


class Answered(Word):
    """How a request ended."""

    FULL = "full", "Released in full"
    PART = "part", "Released in part", "The rest is withheld under an approved exemption."
    REFUSED = "refused", "Refused", "All of it is withheld under an approved exemption."
    NOT_HELD = "not_held", "Not held"
    WITHDRAWN = "withdrawn", "Withdrawn by whoever asked"


class RequestMove(Word):
    """What is done with a request."""

    CLAIM = "claim", "Claim an exemption"
    APPROVE = "approve", "Approve the exemption"
    RETURN = "return", "Send the exemption back"
    ANSWER = "answer", "Close with an answer"


MOVES: dict[tuple[RequestState, RequestMove], RequestState] = {
    (RequestState.OPEN, RequestMove.CLAIM): RequestState.TO_APPROVE,
    (RequestState.TO_APPROVE, RequestMove.CLAIM): RequestState.TO_APPROVE,
    (RequestState.APPROVED, RequestMove.CLAIM): RequestState.TO_APPROVE,
    (RequestState.TO_APPROVE, RequestMove.APPROVE): RequestState.APPROVED,
    (RequestState.TO_APPROVE, RequestMove.RETURN): RequestState.OPEN,
    (RequestState.OPEN, RequestMove.ANSWER): RequestState.CLOSED,
    (RequestState.APPROVED, RequestMove.ANSWER): RequestState.CLOSED,
}
"""From, move: to. What is not in it is refused."""


class Ground(Word):
    """Why a request may be refused without an exemption, with its section of the Act."""

    COST = "s12", "Section 12: answering would cost more than the limit"
    VEXATIOUS = "s14_1", "Section 14(1): the request is vexatious"
    REPEATED = "s14_2", "Section 14(2): the same was asked before"


CLAIMS: tuple[Exemption | Ground, ...] = (*Ground, *Exemption)
"""What can be claimed, in the order of the Act."""
ABSOLUTE = frozenset({Exemption.ELSEWHERE, Exemption.PERSONAL, Exemption.CONFIDENCE, Exemption.OTHER_LAW})
"""Exemptions without a public-interest test (section 2(3); section 40 in most cases)."""

WITHHOLDS = frozenset({Answered.PART, Answered.REFUSED})
RELEASES = frozenset({Answered.FULL, Answered.PART})


def due_on(received_on: date, holidays: Collection[date]) -> date:
    """Return the last day for the answer; the day on which the request came is not counted.

    ``holidays``: bank holidays in any part of the United Kingdom (section 10(6)).
    """
    return add_working_days(received_on, WORKING_DAYS, holidays)


def claimed(value: str) -> Exemption | Ground:
    """Return what a stored word claims. Raises ValueError for a word that is none."""
    return Ground(value) if value in set(Ground) else Exemption(value)


def needs_test(claims: Iterable[Exemption | Ground]) -> bool:
    """Say whether the public interest must be weighed for one of these."""
    return any(isinstance(one, Exemption) and one not in ABSOLUTE for one in claims)
