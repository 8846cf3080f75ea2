"""What an administrator still has to do before people can begin: a short list with done or not done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from ehiia.domain.register_rows import ImportState
from ehiia.domain.vocabulary import Role
from ehiia.services.transaction import read
from ehiia.store.duties import DeliveryState, MailRow
from ehiia.store.earlier import RegisterImport
from ehiia.store.history import History
from ehiia.store.organisations import Body, Organisation, Place
from ehiia.store.people import Account, Post


@dataclass(frozen=True)
class SetUp:
    """How far the organisation is. Each fact is whether that step is done."""

    settings: bool
    places: bool
    committees: bool
    people: bool
    test_mail: bool
    invited: bool
    """Somebody who does not administer has an account."""
    register: bool
    """A register from before was brought in; it may be left out."""
    missing_posts: tuple[Role, ...]
    """Posts without which nothing can be decided, and that nobody holds."""

    @property
    def complete(self) -> bool:
        """Whether everything is done; places, and a register from before, may be left out."""
        return self.settings and self.committees and self.people and self.test_mail and self.invited


NEEDED = (Role.STAFF, Role.DIRECTOR, Role.EQUALITY_LEAD, Role.DECISION_MAKER)


def set_up(organisation: Organisation, *, today: date) -> SetUp:
    """Return how far an organisation is, in six small queries."""
    session = read()
    here = organisation.id

    def there_is(model: type[Place] | type[Body]) -> bool:
        return session.scalar(select(model.id).where(model.organisation_id == here).limit(1)) is not None

    current = (
        Post.organisation_id == here,
        Post.starts_on <= today,
        or_(Post.ends_on.is_(None), Post.ends_on >= today),
    )
    held = set(session.scalars(select(Post.role).where(*current).distinct()))
    invited = session.scalar(
        select(Account.id)
        .join(Post, Post.person_id == Account.person_id)
        .where(*current, Post.role != Role.ADMINISTRATOR)
        .limit(1)
    )
    register = session.scalar(
        select(RegisterImport.id)
        .where(RegisterImport.organisation_id == here, RegisterImport.state == ImportState.DONE)
        .limit(1)
    )
    sent = session.scalar(
        select(func.count())
        .select_from(MailRow)
        .where(MailRow.organisation_id == here, MailRow.state == DeliveryState.DONE)
    )
    looked_at = session.scalar(
        select(History.id)
        .where(
            History.subject == f"organisation:{here}",
            History.verb == "organisation_changed",
        )
        .limit(1)
    )
    missing = tuple(role for role in NEEDED if role not in held)
    return SetUp(
        settings=looked_at is not None,
        places=there_is(Place),
        committees=there_is(Body),
        people=not missing,
        test_mail=bool(sent),
        invited=invited is not None,
        register=register is not None,
        missing_posts=missing,
    )
