"""How people who took part in an engagement chose to be named, if at all."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.vocabulary import Naming, Permission
from ehiia.forms.assessment import TokenForm
from ehiia.forms.engagement import VoiceForm
from ehiia.services import engagement, voices
from ehiia.services.sight import Seen
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.engagement import heading_of, log_crumbs

blueprint = Blueprint("voices", __name__)


@blueprint.route("/a/<ref>/engagement/<int:entry_number>/named", methods=["GET", "POST"])
@opens(Permission.INVITE)
def named(seen: Seen, entry_number: int) -> Any:
    """Record how somebody who took part chose to be named."""
    ref = seen.assessment.ref
    row = engagement.one_of(seen.assessment.id, entry_number)
    form = VoiceForm(data={"naming": Naming.NOT_AT_ALL.value})
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                voices.add(
                    ref,
                    entry_number,
                    naming=Naming(form.naming.data),
                    named_as=form.named_as.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("Their choice was recorded", "success")
                return redirect(url_for("voices.named", ref=ref, entry_number=entry_number), 303)
    return render_template(
        "voices/named.html",
        seen=seen,
        row=row,
        heading=heading_of(row, engagement.channel_labels()),
        voices=voices.of_assessment(seen.assessment.id).get(entry_number, []),
        form=form,
        crumbs=log_crumbs(seen),
    ), asked.status


@blueprint.post("/a/<ref>/engagement/<int:entry_number>/named/<int:voice_id>/withdraw")
@opens(Permission.INVITE)
def withdraw(seen: Seen, entry_number: int, voice_id: int) -> Response:
    """Take somebody's name back."""
    ref = seen.assessment.ref
    if TokenForm().validate():
        voices.withdraw(ref, entry_number, voice_id, by=visitor.person_id, now=clock.now())
        flash("They are not named any more. Records that were signed before stay as they are", "success")
    return redirect(url_for("voices.named", ref=ref, entry_number=entry_number), 303)
