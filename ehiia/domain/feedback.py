"""What the public says of a published assessment: what may be sent, and what becomes of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ehiia.domain.vocabulary import Word


class FeedbackState(Word):
    """What became of it. None of it is public by itself."""

    WAITS = "waits", "Waits for an answer"
    REPLIED = "replied", "Answered"
    REVIEW = "review", "Led to a review being asked for"
    NOTED = "noted", "Noted, nothing to be done"
    SPAM = "spam", "Spam"


MAILED = frozenset({FeedbackState.REPLIED, FeedbackState.NOTED, FeedbackState.REVIEW})
"""What it has become when the words of it may be mailed to whoever left an address."""


def becomes(state: FeedbackState) -> tuple[FeedbackState, ...]:
    """Return what somebody who answers may make of it; what led to a review stays that."""
    if state is FeedbackState.REVIEW:
        return (FeedbackState.REVIEW,)
    return tuple(one for one in FeedbackState if one is not FeedbackState.REVIEW)


LONGEST = 4000
MOST_LINKS = 2
"""What has more web addresses in it than this is refused: advertisements do."""
QUICKEST = timedelta(seconds=4)
"""Nobody reads and fills in a form in less."""
LONGEST_OPEN = timedelta(hours=12)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def links_in(text: str) -> int:
    """Count the web addresses in a text."""
    return len(_LINK.findall(text))


def too_quick(opened_at: datetime, now: datetime) -> bool:
    """Say whether a form came back before anybody could have filled it in."""
    return now - opened_at < QUICKEST


def too_old(opened_at: datetime, now: datetime) -> bool:
    """Say whether a form was open for so long that it is opened anew."""
    return now - opened_at > LONGEST_OPEN or opened_at > now
