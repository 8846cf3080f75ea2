"""Starting an assessment and what is set about it: details, places and route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.access import may_in
from ehiia.domain.answers import SubjectGroup
from ehiia.domain.vocabulary import Part, Permission, ProposalKind, Role, RoutePart
from ehiia.services import answering, meeting_dates, organisations, people, scales, team
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotAllowed, Stale, note, read, transaction
from ehiia.services.tries import digest
from ehiia.store.assessments import Assessment, AssessmentPlace, AssessmentVersion, RouteStep
from ehiia.store.organisations import Body, Place
from ehiia.store.people import Person
from ehiia.store.practice import WITH_PRACTICE

TITLE_LENGTH = 200
WORKFORCE_RESTRICTED = (
    "A workforce change is restricted until the consultation of staff opens. Name the equality lead and "
    "whoever decides as readers, or they cannot see it."
)
PRACTICE = "PRACTICE-"
"""In the reference of every practice assessment, and so in the address of all its pages."""


@dataclass(frozen=True)
class NewStep:
    """A step of the route as it is entered."""

    body_id: int
    part: RoutePart
    meeting_on: date | None = None


@dataclass(frozen=True)
class Details:
    """What is said about a proposal when an assessment is started; may be changed while it is written."""

    title: str
    summary: str
    kind: ProposalKind
    place_ids: tuple[int, ...]
    director_id: int | None
    expected_go_live_on: date | None
    route: tuple[NewStep, ...] = ()
    decided_before_on: date | None = None
    """Only when it is started: the day on which it was decided already; late for ever."""
    decided_before_by: str = ""


def start(
    details: Details, *, organisation_id: int, by: int, now: datetime, practice: bool = False, once: str = ""
) -> Assessment:
    """Start an assessment; its author is whoever starts it, and screening comes first.

    One for ``practice`` is numbered apart, so that it leaves no hole among the others. ``once``: what the
    form carried that was sent; sent twice with the same words it gives what it started the first time.

    Raises NotAllowed where the person's posts do not allow it, Invalid by field.
    """
    with transaction() as session:
        key = once_key(once, details, by=by)
        return started_by(session, key, by=by) or start_in(
            session, details, organisation_id=organisation_id, by=by, now=now, practice=practice, once=key
        )


def once_key(once: str, *words: object, by: int) -> str | None:
    """Return the key of a form that a person sent with these words, or None where it carried nothing."""
    return digest(repr((by, once, words))) if once else None


def started_by(session: Session, key: str | None, *, by: int) -> Assessment | None:
    """Return what the same form of this person started before, or None.

    Holds the person's row, so that of two at the same moment the second waits for the first.
    """
    if key is None:
        return None
    session.execute(select(Person.id).where(Person.id == by).with_for_update(key_share=True))
    return session.scalar(
        select(Assessment).where(Assessment.once == key).execution_options(**{WITH_PRACTICE: True})
    )


def start_in(
    session: Session,
    details: Details,
    *,
    organisation_id: int,
    by: int,
    now: datetime,
    practice: bool = False,
    once: str | None = None,
) -> Assessment:
    """Start an assessment in the caller's transaction (see ``start``). ``once``: see ``once_key``."""
    actor = people.actor_of(by, today=day_of(now), session=session)
    ruling = may_in(actor, Permission.START, organisation_id)
    if not ruling:
        raise NotAllowed(ruling.reason)
    organisation = organisations.get(organisation_id, session=session)
    _check(session, details, organisation_id, author_id=by, today=day_of(now))
    year = day_of(now).year
    series, word = ("practice", PRACTICE) if practice else ("assessment", "")
    number = organisations.next_ref(session, organisation, series, year)
    questions = load.question_set("assessment")
    assessment = Assessment(
        organisation_id=organisation_id,
        ref=f"{organisation.ref_prefix}-{word}{year}-{number:03d}",
        practice=practice,
        title=details.title.strip(),
        title_folded=details.title.strip().casefold(),
        summary=details.summary.strip(),
        kind=details.kind,
        question_set_version=questions.version,
        screening_version=load.question_set("screening").version,
        director_id=details.director_id,
        expected_go_live_on=details.expected_go_live_on,
        decided_before_on=details.decided_before_on,
        decided_before_by=details.decided_before_by.strip(),
        late=details.decided_before_on is not None,
        once=once,
        created_by=by,
        created_at=now,
        updated_at=now,
    )
    scales.pin(assessment, scales.scale_for_new(organisations.settings_of(organisation)))
    if details.kind is ProposalKind.WORKFORCE and not practice:
        assessment.restricted, assessment.restricted_reason = True, WORKFORCE_RESTRICTED
    session.add(assessment)
    session.flush()
    session.add(
        AssessmentVersion(
            assessment_id=assessment.id,
            number=1,
            question_set_version=questions.version,
            reference_data=load.reference_data(),
            reason="Started",
            begun_by=by,
            begun_at=now,
        )
    )
    team.take_part(session, assessment.id, by, Part.AUTHOR, by=by, now=now, wrote=True)
    if details.director_id is not None:
        team.take_part(session, assessment.id, details.director_id, Part.DIRECTOR, by=by, now=now)
    _set_places(session, assessment, details.place_ids)
    _set_route(session, assessment, details.route)
    national = {group.code: group for group in load.groups()}
    for position, code in enumerate(answering.always_asked(questions)):
        group = national[code]
        answering.add_group(
            session,
            assessment.id,
            SubjectGroup(code, group.label, group.people, group.legal_status, group.first_aim_only),
            position,
        )
    answering.recount(session, assessment)
    note(
        session,
        "started",
        organisation_id=organisation_id,
        subject=f"assessment:{assessment.id}",
        by=by,
        at=now,
        ref=assessment.ref,
        title=assessment.title,
        kind=assessment.kind.value,
    )
    return assessment


