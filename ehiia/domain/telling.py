"""How a person chooses to be told, and when the message of a day goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from ehiia.domain.schedule import is_working_day, on_or_after
from ehiia.domain.vocabulary import Word

DIGEST_AT = time(8, 0)
"""From this time of a working day on, in London, the message of the day goes out."""


class Telling(Word):
    """What is sent at once and what waits for the message of the day."""

    URGENT_AT_ONCE = (
        "urgent_at_once",
        "What is urgent at once, the rest once a day",
        "What waits for you, is late or was decided comes at once. Everything else comes in one message on "
        "the morning of a working day.",
    )
    DAILY = (
        "daily",
        "Everything once a day",
        "One message on the morning of a working day, with what is urgent too. Something urgent may reach "
        "you a day later, or after a weekend.",
    )
    AT_ONCE = "at_once", "Everything at once", "A message of its own for each thing, as it happens."


class DateKind(Word):
    """What stands in calendars."""

    MITIGATION = "mitigation", "Mitigating action"
    REVIEW = "review", "Review"
    MEETING = "meeting", "Meeting that decides"
    FINDING = "finding", "Finding of an audit, to be put right"


def alone(choice: Telling, *, urgent: bool) -> bool:
    """Say whether something is told in a message of its own, at once."""
    return choice is Telling.AT_ONCE or (urgent and choice is Telling.URGENT_AT_ONCE)


def digest_day(local: datetime, holidays: Collection[date], *, reminder: bool = False) -> date:
    """Return the working day whose digest tells something that happened at a moment in London.

    What happens before ``DIGEST_AT`` on a working day is told on that day; later things on the next one.
    ``reminder``: worked out for the digest of the day itself, however late in the day that was.
    """
    today = local.date()
    in_time = reminder or local.time() < DIGEST_AT
    if in_time and is_working_day(today, holidays):
        return today
    return on_or_after(today + timedelta(days=1), holidays)
