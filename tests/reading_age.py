"""How old a reader has to be for the texts of the content: the Flesch-Kincaid grade, plus five years.

The grade is 0.39 x words per sentence + 11.8 x syllables per word - 15.59 (J. P. Kincaid and others,
"Derivation of new readability formulas for Navy enlisted personnel", 1975, page 14). Syllables are counted
by groups of vowels. Texts shorter than ``FEWEST`` words say nothing by themselves and are measured together
with what stands beside them: the label, hint and help of one question, the texts of one group.

``python -m tests.reading_age`` prints the texts above ``HARD``, hardest first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ehiia.content.load import HERE

HIGHEST = 14.0
"""No text may ask for an older reader."""

HARD = 12.0
"""Texts above are listed, to be made plainer when somebody works on them."""

FEWEST = 25
"""Words below which a text is not measured by itself."""

# fmt: off
NOT_READ = frozenset((
    "id", "code", "kind", "question", "subjects", "is_one_of", "kinds", "valid_from", "valid_to",
    "source", "sources", "basis", "law", "part", "legal_status", "version", "replaces", "old",
    "new", "serves", "words", "group", "rows", "depth", "severity", "publisher", "url", "file",
    "people",
))
# fmt: on
"""Keys whose values are ids, dates, addresses or names of law: nobody reads them as sentences."""

_NUMBER = r"[0-9][0-9A-Z]*(?:\([0-9a-z]+\))*"
NAMES = (
    (r"\b(?:the )?(?:[A-Z][\w()-]*,? (?:of |and |the |for |to )*)+Act (?:19|20)\d\d", "the Act"),
    (r"\b[A-Z][\w()]*(?: [A-Z(][\w()]*)* Regulations (?:19|20)\d\d", "the Rules"),
    (rf"\b[Ss](?:ections?|chedules?) {_NUMBER}(?:(?:,| and| to) {_NUMBER})*", "this part"),
    (r"\bArticles? \d+(?:(?:,| and) \d+)*", "this part"),
    (r"\bCore20PLUS5\b|\bCore20\b|\bDAPB\d+\b", "the plan"),
    (r"\bQuality Committee\b|\bNHS England\b|\bHealthwatch\b", "the board"),
    (r"\b[Ii]ntegrated [Cc]are [Bb]oards?\b", "the board"),
    (r"\b[Aa]rmed [Ff]orces [Cc]ovenant\b", "the pledge"),
    (r"\bIndex of Multiple Deprivation\b", "the list"),
    (r"\b[Mm]arriage and civil partnership\b|\b[Gg]ender reassignment\b", "this trait"),
    (r"\b[Pp]regnancy and maternity\b|\bsexual orientation\b|\breligion or belief\b", "this trait"),
    (r"\b[Pp]rotected characteristics?\b", "this trait"),
)
"""Names of law, bodies and characteristics, that nobody can put more plainly: pattern -> what is measured."""


@dataclass(frozen=True)
class Text:
    """A text and where it stands."""

    where: str
    words: str

    @property
    def age(self) -> float:
        """The reading age in years."""
        return age_of(self.words)


def syllables(word: str) -> int:
    """Return about how many syllables an English word has, at least one."""
    word = word.lower()
    if len(word) <= 3:
        return 1
    word = re.sub(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$", lambda m: m[0][0], word)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def plain(text: str) -> str:
    """Return a text without Markdown and with short words for proper names."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"https?://\S+|[*_`#>|]|\{people\}", lambda m: "people" if "people" in m[0] else " ", text)
    for pattern, short in NAMES:
        text = re.sub(pattern, short, text)
    return text


def words_of(text: str) -> list[str]:
    """Return the words of a text; numbers count as words of one syllable."""
    return re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.,]\d+)*", text)


def age_of(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text plus five, to one decimal."""
    text = plain(text)
    sentences = [part for part in re.split(r"[.!?:;]+(?:\s|$|[”\"])|\n\s*\n", text) if words_of(part)]
    words = words_of(text)
    if not words:
        return 0.0
    spoken = sum(syllables(part) for word in words for part in re.split(r"['’-]", word) if part)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59
    return round(grade + 5, 1)


def _strings(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in NOT_READ:
                yield from _strings(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            name = inner.get("id", inner.get("code", number)) if isinstance(inner, Mapping) else number
            yield from _strings(inner, f"{path}[{name}]")


def _measured(name: str, found: list[tuple[str, str]]) -> Iterator[Text]:
    """Yield what is long enough by itself, and what stands together as one text."""
    for where, text in found:
        if len(words_of(text)) >= FEWEST:
            yield Text(where, text)
    together = "\n\n".join(text for _, text in found)
    if len(found) > 1 and len(words_of(together)) >= FEWEST:
        yield Text(f"{name} (together)", together)


def _entries(plain_file: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what belongs together: each question, group, duty or rule."""
    for key, value in plain_file.items():
        if key == "sections":
            for section in value:
                yield f"section {section['id']}", {"intro": section.get("intro", "")}
                for question in section["questions"]:
                    yield f"question {question['id']}", question
        elif isinstance(value, list):
            for number, entry in enumerate(value):
                name = entry.get("id", entry.get("code", number)) if isinstance(entry, Mapping) else number
                yield f"{key} {name}", entry
        elif key not in NOT_READ:
            yield key, value


def texts(folder: Path = HERE) -> Iterator[Text]:
    """Yield every text of the content that is long enough to be measured."""
    for path in sorted([*folder.glob("question_sets/*.toml"), *folder.glob("reference/*.toml")]):
        for name, entry in _entries(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield from _measured(f"{path.name}, {name}", list(_strings(entry, f"{path.name}, {name}")))
    for path in sorted(folder.glob("guidance/*.md")):
        body = re.sub(r"\A\+\+\+\n.*?\n\+\+\+\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for number, part in enumerate(re.split(r"\n\s*\n", body), start=1):
            listed = re.sub(r"^\s*(?:[-*]|\d+\.) (.*?)[.;,]?$", r"\1.", part, flags=re.MULTILINE)
            if len(words_of(listed)) >= FEWEST:
                yield Text(f"{path.name}, paragraph {number}", listed)


def hardest(above: float) -> list[Text]:
    """Return the texts above a reading age, hardest first."""
    return sorted((one for one in texts() if one.age > above), key=lambda one: -one.age)


if __name__ == "__main__":
    for one in hardest(HARD):
        print(f"{one.age:5.1f}  {one.where}\n       {one.words}")  # noqa: T201 - it is a list for people
