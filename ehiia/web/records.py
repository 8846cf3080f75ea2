"""Decision records: the list, one as a page, its files; and looking at a file that somebody has."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from ehiia import clock
from ehiia.documents.pdf.structure import Document
from ehiia.domain.decision import DEMONSTRATION, TIMES_OF_DEMONSTRATION
from ehiia.domain.glance import glance
from ehiia.domain.vocabulary import Permission
from ehiia.forms.verify import EnquiryForm, VerifyForm
from ehiia.services import (
    correcting,
    editions,
    enquiries,
    leaked_keys,
    material,
    organisations,
    record_copies,
    recorded,
    sealing,
    uploads,
    verifying,
    voices,
)
from ehiia.services.recorded import KeptRecord
from ehiia.services.transaction import NotFound
from ehiia.services.verifying import Busy, Checked
from ehiia.web.access import public, signed_in, visitor
from ehiia.web.asking import bytes_of, number

blueprint = Blueprint("records", __name__)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/records")
@signed_in
def register() -> str:
    """List the records the visitor knows of, newest first."""
    rows, older = recorded.register(
        visitor.actor, visitor.organisation_id, before=number(request.args.get("before"))
    )
    here = visitor.organisation
    return render_template(
        "records/register.html",
        rows=rows,
        older=older,
        public_register=here is not None and organisations.settings_of(here).public_register,
        may_answer_feedback=visitor.may_in(Permission.ANSWER_FEEDBACK),
        may_see_requests=visitor.may_in(Permission.SEE_REQUESTS),
    )


@blueprint.get("/records/<record_ref>")
@signed_in
def show(record_ref: str) -> str:
    """Show the frozen record, from itself alone."""
    kept = recorded.see_record(record_ref, actor=visitor.actor)
    return render_template("records/show.html", **shown(kept))


def shown(kept: KeptRecord) -> dict[str, Any]:
    """Return what the page of a record shows: the record itself, and whether what it approved was changed."""
    return {
        "kept": kept,
        "record": kept.record,
        "snapshot": kept.record.snapshot,
        "invented": (DEMONSTRATION, TIMES_OF_DEMONSTRATION) if kept.record.demonstration else (),
        "glance": glance(kept.record.snapshot),
        "stale": None if kept.superseded_by else material.stale(kept.assessment, now=clock.now()),
        "unsafe": leaked_keys.of_kept(kept),
        "may_correct": correcting.may_correct(kept, actor=visitor.actor),
        "name_taken_back": voices.withdrawn_since(kept.assessment.id, kept.record.snapshot.frozen_at),
    }


@blueprint.get("/records/<record_ref>.pdf")
@signed_in
def pdf(record_ref: str) -> Answer:
    """Hand out the newest step of the signed file."""
    kept = recorded.see_record(record_ref, actor=visitor.actor)
    return _file(kept, len(kept.files))


@blueprint.get("/records/<record_ref>/step/<int:step>.pdf")
@signed_in
def step(record_ref: str, step: int) -> Answer:
    """Hand out an earlier step of the signed file."""
    return _file(recorded.see_record(record_ref, actor=visitor.actor), step)


def _file(kept: KeptRecord, step: int) -> Answer:
    found = next((file for file in kept.files if file.step == step), None)
    if found is None:
        raise NotFound
    response = Response(sealing.signed_files().get(found.storage_key), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.storage_key}"'
    response.set_etag(found.sha256)
    return response.make_conditional(request)


@blueprint.get("/records/<record_ref>.json")
@signed_in
def data(record_ref: str) -> Answer:
    """Hand out the canonical text that is signed; its SHA-256 is the ETag."""
    kept = recorded.see_record(record_ref, actor=visitor.actor)
    response = Response(kept.row.text.encode("utf-8"), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{kept.row.ref}.json"'
    response.set_etag(kept.row.sha256)
    return response.make_conditional(request)


@blueprint.get("/records/<record_ref>.html")
@signed_in
def twin(record_ref: str) -> Answer:
    """Hand out the record as one accessible page that needs nothing else and holds no scripts."""
    kept = recorded.see_record(record_ref, actor=visitor.actor)
    page = page_alone(record_copies.copy(kept.record, sha256=kept.row.sha256))
    return to_save(Response(page, mimetype="text/html"), f"{kept.row.ref}.html")


def page_alone(copy: Document) -> str:
    """Return the page of a copy, which needs nothing else."""
    blocks = [(type(block).__name__, block) for block in copy.blocks]
    return render_template("records/twin.html", document=copy, blocks=blocks)


@blueprint.get("/records/<record_ref>.docx")
@signed_in
def word(record_ref: str) -> Answer:
    """Hand out the record as a Word document, which says that it is a copy."""
    kept = recorded.see_record(record_ref, actor=visitor.actor)
    content = record_copies.word(kept.record, sha256=kept.row.sha256)
    return to_save(Response(content, mimetype=DOCX), f"{kept.row.ref}.docx")


def to_save(response: Answer, name: str) -> Answer:
    """Let a copy be saved under a name; where it is opened all the same, it may load and run nothing."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


