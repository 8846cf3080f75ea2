"""Messages: what people are told, in plain words, and what to do next.

A message is made of paragraphs with named values. A paragraph whose value was
not given is left out. Of a restricted assessment a mail carries the reference
only: paragraphs with ``PRIVATE`` values are left out, and ``{proposal}`` is the
reference without the title.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import Formatter

from ehiia.notify import (
    accounts,
    audits,
    due,
    information,
    on_the_way,
    outside,
    promised,
    publications,
    reviewed,
)
from ehiia.notify.template import PRIVATE, Template

__all__ = [
    "KINDS",
    "PRIVATE",
    "TEMPLATES",
    "Message",
    "MissingValue",
    "UnknownMessage",
    "Value",
    "days_ago",
    "full_date",
    "in_days",
    "needs",
    "render",
]

PRODUCT = "Equality and Health Inequalities Impact Assessment (EHIIA)"
SUBJECT_LENGTH = 200

KINDS: Mapping[str, tuple[str, Mapping[str, Template]]] = {
    "due": ("What is due or overdue", due.TEMPLATES),
    "way": ("Assessments on their way to a decision", on_the_way.TEMPLATES),
    "promised": ("Mitigating actions: owners, dates, endings", promised.TEMPLATES),
    "reviewed": ("Reviews", reviewed.TEMPLATES),
    "audits": ("Audits and findings", audits.TEMPLATES),
    "outside": ("What people outside said", outside.TEMPLATES),
    "publication": ("Publishing records", publications.TEMPLATES),
    "information": ("Requests for information, feedback from the public", information.TEMPLATES),
    "accounts": ("Accounts, links and test mail", accounts.TEMPLATES),
}
"""Every message, by what it is about: key -> what people read, and the messages by their names."""
TEMPLATES: Mapping[str, Template] = {
    name: made for _, templates in KINDS.values() for name, made in templates.items()
}
"""Every message by its name."""

Value = str | int | date
"""What a message may be told: words, a whole number, or a London calendar date."""


@dataclass(frozen=True)
class Message:
    """A message as it is sent. ``urgent``: somebody must act, and it is late or about to be."""

    name: str
    subject: str
    body: str
    urgent: bool
    said: str = ""
    """What it says, without the page to open and why it was sent: for a digest."""
    link: str = ""
    """The page to open, or ""."""


class UnknownMessage(LookupError):
    """There is no message of this name."""


class MissingValue(LookupError):
    """A message was not told something it needs."""


def full_date(day: date) -> str:
    """Return "Monday 1 March 2027"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def in_days(days: int) -> str:
    """Return "today", "tomorrow" or "in 7 days"."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def days_ago(days: int) -> str:
    """Return "yesterday" or "7 days ago"."""
    return "yesterday" if days == 1 else f"{days} days ago"


@cache
def needs(name: str) -> frozenset[str]:
    """Return the names of the values that a message cannot do without."""
    template = _template(name)
    asked = _fields(" ".join((template.subject, *template.paragraphs)))
    return frozenset(asked - template.optional - {"proposal"}) | ({"ref"} if "proposal" in asked else set())


def render(
    name: str,
    values: Mapping[str, Value],
    *,
    public_url: str = "",
    restricted: bool = False,
) -> Message:
    """Return the message of this name with its values.

    ``values``: plain values by name; ``ref`` and ``title`` name the proposal, ``path`` is the page to open
    (joined to ``public_url``) unless a whole ``link`` is given. Dates are written in full. Raises
    UnknownMessage, or MissingValue where something needed was not given.
    """
    template = _template(name)
    words = {key: _words(value) for key, value in values.items() if value != ""}
    if "path" in words and "link" not in words:
        words["link"] = public_url.rstrip("/") + "/" + words["path"].lstrip("/")
    if restricted:
        words = {key: value for key, value in words.items() if key not in PRIVATE}
    if "ref" in words:
        words["proposal"] = f"“{words['title']}” ({words['ref']})" if "title" in words else words["ref"]
    missing = sorted(needs(name) - words.keys())
    if missing:
        raise MissingValue(f"the message {name!r} needs {', '.join(missing)}")
    paragraphs = [line.format_map(words) for line in template.paragraphs if _fields(line) <= words.keys()]
    footer = f"You get this from the {PRODUCT} system because {template.why}."
    return Message(
        name=name,
        subject=_one_line("EHIIA: " + template.subject.format_map(words)),
        body="\n\n".join([*paragraphs, "--\n" + footer]) + "\n",
        urgent=template.urgent,
        said="\n".join(
            line.format_map(words)
            for line in template.paragraphs
            if _fields(line) <= words.keys() and "link" not in _fields(line)
        ),
        link=words.get("link", ""),
    )


def _template(name: str) -> Template:
    try:
        return TEMPLATES[name]
    except KeyError:
        raise UnknownMessage(f"there is no message {name!r}")


def _words(value: Value) -> str:
    return full_date(value) if isinstance(value, date) else str(value)


@cache
def _fields(line: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in Formatter().parse(line) if field)


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + "…"
