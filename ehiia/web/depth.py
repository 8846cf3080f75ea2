"""The short form or the extended one: what each asks, how long it takes, and choosing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template

from ehiia import clock
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.services import depth
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotAllowed, Refused
from ehiia.web.access import opens, visitor
from ehiia.web.pages import crumbs, overview_url

blueprint = Blueprint("depth", __name__)


@blueprint.route("/a/<ref>/form", methods=["GET", "POST"])
@opens(Permission.READ)
def form(seen: Seen) -> Any:
    """Show what the other form would ask, and take it. What was answered stays."""
    assessment, ref = seen.assessment, seen.assessment.ref
    choice = depth.choice_of(assessment)
    other = Depth.EXTENDED if choice.depth is Depth.SHORT else Depth.SHORT
    token, status = TokenForm(), 200
    if token.is_submitted():
        status = 400
        if token.validate():
            try:
                depth.choose(ref, other, by=visitor.person_id, now=clock.now())
            except (NotAllowed, Refused) as refused:
                token.refuse("", refused.reason)
                status = 403 if isinstance(refused, NotAllowed) else 409
            else:
                flash(f"This is the {other.label.lower()} now. Everything answered so far is kept", "success")
                return redirect(overview_url(ref), 303)
    return render_template(
        "depth/form.html",
        seen=seen,
        form=token,
        choice=choice,
        other=other,
        may=seen.may(Permission.WRITE),
        crumbs=crumbs(seen),
    ), status
