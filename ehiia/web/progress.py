"""What happens to a mitigating action: progress notes with their files, and figures over time."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain import readings as drawing
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Permission
from ehiia.files import kinds
from ehiia.forms.assessment import offer
from ehiia.forms.progress import NoteForm, ReadingForm
from ehiia.services import action_progress, mitigations, readings
from ehiia.services.uploads import Upload
from ehiia.web.access import signed_in, visitor
from ehiia.web.asking import Asked, attachment, bytes_of, done
from ehiia.web.pages import crumbs

blueprint = Blueprint("progress", __name__)


def _above(mitigation_ref: str) -> list[tuple[str, str]]:
    return [
        *crumbs()[:1],
        ("Mitigating actions", url_for("mitigations.register")),
        (mitigation_ref, url_for("mitigations.one", mitigation_ref=mitigation_ref)),
    ]


@blueprint.route("/mitigations/<mitigation_ref>/progress", methods=["GET", "POST"])
@signed_in
def notes(mitigation_ref: str) -> Any:
    """Show what was noted, newest first; let owner, author or director note more."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    form = NoteForm()
    form.proof.accept = kinds.endings()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                given = bytes_of(form.proof.data)
                action_progress.add(
                    mitigation_ref,
                    text=form.text.data or "",
                    proof=Upload(*given) if given else None,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("Your note was kept")
                return redirect(url_for("progress.notes", mitigation_ref=mitigation_ref), 303)
    may = seen.may_with(Permission.CLAIM, row)
    return render_template(
        "progress/notes.html",
        row=row,
        notes=action_progress.notes_of(row.id),
        form=form if may or asked.status != 200 else None,
        accepted=kinds.accepted(),
        crumbs=_above(mitigation_ref),
    ), asked.status


@blueprint.get("/mitigations/<mitigation_ref>/progress/<int:note_id>/file")
@signed_in
def proof(mitigation_ref: str, note_id: int) -> Response:
    """Hand out the file of a note, always to be saved and never to be shown in the page."""
    name, _, content = action_progress.file_of(mitigation_ref, note_id, actor=visitor.actor)
    return attachment(name, content)


@blueprint.route("/mitigations/<mitigation_ref>/figures", methods=["GET", "POST"])
@signed_in
def figures(mitigation_ref: str) -> Any:
    """Show the figures over time as a chart, its words and a table; let owner, author or director add one."""
    seen, row = mitigations.see_one(mitigation_ref, actor=visitor.actor)
    form = ReadingForm()
    groups = readings.groups_of(seen.assessment.id)
    offer(form.subject, [Option(code, label) for code, label in groups.items()])
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                readings.add(
                    mitigation_ref,
                    measured_on=form.measured_on.data,
                    subject=form.subject.data or "",
                    value=form.value.data,
                    note_text=form.note.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The figure was kept")
                return redirect(url_for("progress.figures", mitigation_ref=mitigation_ref), 303)
    found = readings.readings_of(row.id)
    counting = drawing.counting(found)
    may = seen.may_with(Permission.CLAIM, row)
    return render_template(
        "progress/figures.html",
        row=row,
        chart=drawing.chart(found),
        readings=counting[::-1],
        put_right=len(found) - len(counting),
        everybody=drawing.EVERYBODY,
        figure=drawing.figure,
        form=form if may or asked.status != 200 else None,
        crumbs=_above(mitigation_ref),
    ), asked.status
