"""Help for everybody, signed in or not: how it goes, the duties, accessibility, privacy."""

from __future__ import annotations

from flask import Blueprint, render_template

from ehiia import clock
from ehiia.content import guidance, load
from ehiia.domain.vocabulary import Part, Role, Stage
from ehiia.web.access import public

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
@public
def start() -> str:
    """Say what this is for, how an assessment goes and what the words mean."""
    return render_template(
        "help/start.html", chapters=guidance.chapters(), stages=Stage, roles=Role, parts=Part
    )


@blueprint.get("/help/duties")
@public
def duties() -> str:
    """Explain the duties that an assessment shows regard to."""
    return render_template("help/duties.html", duties=load.in_force(load.duties(), clock.today()))


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
