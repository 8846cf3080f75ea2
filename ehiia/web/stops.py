"""Pausing, taking up again, withdrawing and closing an assessment, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template

from ehiia import clock
from ehiia.domain import workflow
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import ReasonForm
from ehiia.services import stopping
from ehiia.services.sight import Seen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.pages import crumbs, overview_url

blueprint = Blueprint("stops", __name__)


@dataclass(frozen=True)
class Words:
    """What a page of this kind says."""

    heading: str
    means: str
    button: str
    done: str


WORDS = {
    "pause": Words(
        "Pause this assessment",
        "Work stops for a while. Nobody is reminded, and nothing is lost. It can be taken up again.",
        "Pause it",
        "It is paused",
    ),
    "resume": Words(
        "Take this assessment up again",
        "It goes on where it was when it was paused, and reminders begin again.",
        "Take it up again",
        "It was taken up again",
    ),
    "withdraw": Words(
        "Withdraw this assessment",
        "Use this where the proposal was given up, before or after it was decided. It cannot be undone. "
        "What was written stays readable, and whoever verifies its record is told that it was withdrawn.",
        "Withdraw it",
        "It is withdrawn",
    ),
    "give_up_version": Words(
        "Give up this version",
        "What was decided before stays in force, with its record and its review. What was written for this "
        "version is kept, and the next version begins with it.",
        "Give it up",
        "The version was given up. What was decided before stays in force",
    ),
    "close": Words(
        "Close this assessment",
        "Use this where nothing more is to be done. It cannot be undone; the record and the history stay.",
        "Close it",
        "It is closed",
    ),
}


@blueprint.route(
    "/a/<ref>/<any(pause, resume, withdraw, close, 'give-up-version'):what>", methods=["GET", "POST"]
)
@opens(Permission.STOP_WORK)
def stop(seen: Seen, what: str) -> Any:
    """Ask for the reason, then make the move. A move that the stage does not allow is refused."""
    what = what.replace("-", "_")
    workflow.find(what, seen.assessment.stage)
    form = ReasonForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                stopping.stop(
                    seen.assessment.ref,
                    what,
                    reason=form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash(WORDS[what].done, "success")
                return redirect(overview_url(seen.assessment.ref), 303)
    return render_template(
        "stops/stop.html", seen=seen, form=form, words=WORDS[what], crumbs=crumbs(seen)
    ), asked.status
