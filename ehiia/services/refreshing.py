"""The yearly renewal of the time-stamps that close records and editions, before what they rest on ages.

Each renewal is one more step of the file, never written twice; the lists of what was revoked go into it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from ehiia.domain.vocabulary import FileStep
from ehiia.services import organisations
from ehiia.services.one_by_one import each
from ehiia.services.transaction import read, transaction
from ehiia.store.decisions import RecordFile, RecordRow
from ehiia.store.publications import Edition, EditionFile

__all__ = ["AFTER", "renew", "would_renew"]

AFTER = timedelta(days=330)
"""A time-stamp is renewed when it is so old: every year, with a month to spare."""


def renew(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Renew the time-stamps that are old enough; return how many. Raises SomeFailed after all others."""
    rows = _due(now)
    if not rows:
        return 0
    # here and not above: they load what most processes never need
    from ehiia.services import edition_work, key_work, seal_work

    for organisation_id in sorted({row.organisation_id for row in rows}):
        with transaction() as session:
            organisation = organisations.get(organisation_id, session=session)
            key_work.renew_lists(session, organisation, now=now)

    def again(row: _Due) -> int:
        act = edition_work.renew_edition if row.edition else seal_work.renew_record
        return int(act(row.id, older_than=now - AFTER, now=now))

    return each(rows, again, called=lambda row: row.ref, verb="renewed", go_on=go_on)


def would_renew(*, now: datetime) -> list[str]:
    """Return in sentences what ``renew`` would do."""
    return [f"renew the time-stamp of {row.ref}" for row in _due(now)]


class _Due(NamedTuple):
    """A record or an edition whose newest time-stamp is old enough."""

    id: int
    ref: str
    organisation_id: int
    edition: bool


def _due(now: datetime) -> list[_Due]:
    stamped = RecordFile.kind.in_((FileStep.CLOSING.value, FileStep.RENEWAL.value))
    records = _old(RecordRow, RecordFile.record_id, RecordFile.signed_at, now).where(stamped)
    editions = _old(Edition, EditionFile.edition_id, EditionFile.signed_at, now)
    found = [
        _Due(row.id, row.ref, row.organisation_id, edition)
        for query, edition in ((records, False), (editions, True))
        for row in read().execute(query)
    ]
    read().rollback()
    return found


def _old(
    owner: type[RecordRow] | type[Edition], key: Any, signed_at: Any, now: datetime
) -> Select[int, str, int]:
    """Return the query of the owners of files of which the newest was signed so long ago."""
    return (
        select(owner.id, owner.ref, owner.organisation_id)
        .join(key.class_, key == owner.id)
        .group_by(owner.id, owner.ref, owner.organisation_id)
        .having(func.max(signed_at) <= now - AFTER)
        .order_by(owner.id)
    )
