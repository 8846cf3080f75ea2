"""Pages for people outside who were sent a link: what it is, the summary, commenting. Nobody signs in.

The first page only says what the link is for; pressing its button uses the
link, so that a mail program that looks at links in advance uses none. The
token is in the address, so these pages tell no other site where they are.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.reviewing import READS, LinkState
from ehiia.forms.assessment import TokenForm
from ehiia.forms.reviewers import PublicCommentForm
from ehiia.services import invited
from ehiia.services.invited import Invitation
from ehiia.services.transaction import Invalid, Refused
from ehiia.web.access import public
from ehiia.web.by_link import careful, remember, remembered

blueprint = Blueprint("invited", __name__)

OPENED = "invited"
"""Name in the cookie of the links that were opened in this browser."""


def _found(token: str) -> Invitation:
    return invited.find(token, address=request.remote_addr or "", now=clock.now())


@blueprint.route("/invited/<token>", methods=["GET", "POST"])
@public
def start(token: str) -> Any:
    """Say what the link is for, or why it does not open; its button uses it."""
    found = _found(token)
    if request.method == "POST" and found.state in READS and TokenForm().validate():
        try:
            invited.open_link(token, now=clock.now())
        except Refused:  # it ended this very moment
            return redirect(url_for("invited.start", token=token), 303)
        remember(OPENED, found.link_id)
        return redirect(url_for("invited.summary", token=token), 303)
    status = 200 if found.state in READS else 410
    return careful(
        render_template("invited/start.html", found=found, opens=found.state in READS, token=token), status
    )


@blueprint.route("/invited/<token>/summary", methods=["GET", "POST"])
@public
def summary(token: str) -> Any:
    """Show the summary with what was said so far, and take a comment."""
    found = _found(token)
    if found.state not in READS or not remembered(OPENED, found.link_id):
        return redirect(url_for("invited.start", token=token), 303)
    form = PublicCommentForm()
    status = 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                invited.comment(
                    token, said_by=form.said_by.data or "", text=form.text.data or "", now=clock.now()
                )
            except Invalid as refused:
                for name, message in refused.errors.items():
                    form.refuse(name, message)
            except Refused as refused:
                form.refuse("", f"{refused.reason} What you typed is still here: copy it if you need it")
                status = 409
            else:
                flash("Thank you. Your comment was sent, and will be answered here", "success")
                return redirect(url_for("invited.summary", token=token, _anchor="comments"), 303)
    page = invited.reading_of(found)
    more = found.state is LinkState.OPEN or form.is_submitted()
    return careful(
        render_template(
            "invited/summary.html", form=form if more else None, page=page, found=found, token=token
        ),
        status,
    )
