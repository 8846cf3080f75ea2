"""Assessments at every stage, made through the services by the people of the tests: the smallest valid thing.

``started`` to ``decided`` each take an assessment one step further than the one before it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ehiia.content import load
from ehiia.content.criteria import criteria
from ehiia.domain import completeness
from ehiia.domain.checking import Mark, Score
from ehiia.domain.lacking import MissingAnswer
from ehiia.domain.questions import AnswerKind, Question, SectionKind
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    InPlace,
    Likelihood,
    Outcome,
    Permission,
    ProposalKind,
    Reauthentication,
    RoutePart,
    Severity,
)
from ehiia.services import (
    answering,
    assessments,
    checks,
    deciding,
    evidence,
    mitigations,
    papers,
    quality,
    screening,
    submission,
    word_out,
)
from ehiia.services import people as people_service
from ehiia.services.answered import answers_of, page_of, question_set_of
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.assessments import Details, NewStep
from ehiia.services.decision_entry import Decision, Term
from ehiia.services.evidence import Source
from ehiia.services.mitigations import Promise
from ehiia.services.people import Reauthenticated
from ehiia.services.sight import see
from ehiia.services.transaction import read
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow, SnapshotRow
from tests.domain.whole import answer_to
from tests.people import Cast
from tests.remembered import remembered

HOUR = timedelta(hours=1)

THREE = (Dimension.ACCESS, Dimension.EXPERIENCE, Dimension.OUTCOMES)
BETTER: dict[str, str | int | None] = {
    "direction": "better",
    "magnitude": "low",
    "confidence": "moderate",
    "reason": "New rooms have level floors.",
}
"""An impact that leaves somebody better off, by the names of the columns."""


def details(cast: Cast, **changes: Any) -> Details:
    """Return the details of a proposal that Carol decides alone, and Daniel directs."""
    given: dict[str, Any] = {
        "title": "Moving the Harbour Road surgery",
        "summary": "The surgery moves two miles inland.",
        "kind": ProposalKind.SERVICE_CHANGE,
        "place_ids": cast.place_ids[:1],
        "director_id": cast.daniel,
        "expected_go_live_on": date(2026, 9, 1),
        "route": (NewStep(cast.alone_id, RoutePart.DECIDES, date(2026, 4, 20)),),
    }
    return Details(**(given | changes))


def to_the_board(cast: Cast, meeting_on: date | None = date(2026, 4, 20)) -> tuple[NewStep, ...]:
    """Return a route on which the committee decides: Carol chairs, Grace is its secretary."""
    return (NewStep(cast.board_id, RoutePart.DECIDES, meeting_on),)


def current(ref: str) -> Assessment:
    """Return an assessment as it is in the database now."""
    from sqlalchemy import select

    query = select(Assessment).where(Assessment.ref == ref).execution_options(populate_existing=True)
    return read().scalars(query).one()


@remembered
def started(cast: Cast, now: datetime, **changes: Any) -> str:
    """Amina starts an assessment; return its reference."""
    return assessments.start(
        details(cast, **changes), organisation_id=cast.organisation_id, by=cast.amina, now=now
    ).ref


@remembered
def screened(cast: Cast, now: datetime, **changes: Any) -> str:
    """Amina answers the screening so that a full assessment is needed, and goes on to it."""
    ref = started(cast, now, **changes)
    questions = load.question_set("screening")
    given = {
        question.id: Given(_value(question))
        for section in questions.sections
        for question in section.questions
    }
    given["worse_off"] = Given("yes")
    screening.save(ref, given, by=cast.amina, now=now)
    screening.finish(ref, by=cast.amina, now=now)
    return ref


@remembered
def answered(cast: Cast, now: datetime, *, worse: bool = False, by: int | None = None, **changes: Any) -> str:
    """Amina answers everything; with ``worse`` disabled people are worse off and Helen owns an action."""
    ref = screened(cast, now, **changes)
    complete_assessment(cast, ref, now, worse=worse, by=by)
    return ref


def complete_assessment(
    cast: Cast, ref: str, now: datetime, *, worse: bool = False, by: int | None = None
) -> None:
    """Fill every question that is asked with the smallest valid answer, walking over what is missing."""
    writer = by or cast.amina
    if worse:
        _worse_off(cast, ref, writer, now)
    for _ in range(12):
        assessment = current(ref)
        left = completeness.missing(question_set_of(assessment), answers_of(read(), assessment))
        read().rollback()
        if not left:
            return
        for subject in dict.fromkeys(item.subject for item in left):
            _fill(ref, subject, [item for item in left if item.subject == subject], writer, now)
    raise AssertionError(f"still missing: {left}")


def _fill(ref: str, subject: str, left: list[MissingAnswer], by: int, now: datetime) -> None:
    assessment = current(ref)
    questions = question_set_of(assessment)
    page = page_of(assessment, subject)
    read().rollback()
    given = {}
    for item in left:
        question = questions.question(item.question_id)
        if item.question_id == "evidence":
            shows = "How many people come, and from where."
            evidence.add(
                ref,
                Source("census", "Census 2021", "ONS", "2021", shows, strength=Confidence.STRONG),
                by=by,
                now=now,
            )
        elif question is not None:
            section = questions.section(item.section_id)
            affected = section is not None and section.kind is SectionKind.GROUP and question.id == "affected"
            value = "no" if affected else _value(question)
            given[question.id] = Given(value, page.revisions.get(question.id, 0))
    if given:
        answering.save_page(ref, subject=subject, answers=given, by=by, now=now)


def _value(question: Question) -> Any:
    if question.id == "conclusion":
        return "go_ahead"
    return ["homeless"] if question.kind is AnswerKind.GROUPS else answer_to(question)


def _worse_off(cast: Cast, ref: str, by: int, now: datetime) -> None:
    worse: dict[str, str | int | None] = {
        "direction": "worse",
        "magnitude": "medium",
        "confidence": "moderate",
        "reason": "The bus stops at five.",
        "number_affected": "hundreds",
        "duration": "years",
        "reversible": "partly",
        "likelihood_before": 4,
        "severity_before": 4,
        "likelihood_after": 2,
        "severity_after": 3,
    }
    answering.save_page(
        ref,
        subject="disability",
        answers={"affected": Given("yes")},
        impacts={
            dimension: GivenImpact(worse if dimension is Dimension.ACCESS else BETTER) for dimension in THREE
        },
        by=by,
        now=now,
    )
    mitigations.add(ref, minibus(cast), by=by, now=now)


def minibus(cast: Cast, **changes: Any) -> Promise:
    """Return the action that answers what disabled people lose in access; Helen owns it."""
    given: dict[str, Any] = {
        "what": "A minibus from the harbour, twice a day.",
        "owner_id": cast.helen,
        "due_on": date(2026, 8, 1),
        "measure": "Rides each week",
        "in_place": InPlace.BEFORE,
        "likelihood": Likelihood(2),
        "severity": Severity(3),
        "answers": (("disability", "access"),),
    }
    return Promise(**(given | changes))


@remembered
def submitted(cast: Cast, now: datetime, **changes: Any) -> str:
    """Amina submits; it waits for Daniel."""
    ref = answered(cast, now, **changes)
    submission.submit(ref, declared=True, by=cast.amina, now=now + HOUR)
    return ref


@remembered
def agreed(cast: Cast, now: datetime, **changes: Any) -> str:
    """Daniel agrees; it waits to be checked."""
    ref = submitted(cast, now, **changes)
    submission.agree(ref, by=cast.daniel, now=now + 2 * HOUR)
    return ref


def satisfy(ref: str, by: int, now: datetime) -> None:
    """An equality lead finds every page satisfying, and every criterion good enough."""
    quality.mark(ref, {one.id: Mark(one.id, Score.GOOD) for one in criteria()}, by=by, now=now)
    pages = checks.pages_to_check(current(ref))
    read().rollback()
    for page in pages:
        checks.find_section(ref, key=page.key, satisfied=True, note_text="", by=by, now=now)


@remembered
def passed(cast: Cast, now: datetime, *, reservations: str = "", **changes: Any) -> str:
    """Ben checks and passes it; it is ready for the decision."""
    ref = agreed(cast, now, **changes)
    satisfy(ref, cast.ben, now + 3 * HOUR)
    checks.pass_check(ref, reservations=reservations, by=cast.ben, now=now + 3 * HOUR)
    return ref


def version(ref: str) -> SnapshotRow:
    """Return the frozen version that may be decided."""
    found = checks.version_for_decision(read(), current(ref))
    assert found is not None
    read().rollback()
    return found


def again(now: datetime) -> Reauthenticated:
    """Return proof that somebody signed in again."""
    return Reauthenticated(Reauthentication.PASSWORD, now)


def decide_alone(
    cast: Cast, ref: str, now: datetime, outcome: Outcome = Outcome.APPROVED, **more: Any
) -> RecordRow:
    """Carol reads the version and decides alone."""
    if outcome is Outcome.DEFERRED:
        more = {"awaited": "The survey of patients.", "awaited_until": date(2027, 1, 29)} | more
    sha256 = version(ref).sha256
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now)
    return deciding.decide(
        ref,
        Decision(outcome=outcome, reasons="It is the better place.", **more),
        sha256=sha256,
        reauthenticated=again(now),
        by=cast.carol,
        now=now,
    )


def decided(
    cast: Cast, now: datetime, outcome: Outcome = Outcome.APPROVED, **changes: Any
) -> tuple[str, RecordRow]:
    """Carol decides alone; nothing is sealed yet."""
    ref = passed(cast, now, **changes)
    return ref, decide_alone(cast, ref, now + 4 * HOUR, outcome)


def meeting(**changes: Any) -> Decision:
    """Return what Grace enters of a meeting."""
    given: dict[str, Any] = {
        "outcome": Outcome.WITH_CONDITIONS,
        "reasons": "The Board saw that the bus matters.",
        "terms": (
            Term(
                "The minibus runs before the doors open.",
                None,
                "Jo Bell, Harbour Minibuses",
                date(2026, 8, 31),
            ),
        ),
        "meeting_on": date(2026, 3, 2),
        "minute": "ICB-26-03, item 7",
        "members_present": ("Carol Whitfield", "John Reeve"),
        "conflicts": "None",
        "version_circulated": True,
    }
    return Decision(**(given | changes))


def in_word(ref: str, *, by: int, now: datetime, blank: bool = False) -> bytes:
    """Return an assessment as a form in Word, as this person downloads it."""
    seen = see(ref, Permission.READ, actor=people_service.actor_of(by, today=now.date()))
    return word_out.document_of(seen, blank=blank, made_at=now, made_at_words="today")
