"""System checks: what is counted from the register, and what each of them found."""

from __future__ import annotations

from flask import Blueprint, render_template

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.services import systems
from ehiia.web.access import requires, visitor

blueprint = Blueprint("systems", __name__)


@blueprint.get("/audits/system-checks")
@requires(Permission.SEE_AUDIT_PLAN)
def start() -> str:
    """Show every check with what it found."""
    looked = systems.every(visitor.organisation_id, today=clock.today())
    return render_template("systems/start.html", looked=looked)


@blueprint.get("/audits/system-checks/<rule>")
@requires(Permission.SEE_AUDIT_PLAN)
def one(rule: str) -> str:
    """Show what one check found, each with a link."""
    looked = systems.one(visitor.organisation_id, rule, today=clock.today())
    return render_template("systems/one.html", looked=looked, may=visitor.may_in(Permission.KEEP_AUDITS))
