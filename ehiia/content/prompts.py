"""Things to think about for each group of people, shown on demand on the group's page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ehiia.content import guidance as texts
from ehiia.content import load
from ehiia.content.reading import ContentError, from_toml, twice

FILE = Path(__file__).parent / "reference" / "prompts.toml"


@dataclass(frozen=True)
class GroupPrompts:
    """What to think about for one group. ``guidance``: names of pages that help."""

    group: str
    prompts: tuple[str, ...]
    guidance: tuple[str, ...] = ()

    @property
    def pages(self) -> tuple[texts.Page, ...]:
        """The pages of guidance, in the order named."""
        return tuple(texts.page(name) for name in self.guidance)


@dataclass(frozen=True)
class Bank:
    """All prompts. ``general`` is for groups without a list of their own."""

    general: tuple[str, ...]
    groups: tuple[GroupPrompts, ...]


@cache
def bank() -> Bank:
    """Return the bank of prompts. Raises ContentError with every problem."""
    return read(FILE)


def about(code: str) -> GroupPrompts:
    """Return the prompts for a group: its own, or the general ones."""
    own = next((one for one in bank().groups if one.group == code), None)
    return own or GroupPrompts(code, bank().general, ("no-difference",))


def read(path: Path) -> Bank:
    """Read and check a file of prompts, uncached."""
    found = from_toml(path, Bank)
    groups = {group.code for group in load.groups()}
    pages = {page.name for page in texts.pages()}
    problems = twice("groups", (one.group for one in found.groups))
    if not found.general:
        problems.append("general: must not be empty")
    for one in found.groups:
        where = f"group {one.group}"
        if one.group not in groups:
            problems.append(f'{where}.group: there is no group "{one.group}"')
        if not one.prompts:
            problems.append(f"{where}.prompts: must not be empty")
        problems += twice(f"{where}.prompts", one.prompts)
        problems += [
            f'{where}.guidance: there is no page "{name}"' for name in one.guidance if name not in pages
        ]
    if problems:
        raise ContentError(path.name, problems)
    return found
