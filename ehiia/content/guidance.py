"""The guidance: pages of Markdown with what they are about, read once and checked.

A page is ``guidance/<name>.md``: between two lines of ``+++`` its front matter
(TOML), below it the text. Guidance is never locked; it may be made better at
any time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as day
from functools import cache
from pathlib import Path

from ehiia.content.reading import ContentError, bad_dates, from_plain, twice

FOLDER = Path(__file__).parent / "guidance"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINK = re.compile(r"\]\((?!https://)([^)#]*)(?:#[^)]*)?\)")
_FENCE = "+++\n"


@dataclass(frozen=True)
class Source:
    """What a page rests on. ``date``: ISO, from which the law applied or on which it was published."""

    name: str
    link: str
    date: str

    @property
    def on(self) -> day:
        """The date as a date."""
        return day.fromisoformat(self.date)


@dataclass(frozen=True)
class About:
    """The front matter of a page."""

    title: str
    summary: str
    """One sentence for lists and search."""
    chapter: str
    """The heading it stands under in the index."""
    order: int
    """Where it stands; chapters stand in the order of their first page."""
    words: tuple[str, ...]
    """Other names under which people look for it."""
    law: str
    """Act and section, or "" where no law is explained."""
    sources: tuple[Source, ...]
    serves: tuple[str, ...] = ()
    """Ids of the questions beside which it is offered."""


@dataclass(frozen=True)
class Page:
    """A page of guidance: its name in the address, what it is about, and its Markdown."""

    name: str
    about: About
    text: str

    @property
    def title(self) -> str:
        """The title, for lists and headings."""
        return self.about.title


@cache
def pages() -> tuple[Page, ...]:
    """Return all pages in order. Raises ContentError with every problem of the first faulty page."""
    return read_folder(FOLDER)


def page(name: str) -> Page:
    """Return a page by its name. Raises ContentError if there is none."""
    for one in pages():
        if one.name == name:
            return one
    raise ContentError(f"{name}.md", ["the file: does not exist"])


@cache
def beside(question: str) -> tuple[Page, ...]:
    """Return the pages that are offered beside a question, in order."""
    return tuple(one for one in pages() if question in one.about.serves)


def chapters() -> tuple[tuple[str, tuple[Page, ...]], ...]:
    """Return the chapters of the index, each with its pages."""
    found: dict[str, list[Page]] = {}
    for one in pages():
        found.setdefault(one.about.chapter, []).append(one)
    return tuple((chapter, tuple(inside)) for chapter, inside in found.items())


def read_folder(folder: Path) -> tuple[Page, ...]:
    """Read and check every page of a folder, uncached, in the order in which they are shown."""
    found = [read_page(path) for path in sorted(folder.glob("*.md"))]
    found.sort(key=lambda one: (one.about.order, one.name))
    names = {one.name for one in found}
    problems = twice("order", (str(one.about.order) for one in found))
    problems += [
        f'{one.name}.md: links to "{link}", which is no page of the guidance'
        for one in found
        for link in _LINK.findall(one.text)
        if link not in names
    ]
    if problems:
        raise ContentError("guidance", problems)
    return tuple(found)


def read_page(path: Path) -> Page:
    """Read and check one page. Raises ContentError with every problem."""
    whole = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    head, found, text = whole.removeprefix(_FENCE).partition(f"\n{_FENCE}")
    if not whole.startswith(_FENCE) or not found:
        raise ContentError(path.name, ["the file: begins with front matter between two lines of +++"])
    try:
        plain = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(path.name, [f"front matter: is not TOML: {error}"]) from error
    about = from_plain(plain, About, file=path.name)
    problems = list(_problems(path.stem, about, text))
    if problems:
        raise ContentError(path.name, problems)
    return Page(path.stem, about, text.strip() + "\n")


def _problems(name: str, about: About, text: str) -> Iterable[str]:
    if not _NAME.fullmatch(name):
        yield "the file: is named by small letters, digits and single hyphens"
    for field, value in (("title", about.title), ("summary", about.summary), ("chapter", about.chapter)):
        if not value.strip():
            yield f"{field}: must not be empty"
    if not text.strip():
        yield "the text: must not be empty"
    if re.search(r"^# ", text, re.MULTILINE):
        yield "the text: has no heading of the first level, because the title is that heading"
    if not about.sources:
        yield "sources: names at least one"
    for number, source in enumerate(about.sources, start=1):
        if not source.name.strip():
            yield f"sources[{number}].name: must not be empty"
        if source.link and not source.link.startswith("https://"):
            yield f"sources[{number}].link: begins with https://"
        yield from bad_dates(f"sources[{number}]", source.date)
