"""Comments in threads on a question or a page: said, answered by the author, closed by the equality lead.

Comments and advice do not count as writing. The author's last answer stands with the comment; what was said
before it is kept as replies, so that a thread reads from top to bottom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import WRITERS
from ehiia.domain.vocabulary import Dimension, Permission, Role
from ehiia.services import people
from ehiia.services.answered import question_set_of
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, note_on, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import Comment
from ehiia.store.people import Person
from ehiia.store.quality import CommentClosing, CommentReply

__all__ = ["Message", "Said", "answer_comment", "close", "comments_of", "may_close", "reopen", "reply", "say"]

LONGEST = 4000


@dataclass(frozen=True)
class Message:
    """Something said in a thread."""

    text: str
    by: str
    at: datetime
    author: bool = False
    """Whether it is the author's answer."""


@dataclass(frozen=True)
class Said:
    """A comment with everything that followed."""

    id: int
    section: str
    text: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    question: str = ""
    """Id of the question or dimension it is about, or "" for the page."""
    by_id: int = 0
    replies: tuple[Message, ...] = ()
    """What was said before the last answer, oldest first."""
    closed_by: str = ""
    closed_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Whether the thread was closed."""
        return self.closed_at is not None

    @property
    def waits(self) -> bool:
        """Whether the author still has to answer."""
        return self.answered_at is None and not self.closed


def _text(text: str, field: str, empty: str, noun: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(**{field: empty})
    if len(text) > LONGEST:
        raise Invalid(**{field: f"{noun} must be {LONGEST:,} characters or fewer"})
    return text


def say(
    ref: str, *, section: str, text: str, by: int, now: datetime, question: str = "", pages: frozenset[str]
) -> None:
    """Begin a thread on a page, or on one question of it. ``pages``: the keys of the pages there are."""
    text = _text(text, "text", "Enter your comment", "The comment")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.COMMENT, actor=actor, session=session, lock=True).assessment
        known = question_set_of(assessment).question(question) or question in set(Dimension)
        if section not in pages or (question and not known):
            raise NotFound
        newest = session.scalar(
            select(Comment).where(Comment.assessment_id == assessment.id).order_by(Comment.id.desc()).limit(1)
        )
        if newest and (newest.section, newest.question, newest.text, newest.by) == (
            section,
            question,
            text,
            by,
        ):
            return  # the form was sent twice
        session.add(
            Comment(assessment_id=assessment.id, section=section, question=question, text=text, by=by, at=now)
        )
        _note(session, assessment, "commented", section, by, now)


def answer_comment(ref: str, comment_id: int, *, answer: str, by: int, now: datetime) -> None:
    """The author answers a comment: what was changed, or why not."""
    answer = _text(answer, "answer", "Say what you changed, or why you did not", "The answer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        comment = _comment(session, assessment, comment_id)
        if (comment.answer, comment.answered_by) == (answer, by):
            return  # the form was sent twice
        _keep_answer(session, comment)
        comment.answer, comment.answered_by, comment.answered_at = answer, by, now
        _note(session, assessment, "comment_answered", comment.section, by, now)


def reply(ref: str, comment_id: int, *, text: str, by: int, now: datetime) -> None:
    """Say more in a thread; whoever does not write in the assessment thereby asks the author again."""
    text = _text(text, "reply", "Enter what you want to say", "Your reply")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.COMMENT, actor=actor, session=session, lock=True)
        comment = _comment(session, seen.assessment, comment_id)
        newest = session.scalar(
            select(CommentReply).where(CommentReply.comment_id == comment.id).order_by(CommentReply.id.desc())
        )
        if newest and (newest.text, newest.by) == (text, by):
            return  # the form was sent twice
        if not seen.facts.parts & WRITERS:
            _keep_answer(session, comment)
            comment.answer, comment.answered_by, comment.answered_at = "", None, None
        session.add(CommentReply(comment_id=comment.id, text=text, by=by, at=now))
        _note(session, seen.assessment, "commented", comment.section, by, now)


def may_close(seen: Seen, commented_by: int) -> bool:
    """Say whether the person may close a thread: an equality lead or whoever began it, never who writes."""
    if seen.facts.wrote or seen.facts.parts & WRITERS:
        return False
    here = seen.assessment.organisation_id
    return commented_by == seen.actor.person_id or seen.actor.has(here, Role.EQUALITY_LEAD)


def close(ref: str, comment_id: int, *, by: int, now: datetime) -> None:
    """Close a thread: nothing more is asked of the author."""
    with transaction() as session:
        seen, comment = _to_close(session, ref, comment_id, by, now)
        if session.get(CommentClosing, comment.id) is not None:
            return  # the form was sent twice
        session.add(CommentClosing(comment_id=comment.id, by=by, at=now))
        _note(session, seen.assessment, "comment_closed", comment.section, by, now)


def reopen(ref: str, comment_id: int, *, by: int, now: datetime) -> None:
    """Open a closed thread again."""
    with transaction() as session:
        seen, comment = _to_close(session, ref, comment_id, by, now)
        closing = session.get(CommentClosing, comment.id)
        if closing is None:
            return  # the form was sent twice
        session.delete(closing)
        _note(session, seen.assessment, "comment_reopened", comment.section, by, now)


def _to_close(session: Session, ref: str, comment_id: int, by: int, now: datetime) -> tuple[Seen, Comment]:
    actor = people.actor_of(by, today=day_of(now), session=session)
    seen = see(ref, Permission.COMMENT, actor=actor, session=session, lock=True)
    comment = session.get(Comment, comment_id)
    if comment is None or comment.assessment_id != seen.assessment.id:
        raise NotFound
    if not may_close(seen, comment.by):
        raise NotAllowed("An equality lead, or whoever began it, closes a comment; never who writes.")
    return seen, comment


def _comment(session: Session, assessment: Assessment, comment_id: int) -> Comment:
    comment = session.get(Comment, comment_id)
    if comment is None or comment.assessment_id != assessment.id:
        raise NotFound
    if session.get(CommentClosing, comment.id) is not None:
        raise Refused("This comment was closed. Open it again to say more.")
    return comment


def _keep_answer(session: Session, comment: Comment) -> None:
    """Put the answer that stands into the thread, before something else takes its place."""
    if comment.answered_by is not None and comment.answered_at is not None:
        session.add(
            CommentReply(
                comment_id=comment.id, text=comment.answer, by=comment.answered_by, at=comment.answered_at
            )
        )
        session.flush()


def _note(session: Session, assessment: Assessment, verb: str, section: str, by: int, now: datetime) -> None:
    note_on(
        session,
        assessment,
        verb,
        by=by,
        at=now,
        section=section,
    )


def comments_of(assessment_id: int, *, section: str = "") -> list[Said]:
    """Return the threads of an assessment, or of one page, oldest first: a fixed number of queries."""
    query = (
        select(Comment, Person.name)
        .join(Person, Person.id == Comment.by)
        .where(Comment.assessment_id == assessment_id)
        .order_by(Comment.id)
        .execution_options(populate_existing=True)
    )
    if section:
        query = query.where(Comment.section == section)
    session = read()
    rows = session.execute(query).all()
    if not rows:
        return []
    ids = [row.id for row, _ in rows]
    replies: dict[int, list[Message]] = {}
    for one, name in session.execute(
        select(CommentReply, Person.name)
        .join(Person, Person.id == CommentReply.by)
        .where(CommentReply.comment_id.in_(ids))
        .order_by(CommentReply.id)
    ):
        replies.setdefault(one.comment_id, []).append(Message(one.text, name, one.at))
    closings = {
        here: (name, at)
        for here, at, name in session.execute(
            select(CommentClosing.comment_id, CommentClosing.at, Person.name)
            .join(Person, Person.id == CommentClosing.by)
            .where(CommentClosing.comment_id.in_(ids))
        )
    }
    names = people.names({row.answered_by for row, _ in rows if row.answered_by})
    return [
        Said(
            row.id,
            row.section,
            row.text,
            name,
            row.at,
            row.answer,
            names.get(row.answered_by or 0, ""),
            row.answered_at,
            row.question,
            row.by,
            tuple(replies.get(row.id, ())),
            *closings.get(row.id, ("", None)),
        )
        for row, name in rows
    ]
