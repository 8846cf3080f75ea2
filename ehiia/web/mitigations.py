"""Mitigating actions: the register, one action, promising and changing it, and what its owner says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain import scoring
from ehiia.domain.mitigating import Acceptance, ActionKind, Funding, OverdueAge
from ehiia.domain.questions import Option
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Claim, InPlace, Likelihood, Permission, Role, Severity, Verdict
from ehiia.forms.assessment import TokenForm, as_options, number, offer
from ehiia.forms.choices import degrees
from ehiia.forms.mitigation import NOT_AUDITED, ClaimForm, MitigationFilterForm, MitigationForm
from ehiia.forms.owning import AcceptForm
from ehiia.services import (
    action_dates,
    action_endings,
    action_progress,
    audits,
    bodies,
    date_history,
    freezing,
    mitigations,
    overview,
    people,
    promises,
    register_files,
    saved_views,
    taking_on,
)
from ehiia.services.mitigations import MitigationRow, Promise
from ehiia.services.promises import PromiseFilter
from ehiia.services.relied import relied_on
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen
from ehiia.web.access import opens, signed_in, visitor
from ehiia.web.asking import Asked, attachment
from ehiia.web.components import page_url
from ehiia.web.pages import crumbs, leaf_url

blueprint = Blueprint("mitigations", __name__)

BODY_ASKED = "The decision relied on this action, so the body that decided is asked. It stays open meanwhile"


def filter_form() -> MitigationFilterForm:
    """Return the form of what is shown, with the directors and the bodies of the organisation shown."""
    form = MitigationFilterForm(request.args)
    here, today = visitor.organisation_id, clock.today()
    directors = {one.id: one.name for one in people.with_role(here, Role.DIRECTOR, today=today)}
    offer(form.director, as_options(directors.items()))
    offer(form.body, as_options((one.id, one.name) for one in bodies.listed(here, today=today)))
    form.validate()
    return form


def chosen_in(form: MitigationFilterForm) -> dict[str, Any]:
    """Return the filters that were chosen, as the address has them."""
    return {name: str(value) for name, value in form.values().items() if value and form[name].known(value)}


def _wanted(form: MitigationFilterForm) -> PromiseFilter:
    return PromiseFilter(
        claim=Claim(form.claim.data) if form.claim.known(form.claim.data) else None,
        verdict=Verdict(form.verdict.data) if form.verdict.data in set(Verdict) else None,
        not_audited=form.verdict.data == NOT_AUDITED,
        overdue=form.due.data == "overdue",
        age=OverdueAge(form.due.data) if form.due.data in set(OverdueAge) else None,
        director_id=number(form.director) if form.director.known(form.director.data) else None,
        body_id=number(form.body) if form.body.known(form.body.data) else None,
        kind=ActionKind(form.kind.data) if form.kind.data in set(ActionKind) else None,
        unaccepted=form.taken.data == "unaccepted",
        owner_id=visitor.person_id if form.whose.data == "mine" else None,
        shared=form.whose.data == "shared",
    )


@blueprint.get("/mitigations")
@signed_in
def register() -> Any:
    """List the mitigating actions that the person knows of: claim, verdict and overdue apart."""
    form = filter_form()
    page = promises.register(
        visitor.actor,
        visitor.organisation_id,
        _wanted(form),
        today=clock.today(),
        after=request.args.get("after", ""),
    )
    chosen = chosen_in(form)
    kept = saved_views.mine(visitor.person_id, visitor.organisation_id)
    return render_template(
        "mitigations/register.html",
        form=form,
        rows=page.rows,
        next_url=url_for("mitigations.register", **chosen, after=page.next_key) if page.next_key else "",
        first_url=url_for("mitigations.register", **chosen) if request.args.get("after") else "",
        files=[(kind, url_for("mitigations.file", kind=kind, **chosen)) for kind in ("xlsx", "csv")],
        most=register_files.MOST,
        views=[(one.name, url_for("mitigations.register", **saved_views.filters_of(one))) for one in kept],
        views_url=url_for("views.start", **chosen),
        filtered=bool(chosen),
        crumbs=crumbs()[:1],
    )


@blueprint.get("/mitigations/register.<any(xlsx, csv):kind>")
@signed_in
def file(kind: str) -> Response:
    """Hand out what the filters show as a file for a spreadsheet: just what the person may see."""
    name, content = register_files.files_of(
        visitor.actor, visitor.organisation_id, _wanted(filter_form()), today=clock.today(), kind=kind
    )
    return attachment(name, content)


def _link_id(link: tuple[str, str]) -> str:
    return f"{link[0]}:{link[1]}"


def _impacts(seen: Seen, now: tuple[tuple[str, str], ...]) -> list[Option]:
    """Return the impacts an action may answer: those that leave somebody worse off, and those it answers."""
    whole = overview.whole(seen.assessment)
    order = [group.code for group in whole.answers.groups]
    adverse = [impact for impact in scoring.counted(whole.answers) if impact.adverse]
    links = [(i.subject, i.dimension.value) for i in sorted(adverse, key=lambda i: order.index(i.subject))]
    effects = scoring.answered_once(whole.answers, whole.effects)
    links += [(effect.question, scoring.OVERALL) for effect in effects if effect.adverse]
    links += [link for link in now if link not in links]
    return [
        Option(_link_id(link), freezing.impact_words(whole.answers, whole.questions, *link)) for link in links
    ]


def _fill(form: MitigationForm, seen: Seen, row: MitigationRow | None = None) -> None:
    today, organisation_id = clock.today(), seen.assessment.organisation_id
    owners = {one.id: one.name for one in people.with_role(organisation_id, today=today)}
    if row is not None and row.owner_id and row.owner_id not in owners:
        owners |= people.names({row.owner_id})
    scale = scale_of(seen.assessment)
    offer(form.expected_likelihood, degrees(scale.likelihood))
    offer(form.expected_severity, degrees(scale.severity))
    offer(form.owner_id, as_options(owners.items()))
    offer(form.answers, _impacts(seen, mitigations.links_of(row.id) if row else ()))


def _entered(form: MitigationForm) -> Promise:
    likelihood, severity = form.expected_likelihood.data, form.expected_severity.data
    return Promise(
        what=form.what.data or "",
        owner_id=number(form.owner_id),
        outside_owner=form.outside_owner.data or "",
        outside_email=form.outside_email.data or "",
        due_on=form.due_on.data,
        measure=form.measure.data or "",
        in_place=InPlace(form.in_place.data) if form.in_place.data else None,
        likelihood=Likelihood(int(likelihood)) if likelihood else None,
        severity=Severity(int(severity)) if severity else None,
        answers=tuple((head, tail) for head, _, tail in (a.rpartition(":") for a in form.answers.data or ())),
        kind=ActionKind(form.kind.data) if form.kind.data else None,
        starts_on=form.starts_on.data,
        baseline=form.baseline.data or "",
        target=form.target.data or "",
        data_source=form.data_source.data or "",
        resources=form.resources.data or "",
        funding=Funding(form.funding.data) if form.funding.data else None,
        clause=form.clause.data or "",
    )


@blueprint.route("/a/<ref>/mitigations/add", methods=["GET", "POST"])
@opens(Permission.WRITE)
def add(seen: Seen) -> Any:
    """Promise a mitigating action; ``?answers=`` says which impact it is for."""
    if request.method == "POST":
        form = MitigationForm()
    else:
        form = MitigationForm(formdata=None, data={"answers": request.args.getlist("answers")})
    _fill(form, seen)
    if request.method == "GET":
        form.answers.data = [value for value in form.answers.data or () if form.answers.known(value)]
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                row = mitigations.add(
                    seen.assessment.ref, _entered(form), by=visitor.person_id, now=clock.now()
                )
                flash(f"Mitigating action {row.ref} was added", "success")
                return redirect(leaf_url(seen.assessment.ref, "mitigations"), 303)
    return render_template("mitigations/add.html", seen=seen, form=form, crumbs=crumbs(seen)), asked.status


@blueprint.route("/mitigations/<mitigation_ref>/change", methods=["GET", "POST"])
@signed_in
def change(mitigation_ref: str) -> Any:
    """Change what is promised, while the assessment is written."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor, permission=Permission.WRITE)
    form = MitigationForm() if request.method == "POST" else _shown(row)
    _fill(form, seen, row)
    theirs = None
    asked = Asked(form, "this action")
    if form.is_submitted():
        with asked:
            if form.validate():
                mitigations.change(
                    mitigation_ref,
                    _entered(form),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash(f"Mitigating action {mitigation_ref} was saved", "success")
                return redirect(leaf_url(seen.assessment.ref, "mitigations"), 303)
        if asked.stale:
            theirs = _told(seen, row)
            form.revision.data = str(row.revision)
    return render_template(
        "mitigations/change.html",
        seen=seen,
        row=row,
        form=form,
        theirs=theirs,
        relied=_relied(seen, row),
        crumbs=crumbs(seen),
    ), asked.status


def _shown(row: MitigationRow) -> MitigationForm:
    return MitigationForm(
        formdata=None,
        data={
            "what": row.what,
            "answers": [_link_id(link) for link in mitigations.links_of(row.id)],
            "owner_id": str(row.owner_id or ""),
            "outside_owner": row.outside_owner,
            "outside_email": row.outside_email,
            "due_on": row.due_on,
            "in_place": row.in_place.value if row.in_place else None,
            "measure": row.measure,
            "expected_likelihood": str(row.expected_likelihood or ""),
            "expected_severity": str(row.expected_severity or ""),
            "kind": row.kind.value if row.kind else None,
            "starts_on": row.starts_on,
            "baseline": row.baseline,
            "target": row.target,
            "data_source": row.data_source,
            "resources": row.resources,
            "funding": row.funding.value if row.funding else None,
            "clause": row.clause,
            "revision": str(row.revision),
        },
    )


@blueprint.post("/mitigations/<mitigation_ref>/take-out")
@signed_in
def take_out(mitigation_ref: str) -> Response:
    """Take an action out, while the assessment is written."""
    seen, _ = mitigations.see_one(mitigation_ref, actor=visitor.actor, permission=Permission.WRITE)
    if TokenForm().validate():
        mitigations.take_out(mitigation_ref, by=visitor.person_id, now=clock.now())
        flash(f"Mitigating action {mitigation_ref} was taken out", "success")
    return redirect(leaf_url(seen.assessment.ref, "mitigations"), 303)


@blueprint.route("/mitigations/<mitigation_ref>", methods=["GET", "POST"])
@signed_in
def one(mitigation_ref: str) -> Any:
    """Show one action: promise, what the owner says, what auditors found; and let the owner say it."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    form = ClaimForm() if request.method == "POST" else ClaimForm(formdata=None)
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                said = Claim(form.claim.data)
                row = mitigations.claim(
                    mitigation_ref,
                    said,
                    note_text=form.note.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("What you said was saved" if row.claim is said else BODY_ASKED, "success")
                return redirect(url_for("mitigations.one", mitigation_ref=mitigation_ref), 303)
    changes = date_history.changes_of(row.id)
    return render_template(
        "mitigations/one.html",
        seen=seen,
        row=row,
        form=form,
        told=_told(seen, row),
        verdicts=audits.verdicts_of(row.id),
        days_overdue=promises.days_overdue(row.due_on, row.claim, seen.assessment.stage, clock.today()),
        may_claim=bool(seen.may_with(Permission.CLAIM, row)),
        may_give=taking_on.may_give(seen) and not seen.may(Permission.WRITE),
        accepting=_accepting(seen, row),
        changes=changes,
        waiting=next((one for one in changes if one.waits), None),
        may_ask_date=action_dates.may_ask(seen, row),
        relied=_relied(seen, row),
        notes=action_progress.notes_of(row.id, limit=3),
        requests=action_endings.requests_of(row.id),
        may_change=bool(seen.may(Permission.WRITE)),
        partner_url=page_url("partners.start", mitigation_ref=mitigation_ref)
        if row.outside_owner and seen.may(Permission.INVITE)
        else "",
        verify_url=page_url("audits.verdict", mitigation_ref=mitigation_ref)
        if row.claim is Claim.DONE and seen.may_with(Permission.VERIFY, row)
        else "",
        crumbs=[*crumbs()[:1], ("Mitigating actions", url_for("mitigations.register"))],
    ), asked.status


def _relied(seen: Seen, row: MitigationRow) -> bool:
    relied = relied_on(seen.assessment.id)
    return relied is not None and row.ref in relied.actions


def _accepting(seen: Seen, row: MitigationRow) -> AcceptForm | None:
    """Return the button for an owner who has not answered yet, or None."""
    if row.acceptance is not Acceptance.WAITING or not taking_on.may_answer(seen, row):
        return None
    return AcceptForm(formdata=None, data={"revision": str(row.revision)})


@dataclass(frozen=True)
class _Told:
    """An action's people, impacts and expected risk in words, beside its row."""

    owner: str
    director: str
    claimed_by: str
    answers: list[str]
    expected: str


def _told(seen: Seen, row: MitigationRow) -> _Told:
    whole = overview.whole(seen.assessment)
    director_id = seen.assessment.director_id
    named = people.names({one_id for one_id in (row.owner_id, row.claimed_by, director_id) if one_id})
    links = mitigations.links_of(row.id)
    return _Told(
        owner=named.get(row.owner_id or 0, row.outside_owner),
        director=named.get(director_id or 0, ""),
        claimed_by=f"{row.claimed_outside}, by a link"
        if row.claimed_outside
        else named.get(row.claimed_by or 0, ""),
        answers=[freezing.impact_words(whole.answers, whole.questions, *link) for link in links],
        expected=_expected(row, whole.scale),
    )


def _expected(row: MitigationRow, scale: Scale) -> str:
    if not row.expected_likelihood or not row.expected_severity:
        return ""
    score = row.expected_likelihood * row.expected_severity
    likelihood = scale.likelihood_word(row.expected_likelihood)
    severity = scale.severity_word(row.expected_severity)
    band = scoring.band_of_score(score, scale.bands).label
    return f"{band} ({likelihood.lower()} × {severity.lower()} is {score})"
