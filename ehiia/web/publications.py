"""Publishing a record: how, what is left out, what was looked at, the agreement, and withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.glance import glance
from ehiia.domain.publishing import Exemption, PublicationState, Publishing
from ehiia.domain.questions import Option
from ehiia.domain.redaction import Mark, NamedRole
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import ReasonForm, offer
from ehiia.forms.publications import (
    AgreeForm,
    MarkForm,
    NumbersForm,
    PlanForm,
    PointsForm,
    RulesForm,
    WithdrawForm,
)
from ehiia.services import (
    agreeing_publications,
    being_published,
    organisations,
    publication_rules,
    publishing,
    redacting,
)
from ehiia.services.publishing import Page, Plan
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotFound
from ehiia.web.access import opens, requires, visitor
from ehiia.web.asking import Asked, done, number
from ehiia.web.pages import crumbs, places_of
from ehiia.web.present import short

blueprint = Blueprint("publications", __name__)


@dataclass(frozen=True)
class Words:
    """What a page that ends a publication says."""

    heading: str
    means: str
    button: str
    done: str


ENDS = {
    "withdraw": Words(
        "Withdraw what is published",
        "The public is no longer shown it. The register goes on saying that there was an edition, and why it "
        "was withdrawn.",
        "Withdraw it",
        "What was published is withdrawn",
    ),
    "give-up": Words(
        "Give up this publication",
        "What is being prepared is thrown away, with its marks. What is published already stays.",
        "Give it up",
        "The publication was given up",
    ),
}


def _url(seen: Seen, view: str, **values: Any) -> str:
    return url_for(f"publications.{view}", ref=seen.assessment.ref, **values)


def _crumbs(seen: Seen) -> list[tuple[str, str]]:
    return [*crumbs(seen), ("Publication", _url(seen, "show"))]


def _who() -> dict[str, Any]:
    return {"by": visitor.person_id, "now": clock.now()}


def _preparing(seen: Seen) -> Page:
    """Return the page of what is being prepared. Raises NotFound where nothing is."""
    page = publishing.page_of(seen, today=clock.today())
    if page.now is None:
        raise NotFound
    return page


@blueprint.get("/a/<ref>/publication")
@opens(Permission.READ)
def show(seen: Seen) -> str:
    """Show how the newest record is published, and what is next."""
    return render_template(
        "publications/show.html",
        seen=seen,
        page=publishing.page_or_none(seen, today=clock.today()),
        today=clock.today(),
        kinds=Publishing,
        states=PublicationState,
        crumbs=crumbs(seen),
        places_here=places_of(seen, "publications.show"),
        may_prepare=bool(seen.may(Permission.PUBLISH)),
        is_public=organisations.settings_of(
            organisations.get(seen.assessment.organisation_id)
        ).public_register,
    )


@blueprint.route("/a/<ref>/publication/plan", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def plan(seen: Seen) -> Any:
    """Say how it is published."""
    page, form = publishing.page_of(seen, today=clock.today()), PlanForm()
    row = page.now
    asked = Asked(form, "how it is published")
    if form.is_submitted():
        with asked:
            if form.validate():
                given = Plan(
                    Publishing(form.kind.data),
                    form.reason.data or "",
                    Exemption(form.exemption.data) if form.exemption.data else None,
                    form.not_before_on.data,
                )
                if row is None:
                    publishing.begin(seen.assessment.ref, given, **_who())
                else:
                    revision = number(form.revision.data)
                    publishing.change(seen.assessment.ref, given, revision=revision, **_who())
                return redirect(_url(seen, "show"), 303)
    elif row is not None:
        form = PlanForm(data={name: getattr(row, name) for name in ("reason", "not_before_on")})
        form.kind.data = row.kind.value
        form.exemption.data = row.exemption.value if row.exemption else ""
    if row is not None and (asked.stale or not form.is_submitted()):
        form.revision.data = str(row.revision)
    return render_template(
        "publications/plan.html", seen=seen, form=form, page=page, stale=asked.stale, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.route("/a/<ref>/publication/marks", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def marks(seen: Seen) -> Any:
    """Mark what is left out by hand."""
    page, form = _preparing(seen), MarkForm()
    there = redacting.places(page.whole.whole)
    offer(form.place, [Option(one.key, f"{one.words}: {short(one.text, 60)}") for one in there])
    if not form.is_submitted():
        form.passage.data = request.args.get("passage", "")[:1000]
        form.place.data = request.args.get("place", "")[:300]
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                given = Mark(
                    form.place.data or "",
                    form.passage.data or "",
                    form.reason.data or "",
                    Exemption(form.exemption.data) if form.exemption.data else None,
                )
                redacting.mark(seen.assessment.ref, given, **_who())
                done("It is left out")
                return redirect(_url(seen, "marks"), 303)
    return render_template(
        "publications/marks.html",
        seen=seen,
        form=form,
        page=page,
        where={one.key: one.words for one in there},
        crumbs=_crumbs(seen),
    ), asked.status


@blueprint.post("/a/<ref>/publication/marks/<int:mark_id>/remove")
@opens(Permission.PUBLISH)
def unmark(seen: Seen, mark_id: int) -> Any:
    """Take a mark back."""
    redacting.unmark(seen.assessment.ref, mark_id, **_who())
    done("The mark was taken back")
    return redirect(_url(seen, "marks"), 303)


@blueprint.route("/a/<ref>/publication/points", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def points(seen: Seen) -> Any:
    """Show the places that may show who somebody is, and take which may stay."""
    page, form = _preparing(seen), PointsForm()
    offer(form.points, [Option(one.key, one.words) for one in page.to_look_at])
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                redacting.look_at(
                    seen.assessment.ref, form.points.data or (), form.reason.data or "", **_who()
                )
                done("They may stay")
                return redirect(_url(seen, "points"), 303)
    return render_template(
        "publications/points.html", seen=seen, form=form, page=page, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.route("/a/<ref>/publication/numbers", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def numbers(seen: Seen) -> Any:
    """Show the numbers of people that the rule leaves out, and take which may stay."""
    page, form = _preparing(seen), NumbersForm()
    there = {one.key: one for one in page.numbers.hidden}
    offer(form.numbers, [Option(key, f"{one.found}, {one.where}") for key, one in there.items()])
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                redacting.keep(seen.assessment.ref, form.numbers.data or (), form.reason.data or "", **_who())
                done("They may stay")
                return redirect(_url(seen, "numbers"), 303)
    return render_template(
        "publications/numbers.html", seen=seen, form=form, page=page, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.post("/a/<ref>/publication/numbers/<point>/hide")
@opens(Permission.PUBLISH)
def hide_again(seen: Seen, point: str) -> Any:
    """Leave a number that was kept to the rule again."""
    redacting.hide_again(seen.assessment.ref, point, **_who())
    done("It is left to the rule again")
    return redirect(_url(seen, "numbers"), 303)


@blueprint.get("/a/<ref>/publication/preview")
@opens(Permission.READ)
def preview(seen: Seen) -> str:
    """Show the edition as it would be made now."""
    record = publishing.preview(seen)
    return render_template(
        "publications/preview.html",
        seen=seen,
        record=record,
        snapshot=record.snapshot,
        glance=glance(record.snapshot),
        crumbs=_crumbs(seen),
    )


@blueprint.post("/a/<ref>/publication/ask")
@opens(Permission.PUBLISH)
def ask(seen: Seen) -> Any:
    """Ask somebody else to agree."""
    agreeing_publications.ask(seen.assessment.ref, **_who())
    done("An equality lead or a director is asked to agree")
    return redirect(_url(seen, "show"), 303)


@blueprint.route("/a/<ref>/publication/agree", methods=["GET", "POST"])
@opens(Permission.AGREE_PUBLICATION)
def agree(seen: Seen) -> Any:
    """Agree how it is published, or send it back."""
    page, form = publishing.page_of(seen, today=clock.today()), AgreeForm()
    if page.now is None:  # it was answered, by whoever sends this twice or by somebody else
        return redirect(_url(seen, "show"), 303)
    asked = Asked(form, "how it is published")
    if form.is_submitted():
        with asked:
            if form.validate():
                if form.agree.data == "yes":
                    row = agreeing_publications.agree(
                        seen.assessment.ref, as_shown=form.shown.data or "", **_who()
                    )
                    agreeing_publications.seal_at_once(row.id, now=clock.now())
                    done("It is agreed")
                else:
                    agreeing_publications.send_back(seen.assessment.ref, form.note.data or "", **_who())
                    done("It was sent back")
                return redirect(_url(seen, "show"), 303)
    if asked.stale or not form.is_submitted():
        form.shown.data = agreeing_publications.shown(page.now)
    return render_template(
        "publications/agree.html", seen=seen, form=form, page=page, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.route("/a/<ref>/publication/<any(withdraw, 'give-up'):what>", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def end(seen: Seen, what: str) -> Any:
    """Withdraw what is published, or give up what is being prepared, with the reason."""
    form, words = WithdrawForm() if what == "withdraw" else ReasonForm(), ENDS[what]
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                ends = agreeing_publications.withdraw if what == "withdraw" else agreeing_publications.give_up
                ends(seen.assessment.ref, form.reason.data or "", **_who())
                done(words.done)
                return redirect(_url(seen, "show"), 303)
    return render_template(
        "publications/end.html", seen=seen, form=form, words=words, crumbs=_crumbs(seen)
    ), asked.status


@blueprint.route("/organisation/publication", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def rules() -> Any:
    """Show and change what the rules of publication leave out."""
    organisation = organisations.get(visitor.organisation_id)
    settings, form = organisations.settings_of(organisation), RulesForm()
    if not form.is_submitted():
        period = next(iter(being_published.periods(settings)), None)
        form = RulesForm(
            formdata=None,
            data={
                "threshold": settings.small_numbers_below,
                "named": list(settings.named_in_public),
                "working_days": settings.publish_working_days,
                "before_decision": settings.publish_before_decision,
                "first": period.first if period else None,
                "last": period.last if period else None,
                "revision": str(organisation.revision),
            },
        )
    asked = Asked(form, "these rules")
    if form.is_submitted():
        with asked:
            if form.validate():
                publication_rules.change(
                    organisation.id,
                    threshold=form.threshold.data or 0,
                    named=[NamedRole(role) for role in form.named.data or ()],
                    working_days=form.working_days.data or 0,
                    before_decision=bool(form.before_decision.data),
                    first=form.first.data,
                    last=form.last.data,
                    revision=number(form.revision.data),
                    **_who(),
                )
                done("The rules were saved")
                return redirect(url_for("organisation.start"), 303)
        if asked.stale:
            organisation = organisations.get(organisation.id)
            settings = organisations.settings_of(organisation)
            form.revision.data = str(organisation.revision)
    return render_template(
        "publications/rules.html", form=form, settings=settings, stale=asked.stale
    ), asked.status
