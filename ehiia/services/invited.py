"""What somebody outside does by a link: open the summary of one assessment, and comment on it.

Nobody is signed in here. A link opens one assessment and nothing else; an
unknown token and one of a restricted assessment look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.domain.reviewing import READS, GroupInWords, LinkState, matrix_in_words, state_of
from ehiia.services import answering, by_link, notices
from ehiia.services.answered import answers_of
from ehiia.services.telling import authors
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.services.tries import digest
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import ReviewerComment, ReviewerLink, ReviewerSummary
from ehiia.store.organisations import Organisation

__all__ = ["Invitation", "Reading", "comment", "find", "open_link", "reading_of", "summary_page"]

LONGEST = 4000
LONGEST_NAME = 300


@dataclass(frozen=True)
class Invitation:
    """A link that is known: where it stands, and who asks."""

    link_id: int
    state: LinkState
    organisation: str
    expires_at: datetime
    assessment_id: int


@dataclass(frozen=True)
class Reading:
    """What a public reviewer reads."""

    ref: str
    title: str
    organisation: str
    proposal: str
    affected: str
    asked: str
    groups: tuple[GroupInWords, ...]
    not_affected: tuple[str, ...]
    comments: tuple[ReviewerComment, ...]
    mine: frozenset[int]
    """Ids of the comments that came by this link."""


def find(token: str, *, address: str, now: datetime) -> Invitation:
    """Return the invitation of a token.

    Raises NotFound for an unknown one and for one of a restricted assessment, alike; TooManyTries where
    unknown ones were tried too often from this network address.
    """
    return by_link.find(lambda: _known(read(), token, now), kind="invited", address=address, now=now)


def _known(session: Session, token: str, now: datetime, *, lock: bool = False) -> Invitation | None:
    query = (
        select(ReviewerLink, Assessment, Organisation.name)
        .join(Assessment, Assessment.id == ReviewerLink.assessment_id)
        .join(Organisation, Organisation.id == Assessment.organisation_id)
        .where(ReviewerLink.token_sha256 == digest(token), Assessment.restricted.is_(False))
        .execution_options(populate_existing=True)
    )
    row = session.execute(query.with_for_update(of=(ReviewerLink, Assessment)) if lock else query).first()
    if row is None:
        return None
    link, assessment, organisation = row
    comments = session.scalar(
        select(func.count()).select_from(ReviewerComment).where(ReviewerComment.link_id == link.id)
    )
    state = state_of(
        now=now,
        expires_at=link.expires_at,
        ended_at=link.ended_at,
        stage=assessment.stage,
        comments=comments or 0,
    )
    return Invitation(link.id, state, organisation, link.expires_at, assessment.id)


def open_link(token: str, *, now: datetime) -> None:
    """Use a link: it is counted, and stands in the history. Raises NotFound, or Refused with the reason."""
    with transaction() as session:
        found = _may_read(session, token, now)
        link = session.get_one(ReviewerLink, found.link_id)
        link.opened += 1
        link.last_opened_at = now
        assessment = session.get_one(Assessment, found.assessment_id)
        note_on(
            session,
            assessment,
            "reviewer_opened",
            by=None,
            at=now,
            name=link.name,
        )


def _may_read(session: Session, token: str, now: datetime) -> Invitation:
    found = _known(session, token, now, lock=True)
    if found is None:
        raise NotFound
    if found.state not in READS:
        raise Refused(found.state.meaning)
    return found


def reading_of(invitation: Invitation) -> Reading:
    """Return what is read by a link that opens. Raises Refused where it does not."""
    if invitation.state not in READS:
        raise Refused(invitation.state.meaning)
    assessment = read().get_one(Assessment, invitation.assessment_id)
    return summary_page(assessment, organisation=invitation.organisation, link_id=invitation.link_id)


def summary_page(assessment: Assessment, *, organisation: str, link_id: int = 0) -> Reading:
    """Return the page of public reviewers; the author sees it before anybody else does."""
    summary = read().get(ReviewerSummary, assessment.id)
    groups, not_affected = matrix_in_words(answers_of(read(), assessment))
    comments = read().scalars(
        select(ReviewerComment)
        .where(ReviewerComment.assessment_id == assessment.id)
        .order_by(ReviewerComment.number)
    )
    kept = tuple(comments)
    return Reading(
        ref=assessment.ref,
        title=assessment.title,
        organisation=organisation,
        proposal=summary.proposal if summary else "",
        affected=summary.affected if summary else "",
        asked=summary.asked if summary else "",
        groups=groups,
        not_affected=not_affected,
        comments=kept,
        mine=frozenset(one.id for one in kept if one.link_id == link_id),
    )


def comment(token: str, *, said_by: str, text: str, now: datetime) -> None:
    """Send a comment by a link; the author is told, and owes it a recorded answer.

    Only the words are needed. Raises Invalid by field, NotFound, or Refused with the reason.
    """
    with transaction() as session:
        found = _may_read(session, token, now)
        if found.state is LinkState.USED_UP:
            raise Refused(found.state.meaning)
        name, said = " ".join(said_by.split()), text.strip()
        errors = {}
        if not said:
            errors["text"] = "Enter what you want to say"
        elif len(said) > LONGEST:
            errors["text"] = f"This must be {LONGEST:,} characters or fewer"
        if len(name) > LONGEST_NAME:
            errors["said_by"] = f"This must be {LONGEST_NAME:,} characters or fewer"
        if errors:
            raise Invalid(**errors)
        mine = select(ReviewerComment).where(ReviewerComment.link_id == found.link_id)
        newest = session.scalar(mine.order_by(ReviewerComment.id.desc()).limit(1))
        if newest is not None and (newest.text, newest.said_by) == (said, name):
            return  # the form was sent twice
        assessment = session.get_one(Assessment, found.assessment_id)
        here = ReviewerComment.assessment_id == assessment.id
        number = (session.scalar(select(func.max(ReviewerComment.number)).where(here)) or 0) + 1
        session.add(
            ReviewerComment(
                assessment_id=assessment.id,
                link_id=found.link_id,
                number=number,
                said_by=name,
                text=said,
                at=now,
            )
        )
        session.flush()
        note_on(
            session,
            assessment,
            "reviewer_commented",
            by=None,
            at=now,
            number=number,
        )
        answering.recount(session, assessment)
        for person_id in sorted(authors(session, assessment.id)):
            notices.tell(
                session,
                assessment=assessment,
                person_id=person_id,
                message_name="reviewer_commented",
                values={"path": f"/a/{assessment.ref}/reviewers"},
                dedupe_key=f"reviewer_commented:{assessment.id}:{number}",
                now=now,
            )
