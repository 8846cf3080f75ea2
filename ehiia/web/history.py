"""The history of one assessment, in sentences by day."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request, url_for

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Permission
from ehiia.services import history
from ehiia.services.sight import Seen
from ehiia.web.access import opens
from ehiia.web.asking import number
from ehiia.web.pages import crumbs, places_of

blueprint = Blueprint("history", __name__)


@blueprint.get("/a/<ref>/history")
@opens(Permission.READ)
def assessment(seen: Seen) -> str:
    """Tell who did what in an assessment, newest first."""
    ref = seen.assessment.ref
    before = number(request.args.get("before")) or None
    page = history.of_subject(f"assessment:{seen.assessment.id}", before=before)
    days = [(day, list(entries)) for day, entries in groupby(page.entries, lambda e: day_of(e.at))]
    older = url_for("history.assessment", ref=ref, before=page.older) if page.older else ""
    return render_template(
        "history/assessment.html",
        assessment=seen.assessment,
        places_here=places_of(seen, "history.assessment"),
        crumbs=crumbs(seen),
        days=days,
        older=older,
    )
