"""Pages for owners outside who were sent a link to their action: what it is, the action, how it goes.

Nobody signs in. The first page only says what the link is for; pressing its button uses the link, so that a
mail program that looks at links in advance uses none.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain import readings as drawing
from ehiia.domain.mitigating import Asking
from ehiia.domain.partnering import READS, PartnerLinkState
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Claim
from ehiia.files import kinds
from ehiia.forms.assessment import TokenForm, offer
from ehiia.forms.base import EhiiaForm
from ehiia.forms.owning import AcceptForm, DeclineForm, NewDateForm
from ehiia.forms.partners import PartnerClaimForm
from ehiia.forms.progress import NoteForm, ReadingForm
from ehiia.services import outside, outside_progress
from ehiia.services.outside import OpenLink
from ehiia.services.transaction import Invalid, NotFound, Refused, Stale
from ehiia.services.uploads import Upload
from ehiia.web.access import public
from ehiia.web.asking import Asked, bytes_of, done, number, refuse
from ehiia.web.by_link import careful, remember, remembered

blueprint = Blueprint("outside", __name__)

CHANGED = "The action was changed meanwhile. Look at it again, then take it on or say why not"
OPENED = "partner"
"""Name in the cookie of the links that were opened in this browser."""


def _found(token: str) -> OpenLink | None:
    try:
        return outside.find(token, address=request.remote_addr or "", now=clock.now())
    except NotFound:
        return None


@blueprint.route("/partner/<token>", methods=["GET", "POST"])
@public
def start(token: str) -> Any:
    """Say what the link is for, or why it does not open and whom to ask; its button uses it."""
    found = _found(token)
    if found is None:
        return careful(render_template("outside/start.html", found=None, opens=False, token=token), 404)
    opens = found.state in READS
    if request.method == "POST" and opens and TokenForm().validate():
        try:
            outside.open_link(token, now=clock.now())
        except Refused:  # it ended this very moment
            return redirect(url_for("outside.start", token=token), 303)
        remember(OPENED, found.link_id)
        return redirect(url_for("outside.action", token=token), 303)
    return careful(
        render_template("outside/start.html", found=found, opens=opens, token=token), 200 if opens else 410
    )


def _opened(token: str) -> OpenLink | None:
    """Return the link where it opens and was opened in this browser, or None."""
    found = _found(token)
    opens = found is not None and found.state in READS and remembered(OPENED, found.link_id)
    return found if opens else None


def _shown(form: EhiiaForm, found: OpenLink) -> EhiiaForm | None:
    """Return a form where something can be said by the link; what was sent in vain is shown again."""
    return form if found.state is PartnerLinkState.OPEN or form.is_submitted() else None


@blueprint.post("/partner/<token>/accept")
@public
def accept(token: str) -> Any:
    """Take the action on."""
    form = AcceptForm()
    if _opened(token) is not None and form.validate():
        try:
            outside.accept(token, revision=number(form.revision.data), now=clock.now())
        except Refused as refused:
            flash(refused.reason, "error")
        except Stale:
            flash(CHANGED, "error")
        else:
            flash("Thank you. It is noted that you have taken it on", "success")
    return redirect(url_for("outside.action", token=token), 303)


@blueprint.route("/partner/<token>/decline", methods=["GET", "POST"])
@public
def decline(token: str) -> Any:
    """Say why the action is not theirs to do."""
    found = _opened(token)
    if found is None:
        return redirect(url_for("outside.start", token=token), 303)
    page = outside.reading_of(found, today=clock.today())
    form = DeclineForm(data={"revision": str(page.revision)})
    asked = Asked(form, "the action")
    if form.is_submitted():
        with asked:
            if form.validate():
                outside.decline(
                    token,
                    reason=form.reason.data or "",
                    revision=number(form.revision.data),
                    now=clock.now(),
                )
                flash(f"{found.organisation} was told", "success")
                return redirect(url_for("outside.action", token=token), 303)
        if asked.stale:
            form.revision.data = str(page.revision)
    return careful(
        render_template("outside/decline.html", form=form, page=page, found=found, token=token),
        asked.status,
    )


@blueprint.route("/partner/<token>/action", methods=["GET", "POST"])
@public
def action(token: str) -> Any:
    """Show the one action with what its owner outside said so far, and let them say how it is going."""
    found = _opened(token)
    if found is None:
        return redirect(url_for("outside.start", token=token), 303)
    form = PartnerClaimForm()
    status = 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                outside.say(token, Claim(form.claim.data), note_text=form.note.data or "", now=clock.now())
            except Invalid as refused:
                refuse(form, refused)
            except Refused as refused:
                form.refuse("", f"{refused.reason} What you typed is still here: copy it if you need it")
                status = 409
            else:
                flash(f"Thank you. {found.organisation} was told", "success")
                return redirect(url_for("outside.action", token=token), 303)
    page = outside.reading_of(found, today=clock.today())
    return careful(
        render_template("outside/action.html", form=_shown(form, found), page=page, found=found, token=token),
        status,
    )


@blueprint.route("/partner/<token>/progress", methods=["GET", "POST"])
@public
def progress(token: str) -> Any:
    """Note what was done, with a file that shows it."""
    found = _opened(token)
    if found is None:
        return redirect(url_for("outside.start", token=token), 303)
    form = NoteForm()
    form.proof.accept = kinds.endings()
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                given = bytes_of(form.proof.data)
                outside_progress.note(
                    token,
                    words=form.text.data or "",
                    proof=Upload(*given) if given else None,
                    now=clock.now(),
                )
                done("Your note was kept")
                return redirect(url_for("outside.progress", token=token), 303)
    return careful(
        render_template(
            "outside/progress.html",
            form=_shown(form, found),
            page=outside.reading_of(found, today=clock.today()),
            notes=outside_progress.notes_of(found),
            accepted=kinds.accepted(),
            found=found,
            token=token,
        ),
        asked.status,
    )


@blueprint.route("/partner/<token>/figures", methods=["GET", "POST"])
@public
def figures(token: str) -> Any:
    """Give a figure, of everybody or of a group that the action is for."""
    found = _opened(token)
    if found is None:
        return redirect(url_for("outside.start", token=token), 303)
    form = ReadingForm()
    groups = outside_progress.groups_of(found)
    offer(form.subject, [Option(code, label) for code, label in groups.items()])
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                outside_progress.measure(
                    token,
                    measured_on=form.measured_on.data,
                    subject=form.subject.data or "",
                    value=form.value.data,
                    note_text=form.note.data or "",
                    now=clock.now(),
                )
                done("The figure was kept")
                return redirect(url_for("outside.figures", token=token), 303)
    own = outside_progress.readings_of(found)
    counting = drawing.counting(own)
    return careful(
        render_template(
            "outside/figures.html",
            form=_shown(form, found),
            page=outside.reading_of(found, today=clock.today()),
            chart=drawing.chart(own),
            readings=counting[::-1],
            put_right=len(own) - len(counting),
            everybody=drawing.EVERYBODY,
            figure=drawing.figure,
            found=found,
            token=token,
        ),
        asked.status,
    )


@blueprint.route("/partner/<token>/date", methods=["GET", "POST"])
@public
def dates(token: str) -> Any:
    """Show the dates they asked for, and let them ask for another one."""
    found = _opened(token)
    if found is None:
        return redirect(url_for("outside.start", token=token), 303)
    page = outside.reading_of(found, today=clock.today())
    form = NewDateForm(data={"revision": str(page.revision)})
    asked = Asked(form, "the action")
    if form.is_submitted():
        with asked:
            if form.validate():
                state = outside_progress.ask_date(
                    token,
                    to_on=form.to_on.data,
                    reason=form.reason.data or "",
                    revision=number(form.revision.data),
                    now=clock.now(),
                )
                done("The date was moved" if state is Asking.MADE else "Your request waits for an approval")
                return redirect(url_for("outside.dates", token=token), 303)
        if asked.stale:
            form.revision.data = str(page.revision)
    own = outside_progress.dates_of(found)
    return careful(
        render_template(
            "outside/dates.html",
            form=_shown(form, found) if own.may_ask or asked.status != 200 else None,
            page=page,
            dates=own,
            found=found,
            token=token,
        ),
        asked.status,
    )


@blueprint.post("/partner/<token>/date/<int:change_id>/take-back")
@public
def take_date_back(token: str, change_id: int) -> Any:
    """Take their own request for another date back."""
    if _opened(token) is not None and TokenForm().validate():
        try:
            outside_progress.take_date_back(token, change_id, now=clock.now())
        except Refused as refused:
            flash(refused.reason, "error")
        else:
            done("Your request was taken back")
    return redirect(url_for("outside.dates", token=token), 303)
