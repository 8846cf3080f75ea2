"""The organisation for its administrators: how far it is set up, settings, places, groups, jobs."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.content import load
from ehiia.domain.questions import Option
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Permission
from ehiia.forms.organisation import GroupForm, PlaceForm, SettingsForm
from ehiia.services import administration, health, history, organisations, outbox, seal_health, setup
from ehiia.services.organisations import Organisation, Settings
from ehiia.services.transaction import Invalid, Stale
from ehiia.web.access import requires, visitor
from ehiia.web.asking import done, number, refuse
from ehiia.web.present import Tag

blueprint = Blueprint("organisation", __name__)


def shown() -> Organisation:
    """Return the organisation shown; whoever administers one has one."""
    assert visitor.organisation is not None
    return visitor.organisation


@blueprint.get("/organisation")
@requires(Permission.ADMINISTER)
def start() -> str:
    """Show what is still to be set up, what stands, and what was changed last."""
    organisation = shown()
    return render_template(
        "organisation/start.html",
        organisation=organisation,
        Tag=Tag,
        far=setup.set_up(organisation, today=clock.today()),
        failed=outbox.count_failed(organisation.id),
        jobs_well=not health.unwell(clock.now()) and not seal_health.troubles(organisation.id),
        changes=history.of_subject(f"organisation:{organisation.id}", limit=10).entries,
    )


@blueprint.route("/organisation/settings", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def settings() -> Any:
    """Change name and settings."""
    organisation = shown()
    now = organisations.settings_of(organisation)
    names = [item.name for item in fields(Settings) if hasattr(SettingsForm, item.name)]
    kept = {name: getattr(now, name) for name in names}
    form = SettingsForm(data={**kept, "name": organisation.name, "revision": str(organisation.revision)})
    form.choose_from([Option(scale.id, scale.title, _usual(scale)) for scale in load.scales()])
    if not form.is_submitted():
        return render_template("organisation/settings.html", form=form)
    if form.validate():
        given = replace(now, **{name: form[name].data for name in names})
        try:
            organisations.change(
                organisation.id,
                name=form.name.data,
                settings=given,
                revision=number(form.revision.data),
                by=visitor.person_id,
                now=clock.now(),
            )
        except Invalid as error:
            refuse(form, error)
        except Stale:
            form.refuse(
                "",
                "Somebody else changed these settings meanwhile. What you typed is below. "
                "Save again to put yours in place of theirs",
            )
            form.revision.data = str(organisations.get(organisation.id).revision)
        else:
            done("The settings were saved")
            return redirect(url_for("organisation.start"), 303)
    return render_template("organisation/settings.html", form=form), 400


def _usual(scale: Scale) -> str:
    bands = scale.bands
    return (
        f"Scores from 1 to {scale.most}. Usual bands: low up to {bands.low}, medium up to {bands.medium}, "
        f"high up to {bands.high}."
    )


@blueprint.route("/organisation/places", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def places() -> Any:
    """List the places, and add one."""
    form, status = PlaceForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                organisations.add_place(
                    shown().id, name=form.name.data, by=visitor.person_id, now=clock.now()
                )
                done(f"{form.name.data} was added")
                return redirect(url_for("organisation.places"), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    listed = organisations.places(shown().id, today=clock.today())
    return render_template("organisation/places.html", form=form, places=listed), status


@blueprint.post("/organisation/places/<int:place_id>/end")
@requires(Permission.ADMINISTER)
def end_place(place_id: int) -> Any:
    """End a place."""
    administration.end_place(shown().id, place_id, by=visitor.person_id, now=clock.now())
    done("The place was ended. Assessments that name it keep its name")
    return redirect(url_for("organisation.places"), 303)


@blueprint.route("/organisation/groups", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def groups() -> Any:
    """List the local groups, and add one."""
    form, status = GroupForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                organisations.add_group(
                    shown().id,
                    label=form.label.data,
                    people=form.people.data,
                    hint=form.hint.data or "",
                    basis=form.basis.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"{form.label.data} was added")
                return redirect(url_for("organisation.groups"), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    listed = organisations.local_groups(shown().id, today=clock.today())
    return render_template("organisation/groups.html", form=form, groups=listed), status


@blueprint.post("/organisation/groups/<int:group_id>/end")
@requires(Permission.ADMINISTER)
def end_group(group_id: int) -> Any:
    """End a local group."""
    administration.end_group(shown().id, group_id, by=visitor.person_id, now=clock.now())
    done("The group was ended. Assessments that chose it keep it")
    return redirect(url_for("organisation.groups"), 303)


@blueprint.get("/organisation/jobs")
@requires(Permission.ADMINISTER)
def work() -> str:
    """Show what is done by itself, and whether it was."""
    return render_template(
        "organisation/work.html",
        jobs=health.health(clock.now()),
        troubles=seal_health.troubles(shown().id),
        Tag=Tag,
    )


@blueprint.post("/organisation/jobs/seal")
@requires(Permission.ADMINISTER)
def seal_again() -> Any:
    """Let what waits to be sealed be tried again."""
    if seal_health.try_again(shown().id, by=visitor.person_id, now=clock.now()):
        done("What waits to be sealed is tried again within a minute")
    return redirect(url_for("organisation.work"), 303)


@blueprint.get("/organisation/history")
@requires(Permission.ADMINISTER)
def changes() -> str:
    """Tell who changed what of the organisation."""
    page = history.of_subject(f"organisation:{shown().id}", before=number(request.args.get("before")) or None)
    older = url_for("organisation.changes", before=page.older) if page.older else ""
    return render_template("organisation/changes.html", entries=page.entries, older=older)
