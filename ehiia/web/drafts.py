"""Drafts of what somebody types, kept in the background; and who has the same page open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm
from ehiia.services import drafting
from ehiia.services.answered import SCREENING
from ehiia.services.assigning import page_key
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid
from ehiia.web import present
from ehiia.web.access import opens, visitor
from ehiia.web.pages import leaf_url

blueprint = Blueprint("drafts", __name__)

OURS = frozenset({"csrf_token", "page", "then"})
"""Fields that are no part of what was typed."""


@blueprint.post("/a/<ref>/draft")
@opens(Permission.WRITE)
def keep(seen: Seen) -> Any:
    """Keep what is on a page as a draft, for the script that sends it after a pause."""
    if (request.content_length or 0) > 2 * drafting.MOST_BYTES:
        return jsonify(error="It is too long to be kept as a draft: save it now"), 413
    if not TokenForm().validate():
        return jsonify(error="This page was open for too long"), 400
    now = clock.now()
    fields = {name: values for name, values in request.form.lists() if name not in OURS}
    try:
        drafting.keep(
            seen.assessment.ref, request.form.get("page", ""), fields, by=visitor.person_id, now=now
        )
    except Invalid as refused:
        return jsonify(error=refused.errors["draft"]), 413
    return jsonify(at=present.clock_time(now))


@blueprint.post("/a/<ref>/draft/throw-away")
@opens(Permission.WRITE)
def throw_away(seen: Seen) -> Response:
    """Throw one's own draft away."""
    ref, page = seen.assessment.ref, request.form.get("page", "")
    if TokenForm().validate():
        drafting.throw_away(ref, page, by=visitor.person_id, now=clock.now())
        flash("What you had not saved was thrown away", "success")
    section, subject = page_key(page)
    if subject == SCREENING:
        return redirect(url_for("screening.questions", ref=ref, section_id=section), 303)
    return redirect(leaf_url(ref, section, subject), 303)


@blueprint.post("/a/<ref>/open-page")
@opens(Permission.READ)
def open_page(seen: Seen) -> Any:
    """Hear that somebody is writing on a page, or has left it; answers who else is there.

    A page may be left, or still be open, after the stage moved on and nobody writes any more.
    """
    if not TokenForm().validate():
        return jsonify(error="This page was open for too long"), 400
    ref, page = seen.assessment.ref, request.form.get("page", "")
    if request.form.get("left"):
        drafting.leave(ref, page, by=visitor.person_id, now=clock.now())
        return jsonify(others=[])
    if not seen.may(Permission.WRITE):
        return jsonify(others=[])
    others = drafting.say_open(ref, page, by=visitor.person_id, now=clock.now())
    return jsonify(others=[present_words(other) for other in others])


def present_words(other: drafting.Other) -> str:
    """Say who has the page open too, and since when."""
    return f"{other.name} has had this page open since {present.clock_time(other.since)}."
