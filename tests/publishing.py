"""Published assessments for tests of the public pages: made as the service makes them, in one step."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from ehiia.domain.decision import DecisionRecord
from ehiia.domain.publishing import PublicationState, Publishing
from ehiia.domain.redaction import Cover, Rules, prepared
from ehiia.services import freezing, public_entries, publishable, sealing
from ehiia.services.publishable import Publishable
from ehiia.services.transaction import read, transaction
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Edition, EditionFile, Publication
from tests.factories import current
from tests.people import Cast

PDF = b"%PDF-1.7\nsealed\n"
T = TypeVar("T")


def waiting(ref: str) -> Publishable:
    """Return what is published before the decision of an assessment that passed its check."""
    found = publishable.of_assessment(read(), current(ref))
    read().rollback()
    return found


def publish(
    cast: Cast,
    row: RecordRow | Publishable,
    now: datetime,
    *,
    kind: Publishing = Publishing.FULL,
    change: Callable[[DecisionRecord], DecisionRecord] = lambda record: record,
    sealed: bool = True,
    number: int = 1,
    **publication: Any,
) -> str:
    """Publish a record, or what waits for its decision, agreed by Ben.

    Returns the reference of the edition, "" where it is withheld.
    """
    waits = row if isinstance(row, Publishable) else None
    whole = row.whole if isinstance(row, Publishable) else freezing.thaw_record(row.text)
    with transaction() as session:
        of: dict[str, Any] = {
            "organisation_id": cast.organisation_id,
            "assessment_id": row.assessment_id,
            "record_id": row.id if isinstance(row, RecordRow) else None,
        }
        given: dict[str, Any] = of | {
            "snapshot_id": waits.snapshot_id if waits else None,
            "kind": kind,
            "state": PublicationState.AGREED,
            "begun_by": cast.amina,
            "begun_at": now,
            "agreed_by": cast.ben,
            "agreed_as": "Equality lead",
            "agreed_at": now,
        }
        agreed = Publication(**(given | publication))
        session.add(agreed)
        session.flush()
        if kind is Publishing.WITHHELD:
            return ""
        ref = f"{row.ref}-P{number}"
        cover = Cover(
            kind=kind,
            number=number,
            reference=ref,
            code=secrets.token_hex(6).upper(),
            published_by="Suffolk and North East Essex",
            made_at=now,
            history_sequence=1,
            history_sha256="0" * 64,
            whole_sha256=row.sha256,
        )
        record = change(prepared(whole, cover=cover, rules=Rules(), marks=()).edition)
        edition = Edition(
            **of,
            publication_id=agreed.id,
            number=number,
            ref=ref,
            code=record.code,
            text=record.canonical(),
            sha256=record.digest(),
            made_at=now,
        )
        session.add(edition)
        session.flush()
        public_entries.enter(session, edition, record)
        if sealed:
            _seal(session, edition, now)
        return ref


def _seal(session: Any, edition: Edition, now: datetime) -> None:
    content = PDF + edition.ref.encode()
    sealing.signed_files().put(f"{edition.ref}.1.pdf", content)
    session.add(
        EditionFile(
            edition_id=edition.id,
            step=1,
            sha256=edition.sha256[::-1],
            storage_key=f"{edition.ref}.1.pdf",
            size=len(content),
            signatory="Suffolk and North East Essex",
            certificate_pem="",
            signed_at=now,
        )
    )


KEPT = frozenset({"reference", "code", "direction", "kind", "outcome", "rule", "question_id", "id", "part"})
"""Fields that are words of the product and nothing that somebody typed."""


def marked(value: T, token: str) -> T:
    """Return frozen values with a token in every text that somebody could have typed."""
    if isinstance(value, str) and type(value) is str:
        return f"{value} {token}"  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(marked(one, token) for one in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            one.name: marked(getattr(value, one.name), token) for one in fields(value) if one.name not in KEPT
        }
        return replace(value, **changed)
    return value
