"""Internal review of the answer to a request for information: whoever asked is not content with it.

Somebody looks at it anew who had no part in the answer. By when is the organisation's own time limit.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.holidays import bank_holidays
from ehiia.domain.foi import RequestMove, ReviewedAs
from ehiia.domain.schedule import add_working_days
from ehiia.services import organisations, people
from ehiia.services.foi import must_see, row_of
from ehiia.services.foi_moves import day_error, judges, keeper, noted, tell, write
from ehiia.services.transaction import Invalid, transaction
from ehiia.store.foi import FoiRequest

__all__ = ["ask", "end", "reviewers"]


def reviewers(row: FoiRequest, *, today: date, session: Session | None = None) -> dict[int, str]:
    """Return who may be asked to review the answer: nobody who had a part in it."""
    part = {row.claimed_by, row.approver_id, row.answered_by}
    return judges(row.organisation_id, without=part, today=today, session=session)


def ask(
    request_ref: str,
    words: str,
    asked_on: date | None,
    reviewer_id: int | None,
    *,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Record that an internal review is asked for, and who does it, or somebody else does it; they are told.

    Raises NotFound, NotAllowed, Invalid by field, Refused, Stale.
    """
    today = day_of(now)
    with transaction() as session:
        keeper(session, organisation_id, by, now)
        row = row_of(session, organisation_id, request_ref, lock=True)
        errors = {}
        first = row.answered_on or row.received_on
        if wrong := day_error(asked_on, first=first, why="it was answered", today=today):
            errors["day"] = wrong
        if not words.strip():
            errors["words"] = "Enter what they are not content with"
        if reviewer_id not in reviewers(row, today=today, session=session):
            errors["reviewer_id"] = "Choose who reviews it: somebody who had no part in the answer"
        if errors or asked_on is None:
            raise Invalid(**errors)
        days = organisations.settings_of(
            organisations.get(organisation_id, session=session)
        ).information_review_days
        values = {
            "review_asked_on": asked_on,
            "review_asked": words.strip(),
            "reviewer_id": reviewer_id,
            "review_due_on": add_working_days(asked_on, days, bank_holidays()),
        }
        if write(row, values, revision=revision, by=by, move=RequestMove.ASK_REVIEW):
            noted(session, row, "foi_review_asked", by, now, reason=words.strip())
            tell(session, row, "foi_to_review", reviewer_id, by, now, due_on=row.review_due_on)


def end(
    request_ref: str,
    reviewed_as: ReviewedAs | None,
    found: str,
    reviewed_on: date | None,
    *,
    revision: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> None:
    """Say how an internal review ended; whoever gave the answer is told.

    Raises NotFound, NotAllowed for everybody but the reviewer, Invalid by field, Refused, Stale.
    """
    with transaction() as session:
        must_see(people.actor_of(by, today=day_of(now), session=session), organisation_id)
        row = row_of(session, organisation_id, request_ref, lock=True)
        errors = {}
        first = row.review_asked_on or row.received_on
        if wrong := day_error(reviewed_on, first=first, why="it was asked for", today=day_of(now)):
            errors["day"] = wrong
        if reviewed_as is None:
            errors["reviewed_as"] = "Choose how the review ended"
        if not found.strip():
            errors["found"] = "Enter what the review found, and what was answered"
        if errors or reviewed_as is None:
            raise Invalid(**errors)
        values = {"reviewed_as": reviewed_as, "review_found": found.strip(), "reviewed_on": reviewed_on}
        if write(row, values, revision=revision, by=by, move=RequestMove.REVIEW):
            noted(session, row, "foi_reviewed", by, now, outcome=reviewed_as.label)
            tell(session, row, "foi_reviewed", row.answered_by, by, now, how=reviewed_as.label.lower())
