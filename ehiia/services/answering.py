"""Answering: what is stored, and saving a page of it.

Saving is never refused because something is missing. Two people who save the
same answer: the first stands, the second is shown what the first wrote and
keeps what they typed. Saving an answer while the assessment waits for its
decision undoes the pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain import completeness, scoring
from ehiia.domain.answers import Answers, SubjectGroup, Value
from ehiia.domain.asked import asked_effects
from ehiia.domain.questions import Depth, QuestionSet
from ehiia.domain.scoring import BandBorders
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    Duration,
    Magnitude,
    NumberAffected,
    Part,
    Permission,
    Reversible,
    Stage,
    Word,
)
from ehiia.services import citing, drafting, growing, moves, organisations, people
from ehiia.services.answered import COLUMNS, DEGREES, answers_of, columns_of, question_set_of
from ehiia.services.citing import Cited
from ehiia.services.scales import scale_of
from ehiia.services.sight import see
from ehiia.services.telling import deciders, tell
from ehiia.services.transaction import Invalid, Refused, note_on, transaction
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.assessments import Assessment, AssessmentGroup, Participant

NOT_ON_SCALE = "Choose one of the degrees of the scale that this assessment began with"


@dataclass(frozen=True)
class Given:
    """A value as it came from a page: what the page was made from, and whether the person touched it."""

    value: Value
    revision: int = 0
    touched: bool = True


@dataclass(frozen=True)
class GivenImpact:
    """An impact as it came from a page; ``values`` by the names of the columns of the table."""

    values: Mapping[str, str | int | None]
    revision: int = 0
    touched: bool = True


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved this meanwhile: what they wrote, who and when."""

    theirs: Any
    by: str
    at: datetime


@dataclass(frozen=True)
class Saved:
    """What a save did. ``conflicts``: question id or dimension -> what somebody else wrote meanwhile."""

    changed: int
    at: datetime
    undid_pass: bool = False
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)
    grew: tuple[str, ...] = ()
    """Why the short form became the extended one through this save, in words; mostly nothing."""


