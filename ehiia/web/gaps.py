"""Evidence gaps of one assessment: noting what is not known, changing, closing, taking out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Dimension, Permission
from ehiia.forms.assessment import TokenForm, as_options, number, offer
from ehiia.forms.gap import NO, YES, CloseForm, GapForm, NewDateForm
from ehiia.services import evidence, gap_dates, gaps, items, people
from ehiia.services.gaps import GapRow, Unknown
from ehiia.services.sight import Seen
from ehiia.services.transaction import NotAllowed, Refused
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done
from ehiia.web.pages import crumbs, leaf_url

blueprint = Blueprint("gaps", __name__)


def _list(seen: Seen) -> str:
    return leaf_url(seen.assessment.ref, "evidence", anchor="gaps")


def _above(seen: Seen) -> list[tuple[str, str]]:
    return [*crumbs(seen), ("Evidence", _list(seen))]


def _prepare(form: GapForm, seen: Seen, row: GapRow | None = None) -> None:
    """Give the form the groups of the assessment and the people who may see to it."""
    assessment, today = seen.assessment, clock.today()
    labels = gaps.group_labels(assessment)
    before = [code for code in (row.groups if row else ()) if code not in labels]
    known = items.group_labels(assessment.organisation_id, now=clock.now()) if before else {}
    labels |= {code: known.get(code, code) for code in before}
    offer(form.groups, [Option(code, label) for code, label in labels.items()])
    owners = {one.id: one.name for one in people.with_role(assessment.organisation_id, today=today)}
    if row is not None and row.owner_id and row.owner_id not in owners:
        owners |= people.names({row.owner_id})
    offer(form.owner_id, as_options(owners.items()))


def _entered(form: GapForm) -> Unknown:
    args = request.args
    dimension = args.get("dimension", "")
    return Unknown(
        unknown=form.unknown.data or "",
        groups=tuple(form.groups.data or ()),
        material={YES: True, NO: False}.get(form.material.data or ""),
        plan=form.plan.data or "",
        due_on=form.due_on.data,
        owner_id=number(form.owner_id),
        outside_owner=form.outside_owner.data or "",
        plain=form.plain.data or "",
        subject=args.get("subject", "")[:64],
        question=args.get("question", "")[:64],
        dimension=Dimension(dimension) if dimension in set(Dimension) else None,
    )


@blueprint.route("/a/<ref>/gaps/add", methods=["GET", "POST"])
@opens(Permission.WRITE)
def add(seen: Seen) -> Any:
    """Note something that is not known; ``?subject=&dimension=`` says where it was noticed."""
    form = GapForm()
    if not form.is_submitted():
        subject = request.args.get("subject", "")
        form = GapForm(formdata=None, data={"groups": [subject] if subject else []})
    _prepare(form, seen)
    asked = Asked(form)
    if not form.is_submitted():
        form.groups.data = [code for code in form.groups.data or () if form.groups.known(code)]
    else:
        with asked:
            if form.validate():
                row = gaps.add(seen.assessment.ref, _entered(form), by=visitor.person_id, now=clock.now())
                done(f"Evidence gap {row.ref} was noted")
                return redirect(_list(seen), 303)
    return render_template("gaps/add.html", seen=seen, form=form, crumbs=_above(seen)), asked.status


@blueprint.route("/a/<ref>/gaps/<int:gap_number>", methods=["GET", "POST"])
@opens(Permission.WRITE)
def change(seen: Seen, gap_number: int) -> Any:
    """Change what is said of a gap, while the assessment is written."""
    row = gaps.one_of(seen.assessment.id, gap_number)
    theirs: GapRow | None = None
    form = GapForm()
    if not form.is_submitted():
        form = GapForm(formdata=None, data=_shown(row))
    _prepare(form, seen, row)
    asked = Asked(form, "this gap")
    if form.is_submitted():
        with asked:
            if form.validate():
                gaps.change(
                    seen.assessment.ref,
                    gap_number,
                    _entered(form),
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"Evidence gap {row.ref} was saved")
                return redirect(_list(seen), 303)
        if asked.stale:
            theirs = gaps.one_of(seen.assessment.id, gap_number)
            form.revision.data = str(theirs.revision)
    return render_template(
        "gaps/change.html", seen=seen, form=form, row=row, theirs=theirs, crumbs=_above(seen)
    ), asked.status


def _shown(row: GapRow) -> dict[str, Any]:
    return {
        "unknown": row.unknown,
        "groups": list(row.groups),
        "material": None if row.material is None else (YES if row.material else NO),
        "plain": row.plain,
        "plan": row.plan,
        "due_on": row.due_on,
        "owner_id": str(row.owner_id or ""),
        "outside_owner": row.outside_owner,
        "revision": str(row.revision),
    }


@blueprint.route("/a/<ref>/gaps/<int:gap_number>/close", methods=["GET", "POST"])
@opens(Permission.READ)
def close(seen: Seen, gap_number: int) -> Any:
    """Say what was found; after the decision whoever sees to the gap does so."""
    row = gaps.one_of(seen.assessment.id, gap_number)
    if not gaps.may_close(seen, row):
        raise NotAllowed(seen.may(Permission.WRITE).reason or "Only those who see to it say what was found.")
    form = CloseForm()
    if not form.is_submitted():
        form = CloseForm(formdata=None, data={"found": row.found, "use_id": str(row.use_id or "")})
    offer(
        form.use_id,
        [Option(str(one.id), f"[{one.number}] {one.title}") for one in evidence.list_of(seen.assessment.id)],
    )
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                gaps.close(
                    seen.assessment.ref,
                    gap_number,
                    found=form.found.data or "",
                    use_id=number(form.use_id),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"Evidence gap {row.ref} is closed")
                return redirect(_list(seen), 303)
    return render_template(
        "gaps/close.html", seen=seen, form=form, row=row, crumbs=_above(seen)
    ), asked.status


@blueprint.route("/a/<ref>/gaps/<int:gap_number>/new-date", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def new_date(seen: Seen, gap_number: int) -> Any:
    """Give a gap that was accepted with the decision another date, with a reason."""
    row = gaps.one_of(seen.assessment.id, gap_number)
    form = NewDateForm(data={"revision": str(row.revision)})
    asked = Asked(form, "this gap")
    if form.is_submitted():
        with asked:
            if form.validate():
                gap_dates.move(
                    seen.assessment.ref,
                    gap_number,
                    to_on=form.to_on.data,
                    reason=form.reason.data or "",
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"Evidence gap {row.ref} has another date")
                return redirect(_list(seen), 303)
        if asked.stale:
            row = gaps.one_of(seen.assessment.id, gap_number)
            form.revision.data = str(row.revision)
    return render_template(
        "gaps/new_date.html",
        seen=seen,
        form=form,
        row=row,
        moved=gap_dates.moves_of([row.id]).get(row.id, []),
        crumbs=_above(seen),
    ), asked.status


@blueprint.post("/a/<ref>/gaps/<int:gap_number>/open-again")
@opens(Permission.WRITE)
def open_again(seen: Seen, gap_number: int) -> Response:
    """Open a gap again, because what was found does not settle it."""
    if TokenForm().validate():
        gaps.open_again(seen.assessment.ref, gap_number, by=visitor.person_id, now=clock.now())
        done("The gap is open again")
    return redirect(_list(seen), 303)


@blueprint.post("/a/<ref>/gaps/<int:gap_number>/take-out")
@opens(Permission.WRITE)
def take_out(seen: Seen, gap_number: int) -> Any:
    """Take a gap out that is none; its row stays in the history."""
    if TokenForm().validate():
        try:
            gaps.take_out(seen.assessment.ref, gap_number, by=visitor.person_id, now=clock.now())
        except Refused as refused:
            row = gaps.one_of(seen.assessment.id, gap_number)
            form = GapForm(formdata=None, data=_shown(row))
            _prepare(form, seen, row)
            form.refuse("", refused.reason)
            return render_template(
                "gaps/change.html", seen=seen, form=form, row=row, theirs=None, crumbs=_above(seen)
            ), 409
        done("The gap was taken out")
    return redirect(_list(seen), 303)
