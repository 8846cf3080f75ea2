"""What is frozen of listening: the log, who was heard, what was promised, and what public reviewers said."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import frozen, reach
from ehiia.domain.answers import Answers
from ehiia.services import engagement, voices
from ehiia.store.engagement import CommitmentRow, ReviewerComment
from ehiia.store.people import Person


def log(
    session: Session, assessment_id: int, answers: Answers, effects: Mapping[str, str]
) -> tuple[frozen.Engagement, ...]:
    """Return the engagement log in words. Who is named is as they chose on this day.

    ``effects``: the questions of one effect that are asked, id -> name.
    """
    channels = engagement.channel_labels()
    labels = {one.code: one.label for one in reach.subjects(answers, effects)}
    named = voices.of_assessment(assessment_id, session=session) if answers.engagements else {}
    return tuple(
        frozen.Engagement(
            ref=f"Engagement {entry.number}",
            on_date=entry.on_date,
            channel=channels.get(entry.channel, entry.channel),
            place=entry.place,
            who=reach.who_words(entry, labels),
            everybody=entry.everybody.label if entry.everybody else "",
            named=tuple(voice.shown for voice in named.get(entry.number, ())),
            led_by=entry.led_by,
            partner=entry.partner,
            reached=entry.reached,
            shown=entry.shown,
            shown_version=entry.shown_version,
            said=entry.said,
            changed=entry.changed,
            fed_back_on=entry.fed_back_on,
            fed_back_how=entry.fed_back_how,
            not_reached=entry.not_reached,
        )
        for entry in answers.engagements
    )


def affected_and_heard(answers: Answers, effects: Mapping[str, str]) -> tuple[frozen.Reach, ...]:
    """Return for each group with an impact whether anybody from it was heard."""
    return tuple(
        frozen.Reach(
            label=row.label,
            effect=row.effect,
            worse=row.worse,
            heard=row.words,
            steps=row.steps,
            where=tuple(f"Engagement {number}" for number in row.numbers),
        )
        for row in reach.reach(answers, effects)
    )


def promised(session: Session, assessment_id: int) -> tuple[frozen.Commitment, ...]:
    """Return the commitments in the order in which they were recorded."""
    rows = session.execute(
        select(CommitmentRow, Person.name)
        .outerjoin(Person, Person.id == CommitmentRow.owner_id)
        .where(CommitmentRow.assessment_id == assessment_id, CommitmentRow.taken_out_at.is_(None))
        .order_by(CommitmentRow.number)
    )
    return tuple(
        frozen.Commitment(
            ref=f"Commitment {row.number}",
            what=row.what,
            source=row.source,
            owner=name or row.outside_owner,
            due_on=row.due_on,
            state=row.state.label,
            note=row.note,
        )
        for row, name in rows
    )


def public_comments(session: Session, assessment_id: int) -> tuple[frozen.PublicComment, ...]:
    """Return what public reviewers said, with the recorded answers, in the order in which it came."""
    rows = session.scalars(
        select(ReviewerComment)
        .where(ReviewerComment.assessment_id == assessment_id)
        .order_by(ReviewerComment.number)
    )
    return tuple(
        frozen.PublicComment(f"Comment {row.number}", row.said_by, day_of(row.at), row.text, row.answer)
        for row in rows
    )
