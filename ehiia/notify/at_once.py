"""What does not wait for the digest of the day, and why."""

from __future__ import annotations

from ehiia.notify.messages import TEMPLATES

LATE = "It is late or was undone: people may be worse off until somebody acts."
LAST_DAY = "No working day is left before the date."
ASKED = "Somebody waits for you before they can go on."
GIVEN = "It was given to you now, and you may want to say no or ask."
DECIDED = "A decision changes what may be done from now on."
WHILE_IT_OPENS = "It can be put right only while it is new."

REASONS: dict[str, str] = {
    "submitted_to_director": ASKED,
    "waiting_for_check": ASKED,
    "waiting_for_countersignature": ASKED,
    "waiting_for_decision": ASKED,
    "entered_for_confirmation": ASKED,
    "asked_to_sign": ASKED,
    "advice_asked": ASKED,
    "sent_back": ASKED,
    "countersignature_refused": ASKED,
    "mitigation_given": GIVEN,
    "mitigation_declined": ASKED,
    "mitigation_date_asked": ASKED,
    "pages_given": GIVEN,
    "handed_over": GIVEN,
    "invited": GIVEN,
    "checker_named": GIVEN,
    "urgency_named": WHILE_IT_OPENS,
    "decided": DECIDED,
    "gap_moved": DECIDED,
    "restricted_since": DECIDED,
}
"""Message -> why it is sent at once. A message marked ``urgent`` is too: it is late."""

WORDS: tuple[tuple[str, str], ...] = (
    ("Something is overdue, does not work, or a check was undone", LATE),
    ("The last working day before a date", LAST_DAY),
    ("You are asked to agree, check, confirm, advise, decide or answer", ASKED),
    ("A mitigating action, pages to write or a part in an assessment is yours now", GIVEN),
    ("A decision was made or what it rests on has changed", DECIDED),
    ("You are named as having agreed to something", WHILE_IT_OPENS),
)


def reason(name: str, *, last_day: bool = False) -> str:
    """Return why a message is sent at once; "" where it waits for the digest."""
    if last_day:
        return LAST_DAY
    return REASONS.get(name, LATE if TEMPLATES[name].urgent else "")


def table() -> list[list[str]]:
    """Return what is sent at once with the reason, as the rows of a table."""
    return [[what, why] for what, why in WORDS]
