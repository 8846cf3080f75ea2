"""The history in sentences: who did what, when; and whether its chain is whole.

Every verb that a service notes has its words here; a test refuses one without.
What a sentence may not say is kept out of the body by whoever writes the row.
Long because every act has its sentence in one list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, literal, select

from ehiia.content import load
from ehiia.domain.handing import DutyKind
from ehiia.domain.schedule import in_full
from ehiia.domain.vocabulary import Claim, Gate, Part, Promise, Role, Word
from ehiia.services import (
    bringing_verbs,
    foi_verbs,
    log_verbs,
    mitigation_verbs,
    publishing_verbs,
    signing_verbs,
)
from ehiia.services.transaction import read
from ehiia.store import history
from ehiia.store.assessments import Assessment
from ehiia.store.history import Break, History, HistoryBody
from ehiia.store.people import Person
from ehiia.store.visible import taking_part

__all__ = ["SENTENCES", "Break", "Entry", "News", "Page", "news", "of_subject", "sentence", "verify_chain"]

PAGE = 50
SYSTEM = "The service"
"""Who did it where nobody did."""

Body = Mapping[str, Any]


def _label(kind: type[Word], value: object) -> str:
    try:
        return kind(str(value)).label.lower()
    except ValueError:
        return str(value)


def _day(value: object) -> str:
    try:
        return in_full(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _changed(body: Body) -> str:
    if "details" in body:
        return "changed what is said about the proposal"
    if "elsewhere" in body:
        return "changed what is kept elsewhere"
    if "parts" in body:
        return "changed the parts that are decided apart"
    if "evidence" in body:
        return "changed the evidence"
    if "gap" in body:
        return "changed what is not known" + _gap(body["gap"])
    if "engagement" in body:
        return "changed the engagement log" + _engagement(body["engagement"])
    if "mitigation" in body:
        refs = body["mitigation"]
        return "changed the mitigating action " + ", ".join(
            str(ref) for ref in (refs.values() if isinstance(refs, dict) else [refs])
        )
    if isinstance(body.get("groups"), list):
        return f"said “No” for {_number(len(body['groups']), 'group')}, with one reason"
    questions = body.get("questions")
    if body.get("cited") and not questions:
        return "changed what answers rest on"
    what = _number(len(questions), "answer") if isinstance(questions, list) and questions else "answers"
    label = {group.code: group.label for group in load.groups()}.get(str(body.get("about") or ""), "")
    return f"changed {what}" + (f" about {label[:1].lower() + label[1:]}" if label else "")


def _engagement(what: object) -> str:
    words = {"added": "added", "changed": "changed", "taken_out": "took out", "put_back": "put back"}
    if not isinstance(what, dict):
        return ""
    done = (f"{words[act]} entry {number}" for act, number in what.items() if act in words)
    return ": " + ", ".join(done)


def _gap(what: object) -> str:
    words = {"noted": "noted", "opened": "opened again", "taken_out": "took out"}
    if not isinstance(what, dict):
        return ""
    return ": " + ", ".join(f"{words.get(act, act)} {ref}" for act, ref in what.items())


def _item(body: Body) -> str:
    return f"“{body['title']}”" if body.get("title") else "an item"


def _roles(body: Body) -> str:
    return ", ".join(_label(Role, role) for role in body.get("roles", ())) or "nobody yet"


SENTENCES: dict[str, Callable[[Body], str]] = {
    "started": lambda b: f"started the assessment “{b.get('title', '')}”",
    "answers_changed": _changed,
    "evidence_added": lambda b: f"added {_item(b)} to the evidence library",
    "evidence_changed": lambda b: f"wrote a new version of {_item(b)} in the evidence library",
    "evidence_retired": lambda b: f"retired {_item(b)} from the evidence library",
    "evidence_brought_back": lambda b: f"brought {_item(b)} back into the evidence library",
    "advice_asked": lambda b: "asked the equality leads for early advice",
    "advice_given": lambda b: "gave early advice",
    "advice_taken_back": lambda b: "took a question for early advice back",
    "practice_thrown_away": lambda b: "threw the practice assessment away",
    "checker_named": lambda b: f"named {b.get('name')} from another body as external checker",
    "checker_ended": lambda b: f"ended the part of {b.get('name')} as external checker",
    "adopted": lambda b: f"adopted what {b.get('name')} wrote",
    "urgency_agreed": lambda b: f"said that the decision cannot wait; {b.get('name')} agreed",
    "move_begin_rapid": lambda b: "began a rapid assessment",
    "move_begin_whole": lambda b: "began a whole assessment after the urgent decision",
    "form_extended": lambda b: "went on to the extended form",
    "form_shortened": lambda b: "went back to the short form",
    "gap_closed": lambda b: f"closed the evidence gap {b.get('gap')}",
    "gap_moved": lambda b: (
        f"moved the date of the evidence gap {b.get('gap')} from {_day(b.get('from_on'))} "
        f"to {_day(b.get('to_on'))}"
    ),
    "gap_accepted": lambda b: f"accepted the evidence gap {b.get('gap')} until {_day(b.get('until'))}",
    "questions_renewed": lambda b: (
        f"moved it to version {b.get('version')} of the questions: "
        f"{_number(int(str(b.get('moved') or 0)), 'answer')} moved, {b.get('kept') or 0} answered earlier"
    ),
    "went_live": lambda b: f"said that it went live on {_day(b.get('on'))}",
    "invited": lambda b: f"named {b.get('name')} as {_label(Part, b.get('part'))}",
    "pages_given": lambda b: (
        f"gave {_number(len(b.get('pages', [])), 'page')} to {b.get('name')}, by {_day(b.get('due_on'))}"
    ),
    "page_taken_back": lambda b: f"took back the page “{b.get('page')}” from {b.get('name')}",
    "page_finished": lambda b: f"said that the page “{b.get('page')}” is finished",
    "page_reopened": lambda b: f"said that the page “{b.get('page')}” is not finished after all",
    "part_ended": lambda b: f"ended the part of {b.get('name')} as {_label(Part, b.get('part'))}",
    "restricted": lambda b: (
        "restricted it to the people who take part" + (f" until {_day(b['until'])}" if b.get("until") else "")
    ),
    "restriction_lifted": lambda b: "lifted the restriction",
    "commented": lambda b: "commented",
    "comment_answered": lambda b: "answered a comment",
    "comment_closed": lambda b: "closed a comment",
    "comment_reopened": lambda b: "opened a comment again",
    "finding_explained": lambda b: f"explained why a finding of the self-check stands ({b.get('rule')})",
    "meeting_moved": lambda b: (
        f"moved the deciding meeting from {_day(b.get('from_on'))}, which had passed, to "
        + (_day(b["to_on"]) if b.get("to_on") else "a day that is not known yet")
    ),
    "umbrella_changed": lambda b: (
        f"put it under {b.get('umbrella') or 'another assessment'}"
        if b.get("under")
        else "took it out from under its umbrella"
    ),
    "frozen": lambda b: f"froze version {b.get('version')}: {_label(Gate, b.get('gate'))}",
    "read_version": lambda b: "said: I have read this version",
    "decision_entered": lambda b: f"entered the decision of {b.get('body')}: {b.get('outcome')}",
    "engagement_fed_back": lambda b: (
        f"noted that people of engagement {b.get('number')} heard back on {_day(b.get('on'))}"
    ),
    "voice_added": lambda b: (
        f"recorded how somebody who took part in engagement {b.get('number')} chose to be named"
    ),
    "voice_withdrawn": lambda b: (
        f"took a name back that somebody had given for engagement {b.get('number')}; records stay as signed"
    ),
    "summary_written": lambda b: "wrote the summary for public reviewers",
    "reviewer_invited": lambda b: f"asked {b.get('name')} to read the summary and comment",
    "reviewer_taken_back": lambda b: f"took back the invitation of {b.get('name')}",
    "reviewer_opened": lambda b: f"opened the summary for {b.get('name')}, by the link they were sent",
    "reviewer_commented": lambda b: f"took comment {b.get('number')} of a public reviewer",
    "reviewer_answered": lambda b: f"answered comment {b.get('number')} of a public reviewer",
    "commitment_added": lambda b: f"recorded commitment {b.get('number')}",
    "commitment_changed": lambda b: f"changed commitment {b.get('number')}",
    "commitment_taken_out": lambda b: f"took out commitment {b.get('number')}",
    "commitment_said": lambda b: f"said of commitment {b.get('number')}: “{_label(Promise, b.get('state'))}”",
    "word_given_back": lambda b: f"gave the Word form “{b.get('file')}” back",
    "word_taken": lambda b: (
        f"took {_number(int(b.get('answers') or 0), 'answer')} over from the Word form “{b.get('file')}”"
    ),
    **mitigation_verbs.SENTENCES,
    **foi_verbs.SENTENCES,
    **publishing_verbs.SENTENCES,
    **log_verbs.SENTENCES,
    **bringing_verbs.SENTENCES,
    **signing_verbs.SENTENCES,
    "claimed": lambda b: (
        (f"took from {b['outside']}, by the link they were sent," if b.get("outside") else "said")
        + f" that {b.get('mitigation')} is “{_label(Claim, b.get('claim'))}”"
    ),
    "partner_link_sent": lambda b: f"sent {b.get('name')} a link to {b.get('mitigation')}",
    "partner_link_taken_back": lambda b: (
        f"took back the links to {b.get('mitigation')} that {b.get('name')} was sent"
    ),
    "partner_opened": lambda b: (
        f"opened {b.get('mitigation')} for {b.get('name')}, by the link they were sent"
    ),
    "verdict_given": lambda b: f"gave the verdict “{b.get('verdict')}” on {b.get('mitigation')}",
    "programme_begun": lambda b: f"began the audit programme “{b.get('name', '')}”",
    "programme_changed": lambda b: "changed how much is drawn, from the period that ran then on",
    "programme_ended": lambda b: f"ended the audit programme “{b.get('name', '')}”",
    "sample_drawn": lambda b: (
        f"drew the sample of {b.get('run')} (draw {b.get('draw')}): "
        f"{_number(int(b.get('number') or 0), 'item')}"
    ),
    "case_given": lambda b: f"gave {b.get('case')} to {b.get('name')} to audit",
    "report_prepared": lambda b: f"prepared the report {b.get('report')} of the audit {b.get('run')}",
    "papers_prepared": lambda b: (
        f"put together paper pack {b.get('number')} of {b.get('body')} for {b.get('meeting_on')}"
    ),
    "confirm_link_sent": lambda b: f"sent {b.get('name')} a link that works once to confirm the decision",
    "minute_uploaded": lambda b: f"uploaded the minute that {b.get('name')} signed ({b.get('file')})",
    "report_sealed": lambda b: f"sealed the report {b.get('report')}",
    "pack_written": lambda b: f"wrote the evidence pack of {b.get('report')} to the auditor’s folder",
    "finding_raised": lambda b: f"wrote the finding {b.get('finding')}",
    "finding_changed": lambda b: f"changed the words of the finding {b.get('finding')}",
    "finding_answered": lambda b: (
        f"answered the finding {b.get('finding')}: “{b.get('response')}”"
        + (f", to be put right by {_day(b['to_on'])}" if b.get("to_on") else "")
    ),
    "finding_followed": lambda b: f"looked again at the finding {b.get('finding')}: “{b.get('result')}”",
    "opinion_given": lambda b: (
        f"gave the opinion on assurance {b.get('opinion')} on {b.get('period')}"
        + (f", in place of {b['corrects']}" if b.get("corrects") else "")
        + f": design “{b.get('design')}”, operation “{b.get('operation')}”"
    ),
    "screening_audited": lambda b: f"audited that it was screened out: “{b.get('found')}”",
    "review_planned": lambda b: f"planned the review for {_day(b.get('due_on'))}",
    "review_brought_forward": lambda b: f"brought the review forward to {_day(b.get('to_on'))}",
    "review_moved": lambda b: f"moved the review from {_day(b.get('from_on'))} to {_day(b.get('to_on'))}",
    "postponing_asked": lambda b: (
        f"asked that the review be postponed from {_day(b.get('from_on'))} to {_day(b.get('to_on'))}"
    ),
    "postponing_approved": lambda b: f"approved that the review is postponed to {_day(b.get('to_on'))}",
    "postponing_declined": lambda b: f"declined to postpone the review to {_day(b.get('to_on'))}",
    "postponing_taken_back": lambda b: "took back the request to postpone the review",
    "go_live_expected": lambda b: f"said that it is expected to go live on {_day(b.get('on'))}",
    "trigger_raised": lambda b: f"raised a reason to review it early: {b.get('trigger')}",
    "trigger_accepted": lambda b: (
        f"accepted a reason to review it early ({b.get('trigger')}): it is due on {_day(b.get('to_on'))}"
    ),
    "trigger_declined": lambda b: f"declined a reason to review it early: {b.get('trigger')}",
    "reviewed": lambda b: (
        f"reviewed it: {b.get('outcome')}"
        + (f", knowing what was changed since the approval ({b['changed']})" if b.get("changed") else "")
    ),
    "reminded": lambda b: (
        f"reminded {_number(_people(b), 'person').replace('persons', 'people')}"
        + (f", and {b['outside']}, who has no account" if b.get("outside") else "")
    ),
    "organisation_made": lambda b: f"set up {b.get('name')}",
    "organisation_changed": lambda b: "changed the name or the settings of the organisation",
    "timing_changed": lambda b: (
        "changed when people are reminded"
        + (f" ({b['kind']})" if b.get("kind") else "")
        + f", from “{b.get('was')}” to “{b.get('now')}”"
    ),
    "place_added": lambda b: f"added the place {b.get('name')}",
    "place_ended": lambda b: f"ended the place {b.get('name')}",
    "body_added": lambda b: f"added {b.get('name')}",
    "body_changed": lambda b: f"named chair, secretary or who else signs for {b.get('name')}",
    "body_ended": lambda b: f"ended {b.get('name')}",
    "group_added": lambda b: f"added the local group {b.get('name')}",
    "group_ended": lambda b: f"ended the local group {b.get('name')}",
    "person_added": lambda b: f"added {b.get('name')} ({_roles(b)})",
    "person_left": lambda b: f"noted that {b.get('name')} has left",
    "handed_over": lambda b: (
        f"handed over to {b.get('to')} what {b.get('name')} left: "
        f"{_label(DutyKind, b.get('duty'))}, {b.get('item')}"
    ),
    "post_given": lambda b: f"gave {b.get('name')} the post {_label(Role, b.get('role'))}",
    "post_ended": lambda b: f"ended the post of {b.get('name')} as {_label(Role, b.get('role'))}",
    "mail_sent_again": lambda b: "asked for a mail to be sent again",
    "mails_sent_again": lambda b: (
        f"asked for {_number(int(b.get('mails') or 0), 'mail')} that had failed to be sent again"
    ),
    "test_mail_queued": lambda b: f"sent a test mail to {b.get('recipient')}",
    "move_begin_full": lambda b: "finished the first questions: a full assessment is needed",
    "move_begin_short": lambda b: "finished the first questions: a short assessment is enough",
    "move_propose_not_needed": lambda b: "proposed that no full assessment is needed",
    "move_countersign": lambda b: "confirmed that no full assessment is needed",
    "move_refuse_not_needed": lambda b: "asked for a full assessment",
    "move_submit_to_director": lambda b: "sent it to the accountable director",
    "move_submit_to_check": lambda b: "sent it to be checked",
    "move_agree": lambda b: "agreed it as accountable director",
    "move_director_return": lambda b: "sent it back as accountable director",
    "move_take_back": lambda b: "took it back",
    "move_send_back": lambda b: "sent it back with comments",
    "move_pass_check": lambda b: "passed the check; this version is frozen for the decision",
    "move_undo_pass": lambda b: "changed an answer, which undid the check",
    "move_decide": lambda b: "made the decision",
    "move_all_signed": lambda b: "completed the signatures; it is in force",
    "move_begin_update": lambda b: "began a new version",
    "move_pause": lambda b: "paused it",
    "move_resume": lambda b: "took it up again",
    "move_give_up_version": lambda b: "gave up the new version; what was decided before stays in force",
    "move_withdraw": lambda b: "withdrew it",
    "move_close": lambda b: "closed it",
}
"""Verb -> what stands after the name of whoever did it."""


def _people(body: Body) -> int:
    people = body.get("people")
    return len(people) if isinstance(people, list) else int(people or 0)


SAID = ("reason", "reasons", "note", "comment")
"""Particulars that are shown beneath the sentence in the words of whoever wrote them."""


@dataclass(frozen=True)
class Entry:
    """One thing somebody did. ``at`` is in UTC; ``detail`` is what they wrote about it."""

    seq: int
    at: datetime
    sentence: str
    detail: str
    subject: str


@dataclass(frozen=True)
class Page:
    """Entries, newest first; ``older`` is the number before which the next page begins, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


