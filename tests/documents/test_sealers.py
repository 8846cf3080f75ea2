"""Seals and issuing certificates that an organisation brings along, and a seal that stays in its token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from pkcs11.util.ec import encode_named_curve_parameters

from ehiia.documents.signing import supplied
from ehiia.documents.signing.authority import Credential, PrivateKey, Sealer, keep, make_clock, reopen
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.supplied import Unusable
from ehiia.documents.signing.tokens import TokenSeal, TokenUnavailable
from ehiia.documents.signing.verify import verify
from tests.documents.conftest import NOW, Keys, Steps
from tests.documents.reading import run
from tests.documents.records import CAROL

PASSWORD = "a password from the trust service"
PEM = serialization.Encoding.PEM
LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


def _certificate(
    name: str,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    by: Credential | None,
    key: PrivateKey,
    *,
    authority: bool = False,
    start: datetime = NOW - timedelta(days=1),
) -> x509.Certificate:
    """Make a certificate as a trust service makes them: for signing, without "content commitment"."""
    oid = x509.NameOID
    subject = x509.Name(
        [
            x509.NameAttribute(oid.ORGANIZATION_NAME, "Trust of the North"),
            x509.NameAttribute(oid.COMMON_NAME, name),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(by.key if by else key, hashes.SHA256())
    )


def _made(
    name: str, by: Credential | None, *, authority: bool = False, key: PrivateKey | None = None
) -> Credential:
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(name, key.public_key(), by, key, authority=authority)
    return Credential(certificate, key, (by.certificate, *by.chain) if by else ())


@pytest.fixture(scope="module")
def service() -> Credential:
    """Return the root of a trust service."""
    return _made("Root of the trust service", None, authority=True)


@pytest.fixture(scope="module")
def issuing(service: Credential) -> Credential:
    """Return an issuing certificate that the trust service gave to the organisation."""
    return _made("Issuing certificate", service, authority=True)


@pytest.fixture(scope="module")
def bought(issuing: Credential) -> Credential:
    """Return a seal with an RSA key, as trust services sell them."""
    return _made("Seal of the Trust", issuing, key=rsa.generate_private_key(65537, 2048))


def _p12(credential: Credential) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"seal",
        credential.key,
        credential.certificate,
        reversed(credential.chain),
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )


def _pem(credential: Credential) -> bytes:
    kept = keep(credential, secret=PASSWORD.encode())
    return kept.certificate.encode() + kept.encrypted_key.encode()


def _parts(credential: Credential) -> tuple[object, ...]:
    return credential.certificate, credential.chain, credential.key.public_key()


def test_a_bought_seal_is_opened_with_its_chain_in_order_and_seals(
    bought: Credential, service: Credential, steps: Steps, tmp_path: Path
) -> None:
    seal = supplied.seal(_p12(bought), PASSWORD, now=NOW)
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
    for content in (_p12(bought), _pem(bought)):
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
        supplied.issuer(_p12(bought), PASSWORD, now=NOW)
    with pytest.raises(Unusable, match="issues others"):
        supplied.seal(_p12(issuing), PASSWORD, now=NOW)
    with pytest.raises(Unusable, match="time-stamps"):
        supplied.seal(_p12(make_clock("Elmshire", root=keys.root, now=NOW)), PASSWORD, now=NOW)


def test_a_certificate_not_in_force_is_refused(bought: Credential) -> None:
    for now in (NOW - timedelta(days=30), NOW + timedelta(days=4000)):
        with pytest.raises(Unusable, match="not in force"):
            supplied.seal(_p12(bought), PASSWORD, now=now)


def test_a_key_that_readers_do_not_know_is_refused(service: Credential) -> None:
    odd = _made("Seal", service, key=ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(Unusable, match="curve"):
        supplied.seal(_p12(odd), PASSWORD, now=NOW)
    short = _made("Seal", service, key=rsa.generate_private_key(65537, 1024))
    with pytest.raises(Unusable, match="too short"):
        supplied.seal(_p12(short), PASSWORD, now=NOW)


def test_a_key_without_its_certificate_is_refused(bought: Credential, issuing: Credential) -> None:
    key = bought.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Unusable, match="belongs to the key"):
        supplied.seal(key + issuing.certificate.public_bytes(PEM), "", now=NOW)


# -- a token -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, issuing: Credential) -> Iterator[TokenSeal]:
    """Make a SoftHSM token with a key that never leaves it, certified by the issuing certificate."""
    library = next((path for path in LIBRARIES if Path(path).exists()), "")
    assert library, "SoftHSM is missing: install softhsm2"
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")  # read when the library is loaded
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "seal",
        "--pin",
        "1234",
        "--so-pin",
        "4321",
    ]
    subprocess.run(command, check=True, capture_output=True)
    with pkcs11.lib(library).get_token(token_label="seal").open(rw=True, user_pin="1234") as session:
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )
        public, _ = curve.generate_keypair(store=True, label="record seal")
        point = bytes(public[pkcs11.Attribute.EC_POINT])[2:]
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    certificate = _certificate("Seal in a token", key, issuing, issuing.key)
    yield TokenSeal(
        library, "seal", "record seal", "1234", certificate, (issuing.certificate, *issuing.chain)
    )
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


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
