"""Committees and decision-makers: who chairs them, who is their secretary, who also signs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.questions import Option
from ehiia.domain.signatories import FIRST
from ehiia.domain.vocabulary import Permission, Role
from ehiia.forms.organisation import DIRECTOR, BodyForm, BodyPeopleForm
from ehiia.services import administration, bodies, people, signatories
from ehiia.services.bodies import AlsoSigns, Body, NewBody
from ehiia.services.transaction import Invalid, NotFound, Stale
from ehiia.web.access import requires, visitor
from ehiia.web.asking import done, number, refuse

blueprint = Blueprint("bodies", __name__)


def _people() -> list[Option]:
    everybody = people.with_role(visitor.organisation_id, *Role, today=clock.today())
    return [Option(str(person.id), person.name) for person in everybody]


@blueprint.route("/organisation/committees", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def start() -> Any:
    """List committees and decision-makers, and add one."""
    form, status = BodyForm(), 200
    form.choose_from(_people())
    if form.is_submitted():
        try:
            if form.validate():
                new = NewBody(
                    form.name.data,
                    committee=form.kind.data == "committee",
                    chair_id=number(form.chair_id.data) or None,
                    secretary_id=number(form.secretary_id.data) or None,
                )
                bodies.add(visitor.organisation_id, new, by=visitor.person_id, now=clock.now())
                done(f"{new.name} was added")
                return redirect(url_for("bodies.start"), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    listed = bodies.listed(visitor.organisation_id, today=clock.today())
    named = people.names({i for body in listed for i in (body.chair_id, body.secretary_id) if i})
    return render_template("bodies/start.html", form=form, bodies=listed, names=named), status


def _body(body_id: int) -> Body:
    listed = bodies.listed(visitor.organisation_id, today=clock.today())
    found = next((body for body in listed if body.id == body_id), None)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/organisation/committees/<int:body_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def one(body_id: int) -> Any:
    """Name another chair or secretary, and who also signs its records."""
    body, status = _body(body_id), 200
    given = {
        "chair_id": str(body.chair_id or ""),
        "secretary_id": str(body.secretary_id or ""),
        "revision": str(body.revision),
    }
    for position, one in enumerate(signatories.also_sign(body_id), FIRST):
        given[f"person_{position}"] = str(one.person_id or DIRECTOR)
        given[f"role_{position}"] = one.role
    form = BodyPeopleForm(data=given)
    form.choose_from(_people())
    if form.is_submitted():
        try:
            if form.validate():
                bodies.change(
                    visitor.organisation_id,
                    body_id,
                    chair_id=number(form.chair_id.data) or None,
                    secretary_id=number(form.secretary_id.data) or None,
                    signs=[
                        AlsoSigns(role.data, number(person.data) or None)
                        for person, role in form.signatories()
                        if person.data or role.data
                    ],
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"{body.name} was changed")
                return redirect(url_for("bodies.start"), 303)
        except Stale:
            form.refuse(
                "", "Somebody else changed this meanwhile. Save again to put yours in place of theirs"
            )
            form.revision.data = str(_body(body_id).revision)
        except Invalid as error:
            refuse(form, error)
        status = 400
    return render_template("bodies/one.html", form=form, body=body), status


@blueprint.post("/organisation/committees/<int:body_id>/end")
@requires(Permission.ADMINISTER)
def end(body_id: int) -> Any:
    """End a committee or decision-maker."""
    administration.end_body(visitor.organisation_id, body_id, by=visitor.person_id, now=clock.now())
    done("It was ended. Routes that name it stay as they are")
    return redirect(url_for("bodies.start"), 303)
