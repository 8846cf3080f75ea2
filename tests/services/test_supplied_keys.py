"""Keys that an organisation brings along: what is sealed with them verifies, and they go as the others do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from sqlalchemy import select

from ehiia.config import Token
from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing import authority
from ehiia.documents.signing.authority import Credential
from ehiia.documents.signing.facts import Verification
from ehiia.documents.signing.seal import certify
from ehiia.documents.signing.tokens import TokenSeal
from ehiia.domain.vocabulary import SealState, Stage
from ehiia.services import (
    history,
    installation,
    keys,
    recorded,
    seal_health,
    sealing,
    supplied_keys,
    verifying,
    work,
)
from ehiia.services.transaction import Invalid, NotAllowed, Refused, read
from ehiia.store.decisions import RecordRow
from ehiia.store.people import SigningKey
from tests import factories
from tests.documents.brought import PASSWORD, made, p12
from tests.factories import HOUR
from tests.people import Cast, gather

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DAY = timedelta(days=1)
WHY = "Bought from a trust service."


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def sealed(cast: Cast, now: datetime) -> RecordRow:
    row = factories.decided(cast, now)[1]
    sealing.seal_record(row.id, now=now + 5 * HOUR)
    return row


def newest(record: RecordRow) -> bytes:
    read().rollback()
    kept = recorded.find_record(ref=record.ref)
    return sealing.signed_files().get(kept.files[-1].storage_key)


def analysed(pdf: bytes) -> Verification:
    """Return what is found by whoever trusts what the register trusts, but does not know the file."""
    with_more = pdf + b"\n% said at the end"
    read().rollback()
    assert verifying.check_file(pdf).good
    return verifying.check_file(with_more).file


def in_force(cast: Cast) -> dict[str, keys.Key]:
    read().rollback()
    read().expire_all()
    return {one.purpose: one for one in keys.listed(cast.organisation_id) if one.replaceable}


def test_a_record_sealed_with_a_bought_seal_verifies_and_so_does_the_one_before(
    cast: Cast, bought: Credential, now: datetime
) -> None:
    before = sealed(cast, now)
    root = in_force(cast)["root"]
    mark = supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now + DAY)
    assert (in_force(cast)["seal"].fingerprint, in_force(cast)["seal"].supplied) == (mark, True)
    assert in_force(cast)["root"] == root
    record = sealed(cast, now + DAY)
    found = analysed(newest(record))
    assert [one.trusted for one in found.signatures] == [True, True, True]
    assert found.signatures[0].signer == "Seal of the Trust"
    assert verifying.check_file(newest(before)).good
    kept = read().scalars(select(SigningKey.private_key).where(SigningKey.supplied)).one()
    assert b"ENCRYPTED PRIVATE" in kept
    read().rollback()
    with pytest.raises(Invalid, match="already"):
        supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now + 2 * DAY)


def test_a_bought_seal_outlives_the_root_and_ends_as_the_others_do(
    cast: Cast, bought: Credential, now: datetime
) -> None:
    supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now)
    record = sealed(cast, now)
    root, seal = in_force(cast)["root"], in_force(cast)["seal"]
    keys.replace(cast.organisation_id, root.id, reason="A year has gone.", by=cast.farah, now=now + DAY)
    assert in_force(cast)["root"] != root
    assert in_force(cast)["seal"] == seal
    read().rollback()
    unsigned = lay_out(recorded.find_record(ref=record.ref).record, signatories=())
    forged = certify(unsigned, seal=bought, now=now + 6 * HOUR)
    read().rollback()
    assert verifying.check_file(forged).file.trusted  # until the theft is known; it is not in the register
    keys.revoke(cast.organisation_id, seal.id, since=now + DAY, reason="Stolen.", by=None, now=now + 2 * DAY)
    assert not in_force(cast)["seal"].supplied
    read().rollback()
    assert not verifying.check_file(forged).file.trusted
    assert verifying.check_file(newest(record)).good
    assert verifying.check_file(newest(sealed(cast, now + 3 * DAY))).good


def test_another_seal_of_the_same_trust_service_is_not_trusted(
    cast: Cast, bought: Credential, issuing: Credential, now: datetime
) -> None:
    supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now)
    frozen = recorded.find_record(ref=sealed(cast, now).ref).record
    pdf = certify(lay_out(frozen, signatories=()), seal=made("Another seal", issuing), now=now + 6 * HOUR)
    read().rollback()
    assert not verifying.check_file(pdf).file.trusted


def test_a_record_below_an_issuing_certificate_of_the_organisation_verifies(
    cast: Cast, issuing: Credential, now: datetime
) -> None:
    before = sealed(cast, now)
    old = in_force(cast)
    mark = supplied_keys.issuer(cast.organisation_id, p12(issuing), PASSWORD, reason=WHY, now=now + DAY)
    fresh = in_force(cast)
    assert fresh["root"].fingerprint == mark
    assert all(fresh[purpose].id != old[purpose].id for purpose in ("root", "seal", "clock"))
    found = analysed(newest(sealed(cast, now + DAY)))
    assert [one.trusted for one in found.signatures] == [True, True, True]
    assert verifying.check_file(newest(before)).good
    read().rollback()
    assert keys.published("snee").fingerprint == mark
    assert keys.revocation_list("snee")


def test_what_cannot_be_used_changes_nothing(cast: Cast, bought: Credential, now: datetime) -> None:
    for password, reason in (("another", WHY), (PASSWORD, " ")):
        with pytest.raises(Invalid):
            supplied_keys.seal(cast.organisation_id, p12(bought), password, reason=reason, now=now)
    with pytest.raises(Invalid, match="may not issue"):
        supplied_keys.issuer(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now)
    assert in_force(cast) == {}


def test_a_seal_and_a_root_of_different_organisations_are_refused_together(
    cast: Cast, bought: Credential, now: datetime
) -> None:
    other = made("Issuer", None, authority=True, organisation="Otherton Integrated Care Board")
    supplied_keys.issuer(
        cast.organisation_id, p12(other), PASSWORD, reason=WHY, now=now
    )  # the seal rests on it
    before = in_force(cast)
    with pytest.raises(
        Invalid, match="“Otherton Integrated Care Board”; the seal is of “Trust of the North”"
    ):
        supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now + DAY)
    assert in_force(cast) == before
    own = made("Issuer", None, authority=True, organisation="Suffolk and North East Essex")
    supplied_keys.issuer(cast.organisation_id, p12(own), PASSWORD, reason=WHY, now=now + DAY)
    supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now + DAY)
    third = made("Issuer", None, authority=True, organisation="Otherton Integrated Care Board")
    with pytest.raises(Invalid, match="another organisation signed"):
        supplied_keys.issuer(cast.organisation_id, p12(third), PASSWORD, reason=WHY, now=now + 2 * DAY)
    assert in_force(cast)["seal"].supplied


def test_a_bought_seal_is_brought_again_when_the_secret_was_lost(
    app: Flask, cast: Cast, bought: Credential, now: datetime
) -> None:
    supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now)
    before = installation.config()
    app.extensions["ehiia.config"] = replace(before, keys_secret=b"made when the old one was lost")
    try:
        with pytest.raises(Refused, match="replace the root"):
            keys.replace(
                cast.organisation_id, in_force(cast)["seal"].id, reason="Lost.", by=cast.farah, now=now + DAY
            )
        root = in_force(cast)["root"].id
        keys.replace(cast.organisation_id, root, reason="Lost.", by=cast.farah, now=now + DAY)
        assert not in_force(cast)["seal"].supplied
        supplied_keys.seal(cast.organisation_id, p12(bought), PASSWORD, reason=WHY, now=now + DAY)
        assert in_force(cast)["seal"].supplied
        assert verifying.check_file(newest(sealed(cast, now + 2 * DAY))).good
    finally:
        app.extensions["ehiia.config"] = before


# -- a token -----------------------------------------------------------------------------------


@pytest.fixture
def reachable(app: Flask, token: TokenSeal) -> Iterator[None]:
    """Let the configuration say where the token is."""
    before = installation.config()
    app.extensions["ehiia.config"] = replace(
        before, token=Token(token.library, token.token, token.key, token.pin)
    )
    yield
    app.extensions["ehiia.config"] = before


def test_a_record_sealed_by_a_token_verifies(
    cast: Cast, token: TokenSeal, reachable: None, now: datetime
) -> None:
    supplied_keys.seal_in_token(cast.organisation_id, authority.pem(token).encode(), reason=WHY, now=now)
    record = sealed(cast, now)
    found = analysed(newest(record))
    assert [one.trusted for one in found.signatures] == [True, True, True]
    assert found.signatures[0].signer == "Seal in a token"
    assert read().scalars(select(SigningKey.private_key).where(SigningKey.supplied)).one() == b""
    read().rollback()
    assert keys.encrypt_anew(installation.config().keys_secret * 2, now=now) == 2  # root and clock


def test_a_token_that_is_not_there_or_has_another_key_is_refused(
    cast: Cast, token: TokenSeal, bought: Credential, issuing: Credential, app: Flask, now: datetime
) -> None:
    pem = authority.pem(token).encode()
    with pytest.raises(Refused, match="EHIIA_PKCS11_MODULE"):
        supplied_keys.seal_in_token(cast.organisation_id, pem, reason=WHY, now=now)
    before = installation.config()
    where = Token(token.library, token.token, token.key, token.pin)
    try:
        app.extensions["ehiia.config"] = replace(before, token=replace(where, pin="9999"))
        with pytest.raises(Refused, match="cannot sign"):
            supplied_keys.seal_in_token(cast.organisation_id, pem, reason=WHY, now=now)
        app.extensions["ehiia.config"] = replace(before, token=where)
        other = made("Another seal", issuing).certificate.public_bytes(Encoding.PEM)
        with pytest.raises(Invalid, match="does not belong"):
            supplied_keys.seal_in_token(cast.organisation_id, other, reason=WHY, now=now)
    finally:
        app.extensions["ehiia.config"] = before
    assert in_force(cast) == {}


def test_a_record_waits_while_the_token_is_away_and_is_sealed_once_when_it_is_back(
    app: Flask, cast: Cast, token: TokenSeal, reachable: None, now: datetime
) -> None:
    supplied_keys.seal_in_token(cast.organisation_id, authority.pem(token).encode(), reason=WHY, now=now)
    there = installation.config()
    assert there.token is not None
    app.extensions["ehiia.config"] = replace(there, token=replace(there.token, label="taken out"))
    ref, record = factories.decided(cast, now)
    assert not sealing.seal_at_once(record.id, now=now + HOUR)
    read().rollback()
    assert factories.current(ref).stage is Stage.IN_FORCE  # the decision stands
    kept = recorded.find_record(ref=record.ref)
    assert (kept.state, kept.files) == (SealState.WAITING, ())
    (trouble,) = seal_health.troubles(cast.organisation_id)
    assert "One file waits to be sealed" in trouble.what
    assert "token" in trouble.what
    with pytest.raises(NotAllowed):
        seal_health.try_again(cast.organisation_id, by=cast.ben, now=now + 2 * HOUR)
    app.extensions["ehiia.config"] = there
    read().rollback()
    assert seal_health.try_again(cast.organisation_id, by=cast.farah, now=now + 2 * HOUR) == 1
    assert (work.do_due(now=now + 2 * HOUR).done, work.do_due(now=now + 9 * HOUR).done) == (1, 0)
    sealing.seal_record(record.id, now=now + 9 * HOUR)  # nothing is left to be done
    found = analysed(newest(record))
    assert found.signatures[0].signer == "Seal in a token"
    assert [file.step for file in recorded.find_record(ref=record.ref).files] == [1, 2, 3]
    said = history.of_subject(f"assessment:{record.assessment_id}").entries
    assert sum(one.sentence.endswith(f"sealed the record {record.ref}") for one in said) == 1
    assert seal_health.troubles(cast.organisation_id) == ()
    assert seal_health.try_again(cast.organisation_id, by=cast.farah, now=now + 9 * HOUR) == 0


# -- the commands ------------------------------------------------------------------------------


def test_the_commands_take_the_passphrase_from_a_file_or_ask_for_it(
    app: Flask, cast: Cast, bought: Credential, issuing: Credential, tmp_path: Path
) -> None:
    read().rollback()
    run = app.test_cli_runner().invoke
    (tmp_path / "seal.p12").write_bytes(p12(bought))
    (tmp_path / "issuer.p12").write_bytes(p12(issuing))
    given = ["--organisation", "snee", "--reason", WHY]
    asked = run(args=["keys", "import-seal", str(tmp_path / "seal.p12"), *given], input=f"{PASSWORD}\n")
    assert "It is in force" in asked.output
    assert PASSWORD not in asked.output
    before = installation.config()
    app.extensions["ehiia.config"] = replace(before, keys_passphrase=PASSWORD)
    try:
        assert (
            "It is in force"
            in run(args=["keys", "import-issuer", str(tmp_path / "issuer.p12"), *given]).output
        )
        wrong = run(args=["keys", "import-seal", str(tmp_path / "issuer.p12"), *given])
        assert (wrong.exit_code, "issues others" in wrong.output) == (1, True)
    finally:
        app.extensions["ehiia.config"] = before
    listed = run(args=["keys", "list"]).output
    assert listed.count("brought along") == 2
