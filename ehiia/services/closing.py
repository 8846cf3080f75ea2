"""What the sealed files of records and editions have in common: the time-stamp that closes them, its renewal,
and a file that a crash left behind.

It loads pyHanko and cryptography; the time is that of the organisation's authority while it answers, or else
that of its own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from ehiia.documents.signing import renewal, seal
from ehiia.documents.signing.facts import SignatureKind
from ehiia.documents.signing.timestamps import Timestamper
from ehiia.documents.signing.verify import verify
from ehiia.services.key_work import Keys, Times, anchors, keys_of, lists_of, own_clock
from ehiia.store.organisations import Organisation

__all__ = ["closed", "left_behind", "renewed"]


def closed(
    session: Session,
    organisation: Organisation,
    before: bytes,
    *,
    keys: Keys,
    times: Times,
    released: Collection[str] = (),
    now: datetime,
) -> tuple[bytes, str]:
    """Return a file closed by a time-stamp, and whose: "" is the organisation's own clock.

    ``released``: signature fields that stay empty.
    """
    lists = lists_of(session, organisation.id)
    return _stamped(
        lambda stamper: seal.close(before, timestamper=stamper, revocation_lists=lists, released=released),
        keys,
        times,
        now,
    )


def renewed(
    session: Session, organisation: Organisation, before: bytes, *, now: datetime
) -> tuple[bytes, str]:
    """Return a closed file with a new time-stamp and today's revocation lists, and whose it is."""
    keys, times = keys_of(session, organisation, now=now), Times(session, organisation)
    lists = lists_of(session, organisation.id)
    return _stamped(
        lambda stamper: renewal.renew(before, timestamper=stamper, revocation_lists=lists), keys, times, now
    )


def _stamped(
    act: Callable[[Timestamper], bytes], keys: Keys, times: Times, now: datetime
) -> tuple[bytes, str]:
    def acted(stamper: Timestamper | None) -> bytes:
        assert stamper is not None, "there is always the organisation's own clock"
        return act(stamper)

    pdf, timed_by = times.stamp(acted, clock=lambda: own_clock(keys, now), now=now)
    if timed_by:
        times.know(pdf, now)
    return pdf, timed_by


def left_behind(
    session: Session, pdf: bytes, *, key: str, sha256: str, signatures: int, now: datetime
) -> tuple[datetime, str]:
    """Return when a file whose row was lost in a crash was signed, and by which authority; else refuse it.

    ``sha256``: of the JSON that it must hold. ``signatures``: so many it must have, time-stamps included.
    Raises RuntimeError where it is something else.
    """
    found = verify(pdf, trusted=anchors(session))
    stamps = [one for one in found.signatures if one.kind is SignatureKind.TIME_STAMP]
    ours = all(one.trusted for one in found.signatures if one not in stamps)
    if not (found.intact and ours and found.record_sha256 == sha256 and len(found.signatures) == signatures):
        raise RuntimeError(f"the file {key} that is there is not the one to be made; it must be looked at")
    last = found.signatures[-1]
    return last.at or now, "" if last not in stamps or last.trusted else last.signer
