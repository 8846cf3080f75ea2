"""The acts by which what was promised is kept: owners, dates, notes, figures, early triggers, audits."""

from __future__ import annotations

from datetime import datetime

from ehiia import clock
from ehiia.content.auditing import checks
from ehiia.demonstration.stage import Stage, seen_by
from ehiia.demonstration.story import Act, Story
from ehiia.domain.auditing import Checked, Grade, Result
from ehiia.domain.programmes import BEGINS_WITH, Rhythm
from ehiia.domain.sampling import Pool, Take
from ehiia.domain.vocabulary import Permission, Verdict
from ehiia.services import (
    action_dates,
    action_progress,
    cases,
    drawing,
    mitigations,
    people,
    programmes,
    readings,
    taking_on,
    triggers,
)
from ehiia.services.answering_findings import Finding, raise_finding

EVERYBODY = "everybody"


def mitigation_ref(stage: Stage, name: str, act: Act) -> str:
    """Return the reference of the mitigating action that an act is about."""
    return f"{stage.refs[name]}-M{act.mitigation}"


def _row(stage: Stage, name: str, act: Act, now: datetime) -> mitigations.MitigationRow:
    actor = people.actor_of(stage.people[act.by], today=clock.day_of(now))
    return mitigations.see_one(mitigation_ref(stage, name, act), actor=actor)[1]


def accept(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """The owner takes an action on."""
    row = _row(stage, name, act, now)
    taking_on.accept(row.ref, revision=row.revision, by=stage.people[act.by], now=now)


def decline(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """The owner says why an action is not theirs to do."""
    row = _row(stage, name, act, now)
    taking_on.decline(row.ref, reason=act.text, revision=row.revision, by=stage.people[act.by], now=now)


def ask_date(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Somebody asks for another date of an action."""
    row = _row(stage, name, act, now)
    action_dates.ask(
        row.ref,
        to_on=stage.day(act.to),
        reason=act.text,
        revision=row.revision,
        by=stage.people[act.by],
        now=now,
    )


def agree_date(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Somebody else agrees to the date that was asked for."""
    row = _row(stage, name, act, now)
    asked = action_dates.changes_of(row.id)[-1]
    action_dates.answer(row.ref, asked.id, agreed=True, reason=act.text, by=stage.people[act.by], now=now)


def note(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Somebody notes progress of an action."""
    action_progress.add(mitigation_ref(stage, name, act), text=act.text, by=stage.people[act.by], now=now)


def measure(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Somebody enters the figures of this day, by group."""
    for group, value in act.found.items():
        readings.add(
            mitigation_ref(stage, name, act),
            measured_on=clock.day_of(now),
            subject="" if group == EVERYBODY else group,
            value=float(value),
            note_text=act.text,
            by=stage.people[act.by],
            now=now,
        )


def raise_trigger(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Somebody says why a review should not wait."""
    triggers.raise_one(stage.refs[name], trigger=act.value, reason=act.text, by=stage.people[act.by], now=now)


def decline_trigger(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """An equality lead says why the review can wait."""
    by, ref = stage.people[act.by], stage.refs[name]
    raised = triggers.list_of(seen_by(ref, Permission.READ, by, now).assessment.id)[0]
    triggers.answer(ref, raised.id, accept=False, to_on=None, words=act.text, by=by, now=now)


def begin_programme(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Somebody begins an audit programme for the whole organisation."""
    rule = (*BEGINS_WITH[Rhythm.QUARTERLY], Take(Pool.HARM_LEFT, 100))
    programmes.begin(
        organisation_id=stage.organisation_id,
        name=act.text,
        rhythm=Rhythm.QUARTERLY,
        rule=rule,
        by=stage.people[act.by],
        now=now,
    )


def draw(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """The service draws the samples of the periods that have closed."""
    drawing.draw_due(now=now)


def audit(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """An auditor makes the checks of an action that was drawn: "met: what was seen", by check."""
    by = stage.people[act.by]
    actor = people.actor_of(by, today=clock.day_of(now))
    row = next(
        one.row
        for programme in programmes.list_of(stage.organisation_id, today=clock.day_of(now))
        for run in programme.runs
        for one in cases.list_of(run, actor=actor)
        if one.row.ref == mitigation_ref(stage, name, act)
    )
    checked = {}
    for check in checks():
        result, _, words = act.found[check.id].partition(": ")
        checked[check.id] = Checked(check.id, Result(result), words)
    likelihood, severity = act.rated
    draft = cases.Draft(
        checked=checked, verdict=Verdict(act.value), found=act.text, likelihood=likelihood, severity=severity
    )
    stage.case = cases.save(row.id, draft, revision=row.revision, finish=True, by=by, now=now).id


def find(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """An auditor writes a finding about what was audited last."""
    finding = Finding(
        condition=act.text,
        grade=Grade(act.value),
        answers_id=stage.people[act.person],
        due_on=stage.day(act.to),
        **act.found,
    )
    raise_finding(
        finding, case_id=stage.case, organisation_id=stage.organisation_id, by=stage.people[act.by], now=now
    )
