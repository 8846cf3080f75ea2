"""What is sent at once has a reason that people can read; the digest is plain text."""

from __future__ import annotations

import pytest

from ehiia.notify import at_once, digest
from ehiia.notify.messages import TEMPLATES


def test_every_reason_belongs_to_a_message_that_there_is() -> None:
    assert set(at_once.REASONS) <= set(TEMPLATES)
    assert set(at_once.REASONS.values()) <= {why for _, why in at_once.WORDS}
    assert {at_once.LATE, at_once.LAST_DAY} <= {why for _, why in at_once.WORDS}


def test_what_is_late_or_on_its_last_day_does_not_wait_and_a_reminder_in_time_does() -> None:
    assert at_once.reason("mitigation_overdue_director") == at_once.LATE
    assert at_once.reason("mitigation_due", last_day=True) == at_once.LAST_DAY
    assert at_once.reason("mitigation_due") == ""
    assert at_once.reason("decided") == at_once.DECIDED


def test_a_digest_says_how_many_and_groups_what_belongs_together() -> None:
    one = digest.Item("EHIIA: A", "Said.\nAgain.", "https://x/a", "Surgery", "https://x/s")
    other = digest.Item("EHIIA: B", "", "")
    made = digest.compose([one, other, one], choose="https://x/account/messages")
    assert made.subject == "EHIIA: 3 things for you"
    assert made.body.count("Surgery\nhttps://x/s") == 1
    assert "* A\n  Said.\n  Again.\n  https://x/a" in made.body
    assert "Other things\n\n* B\n" in made.body
    assert "\r" not in made.body


def test_a_digest_of_nothing_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="nothing"):
        digest.compose([], choose="")
