"""The yearly renewal of the time-stamps that close records, before certificates and algorithms age.

Each renewal is one more step of the file, never written twice; the lists of what was revoked go into it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ehiia.domain.vocabulary import FileStep
from ehiia.services import organisations
from ehiia.services.one_by_one import each
from ehiia.services.transaction import read, transaction
from ehiia.store.decisions import RecordFile, RecordRow

__all__ = ["AFTER", "renew", "would_renew"]

AFTER = timedelta(days=330)
"""A time-stamp is renewed when it is so old: every year, with a month to spare."""


def renew(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Renew the time-stamps that are old enough; return how many. Raises SomeFailed after all others."""
    rows = _due(now)
    if not rows:
        return 0
    # here and not above: it loads what most processes never need
    from ehiia.services import key_work, seal_work

    for organisation_id in sorted({organisation_id for _, _, organisation_id in rows}):
        with transaction() as session:
            organisation = organisations.get(organisation_id, session=session)
            key_work.renew_lists(session, organisation, now=now)
    return each(
        rows,
        lambda row: int(seal_work.renew_record(row[0], older_than=now - AFTER, now=now)),
        called=lambda row: row[1],
        verb="renewed",
        go_on=go_on,
    )


def would_renew(*, now: datetime) -> list[str]:
    """Return in sentences what ``renew`` would do."""
    return [f"renew the time-stamp of {ref}" for _, ref, _ in _due(now)]


def _due(now: datetime) -> list[tuple[int, str, int]]:
    """Return id, reference and organisation of the records whose newest time-stamp is old enough."""
    newest = (
        select(RecordFile.record_id, func.max(RecordFile.signed_at).label("at"))
        .where(RecordFile.kind.in_((FileStep.CLOSING.value, FileStep.RENEWAL.value)))
        .group_by(RecordFile.record_id)
        .subquery()
    )
    query = (
        select(RecordRow.id, RecordRow.ref, RecordRow.organisation_id)
        .join(newest, newest.c.record_id == RecordRow.id)
        .where(newest.c.at <= now - AFTER)
        .order_by(RecordRow.id)
    )
    found = [(row.id, row.ref, row.organisation_id) for row in read().execute(query)]
    read().rollback()
    return found
