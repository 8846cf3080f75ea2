"""What is said about a proposal, and its route: the bodies it goes to, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, RoutePart, Stage
from ehiia.forms.assessment import (
    MOST_STEPS,
    DetailsForm,
    RouteForm,
    Row,
    StepForm,
    as_options,
    number,
    rearranged,
    row_of,
    step_form,
)
from ehiia.services import assessments, bodies, overview, people, planning
from ehiia.services.assessments import NewStep
from ehiia.services.sight import Seen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.assessments import entered, fill_choices
from ehiia.web.pages import crumbs, overview_url

blueprint = Blueprint("details", __name__)


def _shown(seen: Seen) -> DetailsForm:
    now = overview.details_of(seen.assessment)
    return DetailsForm(
        formdata=None,
        data={
            "title": now.title,
            "summary": now.summary,
            "kind": now.kind.value,
            "place_ids": [str(place) for place in now.place_ids],
            "director_id": str(now.director_id or ""),
            "expected_go_live_on": now.expected_go_live_on,
            "revision": str(seen.assessment.revision),
        },
    )


@blueprint.route("/a/<ref>/details", methods=["GET", "POST"])
@opens(Permission.READ)
def details(seen: Seen) -> Any:
    """Show and change what is being decided."""
    assessment, ref = seen.assessment, seen.assessment.ref
    form = DetailsForm() if request.method == "POST" else _shown(seen)
    fill_choices(form, assessment.organisation_id, assessment)
    asked = Asked(form, "the assessment")
    if form.is_submitted():
        with asked:
            if form.validate():
                assessments.change_details(
                    ref,
                    entered(form, overview.details_of(assessment).route),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("The details were saved", "success")
                return redirect(overview_url(ref), 303)
        if asked.stale:
            form.revision.data = str(assessment.revision)
    places = assessments.places_of(assessment.id)
    names = people.names({assessment.director_id} if assessment.director_id else set())
    return render_template(
        "details/details.html",
        seen=seen,
        form=form,
        may=seen.may(Permission.WRITE),
        places=[name for _, name in places],
        director=names.get(assessment.director_id or 0, ""),
        crumbs=crumbs(seen),
    ), asked.status


@blueprint.route("/a/<ref>/route", methods=["GET", "POST"])
@opens(Permission.READ)
def route(seen: Seen) -> Any:
    """Show and change the route. Adding, removing and moving rows keeps what was typed and saves nothing."""
    assessment, ref = seen.assessment, seen.assessment.ref
    starting = request.args.get("start") == "1"
    offered = as_options(
        (body.id, body.name) for body in bodies.listed(assessment.organisation_id, today=clock.today())
    )
    stored = assessments.route_of(assessment.id)
    known = {option.id for option in offered}
    offered += as_options((step.body_id, step.body) for step in stored if str(step.body_id) not in known)
    if request.method == "GET":
        frame = RouteForm(formdata=None, data={"revision": str(assessment.revision)})
        rows = [Row(str(step.body_id), step.part.value, step.meeting_on) for step in stored] or [
            Row(part=RoutePart.DECIDES.value)
        ]
        steps, asked = _forms(rows, offered), Asked(frame)
    else:
        frame = RouteForm()
        asked = Asked(frame, "the assessment")
        steps = [step_form(at, offered) for at in range(1, frame.row_count() + 1)]
        checked = [frame.validate(), *(step.validate() for step in steps)]
        what = request.form.get("do", "")
        if what and what != "save":
            rows = rearranged([row_of(step) for step in steps], what)
            steps = _forms(rows, offered)
        else:
            with asked:
                chosen = _chosen(steps) if all(checked) else None
                if chosen is not None:
                    _save(seen, frame, chosen)
                    if starting and assessment.stage is Stage.SCREENING:
                        return redirect(url_for("screening.questions", ref=ref), 303)
                    flash("The route was saved", "success")
                    return redirect(overview_url(ref), 303)
            if asked.stale:
                frame.revision.data = str(assessment.revision)
    frame.rows.data = str(len(steps))
    return render_template(
        "details/route.html",
        seen=seen,
        route_form=frame,
        forms=[frame, *steps],
        steps=steps,
        stored=stored,
        may=seen.may(Permission.WRITE),
        starting=starting,
        meeting_passed=_passed(stored),
        plan=planning.plan_of(assessment, stored, today=clock.today()),
        more=len(steps) < MOST_STEPS,
        bodies=offered,
        crumbs=crumbs(seen),
    ), asked.status


def _passed(stored: Sequence[assessments.Step]) -> date | None:
    """Return the day of the deciding meeting where it has passed."""
    day = next((step.meeting_on for step in stored if step.part is RoutePart.DECIDES), None)
    return day if day is not None and day < clock.today() else None


def _forms(rows: list[Row], bodies: Any) -> list[StepForm]:
    return [step_form(at, bodies, row) for at, row in enumerate(rows, start=1)]


def _chosen(steps: list[StepForm]) -> tuple[NewStep, ...] | None:
    """Return the rows that were filled in; None (with messages) where one is half empty."""
    found, complete = [], True
    for step in steps:
        row = row_of(step)
        if row.empty or (not row.body_id and not row.meeting_on and not any(row.typed)):
            continue
        body = number(step.body_id)
        if body is None:
            step.refuse("body_id", "Choose the committee or decision-maker, or remove this row")
            complete = False
        elif not row.part:
            step.refuse("part", "Choose what the body does")
            complete = False
        else:
            found.append(NewStep(body, RoutePart(row.part), row.meeting_on))
    return tuple(found) if complete else None


def _save(seen: Seen, frame: RouteForm, steps: tuple[NewStep, ...]) -> None:
    assessments.change_details(
        seen.assessment.ref,
        replace(overview.details_of(seen.assessment), route=steps),
        revision=number(frame.revision) or 0,
        moved_reason=frame.moved_reason.data or "",
        by=visitor.person_id,
        now=clock.now(),
    )
