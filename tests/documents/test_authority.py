"""The organisation's own keys: made on the spot, kept encrypted, names as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import BasicConstraints, KeyUsage
from cryptography.x509.oid import NameOID

from ehiia.documents.signing.authority import (
    WrongSecret,
    keep,
    make_root,
    make_seal,
    name_part,
    reopen,
    single_use,
)
from tests.documents.conftest import NOW, Keys, make_keys

SECRET = b"a secret of the machine"


def test_the_root_signs_certificates_only_and_the_seal_documents_only(keys: Keys) -> None:
    root, seal = keys.root.certificate, keys.seal.certificate
    assert isinstance(keys.root.key, ec.EllipticCurvePrivateKey)
    assert isinstance(keys.root.key.curve, ec.SECP384R1)
    assert isinstance(keys.seal.key, ec.EllipticCurvePrivateKey)
    assert isinstance(keys.seal.key.curve, ec.SECP256R1)
    assert root.extensions.get_extension_for_class(BasicConstraints).value.ca
    assert not seal.extensions.get_extension_for_class(BasicConstraints).value.ca
    usage = seal.extensions.get_extension_for_class(KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    seal.verify_directly_issued_by(root)


def test_a_kept_key_opens_with_its_secret_only(keys: Keys) -> None:
    kept = keep(keys.seal, secret=SECRET)
    assert "ENCRYPTED" in kept.encrypted_key
    assert reopen(kept, secret=SECRET).certificate == keys.seal.certificate
    with pytest.raises(WrongSecret):
        reopen(kept, secret=b"another secret")
    with pytest.raises(WrongSecret):
        reopen(replace(kept, encrypted_key="nonsense"), secret=SECRET)


def test_a_kept_key_with_the_certificate_of_another_is_refused(keys: Keys) -> None:
    seal, root = keep(keys.seal, secret=SECRET), keep(keys.root, secret=SECRET)
    with pytest.raises(WrongSecret):
        reopen(replace(seal, certificate=root.certificate), secret=SECRET)


def test_keys_never_show_in_messages(keys: Keys) -> None:
    assert "key" not in repr(keys.seal).replace("EllipticCurvePublicKey", "")
    assert "ENCRYPTED" not in repr(keep(keys.seal, secret=SECRET))


@pytest.mark.parametrize("name", ["Dr Siân Ŵyn-Łukasiewicz", "Zofia Wiśniewska-Żółć", "Ŷnyr", "李雷"])
def test_a_single_use_certificate_bears_the_name_and_role_as_written(name: str, keys: Keys) -> None:
    certificate = single_use(name, "Cadeirydd y Bwrdd", root=keys.root, now=NOW).certificate
    assert name_part(certificate.subject, NameOID.COMMON_NAME) == name
    assert name_part(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME) == "Cadeirydd y Bwrdd"
    assert name_part(certificate.subject, NameOID.ORGANIZATION_NAME) == "Elmshire Integrated Care Board"


def test_names_longer_than_a_certificate_allows_are_cut_with_an_ellipsis() -> None:
    root = make_root("The Integrated Care Board of " + "Very " * 20 + "Long Name", now=NOW)
    seal = make_seal("x" * 200, root=root, now=NOW)
    cut = name_part(seal.certificate.subject, NameOID.ORGANIZATION_NAME)
    assert cut == "x" * 61 + "…"
    assert name_part(root.certificate.subject, NameOID.COMMON_NAME).startswith("The Integrated Care Board")


def test_every_signature_has_a_key_and_a_serial_number_of_its_own(keys: Keys) -> None:
    one, two = (single_use("Carol Reeve", "Chair", root=keys.root, now=NOW) for _ in range(2))
    assert one.certificate.serial_number != two.certificate.serial_number
    assert one.key.public_key() != two.key.public_key()


def test_certificates_begin_shortly_before_the_moment_given() -> None:
    certificate = make_keys().seal.certificate
    assert certificate.not_valid_before_utc == NOW - timedelta(minutes=5)
    assert certificate.not_valid_after_utc > NOW + timedelta(days=3000)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        make_root("Elmshire", now=datetime(2026, 11, 21, 9, 30))
