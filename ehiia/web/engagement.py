"""The engagement log of an assessment: list, add, change, take out, hearing back, who is named, and reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ehiia import clock
from ehiia.content import guidance
from ehiia.domain import privacy
from ehiia.domain import reach as reached
from ehiia.domain.answers import Engagement
from ehiia.domain.reach import Subject
from ehiia.domain.vocabulary import HeadCount, Permission, Stage
from ehiia.forms.assessment import TokenForm, number
from ehiia.forms.engagement import EngagementForm, HeardBackForm, HeardRow, heard_in, heard_rows
from ehiia.services import engagement, items, overview, voices
from ehiia.services.engagement import EngagementRow, Entry
from ehiia.services.sight import Seen
from ehiia.services.voices import Voice
from ehiia.web import present
from ehiia.web.access import opens, visitor
from ehiia.web.asking import Asked
from ehiia.web.components import page_url
from ehiia.web.pages import crumbs, places_of
from ehiia.web.writing import UNDID

blueprint = Blueprint("engagement", __name__)

LINES = ("place", "others", "led_by", "partner", "shown_version", "fed_back_how")
CHOSEN = ("on_date", "channel", "fed_back_on")
TEXTS = ("reached", "shown", "said", "changed", "not_reached")
FIELDS = {"said": "What they said", "changed": "What changed", "reached": "How people were reached"}
GUIDES = ("ten-principles", "four-as", "consultation", "involving-people")
"""Pages of guidance that stand beside the log, where they are there."""


@dataclass(frozen=True)
class Shown:
    """An entry of the log as the page shows it."""

    entry: Engagement
    heading: str
    who: tuple[str, ...]
    voices: tuple[Voice, ...]
    warnings: tuple[str, ...]


def heading_of(entry: Engagement | EngagementRow, channels: dict[str, str]) -> str:
    """Return "Engagement 3: discussion group, Library, Clacton, 12 March 2027"."""
    channel = channels.get(entry.channel, entry.channel)
    parts = [channel[:1].lower() + channel[1:], entry.place, present.day(entry.on_date)]
    said = ", ".join(part for part in parts if part)
    return f"Engagement {entry.number}" + (f": {said}" if said else "")


def guides() -> list[tuple[str, str]]:
    """Return the pages of guidance on listening to people that are there: (label, address)."""
    return [
        (page.title, url)
        for page in guidance.pages()
        if page.name in GUIDES and (url := page_url("guidance.page", name=page.name))
    ]


def log_crumbs(seen: Seen) -> list[tuple[str, str]]:
    """Return the way down to the log."""
    return [*crumbs(seen), ("Engagement log", url_for("engagement.log", ref=seen.assessment.ref))]


@blueprint.get("/a/<ref>/engagement")
@opens(Permission.READ)
def log(seen: Seen) -> Any:
    """Show who was listened to, what they said, what changed, and who was not heard."""
    assessment = seen.assessment
    whole = overview.whole(assessment)
    labels = {one.code: one.label for one in reached.subjects(whole.answers, whole.named_effects)}
    rows = reached.reach(whole.answers, whole.named_effects)
    channels = engagement.channel_labels()
    named = voices.of_assessment(assessment.id)
    may = seen.may(Permission.WRITE)
    return render_template(
        "engagement/log.html",
        seen=seen,
        entries=[
            Shown(
                entry,
                heading_of(entry, channels),
                reached.who_words(entry, labels),
                tuple(named.get(entry.number, ())),
                _warnings(entry) if may else (),
            )
            for entry in whole.answers.engagements
        ],
        taken_out=[(row.number, heading_of(row, channels)) for row in engagement.taken_out(assessment.id)]
        if may
        else [],
        reach=rows,
        summary=reached.summary(rows),
        may=may,
        may_add_later=bool(seen.may(Permission.INVITE)),
        ready=assessment.stage is Stage.READY,
        guides=guides(),
        crumbs=crumbs(seen),
        places=places_of(seen, "engagement.log"),
    )


def _warnings(entry: Engagement | Entry) -> tuple[str, ...]:
    """Say what in the words of an entry may show who somebody is."""
    texts = {name: getattr(entry, name) for name in (*TEXTS, *LINES) if name not in ("led_by", "partner")}
    return tuple(
        f"{sign.what} (“{sign.found}”)" for signs in privacy.signs_in(texts).values() for sign in signs
    )


@blueprint.get("/a/<ref>/engagement/reach")
@opens(Permission.READ)
def reach(seen: Seen) -> Any:
    """Show for each group with an impact whether anybody from it was heard."""
    whole = overview.whole(seen.assessment)
    rows = reached.reach(whole.answers, whole.named_effects)
    return render_template(
        "engagement/reach.html",
        seen=seen,
        rows=rows,
        summary=reached.summary(rows),
        steps=len(reached.STEPS),
        not_reached=[
            (entry.number, entry.not_reached) for entry in whole.answers.engagements if entry.not_reached
        ],
        may=seen.may(Permission.WRITE),
        crumbs=log_crumbs(seen),
    )


# -- adding and changing ---------------------------------------------------------------------------


def _subjects(seen: Seen, heard: Mapping[str, HeadCount | None]) -> list[Subject]:
    """Return who may have been heard, those who could be affected first; and whoever was ``heard`` before."""
    whole = overview.whole(seen.assessment)
    found = sorted(reached.subjects(whole.answers, whole.named_effects), key=lambda one: not one.affected)
    gone = [code for code in heard if code not in {one.code for one in found}]
    if gone:
        labels = items.group_labels(seen.assessment.organisation_id, now=clock.now())
        found += [Subject(code, labels.get(code, code), False) for code in gone]
    return found


def _entered(form: EngagementForm, rows: list[HeardRow]) -> Entry:
    return Entry(
        on_date=form.on_date.data,
        channel=form.channel.data or "",
        heard=heard_in(rows),
        everybody=HeadCount(form.everybody.data) if form.everybody.data else None,
        fed_back_on=form.fed_back_on.data,
        **{name: form[name].data or "" for name in (*LINES, *TEXTS)},
    )


def _valid(form: EngagementForm, rows: list[HeardRow]) -> bool:
    return all([form.validate(), *[row.form.validate() for row in rows]])


def _done(seen: Seen, entry: Entry, words: str) -> Response:
    flash(words, "success")
    if seen.assessment.stage is Stage.READY:
        flash(UNDID, "info")
    if warnings := _warnings(entry):
        flash(
            f"Look once more: this may show who somebody is: {present.sentence_list(warnings)}. "
            "Take it out, unless they agreed to it",
            "info",
        )
    return redirect(url_for("engagement.log", ref=seen.assessment.ref), 303)


@blueprint.route("/a/<ref>/engagement/add", methods=["GET", "POST"])
@opens(Permission.WRITE)
def add(seen: Seen) -> Any:
    """Add an entry."""
    form = EngagementForm()
    subjects = _subjects(seen, {})
    rows = heard_rows(subjects) if form.is_submitted() else heard_rows(subjects, {})
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if _valid(form, rows):
                entry = _entered(form, rows)
                engagement.add(seen.assessment.ref, entry, by=visitor.person_id, now=clock.now())
                return _done(seen, entry, "It was added to the engagement log")
    return _page("engagement/add.html", seen, form, rows), asked.status


@blueprint.route("/a/<ref>/engagement/<int:entry_number>", methods=["GET", "POST"])
@opens(Permission.WRITE)
def change(seen: Seen, entry_number: int) -> Any:
    """Change an entry."""
    row = engagement.one_of(seen.assessment.id, entry_number)
    before = engagement.entry_of(row)
    subjects = _subjects(seen, before.heard)
    theirs: Entry | None = None
    data: dict[str, Any] = {name: getattr(before, name) for name in (*LINES, *TEXTS, *CHOSEN)}
    data |= {"everybody": before.everybody.value if before.everybody else "", "revision": str(row.revision)}
    form = EngagementForm(data=data)
    rows = heard_rows(subjects) if form.is_submitted() else heard_rows(subjects, before.heard)
    asked = Asked(form, "this entry")
    if form.is_submitted():
        with asked:
            if _valid(form, rows):
                entry = _entered(form, rows)
                engagement.change(
                    seen.assessment.ref,
                    entry_number,
                    entry,
                    revision=number(form.revision) or 0,
                    by=visitor.person_id,
                    now=clock.now(),
                )
                return _done(seen, entry, "The entry was saved")
        if asked.stale:
            row = engagement.one_of(seen.assessment.id, entry_number)
            theirs = engagement.entry_of(row)
            form.revision.data = str(row.revision)
    heading = heading_of(row, engagement.channel_labels())
    return (
        _page("engagement/change.html", seen, form, rows, row=row, theirs=theirs, heading=heading),
        asked.status,
    )


def _page(template: str, seen: Seen, form: EngagementForm, rows: list[HeardRow], **more: Any) -> str:
    return render_template(
        template,
        seen=seen,
        form=form,
        forms=[form, *[row.form for row in rows]],
        affected=[row.form for row in rows if row.subject.affected],
        others=[row.form for row in rows if not row.subject.affected],
        ready=seen.assessment.stage is Stage.READY,
        crumbs=log_crumbs(seen),
        **more,
    )


@blueprint.post("/a/<ref>/engagement/<int:entry_number>/take-out")
@opens(Permission.WRITE)
def take_out(seen: Seen, entry_number: int) -> Response:
    """Take an entry out; it can be put back."""
    if TokenForm().validate():
        engagement.take_out(seen.assessment.ref, entry_number, by=visitor.person_id, now=clock.now())
        flash(f"Engagement {entry_number} was taken out. You can put it back below", "success")
    return redirect(url_for("engagement.log", ref=seen.assessment.ref), 303)


@blueprint.post("/a/<ref>/engagement/<int:entry_number>/put-back")
@opens(Permission.WRITE)
def put_back(seen: Seen, entry_number: int) -> Response:
    """Put an entry back that was taken out."""
    if TokenForm().validate():
        engagement.put_back(seen.assessment.ref, entry_number, by=visitor.person_id, now=clock.now())
        flash(f"Engagement {entry_number} is back in the log", "success")
    return redirect(url_for("engagement.log", ref=seen.assessment.ref), 303)


# -- at any stage ----------------------------------------------------------------------------------


@blueprint.route("/a/<ref>/engagement/<int:entry_number>/heard-back", methods=["GET", "POST"])
@opens(Permission.INVITE)
def heard_back(seen: Seen, entry_number: int) -> Any:
    """Note that people were told what came of it; also after the decision."""
    row = engagement.one_of(seen.assessment.id, entry_number)
    form = HeardBackForm(data={"fed_back_on": row.fed_back_on, "fed_back_how": row.fed_back_how})
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                engagement.feed_back(
                    seen.assessment.ref,
                    entry_number,
                    on=form.fed_back_on.data,
                    how=form.fed_back_how.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                flash("It is noted that they heard back", "success")
                return redirect(url_for("engagement.log", ref=seen.assessment.ref), 303)
    return render_template(
        "engagement/heard_back.html",
        seen=seen,
        row=row,
        heading=heading_of(row, engagement.channel_labels()),
        form=form,
        crumbs=log_crumbs(seen),
    ), asked.status
