"""The signed file of a record: sealed by the organisation, then signed in the decision-maker's name.

The decision stands whether or not this can be done at once: it is a row of
work that is claimed before it is done. The work itself is in ``seal_work``,
which is loaded when there is some.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.files.store import LocalFiles
from ehiia.services import installation, work
from ehiia.services.recording import SEAL_WORK
from ehiia.services.transaction import NotFound, read
from ehiia.store.organisations import Organisation
from ehiia.store.people import SigningKey


def signed_files() -> LocalFiles:
    """Return the room of the signed files."""
    return LocalFiles(installation.config().instance / "signed")


def storage_key(record_ref: str, step: int) -> str:
    """Return the name of a step's file: "EHIIA-2026-014-D1.2.pdf"."""
    return f"{record_ref}.{step}.pdf"


def roots(session: Session) -> tuple[str, ...]:
    """Return what can be rested upon (PEM): the roots of every organisation here, and the time-stamp
    authorities they asked. Old records rest on revoked roots too.
    """
    found = select(SigningKey.certificate_pem).where(SigningKey.purpose.in_(("root", "authority")))
    return tuple(session.scalars(found))


def root_certificate(organisation_code: str) -> str:
    """Return the root certificate in force of an organisation in PEM. Raises NotFound before there is one."""
    found = read().scalar(
        select(SigningKey.certificate_pem)
        .join(Organisation, Organisation.id == SigningKey.organisation_id)
        .where(
            Organisation.code == organisation_code,
            SigningKey.purpose == "root",
            SigningKey.revoked_at.is_(None),
        )
        .order_by(SigningKey.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def enqueue(session: Session, record_id: int, position: int, *, now: datetime) -> None:
    """Leave the work on the file that follows a signature, or the release from one, in the transaction."""
    work.enqueue(session, kind=SEAL_WORK, subject_id=record_id, dedupe_key=_key(record_id, position), now=now)


def seal_at_once(record_id: int, position: int = 1, *, now: datetime) -> bool:
    """Try to seal and sign a record now; where that fails it waits for the scheduler.

    ``position``: of the signatory who acted; 1 is the decision-maker. Returns whether it is done.
    """
    return work.do_now(_key(record_id, position), now=now)


def _key(record_id: int, position: int) -> str:
    return f"{SEAL_WORK}:{record_id}" + (f":{position}" if position > 1 else "")


def seal_record(record_id: int, *, now: datetime) -> None:
    """Do what is left of sealing and signing a record; doing it twice changes nothing.

    ``now`` is the true moment: it is the signing time in the file.
    """
    # here and not above: it loads about 24 MB, which most web processes never need
    from ehiia.services import seal_work

    seal_work.seal_record(record_id, now=now)


work.HANDLERS[SEAL_WORK] = seal_record
