"""People, their accounts and posts; who is asking; signing in again for an act."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_security import hash_password, verify_password
from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.access import Actor, may_in
from ehiia.domain.vocabulary import Permission, Reauthentication, Role
from ehiia.notify.messages import render
from ehiia.services import addresses, outbox
from ehiia.services.installation import config
from ehiia.services.remembering import recalled
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, note, read, transaction
from ehiia.services.tries import TRIES, WINDOW, TooManyTries, check_tries, count_try, digest, forget_tries
from ehiia.store.organisations import Organisation
from ehiia.store.people import Account, LoginSession, Person, Post

__all__ = [
    "TRIES",
    "WINDOW",
    "Account",
    "Person",
    "Reauthenticated",
    "SignedIn",
    "TooManyTries",
    "actor_of",
    "add_person",
    "begin_session",
    "check_tries",
    "count_try",
    "deactivate",
    "end_session",
    "forget_tries",
    "must_administer",
    "names",
    "nobody_yet",
    "organisations_of",
    "person",
    "session_began",
    "sign_in_again",
    "signed_in",
    "with_role",
]


LONGEST_PASSWORD = 1000
"""Characters. No password can be longer, so a longer one is wrong without being worked through."""


@dataclass(frozen=True)
class Reauthenticated:
    """Proof that the person signed in again for an act: how and when."""

    method: Reauthentication
    at: datetime


# Built once: every save asks it.
_POSTS = (
    select(Person.left_on, Post.organisation_id, Post.role)
    .outerjoin(
        Post,
        (Post.person_id == Person.id)
        & (Post.starts_on <= bindparam("today"))
        & or_(Post.ends_on.is_(None), Post.ends_on >= bindparam("today")),
    )
    .where(Person.id == bindparam("person"))
)


def actor_of(person_id: int, *, today: date, session: Session | None = None) -> Actor:
    """Return the person as the policy sees them: current posts, and whether they are still here."""
    session = session or read()
    rows = session.execute(_POSTS, {"person": person_id, "today": today}).all()
    roles: dict[int, set[Role]] = {}
    for _, organisation_id, role in rows:
        if organisation_id is not None:
            roles.setdefault(organisation_id, set()).add(role)
    active = bool(rows) and (rows[0].left_on is None or rows[0].left_on > today)
    return Actor(person_id, {key: frozenset(value) for key, value in roles.items()}, active)


def must_administer(session: Session, organisation_id: int, *, by: int | None, now: datetime) -> None:
    """Raise NotAllowed unless the person administers the organisation; ``by`` None is the command line."""
    if by is None:
        return
    ruling = may_in(actor_of(by, today=day_of(now), session=session), Permission.ADMINISTER, organisation_id)
    if not ruling:
        raise NotAllowed(ruling.reason)


def names(person_ids: set[int], *, session: Session | None = None) -> dict[int, str]:
    """Return the names of these people."""
    session = session or read()
    if not person_ids:
        return {}
    known = recalled(session, "name", person_ids)
    if known is not None:
        return known
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids))).all())


def person(person_id: int) -> Person:
    """Return a person, or raise NotFound."""
    found = read().get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def with_role(
    organisation_id: int, *roles: Role, today: date, session: Session | None = None
) -> list[Person]:
    """Return the people who hold one of these posts in the organisation today, by name."""
    session = session or read()
    query = (
        select(Person)
        .join(Post, Post.person_id == Person.id)
        .where(
            Post.organisation_id == organisation_id,
            Post.starts_on <= today,
            or_(Post.ends_on.is_(None), Post.ends_on >= today),
            or_(Person.left_on.is_(None), Person.left_on > today),
        )
        .order_by(Person.name)
        .distinct()
    )
    if roles:
        query = query.where(Post.role.in_(roles))
    return list(session.scalars(query))


def add_person(
    *,
    organisation_id: int,
    name: str,
    email: str,
    roles: tuple[Role, ...],
    password: str | None,
    by: int | None,
    now: datetime,
    welcome: bool = False,
) -> Person:
    """Add a person with posts from today and, where a password is given, an account.

    ``welcome``: they are told by mail how to choose their own password, and nobody needs to know the first.
    Raises NotAllowed, and Invalid where the name is empty, the address is not one or is known already.
    """
    name, email = " ".join(name.split()), email.strip().lower()
    if not name:
        raise Invalid(name="Enter the person's full name")
    if not addresses.is_address(email):
        raise Invalid(email=addresses.WRONG)
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        if session.scalar(select(Person.id).where(Person.email == email)):
            raise Invalid(email="There is a person with this e-mail address already")
        new = Person(name=name, email=email, created_at=now)
        session.add(new)
        session.flush()
        if password is not None:
            session.add(_account(new, password, now))
        if welcome:
            link = config().public_url + "/forgotten-password"
            message = render("account_made", {"link": link, "email": email})
            outbox.queue_mail(
                session,
                dedupe_key=f"account-made:{new.id}",
                recipient=email,
                subject=message.subject,
                body=message.body,
                organisation_id=organisation_id,
                now=now,
            )
        for role in roles:
            session.add(
                Post(person_id=new.id, organisation_id=organisation_id, role=role, starts_on=day_of(now))
            )
        note(
            session,
            "person_added",
            organisation_id=organisation_id,
            subject=f"person:{new.id}",
            by=by,
            at=now,
            name=name,
            roles=[role.value for role in roles],
        )
    return new


def _account(new: Person, password: str, now: datetime) -> Account:
    return Account(
        person_id=new.id,
        email=new.email,
        password=hash_password(password),
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        confirmed_at=now,
        create_datetime=now,
        update_datetime=now,
        password_set_at=now,
    )


def deactivate(person_id: int, *, organisation_id: int, by: int | None, now: datetime) -> None:
    """Somebody left: their posts here end today and their account is closed. What they did stays.

    Whoever holds a post in another organisation too keeps it, with the account: an administrator speaks for
    their own organisation only. Raises NotFound, NotAllowed; ``by`` None is the command line.
    """
    today = day_of(now)
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        leaver = session.get(Person, person_id, with_for_update=True, populate_existing=True)
        posts = session.scalars(select(Post).where(Post.person_id == person_id).with_for_update()).all()
        here = [post for post in posts if post.organisation_id == organisation_id]
        if leaver is None or not here:
            raise NotFound
        if leaver.left_on is not None and leaver.left_on <= today:
            return
        elsewhere = any(
            post.organisation_id != organisation_id and (post.ends_on is None or post.ends_on >= today)
            for post in posts
        )
        for post in here:
            if post.ends_on is None or post.ends_on > today:
                # the account stays open where there is another post: this one must not last the day
                post.ends_on = today - timedelta(days=1) if elsewhere else today
        if not elsewhere:
            leaver.left_on = today
            session.execute(update(Account).where(Account.person_id == person_id).values(active=False))
            _end_sessions(session, person_id, now)
        leaver.revision += 1
        note(
            session,
            "person_left",
            organisation_id=organisation_id,
            subject=f"person:{person_id}",
            by=by,
            at=now,
            name=leaver.name,
        )


def _end_sessions(session: Session, person_id: int, now: datetime) -> None:
    accounts = select(Account.id).where(Account.person_id == person_id)
    session.execute(
        update(LoginSession)
        .where(LoginSession.account_id.in_(accounts), LoginSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


# -- sessions -------------------------------------------------------------------------------


def begin_session(account_id: int, *, now: datetime) -> str:
    """Remember that somebody signed in; returns the random id for the cookie."""
    token = secrets.token_urlsafe(24)
    with transaction() as session:
        session.add(LoginSession(id_sha256=digest(token), account_id=account_id, created_at=now))
    return token


def session_began(token: str, account_id: int) -> datetime | None:
    """Return when this browser signed in, or None where that session has ended or never was."""
    return read().scalar(
        select(LoginSession.created_at).where(
            LoginSession.id_sha256 == digest(token),
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
        )
    )


def end_session(token: str, *, now: datetime) -> None:
    """Remember that somebody signed out."""
    with transaction() as session:
        session.execute(
            update(LoginSession).where(LoginSession.id_sha256 == digest(token)).values(ended_at=now)
        )


@dataclass(frozen=True)
class SignedIn:
    """Somebody who is signed in, as one request needs them."""

    account: Account
    began: datetime | None
    """When this browser signed in (UTC); None where that session has ended or never was."""
    actor: Actor
    organisations: tuple[Organisation, ...]
    """Those in which they hold a post today, by name."""


_SIGNED_IN = (
    select(Account, LoginSession.created_at, Post.role, Organisation)
    .outerjoin(
        LoginSession,
        (LoginSession.id_sha256 == bindparam("token"))
        & (LoginSession.account_id == Account.id)
        & LoginSession.ended_at.is_(None),
    )
    .outerjoin(
        Post,
        (Post.person_id == Account.person_id)
        & (Post.starts_on <= bindparam("today"))
        & or_(Post.ends_on.is_(None), Post.ends_on >= bindparam("today")),
    )
    .outerjoin(Organisation, Organisation.id == Post.organisation_id)
    .where(Account.fs_uniquifier == bindparam("uniquifier"))
    .order_by(Organisation.name)
)
"""Built once: building it takes as long as running it, and every page runs it."""


def signed_in(uniquifier: str, token: str | None, *, today: date) -> SignedIn | None:
    """Return who a cookie belongs to, with posts, organisations and session: one query for every page.

    None where the account is gone or closed.
    """
    given = {"uniquifier": uniquifier, "token": digest(token or ""), "today": today}
    rows = read().execute(_SIGNED_IN, given).all()
    if not rows or not rows[0][0].active:
        return None
    account, began = rows[0][0], rows[0][1]
    roles: dict[int, set[Role]] = {}
    organisations: dict[int, Organisation] = {}
    for _, _, role, organisation in rows:
        if organisation is not None:
            roles.setdefault(organisation.id, set()).add(role)
            organisations[organisation.id] = organisation
    left = account.person.left_on
    actor = Actor(
        account.person_id,
        {key: frozenset(value) for key, value in roles.items()},
        left is None or left > today,
    )
    return SignedIn(account, began, actor, tuple(organisations.values()))


# -- signing in again ---------------------------------------------------------------------------


def sign_in_again(person_id: int, password: str, *, now: datetime) -> Reauthenticated:
    """Check the password again as part of an act such as deciding.

    Raises Invalid (field ``password``) where it is wrong, TooManyTries after too many wrong ones.
    """
    key = f"again:{person_id}"
    check_tries(key, now=now)
    account = read().scalar(select(Account).where(Account.person_id == person_id, Account.active.is_(True)))
    stored = account.password if account else None
    possible = 0 < len(password) <= LONGEST_PASSWORD
    if not stored or not possible or not verify_password(password, stored):
        count_try(key, now=now)
        raise Invalid(password="The password is not right. Enter the password you sign in with")  # noqa: S106
    forget_tries(key)
    return Reauthenticated(Reauthentication.PASSWORD, now)


def organisations_of(actor: Actor) -> list[Organisation]:
    """Return the organisations in which the person holds a post, by name."""
    if not actor.roles:
        return []
    query = select(Organisation).where(Organisation.id.in_(actor.roles)).order_by(Organisation.name)
    return list(read().scalars(query))


def nobody_yet() -> bool:
    """Say whether there is no account at all: the first administrator is still to be made."""
    return read().scalar(select(Account.id).limit(1)) is None
