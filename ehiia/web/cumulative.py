"""Cumulative effects by group and place, and the assessments behind each."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from ehiia.services import cumulative
from ehiia.web.access import signed_in, visitor

blueprint = Blueprint("cumulative", __name__)

SHOWN = 50
"""So many are shown until all are asked for."""


@blueprint.get("/cumulative")
@signed_in
def start() -> str:
    """List the groups and places in which three or more live proposals add up."""
    found = cumulative.pairs(visitor.actor, visitor.organisation_id)
    return render_template(
        "cumulative/start.html",
        pairs=found if request.args.get("all") else found[:SHOWN],
        how_many=len(found),
        many=cumulative.MANY,
    )


@blueprint.get("/cumulative/<int:place_id>/<group_code>")
@signed_in
def behind(place_id: int, group_code: str) -> str:
    """Show the proposals that leave a group worse off in a place, and how."""
    together, proposals = cumulative.behind(
        visitor.actor, visitor.organisation_id, place_id=place_id, group=group_code
    )
    return render_template(
        "cumulative/behind.html", together=together, proposals=proposals, many=cumulative.MANY
    )
