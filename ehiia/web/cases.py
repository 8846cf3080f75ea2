"""One item of an audit sample: its checks, saved as a draft, and the verdict they lead to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.content.auditing import checks as all_checks
from ehiia.domain.auditing import CaseState, Screened
from ehiia.domain.questions import Option
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Permission, Verdict
from ehiia.files import kinds
from ehiia.forms.assessment import number as chosen_number
from ehiia.forms.assessment import offer
from ehiia.forms.cases import FINISH, CaseForm, GiveForm, ScreenedForm, case_form
from ehiia.forms.choices import degrees
from ehiia.services import audits, cases, findings
from ehiia.services.cases import Case, Draft
from ehiia.services.scales import scale_of
from ehiia.services.uploads import Upload
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, attachment, bytes_of, done, number

blueprint = Blueprint("cases", __name__)


def _shown(case: Case) -> dict[str, Any]:
    """Return what was kept of a case as the fields of its form."""
    row = case.row
    found: dict[str, Any] = {
        "revision": str(row.revision),
        "found": row.found,
        "verdict": row.verdict,
        "screened": row.screened,
        "likelihood": str(row.likelihood or ""),
        "severity": str(row.severity or ""),
    }
    for check, one in cases.checked_of(row).items():
        found |= {f"result_{check}": one.result, f"words_{check}": one.words}
    return {name: str(value) if value is not None else None for name, value in found.items()}


def _form(case: Case, scale: Scale) -> CaseForm:
    kind = ScreenedForm if case.mitigation is None else case_form(all_checks())
    form = kind()
    if not form.is_submitted():
        form = kind(formdata=None, data=_shown(case))
    if case.mitigation is not None:
        offer(form["likelihood"], list(degrees(scale.likelihood)))
        offer(form["severity"], list(degrees(scale.severity)))
        for check in all_checks():
            form[f"file_{check.id}"].accept = kinds.endings()
    return form


def _draft(form: CaseForm) -> Draft:
    found = form["found"].data or ""
    if isinstance(form, ScreenedForm):
        return Draft(screened=Screened(form.screened.data) if form.screened.data else None, found=found)
    files = {}
    for check in all_checks():
        given = bytes_of(form[f"file_{check.id}"].data)
        if given:
            files[check.id] = Upload(*given)
    verdict = form["verdict"].data
    return Draft(
        checked=form.checked(all_checks()),
        files=files,
        verdict=Verdict(verdict) if verdict else None,
        found=found,
        likelihood=chosen_number(form["likelihood"]),
        severity=chosen_number(form["severity"]),
    )


@blueprint.route("/audits/cases/<int:case_id>", methods=["GET", "POST"])
@requires(Permission.SEE_AUDIT_PLAN)
def one(case_id: int) -> Any:
    """Show what was promised beside the checks; keep a draft, or give the verdict."""
    case = cases.see_case(case_id, actor=visitor.actor)
    scale = scale_of(case.seen.assessment)
    form = _form(case, scale)
    asked, theirs = Asked(form, "this audit"), None
    if form.is_submitted():
        with asked:
            if form.validate():
                finish = request.form.get("act") == FINISH
                cases.save(
                    case_id,
                    _draft(form),
                    revision=number(form.revision.data),
                    finish=finish,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("Your verdict was kept" if finish else "Saved. You can go on later")
                if finish:
                    return redirect(url_for("programmes.run", run_id=case.run.id), 303)
                return redirect(url_for("cases.one", case_id=case_id), 303)
        if asked.stale:
            case = theirs = cases.see_case(case_id, actor=visitor.actor)
            form.revision.data = str(case.row.revision)
    may = bool(case.ruling) and case.row.state is not CaseState.DONE and not case.rests
    return render_template(
        "cases/one.html",
        form=form if may else None,
        case=case,
        theirs=theirs,
        checks=all_checks() if case.mitigation is not None else (),
        checked=cases.checked_of(case.row),
        verdicts=audits.verdicts_of(case.mitigation.id) if case.mitigation is not None else [],
        scale=scale,
        found=findings.of_case(
            case.row.id,
            actor=visitor.actor,
            organisation_id=case.row.organisation_id,
            today=clock.today(),
        ),
        accepted=kinds.accepted(),
    ), asked.status


@blueprint.route("/audits/cases/<int:case_id>/give", methods=["GET", "POST"])
@requires(Permission.SEE_AUDIT_PLAN)
def give(case_id: int) -> Any:
    """Give a case to somebody who may audit it."""
    case = cases.see_case(case_id, actor=visitor.actor)
    form = GiveForm()
    if not form.is_submitted():
        form = GiveForm(formdata=None, data={"auditor": str(case.row.auditor_id or "")})
    people = cases.who_may(case, today=clock.today())
    offer(form.auditor, [Option(str(person), name) for person, name in people.items()])
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                chosen = number(form.auditor.data)
                cases.give_to(case_id, chosen, by=visitor.person_id, now=clock.now())
                done(f"{case.row.ref} was given to {people[chosen]}")
                return redirect(url_for("programmes.run", run_id=case.run.id), 303)
    return render_template("cases/give.html", form=form, case=case, people=people), asked.status


@blueprint.get("/audits/cases/<int:case_id>/files/<check_id>")
@requires(Permission.SEE_AUDIT_PLAN)
def file(case_id: int, check_id: str) -> Response:
    """Hand out the file of a check, always to be saved and never to be shown in the page."""
    name, content = cases.file_of(case_id, check_id, actor=visitor.actor)
    return attachment(name, content)
