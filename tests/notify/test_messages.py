"""What people are told: plain words, what to do, by when, and nothing of a restricted proposal."""

from __future__ import annotations

from datetime import date

import pytest

from ehiia.notify import messages
from ehiia.notify.messages import PRIVATE, TEMPLATES, MissingValue, UnknownMessage, Value, needs, render

EVERYTHING: dict[str, Value] = {
    "ref": "SNEE-2026-014",
    "title": "Closing the branch surgery",
    "item": "SNEE-2026-014-M3",
    "what": "A minibus on Tuesdays",
    "pages": "The proposal; Disability",
    "comment": "The evidence on carers is thin",
    "meeting": "Board in private about the surgery",
    "by": "Amina Okafor",
    "body": "An alliance committee",
    "part": "Contributor",
    "owner": "Grace Hill",
    "organisation": "An ICB",
    "how": "in full",
    "of": "A bus to the new surgery",
    "wrote_on": date(2027, 2, 1),
    "reply": "It now runs until nine.",
    "days": 365,
    "public_from": date(2027, 4, 1),
    "programme": "Actions, every quarter",
    "period": "January to March 2027",
    "design": "Moderate",
    "operation": "Limited",
    "claim": "On track",
    "items": "Author: SNEE-2026-014",
    "until": date(2027, 3, 29),
    "decision": "Approved with conditions",
    "meeting_on": date(2027, 3, 25),
    "check_by": date(2027, 3, 11),
    "due_on": date(2027, 3, 1),
    "review_on": date(2027, 5, 4),
    "in_days": "in 7 days",
    "days_ago": "7 days ago",
    "valid_for": "2 hours",
    "moved": 2,
    "kept": 1,
    "email": "amina@example.org",
    "path": "/assessments/SNEE-2026-014/",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_message_says_what_to_do_and_why_you_get_it(name: str) -> None:
    message = render(name, EVERYTHING, public_url="https://ehiia.example.nhs.uk/")
    assert message.body.count(messages.PRODUCT) == 1
    assert "because " in message.body
    assert "{" not in message.subject + message.body
    assert "\n" not in message.subject
    if name != "test_mail":
        assert "https://ehiia.example.nhs.uk/assessments/SNEE-2026-014/" in message.body


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_restricted_assessment_is_named_by_its_reference_only(name: str) -> None:
    message = render(name, EVERYTHING, public_url="https://x", restricted=True)
    for key in PRIVATE:
        assert str(EVERYTHING[key]) not in message.subject + message.body


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_message_does_with_what_it_says_it_needs(name: str) -> None:
    values = {key: value for key, value in EVERYTHING.items() if key in needs(name)}
    values["link"] = "https://x/y"
    assert "{" not in render(name, values).body


@pytest.mark.parametrize("name", sorted(name for name in TEMPLATES if needs(name) - {"link"}))
def test_a_message_that_lacks_something_is_not_sent(name: str) -> None:
    for key in needs(name) - {"link"}:
        values = {other: value for other, value in EVERYTHING.items() if other != key}
        with pytest.raises(MissingValue, match=key):
            render(name, values)


def test_an_overdue_action_reads_like_a_letter() -> None:
    message = render("mitigation_overdue", EVERYTHING, public_url="https://x")
    assert message.urgent
    assert message.subject == "EHIIA: Overdue: mitigating action SNEE-2026-014-M3"
    assert message.body.startswith(
        "The mitigating action SNEE-2026-014-M3 of “Closing the branch surgery” (SNEE-2026-014) "
        "was due on Monday 1 March 2027, 7 days ago.\n\nThe action: A minibus on Tuesdays\n\n"
    )


def test_a_title_with_line_breaks_and_braces_stays_one_subject_line() -> None:
    values = EVERYTHING | {"title": "Evil\r\nBcc: all@example.org {by}" + "x" * 400}
    message = render("sent_back", values)
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert len(message.subject) == messages.SUBJECT_LENGTH
    assert "{by}" in message.body  # what people typed is never a template


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(UnknownMessage):
        render("hello", {})


def test_days_in_words() -> None:
    assert [messages.in_days(n) for n in (0, 1, 7)] == ["today", "tomorrow", "in 7 days"]
    assert [messages.days_ago(n) for n in (1, 14)] == ["yesterday", "14 days ago"]
