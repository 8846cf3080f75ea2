"""A review that is carried out: the smallest valid thing is found, and it goes on."""

from __future__ import annotations

from datetime import datetime

from ehiia.domain.looking_back import Found, Turned, Worked
from ehiia.domain.vocabulary import ReviewOutcome
from ehiia.services import finishing, looking_back
from ehiia.services.looking_back import Ended, GivenAction, Open
from ehiia.services.transaction import read
from tests.factories import current

FOUND = Found(Turned.AS_PREDICTED, "It went as we said.", "Figures by group.")
WHY = "It stands as it is."


def opened(ref: str) -> Open:
    """Return the review as it is in the database now."""
    found = looking_back.opened(current(ref))
    read().rollback()
    return found


def answer_everything(ref: str, *, by: int, now: datetime, found: Found = FOUND) -> None:
    """Say of everything that was predicted that it went as predicted, and that every action worked."""
    for page in opened(ref).pages:
        given = {one.key: found for one in page.impacts}
        looking_back.save_page(ref, page.key, given, revision=page.revision, by=by, now=now)
    here = opened(ref)
    worked = {one.id: GivenAction(Worked.YES, "Forty rides a week.") for one in here.actions}
    looking_back.save_actions(ref, worked, revision=here.actions_revision, by=by, now=now)


def carry_out(
    ref: str, outcome: ReviewOutcome, *, by: int, now: datetime, happened: str = "As many people came."
) -> None:
    """Carry out the review that is planned, from the first page to the last."""
    answer_everything(ref, by=by, now=now)
    revision = opened(ref).review.revision
    read().rollback()
    finishing.finish(ref, Ended(outcome, happened, WHY), revision=revision, by=by, now=now)
