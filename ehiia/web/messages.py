"""How a person chooses to be told, on their own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.telling import Telling
from ehiia.forms.messages import TellingForm
from ehiia.notify import at_once
from ehiia.services import choices, digests
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("messages", __name__)


@blueprint.route("/account/messages", methods=["GET", "POST"])
@signed_in
def choose() -> Any:
    """Show and change how one is told."""
    now = choices.choice_of(visitor.person_id)
    form = TellingForm(data={"choice": now.telling.value, "revision": str(now.revision)})
    status = 200
    if form.is_submitted():
        asked = Asked(form, "your choice")
        with asked:
            if form.validate():
                choices.choose(
                    Telling(form.choice.data),
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("Your choice was saved")
                return redirect(url_for("messages.choose"), 303)
        status = asked.status
        if asked.stale:
            form.revision.data = str(choices.choice_of(visitor.person_id).revision)
    return render_template(
        "messages/choose.html",
        form=form,
        at_once=at_once.table(),
        waits=digests.waiting_for(visitor.person_id, today=clock.today()),
    ), status
