"""A large assessment: what a closure of a hospital ward might bring together over two years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ehiia.domain.vocabulary import Confidence, HeadCount
from ehiia.services import answering, engagement, evidence, mitigations
from ehiia.services.answered import page_of, question_set_of
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.engagement import Entry
from ehiia.services.evidence import Source
from ehiia.services.transaction import read
from tests import factories
from tests.domain.whole import answer_to
from tests.people import Cast

SOURCES, ENGAGEMENTS, MITIGATIONS = 40, 30, 25
AFFECTED = ("age", "race", "sex", "religion", "sexual_orientation", "gender_reassignment", "pregnancy")


def make(cast: Cast, now: datetime, *, large: bool = True) -> str:
    """Answer everything; with 150 answers, 40 sources, 30 engagements and 25 actions, or one of each."""
    ref = factories.answered(cast, now, worse=True)
    for code in AFFECTED if large else ():
        _affected(ref, code, cast, now)
    for number in range(2, SOURCES + 1) if large else ():  # the first is there already
        source = Source(
            "census", f"Census table {number}", "ONS", "2021", "One in five.", strength=Confidence.STRONG
        )
        evidence.add(ref, source, by=cast.amina, now=now)
    for number in range(ENGAGEMENTS if large else 1):
        entry = Entry(
            on_date=date(2026, 1, 5) + timedelta(days=number),
            place=f"Village hall {number}",
            channel="went_to_them",
            heard={"disability": HeadCount.UNDER_10, "age": None},
            said=f"The bus stops at five, said table {number}.",
            changed="A minibus was added.",
        )
        engagement.add(ref, entry, by=cast.amina, now=now)
    for number in range(2, MITIGATIONS + 1) if large else ():
        promise = factories.minibus(cast, what=f"Minibus number {number} from the harbour.")
        mitigations.add(ref, promise, by=cast.amina, now=now)
    return ref


def _affected(ref: str, code: str, cast: Cast, now: datetime) -> None:
    """Answer every question about a group, which would be better off."""
    assessment = factories.current(ref)
    page = page_of(assessment, code)
    (section,) = (s for s in question_set_of(assessment).sections if code in s.subjects)
    given = {
        question.id: Given(
            "yes" if question.id == "affected" else answer_to(question), page.revisions.get(question.id, 0)
        )
        for question in section.questions
    }
    read().rollback()
    impacts = {one: GivenImpact(factories.BETTER) for one in factories.THREE}
    answering.save_page(ref, subject=code, answers=given, impacts=impacts, by=cast.amina, now=now)
