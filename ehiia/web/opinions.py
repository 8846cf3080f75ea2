"""Opinions on assurance: those that were given, and giving one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.opinions import GIVE, OpinionForm
from ehiia.services import opinions
from ehiia.services.opinions import Writing
from ehiia.web.access import requires, visitor
from ehiia.web.asking import Asked, done, number

blueprint = Blueprint("opinions", __name__)


def _writing(run_id: int) -> Writing:
    return opinions.writing(run_id, organisation_id=visitor.organisation_id, actor=visitor.actor)


@blueprint.get("/audits/opinions")
@requires(Permission.READ_OPINIONS)
def start() -> str:
    """List the opinions that were given, the newest first."""
    return render_template(
        "opinions/start.html",
        opinions=opinions.list_of(visitor.organisation_id),
        may=visitor.may_in(Permission.SEE_AUDIT_PLAN),
    )


@blueprint.get("/audits/opinions/<opinion_ref>")
@requires(Permission.READ_OPINIONS)
def one(opinion_ref: str) -> str:
    """Show an opinion as it was given, with the figures of that day."""
    return render_template(
        "opinions/one.html",
        opinion=opinions.one_of(visitor.organisation_id, opinion_ref),
        may=visitor.may_in(Permission.SEE_AUDIT_PLAN),
    )


@blueprint.route("/audits/runs/<int:run_id>/opinion", methods=["GET", "POST"])
@requires(Permission.SEE_AUDIT_PLAN)
def give(run_id: int) -> Any:
    """Write the opinion on a period beside its figures; keep a draft, or give it."""
    writing = _writing(run_id)
    form = OpinionForm()
    if not form.is_submitted():
        kept = asdict(writing.words) | {"revision": str(writing.revision)}
        form = OpinionForm(formdata=None, data=kept)
    form.choose_from(writing.scale)
    asked, theirs = Asked(form, "this opinion"), None
    if form.is_submitted():
        with asked:
            if form.validate():
                ref = opinions.save(
                    run_id,
                    form.words(),
                    revision=number(form.revision.data),
                    give=request.form.get("act") == GIVE,
                    organisation_id=visitor.organisation_id,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                if ref:
                    done(f"Opinion {ref} was given")
                    return redirect(url_for("opinions.one", opinion_ref=ref), 303)
                done("Saved. You can go on later")
                return redirect(url_for("opinions.give", run_id=run_id), 303)
        if asked.stale:
            writing = theirs = _writing(run_id)
            form.revision.data = str(writing.revision)
    return render_template("opinions/give.html", form=form, writing=writing, theirs=theirs), asked.status
