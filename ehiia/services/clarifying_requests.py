"""The clock of a request for information: clarification, and longer to weigh the public interest.

Where a request cannot be understood without more, nothing need be answered until that came (section 1(3) of
the Freedom of Information Act 2000), and the time runs from then (section 10(6)). Where a qualified exemption
is considered, the balance of public interest may take as long as is reasonable (section 10(3)), if whoever
asked is told in time, with an estimate of the day (section 17(2)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ehiia.clock import day_of
from ehiia.domain import foi as rules
from ehiia.domain.foi import RequestMove
from ehiia.domain.publishing import Exemption
from ehiia.domain.schedule import in_full
from ehiia.services.foi import row_of
from ehiia.services.foi_moves import count, day_error, keeper, noted, write
from ehiia.services.transaction import Invalid, transaction

__all__ = ["Extension", "ask", "extend", "receive"]


@dataclass(frozen=True)
class Extension:
    """Longer for the balance of public interest. ``told_on``: when whoever asked was told."""

    sections: tuple[Exemption, ...]
    reason: str
    told_on: date | None
    until: date | None


def ask(
    request_ref: str,
    words: str,
    asked_on: date | None,
    *,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Record that clarification was asked for; until it comes the time does not run.

    Raises NotFound, NotAllowed, Invalid by field, Refused, Stale.
    """
    with transaction() as session:
        keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        errors = {}
        if wrong := day_error(asked_on, first=row.received_on, why="it came", today=day_of(now)):
            errors["day"] = wrong
        if not words.strip():
            errors["words"] = "Enter what was asked"
        if errors:
            raise Invalid(**errors)
        values = {"asked_back_on": asked_on, "asked_back": words.strip()}
        fresh = {"clarified_on": None, "clarified": ""}
        if write(row, values | fresh, revision=revision, by=by, move=RequestMove.ASK):
            noted(session, row, "foi_asked_back", by, now, reason=words.strip())


def receive(
    request_ref: str,
    words: str,
    received_on: date | None,
    *,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Record the clarification; the answer is due by the twentieth working day after it.

    Raises NotFound, NotAllowed, Invalid by field, Refused, Stale.
    """
    with transaction() as session:
        keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        first, errors = row.asked_back_on or row.received_on, {}
        if wrong := day_error(received_on, first=first, why="it was asked for", today=day_of(now)):
            errors["day"] = wrong
        if not words.strip():
            errors["words"] = "Enter what was clarified"
        if errors:
            raise Invalid(**errors)
        values = {"clarified_on": received_on, "clarified": words.strip()}
        if write(row, values, revision=revision, by=by, move=RequestMove.CLARIFY):
            count(row)
            noted(session, row, "foi_clarified", by, now, due_on=row.due_on.isoformat(), reason=words.strip())


def extend(
    request_ref: str, given: Extension, *, revision: int, organisation_id: int, by: int, now: datetime
) -> None:
    """Take longer to weigh the public interest; whoever asked was told by the day of the answer.

    Raises NotFound, NotAllowed, Invalid by field, Refused, Stale.
    """
    with transaction() as session:
        keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        values = {
            "extended_for": [one.value for one in given.sections],
            "extension_reason": given.reason.strip(),
            "extended_on": given.told_on,
            "extended_to": given.until,
        }
        # A form that was sent twice is not judged again: by then the answer is due on the new day.
        if row.revision == revision and (errors := _errors(given, row.received_on, row.due_on, day_of(now))):
            raise Invalid(**errors)
        if write(row, values, revision=revision, by=by, move=RequestMove.EXTEND):
            count(row)
            sections = [one.label for one in given.sections]
            noted(session, row, "foi_extended", by, now, due_on=row.due_on.isoformat(), exemptions=sections)


def _errors(given: Extension, received_on: date, due_on: date, today: date) -> dict[str, str]:
    errors = {}
    if not given.sections or not all(rules.needs_test([one]) for one in given.sections):
        errors["sections"] = "Choose the sections for which the public interest is weighed"
    if not given.reason.strip():
        errors["reason"] = "Enter why more time is needed"
    if wrong := day_error(given.told_on, first=received_on, why="it came", today=today):
        errors["told_on"] = wrong
    elif given.told_on and given.told_on > due_on:
        errors["told_on"] = f"Whoever asked has to be told by {in_full(due_on)} (section 17(1))"
    if given.until is None or given.until <= due_on:
        errors["until"] = f"Enter a day later than {in_full(due_on)}, when the answer is due now"
    return errors
