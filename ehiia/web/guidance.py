"""The guidance, for everybody: an index that can be searched, and the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from flask import Blueprint, render_template, request
from markdown_it import MarkdownIt
from markupsafe import Markup

from ehiia.content import finding
from ehiia.content import guidance as content
from ehiia.services.transaction import NotFound
from ehiia.web.access import public

blueprint = Blueprint("guidance", __name__)

MARKDOWN = MarkdownIt("commonmark", {"html": False})
SUGGESTIONS = (
    "due regard",
    "14Z35",
    "consultation",
    "mitigation",
    "Core20PLUS5",
    "no difference",
    "evidence",
)
"""Offered where nothing was found; a test finds a page for each."""
CLASSES = {
    "h2": "nhsuk-heading-m",
    "h3": "nhsuk-heading-s",
    "ul": "nhsuk-list nhsuk-list--bullet",
    "ol": "nhsuk-list nhsuk-list--number",
}
"""What the NHS.UK frontend calls the elements of a text."""


@dataclass(frozen=True)
class Heading:
    """A heading within a page, for its list of contents."""

    anchor: str
    text: str


def rendered(markdown: str) -> tuple[Markup, list[Heading]]:
    """Return a text as HTML, with an anchor at each heading of the second level, and those headings."""
    tokens = MARKDOWN.parse(markdown)
    headings: list[Heading] = []
    for token, inside in pairwise(tokens):
        if token.nesting == 1 and token.tag in CLASSES:
            token.attrSet("class", CLASSES[token.tag])
        if token.type == "heading_open" and token.tag == "h2":
            words = finding.plain(inside.content)
            anchor = "-".join(re.findall(r"\w+", words.lower()))
            token.attrSet("id", anchor)
            headings.append(Heading(anchor, words))
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Markup(html), headings  # noqa: S704 - our own files, and HTML in them is not let through


@blueprint.get("/guidance")
@public
def start() -> str:
    """List the pages of guidance by chapter, or those that fit what is looked for."""
    words = request.args.get("words", "").strip()[: finding.LONGEST]
    return render_template(
        "guidance/start.html",
        words=words,
        found=finding.find(words, content.pages()),
        chapters=content.chapters(),
        suggestions=SUGGESTIONS,
    )


@blueprint.get("/guidance/<name>")
@public
def page(name: str) -> str:
    """Show a page of guidance with its contents, and the pages before and after it."""
    pages = content.pages()
    at = next((place for place, one in enumerate(pages) if one.name == name), None)
    if at is None:
        raise NotFound
    html, headings = rendered(pages[at].text)
    return render_template(
        "guidance/page.html",
        page=pages[at],
        html=html,
        headings=headings,
        before=pages[at - 1] if at else None,
        after=pages[at + 1] if at + 1 < len(pages) else None,
    )
