"""The signed file of a record: sealed by the organisation, then signed in the decision-maker's name.

The decision stands whether or not this can be done at once: it is a row of
work that is claimed before it is done. The work itself is in ``seal_work``,
which is loaded when there is some.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from textwrap import wrap
from typing import TypedDict

from sqlalchemy import and_, or_, select
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


ANCHOR = or_(SigningKey.purpose == "root", and_(SigningKey.purpose == "seal", SigningKey.supplied))
"""What records rest on: a root, or a seal that was bought. The latter alone is trusted, and not its issuer,
with whose other seals we have nothing to do."""


def roots(session: Session) -> tuple[str, ...]:
    """Return the certificates (PEM) that records of every organisation rest on; old ones on revoked ones."""
    return tuple(session.scalars(select(SigningKey.certificate_pem).where(ANCHOR)))


class Trust(TypedDict):
    """What a file is judged by (PEM), as ``aside.look`` takes it."""

    trusted: tuple[str, ...]
    authorities: tuple[str, ...]
    revocation_lists: tuple[str, ...]


def trust(session: Session) -> Trust:
    """Return what a file that the register does not know is judged by.

    A key that somebody else may have is not among it: with that one a file of any date can be made.
    """
    rows = session.execute(
        select(SigningKey.purpose, SigningKey.certificate_pem, SigningKey.crl).where(
            or_(ANCHOR, SigningKey.purpose == "authority"), SigningKey.leaked.is_(False)
        )
    ).all()
    return {
        "trusted": tuple(pem for purpose, pem, _ in rows if purpose != "authority"),
        "authorities": tuple(pem for purpose, pem, _ in rows if purpose == "authority"),
        "revocation_lists": tuple(_pem(crl) for _, _, crl in rows if crl),
    }


def _pem(crl: bytes) -> str:
    text = "\n".join(wrap(b64encode(crl).decode("ascii"), 64))
    return f"-----BEGIN X509 CRL-----\n{text}\n-----END X509 CRL-----\n"


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
