"""A finished example that anybody signed in can read: invented, and shown as every record is."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, render_template

from ehiia.content import example
from ehiia.domain import paper
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.glance import glance
from ehiia.domain.vocabulary import Permission
from ehiia.services import freezing
from ehiia.web.access import signed_in, visitor

blueprint = Blueprint("example", __name__)


@cache
def record() -> DecisionRecord:
    """Return the example, thawed once."""
    return freezing.thaw_record(example.text())


@blueprint.get("/example")
@signed_in
def show() -> str:
    """Show the finished example, from the assessment to the decision and the duties."""
    one = record()
    return render_template(
        "example/show.html",
        record=one,
        snapshot=one.snapshot,
        glance=glance(one.snapshot),
        harms=paper.harms(one.snapshot),
        may_start=visitor.may_in(Permission.START),
    )