def _check(session: Session, details: Details, organisation_id: int, *, author_id: int, today: date) -> None:
    """Refuse what cannot be: raises Invalid with every field that is wrong."""
    errors: dict[str, str] = {}
    if not details.title.strip():
        errors["title"] = "Enter what is being decided, so that a stranger would understand it"
    elif len(details.title.strip()) > TITLE_LENGTH:
        errors["title"] = f"What is being decided must be {TITLE_LENGTH} characters or fewer"
    if details.decided_before_on is not None and details.decided_before_on > today:
        errors["decided_before_on"] = "The day on which it was decided cannot be in the future"
    elif details.decided_before_on is not None and not details.decided_before_by.strip():
        errors["decided_before_by"] = "Enter who decided it"
    elif details.decided_before_on is None and details.decided_before_by.strip():
        errors["decided_before_on"] = "Enter the day on which it was decided"
    directors = {p.id for p in people.with_role(organisation_id, Role.DIRECTOR, today=today, session=session)}
    if details.director_id is not None and details.director_id not in directors:
        errors["director_id"] = "Choose an accountable director from the list"
    elif details.director_id == author_id:
        errors["director_id"] = "The author cannot be the accountable director too. Choose somebody else"
    known = set(session.scalars(select(Place.id).where(Place.organisation_id == organisation_id)))
    if set(details.place_ids) - known:
        errors["place_ids"] = "Choose places from the list"
    bodies = set(session.scalars(select(Body.id).where(Body.organisation_id == organisation_id)))
    if {step.body_id for step in details.route} - bodies:
        errors["route"] = "Choose bodies from the list"
    elif sum(step.part is RoutePart.DECIDES for step in details.route) > 1:
        errors["route"] = "Only one body decides. Let the others endorse or ratify"
    if errors:
        raise Invalid(**errors)


def _set_places(session: Session, assessment: Assessment, place_ids: Sequence[int]) -> None:
    session.execute(delete(AssessmentPlace).where(AssessmentPlace.assessment_id == assessment.id))
    for place in session.scalars(select(Place).where(Place.id.in_(place_ids))):
        session.add(
            AssessmentPlace(
                organisation_id=assessment.organisation_id,
                assessment_id=assessment.id,
                place_id=place.id,
                name=place.name,
            )
        )
    session.flush()


def _set_route(session: Session, assessment: Assessment, route: Sequence[NewStep]) -> None:
    session.execute(delete(RouteStep).where(RouteStep.assessment_id == assessment.id))
    for position, step in enumerate(route, start=1):
        session.add(
            RouteStep(
                organisation_id=assessment.organisation_id,
                assessment_id=assessment.id,
                position=position,
                body_id=step.body_id,
                part=step.part,
                meeting_on=step.meeting_on,
            )
        )
    session.flush()


def change_details(
    ref: str, details: Details, *, revision: int, moved_reason: str = "", by: int, now: datetime
) -> Assessment:
    """Change what is said about the proposal. Counts as writing, and undoes a pass.

    ``moved_reason``: why the deciding meeting is on another day, where its day has passed.
    Raises Stale where somebody changed the assessment since the page was made, Invalid by field.
    """
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.WRITE, actor=actor, session=session, lock=True).assessment
        if assessment.revision != revision:
            raise Stale
        author = team.author_of(session, assessment.id)
        _check(session, details, assessment.organisation_id, author_id=author or by, today=day_of(now))
        meeting = next((step.meeting_on for step in details.route if step.part is RoutePart.DECIDES), None)
        meeting_dates.keep(session, assessment, meeting, reason=moved_reason, by=by, now=now)
        before = {"title": assessment.title, "kind": assessment.kind.value}
        assessment.title = details.title.strip()
        assessment.title_folded = assessment.title.casefold()
        assessment.summary, assessment.kind = details.summary.strip(), details.kind
        assessment.expected_go_live_on = details.expected_go_live_on
        if assessment.director_id != details.director_id:
            if assessment.director_id is not None:
                team.leave(session, assessment.id, assessment.director_id, Part.DIRECTOR, now=now)
            if details.director_id is not None:
                team.take_part(session, assessment.id, details.director_id, Part.DIRECTOR, by=by, now=now)
            assessment.director_id = details.director_id
        _set_places(session, assessment, details.place_ids)
        _set_route(session, assessment, details.route)
        answering.changed_answers(
            session, assessment, by=by, now=now, what={"details": True, "before": before}
        )
        answering.recount(session, assessment)
    return assessment


# -- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A step of the route with the name of its body."""

    position: int
    body_id: int
    body: str
    committee: bool
    part: RoutePart
    meeting_on: date | None
    minute: str


def route_of(assessment_id: int, *, session: Session | None = None) -> list[Step]:
    """Return the route in order."""
    rows = (session or read()).execute(
        select(RouteStep, Body.name, Body.committee)
        .join(Body, Body.id == RouteStep.body_id)
        .where(RouteStep.assessment_id == assessment_id)
        .order_by(RouteStep.position)
    )
    return [
        Step(row.position, row.body_id, name, committee, row.part, row.meeting_on, row.minute)
        for row, name, committee in rows
    ]


def places_of(assessment_id: int, *, session: Session | None = None) -> list[tuple[int, str]]:
    """Return the places it touches: ids and names as they were."""
    rows = (session or read()).execute(
        select(AssessmentPlace.place_id, AssessmentPlace.name)
        .where(AssessmentPlace.assessment_id == assessment_id)
        .order_by(AssessmentPlace.name)
    )
    return [(place_id, name) for place_id, name in rows]
