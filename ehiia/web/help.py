"""Help for everybody, signed in or not: how it goes, the duties, guidance, accessibility, privacy."""

from __future__ import annotations

import re

from flask import Blueprint, render_template
from markdown_it import MarkdownIt
from markupsafe import Markup

from ehiia import clock
from ehiia.content import load
from ehiia.domain.vocabulary import Part, Role, Stage
from ehiia.services.transaction import NotFound
from ehiia.web.access import public

blueprint = Blueprint("help", __name__)

MARKDOWN = MarkdownIt("commonmark", {"html": False})
TITLE = re.compile(r"\A#\s+(.+)\n")


def _guidance(name: str) -> tuple[str, str]:
    """Return title and text of a page of guidance."""
    text = load.guidance(name)
    found = TITLE.match(text)
    if found is None:
        return name.replace("-", " ").capitalize(), text
    return found[1].strip(), text[found.end() :]


@blueprint.get("/help")
@public
def start() -> str:
    """Say what this is for, how an assessment goes and what the words mean."""
    pages = [(name, _guidance(name)[0]) for name in load.guidance_names()]
    return render_template("help/start.html", guidance=pages, stages=Stage, roles=Role, parts=Part)


@blueprint.get("/help/duties")
@public
def duties() -> str:
    """Explain the duties that an assessment shows regard to."""
    return render_template("help/duties.html", duties=load.in_force(load.duties(), clock.today()))


@blueprint.get("/help/guidance/<name>")
@public
def guidance(name: str) -> str:
    """Show a page of guidance."""
    if name not in load.guidance_names():
        raise NotFound
    title, text = _guidance(name)
    html = Markup(MARKDOWN.render(text))  # noqa: S704 - our own files, and HTML in them is not let through
    return render_template("help/guidance.html", title=title, html=html)


@blueprint.get("/help/accessibility")
@public
def accessibility() -> str:
    """Say how accessible this is, and what nobody has tested."""
    return render_template("help/accessibility.html")


@blueprint.get("/help/privacy")
@public
def privacy() -> str:
    """Say what is kept about the people who use it."""
    return render_template("help/privacy.html")