@blueprint.get("/records/certificate/<code>.pem")
@public
def certificate(code: str) -> Response:
    """Hand out the root certificate of an organisation, for anybody's PDF reader."""
    response = Response(sealing.root_certificate(code), mimetype="application/x-pem-file")
    response.headers["Content-Disposition"] = 'attachment; filename="root.pem"'
    return response


@blueprint.get("/verify")
@public
def verify() -> str:
    """Offer three ways to ask about a record: its file, its code, the reference of one that was published."""
    return _ways(VerifyForm(), EnquiryForm())


@blueprint.post("/verify")
@public
def verified() -> Any:
    """Look at a file that somebody has, and say in words what was found. Nothing of it is kept."""
    form, status = VerifyForm(), 400
    if form.validate():
        given = bytes_of(form.file.data)
        if given is None:
            form.refuse("file", "Choose a signed PDF")
        elif len(given[1]) > uploads.most_bytes():
            form.refuse("file", "The file must be smaller than 20 MB")
        else:
            try:
                return _found(form, verifying.check_file(given[1]))
            except Busy:
                form.refuse("file", "Other files are being looked at. Try again in a minute")
                status = 503
    return _ways(form, EnquiryForm(formdata=None)), status


@blueprint.post("/verify/asked")
@public
def enquire() -> Any:
    """Take the code or reference that somebody typed to its address."""
    enquiry = EnquiryForm()
    if enquiry.validate():
        return redirect(url_for("records.answer", asked=enquiry.typed()), 303)
    return _ways(VerifyForm(formdata=None), enquiry), 400


def _ways(form: VerifyForm, enquiry: EnquiryForm) -> str:
    return render_template("records/verify.html", form=form, enquiry=enquiry, forms=[form, enquiry])


def _found(form: VerifyForm, checked: Checked) -> str:
    return render_template(
        "records/verified.html",
        form=form,
        checked=checked,
        standing_words=verifying.standing_words(checked),
        newer_edition=editions.newer(checked.edition, today=clock.today()) if checked.edition else "",
        signatures=verifying.signed_by(checked),
        lasting=verifying.lasting(checked, now=clock.now()),
        kind=_kind(checked),
        # facts of the record are shown only where the file itself is ours: whoever has it has them
        record=kept.record if (kept := checked.record or checked.edition) else None,
        looked_at=clock.now(),
    )


@blueprint.get("/verify/<asked>")
@public
def answer(asked: str) -> Any:
    """Say how a record stands whose code, or published reference, is in the address, as in its QR code."""
    try:
        told = enquiries.ask(asked, address=request.remote_addr or "", now=clock.now())
    except NotFound:
        return render_template("records/answer.html", told=None), 404
    return render_template("records/answer.html", told=told)


def _kind(checked: Checked) -> str:
    """Return the design of the answer: good, waiting (intact and ours, not the last word), unknown or bad."""
    if checked.good:
        return "good" if checked.current else "waiting"
    if checked.file.readable and checked.file.intact:
        return "unknown"
    return "bad" if checked.file.readable and checked.file.signatures else "unknown"
