"""What somebody left behind: listed, shown as answered for by nobody, and handed over; never dropped.

An administrator or an equality lead hands over. Of a restricted assessment in which they take no part, an
equality lead knows the reference and who wrote it, so authorship and direction can be handed over, and never
to themselves; its new author sees to the rest. An administrator is told how much there is that they may not
know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import Actor, may_in
from ehiia.domain.handing import OF_AUDITS, ORDER, Duty, DutyKind
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import notices, people, taking_over
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, note, read, transaction
from ehiia.store import handing
from ehiia.store.assessments import Assessment
from ehiia.store.people import Person, Post
from ehiia.store.visible import known_by_reference, known_in

__all__ = ["Left", "LeftBehind", "hand_over", "has_left", "left_behind", "may_know", "nobody_answers"]

SHOWN = 200
"""So many duties of a person are listed and handed over at once; the rest follows."""
BY_REFERENCE = frozenset({DutyKind.AUTHOR, DutyKind.DIRECTOR})
"""What an equality lead hands over of a restricted assessment of which they know the reference only."""


@dataclass(frozen=True)
class LeftBehind:
    """The duties of one person, as somebody may know of them."""

    duties: tuple[Duty, ...]
    unnamed: int
    """How many more there are that may not be known by name: they are restricted."""

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.duties or self.unnamed)


@dataclass(frozen=True)
class Left:
    """Somebody who has left, with what nobody answers for since."""

    person_id: int
    name: str
    behind: LeftBehind


def has_left(organisation_id: int, person_id: int, *, today: date, session: Session | None = None) -> bool:
    """Say whether somebody has left, or holds no post here any more."""
    found = handing.gone(organisation_id, today).where(Person.id == person_id)
    return (session or read()).scalar(found) is not None


def left_behind(
    actor: Actor, organisation_id: int, person_id: int, *, today: date, session: Session | None = None
) -> LeftBehind:
    """Return the duties of one person, whether they have left or not: two queries."""
    found = _found(session or read(), actor, organisation_id, (person_id,), today)
    return found.get(person_id, LeftBehind((), 0))


def may_know(organisation_id: int, person_id: int, behind: LeftBehind) -> bool:
    """Say whether somebody is known here: they hold or held a post, or left something behind."""
    return bool(behind) or _held(read(), organisation_id, person_id)


def _held(session: Session, organisation_id: int, person_id: int) -> bool:
    query = select(Post.id).where(Post.person_id == person_id, Post.organisation_id == organisation_id)
    return session.scalar(query.limit(1)) is not None


def nobody_answers(actor: Actor, organisation_id: int, *, today: date) -> list[Left]:
    """Return everybody who has left with duties that are still in their name, by name: three queries."""
    session = read()
    found = _found(session, actor, organisation_id, handing.gone(organisation_id, today), today)
    named = people.names(set(found), session=session)
    left = [Left(one, named.get(one, ""), behind) for one, behind in found.items()]
    return sorted(left, key=lambda one: (one.name, one.person_id))


def _found(
    session: Session, actor: Actor, organisation_id: int, holder: handing.Holder, today: date
) -> dict[int, LeftBehind]:
    every = handing.duties(organisation_id, holder, today).subquery("duty")
    known = known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id)))
    leads = actor.has(organisation_id, Role.EQUALITY_LEAD)
    rows = session.execute(
        select(
            every,
            Assessment.ref,
            Assessment.title,
            known.label("known"),
            known_by_reference(organisation_id, actor.person_id).label("by_reference"),
        )
        .outerjoin(Assessment, Assessment.id == every.c.assessment_id)
        .where(
            or_(
                every.c.assessment_id.is_(None),
                every.c.kind.in_([kind.value for kind in OF_AUDITS]),
                and_(
                    handing.open_in(organisation_id),
                    or_(every.c.kind != DutyKind.PAGES.value, handing.still_written()),
                ),
            )
        )
        .order_by(every.c.due_on, Assessment.ref, every.c.item)
    )
    duties: dict[int, list[Duty]] = {}
    hidden: dict[int, int] = {}
    for row in rows:
        kind = DutyKind(row.kind)
        one = Duty(
            kind, row.id, row.person_id, row.ref or "", row.title or "", row.item, row.what, row.due_on
        )
        if row.assessment_id is None or row.known:
            duties.setdefault(one.person_id, []).append(one)
        elif leads and row.by_reference and kind in BY_REFERENCE:
            duties.setdefault(one.person_id, []).append(replace(one, title=""))
        else:
            hidden[one.person_id] = hidden.get(one.person_id, 0) + 1
    newest: set[Role] = set()
    for post_id, role, person_id in session.execute(handing.needed_posts(organisation_id, holder, today)):
        if role not in newest:
            newest.add(role)
            post = Duty(DutyKind.POST, post_id, person_id, "", "", role.label, "", None)
            duties.setdefault(person_id, []).append(post)
    return {
        person_id: LeftBehind(
            tuple(sorted(duties.get(person_id, ()), key=lambda one: ORDER.index(one.kind))),
            hidden.get(person_id, 0),
        )
        for person_id in duties.keys() | hidden.keys()
    }


# -- handing over --------------------------------------------------------------------------------


def hand_over(
    organisation_id: int, person_id: int, given: Mapping[str, int], *, by: int, now: datetime
) -> int:
    """Hand duties of somebody who has left to others: all of them, or none where one cannot be.

    ``given``: key of a duty -> id of the person who takes it over. What was handed over meanwhile is left as
    it is, so a form that is sent twice does nothing more. Each has a row in the history; each new person is
    told once. Returns how many were handed over. Raises NotAllowed, NotFound where there is no such person
    here, Refused where they have not left, Invalid by key.
    """
    today = day_of(now)
    with transaction() as session:
        actor = people.actor_of(by, today=today, session=session)
        ruling = may_in(actor, Permission.HAND_OVER, organisation_id)
        if not ruling:
            raise NotAllowed(ruling.reason)
        leaver = session.get(Person, person_id, with_for_update=True, populate_existing=True)
        behind = left_behind(actor, organisation_id, person_id, today=today, session=session)
        if leaver is None or not (behind or _held(session, organisation_id, person_id)):
            raise NotFound
        if not has_left(organisation_id, person_id, today=today, session=session):
            raise Refused(f"{leaver.name} has not left, so their duties stay theirs.")
        wanted = [(one, given[one.key]) for one in behind.duties if one.key in given]
        _successors_are_here(session, organisation_id, person_id, wanted, by, today)
        taken: dict[int, list[Duty]] = {}
        errors: dict[str, str] = {}
        names = people.names({new for _, new in wanted}, session=session)
        for duty, new in wanted:
            problem = taking_over.take(session, duty, new, by=by, now=now)
            if problem:
                errors[duty.key] = problem
                continue
            taken.setdefault(new, []).append(duty)
            subject, where = taking_over.subject_of(session, duty, organisation_id)
            note(
                session,
                "handed_over",
                organisation_id=organisation_id,
                subject=subject,
                by=by,
                at=now,
                duty=duty.kind.value,
                item=duty.item or where,
                name=leaver.name,
                to=names.get(new, ""),
            )
        if errors:
            raise Invalid(**errors)
        for new, duties in sorted(taken.items()):
            notices.tell(
                session,
                person_id=new,
                message_name="handed_over",
                values={
                    "by": people.names({by}, session=session).get(by, ""),
                    "owner": leaver.name,
                    "items": _in_words(duties),
                    "path": "/",
                },
                dedupe_key=f"handed_over:{organisation_id}:{person_id}:{now.isoformat()}",
                organisation_id=organisation_id,
                now=now,
            )
        return sum(map(len, taken.values()))


def _successors_are_here(
    session: Session,
    organisation_id: int,
    person_id: int,
    wanted: Iterable[tuple[Duty, int]],
    by: int,
    today: date,
) -> None:
    here = {one.id for one in people.with_role(organisation_id, today=today, session=session)} - {person_id}
    errors = {}
    for duty, new in wanted:
        if new not in here:
            errors[duty.key] = "Choose a person from the list"
        elif duty.ref and not duty.title and new == by:
            errors[duty.key] = "You take no part in this restricted assessment: choose somebody else"
    if errors:
        raise Invalid(**errors)


def _in_words(duties: Iterable[Duty]) -> str:
    """Name duties by their references only, because a mail must not say what a restricted one is about."""
    return "; ".join(
        " ".join(word for word in (f"{one.kind.label}:", one.ref or one.item, _number(one)) if word)
        for one in duties
    )


def _number(duty: Duty) -> str:
    """Return what a duty is called beside the reference of its assessment."""
    if not duty.ref or not duty.item:
        return ""
    return duty.item.removeprefix(duty.ref + "-")
