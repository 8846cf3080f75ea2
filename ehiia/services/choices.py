"""How a person chooses to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.domain.telling import Telling
from ehiia.services.transaction import NotAllowed, Stale, read, transaction
from ehiia.store import due
from ehiia.store.people import Account
from ehiia.store.telling import TellingChoice


@dataclass(frozen=True)
class Choice:
    """What a person chose. ``revision`` is 0 where they chose nothing yet."""

    telling: Telling = Telling.URGENT_AT_ONCE
    revision: int = 0


def choice_of(person_id: int, *, session: Session | None = None) -> Choice:
    """Return what a person chose; who chose nothing has the default."""
    query = select(TellingChoice).where(TellingChoice.person_id == person_id)
    row = (session or read()).scalar(query)
    return Choice(row.choice, row.revision) if row else Choice()


def choices_of(session: Session, person_ids: Collection[int]) -> dict[int, Choice]:
    """Return what each of these people chose; who chose nothing has the default."""
    columns = TellingChoice.person_id, TellingChoice.choice, TellingChoice.revision
    rows = session.execute(select(*columns).where(TellingChoice.person_id.in_(person_ids)))
    chosen = {person_id: Choice(choice, revision) for person_id, choice, revision in rows}
    return dict.fromkeys(person_ids, Choice()) | chosen


def choose(telling: Telling, *, revision: int, by: int, now: datetime) -> None:
    """Choose for oneself. What waits for a digest already is told in it. Raises Stale, NotAllowed.

    It is nobody else's business: no history of an organisation speaks of it.
    """
    with transaction() as session:
        if not session.scalar(select(Account.id).where(Account.person_id == by, Account.active.is_(True))):
            raise NotAllowed("Only somebody with an account chooses how they are told.")
        due.insert_once(
            session,
            TellingChoice,
            [TellingChoice.person_id],
            {"person_id": by, "choice": Telling.URGENT_AT_ONCE, "revision": 0, "changed_at": now},
        )
        row = session.scalars(
            select(TellingChoice)
            .where(TellingChoice.person_id == by)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if row.choice is telling:
            return
        if row.revision != revision:
            raise Stale
        row.choice, row.changed_at = telling, now
        row.revision += 1
