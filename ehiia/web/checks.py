"""The check by an equality lead: the queue, one section at a time, sending back, passing; and comments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission, Role, Stage
from ehiia.forms.check import FindingForm, PassForm, SendBackForm
from ehiia.services import checks, gaps, quality, queue, selfchecking
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, read
from ehiia.web.access import opens, requires, visitor
from ehiia.web.advice import tabs
from ehiia.web.asking import done, refuse
from ehiia.web.present import Tag
from ehiia.web.selfcheck import beside

blueprint = Blueprint("checks", __name__)


@blueprint.get("/checks")
@requires(Permission.SEE_CHECK_QUEUE)
def waiting() -> str:
    """List what waits to be checked, the shortest clock first."""
    rows = queue.queue(visitor.actor, visitor.organisation_id, today=clock.today())
    return render_template("checks/waiting.html", rows=rows, tabs=tabs("checks.waiting"))


def _back(seen: Seen) -> str:
    """Return where a checker goes on: to the queue, or to the one assessment of an external checker."""
    if seen.actor.has(seen.assessment.organisation_id, Role.EQUALITY_LEAD):
        return url_for("checks.waiting")
    return url_for("assessments.overview", ref=seen.assessment.ref)


def _state(satisfied: bool | None) -> Tag:
    if satisfied is None:
        return Tag("Not looked at", "grey")
    return Tag("Satisfies") if satisfied else Tag("Comment", "orange")


@blueprint.get("/a/<ref>/check")
@opens(Permission.CHECK)
def check(seen: Seen) -> str:
    """Show how far the check is."""
    assessment = seen.assessment
    pages = checks.pages_to_check(assessment)
    current = checks.current_check(read(), assessment)
    parts: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        parts.setdefault(page.part, []).append(
            {
                "title": page.title,
                "href": url_for("checks.page", ref=assessment.ref, key=page.key),
                "hint": page.note,
                "state": _state(page.satisfied),
            }
        )
    rows = quality.scored(current)
    return render_template(
        "checks/check.html",
        assessment=assessment,
        parts=parts,
        first=next((page for page in pages if page.satisfied is None), None),
        left=sum(page.satisfied is None for page in pages),
        wanting=sum(page.satisfied is False for page in pages),
        is_open=assessment.stage is Stage.CHECKING,
        began=current.begun_at if current is not None else None,
        clock=quality.clock_of(assessment, today=clock.today()),
        rows=rows,
        scored=sum(row.mark is not None for row in rows),
        objections=quality.objections_to(current) if current is not None else (),
        since=quality.changes_since(assessment),
        threads=[one for one in checks.comments_of(assessment.id) if not one.closed],
        meeting_on=checks.meeting_of(assessment),
        found=selfchecking.self_check(assessment, today=clock.today()),
    )


@blueprint.route("/a/<ref>/check/<key>", methods=["GET", "POST"])
@opens(Permission.CHECK)
def page(seen: Seen, key: str) -> Any:
    """Show one page read-only beside what is to be looked for, and keep what was found."""
    assessment = seen.assessment
    pages = checks.pages_to_check(assessment)
    content = queue.content_of(assessment, key, now=clock.now())
    place = next(at for at, one in enumerate(pages) if one.key == key)
    following = pages[place + 1] if place + 1 < len(pages) else None
    kept = pages[place]
    since = quality.changes_since(assessment)
    form = FindingForm(
        data={
            "satisfied": None if kept.satisfied is None else ("yes" if kept.satisfied else "no"),
            "note": kept.note,
        }
    )
    status = 200
    if form.is_submitted():
        try:
            if form.validate():
                checks.find_section(
                    assessment.ref,
                    key=key,
                    satisfied=form.satisfied.data == "yes",
                    note_text=form.note.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                if following is not None:
                    return redirect(url_for("checks.page", ref=assessment.ref, key=following.key), 303)
                return redirect(url_for("checks.check", ref=assessment.ref), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    return (
        render_template(
            "checks/page.html",
            form=form,
            assessment=assessment,
            content=content,
            key=key,
            position=place + 1,
            how_many=len(pages),
            previous=url_for("checks.page", ref=assessment.ref, key=pages[place - 1].key) if place else "",
            following=url_for("checks.page", ref=assessment.ref, key=following.key) if following else "",
            following_title=following.title if following else "",
            comments=checks.comments_of(assessment.id, section=key),
            since=since,
            changed=since.on(kept.section_id, kept.subject) if since else (),
            findings=beside(seen, *key.split(":", 1)),
            is_open=assessment.stage is Stage.CHECKING,
        ),
        status,
    )


@blueprint.route("/a/<ref>/check/send-back", methods=["GET", "POST"])
@opens(Permission.CHECK)
def send_back(seen: Seen) -> Any:
    """Send it back with every comment."""
    assessment, form, status = seen.assessment, SendBackForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                checks.send_back(
                    assessment.ref, message=form.message.data or "", by=visitor.person_id, now=clock.now()
                )
                done(f"{assessment.ref} was sent back to the author")
                return redirect(_back(seen), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    wanting = [page for page in checks.pages_to_check(assessment) if page.satisfied is False]
    return render_template("checks/send_back.html", form=form, assessment=assessment, wanting=wanting), status


@blueprint.route("/a/<ref>/check/pass", methods=["GET", "POST"])
@opens(Permission.CHECK)
def passing(seen: Seen) -> Any:
    """Pass it, with reservations where there are any; the version for decision is frozen."""
    assessment, form, status = seen.assessment, PassForm(), 200
    if form.is_submitted():
        try:
            if form.validate():
                checks.pass_check(
                    assessment.ref,
                    reservations=form.reservations.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"{assessment.ref} passed. This version is frozen for the decision")
                return redirect(_back(seen), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    pages = checks.pages_to_check(assessment)
    meeting_on = checks.meeting_of(assessment)
    return (
        render_template(
            "checks/passing.html",
            form=form,
            assessment=assessment,
            left=sum(not page.satisfied for page in pages),
            meeting_on=meeting_on,
            is_late=meeting_on is not None and clock.today() > meeting_on,
            open_gaps=gaps.stopping(assessment.id, today=clock.today()),
        ),
        status,
    )
