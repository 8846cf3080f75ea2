"""The columns of a register from before: what they can say, and what each one seems to say by its heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ehiia.domain.vocabulary import Word


class Field(Word):
    """What a column of a register can say: its label, and a line that explains it in the template."""

    REF = "ref", "Reference", "The number it has in your register. It joins an action to its assessment."
    TITLE = "title", "Title", "What was assessed. Needed for every assessment that is new here."
    SUMMARY = "summary", "What was proposed", "In a sentence or two."
    KIND = "kind", "Kind of proposal", "Such as policy, closure or procurement."
    STATE = "state", "Stage", "In force or closed. Empty counts as in force."
    DECIDED_ON = "decided_on", "Date of the decision", "A day, like 3 April 2025."
    DECIDED_BY = "decided_by", "Decided by", "The committee or person."
    LEAD = "lead", "Author", "An e-mail address, or a name as it is written here."
    DIRECTOR = "director", "Accountable director", "An e-mail address or a name of a director here."
    RISK = "risk", "Risk left", "None, low, medium, high or very high."
    KEPT_AT = "kept_at", "Where the paper is", "A folder, a web address or a committee paper."
    REVIEW_ON = "review_on", "Next review", "A day. Reminders count from it."
    ACTION = "action", "Mitigating action", "What will be done. One row for each action."
    OWNER = "owner", "Owner of the action", "A name. Somebody who is not here is kept as a contact outside."
    OWNER_EMAIL = "owner_email", "E-mail of the owner", "It finds the owner among the people here."
    DUE_ON = "due_on", "Action due", "A day. Reminders count from it."
    MEASURE = "measure", "Measure", "How you will know that the action works."
    CLAIM = "claim", "How the action is going", "Not started, on track, at risk, done or cancelled."


DAYS = (Field.DECIDED_ON, Field.REVIEW_ON, Field.DUE_ON)
"""Fields in which a day stands."""
LONGEST = {
    Field.TITLE: 200,
    Field.SUMMARY: 4000,
    Field.ACTION: 4000,
    Field.MEASURE: 2000,
    Field.OWNER_EMAIL: 254,
}
LONGEST_LINE = 300

_HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.REF: ("ref", "reference", "reference number", "ref no", "eia ref", "eqia ref", "id", "number"),
    Field.TITLE: ("title", "name", "assessment", "name of assessment", "policy", "proposal", "project"),
    Field.SUMMARY: ("summary", "description", "what was proposed", "aim"),
    Field.KIND: ("kind", "type", "kind of proposal", "category"),
    Field.STATE: ("stage", "status", "state"),
    Field.DECIDED_ON: (
        *("date of the decision", "date decided", "decided on", "decision date", "approved on"),
        *("date approved", "approval date", "date completed", "date signed off"),
    ),
    Field.DECIDED_BY: ("decided by", "approved by", "committee", "signed off by", "decision maker"),
    Field.LEAD: ("author", "lead", "assessment lead", "lead officer", "completed by", "contact"),
    Field.DIRECTOR: ("accountable director", "director", "sponsor", "sro"),
    Field.RISK: ("risk left", "residual risk", "residual rating", "risk", "rating"),
    Field.KEPT_AT: ("where the paper is", "link", "location", "file", "document", "url"),
    Field.REVIEW_ON: ("next review", "review date", "review due", "date of review", "review"),
    Field.ACTION: ("mitigating action", "action", "mitigation", "actions", "what will be done"),
    Field.OWNER: ("owner of the action", "action owner", "owner", "responsible", "by whom"),
    Field.OWNER_EMAIL: ("email of the owner", "owner email", "email", "email address"),
    Field.DUE_ON: ("action due", "due", "due date", "deadline", "by when", "target date", "due on"),
    Field.MEASURE: ("measure", "success measure", "outcome measure", "kpi"),
    Field.CLAIM: ("how the action is going", "progress", "action status", "rag"),
}
"""Headings that registers have, as ``folded`` writes them."""


def folded(text: str) -> str:
    """Return words as they are compared: small, with single spaces, without punctuation."""
    kept = "".join(
        letter if letter.isalnum() else " " for letter in text.casefold().replace("e-mail", "email")
    )
    return " ".join(kept.split())


def guess(headings: Sequence[str], remembered: Mapping[str, str]) -> list[Field | None]:
    """Return what each column seems to say; a field is given once, to the column that fits best.

    ``remembered``: folded heading -> value of a field, or "" for none, as a person set it the last time.
    """
    plain = [folded(heading) for heading in headings]
    found: list[Field | None] = [None] * len(plain)
    free = set(Field)
    for at, heading in enumerate(plain):
        if remembered.get(heading) in {one.value for one in free}:
            found[at] = Field(remembered[heading])
            free.discard(Field(remembered[heading]))
    for exact in (True, False):
        for one in [one for one in Field if one in free]:
            for at, heading in enumerate(plain):
                fits = (
                    heading in _HEADINGS[one] if exact else any(_within(w, heading) for w in _HEADINGS[one])
                )
                if found[at] is None and heading not in remembered and fits:
                    found[at] = one
                    free.discard(one)
                    break
    return found


def _within(words: str, heading: str) -> bool:
    return len(words) > 3 and f" {words} " in f" {heading} "
