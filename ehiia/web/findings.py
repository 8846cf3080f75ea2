"""Findings of audits: the register, one finding, its answer, and looking at it again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.auditing import FindingState, FollowUp, Grade, Response
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import as_options, offer
from ehiia.forms.assessment import number as chosen
from ehiia.forms.findings import AnswerForm, FindingFilterForm, FindingForm, FollowForm
from ehiia.services import answering_findings, cases, findings, history, log_results, people, systems
from ehiia.services.answering_findings import Answer, Finding
from ehiia.services.findings import FindingFilter, Seen
from ehiia.services.systems import Prepared
from ehiia.services.transaction import NotAllowed
from ehiia.web.access import requires, signed_in, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("findings", __name__)


def _who() -> dict[str, Any]:
    return {"organisation_id": visitor.organisation_id, "by": visitor.person_id, "now": clock.now()}


def _see(finding_ref: str) -> Seen:
    return findings.see_one(
        finding_ref,
        actor=visitor.actor,
        organisation_id=visitor.organisation_id,
        today=clock.today(),
    )


def _people() -> dict[int, str]:
    here = people.with_role(visitor.organisation_id, today=clock.today())
    return {one.id: one.name for one in here}


def _prepare(form: FindingForm) -> None:
    others = {key: name for key, name in _people().items() if key != visitor.person_id}
    offer(form.answers_id, as_options(others.items()))


def _entered(form: FindingForm) -> Finding:
    return Finding(
        condition=form.condition.data or "",
        criterion=form.criterion.data or "",
        cause=form.cause.data or "",
        effect=form.effect.data or "",
        recommendation=form.recommendation.data or "",
        grade=Grade(form.grade.data) if form.grade.data else None,
        answers_id=chosen(form.answers_id),
        due_on=form.due_on.data,
    )


def _back(finding_ref: str) -> Any:
    return redirect(url_for("findings.one", finding_ref=finding_ref), 303)


def _begins() -> Prepared | None:
    """Return the words with which a finding begins: of a system check or of a decision log."""
    if "check" in request.args:
        return systems.prepared(visitor.organisation_id, request.args["check"], today=clock.today())
    if log_id := number(request.args.get("log")):
        return log_results.prepared(visitor.organisation_id, log_id)
    return None


@blueprint.get("/audits/findings")
@signed_in
def register() -> str:
    """List the findings that the person may know of, with filters."""
    form = FindingFilterForm(request.args)
    state, grade = form.state.data, form.grade.data
    which = FindingFilter(
        state=FindingState(state) if state and form.state.known(state) else None,
        grade=Grade(grade) if grade and form.grade.known(grade) else None,
        overdue=form.due.data == "overdue",
        mine=form.whose.data == "mine",
    )
    rows = findings.register(visitor.actor, visitor.organisation_id, which, today=clock.today())
    return render_template(
        "findings/register.html",
        form=form,
        rows=rows,
        filtered=which != FindingFilter(),
        may=visitor.may_in(Permission.KEEP_AUDITS),
    )


@blueprint.route("/audits/findings/write", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def write() -> Any:
    """Write a finding; ``?case=`` says which item of a sample it is about; see ``_begins``."""
    case_id = number(request.args.get("case"))
    case = cases.see_case(case_id, actor=visitor.actor) if case_id else None
    if case is not None and not case.ruling:
        raise NotAllowed(case.ruling.reason)
    form = FindingForm()
    if not form.is_submitted() and (begins := _begins()):
        data = {"condition": begins.condition, "criterion": begins.criterion}
        form = FindingForm(formdata=None, data=data)
    _prepare(form)
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                row = answering_findings.raise_finding(_entered(form), case_id=case_id or None, **_who())
                done(f"Finding {row.ref} was kept")
                return _back(row.ref)
    return render_template("findings/write.html", form=form, case=case), asked.status


@blueprint.get("/audits/findings/<finding_ref>")
@signed_in
def one(finding_ref: str) -> str:
    """Show a finding with its answer, what was seen since, and its history."""
    seen = _see(finding_ref)
    past = history.of_subject(f"finding:{seen.row.id}").entries
    again = findings.follow_ups(seen.row.id)
    return render_template("findings/one.html", seen=seen, again=again, past=past)


@blueprint.route("/audits/findings/<finding_ref>/change", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def change(finding_ref: str) -> Any:
    """Change the words of a finding until it is answered."""
    seen = _see(finding_ref)
    if not seen.may_change:
        raise NotAllowed(seen.may_change.reason)
    row = seen.row
    form = FindingForm()
    if not form.is_submitted():
        names = ("condition", "criterion", "cause", "effect", "recommendation", "due_on")
        shown = {name: getattr(row, name) for name in names}
        shown |= {"grade": str(row.grade), "answers_id": str(row.answers_id), "revision": str(row.revision)}
        form = FindingForm(formdata=None, data=shown)
    _prepare(form)
    asked, theirs = Asked(form, "this finding"), None
    if form.is_submitted():
        with asked:
            if form.validate():
                answering_findings.change(
                    finding_ref, _entered(form), revision=number(form.revision.data), **_who()
                )
                done(f"Finding {finding_ref} was saved")
                return _back(finding_ref)
        if asked.stale:
            theirs = _see(finding_ref)
            form.revision.data = str(theirs.row.revision)
    return render_template("findings/change.html", form=form, seen=seen, theirs=theirs), asked.status


@blueprint.route("/audits/findings/<finding_ref>/answer", methods=["GET", "POST"])
@signed_in
def answer(finding_ref: str) -> Any:
    """Say for management whether it is accepted."""
    seen = _see(finding_ref)
    if not seen.may_answer:
        raise NotAllowed(seen.may_answer.reason)
    row = seen.row
    form = AnswerForm()
    if not form.is_submitted():
        form = AnswerForm(
            formdata=None,
            data={
                "response": str(row.response) if row.response else None,
                "words": row.response_words,
                "owner_id": str(row.owner_id or ""),
                "due_on": row.due_on if row.response else None,
                "risk_taken_by": str(row.risk_taken_by or ""),
                "revision": str(row.revision),
            },
        )
    for field in (form.owner_id, form.risk_taken_by):
        offer(field, as_options(_people().items()))
    asked, theirs = Asked(form, "this finding"), None
    if form.is_submitted():
        with asked:
            if form.validate():
                given = Answer(
                    response=Response(form.response.data),
                    words=form.words.data or "",
                    owner_id=chosen(form.owner_id),
                    due_on=form.due_on.data,
                    risk_taken_by=chosen(form.risk_taken_by),
                )
                answering_findings.answer(finding_ref, given, revision=number(form.revision.data), **_who())
                done("The answer was kept")
                return _back(finding_ref)
        if asked.stale:
            theirs = _see(finding_ref)
            form.revision.data = str(theirs.row.revision)
    return render_template("findings/answer.html", form=form, seen=seen, theirs=theirs), asked.status


@blueprint.route("/audits/findings/<finding_ref>/look-again", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def follow(finding_ref: str) -> Any:
    """Say what was seen when it was looked at again."""
    seen = _see(finding_ref)
    if not seen.may_follow:
        raise NotAllowed(seen.may_follow.reason)
    form = FollowForm()
    if not form.is_submitted():
        form = FollowForm(formdata=None, data={"revision": str(seen.row.revision)})
    asked, theirs = Asked(form, "this finding"), None
    if form.is_submitted():
        with asked:
            if form.validate():
                answering_findings.follow_up(
                    finding_ref,
                    FollowUp(form.result.data),
                    words=form.words.data or "",
                    revision=number(form.revision.data),
                    **_who(),
                )
                done("What you saw was kept")
                return _back(finding_ref)
        if asked.stale:
            theirs = _see(finding_ref)
            form.revision.data = str(theirs.row.revision)
    return render_template("findings/follow.html", form=form, seen=seen, theirs=theirs), asked.status
