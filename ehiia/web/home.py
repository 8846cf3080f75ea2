"""The first page: what waits for you, by when, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, make_response, render_template, session

from ehiia import clock
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import handing_over, history, setup, waiting
from ehiia.services.waiting import Item
from ehiia.web.access import signed_in, visitor
from ehiia.web.components import page_url
from ehiia.web.present import Tag, capital, due, due_tag

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


PAGES = {
    "Read and agree": "submission.agree",
    "Check": "checks.check",
    "Confirm or refuse": "screening.countersign",
    "Read and decide": "decisions.paper",
    "Read the paper": "decisions.paper",
    "Confirm the decision": "decisions.confirm",
    waiting.ADVISE: "advice.early",
    waiting.ENTER: "decisions.enter",
    waiting.KEPT: "commitments.log",
    waiting.WRITE: "assignments.pages",
    "Review": "reviews.review",
}
"""Where each thing is done; everything else begins on the page of the assessment."""


ON_ACTIONS = {
    waiting.VERDICT: "audits.verdict",
    waiting.DATE: "action_dates.dates",
    waiting.ENDING: "endings.ask",
}
"""Where each thing about a mitigating action is done; everything else on its page."""


def _address(item: Item) -> str:
    if item.mitigation:
        endpoint = ON_ACTIONS.get(item.do, "mitigations.one")
        return page_url(endpoint, mitigation_ref=item.mitigation) or f"/a/{item.ref}"
    return page_url(PAGES.get(item.do, ""), ref=item.ref) or f"/a/{item.ref}"


def _shown(item: Item) -> Shown:
    today = clock.today()
    hint = item.why + (f" {capital(due(item.due_on, today))}." if item.due_on else "")
    state = due_tag(item.due_on, today) if item.due_on else Tag("Waits for you")
    return Shown(f"{item.do}: {item.title}", _address(item), hint, state)


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
    nobody = (
        handing_over.nobody_answers(visitor.actor, visitor.organisation_id, today=today)
        if visitor.has(Role.EQUALITY_LEAD)
        else []
    )
    lists = (("Overdue", found.overdue), ("This week", found.this_week), ("Later", found.later))
    return make_response(
        render_template(
            "home/start.html",
            next=found.next,
            next_href=_address(found.next) if found.next else "",
            lists=[(words, [_shown(item) for item in items]) for words, items in lists if items],
            nobody=nobody,
            mine=found.mine,
            meetings=found.meetings,
            news=history.news(visitor.person_id, since=since) if since else [],
            since=since,
            to_set_up=to_set_up if to_set_up and not to_set_up.complete else None,
            may_start=visitor.may_in(Permission.START) and bool(page_url("assessments.start")),
        )
    )