def save_page(
    ref: str,
    *,
    subject: str = "",
    answers: Mapping[str, Given],
    impacts: Mapping[Dimension, GivenImpact] | None = None,
    cites: Mapping[str, Cited] | None = None,
    only_while: Stage | None = None,
    draft: str = "",
    by: int,
    now: datetime,
) -> Saved:
    """Save what a page holds, whatever is missing. Only what the person touched is written.

    ``draft``: name of the page whose draft is done with, once nothing of it clashes.
    ``only_while``: the one stage in which this page is open, for the screening. Raises NotFound,
    NotAllowed (who may not write, or a stage in which answers are not changed), Refused (another stage).
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.WRITE, actor=actor, session=session, lock=True)
        assessment = seen.assessment
        if only_while is not None and assessment.stage is not only_while:
            raise Refused(f"This page is closed: the assessment is “{assessment.stage.label}”.")
        saved = save_into(
            session,
            assessment,
            subject=subject,
            answers=answers,
            impacts=impacts or {},
            cites=cites or {},
            by=by,
            now=now,
        )
        if draft and not saved.conflicts:
            drafting.forget(session, assessment.id, draft, by)
        return saved


def save_into(
    session: Session,
    assessment: Assessment,
    *,
    subject: str,
    answers: Mapping[str, Given],
    impacts: Mapping[Dimension, GivenImpact],
    cites: Mapping[str, Cited] | None = None,
    by: int,
    now: datetime,
) -> Saved:
    """Save what was given about one subject, in the transaction of a caller who made sure that they may."""
    changed, conflicts = _save_answers(session, assessment, subject, answers, by, now)
    more, clashes = _save_impacts(session, assessment, subject, impacts, by, now)
    conflicts |= clashes
    changed_ids = [*changed, *more]
    cited = citing.change(session, assessment, subject, cites or {}, by=by, now=now)
    undid = False
    grew: tuple[str, ...] = ()
    if changed_ids or cited:
        what: dict[str, object] = {"about": subject, "questions": sorted(changed_ids)}
        if cited:
            what["cited"] = cited
        undid = changed_answers(session, assessment, by=by, now=now, what=what)
        if "groups_chosen" in changed_ids:
            _choose_groups(session, assessment, answers["groups_chosen"].value, now)
        if subject or not _counted(assessment, changed):
            grew = count_and_grow(session, assessment, by=by, now=now)
    return Saved(len(changed_ids) + len(cited), now, undid, conflicts, grew)


def count_and_grow(session: Session, assessment: Assessment, *, by: int, now: datetime) -> tuple[str, ...]:
    answers, borders = recount(session, assessment)
    grew = growing.grow_by_rule(session, assessment, answers, borders, by=by, now=now)
    if grew:
        recount(session, assessment)
    return grew


def _save_answers(
    session: Session,
    assessment: Assessment,
    subject: str,
    answers: Mapping[str, Given],
    by: int,
    now: datetime,
) -> tuple[dict[str, tuple[Value, Value]], dict[str, Conflict]]:
    """Write what was touched; returns the values before and after, and what somebody else wrote meanwhile."""
    rows = {
        row.question: row
        for row in session.scalars(
            select(Answer)
            .where(
                Answer.assessment_id == assessment.id, Answer.subject == subject, Answer.question.in_(answers)
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    changed: dict[str, tuple[Value, Value]] = {}
    conflicts: dict[str, Conflict] = {}
    for question, given in answers.items():
        row = rows.get(question)
        stored = row.value if row else None
        if not given.touched or given.value == stored:
            continue
        if row is not None and row.revision != given.revision:
            conflicts[question] = Conflict(stored, _name(session, row.by), row.at)
            continue
        if row is None:
            row = Answer(assessment_id=assessment.id, question=question, subject=subject, revision=1)
            session.add(row)
        else:
            row.revision += 1
            stored = None if row.to_confirm else stored  # what was copied did not count as answered
        row.value, row.by, row.at, row.to_confirm = given.value, by, now, False
        changed[question] = (stored, given.value)
    return changed, conflicts


def _save_impacts(
    session: Session,
    assessment: Assessment,
    subject: str,
    impacts: Mapping[Dimension, GivenImpact],
    by: int,
    now: datetime,
) -> tuple[list[str], dict[str, Conflict]]:
    changed: list[str] = []
    conflicts: dict[str, Conflict] = {}
    scale = scale_of(assessment)
    for dimension, given in impacts.items():
        if not given.touched:
            continue
        row = session.get(
            ImpactRow, (assessment.id, subject, dimension), with_for_update=True, populate_existing=True
        )
        values = _columns(given.values)
        for when in ("before", "after"):
            if not scale.holds(_degree(values, f"likelihood_{when}"), _degree(values, f"severity_{when}")):
                raise Invalid(**{f"{dimension.value}-likelihood_{when}": NOT_ON_SCALE})
        if values == (columns_of(row) if row else _columns({})):
            continue
        if row is not None and row.revision != given.revision:
            conflicts[dimension.value] = Conflict(columns_of(row), _name(session, row.by), row.at)
            continue
        if row is None:
            row = ImpactRow(assessment_id=assessment.id, subject=subject, dimension=dimension, revision=1)
            session.add(row)
        else:
            row.revision += 1
        for name, value in values.items():
            kind = _WORDS.get(name)
            setattr(row, name, (kind(str(value)) if value else None) if kind else value)
        row.by, row.at, row.to_confirm = by, now, False
        changed.append(dimension.value)
    return changed, conflicts


_WORDS: Mapping[str, type[Word]] = {
    "direction": Direction,
    "magnitude": Magnitude,
    "confidence": Confidence,
    "number_affected": NumberAffected,
    "duration": Duration,
    "reversible": Reversible,
}
"""Columns of an impact that hold a word."""


def _degree(values: Mapping[str, str | int | None], name: str) -> int | None:
    value = values[name]
    return value if isinstance(value, int) else None


def _columns(given: Mapping[str, str | int | None]) -> dict[str, str | int | None]:
    return {
        name: (int(given.get(name) or 0) or None) if name in DEGREES else str(given.get(name) or "")
        for name in COLUMNS
    }


def _name(session: Session, person_id: int) -> str:
    return people.names({person_id}, session=session).get(person_id, "somebody")


def changed_answers(
    session: Session, assessment: Assessment, *, by: int, now: datetime, what: Mapping[str, Any]
) -> bool:
    """Note in the caller's transaction that answers changed: who wrote, the history, and a pass is undone.

    Returns whether a pass was undone.
    """
    session.execute(
        update(Participant)
        .where(
            Participant.assessment_id == assessment.id,
            Participant.person_id == by,
            Participant.part.in_([Part.AUTHOR, Part.CONTRIBUTOR]),
            Participant.wrote_at.is_(None),
        )
        .values(wrote_at=now)
        .execution_options(synchronize_session=False)
    )
    note_on(
        session,
        assessment,
        "answers_changed",
        by=by,
        at=now,
        **what,
    )
    if assessment.stage is Stage.READY:
        moves.move(session, assessment, "undo_pass", by=by, now=now)
        tell(session, assessment, "pass_undone", deciders(session, assessment.id), by=by, now=now)
        return True
    moves.touch(assessment, now)
    return False


def _choose_groups(session: Session, assessment: Assessment, chosen: Value, now: datetime) -> None:
    """Keep the rows of the chosen groups: labels as they are when they are chosen; the nine stay."""
    wanted = list(chosen) if isinstance(chosen, list) else []
    known = {group.code: group for group in groups_to_choose(session, assessment, now)}
    present = {
        row.code: row
        for row in session.scalars(
            select(AssessmentGroup).where(AssessmentGroup.assessment_id == assessment.id)
        )
    }
    always = always_asked(question_set_of(assessment))
    gone = [code for code in present if code not in wanted and code not in always]
    if gone:
        session.execute(
            delete(AssessmentGroup)
            .where(AssessmentGroup.assessment_id == assessment.id, AssessmentGroup.code.in_(gone))
            .execution_options(synchronize_session="fetch")
        )
    for position, code in enumerate(wanted, start=100):
        if code in present:
            present[code].position = position
        elif code in known:
            add_group(session, assessment.id, known[code], position)
    session.flush()


def add_group(session: Session, assessment_id: int, group: SubjectGroup, position: int) -> None:
    """Add the row of a group with its words as they are now."""
    session.add(
        AssessmentGroup(
            assessment_id=assessment_id,
            code=group.code,
            position=position,
            label=group.label,
            people=group.people,
            legal_status=group.legal_status,
            first_aim_only=group.first_aim_only,
        )
    )


def always_asked(question_set: QuestionSet) -> tuple[str, ...]:
    """Return the codes of the groups that every assessment considers: the nine characteristics."""
    return tuple(code for section in question_set.sections for code in section.subjects)


def groups_to_choose(session: Session, assessment: Assessment, now: datetime) -> tuple[SubjectGroup, ...]:
    """Return the groups an author may choose: national ones and the organisation's own, valid today."""
    today = day_of(now)
    always = set(always_asked(question_set_of(assessment)))
    national = [
        SubjectGroup(group.code, group.label, group.people, group.legal_status, group.first_aim_only)
        for group in load.groups()
        if group.code not in always and (not group.valid_to or group.valid_to >= today.isoformat())
    ]
    local = [
        SubjectGroup(row.code, row.label, row.people, row.legal_status)
        for row in organisations.local_groups(assessment.organisation_id, today=today, session=session)
    ]
    return tuple(local + national)


def _counted(assessment: Assessment, changed: Mapping[str, tuple[Value, Value]]) -> bool:
    """Move the counts by what changed, where that is all it takes; says whether it was."""
    more = completeness.answered_more(question_set_of(assessment), changed, Depth(assessment.depth))
    if more is None:
        return False
    assessment.answered_count += more
    assessment.missing_count -= more
    return True


def recount(session: Session, assessment: Assessment) -> tuple[Answers, BandBorders]:
    """Keep the counts that lists show: answered, asked, missing, and the worst rating left.

    Returns what it read for that: everything answered, and the borders of its bands.
    """
    session.flush()
    answers = answers_of(session, assessment)
    borders, questions = scale_of(assessment).bands, question_set_of(assessment)
    review = completeness.review(questions, answers, borders)
    assessment.answered_count, assessment.asked_count = review.progress.answered, review.progress.asked
    assessment.missing_count = len(review.missing)
    rated = scoring.rated(answers, asked_effects(questions, answers))
    assessment.worst_left = scoring.worst(rated, "after", borders).band
    return answers, borders
