"""Frozen versions of an assessment: the list, one as it was, two side by side, and freezing one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain import gates, wording_changes, workflow
from ehiia.domain.comparing import Change
from ehiia.domain.glance import glance
from ehiia.domain.vocabulary import Permission, Stage
from ehiia.domain.wording_changes import Piece
from ehiia.forms.versions import BeginForm, FreezeForm
from ehiia.services import gates as versions
from ehiia.services import recorded, voices
from ehiia.services import versions as numbering
from ehiia.services.gates import Frozen
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done, number
from ehiia.web.pages import crumbs, overview_url, places_of

blueprint = Blueprint("versions", __name__)

FEW_WORDS = 12
"""What has no more words than this on both sides together is shown as before and after, not word by word."""


@blueprint.get("/a/<ref>/versions")
@opens(Permission.READ)
def start(seen: Seen) -> str:
    """List the frozen versions, newest first, with what can be done about them."""
    assessment = seen.assessment
    frozen = versions.of_assessment(assessment.id)
    by_number = {version: list(rows) for version, rows in groupby(frozen, lambda one: one.key.version_no)}
    return render_template(
        "versions/start.html",
        seen=seen,
        crumbs=crumbs(seen),
        places_here=places_of(seen, "versions.start"),
        begun=versions.begun(assessment.id),
        by_number=by_number,
        records=recorded.records_of(assessment.id),
        compare_from=_items(frozen, str(frozen[0].key) if frozen else ""),
        compare_to=_items(frozen, versions.NOW),
        gates=gates.BY_HAND if _may_freeze(seen) else (),
        may_begin=_may_begin(seen),
    )


def _may_freeze(seen: Seen) -> bool:
    return bool(seen.may(Permission.SUBMIT)) and seen.assessment.stage in gates.OPEN_IN


def _may_begin(seen: Seen) -> bool:
    return bool(seen.may(Permission.REVIEW)) and seen.assessment.stage is Stage.IN_FORCE


def _items(frozen: Iterable[Frozen], chosen: str) -> list[dict[str, Any]]:
    """Return what can be compared as items of a select, newest first."""
    options = [(versions.NOW, "As it is now"), *((str(one.key), one.title) for one in frozen)]
    return [{"value": key, "text": words, "selected": key == chosen} for key, words in options]


@blueprint.route("/a/<ref>/versions/freeze/<gate>", methods=["GET", "POST"])
@opens(Permission.SUBMIT)
def freeze(seen: Seen, gate: str) -> Any:
    """Freeze the content before or after consultation, with the reason."""
    assessment, form = seen.assessment, FreezeForm()
    where = next((one for one in gates.BY_HAND if one.value == gate), None)
    if where is None:
        raise NotFound
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                frozen, new = versions.freeze_by_hand(
                    assessment.ref,
                    where,
                    reason=form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                if new:
                    flash(f"{frozen.title}, was frozen", "success")
                else:
                    flash(f"Nothing was changed since {frozen.title}: it stands as it is", "info")
                return redirect(url_for("versions.start", ref=assessment.ref), 303)
    return (
        render_template("versions/freeze.html", seen=seen, form=form, gate=where, crumbs=crumbs(seen)),
        asked.status,
    )


@blueprint.route("/a/<ref>/versions/new", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def begin(seen: Seen) -> Any:
    """Begin the next version of what is in force, with the reason."""
    form = BeginForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                begun = numbering.begin_new(
                    seen.assessment.ref,
                    reason=form.reason.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                    after=number(form.after.data),
                )
                done(f"Version {begun} was begun. Every answer was carried over")
                return redirect(overview_url(seen.assessment.ref), 303)
    else:
        workflow.find("begin_update", seen.assessment.stage)
        form.after.data = str(seen.assessment.version_no)
    return render_template("versions/begin.html", seen=seen, form=form, crumbs=crumbs(seen)), asked.status


@blueprint.get("/a/<ref>/versions/<frozen_key>")
@opens(Permission.READ)
def one(seen: Seen, frozen_key: str) -> str:
    """Show a frozen version, from its frozen text alone."""
    found = versions.one(seen.assessment.id, gates.key_of(frozen_key))
    return render_template(
        "versions/one.html",
        seen=seen,
        crumbs=crumbs(seen),
        frozen=found.frozen,
        snapshot=found.snapshot,
        glance=glance(found.snapshot),
        name_taken_back=voices.withdrawn_since(seen.assessment.id, found.snapshot.frozen_at),
    )


# -- comparing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A question on the page that compares. ``pieces`` is empty where before and after stand apart."""

    label: str
    how: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Area:
    """A heading with its questions."""

    id: str
    title: str
    lines: tuple[Line, ...]


@blueprint.get("/a/<ref>/versions/compare")
@opens(Permission.READ)
def compare(seen: Seen) -> Any:
    """Show two versions question by question; only what changed, unless everything is asked for."""
    assessment = seen.assessment
    if "before" not in request.args:
        return redirect(url_for("versions.start", ref=assessment.ref), 303)
    everything = request.args.get("show") == "all"
    before, after = request.args["before"], request.args.get("after", versions.NOW)
    found = versions.compared(assessment, before, after, now=clock.now())
    frozen = versions.of_assessment(assessment.id)
    changed = sum(line.before != line.after for line in found.lines)
    return render_template(
        "versions/compare.html",
        seen=seen,
        crumbs=crumbs(seen),
        found=found,
        before=before,
        after=after,
        everything=everything,
        changed=changed,
        areas=_areas(line for line in found.lines if everything or line.before != line.after),
        compare_from=_items(frozen, before),
        compare_to=_items(frozen, after),
    )


def _areas(lines: Iterable[Change]) -> list[Area]:
    return [
        Area(f"area-{at}", title, tuple(_line(one) for one in inside))
        for at, ((_, title), inside) in enumerate(groupby(lines, lambda one: (one.area, one.title)), 1)
    ]


def _line(change: Change) -> Line:
    before, after = "\n\n".join(change.before), "\n\n".join(change.after)
    apart = len(before.split()) + len(after.split()) <= FEW_WORDS
    changed = change.how == "changed"
    pieces = wording_changes.changes(before, after) if changed and not apart else ()
    return Line(change.label, change.how, change.before, change.after, pieces)
