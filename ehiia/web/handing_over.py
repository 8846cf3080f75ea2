"""What somebody left behind: the list, and one form that hands each duty over to somebody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import as_options
from ehiia.forms.handing_over import field_name, hand_over_form
from ehiia.services import handing_over, people
from ehiia.services.transaction import Invalid, NotFound
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done

blueprint = Blueprint("handing_over", __name__)


@blueprint.get("/organisation/left")
@requires(Permission.HAND_OVER)
def start() -> Any:
    """List everybody who has left with duties in their name."""
    left = handing_over.nobody_answers(visitor.actor, visitor.organisation_id, today=clock.today())
    return render_template("handing_over/start.html", left=left)


@blueprint.route("/organisation/left/<int:person_id>", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def one(person_id: int) -> Any:
    """Show what one person left behind, and hand it over."""
    here, today = visitor.organisation_id, clock.today()
    behind = handing_over.left_behind(visitor.actor, here, person_id, today=today)
    if not handing_over.may_know(here, person_id, behind):
        raise NotFound
    name = people.names({person_id}).get(person_id, "")
    gone = handing_over.has_left(here, person_id, today=today)
    others = [(one.id, one.name) for one in people.with_role(here, today=today) if one.id != person_id]
    form = hand_over_form(behind.duties, as_options(others))
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                given = form.given(behind.duties)
                if not given and behind.duties:
                    raise Invalid(everything="Choose who takes over at least one of these")
                try:
                    count = handing_over.hand_over(
                        here, person_id, given, by=visitor.person_id, now=clock.now()
                    )
                except Invalid as refused:
                    raise Invalid(**{key.replace(":", "-"): text for key, text in refused.errors.items()})
                words = "1 duty was" if count == 1 else f"{count} duties were"
                done(f"{words} handed over, and the new people are told")
                return redirect(url_for("handing_over.one", person_id=person_id), 303)
    return render_template(
        "handing_over/one.html",
        form=form,
        name=name,
        gone=gone,
        behind=behind,
        rows=[(duty, form[field_name(duty)]) for duty in behind.duties],
    ), asked.status
