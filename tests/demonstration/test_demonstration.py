"""The whole demonstration, loaded once on each database: something sensible waits for everybody in it.

One test, because loading takes long; what is not so is listed sentence by sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia import clock
from ehiia.demonstration.command import demo_commands
from ehiia.demonstration.story import stories
from ehiia.domain.access import Actor
from ehiia.domain.auditing import CaseState
from ehiia.domain.mitigating import Acceptance, Asking
from ehiia.domain.triggers import Raised
from ehiia.domain.vocabulary import (
    Claim,
    Dimension,
    Direction,
    Part,
    Permission,
    SealState,
    Stage,
    Verdict,
)
from ehiia.services import people, recorded, sealing, sight, verifying, waiting
from ehiia.services.transaction import NotFound, read
from ehiia.store import history
from ehiia.store.answers import AuditItem, ImpactRow, MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow, FindingRow
from ehiia.store.base import Base, UTCDateTime
from ehiia.store.decisions import Comment, RecordRow
from ehiia.store.organisations import Organisation
from ehiia.store.people import Person
from ehiia.store.promised import DateChange, Measurement, ProgressNote
from ehiia.store.reviews import RaisedTrigger
from tests.conformance import judges
from tests.conftest import Database

EXPECTED = {
    "asthma": Stage.IN_FORCE,
    "hearing": Stage.WRITING,
    "phlebotomy": Stage.READY,
    "screening": Stage.AWAITING_SIGNATURES,
    "strategy": Stage.IN_FORCE,
    "surgery": Stage.SENT_BACK,
    "transport": Stage.IN_FORCE,
    "volunteers": Stage.NOT_NEEDED_TO_CONFIRM,
    "winter": Stage.CHECKING,
    "workforce": Stage.WITH_DIRECTOR,
}
"""Story -> the stage in which it stands when the demonstration has been loaded."""

LATER_ON_PURPOSE = {"next_try_at", "leased_until"}
"""Columns of moments that may lie ahead."""


@dataclass
class Loaded:
    """The demonstration as a test looks at it."""

    now: datetime
    assessments: dict[str, Assessment]
    """Story -> its assessment."""
    ids: dict[str, int]
    """First name in small letters -> id."""

    def actor(self, name: str) -> Actor:
        return people.actor_of(self.ids[name], today=clock.day_of(self.now))

    def waiting(self, name: str) -> waiting.Waiting:
        """Return what the person finds on the page "What waits for you"."""
        actor = self.actor(name)
        return waiting.waiting_for(actor, next(iter(actor.roles)), clock.day_of(self.now))

    def has_to(self, name: str, do: str) -> bool:
        found = self.waiting(name)
        by_post = (item for items in found.areas.values() for item in items)
        return any(item.do == do for item in (*found.overdue, *found.this_week, *found.later, *by_post))

    def knows(self, name: str, story: str) -> bool:
        try:
            sight.see(self.assessments[story].ref, Permission.READ, actor=self.actor(name))
        except NotFound:
            return False
        return True


CHECKS: list[Callable[[Loaded], bool]] = []


def check(function: Callable[[Loaded], bool]) -> Callable[[Loaded], bool]:
    """Add a check: a function named by what is so, true where it is."""
    CHECKS.append(function)
    return function


@check
def every_story_stands_in_its_stage(loaded: Loaded) -> bool:
    return {name: one.stage for name, one in loaded.assessments.items()} == EXPECTED


@check
def every_author_has_something_overdue_and_something_due_before_long(loaded: Loaded) -> bool:
    found, soon = loaded.waiting("amina"), clock.day_of(loaded.now) + timedelta(days=30)
    return bool(found.overdue) and any(
        item.due_on and item.due_on <= soon for item in found.this_week + found.later
    )


@check
def the_author_has_a_review_overdue_an_action_overdue_and_comments_to_answer(loaded: Loaded) -> bool:
    overdue = {item.do for item in loaded.waiting("amina").overdue}
    return {"Review", "Say how it is going"} <= overdue and loaded.has_to("amina", "Answer the comments")


@check
def the_equality_lead_has_a_check_and_a_countersignature_waiting(loaded: Loaded) -> bool:
    return loaded.has_to("ben", "Check") and loaded.has_to("ben", "Confirm or refuse")


@check
def the_director_has_one_to_agree(loaded: Loaded) -> bool:
    return loaded.has_to("daniel", "Read and agree")


@check
def the_director_has_one_to_sign_as_executive_lead(loaded: Loaded) -> bool:
    return loaded.has_to("daniel", waiting.SIGN)


@check
def the_decision_maker_has_a_paper_to_read(loaded: Loaded) -> bool:
    return loaded.has_to("carol", "Read the paper")


@check
def the_secretary_has_a_decision_to_enter(loaded: Loaded) -> bool:
    return loaded.has_to("grace", waiting.ENTER)


@check
def the_auditor_has_actions_to_verify(loaded: Loaded) -> bool:
    return loaded.has_to("dev", "Find out whether it was done and works")


@check
def the_owner_has_an_action_overdue_and_another_due_this_week(loaded: Loaded) -> bool:
    found = loaded.waiting("helen")
    return any(item.item for item in found.overdue) and any(item.item for item in found.this_week)


@check
def the_administrator_may_administer(loaded: Loaded) -> bool:
    (organisation_id,) = loaded.actor("farah").roles
    return organisation_id == loaded.assessments["strategy"].organisation_id


@check
def esther_of_another_organisation_knows_only_of_what_she_takes_part_in(loaded: Loaded) -> bool:
    parts = {part for one in loaded.waiting("esther").mine for part in one.parts}
    mine = {one.ref for one in loaded.waiting("esther").mine}
    known = {one.ref for name, one in loaded.assessments.items() if loaded.knows("esther", name)}
    return known == mine and parts <= {Part.READER}


@check
def one_assessment_is_restricted_and_unknown_to_the_author_of_the_others(loaded: Loaded) -> bool:
    restricted = [name for name, one in loaded.assessments.items() if one.restricted]
    return len(restricted) == 1 and not loaded.knows("amina", restricted[0])


@check
def actions_were_found_to_work_and_not_to_and_claims_of_every_common_kind_are_there(loaded: Loaded) -> bool:
    verdicts = set(read().scalars(select(AuditItem.verdict)))
    claims = set(read().scalars(select(MitigationRow.claim)))
    common = {Claim.NOT_STARTED, Claim.ON_TRACK, Claim.AT_RISK, Claim.DONE}
    return {Verdict.WORKING, Verdict.NOT_WORKING} <= verdicts and common <= claims


@check
def actions_were_accepted_and_declined_and_others_wait_for_their_owner(loaded: Loaded) -> bool:
    return set(read().scalars(select(MitigationRow.acceptance))) == set(Acceptance)


@check
def one_date_was_moved_with_an_approval_and_another_waits_for_one(loaded: Loaded) -> bool:
    states = set(read().scalars(select(DateChange.state)))
    return states == {Asking.ASKED, Asking.AGREED} and loaded.has_to("ben", waiting.DATE)


@check
def progress_was_noted_and_figures_by_group_make_a_chart(loaded: Loaded) -> bool:
    figures = {(row.subject, row.measured_on) for row in read().scalars(select(Measurement))}
    groups = Counter(subject for subject, _ in figures)
    notes = read().scalar(select(func.count()).select_from(ProgressNote)) or 0
    return notes > 1 and groups[""] > 1 and any(subject and days > 1 for subject, days in groups.items())


@check
def one_early_trigger_waits_and_another_was_declined(loaded: Loaded) -> bool:
    return set(read().scalars(select(RaisedTrigger.state))) == {Raised.OPEN, Raised.DECLINED}


@check
def a_sample_was_drawn_one_of_it_is_audited_and_its_finding_waits_for_an_answer(loaded: Loaded) -> bool:
    states = set(read().scalars(select(CaseRow.state)))
    (finding,) = read().scalars(select(FindingRow))
    return {CaseState.OPEN, CaseState.DONE} <= states and finding.response is None


@check
def every_direction_of_an_impact_is_there(loaded: Loaded) -> bool:
    seen = set(read().scalars(select(ImpactRow.direction).where(ImpactRow.dimension != Dimension.ELIMINATE)))
    return set(Direction) <= seen


@check
def comments_wait_for_an_answer_and_others_were_answered(loaded: Loaded) -> bool:
    return {at is not None for at in read().scalars(select(Comment.answered_at))} == {True, False}


@check
def the_history_holds_and_is_in_the_order_of_time(loaded: Loaded) -> bool:
    for organisation in read().scalars(select(Organisation)):
        rows = select(history.History.at).where(history.History.organisation_id == organisation.id)
        at = list(read().scalars(rows.order_by(history.History.seq)))
        if not at or at != sorted(at) or list(history.breaks(read(), organisation.id)):
            return False
    return True


@check
def every_decision_has_a_record_that_is_signed_as_far_as_it_can_be_and_verifies(loaded: Loaded) -> bool:
    records = {record.assessment_id: record for record in read().scalars(select(RecordRow))}
    decided = {
        one.id: (3, SealState.SIGNED) if one.stage is Stage.IN_FORCE else (2, SealState.AWAITED)
        for one in loaded.assessments.values()
        if one.stage in (Stage.IN_FORCE, Stage.AWAITING_SIGNATURES)
    }
    for assessment_id, record in records.items():
        step, state = decided[assessment_id]
        found = verifying.check_file(sealing.signed_files().get(sealing.storage_key(record.ref, step)))
        if not found.current or recorded.find_record(ref=record.ref).state is not state:
            return False
    return records.keys() == decided.keys()


@check
def nothing_in_it_lies_in_the_future(loaded: Loaded) -> bool:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, UTCDateTime) and column.name not in LATER_ON_PURPOSE:
                latest = read().scalar(select(func.max(column)))
                if latest is not None and latest > loaded.now:
                    return False
    return True


def what_judges_say_of_the_records(folder: Path) -> list[str]:
    """Return what is wrong with the signed files as PDF/UA-1 and PDF/A-3a."""
    said = []
    for record in read().scalars(select(RecordRow)):
        for step in (1, 2):
            file = folder / f"{record.id}-{step}.pdf"
            file.write_bytes(sealing.signed_files().get(sealing.storage_key(record.ref, step)))
            said += judges.second_opinion(file)
    files = sorted(folder.glob("*.pdf"))
    assert len(files) > 4
    return said + [failure for one in judges.verapdf(files).values() for failure in one.failures]


@pytest.mark.slow
def test_the_demonstration_holds_something_for_everybody(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    result = app.test_cli_runner().invoke(demo_commands, ["load"])
    assert result.exit_code == 0, result.exception or result.output
    with app.app_context():
        titles = {story.title: name for name, story in stories().items()}
        loaded = Loaded(
            now=clock.now(),
            assessments={titles[row.title]: row for row in read().scalars(select(Assessment))},
            ids={person.email.split("@")[0]: person.id for person in read().scalars(select(Person))},
        )
        wrong = [one.__name__.replace("_", " ") for one in CHECKS if not one(loaded)]
        if database.kind == "sqlite":  # the files are the same whichever holds the rows
            wrong += what_judges_say_of_the_records(tmp_path)
    assert not wrong, "\n".join(["This is not so:", *wrong])
