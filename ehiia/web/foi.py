"""Requests under the Freedom of Information Act: the log, one request, its exemption and its answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.foi import Answered, Requester, RequestState, claimed
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import as_options, offer
from ehiia.forms.assessment import number as chosen
from ehiia.forms.foi import AnswerRequestForm, ClaimForm, RequestFilterForm, RequestForm, RuleForm
from ehiia.services import answering_requests, foi, history, people
from ehiia.services.answering_requests import Answer, Asked, Claim
from ehiia.services.foi import Chosen, Request
from ehiia.web import asking
from ehiia.web.access import requires, visitor
from ehiia.web.asking import attachment, done, number

blueprint = Blueprint("foi", __name__)


def _who() -> dict[str, Any]:
    return {"organisation_id": visitor.organisation_id, "by": visitor.person_id, "now": clock.now()}


def _see(request_ref: str) -> Request:
    return foi.one_of(visitor.actor, visitor.organisation_id, request_ref, today=clock.today())


def _chosen(form: RequestFilterForm) -> Chosen:
    state = form.state.data
    return Chosen(
        state=RequestState(state) if state and form.state.known(state) else None,
        late=form.late.data == "late",
        words=(form.words.data or "")[:200],
    )


def _back(request_ref: str) -> Any:
    return redirect(url_for("foi.one", request_ref=request_ref), 303)


@blueprint.get("/foi")
@requires(Permission.SEE_REQUESTS)
def start() -> str:
    """List the requests, with filters."""
    form = RequestFilterForm(request.args)
    which = _chosen(form)
    kept = {name: value for name, value in request.args.items() if value}
    return render_template(
        "foi/start.html",
        form=form,
        rows=foi.register(visitor.actor, visitor.organisation_id, which, today=clock.today()),
        filtered=which != Chosen(),
        kept=kept,
        may=visitor.may_in(Permission.KEEP_REQUESTS),
    )


@blueprint.get("/foi/requests.<any(xlsx, csv):kind>")
@requires(Permission.SEE_REQUESTS)
def file(kind: str) -> Response:
    """Hand out what the log shows as a file for a spreadsheet."""
    which = _chosen(RequestFilterForm(request.args))
    here = visitor.organisation_id
    return attachment(*foi.file_of(visitor.actor, here, which, today=clock.today(), kind=kind))


@blueprint.route("/foi/record", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def record() -> Any:
    """Record a request that came."""
    form = RequestForm()
    _prepare(form)
    asked = asking.Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                row = answering_requests.record(_entered(form), **_who())
                done(f"The request was recorded as {row.ref}")
                return _back(row.ref)
    return render_template("foi/record.html", form=form, one=None), asked.status


@blueprint.get("/foi/<request_ref>")
@requires(Permission.SEE_REQUESTS)
def one(request_ref: str) -> str:
    """Show a request with everything that was done about it."""
    found = _see(request_ref)
    return render_template(
        "foi/one.html",
        one=found,
        states=RequestState,
        may=visitor.may_in(Permission.KEEP_REQUESTS),
        approves=found.row.approver_id == visitor.person_id,
        past=history.of_subject(f"foi:{found.row.id}").entries,
    )


@blueprint.route("/foi/<request_ref>/change", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def change(request_ref: str) -> Any:
    """Change what was recorded of a request."""
    found = _see(request_ref)
    row, form = found.row, RequestForm()
    if not form.is_submitted():
        form = RequestForm(
            formdata=None,
            data={
                "received_on": row.received_on,
                "requester": row.requester.value,
                "requester_name": row.requester_name,
                "asked": row.asked,
                "about": ", ".join(ref for ref, _ in found.about),
                "owner_id": str(row.owner_id or ""),
                "revision": str(row.revision),
            },
        )
    _prepare(form)
    asked = asking.Asked(form, "this request")
    if form.is_submitted():
        with asked:
            if form.validate():
                answering_requests.change(
                    request_ref, _entered(form), revision=number(form.revision.data), **_who()
                )
                done("The request was changed")
                return _back(request_ref)
        found = _again(form, asked, request_ref)
    return render_template("foi/record.html", form=form, one=found, stale=asked.stale), asked.status


@blueprint.route("/foi/<request_ref>/exemption", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def claim(request_ref: str) -> Any:
    """Claim an exemption, and ask somebody else to approve it."""
    found = _see(request_ref)
    row, form = found.row, ClaimForm()
    if not form.is_submitted():
        form = ClaimForm(
            formdata=None,
            data={
                "exemptions": list(row.exemptions),
                "withheld": row.withheld,
                "public_interest": row.public_interest,
                "approver_id": str(row.approver_id or ""),
                "revision": str(row.revision),
            },
        )
    others = answering_requests.approvers(visitor.organisation_id, by=visitor.person_id, today=clock.today())
    offer(form.approver_id, as_options(others.items()))
    asked = asking.Asked(form, "this request")
    if form.is_submitted():
        with asked:
            if form.validate():
                given = Claim(
                    tuple(claimed(value) for value in form.exemptions.data or ()),
                    form.withheld.data or "",
                    form.public_interest.data or "",
                    chosen(form.approver_id),
                )
                answering_requests.claim(request_ref, given, revision=number(form.revision.data), **_who())
                done("The exemption waits for approval")
                return _back(request_ref)
        found = _again(form, asked, request_ref)
    return render_template("foi/claim.html", form=form, one=found, stale=asked.stale), asked.status


@blueprint.route("/foi/<request_ref>/approve", methods=["GET", "POST"])
@requires(Permission.SEE_REQUESTS)
def rule(request_ref: str) -> Any:
    """Approve the exemption that was claimed, or send it back."""
    found = _see(request_ref)
    form = RuleForm()
    if not form.is_submitted():
        form = RuleForm(formdata=None, data={"revision": str(found.row.revision)})
    asked = asking.Asked(form, "what is claimed")
    if form.is_submitted():
        with asked:
            if form.validate():
                answering_requests.rule(
                    request_ref,
                    approve=form.approve.data == "yes",
                    words=form.words.data or "",
                    revision=number(form.revision.data),
                    **_who(),
                )
                done("What you said was kept, and whoever claimed it is told")
                return _back(request_ref)
        found = _again(form, asked, request_ref)
    return render_template("foi/rule.html", form=form, one=found), asked.status


@blueprint.route("/foi/<request_ref>/answer", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def answer(request_ref: str) -> Any:
    """Close a request with its answer."""
    found = _see(request_ref)
    form = AnswerRequestForm()
    if not form.is_submitted():
        form = AnswerRequestForm(formdata=None, data={"revision": str(found.row.revision)})
    asked = asking.Asked(form, "this request")
    if form.is_submitted():
        with asked:
            if form.validate():
                given = Answer(
                    Answered(form.outcome.data),
                    form.answer.data or "",
                    form.released.data or "",
                    form.answered_on.data,
                )
                answering_requests.answer(request_ref, given, revision=number(form.revision.data), **_who())
                done("The request was closed")
                return _back(request_ref)
        found = _again(form, asked, request_ref)
    return render_template("foi/answer.html", form=form, one=found), asked.status


def _prepare(form: RequestForm) -> None:
    here = people.with_role(visitor.organisation_id, today=clock.today())
    offer(form.owner_id, as_options((one.id, one.name) for one in here))


def _entered(form: RequestForm) -> Asked:
    return Asked(
        received_on=form.received_on.data,
        requester=Requester(form.requester.data),
        asked=form.asked.data or "",
        requester_name=form.requester_name.data or "",
        owner_id=chosen(form.owner_id),
        about=form.references(),
    )


def _again(form: Any, asked: asking.Asked, request_ref: str) -> Request:
    """Return the request as it stands; where somebody else changed it, the form gets the new revision."""
    found = _see(request_ref)
    if asked.stale:
        form.revision.data = str(found.row.revision)
    return found
