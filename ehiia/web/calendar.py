"""A person's calendar: its secret address on their account, and what other programs fetch there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.services import feeds
from ehiia.services.installation import config
from ehiia.web.access import public, signed_in, visitor
from ehiia.web.asking import done

blueprint = Blueprint("calendar", __name__)

FRESH_SECONDS = 900


@blueprint.get("/calendar/<token>.ics")
@public
def fetch(token: str) -> Response:
    """Hand out the calendar at a secret address: whoever knows it reads it, so nobody in between keeps it."""
    text = feeds.fetch(token, network_address=request.remote_addr or "", now=clock.now())
    response = Response(text.encode(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = "inline; filename=ehiia.ics"
    response.headers["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(token: str = "", status: int = 200) -> Any:
    response = Response(
        render_template(
            "calendar/address.html",
            made_at=feeds.made_at(visitor.person_id),
            address=config().public_url.rstrip("/") + feeds.address(token) if token else "",
        ),
        status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/account/calendar", methods=["GET", "POST"])
@signed_in
def address() -> Any:
    """Say whether there is an address, and make one.

    The new address is shown in the answer itself and never again: it is kept nowhere, so that no page it
    could be sent to would know it.
    """
    if request.method == "POST":
        return _page(feeds.make(by=visitor.person_id, now=clock.now()))
    return _page()


@blueprint.post("/account/calendar/off")
@signed_in
def switch_off() -> Any:
    """Let the address open nothing any more."""
    feeds.switch_off(by=visitor.person_id)
    done("The address was switched off")
    return redirect(url_for("calendar.address"), 303)
