"""Public reviewers, as the people here see them: the plain summary, the invitations, the answers.

What somebody outside does by a link is in ``services.invited``. A restricted
assessment has no public reviewers: inviting is refused, and restricting one
ends every link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.reviewing import OPEN_STAGES, LinkState, state_of
from ehiia.domain.vocabulary import Permission
from ehiia.notify.messages import render
from ehiia.services import addresses, answering, by_link, people
from ehiia.services.installation import config
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, Refused, Stale, note, read, transaction
from ehiia.services.tries import digest
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import ReviewerComment, ReviewerLink, ReviewerSummary

__all__ = [
    "DAYS",
    "Link",
    "ReviewerComment",
    "ReviewerSummary",
    "Summary",
    "answer",
    "comment_of",
    "comments_of",
    "end_all",
    "invite",
    "links_of",
    "save_summary",
    "summary_of",
    "take_back",
]

DAYS = (14, 28, 56)
"""For how many days a link may open."""
LONGEST = 4000


@dataclass(frozen=True)
class Summary:
    """What the author wrote for people outside, in plain words."""

    proposal: str
    affected: str
    asked: str


@dataclass(frozen=True)
class Link:
    """An invitation and where it stands."""

    id: int
    name: str
    email: str
    made_at: datetime
    expires_at: datetime
    opened: int
    last_opened_at: datetime | None
    comments: int
    state: LinkState


def summary_of(assessment_id: int, *, session: Session | None = None) -> ReviewerSummary | None:
    """Return the summary, or None where nobody has written one."""
    return (session or read()).get(ReviewerSummary, assessment_id)


def links_of(assessment: Assessment, *, now: datetime) -> list[Link]:
    """Return the invitations, the newest first."""
    rows = read().execute(
        select(ReviewerLink, func.count(ReviewerComment.id))
        .outerjoin(ReviewerComment, ReviewerComment.link_id == ReviewerLink.id)
        .where(ReviewerLink.assessment_id == assessment.id)
        .group_by(ReviewerLink.id)
        .order_by(ReviewerLink.id.desc())
    )
    return [
        Link(
            row.id,
            row.name,
            row.email,
            row.made_at,
            row.expires_at,
            row.opened,
            row.last_opened_at,
            comments,
            state_of(
                now=now,
                expires_at=row.expires_at,
                ended_at=row.ended_at,
                stage=assessment.stage,
                comments=comments,
            ),
        )
        for row, comments in rows
    ]


def comments_of(assessment_id: int) -> list[ReviewerComment]:
    """Return what public reviewers said, in the order in which it came."""
    return list(
        read().scalars(
            select(ReviewerComment)
            .where(ReviewerComment.assessment_id == assessment_id)
            .order_by(ReviewerComment.number)
        )
    )


def comment_of(assessment_id: int, number: int, *, session: Session | None = None) -> ReviewerComment:
    """Return a comment of this assessment by its number, or raise NotFound."""
    row = (session or read()).scalar(
        select(ReviewerComment).where(
            ReviewerComment.assessment_id == assessment_id, ReviewerComment.number == number
        )
    )
    if row is None:
        raise NotFound
    return row


# -- the summary and the invitations -----------------------------------------------------------


def save_summary(ref: str, summary: Summary, *, revision: int, by: int, now: datetime) -> ReviewerSummary:
    """Save the summary, whatever is missing. Raises Stale where somebody else changed it, Invalid."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        given = {name: getattr(summary, name).strip() for name in ("proposal", "affected", "asked")}
        errors = {
            name: f"This must be {LONGEST:,} characters or fewer"
            for name, text in given.items()
            if len(text) > LONGEST
        }
        if errors:
            raise Invalid(**errors)
        row = session.get(ReviewerSummary, seen.assessment.id, with_for_update=True, populate_existing=True)
        if row is not None and given == {name: getattr(row, name) for name in given}:
            return row
        if (row.revision if row else 0) != revision:
            raise Stale
        if row is None:
            row = ReviewerSummary(assessment_id=seen.assessment.id, revision=0)
            session.add(row)
        for name, text in given.items():
            setattr(row, name, text)
        row.revision += 1
        row.by, row.at = by, now
        session.flush()
        note(session, "summary_written", **_about(seen.assessment, by, now))
    return row


