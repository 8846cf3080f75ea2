"""Requests under the Freedom of Information Act: the log, one request, and all that is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.foi import Answered, Requester, RequestState, ReviewedAs
from ehiia.domain.foi import claimed as as_claim
from ehiia.domain.publishing import Exemption
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import as_options, offer
from ehiia.forms.assessment import number as chosen
from ehiia.forms.base import EhiiaForm
from ehiia.forms.foi import (
    AnswerRequestForm,
    AskBackForm,
    AskReviewForm,
    ClaimForm,
    ClarifiedForm,
    ExtendForm,
    RequestFilterForm,
    RequestForm,
    ReviewedForm,
    RuleForm,
)
from ehiia.services import answering_requests, clarifying_requests, foi, history, people, reviewing_requests
from ehiia.services.answering_requests import Answer, Asked, Claim
from ehiia.services.clarifying_requests import Extension
from ehiia.services.foi import Chosen, FoiRequest, Request
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


def _page(
    page: str,
    found: Request,
    form: EhiiaForm,
    act: Callable[[dict[str, Any]], None],
    said: str,
    *,
    noun: str = "this request",
) -> Any:
    """Show a form about a request, or do what was sent and lead back to the request.

    ``act`` gets who, when, and the revision that the form was filled in on. Where somebody else changed it
    meanwhile, the page shows theirs and the form gets the new revision.
    """
    asked = asking.Asked(form, noun)
    if form.is_submitted():
        with asked:
            if form.validate():
                act(_who() | {"revision": number(form.revision.data)})
                done(said)
                return _back(found.row.ref)
        found = _see(found.row.ref)
        if asked.stale:
            form.revision.data = str(found.row.revision)
    return render_template(page, form=form, one=found, stale=asked.stale), asked.status


F = TypeVar("F", bound=EhiiaForm)


def _form(kind: type[F], row: FoiRequest, **data: Any) -> F:
    """Return the form as it was sent, or with what stands there now."""
    form = kind()
    if form.is_submitted():
        return form
    return kind(formdata=None, data=data | {"revision": str(row.revision)})


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
        reviews=found.row.reviewer_id == visitor.person_id,
        past=history.of_subject(f"foi:{found.row.id}").entries,
    )


@blueprint.route("/foi/<request_ref>/change", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def change(request_ref: str) -> Any:
    """Change what was recorded of a request."""
    found = _see(request_ref)
    row = found.row
    form = _form(
        RequestForm,
        row,
        received_on=row.received_on,
        requester=row.requester.value,
        requester_name=row.requester_name,
        asked=row.asked,
        about=", ".join(ref for ref, _ in found.about),
        owner_id=str(row.owner_id or ""),
    )
    _prepare(form)

    def act(given: dict[str, Any]) -> None:
        answering_requests.change(request_ref, _entered(form), **given)

    return _page("foi/record.html", found, form, act, "The request was changed")


@blueprint.route("/foi/<request_ref>/exemption", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def claim(request_ref: str) -> Any:
    """Claim an exemption, and ask somebody else to approve it."""
    found = _see(request_ref)
    row = found.row
    form = _form(
        ClaimForm,
        row,
        exemptions=list(row.exemptions),
        withheld=row.withheld,
        public_interest=row.public_interest,
        approver_id=str(row.approver_id or ""),
    )
    others = answering_requests.approvers(visitor.organisation_id, by=visitor.person_id, today=clock.today())
    offer(form.approver_id, as_options(others.items()))

    def act(given: dict[str, Any]) -> None:
        claimed_now = Claim(
            tuple(as_claim(value) for value in form.exemptions.data or ()),
            form.withheld.data or "",
            form.public_interest.data or "",
            chosen(form.approver_id),
        )
        answering_requests.claim(request_ref, claimed_now, **given)

    return _page("foi/claim.html", found, form, act, "The exemption waits for approval")


@blueprint.route("/foi/<request_ref>/approve", methods=["GET", "POST"])
@requires(Permission.SEE_REQUESTS)
def rule(request_ref: str) -> Any:
    """Approve the exemption that was claimed, or send it back."""
    found = _see(request_ref)
    form = _form(RuleForm, found.row)

    def act(given: dict[str, Any]) -> None:
        yes = form.approve.data == "yes"
        answering_requests.rule(request_ref, approve=yes, words=form.words.data or "", **given)

    said = "What you said was kept, and whoever claimed it is told"
    return _page("foi/rule.html", found, form, act, said, noun="what is claimed")


@blueprint.route("/foi/<request_ref>/answer", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def answer(request_ref: str) -> Any:
    """Close a request with its answer."""
    found = _see(request_ref)
    form = _form(AnswerRequestForm, found.row)
    offer(form.things, foi.things_of(visitor.actor, found))

    def act(given: dict[str, Any]) -> None:
        answered = Answer(
            Answered(form.outcome.data),
            form.answer.data or "",
            form.released.data or "",
            form.answered_on.data,
            tuple(form.things.data or ()),
        )
        answering_requests.answer(request_ref, answered, **given)

    return _page("foi/answer.html", found, form, act, "The request was closed")


@blueprint.route("/foi/<request_ref>/clarification", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def ask_back(request_ref: str) -> Any:
    """Record that clarification was asked for; the time stops."""
    found = _see(request_ref)
    form = _form(AskBackForm, found.row)

    def act(given: dict[str, Any]) -> None:
        clarifying_requests.ask(request_ref, form.words.data or "", form.day.data, **given)

    return _page("foi/ask_back.html", found, form, act, "The time does not run until clarification comes")


@blueprint.route("/foi/<request_ref>/clarified", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def clarified(request_ref: str) -> Any:
    """Record the clarification; the time runs from the day on which it came."""
    found = _see(request_ref)
    form = _form(ClarifiedForm, found.row)

    def act(given: dict[str, Any]) -> None:
        clarifying_requests.receive(request_ref, form.words.data or "", form.day.data, **given)

    return _page("foi/clarified.html", found, form, act, "The clarification was recorded")


@blueprint.route("/foi/<request_ref>/extension", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def extend(request_ref: str) -> Any:
    """Take longer to weigh the public interest."""
    found = _see(request_ref)
    form = _form(ExtendForm, found.row)

    def act(given: dict[str, Any]) -> None:
        extension = Extension(
            tuple(Exemption(value) for value in form.sections.data or ()),
            form.reason.data or "",
            form.told_on.data,
            form.until.data,
        )
        clarifying_requests.extend(request_ref, extension, **given)

    return _page("foi/extend.html", found, form, act, "The new day was recorded")


@blueprint.route("/foi/<request_ref>/review", methods=["GET", "POST"])
@requires(Permission.KEEP_REQUESTS)
def ask_review(request_ref: str) -> Any:
    """Record that an internal review is asked for."""
    found = _see(request_ref)
    row = found.row
    form = _form(
        AskReviewForm,
        row,
        words=row.review_asked,
        day=row.review_asked_on,
        reviewer_id=str(row.reviewer_id or ""),
    )
    others = reviewing_requests.reviewers(row, today=clock.today())
    offer(form.reviewer_id, as_options(others.items()))

    def act(given: dict[str, Any]) -> None:
        words, reviewer_id = form.words.data or "", chosen(form.reviewer_id)
        reviewing_requests.ask(request_ref, words, form.day.data, reviewer_id, **given)

    return _page("foi/ask_review.html", found, form, act, "The review was recorded, and its reviewer is told")


@blueprint.route("/foi/<request_ref>/reviewed", methods=["GET", "POST"])
@requires(Permission.SEE_REQUESTS)
def reviewed(request_ref: str) -> Any:
    """Say how an internal review ended."""
    found = _see(request_ref)
    form = _form(ReviewedForm, found.row)

    def act(given: dict[str, Any]) -> None:
        ended, words = ReviewedAs(form.reviewed_as.data), form.found.data or ""
        reviewing_requests.end(request_ref, ended, words, form.day.data, **given)

    said = "What the review found was kept, and whoever gave the answer is told"
    return _page("foi/reviewed.html", found, form, act, said)


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
