"""Carrying out a review: what was predicted beside what happened, saved unfinished, and how it goes on.

Pages are saved one by one, whatever is missing; who saves second sees the
first's words and keeps their own. What is missing blocks only the finish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import looking_back as rules
from ehiia.domain.answers import Risk
from ehiia.domain.looking_back import Found, Lacks, Predicted, Worked
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Claim, Likelihood, Permission, ReviewOutcome, Severity, Stage, Verdict
from ehiia.services import freezing, moves, people, reviews
from ehiia.services.scales import scale_of
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotFound, Refused, Stale, read, transaction
from ehiia.store.answers import AuditItem, MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow, Review
from ehiia.store.people import Person
from ehiia.store.reviews import ReviewedAction, ReviewFinding

__all__ = [
    "Action",
    "Ended",
    "GivenAction",
    "Open",
    "Page",
    "opened",
    "save_actions",
    "save_end",
    "save_page",
]

LONGEST = 4000
SHORTER = 2000


@dataclass(frozen=True)
class Action:
    """A mitigating action as a review sees it: promise, claim, verdict, and whether it worked."""

    id: int
    ref: str
    what: str
    owner: str
    claim: Claim
    verdict: Verdict | None
    worked: Worked | None
    note: str


@dataclass(frozen=True)
class Page:
    """A page of a review: a group, or what is answered in one question."""

    key: str
    title: str
    impacts: tuple[Predicted, ...]
    revision: int
    """Rises with every save; 0 where nothing was saved."""
    lacks: tuple[Lacks, ...]
    by: str
    """Who saved last."""

    @property
    def begun(self) -> bool:
        """Whether anything was saved."""
        return self.revision > 0


@dataclass(frozen=True)
class Open:
    """A review that is being carried out."""

    review: Review
    pages: tuple[Page, ...]
    found: Mapping[tuple[str, str], Found]
    actions: tuple[Action, ...]
    actions_revision: int
    actions_by: str
    lacks: tuple[Lacks, ...]
    """Everything that is still to be said, but for how it goes on."""
    scale: Scale

    def page(self, key: str) -> Page:
        """Return a page by its key. Raises NotFound."""
        for page in self.pages:
            if page.key == key:
                return page
        raise NotFound


@dataclass(frozen=True)
class GivenAction:
    """What is said of one action."""

    worked: Worked | None = None
    note: str = ""


@dataclass(frozen=True)
class Ended:
    """How a review goes on, as it is entered; everything may still be missing while it is only saved."""

    outcome: ReviewOutcome | None = None
    happened: str = ""
    reasons: str = ""
    lessons: str = ""

    def kept(self) -> tuple[ReviewOutcome | None, str, str, str]:
        """Return what a row keeps of it."""
        return self.outcome, self.happened.strip(), self.reasons.strip(), self.lessons.strip()

    def errors(self, *, finish: bool) -> dict[str, str]:
        """Return what is wrong by field; what is missing counts only where it is finished."""
        errors = {
            name: f"This must be {LONGEST:,} characters or fewer"
            for name in ("happened", "reasons", "lessons")
            if len(getattr(self, name).strip()) > LONGEST
        }
        if finish:
            if self.outcome is None:
                errors["outcome"] = "Choose how it goes on"
            if not self.happened.strip():
                errors["happened"] = "Say what really happened to the people concerned, and how you know"
            if not self.reasons.strip():
                errors["reasons"] = "Enter why it goes on like this"
        return errors


# -- reading -----------------------------------------------------------------------------------


def opened(assessment: Assessment, *, session: Session | None = None) -> Open:
    """Read the review that is planned, with everything that was saved of it: a fixed number of queries.

    Raises NotFound where none is planned.
    """
    session = session or read()
    review = reviews.open_review(session, assessment)
    if review is None:
        raise NotFound
    text = session.scalar(
        select(RecordRow.text)
        .where(RecordRow.assessment_id == assessment.id)
        .order_by(RecordRow.edition.desc())
        .limit(1)
    )
    impacts = rules.predicted(freezing.thaw_record(text).snapshot) if text else ()
    rows = session.execute(
        select(ReviewFinding, Person.name)
        .join(Person, Person.id == ReviewFinding.by)
        .where(ReviewFinding.review_id == review.id)
        .order_by(ReviewFinding.at)
    ).all()
    found = {(row.subject, row.dimension): _found(row) for row, _ in rows}
    actions, actions_revision, actions_by = _actions(session, assessment.id, review.id)
    lacks = rules.lacking(impacts, found, {one.ref: one.worked for one in actions})
    pages = []
    for key in dict.fromkeys(one.page for one in impacts):
        here = tuple(one for one in impacts if one.page == key)
        keys = {one.key for one in here}
        saved = [(row, name) for row, name in rows if (row.subject, row.dimension) in keys]
        pages.append(
            Page(
                key=key,
                title="Core20PLUS5 and combinations" if key == rules.EFFECTS else here[0].label,
                impacts=here,
                revision=sum(row.revision for row, _ in saved),
                lacks=tuple(one for one in lacks if one.page == key),
                by=saved[-1][1] if saved else "",
            )
        )
    return Open(
        review, tuple(pages), found, actions, actions_revision, actions_by, lacks, scale_of(assessment)
    )


def _found(row: ReviewFinding) -> Found:
    risk = (
        Risk(Likelihood(row.likelihood), Severity(row.severity)) if row.likelihood and row.severity else None
    )
    return Found(row.turned, row.happened, row.evidence, risk)


def _actions(session: Session, assessment_id: int, review_id: int) -> tuple[tuple[Action, ...], int, str]:
    newest = (
        select(AuditItem.mitigation_id, func.max(AuditItem.id).label("id"))
        .group_by(AuditItem.mitigation_id)
        .subquery()
    )
    rows = session.execute(
        select(MitigationRow, Person.name, AuditItem.verdict, ReviewedAction)
        .outerjoin(Person, Person.id == MitigationRow.owner_id)
        .outerjoin(newest, newest.c.mitigation_id == MitigationRow.id)
        .outerjoin(AuditItem, AuditItem.id == newest.c.id)
        .outerjoin(
            ReviewedAction,
            (ReviewedAction.mitigation_id == MitigationRow.id) & (ReviewedAction.review_id == review_id),
        )
        .where(MitigationRow.assessment_id == assessment_id, MitigationRow.taken_out_at.is_(None))
        .order_by(MitigationRow.id)
    ).all()
    saved = [said for _, _, _, said in rows if said is not None]
    last = max(saved, key=lambda one: one.at, default=None)
    by = people.names({last.by}, session=session).get(last.by, "") if last else ""
    actions = tuple(
        Action(
            row.id,
            row.ref,
            row.what,
            owner or row.outside_owner,
            row.claim,
            verdict,
            said.worked if said else None,
            said.note if said else "",
        )
        for row, owner, verdict, said in rows
    )
    return actions, sum(one.revision for one in saved), by


# -- saving ------------------------------------------------------------------------------------


def save_page(
    ref: str, key: str, given: Mapping[tuple[str, str], Found], *, revision: int, by: int, now: datetime
) -> None:
    """Save one page, whatever is missing. ``revision``: of the page as it was shown.

    Raises Invalid where a text is too long or half a rating is given (field: "<subject>-<dimension>-..."),
    Stale where somebody else saved the page meanwhile, Refused, NotFound, NotAllowed.
    """
    errors = {}
    for (subject, dimension), one in given.items():
        for name in ("happened", "evidence"):
            if len(getattr(one, name).strip()) > SHORTER:
                errors[f"{subject}-{dimension}-{name}"] = f"This must be {SHORTER:,} characters or fewer"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        assessment, review = _mine(session, ref, by, now)
        here = opened(assessment, session=session)
        page = here.page(key)
        known = {one.key for one in page.impacts}
        new = {
            where: _trimmed(one)
            for where, one in given.items()
            if where in known and _trimmed(one) != here.found.get(where, rules.NOTHING)
        }
        if not new:
            return  # nothing changed, or the form was sent twice
        if page.revision != revision:
            raise Stale
        for (subject, dimension), one in new.items():
            row = session.get(ReviewFinding, (review.id, subject, dimension))
            if row is None:
                row = ReviewFinding(review_id=review.id, subject=subject, dimension=dimension, revision=0)
                session.add(row)
            row.turned, row.happened, row.evidence = one.turned, one.happened, one.evidence
            row.likelihood = int(one.risk.likelihood) if one.risk else None
            row.severity = int(one.risk.severity) if one.risk else None
            row.revision, row.by, row.at = row.revision + 1, by, now
        moves.touch(assessment, now)


def _trimmed(one: Found) -> Found:
    return Found(one.turned, one.happened.strip(), one.evidence.strip(), one.risk)


def save_actions(
    ref: str, given: Mapping[int, GivenAction], *, revision: int, by: int, now: datetime
) -> None:
    """Save whether the actions worked, by their ids, whatever is missing. Raises as ``save_page``."""
    errors = {
        f"a{row_id}-note": f"This must be {SHORTER:,} characters or fewer"
        for row_id, one in given.items()
        if len(one.note.strip()) > SHORTER
    }
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        assessment, review = _mine(session, ref, by, now)
        here = opened(assessment, session=session)
        stored = {one.id: GivenAction(one.worked, one.note) for one in here.actions}
        new = {
            row_id: GivenAction(one.worked, one.note.strip())
            for row_id, one in given.items()
            if row_id in stored and GivenAction(one.worked, one.note.strip()) != stored[row_id]
        }
        if not new:
            return
        if here.actions_revision != revision:
            raise Stale
        for row_id, one in new.items():
            row = session.get(ReviewedAction, (review.id, row_id))
            if row is None:
                row = ReviewedAction(review_id=review.id, mitigation_id=row_id, revision=0)
                session.add(row)
            row.worked, row.note = one.worked, one.note
            row.revision, row.by, row.at = row.revision + 1, by, now
        moves.touch(assessment, now)


def save_end(ref: str, ended: Ended, *, revision: int, by: int, now: datetime) -> None:
    """Save how it is to go on, unfinished. ``revision``: of the review. Raises as ``save_page``."""
    if errors := ended.errors(finish=False):
        raise Invalid(**errors)
    with transaction() as session:
        assessment, row = _mine(session, ref, by, now)
        if fill(row, ended, revision=revision):
            moves.touch(assessment, now)


def fill(row: Review, ended: Ended, *, revision: int) -> bool:
    """Put what was entered into the review in the caller's transaction; say whether anything changed."""
    if says(row, ended):
        return False
    if row.revision != revision:
        raise Stale
    row.outcome, row.happened, row.outcome_reasons, row.lessons = ended.kept()
    row.revision += 1
    return True


def says(row: Review, ended: Ended) -> bool:
    """Whether the review says just what was entered."""
    return (row.outcome, row.happened, row.outcome_reasons, row.lessons) == ended.kept()


def _mine(session: Session, ref: str, by: int, now: datetime) -> tuple[Assessment, Review]:
    actor = people.actor_of(by, today=day_of(now), session=session)
    assessment = see(ref, Permission.REVIEW, actor=actor, session=session, lock=True).assessment
    return assessment, being_reviewed(session, assessment)


def being_reviewed(session: Session, assessment: Assessment) -> Review:
    """Return the review that can be carried out now. Raises Refused, NotFound."""
    if assessment.stage is not Stage.IN_FORCE:
        raise Refused(f"It cannot be reviewed while it is “{assessment.stage.label}”.")
    row = reviews.open_review(session, assessment)
    if row is None:
        raise NotFound
    return row


def labels(lacks: Iterable[Lacks]) -> str:
    """Return in one sentence what is still to be said."""
    return "; ".join(one.reason.text for one in lacks)
