"""Seals and issuing certificates that an organisation brings along, and a seal that stays in its token."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption

from ehiia.documents.signing import supplied
from ehiia.documents.signing.authority import Credential, Sealer, keep, make_clock, reopen
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.supplied import Unusable
from ehiia.documents.signing.tokens import TokenSeal, TokenUnavailable
from ehiia.documents.signing.verify import verify
from tests.documents.brought import PASSWORD, made, p12
from tests.documents.conftest import NOW, Keys, Steps
from tests.documents.reading import run
from tests.documents.records import CAROL

PEM = serialization.Encoding.PEM


def _pem(credential: Credential) -> bytes:
    kept = keep(credential, secret=PASSWORD.encode())
    return kept.certificate.encode() + kept.encrypted_key.encode()


def _parts(credential: Credential) -> tuple[object, ...]:
    return credential.certificate, credential.chain, credential.key.public_key()


def test_a_bought_seal_is_opened_with_its_chain_in_order_and_seals(
    bought: Credential, service: Credential, steps: Steps, tmp_path: Path
) -> None:
    seal = supplied.seal(p12(bought), PASSWORD, now=NOW)
    assert _parts(seal) == _parts(bought)
    pdf = certify(steps.unsigned, seal=seal, now=NOW)
    found = verify(pdf, trusted=(service.certificate,))
    assert (found.intact, found.trusted) == (True, True)
    assert found.signatures[0].organisation == "Trust of the North"
    assert "Signature is Valid." in run("pdfsig", tmp_path, pdf, "-nocert")


def test_an_issuing_certificate_of_the_organisation_certifies_its_signatories(
    issuing: Credential, service: Credential, bought: Credential, steps: Steps
) -> None:
    authority = supplied.issuer(_pem(issuing), PASSWORD, now=NOW)
    assert _parts(authority) == _parts(issuing)
    pdf = certify(steps.unsigned, seal=bought, now=NOW)
    pdf = sign(pdf, field=CAROL.field, signatory=CAROL, authority=authority, now=NOW)
    found = verify(pdf, trusted=(service.certificate,))
    assert (found.intact, found.trusted, found.complete) == (True, True, True)
    assert found.signatures[1].organisation == "Trust of the North"


def test_a_kept_key_keeps_its_chain(bought: Credential) -> None:
    assert _parts(reopen(keep(bought, secret=b"secret"), secret=b"secret")) == _parts(bought)


def test_the_wrong_password_or_a_damaged_file_is_told(bought: Credential) -> None:
    for content in (p12(bought), _pem(bought)):
        for wrong, password in (
            (content, "another"),
            (content, ""),
            (content[:300], PASSWORD),
            (b"", PASSWORD),
        ):
            with pytest.raises(Unusable, match="cannot be opened"):
                supplied.seal(wrong, password, now=NOW)


def test_a_seal_is_no_issuer_and_an_issuer_no_seal(
    bought: Credential, issuing: Credential, keys: Keys
) -> None:
    with pytest.raises(Unusable, match="may not issue"):
        supplied.issuer(p12(bought), PASSWORD, now=NOW)
    with pytest.raises(Unusable, match="issues others"):
        supplied.seal(p12(issuing), PASSWORD, now=NOW)
    with pytest.raises(Unusable, match="time-stamps"):
        supplied.seal(p12(make_clock("Elmshire", root=keys.root, now=NOW)), PASSWORD, now=NOW)


def test_a_certificate_not_in_force_is_refused(bought: Credential) -> None:
    for now in (NOW - timedelta(days=400), NOW + timedelta(days=4000)):
        with pytest.raises(Unusable, match="not in force"):
            supplied.seal(p12(bought), PASSWORD, now=now)


def test_a_key_that_readers_do_not_know_is_refused(service: Credential) -> None:
    odd = made("Seal", service, key=ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(Unusable, match="curve"):
        supplied.seal(p12(odd), PASSWORD, now=NOW)
    short = made("Seal", service, key=rsa.generate_private_key(65537, 1024))
    with pytest.raises(Unusable, match="too short"):
        supplied.seal(p12(short), PASSWORD, now=NOW)


def test_a_key_without_its_certificate_is_refused(bought: Credential, issuing: Credential) -> None:
    key = bought.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Unusable, match="belongs to the key"):
        supplied.seal(key + issuing.certificate.public_bytes(PEM), "", now=NOW)


# -- a token -----------------------------------------------------------------------------------


def test_a_seal_in_a_token_seals(token: TokenSeal, service: Credential, steps: Steps, tmp_path: Path) -> None:
    sealer: Sealer = token
    pdf = certify(steps.unsigned, seal=sealer, now=NOW)
    found = verify(pdf, trusted=(service.certificate,))
    assert (found.intact, found.trusted, found.signatures[0].signer) == (True, True, "Seal in a token")
    assert "Signature is Valid." in run("pdfsig", tmp_path, pdf, "-nocert")


@pytest.mark.parametrize(
    "wrong", [{"pin": "9999"}, {"token": "another"}, {"key": "another"}, {"library": "/nowhere.so"}]
)
def test_a_token_that_cannot_sign_says_so(wrong: dict[str, Any], token: TokenSeal, steps: Steps) -> None:
    with pytest.raises(TokenUnavailable, match="cannot sign"):
        certify(steps.unsigned, seal=replace(token, **wrong), now=NOW)
    assert token.pin not in repr(token)
