"""Who writes what: pages given to people by a day, and whether they are finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Permission
from ehiia.forms.assessment import TokenForm, as_options, number, offer
from ehiia.forms.assignment import GiveForm
from ehiia.services import assigning, overview
from ehiia.services.assigning import Assigned, page_key
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, Stale
from ehiia.web import present
from ehiia.web.access import opens, visitor
from ehiia.web.asking import number as as_number
from ehiia.web.pages import crumbs, leaf_url, places_of
from ehiia.web.present import Tag

blueprint = Blueprint("assignments", __name__)


@dataclass(frozen=True)
class Row:
    """A page that was given to somebody, as the list shows it."""

    key: str
    title: str
    href: str
    name: str
    mine: bool
    done: bool
    state: Tag
    revision: int


@blueprint.route("/a/<ref>/who-writes-what", methods=["GET", "POST"])
@opens(Permission.READ)
def pages(seen: Seen) -> Any:
    """Show who writes which page by when; the author gives pages to people here."""
    assessment, ref = seen.assessment, seen.assessment.ref
    may = bool(seen.may(Permission.INVITE))
    leaves = overview.leaves(assessment, overview.values_of(assessment.id), overview.groups_of(assessment.id))
    form = GiveForm() if request.method == "POST" else GiveForm(formdata=None)
    offer(form.person_id, as_options(assigning.writers(assessment.id).items()))
    given = assigning.given(assessment.id)
    offer(form.pages, [_option(leaf, given.get((leaf.section.id, leaf.subject))) for leaf in leaves])
    held = assigning.held_text(given)
    status = 200
    if not form.is_submitted():
        form.held.data = held
    else:
        status = 400
        if form.validate():
            try:
                count = assigning.give(
                    ref,
                    [page_key(text) for text in form.pages.data or ()],
                    person_id=number(form.person_id) or 0,
                    due_on=form.due_on.data,
                    held=assigning.held_in(form.held.data or ""),
                    by=visitor.person_id,
                    now=clock.now(),
                )
            except Invalid as refused:
                for name, message in refused.errors.items():
                    form.refuse(name, message)
            except Stale:
                status = 409
                form.refuse(
                    "", "Somebody gave or finished one of these pages meanwhile. Look who has them, then save"
                )
                form.held.data = held
            else:
                words = f"{present.count(count, 'page')} given" if count else "That was so already"
                flash(words, "success")
                return redirect(url_for("assignments.pages", ref=ref), 303)
    shown = {(leaf.section.id, leaf.subject): leaf.title for leaf in leaves}
    rows = [_row(ref, one, shown[key]) for key, one in sorted(given.items(), key=_order) if key in shown]
    return render_template(
        "assignments/pages.html",
        seen=seen,
        form=form,
        may=may,
        token=TokenForm(),
        mine=[row for row in rows if row.mine],
        others=[row for row in rows if not row.mine],
        crumbs=crumbs(seen),
        places=places_of(seen, "team.people"),
    ), status


def _order(pair: tuple[tuple[str, str], Assigned]) -> tuple[bool, Any, str]:
    one = pair[1]
    return one.done_at is not None, one.due_on, one.section


def _option(leaf: overview.Leaf, one: Assigned | None) -> Option:
    who = f"{one.name}, by {present.full_date(one.due_on)}" if one else "Nobody yet"
    return Option(f"{leaf.section.id}:{leaf.subject}", leaf.title, f"{leaf.section.part}. {who}")


def _row(ref: str, one: Assigned, title: str) -> Row:
    state = Tag("Finished", "green") if one.done_at else present.due_tag(one.due_on, clock.today())
    return Row(
        f"{one.section}:{one.subject}",
        title,
        leaf_url(ref, one.section, one.subject),
        one.name,
        one.person_id == visitor.person_id,
        one.done_at is not None,
        state,
        one.revision,
    )


@blueprint.post("/a/<ref>/who-writes-what/take-back")
@opens(Permission.INVITE)
def take_back(seen: Seen) -> Response:
    """Nobody in particular writes a page any more."""
    ref = seen.assessment.ref
    if TokenForm().validate():
        page = page_key(request.form.get("page", ""))
        revision = as_number(request.form.get("revision"))
        try:
            assigning.take_back(ref, page, revision=revision, by=visitor.person_id, now=clock.now())
        except Stale:
            flash("That page was given or finished meanwhile. Look at it again", "info")
        else:
            flash("Nobody in particular writes it now", "success")
    return redirect(url_for("assignments.pages", ref=ref), 303)


@blueprint.post("/a/<ref>/who-writes-what/finished")
@opens(Permission.READ)
def finished(seen: Seen) -> Response:
    """Somebody says that their own page is finished, or not after all."""
    ref = seen.assessment.ref
    if TokenForm().validate():
        done = request.form.get("done") != "no"
        page = page_key(request.form.get("page", ""))
        assigning.finish(ref, page, done=done, by=visitor.person_id, now=clock.now())
        flash("Thank you. The author can see it" if done else "It is open again", "success")
    return redirect(url_for("assignments.pages", ref=ref), 303)
