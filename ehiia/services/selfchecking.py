"""The self-check of an assessment: what its rules find as it stands, and what people said to that.

It is worked out whenever somebody looks, in a fixed number of queries, and kept nowhere but for the
explanations. It never stands in the way of saving; what stops a submission are the missing answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import holidays
from ehiia.content.rules import rules
from ehiia.domain import selfcheck
from ehiia.domain.access import OPEN, WRITERS
from ehiia.domain.lacking import MissingAnswer
from ehiia.domain.schedule import add_working_days
from ehiia.domain.selfcheck import Gravity, Matter, Place, Signal
from ehiia.domain.vocabulary import Part, Permission, Stage
from ehiia.services import organisations, overview, people, planning, screening
from ehiia.services.overview import Whole
from ehiia.services.sight import deciding_step, see
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.people import Person
from ehiia.store.quality import Explanation

__all__ = ["Explained", "Finding", "Gravity", "SelfCheck", "explain", "self_check"]

"""Stages in which a finding can be explained: while the author has it."""
BEFORE_THE_CHECK = OPEN | {Stage.SCREENING, Stage.WITH_DIRECTOR}
LONGEST = 4000


@dataclass(frozen=True)
class Explained:
    """Why a finding stands and is right."""

    text: str
    by: str
    at: datetime
    revision: int
    current: bool
    """False where the finding read otherwise when it was explained."""


@dataclass(frozen=True)
class Finding:
    """Something a rule found, in words."""

    rule: str
    title: str
    text: str
    put_right: str
    gravity: Gravity
    place: Place
    explained: Explained | None = None

    @property
    def key(self) -> str:
        """Name it by its rule and its place."""
        return "|".join((self.rule, self.place.section_id, self.place.subject, self.place.anchor))

    @property
    def open(self) -> bool:
        """Whether it still has to be put right or explained."""
        settled = self.explained is not None and self.explained.current
        return self.gravity is Gravity.STOP or (self.gravity is Gravity.WARNING and not settled)


@dataclass(frozen=True)
class SelfCheck:
    """Everything that was found, the weightiest first."""

    findings: tuple[Finding, ...]
    unanswered: int
    """Questions still to be answered; they are no findings."""

    @property
    def open(self) -> tuple[Finding, ...]:
        """What still has to be put right or explained."""
        return tuple(one for one in self.findings if one.open)

    @property
    def wanting(self) -> tuple[Finding, ...]:
        """What stops nothing, and still has to be put right or explained."""
        return tuple(one for one in self.open if one.gravity is Gravity.WARNING)

    @property
    def explained(self) -> tuple[Finding, ...]:
        """What was explained and stands."""
        return tuple(one for one in self.findings if one.gravity is Gravity.WARNING and not one.open)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """What would be better."""
        return tuple(one for one in self.findings if one.gravity is Gravity.ADVICE)

    def of(self, gravity: Gravity) -> tuple[Finding, ...]:
        """Return what is open of one weight; of advice all."""
        if gravity is Gravity.ADVICE:
            return self.advice
        return tuple(one for one in self.open if one.gravity is gravity)

    def at(self, section_id: str, subject: str = "") -> tuple[Finding, ...]:
        """Return what was found on one page. Mitigating actions belong to the page of their section."""
        return tuple(
            one
            for one in self.findings
            if one.place.section_id == section_id and (one.place.subject == subject or not subject)
        )


def self_check(
    assessment: Assessment, *, today: date, whole: Whole | None = None, session: Session | None = None
) -> SelfCheck:
    """Run every rule on the assessment as it stands. ``whole``: what was read of it already."""
    session = session or read()
    whole = whole or overview.whole(assessment)
    matter = _matter(session, assessment, whole, today)
    said = _explained(session, assessment)
    found = [_stop(item) for item in selfcheck.stops(whole.review.missing)]
    found += [_found(signal, said) for signal in selfcheck.look(matter)]
    order = list(Gravity)
    found.sort(key=lambda one: order.index(one.gravity))
    return SelfCheck(tuple(found), len(whole.review.missing) - len(selfcheck.stops(whole.review.missing)))


def _matter(session: Session, assessment: Assessment, whole: Whole, today: date) -> Matter:
    settings = organisations.settings_of(organisations.get(assessment.organisation_id, session=session))
    step = deciding_step(session, assessment.id)
    parts = session.execute(
        select(Participant.part, Participant.person_id, Person.name)
        .join(Person, Person.id == Participant.person_id)
        .where(Participant.assessment_id == assessment.id, Participant.ended_at.is_(None))
        .order_by(Person.name)
    ).all()
    pace = planning.pace_of(settings)
    with_director = pace.director_agrees and assessment.stage is not Stage.WITH_DIRECTOR
    days = pace.check + (pace.director if with_director else 0)
    before = assessment.stage in BEFORE_THE_CHECK
    return Matter(
        answers=whole.answers,
        questions=whole.questions,
        today=today,
        title=assessment.title,
        director_writes=any(
            part in WRITERS and person == assessment.director_id for part, person, _ in parts
        ),
        authors=tuple(name for part, _, name in parts if part is Part.AUTHOR),
        contributors=tuple(name for part, _, name in parts if part is Part.CONTRIBUTOR),
        meeting_on=step[0].meeting_on if step else None,
        earliest_pass_on=add_working_days(today, days, holidays.bank_holidays()) if before else None,
        screening=screening.values_of(assessment, session=session),
        borders=whole.borders,
    )


Key = tuple[str, str, str, str]


def _explained(session: Session, assessment: Assessment) -> dict[Key, tuple[Explanation, str]]:
    rows = session.execute(
        select(Explanation, Person.name)
        .join(Person, Person.id == Explanation.by)
        .where(Explanation.assessment_id == assessment.id)
        .execution_options(populate_existing=True)
    )
    return {(row.rule, row.section, row.subject, row.anchor): (row, name) for row, name in rows}


def _stop(item: MissingAnswer) -> Finding:
    words = rules()[item.rule]
    place = Place(item.section_id, item.subject, item.question_id, item.anchor)
    return Finding(item.rule, words.title, item.text, words.put_right, Gravity.STOP, place)


def _found(signal: Signal, said: dict[Key, tuple[Explanation, str]]) -> Finding:
    words, place = rules()[signal.rule], signal.place
    text = words.said(signal)
    given = said.get((signal.rule, place.section_id, place.subject, place.anchor))
    explained = None
    if given is not None and words.severity is Gravity.WARNING:
        row, name = given
        explained = Explained(row.text, name, row.at, row.revision, row.finding == text)
    return Finding(signal.rule, words.title, text, words.put_right, words.severity, place, explained)


def explain(ref: str, *, key: str, text: str, revision: int, by: int, now: datetime) -> None:
    """Keep why a finding stands and is right. ``revision``: of the explanation on the page, 0 for none.

    Raises NotFound where nothing of that key is found any more, Refused while the author does not have it,
    Invalid (field ``text``) without words, or where somebody else explained it meanwhile.
    """
    text = text.strip()
    if not text:
        raise Invalid(text="Say why it is right as it stands")
    if len(text) > LONGEST:
        raise Invalid(text="The explanation must be 4,000 characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        if assessment.stage not in OPEN:
            raise Refused(f"It cannot be explained while it is “{assessment.stage.label}”.")
        found = self_check(assessment, today=day_of(now), session=session)
        finding = next((one for one in found.findings if one.key == key), None)
        if finding is None or finding.gravity is not Gravity.WARNING:
            raise NotFound
        place = finding.place
        row = session.scalar(
            select(Explanation).where(
                Explanation.assessment_id == assessment.id,
                Explanation.rule == finding.rule,
                Explanation.section == place.section_id,
                Explanation.subject == place.subject,
                Explanation.anchor == place.anchor,
            )
        )
        if row is not None and (row.text, row.finding) == (text, finding.text):
            return  # the form was sent twice
        if row is not None and row.revision != revision:
            name = people.names({row.by}, session=session).get(row.by, "Somebody else")
            raise Invalid(text=f"{name} explained this meanwhile: “{row.text}”. Save again to replace it")
        if row is None:
            row = Explanation(
                assessment_id=assessment.id,
                rule=finding.rule,
                section=place.section_id,
                subject=place.subject,
                anchor=place.anchor,
                revision=0,
            )
            session.add(row)
        row.finding, row.text, row.by, row.at = finding.text, text, by, now
        row.revision += 1
        note_on(
            session,
            assessment,
            "finding_explained",
            by=by,
            at=now,
            rule=finding.rule,
            about=place.subject or place.section_id,
            note=text,
        )
