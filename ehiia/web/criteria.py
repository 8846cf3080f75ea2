"""The criteria of the check: scored by the equality lead on one page, as far as they are known."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.forms.criteria import filled
from ehiia.services import checks, quality
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, read
from ehiia.web.access import opens, visitor
from ehiia.web.asking import done

blueprint = Blueprint("criteria", __name__)


def _where(ref: str, section: str) -> str:
    return url_for("checks.page", ref=ref, key=section) if section else ""


@blueprint.route("/a/<ref>/check/criteria", methods=["GET", "POST"])
@opens(Permission.CHECK)
def score(seen: Seen) -> Any:
    """Take scores from 0 to 3 with comments; what is left out can be given later."""
    assessment, ref, status = seen.assessment, seen.assessment.ref, 200
    rows = quality.scored(checks.current_check(read(), assessment))
    known = tuple(row.criterion for row in rows)
    form = filled(known, [row.mark for row in rows if row.mark is not None])
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                quality.mark(ref, form.marks(known), by=visitor.person_id, now=clock.now())
            except Invalid as error:
                for name, message in error.errors.items():
                    form.refuse(f"comment_{name}", message)
            else:
                done("The scores were kept")
                return redirect(url_for("checks.check", ref=ref), 303)
    return (
        render_template(
            "criteria/score.html",
            form=form,
            assessment=assessment,
            rows=[(row, _where(ref, row.criterion.section)) for row in rows],
            is_open=assessment.stage is Stage.CHECKING,
        ),
        status,
    )
