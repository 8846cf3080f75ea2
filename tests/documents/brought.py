"""What a trust service gives an organisation: an issuing certificate, a seal, and one in a token.

The fixtures are known to all tests by ``tests/conftest.py``: a token is found once in a process.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from ehiia.documents.signing.authority import Credential, PrivateKey

if TYPE_CHECKING:
    from ehiia.documents.signing.tokens import TokenSeal

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Before every moment at which tests take place."""
PASSWORD = "a password from the trust service"
LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


def _certificate(
    name: str,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    by: Credential | None,
    key: PrivateKey,
    *,
    authority: bool = False,
    organisation: str = "Trust of the North",
) -> x509.Certificate:
    """Make a certificate as a trust service makes them: for signing, without "content commitment"."""
    oid = x509.NameOID
    subject = x509.Name(
        [
            x509.NameAttribute(oid.ORGANIZATION_NAME, organisation),
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
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(by.key if by else key, hashes.SHA256())
    )


def made(
    name: str,
    by: Credential | None,
    *,
    authority: bool = False,
    key: PrivateKey | None = None,
    organisation: str = "Trust of the North",
) -> Credential:
    """Make a key and its certificate."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(
        name, key.public_key(), by, key, authority=authority, organisation=organisation
    )
    return Credential(certificate, key, (by.certificate, *by.chain) if by else ())


@pytest.fixture(scope="session")
def service() -> Credential:
    """Return the root of a trust service."""
    return made("Root of the trust service", None, authority=True)


@pytest.fixture(scope="session")
def issuing(service: Credential) -> Credential:
    """Return an issuing certificate that the trust service gave to the organisation."""
    return made("Issuing certificate", service, authority=True)


@pytest.fixture(scope="session")
def bought(issuing: Credential) -> Credential:
    """Return a seal with an RSA key, as trust services sell them."""
    return made("Seal of the Trust", issuing, key=rsa.generate_private_key(65537, 2048))


def p12(credential: Credential) -> bytes:
    """Return a credential as trust services hand it over."""
    return pkcs12.serialize_key_and_certificates(
        b"seal",
        credential.key,
        credential.certificate,
        reversed(credential.chain),
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory, issuing: Credential) -> Iterator[TokenSeal]:
    """Make a SoftHSM token with a key that never leaves it, certified by the issuing certificate."""
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    from ehiia.documents.signing.tokens import TokenSeal

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
