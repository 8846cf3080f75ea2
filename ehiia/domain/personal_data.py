"""What in a record may show who somebody is, place by place: personal data, and small numbers of people.

These checks point; they change nothing. Whoever publishes looks at each place and leaves it out, or says why
it may stay. What personal data looks like is known to ``privacy``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ehiia.domain import privacy
from ehiia.domain.places import texts
from ehiia.domain.small_numbers import is_small

AROUND = 60
"""So many characters on either side are shown."""
SMALL = "PRI-07"
"""Rule: a number of people below the organisation's threshold stands in a text."""

_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_PEOPLE = (
    "people|persons?|patients?|residents?|carers?|users?|staff|nurses?|women|woman|men|man|children|child"
    "|adults?|families|family|households?|respondents?|members?|babies|baby|girls?|boys?|parents?|cases?"
)
_COUNTED = re.compile(
    rf"(?<![\d.,/-])\b(?P<number>\d{{1,3}}|{'|'.join(_WORDS)})\b(?![.,/:-]\d)"
    rf"(?=(?:\s+[\w’'-]+){{0,2}}?\s+(?:{_PEOPLE})\b|\s+of\s+(?:whom|them)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Pointed:
    """A place that somebody must look at before it is published."""

    rule: str
    what: str
    """What it looks like: "an e-mail address"."""
    place: str
    """Key of the place: ``places``."""
    where: str
    """The place in words."""
    before: str
    found: str
    """The words themselves."""
    after: str

    @property
    def words(self) -> str:
        """Return it in one line: what it is, where, and the words around it."""
        return f"{self.where}: {self.what}: “… {self.before}{self.found}{self.after} …”"

    @property
    def only_there(self) -> bool:
        """Whether the words are a small number, which elsewhere stands for other things."""
        return self.rule == SMALL

    @property
    def key(self) -> str:
        """Return what it is known by: other words in the same place are another point."""
        return key_of(self.rule, self.place, self.found)


def key_of(rule: str, place: str, found: str) -> str:
    """Return what words in a place are known by when somebody has looked at them: a digest."""
    return hashlib.sha256(f"{rule}\n{place}\n{found}".encode()).hexdigest()


def pointed(record: object, *, threshold: int) -> tuple[Pointed, ...]:
    """Return every place of a record to look at, each place and words once, in the order of the record."""
    found: dict[str, Pointed] = {}
    for place in texts(record):
        for rule, what, start, end in _in_text(place.text, threshold):
            before = place.text[max(0, start - AROUND) : start]
            after = place.text[end : end + AROUND]
            words = place.text[start:end]
            one = Pointed(rule, what, place.key, place.words, before, words, after)
            found.setdefault(one.key, one)
    return tuple(found.values())


def _in_text(text: str, threshold: int) -> Iterator[tuple[str, str, int, int]]:
    yield from privacy.places(text)
    for match in _COUNTED.finditer(text):
        said = match["number"].lower()
        if is_small(_WORDS.get(said) or int(said), threshold):
            yield SMALL, "a small number of people", *match.span("number")
