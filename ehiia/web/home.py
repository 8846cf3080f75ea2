"""The first page: what waits for you, by when, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, make_response, render_template, request, session, url_for

from ehiia import clock
from ehiia.domain.paper import QUESTIONS
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import (
    cumulative,
    handing_over,
    health,
    history,
    outbox,
    programmes,
    seal_health,
    setup,
    waiting,
)
from ehiia.services.ahead import Due
from ehiia.services.waiting import Area, Item, Waiting
from ehiia.web import ahead
from ehiia.web.access import signed_in, visitor
from ehiia.web.components import page_url
from ehiia.web.present import Tag, capital, count, due, due_tag, short

blueprint = Blueprint("home", __name__)

AWAY = timedelta(hours=1)
"""Somebody who was here less than this ago has not been away."""


@dataclass(frozen=True)
class Shown:
    """An item as the lists show it."""

    title: str
    href: str
    hint: str
    state: Tag


REF, ACTION, FINDING = "ref", "mitigation_ref", "finding_ref"
PAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Read and agree": ("submission.agree", (REF,)),
    "Check": ("checks.check", (REF,)),
    "Confirm or refuse": ("screening.countersign", (REF,)),
    "Read and decide": ("decisions.paper", (REF,)),
    "Read the paper": ("decisions.paper", (REF,)),
    "Confirm the decision": ("decisions.confirm", (REF,)),
    "Review": ("reviews.review", (REF,)),
    waiting.REVIEW: ("reviews.review", (REF,)),
    waiting.ADVISE: ("advice.early", (REF,)),
    waiting.ENTER: ("decisions.enter", (REF,)),
    waiting.KEPT: ("commitments.log", (REF,)),
    waiting.WRITE: ("assignments.pages", (REF,)),
    waiting.TRIGGER: ("triggers.answer", (REF, "trigger_id")),
    waiting.POSTPONE: ("review_dates.answer", (REF, "asked_id")),
    waiting.VERDICT: ("audits.verdict", (ACTION,)),
    waiting.DATE: ("action_dates.dates", (ACTION,)),
    waiting.SIGN: ("signatures.sign", ("record_ref",)),
    waiting.ENDING: ("endings.ask", (ACTION,)),
    waiting.CASE: ("cases.one", ("case_id",)),
    waiting.ANSWER: ("findings.answer", (FINDING,)),
    waiting.PUT_RIGHT: ("findings.one", (FINDING,)),
    waiting.LOOK_AGAIN: ("findings.follow", (FINDING,)),
}
"""Where each thing is done, and what its address says beside the page."""
ON_ITEMS = ("mitigations.one", (ACTION,))
"""Where anything else about a mitigating action is done; the rest begins on the page of the assessment."""
ELSEWHERE: Mapping[Area, tuple[str, str]] = {
    Area.PAPERS: ("decisions.waiting", "All papers"),
    Area.CHECKS: ("checks.waiting", "The whole queue, with its clock"),
    Area.REVIEWS: ("reviews.register", "All reviews"),
    Area.AUDITS: ("audits.waiting", "All actions to verify"),
}
"""The page that has all of an area."""
SHOWN = 5
"""So much of each part of the page is shown; the rest is behind a link."""


@dataclass(frozen=True)
class Listed:
    """A part of the page, cut where it is long. ``href``: the page that has all of its kind, or ""."""

    id: str
    words: str
    items: tuple[Shown, ...]
    how_many: int
    href: str = ""
    elsewhere: str = ""


def _parts(found: Waiting, *, shown: int | None) -> Iterator[Listed]:
    """Yield what is one's own by when it is due, then what waits by a post; at most so many of each."""
    own = (("overdue", "Overdue", found.overdue), ("this-week", "This week", found.this_week))
    for name, words, items in (*own, ("later", "Later", found.later)):
        if items:
            yield Listed(name, words, tuple(_shown(item) for item in items[:shown]), len(items))
    for area, items in found.areas.items():
        endpoint, elsewhere = ELSEWHERE[area]
        shown_items = tuple(_shown(item) for item in items[:shown])
        yield Listed(area.value, area.label, shown_items, len(items), url_for(endpoint), elsewhere)