@dataclass(frozen=True)
class News:
    """What somebody else did in an assessment in which the person takes part."""

    entry: Entry
    ref: str
    title: str


def sentence(verb: str, body: Body, who: str | None) -> str:
    """Return what happened as a sentence; a verb without words says that something was done."""
    tell = SENTENCES.get(verb)
    words = tell(body) if tell else verb.replace("_", " ")
    return f"{who or body.get('named') or SYSTEM} {words.strip()}"


def of_subject(subject: str, *, before: int | None = None, limit: int = PAGE) -> Page:
    """Return what happened to a subject such as "assessment:12" or "organisation:1"."""
    query = (
        select(History, HistoryBody.text, Person.name)
        .outerjoin(HistoryBody, HistoryBody.history_id == History.id)
        .outerjoin(Person, Person.id == History.by)
        .where(History.subject == subject)
        .order_by(History.seq.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(History.seq < before)
    entries = _entries((row, text, name) for row, text, name in read().execute(query))
    shown = tuple(entries[:limit])
    return Page(shown, shown[-1].seq if len(entries) > limit else None)


def news(person_id: int, *, since: datetime | None, limit: int = 5) -> list[News]:
    """Return the newest things others did in assessments the person takes part in, since a moment (UTC)."""
    query = (
        select(History, HistoryBody.text, Person.name, Assessment.ref, Assessment.title)
        .select_from(Assessment)
        .join(History, History.subject == literal("assessment:").concat(cast(Assessment.id, String)))
        .outerjoin(HistoryBody, HistoryBody.history_id == History.id)
        .join(Person, Person.id == History.by)
        .where(Assessment.id.in_(taking_part(person_id)), History.by != person_id)
        .order_by(History.at.desc(), History.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(History.at > since)
    return [
        News(_entry(row, text, name), ref, title) for row, text, name, ref, title in read().execute(query)
    ]


def _entries(rows: Iterable[tuple[History, str | None, str | None]]) -> list[Entry]:
    return [_entry(row, text, name) for row, text, name in rows]


def _entry(row: History, text: str | None, name: str | None) -> Entry:
    body = json.loads(text) if text else {}
    said = (body.get(key) for key in SAID)
    detail = "\n".join("\n".join(part) if isinstance(part, list) else str(part) for part in said if part)
    return Entry(row.seq, row.at, sentence(row.verb, body, name), detail, row.subject)


def verify_chain(organisation_id: int) -> list[Break]:
    """Walk the whole chain of an organisation and return every place where it does not hold."""
    return list(history.breaks(read(), organisation_id))
