"""Working in Word: download the form, give it back, see what would change, take what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain import wording_changes
from ehiia.domain.vocabulary import Permission
from ehiia.domain.wording_changes import Piece
from ehiia.forms.assessment import TokenForm
from ehiia.forms.word import GiveBackForm
from ehiia.services import word, word_out
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid
from ehiia.services.word import READY, Change, State
from ehiia.web import present
from ehiia.web.access import opens, visitor
from ehiia.web.asking import bytes_of, done, refuse
from ehiia.web.pages import crumbs, places_of
from ehiia.web.writing import UNDID

blueprint = Blueprint("word", __name__)


@dataclass(frozen=True)
class Row:
    """A change as the page shows it. ``pieces``: the two wordings, word by word, where both are texts."""

    change: Change
    pieces: tuple[Piece, ...]
    ticked: bool


@blueprint.route("/a/<ref>/word", methods=["GET", "POST"])
@opens(Permission.READ)
def work(seen: Seen) -> Any:
    """Say how it works, offer the download, and take a form back."""
    assessment, form, status = seen.assessment, GiveBackForm(), 200
    may = seen.may(Permission.WRITE)
    if form.is_submitted():
        status = 400
        file = bytes_of(form.file.data) if form.validate() else None
        if file is not None:
            try:
                number = word.give_back(
                    assessment.ref, name=file[0], data=file[1], by=visitor.person_id, now=clock.now()
                )
            except Invalid as error:
                refuse(form, error)
            else:
                return redirect(url_for("word.compare", ref=assessment.ref, upload_id=number), 303)
    return render_template(
        "word/work.html",
        seen=seen,
        form=form,
        may=may,
        uploads=word.newest_of(assessment.id) if may else [],
        crumbs=crumbs(seen),
        places=places_of(seen, "word.work"),
    ), status


@blueprint.get("/a/<ref>/word/form")
@opens(Permission.READ)
def download(seen: Seen) -> Response:
    """Hand out the form as a Word document, with the answers so far or blank."""
    blank = request.args.get("blank") == "1"
    now = clock.now()
    data = word_out.document_of(seen, blank=blank, made_at=now, made_at_words=present.moment(now))
    response = Response(data, mimetype=word.WORD)
    name = f"{seen.assessment.ref}{'-blank' if blank else ''}.docx"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.route("/a/<ref>/word/<int:upload_id>", methods=["GET", "POST"])
@opens(Permission.WRITE)
def compare(seen: Seen, upload_id: int) -> Any:
    """Show question by question what a form would change, and take what is ticked."""
    ref, form, status = seen.assessment.ref, TokenForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            wanted = {key: request.form.get(f"was:{key}", "") for key in request.form.getlist("take")}
            end = request.form.get("then") == "end"
            taken = word.take(ref, upload_id, wanted=wanted, done=end, by=visitor.person_id, now=clock.now())
            if taken.undid_pass:
                flash(UNDID, "info")
            if taken.meanwhile:
                words = present.count(taken.meanwhile, "answer")
                flash(f"{words} changed on the site while you were reading, and stayed. Look again", "info")
                return redirect(url_for("word.compare", ref=ref, upload_id=upload_id), 303)
            if taken.count:
                done(f"{present.count(taken.count, 'answer')} taken over from Word")
            elif not end:
                form.refuse("", "Tick the answers that you want to take over")
            if taken.count or end:
                return redirect(url_for("word.work", ref=ref), 303)
    found = word.proposed(seen, upload_id)
    ticked = set(request.form.getlist("take")) if form.is_submitted() else None
    return render_template(
        "word/compare.html",
        seen=seen,
        form=form,
        found=found,
        pages=_by_page(found.changes, ticked),
        not_meant=State.NOT_MEANT,
        crumbs=[*crumbs(seen), ("Work in Word", url_for("word.work", ref=ref))],
    ), status


def _by_page(changes: tuple[Change, ...], ticked: set[str] | None) -> dict[str, list[Row]]:
    pages: dict[str, list[Row]] = {}
    for change in changes:
        both = change.now and change.theirs and change.is_text
        pieces = wording_changes.changes(change.now, change.theirs) if both else ()
        marked = change.state in READY if ticked is None else change.key in ticked
        pages.setdefault(change.page, []).append(Row(change, pieces, marked))
    return pages
