"""Mail: an administrator's outbox, and in the demonstration the folder that all mail lands in."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.organisation import TestMailForm
from ehiia.notify.delivery import Received, read_folder, read_one
from ehiia.notify.messages import KINDS
from ehiia.services import administration, notices, outbox
from ehiia.services.installation import config
from ehiia.services.outbox import Wanted
from ehiia.services.transaction import Invalid, NotFound
from ehiia.web.access import requires, signed_in, visitor
from ehiia.web.asking import done, number, refuse
from ehiia.web.shell import Link

blueprint = Blueprint("mail", __name__)

TABS = {"waiting": outbox.waiting, "failed": outbox.failed, "sent": outbox.sent}
LABELS = {"waiting": "Waiting", "failed": "Given up", "sent": "Sent"}


def _outbox(form: TestMailForm, status: int = 200) -> Any:
    tab = request.args.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    find, kind = request.args.get("find", "").strip()[:100], request.args.get("kind", "")
    wanted = Wanted(find, kind if kind in KINDS else "", number(request.args.get("before")) or None)
    page = TABS[tab](visitor.organisation_id, wanted)
    filters: dict[str, Any] = {"find": wanted.find or None, "kind": wanted.kind or None}
    failed = outbox.count_failed(visitor.organisation_id)
    mail = config().mail
    return render_template(
        "mail/outbox.html",
        form=form,
        tab=tab,
        tabs=[
            Link(
                f"{words} ({failed:,})" if one == "failed" and failed else words,
                url_for("mail.outbox", tab=one, **filters),
                one == tab,
            )
            for one, words in LABELS.items()
        ],
        wanted=wanted,
        kinds={key: words for key, (words, _) in KINDS.items()},
        mails=page.mails,
        older=url_for("mail.outbox", tab=tab, before=page.next_before, **filters) if page.next_before else "",
        goes_nowhere=not mail.host and not mail.notify_key and mail.folder is None,
    ), status


@blueprint.route("/organisation/mail", methods=["GET", "POST"], endpoint="outbox")
@requires(Permission.ADMINISTER)
def show_outbox() -> Any:
    """List mail that waits, was sent or was given up, and send a test mail."""
    form = TestMailForm(data={"recipient": current_user.email})
    if not form.is_submitted():
        return _outbox(form)
    if not form.validate():
        return _outbox(form, 400)
    try:
        notices.send_test(
            organisation_id=visitor.organisation_id,
            recipient=form.recipient.data,
            by=visitor.person_id,
            now=clock.now(),
        )
    except Invalid as refused:
        refuse(form, refused)
        return _outbox(form, 400)
    done("The test mail is in the outbox. It is sent within a minute while the scheduler runs")
    return redirect(url_for("mail.outbox"), 303)


@blueprint.post("/organisation/mail/<int:mail_id>/again")
@requires(Permission.ADMINISTER)
def again(mail_id: int) -> Any:
    """Let a mail that was given up be tried again."""
    try:
        notices.send_again(
            mail_id, organisation_id=visitor.organisation_id, by=visitor.person_id, now=clock.now()
        )
        done("It will be tried again")
    except Invalid as error:
        flash(str(error), "error")
    return redirect(url_for("mail.outbox", tab="failed"), 303)


@blueprint.post("/organisation/mail/again")
@requires(Permission.ADMINISTER)
def all_again() -> Any:
    """Let all mail that was given up be tried again."""
    count = notices.send_all_again(
        organisation_id=visitor.organisation_id, by=visitor.person_id, now=clock.now()
    )
    done(f"{count} will be tried again" if count else "Nothing could be tried again")
    return redirect(url_for("mail.outbox", tab="failed"), 303)


def _folder() -> Path:
    folder = config().mail.folder
    if folder is None or not config().demonstration:
        raise NotFound
    return folder


def _may_read(mail: Received) -> bool:
    """Say whether the mail went to the visitor, or to the people of an organisation they administer."""
    to = parseaddr(mail.recipient)[1].lower()
    if to == current_user.email.lower():
        return True
    if not visitor.may_in(Permission.ADMINISTER):
        return False
    if "addresses" not in g:
        everybody = administration.members(visitor.organisation_id, today=clock.today())
        g.addresses = {one.email.lower() for one in everybody}
    return to in g.addresses


@blueprint.get("/mail")
@signed_in
def folder() -> str:
    """List the demonstration's mail: one's own, or all of it for an administrator."""
    mails = [mail for mail in read_folder(_folder()) if _may_read(mail)]
    return render_template("mail/folder.html", mails=mails)


@blueprint.get("/mail/<name>")
@signed_in
def one(name: str) -> str:
    """Show one mail of the demonstration."""
    mail = read_one(_folder(), name)
    if mail is None or not _may_read(mail):
        raise NotFound
    return render_template("mail/one.html", mail=mail)
