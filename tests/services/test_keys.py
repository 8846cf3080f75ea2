"""Keys are replaced and revoked: what was sealed before still verifies, and the public list says what was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509 import ReasonFlags
from flask import Flask
from sqlalchemy import select

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing.authority import WrongSecret
from ehiia.documents.signing.seal import certify
from ehiia.domain.vocabulary import SealState, Stage
from ehiia.extensions import db
from ehiia.services import installation, key_work, keys, organisations, recorded, sealing, verifying, work
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read, transaction
from ehiia.store.decisions import RecordRow
from ehiia.store.people import SigningKey
from tests import factories
from tests.factories import HOUR, current
from tests.people import Cast, gather

DAY = timedelta(days=1)
WHY = "A laptop was stolen."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def record(cast: Cast, now: datetime) -> RecordRow:
    row = factories.decided(cast, now)[1]
    sealing.seal_record(row.id, now=now + 5 * HOUR)
    return row


def newest(record: RecordRow) -> verifying.Checked:
    read().rollback()
    kept = recorded.find_record(ref=record.ref)
    return verifying.check_file(sealing.signed_files().get(kept.files[-1].storage_key))


def of(cast: Cast, purpose: str) -> keys.Key:
    read().rollback()
    db.session.expire_all()
    found = next(one for one in keys.listed(cast.organisation_id) if one.purpose == purpose)
    read().rollback()
    return found


@pytest.mark.parametrize("purpose", ["seal", "root"])
def test_what_was_sealed_before_a_key_was_replaced_still_verifies(
    cast: Cast, record: RecordRow, now: datetime, purpose: str
) -> None:
    before = {one: of(cast, one) for one in ("root", "seal", "clock")}
    later = now + DAY
    keys.replace(
        cast.organisation_id, before[purpose].id, reason="A year has gone.", by=cast.farah, now=later
    )
    anew = {one for one in before if of(cast, one).id != before[one].id}
    assert anew == ({"root", "seal", "clock"} if purpose == "root" else {"seal"})
    assert newest(record).good
    with pytest.raises(Refused):  # the form sent twice replaces it once
        keys.replace(cast.organisation_id, before[purpose].id, reason="Again.", by=cast.farah, now=later)
    second = factories.decided(cast, now)[1]
    sealing.seal_record(second.id, now=later + HOUR)
    assert newest(second).good


def test_the_public_list_says_which_key_somebody_else_may_have(
    cast: Cast, record: RecordRow, now: datetime
) -> None:
    seal = of(cast, "seal")
    pem = read().scalars(select(SigningKey.certificate_pem).where(SigningKey.id == seal.id)).one()
    serial = x509.load_pem_x509_certificate(pem.encode()).serial_number
    late = now + DAY
    for since, reason in ((now + 3 * DAY, WHY), (now, " ")):
        with pytest.raises(Invalid):
            keys.revoke(cast.organisation_id, seal.id, since=since, reason=reason, by=cast.farah, now=late)
    for name, refusal in (("ben", NotAllowed), ("esther", NotAllowed)):
        with pytest.raises(refusal):
            keys.revoke(
                cast.organisation_id, seal.id, since=now, reason=WHY, by=cast.ids[name], now=now + DAY
            )
    with pytest.raises(NotFound):
        keys.revoke(cast.other_id, seal.id, since=now, reason=WHY, by=None, now=now + DAY)
    keys.revoke(cast.organisation_id, seal.id, since=now + 6 * HOUR, reason=WHY, by=cast.farah, now=now + DAY)
    entry = x509.load_der_x509_crl(keys.revocation_list("snee")).get_revoked_certificate_by_serial_number(
        serial
    )
    assert entry is not None
    assert entry.revocation_date_utc == now + 6 * HOUR
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is ReasonFlags.key_compromise
    assert [one.why for one in keys.listed(cast.organisation_id) if one.leaked] == [WHY]
    assert newest(record).good  # it was sealed before


@pytest.mark.parametrize("purpose", ["seal", "root"])
def test_a_file_made_with_a_leaked_key_is_not_trusted_though_it_says_it_is_older(
    cast: Cast, record: RecordRow, now: datetime, purpose: str
) -> None:
    with transaction() as session:
        stolen = key_work.keys_of(session, organisations.get(cast.organisation_id, session=session), now=now)
    frozen = recorded.find_record(ref=record.ref).record
    unsigned, at = lay_out(frozen, signatories=()), now + 6 * HOUR
    forged = certify(unsigned, seal=stolen.seal, issuer=stolen.root.certificate, now=at)
    read().rollback()
    assert verifying.check_file(forged).file.trusted  # until the theft is known; it is not in the register
    assert not verifying.check_file(forged).good
    key = of(cast, purpose)
    keys.revoke(cast.organisation_id, key.id, since=now + 5 * HOUR, reason=WHY, by=None, now=now + DAY)
    assert not verifying.check_file(forged).file.trusted
    assert newest(record).good  # the register knows it


def test_keys_are_kept_encrypted_and_a_record_waits_while_the_secret_is_wrong(
    cast: Cast, record: RecordRow, app: Flask, now: datetime
) -> None:
    kept = read().scalars(select(SigningKey.private_key).where(SigningKey.purpose == "seal")).one()
    assert b"ENCRYPTED PRIVATE" in kept
    read().rollback()
    ref, second = factories.decided(cast, now)
    right = installation.config()
    app.extensions["ehiia.config"] = replace(right, keys_secret=b"another secret")
    try:
        with pytest.raises(WrongSecret):
            sealing.seal_record(second.id, now=now + 5 * HOUR)
        assert not sealing.seal_at_once(second.id, now=now + 5 * HOUR)
        assert current(ref).stage is Stage.IN_FORCE
    finally:
        app.extensions["ehiia.config"] = right
    read().rollback()
    assert work.do_due(now=now + 6 * HOUR).done == 2
    read().rollback()
    assert recorded.find_record(ref=second.ref).state is SealState.SIGNED
    assert newest(second).good


def test_a_lost_secret_ends_with_a_new_root_and_a_new_secret_opens_what_is_there(
    cast: Cast, record: RecordRow, app: Flask, now: datetime
) -> None:
    fresh = b"a new secret that is long enough to be one"
    with pytest.raises(Invalid):
        keys.encrypt_anew(b"short", now=now)
    assert keys.encrypt_anew(fresh, now=now) == 3
    right = installation.config()
    with pytest.raises(Invalid):
        keys.encrypt_anew(fresh, now=now)  # it is not the secret of this installation
    try:
        app.extensions["ehiia.config"] = replace(right, keys_secret=fresh)
        second = factories.decided(cast, now)[1]
        sealing.seal_record(second.id, now=now + 5 * HOUR)
        app.extensions["ehiia.config"] = replace(right, keys_secret=b"found nowhere")
        root = of(cast, "root")
        keys.revoke(cast.organisation_id, root.id, since=now, reason=WHY, by=None, now=now + DAY)
        third = factories.decided(cast, now)[1]
        sealing.seal_record(third.id, now=now + 2 * DAY)
    finally:
        app.extensions["ehiia.config"] = right
    assert newest(second).good
    assert newest(third).good
