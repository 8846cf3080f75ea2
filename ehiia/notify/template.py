"""What a message is made of: a template with paragraphs, and the sentences that several share."""

from __future__ import annotations

from dataclasses import dataclass

PRIVATE = frozenset({"title", "what", "comment", "meeting", "pages"})
"""Values that say what a proposal is about. They never leave by mail for a restricted assessment."""


@dataclass(frozen=True)
class Template:
    """A message before its values are known. ``optional``: values that may be left out."""

    subject: str
    paragraphs: tuple[str, ...]
    why: str
    """Why the person gets it, as the end of "You get this because ...", without full stop."""
    urgent: bool = False
    optional: frozenset[str] = frozenset()


def template(
    subject: str, *paragraphs: str, why: str, urgent: bool = False, optional: tuple[str, ...] = ()
) -> Template:
    """Return a template; private values may always be left out."""
    return Template(subject, paragraphs, why, urgent, frozenset(optional) | PRIVATE)


OPEN = "Open it: {link}"
AUTHOR = "you are the author of this assessment"
LEAD = "you are an equality lead of this organisation"
DIRECTOR = "you are the accountable director of this assessment"
REVIEWER = "you are the author or the accountable director of this assessment"
DECIDES_ON = "The meeting is on {meeting_on}."
