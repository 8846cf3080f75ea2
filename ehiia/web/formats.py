"""Other ways of reading what is published: Easy Read, translations, British Sign Language."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.publishing import FormatKind, FormatState
from ehiia.domain.vocabulary import Permission
from ehiia.files import kinds
from ehiia.forms.assessment import TokenForm
from ehiia.forms.publications import FormatForm
from ehiia.services import formats
from ehiia.services.formats import Given
from ehiia.services.sight import Seen
from ehiia.services.uploads import Upload
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, attachment, bytes_of, done, number
from ehiia.web.library import limits
from ehiia.web.pages import crumbs

blueprint = Blueprint("formats", __name__)


def _crumbs(seen: Seen, *, below: bool = False) -> list[tuple[str, str]]:
    ref = seen.assessment.ref
    above = [*crumbs(seen), ("Publication", url_for("publications.show", ref=ref))]
    return [*above, ("Other formats", url_for("formats.show", ref=ref))] if below else above


def _given(form: FormatForm) -> Given:
    file = bytes_of(form.upload.data)
    return Given(
        FormatKind(form.kind.data),
        FormatState(form.state.data),
        form.language.data or "",
        form.link.data or "",
        Upload(*file) if file else None,
        bool(form.drop_file.data),
    )


@blueprint.get("/a/<ref>/publication/formats")
@opens(Permission.READ)
def show(seen: Seen) -> str:
    """List the other formats, and how far each is."""
    return render_template(
        "formats/show.html",
        seen=seen,
        kept=formats.kept(seen),
        may=bool(seen.may(Permission.PUBLISH)),
        crumbs=_crumbs(seen),
    )


@blueprint.route("/a/<ref>/publication/formats/add", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def add(seen: Seen) -> Any:
    """Add a format that is wanted, in progress or there."""
    form = FormatForm()
    form.upload.accept = kinds.endings()
    if not form.is_submitted():
        form.state.data = FormatState.WANTED.value
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                formats.add(seen.assessment.ref, _given(form), by=visitor.person_id, now=clock.now())
                done("The format was added")
                return redirect(url_for("formats.show", ref=seen.assessment.ref), 303)
    return render_template(
        "formats/add.html", seen=seen, form=form, limits=limits(), crumbs=_crumbs(seen, below=True)
    ), asked.status


@blueprint.route("/a/<ref>/publication/formats/<int:format_id>", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def change(seen: Seen, format_id: int) -> Any:
    """Say how far a format is, and give its address or file."""
    one = formats.one_of(seen, format_id)
    form = FormatForm()
    asked = Asked(form, "this format")
    if form.is_submitted():
        with asked:
            if form.validate():
                formats.change(
                    seen.assessment.ref,
                    format_id,
                    _given(form),
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The format was saved")
                return redirect(url_for("formats.show", ref=seen.assessment.ref), 303)
        one = formats.one_of(seen, format_id)
    else:
        words = {"language": one.row.language, "link": one.row.link}
        form = FormatForm(data=words | {"kind": one.row.kind.value, "state": one.row.state.value})
    form.upload.accept = kinds.endings()
    if asked.stale or not form.is_submitted():
        form.revision.data = str(one.row.revision)
    return render_template(
        "formats/change.html",
        seen=seen,
        form=form,
        one=one,
        stale=asked.stale,
        limits=limits(),
        crumbs=_crumbs(seen, below=True),
    ), asked.status


@blueprint.route("/a/<ref>/publication/formats/<int:format_id>/remove", methods=["GET", "POST"])
@opens(Permission.PUBLISH)
def remove(seen: Seen, format_id: int) -> Any:
    """Remove a format, once that was confirmed."""
    form = TokenForm()
    if form.is_submitted() and form.validate():
        formats.remove(seen.assessment.ref, format_id, by=visitor.person_id, now=clock.now())
        done("The format was removed")
        return redirect(url_for("formats.show", ref=seen.assessment.ref), 303)
    return render_template(
        "formats/remove.html",
        seen=seen,
        form=form,
        one=formats.one_of(seen, format_id),
        crumbs=_crumbs(seen, below=True),
    )


@blueprint.get("/a/<ref>/publication/formats/<int:format_id>/file")
@opens(Permission.READ)
def file(seen: Seen, format_id: int) -> Response:
    """Hand out the file of a format."""
    return attachment(*formats.file_of(seen, format_id))
