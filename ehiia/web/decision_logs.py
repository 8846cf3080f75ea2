"""Decision logs: uploading one, saying what its columns are, what came out, confirming rows by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.logged import Column, Fate
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import offer
from ehiia.forms.decision_logs import NONE, OTHER, ColumnsForm, ConfirmForm, LogForm, columns_form
from ehiia.services import decision_logs, history, log_files, log_results
from ehiia.services.decision_logs import Columns
from ehiia.services.log_results import Line, Result
from ehiia.services.uploads import Upload
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, attachment, bytes_of, done, number

blueprint = Blueprint("decision_logs", __name__)

PAGE = 100


def _who() -> dict[str, Any]:
    return {"organisation_id": visitor.organisation_id, "by": visitor.person_id, "now": clock.now()}


def _time() -> int | None:
    return number(request.args.get("time")) or None


@blueprint.route("/audits/decision-logs", methods=["GET", "POST"])
@requires(Permission.SEE_AUDIT_PLAN)
def start() -> Any:
    """List the logs that were checked, and take another one."""
    form = LogForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            given = bytes_of(form.file.data) if form.validate() else None
            if given is not None:
                log_id, new = decision_logs.add(Upload(*given), **_who())
                if not new:
                    flash("This file was uploaded before, so here is the same log again", "info")
                return redirect(url_for("decision_logs.columns", log_id=log_id), 303)
    return render_template(
        "decision_logs/start.html", form=form, lines=decision_logs.listed(visitor.organisation_id)
    ), asked.status


@blueprint.route("/audits/decision-logs/<int:log_id>/columns", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def columns(log_id: int) -> Any:
    """Say what the columns are, and go through the log; again where it was before."""
    log = decision_logs.one_of(visitor.organisation_id, log_id)
    found = decision_logs.columns_of(log)
    before = decision_logs.newest_check(log)
    form = columns_form()()
    if not form.is_submitted():
        chosen = {column.value: str(at) for column, at in found.chosen.items()}
        form = columns_form()(formdata=None, data=chosen | {"seen": str(before.n if before else 0)})
    _offer(form, found)
    asked = Asked(form, "this log")
    if form.is_submitted():
        with asked:
            if form.validate():
                made = decision_logs.check(log_id, form.columns(), seen=number(form.seen.data), **_who())
                done(f"{found.rows:,} rows were matched with the register")
                return redirect(url_for("decision_logs.one", log_id=log_id, time=made.n), 303)
        if asked.stale:
            newest = decision_logs.newest_check(log)
            form.seen.data = str(newest.n if newest else 0)
    return render_template(
        "decision_logs/columns.html", form=form, log=log, found=found, before=before
    ), asked.status


def _offer(form: ColumnsForm, found: Columns) -> None:
    for column in Column:
        offer(form[column.value], [Option(str(at), name) for at, name in enumerate(found.names)])


@blueprint.get("/audits/decision-logs/<int:log_id>")
@requires(Permission.SEE_AUDIT_PLAN)
def one(log_id: int) -> Any:
    """Show what came out of a log: counts, the rows that stand in one way, and its history."""
    log = decision_logs.one_of(visitor.organisation_id, log_id)
    checks = log_results.checks_of(log)
    if not checks:
        return redirect(url_for("decision_logs.columns", log_id=log_id))
    found = log_results.result(visitor.organisation_id, log_id, _time())
    wanted = request.args.get("fate", "")
    first = next((fate for fate in Fate if found.counts[fate]), Fate.MATCHED)
    fate = Fate(wanted) if wanted in set(Fate) else first
    lines = found.of(fate)
    begin = next((at for at, line in enumerate(lines) if line.number > number(request.args.get("after"))), 0)
    shown = lines[begin : begin + PAGE]
    here: dict[str, Any] = {"log_id": log_id, "time": found.check.n, "fate": fate.value}
    more = begin + PAGE < len(lines)
    return render_template(
        "decision_logs/one.html",
        found=found,
        fate=fate,
        fates=tuple(Fate),
        lines=shown,
        first_url=url_for("decision_logs.one", **here) if begin else "",
        next_url=url_for("decision_logs.one", **here, after=shown[-1].number) if more else "",
        newest=found.check.n == checks[0][0].n,
        checks=checks,
        waiting=found.after(0),
        may=visitor.may_in(Permission.KEEP_AUDITS),
        past=history.of_subject(f"decision_log:{log_id}").entries,
    )


@blueprint.get("/audits/decision-logs/<int:log_id>/result.<any(xlsx, csv):kind>")
@requires(Permission.SEE_AUDIT_PLAN)
def file(log_id: int, kind: str) -> Response:
    """Hand out what came out as a file for a spreadsheet."""
    name, content = log_files.file_of(visitor.organisation_id, log_id, _time(), kind=kind)
    return attachment(name, content)


@blueprint.route("/audits/decision-logs/<int:log_id>/rows/<int:line>", methods=["GET", "POST"])
@requires(Permission.KEEP_AUDITS)
def row(log_id: int, line: int) -> Any:
    """Show one decision with its candidates, and let somebody say which assessment it has."""
    found = log_results.result(visitor.organisation_id, log_id)
    shown = found.line(line)
    form = ConfirmForm()
    if not form.is_submitted():
        form = ConfirmForm(formdata=None, data=_said(shown))
    offer(form.which, _choices(shown))
    asked = Asked(form, "this row")
    if form.is_submitted():
        with asked:
            if form.validate():
                log_results.answer(
                    log_id,
                    line,
                    ref=_ref(form),
                    words=form.words.data or "",
                    seen=number(form.seen.data),
                    **_who(),
                )
                done(f"What you said of row {line} was kept")
                return _on(found, line)
        shown = log_results.result(visitor.organisation_id, log_id).line(line)
        if asked.stale:
            form.seen.data = str(shown.said.id if shown.said else 0)
    return render_template(
        "decision_logs/row.html", form=form, found=found, line=shown, stale=asked.stale
    ), asked.status


def _said(line: Line) -> dict[str, str]:
    """Return what was said of a row as the form shows it."""
    if line.said is None:
        return {"seen": "0"}
    ref = line.found.known.ref if line.found.known else ""
    offered = ref in {one.id for one in _choices(line)}
    which = ref if offered else OTHER if ref else NONE
    shown = "" if offered else ref
    return {"which": which, "ref": shown, "words": line.said.words, "seen": str(line.said.id)}


def _choices(line: Line) -> list[Option]:
    candidates = [
        Option(one.known.ref, f"{one.known.ref}, {one.known.title}", f"The same: {one.why}.")
        for one in line.found.candidates
    ]
    return [*candidates, Option(OTHER, "Another one"), Option(NONE, "There is none")]


def _ref(form: ConfirmForm) -> str | None:
    match form.which.data:
        case "none":
            return None
        case "other":
            return form.ref.data or ""
        case chosen:
            return str(chosen)


def _on(found: Result, line: int) -> Any:
    """Lead on to the next row that waits, or back to the log where none does."""
    after = found.after(line)
    if after is None or after == line:
        return redirect(url_for("decision_logs.one", log_id=found.log.id), 303)
    return redirect(url_for("decision_logs.row", log_id=found.log.id, line=after), 303)
