"""The register of assessments."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, ProposalKind, Stage, Word
from ehiia.services import organisations, register
from ehiia.services.register import Filters
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import number as as_number
from ehiia.web.present import count as counted
from ehiia.web.shell import Link

blueprint = Blueprint("register", __name__)

W = TypeVar("W", bound=Word)


def _chosen(kind: type[W], given: str) -> W | None:
    try:
        return kind(given)
    except ValueError:
        return None


def _filters() -> Filters:
    args = request.args
    return Filters(
        words=args.get("words", "")[:200],
        stage=_chosen(Stage, args.get("stage", "")),
        kind=_chosen(ProposalKind, args.get("kind", "")),
        place_id=as_number(args.get("place")) or None,
        review_overdue=args.get("overdue") == "y",
        stale=args.get("stale") == "y",
        mine=args.get("mine") == "y",
    )


@blueprint.get("/assessments")
@signed_in
def start() -> str:
    """List what the visitor knows of: in the organisation shown, or shared by others."""
    today = clock.today()
    filters = _filters()
    organisation = visitor.organisation
    shared = request.args.get("tab") == "shared" or organisation is None
    after, before = request.args.get("after", ""), request.args.get("before", "")
    asked: dict[str, Any] = {
        "filters": filters,
        "ref_prefix": organisation.ref_prefix if organisation and not shared else "",
        "shared": shared,
        "today": today,
    }
    page = register.page(visitor.actor, visitor.organisation_id, after=after, before=before, **asked)
    whole = not page.before and not page.after
    number = len(page.rows) if whole else register.count(visitor.actor, visitor.organisation_id, **asked)
    first = not page.before and not filters and not shared
    places = organisations.places(organisation.id, today=today) if organisation and not shared else []
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name not in {"after", "before"}
    }
    return render_template(
        "register/start.html",
        page=page,
        how_many=f"more than {register.COUNTED:,} assessments"
        if number > register.COUNTED
        else counted(number, "assessment"),
        filters=filters,
        shared=shared,
        tabs=[
            Link(
                organisation.name if organisation else "Your organisation",
                url_for("register.start"),
                not shared,
            ),
            Link("Shared with me", url_for("register.start", tab="shared"), shared),
        ],
        places=places,
        stages=Stage,
        kinds=ProposalKind,
        restricted=register.restricted_elsewhere(visitor.actor, visitor.organisation_id) if first else [],
        newer=url_for("register.start", **kept, before=page.before) if page.before else "",
        older=url_for("register.start", **kept, after=page.after) if page.after else "",
        may_start=visitor.may_in(Permission.START),
        may_bring_in=visitor.may_in(Permission.BRING_IN),
    )
