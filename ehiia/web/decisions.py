"""The paper for decision, deciding alone, entering and confirming what a meeting decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.decision import ConfirmForm, DecideForm, DecisionForm, EnterForm, ReadForm
from ehiia.services import confirming, deciding, material, papers, people, recorded, sealing, voices
from ehiia.services.papers import PaperPage
from ehiia.services.people import Reauthenticated, TooManyTries
from ehiia.services.recorded import RecordRow
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotFound
from ehiia.web.access import opens, signed_in, visitor
from ehiia.web.asking import done, number, refuse
from ehiia.web.pages import places_of
from ehiia.web.present import pack_name
from ehiia.web.sheets import Sheet, sheet_of

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/papers")
@signed_in
def waiting() -> str:
    """List the versions that wait for the visitor to decide, enter or confirm."""
    rows = papers.waiting(visitor.actor, visitor.organisation_id)
    return render_template("decisions/waiting.html", rows=rows)


@blueprint.route("/a/<ref>/paper", methods=["GET", "POST"])
@opens(Permission.READ)
def paper(seen: Seen) -> Any:
    """Show the frozen version to those who decide, and take "I have read this version"."""
    assessment, form, status = seen.assessment, ReadForm(), 200
    page = papers.page_of(seen, today=clock.today())
    packs = page.packs if page is not None else ()
    form.offer_packs([(one.id, pack_name(one.meeting_on, one.number, one.sha256)) for one in packs])
    if form.is_submitted():
        if form.validate():
            papers.say_read(
                assessment.ref,
                sha256=form.sha256.data or "",
                pack_id=form.pack_id(),
                by=visitor.person_id,
                now=clock.now(),
            )
            return redirect(_next(seen) or url_for("decisions.paper", ref=assessment.ref), 303)
        status = 400
    if page is not None:
        form.sha256.data = page.paper.snapshot.sha256
    return (
        render_template(
            "decisions/paper.html",
            form=form if page is not None else None,
            assessment=assessment,
            page=page,
            places=places_of(seen, "decisions.paper"),
            may_read=bool(seen.may(Permission.READ_PAPER)),
            confirms=_confirms(seen, page),
            stale=material.stale(assessment, now=clock.now()) if page is not None else None,
            onwards=_next(seen) if page is not None else "",
            onwards_label=_label(seen, page),
            name_taken_back=page is not None
            and voices.withdrawn_since(assessment.id, page.snapshot.frozen_at),
        ),
        status,
    )


def _confirms(seen: Seen, page: PaperPage | None) -> dict[str, Any] | None:
    """Return how the chair is asked, to whoever entered a decision that waits for them; otherwise None."""
    entry = page.paper.entry if page is not None else None
    if entry is None or not seen.may(Permission.ENTER_DECISION):
        return None
    return {"sent": confirming.sent_to(entry.id, now=clock.now())}


def _next(seen: Seen) -> str:
    """Return where the visitor goes from the paper, or "" where they have nothing to do."""
    for permission, endpoint in (
        (Permission.DECIDE, "decisions.decide"),
        (Permission.CONFIRM_DECISION, "decisions.confirm"),
        (Permission.ENTER_DECISION, "decisions.enter"),
    ):
        if seen.may(permission):
            return url_for(endpoint, ref=seen.assessment.ref)
    return ""


def _label(seen: Seen, page: PaperPage | None) -> str:
    if seen.may(Permission.DECIDE):
        return "Continue to the decision"
    if seen.may(Permission.CONFIRM_DECISION):
        return "Continue to confirm the decision"
    return "Enter what the meeting decided" if page is None or page.entered is None else "Enter it again"


def _sign_and(
    form: DecideForm | ConfirmForm,
    act: Callable[[Reauthenticated], RecordRow],
    refused: Callable[[Invalid], None],
) -> int:
    """Sign in again, act, and seal at once where that can be done. Returns 0, or the status of a refusal."""
    try:
        again = people.sign_in_again(visitor.person_id, form.password.data or "", now=clock.now())
        record = act(again)
    except Invalid as error:
        refused(error)
        return 400
    except TooManyTries as error:
        form.refuse("password", str(error))
        return 429
    sealing.seal_at_once(record.id, now=clock.now())
    return 0


@blueprint.route("/a/<ref>/decide", methods=["GET", "POST"])
@opens(Permission.DECIDE)
def decide(seen: Seen) -> Any:
    """Let one person decide alone, signing in again."""
    assessment, form, status = seen.assessment, DecideForm(), 200
    page = papers.page_of(seen, today=clock.today())
    sheet = _sheet(seen, form, page)
    if form.is_submitted() and not sheet.adding:
        status = 400
        if sheet.validate():

            def act(again: Reauthenticated) -> RecordRow:
                return deciding.decide(
                    assessment.ref,
                    sheet.decision(),
                    sha256=form.sha256.data or "",
                    reauthenticated=again,
                    by=visitor.person_id,
                    now=clock.now(),
                )

            status = _sign_and(form, act, sheet.refuse)
            if not status:
                return redirect(url_for("decisions.made", ref=assessment.ref), 303)
    return _page("decisions/decide.html", seen, form, page, sheet), status


def _sheet(seen: Seen, form: DecisionForm, page: PaperPage | None) -> Sheet:
    owners = {
        one.id: one.name for one in people.with_role(seen.assessment.organisation_id, today=clock.today())
    }
    gaps = [stop.ref for stop in papers.stops(seen, today=clock.today())]
    return sheet_of(form, page.snapshot.components if page is not None else (), owners, gaps)


@blueprint.route("/a/<ref>/enter-decision", methods=["GET", "POST"])
@opens(Permission.ENTER_DECISION)
def enter(seen: Seen) -> Any:
    """Let the secretary enter what the meeting decided."""
    assessment, form, status = seen.assessment, EnterForm(), 200
    page = papers.page_of(seen, today=clock.today())
    sheet = _sheet(seen, form, page)
    if form.is_submitted() and not sheet.adding:
        status = 400
        if sheet.validate():
            try:
                deciding.enter(
                    assessment.ref,
                    sheet.decision(),
                    sha256=form.sha256.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("What the meeting decided was entered. Its chair was asked to confirm it")
                return redirect(url_for("decisions.paper", ref=assessment.ref), 303)
            except Invalid as error:
                sheet.refuse(error)
    return _page("decisions/enter.html", seen, form, page, sheet), status


@blueprint.route("/a/<ref>/confirm-decision", methods=["GET", "POST"])
@opens(Permission.CONFIRM_DECISION)
def confirm(seen: Seen) -> Any:
    """Let the chair confirm what was entered, signing in again."""
    assessment, form, status = seen.assessment, ConfirmForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():

            def act(again: Reauthenticated) -> RecordRow:
                return deciding.confirm(
                    assessment.ref,
                    entry_id=number(form.entry.data),
                    reauthenticated=again,
                    by=visitor.person_id,
                    now=clock.now(),
                )

            status = _sign_and(form, act, partial(refuse, form))
            if not status:
                return redirect(url_for("decisions.made", ref=assessment.ref), 303)
    page = papers.page_of(seen, today=clock.today())
    return _page("decisions/confirm.html", seen, form, page), status


def _page(
    template: str,
    seen: Seen,
    form: DecisionForm | ConfirmForm,
    page: PaperPage | None,
    sheet: Sheet | None = None,
) -> str:
    if page is not None and not form.is_submitted():
        if isinstance(form, ConfirmForm):
            form.entry.data = str(page.paper.entry.id) if page.paper.entry else ""
        else:
            form.sha256.data = page.paper.snapshot.sha256
    entered = page.entered if page is not None else None
    owners = {term.owner_id for term in entered.terms if term.owner_id} if entered else set()
    return render_template(
        template,
        form=form if page is not None else None,
        **({"forms": sheet.forms if page is not None else []} if sheet is not None else {}),
        sheet=sheet,
        unknowns={gap.ref: gap for gap in page.paper.gaps} if page is not None else {},
        assessment=seen.assessment,
        page=page,
        owners=people.names(owners),
    )


@blueprint.get("/a/<ref>/decided")
@opens(Permission.READ)
def made(seen: Seen) -> str:
    """Say that it was decided, that the record was made, and how far its signed file is."""
    records = recorded.records_of(seen.assessment.id)
    if not records:
        raise NotFound
    kept = recorded.find_record(ref=records[0].ref)
    return render_template("decisions/made.html", assessment=seen.assessment, kept=kept, record=kept.record)
