"""Looking after an organisation: posts, places and groups that end, its people, the file that fills it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.organisation import OrganisationFile, organisation_file
from ehiia.domain.vocabulary import Role
from ehiia.services import bodies, organisations, people
from ehiia.services.bodies import NewBody
from ehiia.services.organisations import Settings
from ehiia.services.transaction import Invalid, NotFound, note, read, transaction
from ehiia.store.organisations import Body, LocalGroup, Organisation, Place
from ehiia.store.people import Account, Person, Post

__all__ = [
    "HeldPost",
    "Member",
    "Post",
    "end_body",
    "end_group",
    "end_place",
    "end_post",
    "give_post",
    "leave",
    "load_file",
    "member",
    "members",
]


@dataclass(frozen=True)
class HeldPost:
    """A post somebody holds today."""

    id: int
    role: Role
    since: date


@dataclass(frozen=True)
class Member:
    """Somebody with a post in the organisation, now or before."""

    person_id: int
    name: str
    email: str
    left_on: date | None
    signs_in: bool
    posts: tuple[HeldPost, ...]


def members(organisation_id: int, *, today: date, person_id: int | None = None) -> list[Member]:
    """Return everybody who holds or held a post here, by name: two columns of facts, one query."""
    query = (
        select(Person, Post, Account.active)
        .join(Post, Post.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Post.organisation_id == organisation_id)
        .order_by(Person.name, Person.id, Post.id)
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    found: dict[int, tuple[Person, bool, list[HeldPost]]] = {}
    for person, post, active in read().execute(query):
        entry = found.setdefault(person.id, (person, bool(active), []))
        here = person.left_on is None or person.left_on > today
        if here and post.starts_on <= today and (post.ends_on is None or post.ends_on >= today):
            entry[2].append(HeldPost(post.id, post.role, post.starts_on))
    return [
        Member(person.id, person.name, person.email, person.left_on, active, tuple(posts))
        for person, active, posts in found.values()
    ]


def member(organisation_id: int, person_id: int, *, today: date) -> Member:
    """Return one person of the organisation, or raise NotFound."""
    found = members(organisation_id, today=today, person_id=person_id)
    if not found:
        raise NotFound
    return found[0]


def give_post(organisation_id: int, person_id: int, role: Role, *, by: int, now: datetime) -> None:
    """Give somebody of the organisation a post from today. Raises NotFound, Invalid (field role)."""
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        person = _of_organisation(session, organisation_id, person_id)
        today = day_of(now)
        if person.left_on is not None and person.left_on <= today:
            raise Invalid(role="This person has left")
        if any(post.role is role for post in member(organisation_id, person_id, today=today).posts):
            raise Invalid(role="This person holds this post already")
        session.add(Post(person_id=person_id, organisation_id=organisation_id, role=role, starts_on=today))
        note(
            session,
            "post_given",
            organisation_id=organisation_id,
            subject=f"person:{person_id}",
            by=by,
            at=now,
            name=person.name,
            role=role.value,
        )


def end_post(organisation_id: int, post_id: int, *, by: int, now: datetime) -> int:
    """End a post: it is held until yesterday. Returns the person. The last administrator stays."""
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        post = session.get(Post, post_id, with_for_update=True, populate_existing=True)
        today = day_of(now)
        if post is None or post.organisation_id != organisation_id:
            raise NotFound
        if post.ends_on is not None and post.ends_on < today:
            return post.person_id
        if post.role is Role.ADMINISTRATOR:
            _somebody_else_administers(session, organisation_id, post.person_id, today)
        post.ends_on = today - timedelta(days=1)
        person = session.get(Person, post.person_id)
        note(
            session,
            "post_ended",
            organisation_id=organisation_id,
            subject=f"person:{post.person_id}",
            by=by,
            at=now,
            name=person.name if person else "",
            role=post.role.value,
        )
        return post.person_id


def leave(organisation_id: int, person_id: int, *, by: int, now: datetime) -> None:
    """Somebody left: no account, no posts; what they did stays. The last administrator stays."""
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        _of_organisation(session, organisation_id, person_id)
        _somebody_else_administers(session, organisation_id, person_id, day_of(now))
        people.deactivate(person_id, organisation_id=organisation_id, by=by, now=now)


def _of_organisation(session: Session, organisation_id: int, person_id: int) -> Person:
    held = select(Post.id).where(Post.person_id == person_id, Post.organisation_id == organisation_id)
    person = session.get(Person, person_id)
    if person is None or session.scalar(held.limit(1)) is None:
        raise NotFound
    return person


def _somebody_else_administers(session: Session, organisation_id: int, person_id: int, today: date) -> None:
    """Raise Invalid where nobody else is left; holds the organisation, so that two cannot end each other."""
    session.get(Organisation, organisation_id, with_for_update={"key_share": True})
    others = session.scalar(
        select(func.count())
        .select_from(Post)
        .join(Account, Account.person_id == Post.person_id)
        .where(
            Post.organisation_id == organisation_id,
            Post.role == Role.ADMINISTRATOR,
            Post.person_id != person_id,
            Post.starts_on <= today,
            or_(Post.ends_on.is_(None), Post.ends_on >= today),
            Account.active.is_(True),
        )
    )
    if not others:
        raise Invalid(role="This is the only administrator. Name another one first")


# -- what ends with a date ----------------------------------------------------------------------


_Dated = TypeVar("_Dated", Place, Body, LocalGroup)


def end_place(organisation_id: int, place_id: int, *, by: int, now: datetime) -> None:
    """A place is chosen no more; assessments that name it keep its name."""
    _end(Place, place_id, "place_ended", organisation_id, by=by, now=now)


def end_body(organisation_id: int, body_id: int, *, by: int, now: datetime) -> None:
    """A committee or decision-maker is chosen no more; routes that name it stay as they are."""
    _end(Body, body_id, "body_ended", organisation_id, by=by, now=now)


def end_group(organisation_id: int, group_id: int, *, by: int, now: datetime) -> None:
    """A local group is asked about no more; assessments that chose it keep it."""
    _end(LocalGroup, group_id, "group_ended", organisation_id, by=by, now=now)


def _end(
    model: type[_Dated],
    row_id: int,
    verb: str,
    organisation_id: int,
    *,
    by: int,
    now: datetime,
) -> None:
    """Let something be valid until yesterday; what has ended already is left as it is."""
    with transaction() as session:
        people.must_administer(session, organisation_id, by=by, now=now)
        row = session.get(model, row_id, with_for_update=True, populate_existing=True)
        if row is None or row.organisation_id != organisation_id:
            raise NotFound
        yesterday = day_of(now) - timedelta(days=1)
        if row.valid_to_on is not None and row.valid_to_on <= yesterday:
            return
        row.valid_to_on = yesterday
        note(
            session,
            verb,
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            name=row.label if isinstance(row, LocalGroup) else row.name,
        )


# -- the file -----------------------------------------------------------------------------------


def load_file(path: Path, *, now: datetime) -> Organisation:
    """Fill an organisation from its file: a new one, or one that has no place, body or group yet.

    All of it or nothing. Raises ContentError with every problem of the file, Invalid where the organisation
    is not empty.
    """
    file = organisation_file(path)
    with transaction():
        found = organisations.by_code(file.code) or _with_prefix(file.ref_prefix)
        if found is None:
            found = organisations.create(
                code=file.code, name=file.name, ref_prefix=file.ref_prefix, by=None, now=now
            )
        elif not _is_empty(found.id):
            raise Invalid(
                file="This organisation has places, committees or groups already; it is not touched"
            )
        here = found.id
        made = organisations.change(
            here, name=file.name, settings=_settings(file), revision=found.revision, by=None, now=now
        )
        for place in file.places:
            organisations.add_place(here, name=place.name, by=None, now=now)
        for body in file.bodies:
            bodies.add(here, NewBody(name=body.name, code=body.code), by=None, now=now)
        for group in file.groups:
            organisations.add_group(
                here,
                label=group.label,
                people=group.people,
                hint=group.hint,
                basis=group.basis,
                code=group.code,
                by=None,
                now=now,
            )
        return made


def _with_prefix(ref_prefix: str) -> Organisation | None:
    return read().scalar(select(Organisation).where(Organisation.ref_prefix == ref_prefix))


def _is_empty(organisation_id: int) -> bool:
    return not any(
        read().scalar(select(model.id).where(model.organisation_id == organisation_id).limit(1))
        for model in (Place, Body, LocalGroup)
    )


def _settings(file: OrganisationFile) -> Settings:
    given = file.settings
    return Settings(
        review_months_high=given.review_months.high,
        review_months_medium=given.review_months.medium,
        review_months_low=given.review_months.low,
        review_months_project=given.review_months.project,
        review_months_closure=given.review_months.closure,
        band_low_to=given.bands.low,
        band_medium_to=given.bands.medium,
        band_high_to=given.bands.high,
        director_agrees=given.director_agrees,
        remind_before=given.notices.before,
        remind_every=given.notices.weekly_every,
        escalate_director_days=given.notices.director_after,
        escalate_lead_days=given.notices.equality_lead_after,
        check_working_days=given.check_working_days,
        director_working_days=given.director_working_days,
        paper_working_days=given.paper_working_days,
        full_working_days=given.full_working_days,
    )
