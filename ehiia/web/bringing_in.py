"""Bringing in the register that an organisation kept before: file, columns, trial run, result, undoing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.questions import Option
from ehiia.domain.register_columns import Field
from ehiia.domain.register_rows import Fate, ImportState
from ehiia.domain.vocabulary import Permission, ProposalKind
from ehiia.forms.assessment import TokenForm, offer
from ehiia.forms.bringing_in import RegisterForm, SeenForm, SheetForm, columns_form, field_name
from ehiia.services import bringing_in, bringing_undone, brought_in
from ehiia.services.bringing_in import Reading, RegisterImport
from ehiia.services.transaction import Invalid, NotFound
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, bytes_of, done, number
from ehiia.web.present import Tag, count
from ehiia.web.shell import Link

blueprint = Blueprint("bringing_in", __name__)

PAGE = 100
"""Rows of a trial run, or of a result, on a page."""
COLOURS = {Fate.ADDED: "green", Fate.HERE: "", Fate.REFUSED: "red"}
TYPES = {"xlsx": bringing_in.KINDS[1], "csv": bringing_in.KINDS[0]}
MEANWHILE = "Something changed here since you looked, so the trial was made anew. Look at it again"


def _one(import_id: int) -> RegisterImport:
    return bringing_in.find(visitor.organisation_id, import_id)


def _crumbs(row: RegisterImport | None = None) -> list[tuple[str, str]]:
    way = [("Assessments", url_for("register.start"))]
    return [*way, ("Bring in your register", url_for("bringing_in.start"))] if row else way


@blueprint.route("/bring-in", methods=["GET", "POST"])
@requires(Permission.BRING_IN)
def start() -> Any:
    """Say how it works, offer the template, take a file, and list the files so far."""
    form = RegisterForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            file = bytes_of(form.file.data) if form.validate() else None
            if file is not None:
                made = bringing_in.upload(
                    *file, organisation_id=visitor.organisation_id, by=visitor.person_id, now=clock.now()
                )
                return redirect(url_for("bringing_in.columns", import_id=made), 303)
    return render_template(
        "bringing_in/start.html",
        form=form,
        files=bringing_in.list_of(visitor.organisation_id),
        most=bringing_in.MOST,
        fields=Field,
        crumbs=_crumbs(),
    ), asked.status


@blueprint.get("/bring-in/template/<kind>")
@requires(Permission.BRING_IN)
def template(kind: str) -> Response:
    """Hand out an empty register with the columns that are understood."""
    if kind not in TYPES:
        raise NotFound
    response = Response(bringing_in.template(kind), mimetype=TYPES[kind])
    response.headers.set("Content-Disposition", "attachment", filename=f"register.{kind}")
    return response


@blueprint.route("/bring-in/<int:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.BRING_IN)
def columns(import_id: int) -> Any:
    """Show the columns with examples and what each is taken for, and let a person put that right."""
    row = _one(import_id)
    if row.state is not ImportState.OPEN:
        return redirect(url_for("bringing_in.result", import_id=import_id))
    reading = bringing_in.columns_of(row)
    kept = {one.letter: one.field for one in reading.columns}
    form = columns_form(kept, row.kind.value if row.kind else "", row.revision)
    asked = Asked(form, "these columns")
    if form.is_submitted():
        with asked:
            if form.validate():
                bringing_in.set_columns(
                    visitor.organisation_id,
                    import_id,
                    form.chosen(kept),
                    ProposalKind(form.kind.data),
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                return redirect(url_for("bringing_in.trial", import_id=import_id), 303)
    if asked.stale:
        form.revision.data = str(_one(import_id).revision)
    return render_template(
        "bringing_in/columns.html",
        row=row,
        form=form,
        reading=reading,
        fields=[(one, form[field_name(one.letter)]) for one in reading.columns],
        sheet=_sheet_form(reading),
        crumbs=_crumbs(row),
    ), asked.status


def _sheet_form(reading: Reading) -> SheetForm:
    form = SheetForm(formdata=None, data={"sheet": reading.sheet})
    offer(form.sheet, [Option(name, name) for name in reading.sheets])
    return form


@blueprint.post("/bring-in/<int:import_id>/sheet")
@requires(Permission.BRING_IN)
def sheet(import_id: int) -> Any:
    """Read another sheet of the workbook."""
    _one(import_id)
    try:
        bringing_in.set_sheet(
            visitor.organisation_id,
            import_id,
            request.form.get("sheet", "")[:300],
            by=visitor.person_id,
            now=clock.now(),
        )
    except Invalid as refused:
        flash(f"{'; '.join(refused.errors.values())}. The sheet from before is still read", "error")
    return redirect(url_for("bringing_in.columns", import_id=import_id), 303)


@blueprint.route("/bring-in/<int:import_id>/trial", methods=["GET", "POST"])
@requires(Permission.BRING_IN)
def trial(import_id: int) -> Any:
    """Show what would become of every row, and bring in what can be."""
    row = _one(import_id)
    if row.state is not ImportState.OPEN:
        return redirect(url_for("bringing_in.result", import_id=import_id))
    if row.kind is None:
        return redirect(url_for("bringing_in.columns", import_id=import_id))
    form = SeenForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                brought_in.bring_in(
                    visitor.organisation_id,
                    import_id,
                    seen=form.seen.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("Your register was brought in")
                return redirect(url_for("bringing_in.result", import_id=import_id), 303)
    tried = bringing_in.trial(row, by=visitor.person_id, today=clock.today())
    form.seen.data = tried.seen
    shown = next((fate for fate in Fate if fate.value == request.args.get("show")), None)
    rows = [one for one in tried.rows if shown in (None, one.fate)]
    page, older = _page([one.number for one in rows], "bringing_in.trial", import_id)
    return render_template(
        "bringing_in/trial.html",
        row=row,
        form=form,
        tried=tried,
        rows=[one for one in rows if one.number in page],
        tags={fate: Tag(fate.label, colour) for fate, colour in COLOURS.items()},
        tabs=_tabs(tried, shown, import_id),
        adds=tried.count(Fate.ADDED),
        refused=tried.count(Fate.REFUSED),
        next=older,
        stale=MEANWHILE if asked.stale else "",
        crumbs=_crumbs(row),
    ), asked.status


def _tabs(tried: bringing_in.Trial, shown: Fate | None, import_id: int) -> list[Link]:
    here = url_for("bringing_in.trial", import_id=import_id)
    tabs = [Link(f"All ({len(tried.rows)})", here, shown is None)]
    return tabs + [
        Link(f"{fate.label} ({tried.count(fate)})", f"{here}?show={fate.value}", shown is fate)
        for fate in Fate
    ]


def _page(numbers: list[int], endpoint: str, import_id: int) -> tuple[set[int], str]:
    """Return the numbers of the rows on this page, and the address of the next page or ""."""
    after = number(request.args.get("after"))
    left = [one for one in numbers if one > after]
    more: dict[str, Any] = (
        {"show": request.args.get("show"), "after": left[PAGE - 1]} if len(left) > PAGE else {}
    )
    return set(left[:PAGE]), url_for(endpoint, import_id=import_id, **more) if more else ""


@blueprint.get("/bring-in/<int:import_id>")
@requires(Permission.BRING_IN)
def result(import_id: int) -> Any:
    """List what a file added, with links."""
    row = _one(import_id)
    if row.state is ImportState.OPEN:
        return redirect(url_for("bringing_in.columns", import_id=import_id))
    rows = brought_in.result_of(row, by=visitor.person_id)
    page, older = _page([one.number for one in rows], "bringing_in.result", import_id)
    return render_template(
        "bringing_in/result.html",
        row=row,
        rows=[one for one in rows if one.number in page],
        added=count(sum(one.made for one in rows), "assessment"),
        actions=count(sum(bool(one.mitigation_ref) for one in rows), "mitigating action"),
        reviews=count(sum(one.review for one in rows), "review"),
        undone=row.state is ImportState.UNDONE,
        next=older,
        crumbs=_crumbs(row),
    )


@blueprint.route("/bring-in/<int:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.BRING_IN)
def undo(import_id: int) -> Any:
    """Show what undoing would take away and what would stay, and do it."""
    row = _one(import_id)
    if row.state is not ImportState.DONE:
        return redirect(url_for("bringing_in.result", import_id=import_id))
    form = TokenForm()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                gone = bringing_undone.undo(
                    visitor.organisation_id, import_id, by=visitor.person_id, now=clock.now()
                )
                stay = f". {count(len(gone.kept), 'assessment')} stayed" if gone.kept else ""
                done(f"It was undone: {count(gone.assessments, 'assessment')} taken away{stay}")
                return redirect(url_for("bringing_in.result", import_id=import_id), 303)
    would = bringing_undone.undoing(row, by=visitor.person_id)
    return render_template(
        "bringing_in/undo.html", row=row, form=form, would=would, crumbs=_crumbs(row)
    ), asked.status