def invite(ref: str, *, name: str, email: str, days: int, by: int, now: datetime) -> None:
    """Ask somebody outside to read the summary and comment: a mail with a link that opens for some days.

    Only the digest of the link's token is kept. Raises Invalid by field; Refused where the assessment is
    restricted, is not open for comments, or has no summary yet.
    """
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        assessment = seen.assessment
        if assessment.restricted:
            raise Refused("A restricted assessment has no public reviewers. Lift the restriction first.")
        if assessment.stage not in OPEN_STAGES:
            raise Refused(f"Nobody is invited while it is “{assessment.stage.label}”.")
        summary = summary_of(assessment.id, session=session)
        if summary is None or not (summary.proposal and summary.asked):
            raise Refused("Write the summary first: what is proposed, and what you would like to know.")
        name, email = " ".join(name.split()), email.strip().lower()
        errors = {}
        if not name or len(name) > 300:
            errors["name"] = "Enter whom you invite, in up to 300 characters"
        if not addresses.is_address(email):
            errors["email"] = addresses.WRONG
        if days not in DAYS:
            errors["days"] = "Choose for how long the link opens"
        if errors:
            raise Invalid(**errors)
        newest = session.scalar(
            select(ReviewerLink)
            .where(ReviewerLink.assessment_id == assessment.id, ReviewerLink.email == email)
            .order_by(ReviewerLink.id.desc())
            .limit(1)
        )
        if newest is not None and newest.ended_at is None and now - newest.made_at < by_link.TWICE:
            return
        token = by_link.new_token()
        row = ReviewerLink(
            assessment_id=assessment.id,
            token_sha256=digest(token),
            name=name,
            email=email,
            made_by=by,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        session.add(row)
        session.flush()
        _mail(session, assessment, row, token, by, now)
        note(session, "reviewer_invited", **_about(assessment, by, now), name=name)


def _mail(
    session: Session, assessment: Assessment, row: ReviewerLink, token: str, by: int, now: datetime
) -> None:
    """Queue the mail with the link."""
    message = render(
        "reviewer_invited",
        {
            "by": people.names({by}, session=session).get(by, "Somebody"),
            "ref": assessment.ref,
            "title": assessment.title,
            "due_on": day_of(row.expires_at),
            "path": f"/invited/{token}",
        },
        public_url=config().public_url,
    )
    by_link.queue(session, _key(row.id), message, email=row.email, now=now)


def _key(link_id: int) -> str:
    return f"reviewer-link:{link_id}"


def take_back(ref: str, link_id: int, *, by: int, now: datetime) -> None:
    """Take an invitation back: the link says so from now on. Harmless twice."""
    with transaction() as session:
        seen = _opened(session, ref, by, now)
        row = session.get(ReviewerLink, link_id, with_for_update=True, populate_existing=True)
        if row is None or row.assessment_id != seen.assessment.id:
            raise NotFound
        if row.ended_at is not None:
            return
        row.ended_at = now
        _drop_mail(session, [row.id])
        note(session, "reviewer_taken_back", **_about(seen.assessment, by, now), name=row.name)


def end_all(session: Session, assessment: Assessment, *, now: datetime) -> None:
    """End every link of an assessment that is restricted now, in the caller's transaction, for good.

    Mail with a link that was not sent yet is dropped; mail that was sent keeps neither subject nor text.
    """
    rows = session.scalars(
        select(ReviewerLink).where(ReviewerLink.assessment_id == assessment.id).with_for_update()
    ).all()
    for row in rows:
        if row.ended_at is None:
            row.ended_at = now
    _drop_mail(session, [row.id for row in rows])


def _drop_mail(session: Session, link_ids: list[int]) -> None:
    keys = [_key(link_id) for link_id in link_ids]
    by_link.drop_mail(session, keys, subject="EHIIA: An invitation that was taken back")


# -- answering ---------------------------------------------------------------------------------


def answer(ref: str, number: int, *, text: str, revision: int, by: int, now: datetime) -> None:
    """Record the author's answer to a comment: what changed, or why not. It may be made better later.

    Raises Invalid by field, Stale where somebody else answered meanwhile.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        seen = see(ref, Permission.ANSWER_REVIEWERS, actor=actor, session=session, lock=True)
        row = comment_of(seen.assessment.id, number, session=session)
        said = text.strip()
        if not said:
            raise Invalid(answer="Enter what changed because of it, or why nothing did")
        if len(said) > LONGEST:
            raise Invalid(answer=f"This must be {LONGEST:,} characters or fewer")
        if row.answer == said:
            return  # the form was sent twice
        if row.revision != revision:
            raise Stale
        row.answer, row.answered_by, row.answered_at = said, by, now
        row.revision += 1
        session.flush()
        note(session, "reviewer_answered", **_about(seen.assessment, by, now), number=number)
        answering.recount(session, seen.assessment)


def _opened(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.INVITE, actor=actor, session=session, lock=True)


def _about(assessment: Assessment, by: int | None, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": assessment.organisation_id,
        "subject": f"assessment:{assessment.id}",
        "by": by,
        "at": now,
    }
