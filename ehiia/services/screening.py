"""Screening: is a full assessment needed? Its answers, its result, and the equality lead's word on "no"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain import screening as rules
from ehiia.domain.answers import Value
from ehiia.domain.questions import Depth, Question, QuestionSet, Section
from ehiia.domain.restricted import NOBODY_CHECKS
from ehiia.domain.screening import Screening
from ehiia.domain.vocabulary import Attested, Permission, ScreeningResult, Stage
from ehiia.services import answering, moves, people
from ehiia.services.answered import SCREENING
from ehiia.services.answering import Given, Saved
from ehiia.services.people import Reauthenticated
from ehiia.services.sight import see
from ehiia.services.submission import attest
from ehiia.services.telling import authors, equality_leads, may_check, tell
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.services.unseen import sentence
from ehiia.store.answers import Answer
from ehiia.store.assessments import Assessment, Move

__all__ = [
    "SCREENING",
    "Screening",
    "asked",
    "countersign",
    "finish",
    "questions_of",
    "refuse",
    "save",
    "screening_of",
    "values_of",
    "why_refused",
]


BEGINS = {ScreeningResult.FULL: "begin_full", ScreeningResult.SHORT: "begin_short"}
"""Results with which the writing begins, and the step that begins it."""


def questions_of(assessment: Assessment) -> QuestionSet:
    """Return the screening questions the assessment is pinned to."""
    return load.question_set("screening", assessment.screening_version)


def values_of(assessment: Assessment, *, session: Session | None = None) -> dict[str, Value]:
    """Return question id -> value of the answers to the screening."""
    rows = (session or read()).execute(
        select(Answer.question, Answer.value).where(
            Answer.assessment_id == assessment.id, Answer.subject == SCREENING
        )
    )
    return {row.question: row.value for row in rows}


def asked(assessment: Assessment, section: Section, values: Mapping[str, Value]) -> tuple[Question, ...]:
    """Return the questions of a page that are asked, with these answers so far."""
    return rules.asked(assessment.kind, values, section)


def screening_of(assessment: Assessment, *, session: Session | None = None) -> Screening:
    """Say what the answers so far lead to, with the reasons that fired and what is unanswered."""
    return rules.screen(assessment.kind, values_of(assessment, session=session), questions_of(assessment))


def save(ref: str, answers: Mapping[str, Given], *, draft: str = "", by: int, now: datetime) -> Saved:
    """Save answers of the screening, whatever is missing. Raises Refused once the screening is finished.

    ``draft``: name of the page whose draft is done with.
    """
    return answering.save_page(
        ref, subject=SCREENING, answers=answers, only_while=Stage.SCREENING, draft=draft, by=by, now=now
    )


def finish(ref: str, *, by: int, now: datetime) -> Screening:
    """The author takes the result: on to the full assessment, or to an equality lead who has to confirm.

    Raises Invalid (``unanswered``: the questions that are left), Refused where it is not being screened.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        found = screening_of(assessment, session=session)
        if found.result is None:
            questions = questions_of(assessment)
            left = [q.label for name in found.unanswered if (q := questions.question(name)) is not None]
            raise Invalid(unanswered="Answer every question first: " + " ".join(left))
        full = found.result in BEGINS
        leads = equality_leads(session, assessment, now)
        if assessment.restricted and not full and not leads & may_check(session, assessment, day_of(now)):
            raise Invalid(unanswered=sentence(NOBODY_CHECKS))
        moves.move(
            session,
            assessment,
            BEGINS.get(found.result, "propose_not_needed"),
            by=by,
            now=now,
            reason=" ".join(reason.text for reason in found.reasons),
        )
        assessment.screening_result = found.result
        if found.result is ScreeningResult.SHORT:
            assessment.depth = Depth.SHORT.value
            answering.recount(session, assessment)
        if found.result is ScreeningResult.USE_EXISTING:
            values = values_of(assessment, session=session)
            assessment.existing_ref = str(values.get("existing_reference") or "").strip()[:300]
        attest(session, assessment, Attested.DECLARED, by=by, role="Author", now=now)
        if not full:
            tell(
                session,
                assessment,
                "waiting_for_countersignature",
                leads,
                by=by,
                now=now,
                path=f"/a/{assessment.ref}/countersign",
            )
    return found


def countersign(ref: str, *, by: int, now: datetime, again: Reauthenticated | None = None) -> None:
    """An equality lead, never the author, confirms that no full assessment is needed.

    ``again``: proof that they signed in again for it, where they did.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.COUNTERSIGN, actor=actor, session=session, lock=True).assessment
        moves.move(session, assessment, "countersign", by=by, now=now)
        attest(
            session,
            assessment,
            Attested.COUNTERSIGNED,
            by=by,
            role="Equality lead",
            now=now,
            method=again.method if again else None,
            reauthenticated_at=again.at if again else None,
        )
        tell(session, assessment, "countersigned", authors(session, assessment.id), by=by, now=now)


def refuse(ref: str, reason: str, *, by: int, now: datetime) -> None:
    """An equality lead asks for a full assessment instead. Raises Invalid (field ``reason``) without why."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.COUNTERSIGN, actor=actor, session=session, lock=True).assessment
        moves.move(session, assessment, "refuse_not_needed", by=by, now=now, reason=reason)
        assessment.screening_result = ScreeningResult.FULL
        tell(
            session,
            assessment,
            "countersignature_refused",
            authors(session, assessment.id),
            by=by,
            now=now,
            comment=reason.strip(),
        )


def why_refused(assessment: Assessment) -> str:
    """Return why an equality lead asked for a full assessment, or "" where nobody had to."""
    return (
        read().scalar(
            select(Move.reason)
            .where(Move.assessment_id == assessment.id, Move.move == "refuse_not_needed")
            .order_by(Move.id.desc())
            .limit(1)
        )
        or ""
    )
