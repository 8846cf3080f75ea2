"""Carrying out a review: a page for each group, one for the actions, and how it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.looking_back import NOTHING, Found, Predicted, Worked
from ehiia.domain.vocabulary import Permission, ReviewOutcome, Stage
from ehiia.forms.review import EndForm, FindingForm, PageForm, WorkedForm, finding_form
from ehiia.services import finishing, looking_back, material
from ehiia.services.looking_back import Action, Ended, GivenAction, Open, Page
from ehiia.services.sight import Seen
from ehiia.services.transaction import Refused
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked, done, number
from ehiia.web.pages import crumbs
from ehiia.web.present import Tag

blueprint = Blueprint("looking_back", __name__)

HALF = "Choose both likelihood and severity, or neither"


@dataclass(frozen=True)
class Item:
    """A page in the list of those that a review has."""

    title: str
    href: str
    hint: str
    state: Tag


def _open(seen: Seen) -> Open:
    if seen.assessment.stage is not Stage.IN_FORCE:
        raise Refused(f"It cannot be reviewed while it is “{seen.assessment.stage.label}”.")
    return looking_back.opened(seen.assessment)


def _above(seen: Seen, *, inside: bool = True) -> list[tuple[str, str]]:
    ref = seen.assessment.ref
    found = [*crumbs(seen), ("Review", url_for("reviews.review", ref=ref))]
    return [*found, ("Carry it out", url_for("looking_back.start", ref=ref))] if inside else found


def _state(*, begun: bool, lacking: bool) -> Tag:
    if not lacking:
        return Tag("Answered", "green") if begun else Tag("May be left", "white")
    return Tag("Begun", "blue") if begun else Tag("Not started", "grey")


def _items(ref: str, here: Open) -> list[Item]:
    found = [
        Item(
            page.title,
            url_for("looking_back.group", ref=ref, code=page.key),
            f"Saved last by {page.by}" if page.by else "",
            _state(begun=page.begun, lacking=bool(page.lacks)),
        )
        for page in here.pages
    ]
    if here.actions:
        lacking = any(one.page == "actions" for one in here.lacks)
        found.append(
            Item(
                "Mitigating actions",
                url_for("looking_back.actions", ref=ref),
                f"Saved last by {here.actions_by}" if here.actions_by else "",
                _state(begun=here.actions_revision > 0, lacking=lacking),
            )
        )
    ended = here.review.outcome is not None and here.review.outcome_reasons and here.review.happened
    begun = bool(here.review.outcome or here.review.happened or here.review.outcome_reasons)
    found.append(
        Item(
            "How it goes on", url_for("looking_back.end", ref=ref), "", _state(begun=begun, lacking=not ended)
        )
    )
    return found


def _after(ref: str, here: Open, key: str) -> str:
    """Return the address of the page after this one."""
    keys = [page.key for page in here.pages]
    later = keys[keys.index(key) + 1 :] if key in keys else []
    if later:
        return url_for("looking_back.group", ref=ref, code=later[0])
    if here.actions and key != "actions":
        return url_for("looking_back.actions", ref=ref)
    return url_for("looking_back.end", ref=ref)


@blueprint.get("/a/<ref>/review/carry-out")
@opens(Permission.REVIEW)
def start(seen: Seen) -> Any:
    """List the pages of the review with their states."""
    here = _open(seen)
    items = _items(seen.assessment.ref, here)
    todo = next((one for one in items if one.state.text in ("Not started", "Begun")), items[-1])
    return render_template(
        "looking_back/start.html",
        seen=seen,
        here=here,
        items=items,
        todo=todo,
        crumbs=_above(seen, inside=False),
    )


@dataclass(frozen=True)
class Part:
    """One respect on a page: what was predicted, its form, and what somebody else saved meanwhile."""

    predicted: Predicted
    form: FindingForm
    theirs: Found | None
    risk: str


@blueprint.route("/a/<ref>/review/carry-out/<code>", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def group(seen: Seen, code: str) -> Any:
    """Put what happened beside what was predicted for one group, in every respect."""
    ref, here = seen.assessment.ref, _open(seen)
    page = here.page(code)
    form = PageForm(data={"revision": str(page.revision)})
    forms = _forms(here, page)
    asked, theirs = Asked(form, "this page"), False
    if form.is_submitted():
        with asked:
            fine = all([form.validate(), *(one.validate() for one in forms.values())])
            for one in forms.values():
                if one.half_rated():
                    one.refuse("likelihood", HALF)
                    fine = False
            if fine:
                looking_back.save_page(
                    ref,
                    code,
                    {key: one.found() for key, one in forms.items()},
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("It was saved")
                then_list = request.form.get("then") == "list"
                return redirect(
                    url_for("looking_back.start", ref=ref) if then_list else _after(ref, here, code), 303
                )
        if asked.stale:
            here, theirs = looking_back.opened(seen.assessment), True
            page = here.page(code)
            form.revision.data = str(page.revision)
    parts = [
        Part(
            one,
            forms[one.key],
            here.found.get(one.key) if theirs else None,
            finishing.risk_words(risk, here.scale) if (risk := here.found.get(one.key, NOTHING).risk) else "",
        )
        for one in page.impacts
    ]
    return render_template(
        "looking_back/group.html",
        seen=seen,
        here=here,
        page=page,
        form=form,
        forms=[form, *forms.values()],
        parts=parts,
        crumbs=_above(seen),
    ), asked.status


def _forms(here: Open, page: Page) -> dict[tuple[str, str], FindingForm]:
    kind = finding_form(here.scale)
    made = {}
    for one in page.impacts:
        found = here.found.get(one.key, NOTHING)
        made[one.key] = kind(
            prefix=f"{one.subject}-{one.dimension}-",
            data={
                "turned": found.turned.value if found.turned else None,
                "happened": found.happened,
                "evidence": found.evidence,
                "likelihood": str(int(found.risk.likelihood)) if found.risk else "",
                "severity": str(int(found.risk.severity)) if found.risk else "",
            },
        )
    return made


@blueprint.route("/a/<ref>/review/carry-out/actions", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def actions(seen: Seen) -> Any:
    """Say of each mitigating action whether it worked."""
    ref, here = seen.assessment.ref, _open(seen)
    form = PageForm(data={"revision": str(here.actions_revision)})
    forms = _worked_forms(here.actions)
    asked = Asked(form, "this page")
    theirs: Mapping[int, Action] = {}
    if form.is_submitted():
        with asked:
            if all([form.validate(), *(one.validate() for one in forms.values())]):
                looking_back.save_actions(
                    ref,
                    {
                        row_id: GivenAction(
                            Worked(one.worked.data) if one.worked.data else None, one.note.data or ""
                        )
                        for row_id, one in forms.items()
                    },
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("It was saved")
                then_list = request.form.get("then") == "list"
                return redirect(
                    url_for("looking_back.start" if then_list else "looking_back.end", ref=ref), 303
                )
        if asked.stale:
            here = looking_back.opened(seen.assessment)
            theirs = {one.id: one for one in here.actions}
            form.revision.data = str(here.actions_revision)
    return render_template(
        "looking_back/actions.html",
        seen=seen,
        here=here,
        form=form,
        forms=[form, *forms.values()],
        parts=[(one, forms[one.id], theirs.get(one.id)) for one in here.actions],
        crumbs=_above(seen),
    ), asked.status


def _worked_forms(listed: tuple[Action, ...]) -> dict[int, WorkedForm]:
    return {
        one.id: WorkedForm(
            prefix=f"a{one.id}-",
            data={"worked": one.worked.value if one.worked else None, "note": one.note},
        )
        for one in listed
    }


@blueprint.route("/a/<ref>/review/carry-out/end", methods=["GET", "POST"])
@opens(Permission.REVIEW)
def end(seen: Seen) -> Any:
    """Say how it goes on; save it unfinished, or finish the review."""
    ref, finish = seen.assessment.ref, request.form.get("then") == "finish"
    if finish and finishing.was_finished(
        seen.assessment.id, _ended(EndForm()), by=visitor.person_id, now=clock.now()
    ):  # the form was sent twice: what it asked for is there
        return redirect(url_for("reviews.review", ref=ref), 303)
    here = _open(seen)
    row = here.review
    form = EndForm(
        data={
            "revision": str(row.revision),
            "happened": row.happened,
            "outcome": row.outcome.value if row.outcome else None,
            "reasons": row.outcome_reasons,
            "lessons": row.lessons,
        }
    )
    asked = Asked(form, "this review")
    theirs = None
    if form.is_submitted():
        with asked:
            if form.validate():
                kept = partial(finishing.finish, changes=form.changes.data or "")
                (kept if finish else looking_back.save_end)(
                    ref,
                    _ended(form),
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The review was carried out" if finish else "It was saved, and is not finished")
                return redirect(url_for("reviews.review" if finish else "looking_back.start", ref=ref), 303)
        if asked.stale:
            here = looking_back.opened(seen.assessment)
            theirs = here.review
            form.revision.data = str(theirs.revision)
    stale = material.to_settle(seen.assessment, sent=form.is_submitted(), now=clock.now())
    form.changes.data = stale.seen if stale else ""
    return render_template(
        "looking_back/end.html",
        stale=stale,
        seen=seen,
        here=here,
        form=form,
        theirs=theirs,
        lacks=[
            (one.reason.text, url_for("looking_back.actions", ref=ref))
            if one.page == "actions"
            else (one.reason.text, url_for("looking_back.group", ref=ref, code=one.page))
            for one in here.lacks
        ],
        crumbs=_above(seen),
    ), asked.status


def _ended(form: EndForm) -> Ended:
    return Ended(
        ReviewOutcome(form.outcome.data) if form.outcome.known(form.outcome.data) else None,
        form.happened.data or "",
        form.reasons.data or "",
        form.lessons.data or "",
    )