def _address(item: Item) -> str:
    endpoint, names = PAGES.get(item.do, ON_ITEMS if item.item else ("assessments.overview", (REF,)))
    return page_url(endpoint, **{name: item.ref if name == REF else item.item for name in names})


def _shown(item: Item) -> Shown:
    today = clock.today()
    hint = item.why + (f" {capital(due(item.due_on, today))}." if item.due_on else "")
    state = due_tag(item.due_on, today) if item.due_on else Tag("Waits for you")
    return Shown(f"{item.do}: {item.title}", _address(item), hint, state)


def _directed(one: Due) -> Shown:
    """Return something overdue that waits for somebody else."""
    hint = f"{capital(one.kind.meaning)}{', ' + one.who if one.who else ''}: {one.title}"
    return Shown(short(one.what or one.title, 90), ahead.address(one), hint, due_tag(one.on, clock.today()))


def _machine(organisation_id: int) -> Iterator[Shown]:
    """Yield what an administrator has to look at because something was not sent or not done by itself."""
    if failed := outbox.count_failed(organisation_id):
        title = f"Look at {count(failed, 'mail')} that could not be sent"
        hint = "The words of the server say why. It can be sent again."
        yield Shown(title, url_for("mail.outbox", tab="failed"), hint, Tag("Given up", "red"))
    if late := health.unwell(clock.now()):
        hint = f"{late[0].sentence} {late[0].why}"
        yield Shown("See what did not run by itself", url_for("organisation.work"), hint, Tag("Late", "red"))
    if wrong := seal_health.troubles(organisation_id):
        title = "See what is wrong with sealing"
        yield Shown(title, url_for("organisation.work"), wrong[0].what, Tag("Look at it", "red"))


def _last_here() -> datetime | None:
    """Return until when the visitor was here last; the cookie keeps it while they stay."""
    now = clock.now()
    before, latest = session.get("before"), session.get("latest")
    if latest is None or now.timestamp() - latest > AWAY.total_seconds():
        before = latest
        session["before"] = before
        session["latest"] = int(now.timestamp())
    elif now.timestamp() - latest > 300:
        session["latest"] = int(now.timestamp())
    return datetime.fromtimestamp(before, UTC) if before else None


@blueprint.get("/")
@signed_in
def start() -> Response:
    """Show what waits for the visitor, what they take part in, and what happened since they were here."""
    today = clock.today()
    since = _last_here()
    found = waiting.waiting_for(visitor.actor, visitor.organisation_id, today)
    administers = visitor.may_in(Permission.ADMINISTER) and visitor.organisation
    to_set_up = (
        setup.set_up(visitor.organisation, today=today) if administers and visitor.organisation else None
    )
    leads = visitor.has(Role.EQUALITY_LEAD)
    nobody = handing_over.nobody_answers(visitor.actor, visitor.organisation_id, today=today) if leads else []
    together = cumulative.pairs(visitor.actor, visitor.organisation_id) if leads else []
    plans = visitor.may_in(Permission.SEE_AUDIT_PLAN)
    return make_response(
        render_template(
            "home/start.html",
            next=found.next,
            next_href=_address(found.next) if found.next else "",
            parts=list(_parts(found, shown=None if request.args.get("all") else SHOWN)),
            questions=QUESTIONS,
            directed=[_directed(one) for one in found.directed[:SHOWN]],
            how_many_directed=len(found.directed),
            together=together[:3],
            how_many_together=len(together),
            samples=programmes.next_samples(visitor.organisation_id, today=today) if plans else [],
            nobody=nobody,
            machine=list(_machine(visitor.organisation_id)) if administers else [],
            mine=found.mine,
            meetings=found.meetings,
            news=history.news(visitor.person_id, since=since) if since else [],
            since=since,
            to_set_up=to_set_up if to_set_up and not to_set_up.complete else None,
            may_start=visitor.may_in(Permission.START) and bool(page_url("assessments.start")),
        )
    )
