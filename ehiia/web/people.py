"""The people of the organisation: who is there, their posts, and who has left."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, Role
from ehiia.forms.base import EhiiaForm
from ehiia.forms.organisation import PersonForm, PostForm
from ehiia.services import administration, handing_over, people
from ehiia.services.transaction import Invalid
from ehiia.web.access import requires, visitor
from ehiia.web.asking import done, refuse

blueprint = Blueprint("people", __name__)


@blueprint.route("/organisation/people", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def start() -> Any:
    """List everybody, and add somebody: they choose their own password, which nobody else ever knows."""
    form, status = PersonForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                people.add_person(
                    organisation_id=visitor.organisation_id,
                    name=form.name.data,
                    email=form.email.data,
                    roles=tuple(Role(role) for role in form.roles.data),
                    password=secrets.token_urlsafe(32),
                    by=visitor.person_id,
                    now=clock.now(),
                    welcome=True,
                )
                done(f"{form.name.data} was added, and is told by mail how to choose a password")
                return redirect(url_for("people.start"), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    everybody = administration.members(visitor.organisation_id, today=clock.today())
    return render_template("people/start.html", form=form, members=everybody), status


@blueprint.route("/organisation/people/<int:person_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def one(person_id: int) -> Any:
    """Show a person with their posts, and give another post."""
    here, today, status = visitor.organisation_id, clock.today(), 200
    form = PostForm()
    member = administration.member(here, person_id, today=today)
    if form.is_submitted():
        try:
            if form.validate():
                administration.give_post(
                    here, person_id, Role(form.role.data), by=visitor.person_id, now=clock.now()
                )
                done(f"{member.name} is now {Role(form.role.data).label.lower()}")
                return redirect(url_for("people.one", person_id=person_id), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    return render_template("people/one.html", form=form, member=member), status


@blueprint.post("/organisation/posts/<int:post_id>/end")
@requires(Permission.ADMINISTER)
def end_post(post_id: int) -> Any:
    """End a post today."""
    try:
        person_id = administration.end_post(
            visitor.organisation_id, post_id, by=visitor.person_id, now=clock.now()
        )
    except Invalid as error:
        flash(str(error), "error")
        return redirect(url_for("people.start"), 303)
    done("The post was ended")
    if person_id == visitor.person_id:
        return redirect(url_for("accounts.account"), 303)
    return redirect(url_for("people.one", person_id=person_id), 303)


@blueprint.route("/organisation/people/<int:person_id>/left", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def left(person_id: int) -> Any:
    """Ask whether somebody has left, with what they would leave behind; then close their account."""
    here = visitor.organisation_id
    member = administration.member(here, person_id, today=clock.today())
    behind = handing_over.left_behind(visitor.actor, here, person_id, today=clock.today())
    form, status = EhiiaForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                administration.leave(here, person_id, by=visitor.person_id, now=clock.now())
                done(f"{member.name} has left. What they did stays")
                to = url_for("handing_over.one", person_id=person_id) if behind else url_for("people.start")
                return redirect(to, 303)
        except Invalid as error:
            form.refuse("", str(error))
        status = 400
    return render_template("people/left.html", form=form, member=member, behind=behind), status
