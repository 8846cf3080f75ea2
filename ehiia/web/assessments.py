"""Starting an assessment, and its overview."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain import depth as depth_rules
from ehiia.domain import workflow
from ehiia.domain.access import UNSENT
from ehiia.domain.asked import asked_sections
from ehiia.domain.questions import Depth
from ehiia.domain.vocabulary import (
    Permission,
    ProposalKind,
    Role,
    RoutePart,
    Stage,
)
from ehiia.forms.assessment import DetailsForm, StartForm, as_options, number, offer
from ehiia.services import (
    assessments,
    assigning,
    brought_in,
    circumstances,
    decided,
    material,
    mitigations,
    organisations,
    particulars,
    people,
    planning,
    recorded,
    selfchecking,
    stopping,
    team,
)
from ehiia.services import overview as pages_of
from ehiia.services.assessments import Details
from ehiia.services.overview import Assessment, Whole
from ehiia.services.sight import Seen
from ehiia.web import present
from ehiia.web.access import opens, requires, visitor
from ehiia.web.asking import Asked
from ehiia.web.pages import (
    crumbs,
    missing_url,
    next_step,
    people_words,
    places_of,
    stage_line,
)
from ehiia.web.tasklist import task_groups

blueprint = Blueprint("assessments", __name__)


# -- starting ----------------------------------------------------------------------------------


def fill_choices(form: DetailsForm, organisation_id: int, assessment: Assessment | None = None) -> None:
    """Give the form of details the places and directors of the organisation, and what was chosen before."""
    today = clock.today()
    places = {place.id: place.name for place in organisations.places(organisation_id, today=today)}
    directors = {one.id: one.name for one in people.with_role(organisation_id, Role.DIRECTOR, today=today)}
    if assessment is not None:
        places |= dict(assessments.places_of(assessment.id))
    offer(form.place_ids, as_options(places.items()))
    offer(form.director_id, as_options(directors.items()))


def entered(form: DetailsForm, route: tuple[assessments.NewStep, ...] = ()) -> Details:
    """Return what was entered."""
    return Details(
        title=form.title.data or "",
        summary=form.summary.data or "",
        kind=ProposalKind(form.kind.data),
        place_ids=tuple(int(place) for place in form.place_ids.data or ()),
        director_id=number(form.director_id),
        expected_go_live_on=form.expected_go_live_on.data,
        route=route,
    )


@blueprint.route("/assessments/start", methods=["GET", "POST"])
@requires(Permission.START)
def start() -> Any:
    """Ask what is being decided; the route comes on the next page, and the start is saved by then."""
    form = StartForm()
    fill_choices(form, visitor.organisation_id)
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                made = assessments.start(
                    replace(
                        entered(form),
                        decided_before_on=form.decided_before_on.data,
                        decided_before_by=form.decided_before_by.data or "",
                    ),
                    organisation_id=visitor.organisation_id,
                    by=visitor.person_id,
                    now=clock.now(),
                    once=form.once.data or "",
                )
                return redirect(url_for("details.route", ref=made.ref, start=1), 303)
    return render_template(
        "assessments/start.html",
        form=form,
        earliest=planning.earliest_meeting(visitor.organisation_id, today=clock.today()),
        crumbs=crumbs(),
    ), asked.status


# -- the overview ------------------------------------------------------------------------------


@blueprint.get("/a/<ref>")
@opens(Permission.KNOW)
def overview(seen: Seen) -> Any:
    """Show where an assessment stands, what is to be done next, and every page of it."""
    assessment = seen.assessment
    if not seen.may(Permission.READ):
        return render_template(
            "assessments/_known.html",
            seen=seen,
            author=people.names({assessment.created_by}).get(assessment.created_by, ""),
            crumbs=crumbs(),
        )
    records = recorded.records_of(assessment.id)
    earlier = brought_in.earlier_of(assessment)
    if earlier is not None:
        return render_template(
            "assessments/_earlier.html",
            seen=seen,
            earlier=earlier,
            involved=people_words(team.involved(assessment.id), visitor.person_id),
            actions=mitigations.list_of(assessment.id),
            begin=assessment.stage is Stage.IN_FORCE and bool(seen.may(Permission.REVIEW)),
            invite=bool(seen.may(Permission.INVITE)),
            restrict=bool(seen.may(Permission.RESTRICT)),
            stops=_stops(seen),
            crumbs=crumbs(),
        )
    whole = pages_of.whole(assessment)
    given, mine = assigning.given(assessment.id), request.args.get("show") == "mine"
    route = assessments.route_of(assessment.id)
    plan = planning.plan_of(assessment, route, today=clock.today())
    settings = organisations.settings_of(organisations.get(assessment.organisation_id))
    deciding = next((step for step in route if step.part is RoutePart.DECIDES), None)
    last = decided.last_decision(assessment.id) if records else None
    return render_template(
        "assessments/overview.html",
        seen=seen,
        crumbs=crumbs(),
        places=places_of(seen, "assessments.overview"),
        stages=stage_line(assessment, plan.milestones, director_agrees=settings.director_agrees),
        step=next_step(seen, whole.review),
        unanswered_groups=sum(group.affected is None for group in whole.answers.groups),
        depth_line=depth_line(assessment, whole),
        groups=task_groups(assessment, whole, given, only=visitor.person_id if mine else 0),
        mine=mine,
        has_mine=any(one.person_id == visitor.person_id for one in given.values()),
        circumstances=circumstances.circumstances_of(assessment),
        ways=_ways(seen),
        missing=[
            (item.text, missing_url(assessment.ref, item, may_write=bool(seen.may(Permission.WRITE))))
            for item in whole.review.missing
        ],
        left_out=pages_of.groups_left_out(assessment, whole.answers.groups),
        left_out_reason=str(whole.answers.value("groups_left_out_reason") or ""),
        not_asked=_not_asked(whole),
        found=selfchecking.self_check(assessment, today=clock.today(), whole=whole),
        plan=plan,
        involved=people_words(team.involved(assessment.id), visitor.person_id),
        deciding=deciding,
        advising=[step for step in route if step is not deciding],
        records=records,
        stops=_stops(seen),
        can={name: bool(seen.may(permission)) for name, permission in CAN.items()}
        | {"start": visitor.may_in(Permission.START)}
        | {"begin": assessment.stage is Stage.IN_FORCE and bool(seen.may(Permission.REVIEW))},
        last=last,
        given_up=assessment.stage is Stage.IN_FORCE
        and last is not None
        and last.version_no < assessment.version_no,
        being_redone=assessment.stage in workflow.LIVE,
        stale=material.stale(assessment, now=clock.now()) if records else None,
    )


def depth_line(assessment: Assessment, whole: Whole) -> str:
    """Return which form it is where that needs a word: the short one, a rapid one, or one that grew."""
    if assessment.stage is Stage.SCREENING:
        return ""
    if whole.answers.depth is Depth.SHORT:
        minutes = depth_rules.minutes(whole.questions, whole.answers)
        return f"Short form: about {present.count(minutes, 'minute')} in all."
    if whole.answers.depth is Depth.RAPID:
        return "Rapid assessment: one page before an urgent decision. A whole one follows."
    if assessment.depth_reason:
        return f"Extended form. {assessment.depth_reason.splitlines()[0]}"
    return ""


def _ways(seen: Seen) -> list[tuple[str, str]]:
    """Return links to what is seldom needed: what is out of the ordinary, urgency, adoption."""
    assessment, ref = seen.assessment, seen.assessment.ref
    staff = ", and the consultation of staff" if assessment.kind is ProposalKind.WORKFORCE else ""
    found = [(f"What is out of the ordinary{staff}", url_for("circumstances.about", ref=ref))]
    first = assessment.version_no == 1 and assessment.stage in UNSENT
    if first and assessment.depth != Depth.RAPID and seen.may(Permission.SUBMIT):
        found.append(("The decision cannot wait", url_for("circumstances.urgent", ref=ref)))
    if seen.may(Permission.NAME_CHECKER):
        found.append(("External checker", url_for("circumstances.checker", ref=ref)))
    outside = assessment.outside_author or assessment.outside_body
    if outside and seen.may(Permission.AGREE) and assessment.stage in particulars.ADOPTING:
        found.append(("Adopt it as accountable director", url_for("circumstances.adopt", ref=ref)))
    return found


STOPS = {
    "pause": "Pause it",
    "resume": "Take it up again",
    "give_up_version": "Give up this version",
    "withdraw": "Withdraw it",
    "close": "Close it",
}


def _stops(seen: Seen) -> list[tuple[str, str]]:
    """Return how the work can be stopped: address and words."""
    if not seen.may(Permission.STOP_WORK):
        return []
    allowed = {move.name for move in workflow.open_moves(seen.assessment.stage)}
    allowed -= {"withdraw"} if stopping.redoes_what_is_in_force(seen.assessment) else {"give_up_version"}
    return [(name.replace("_", "-"), words) for name, words in STOPS.items() if name in allowed]


CAN = {
    "write": Permission.WRITE,
    "advise": Permission.ADVISE,
    "invite": Permission.INVITE,
    "restrict": Permission.RESTRICT,
}


def _not_asked(whole: Whole) -> list[str]:
    asked = asked_sections(whole.questions, whole.answers)
    return [
        section.title
        for section in whole.questions.sections
        if section not in asked and section.asked_when.kinds
    ]
