"""The message of a day: everything a person is told that could wait, by the assessment it is about."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from ehiia.notify.messages import PRODUCT, SUBJECT_LENGTH

PREFIX = "EHIIA: "


@dataclass(frozen=True)
class Item:
    """One thing that is told. ``heading``: the assessment it is about, with its page; "" where about none."""

    subject: str
    said: str
    link: str
    heading: str = ""
    heading_link: str = ""


@dataclass(frozen=True)
class Digest:
    """A message of a day as it is sent."""

    subject: str
    body: str


def compose(items: Sequence[Item], *, choose: str) -> Digest:
    """Return the message. ``choose``: address of the page on which the person chooses how they are told.

    Things about one assessment stand together, in the order in which its first one came. The subject says
    how many there are and never what they are about.

    Raises:
        ValueError: there is nothing to tell.
    """
    if not items:
        raise ValueError("a digest of nothing is not sent")
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.heading, item.heading_link), []).append(item)
    count = len(items)
    parts = [f"{_number(count, 'thing')} for you to know or to do."]
    for (heading, link), told in groups.items():
        lines = [heading or "Other things"]
        if link:
            lines.append(link)
        parts += ["\n".join(lines), *(_one(item) for item in told)]
    parts.append(
        f"--\nYou get this from the {PRODUCT} system, once on a working day and only when there is something "
        f"to tell.\nChoose how you are told: {choose}"
    )
    return Digest(f"{PREFIX}{_number(count, 'thing')} for you"[:SUBJECT_LENGTH], "\n\n".join(parts) + "\n")


def _one(item: Item) -> str:
    said = textwrap.indent(item.said, "  ")
    return "\n".join(
        part
        for part in (f"* {item.subject.removeprefix(PREFIX)}", said, f"  {item.link}" if item.link else "")
        if part.strip()
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
