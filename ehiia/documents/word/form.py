"""What a form in Word holds: pages with a field for each question, and lists that are only read.

The writer makes a document of it, the reader gives back what stands in one. A
field is known by its ``key`` alone, so that a document in which text was moved
about can still be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NAMESPACE = "urn:ehiia:form:1"
"""Of the part of the document that says what it was made from."""
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
"""Namespace of Word's boxes to tick."""
TYPE_HERE = "Type your answer here."
CHOOSE = "Choose an answer."
NO_ANSWER = "No answer yet"
"""The first entry of every list of choices, so that a choice can be taken back."""
LONGEST_TAG = 60
"""Word allows 64 characters for the tag of a content control."""

Entered = str | tuple[str, ...]
"""What stands in a field: text, the label of a choice as it reads, or the ids of what is ticked."""


class FieldKind(StrEnum):
    """What a field of the form is."""

    TEXT = "text"
    """Paragraphs."""
    LINE = "line"
    """One line: short text, a number, a date."""
    ONE = "one"
    """One of several."""
    SEVERAL = "several"
    """Any of several, each with a box to tick."""


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen."""

    id: str
    label: str


@dataclass(frozen=True)
class Field:
    """A question with its answer so far. ``value`` is a text, the label of a choice, or ids of choices."""

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    value: Entered = ""


@dataclass(frozen=True)
class Page:
    """A page of the assessment. ``heads`` stand above some fields: key of the field below -> heading."""

    part: str
    title: str
    intro: str
    fields: tuple[Field, ...]
    heads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """A list that is kept on the site and only shown here: first row above, then rows of the same length."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


@dataclass(frozen=True)
class Form:
    """A whole document. ``made_at`` in UTC."""

    reference: str
    title: str
    organisation: str
    question_set: str
    made_at: datetime
    made_at_words: str
    """As it reads in the document, London time."""
    blank: bool
    pages: tuple[Page, ...]
    lists: tuple[Listed, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in order."""
        return tuple(field for page in self.pages for field in page.fields)


@dataclass(frozen=True)
class Found:
    """What stands in a document that somebody gave back.

    ``reference`` and ``made_from`` are empty where the part that says it was lost, as some programs do.
    """

    reference: str
    question_set: str
    made_from: Mapping[str, str]
    """Tag of a field -> digest of what stood in it when the document was made."""
    values: Mapping[str, Entered]
    """Tag of a field -> what stands in it now."""
    twice: tuple[str, ...] = ()
    """Tags that stand in the document more than once with different texts; the first was taken."""


class NotReadable(Exception):
    """The file cannot be read as a form; the message says why and what to do."""


def tag_of(key: str) -> str:
    """Return the tag under which a field is kept in a document: its key, shortened where it is too long."""
    if len(key) <= LONGEST_TAG:
        return key
    return f"{key[:44]}~{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def digest_of(value: Entered) -> str:
    """Return sixteen hexadecimal digits that stand for what is in a field, however its lines end."""
    text = tidy(value) if isinstance(value, str) else "\x00".join(sorted(value))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tidy(text: str) -> str:
    """Return a text as documents keep it: one kind of line end, no blanks at ends of lines or of the text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()
