"""Revocation lists: made by the issuer, read by others, and believed only with the issuer's signature."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags

from ehiia.documents.signing.authority import make_seal, single_use
from ehiia.documents.signing.revocation import Revoked, make_crl, revoked
from tests.documents.conftest import NOW, ORGANISATION, Keys, make_keys

STOLEN = Revoked(4711, NOW - timedelta(days=3), ReasonFlags.key_compromise)


def test_a_list_names_what_was_revoked_since_when_and_why(keys: Keys) -> None:
    made = make_crl(keys.root, [STOLEN, Revoked(12, NOW)], number=7, now=NOW, days=30)
    assert made.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7
    assert made.next_update_utc == (NOW + timedelta(days=30)).replace(microsecond=0)
    entry = made.get_revoked_certificate_by_serial_number(4711)
    assert entry is not None
    assert entry.revocation_date_utc == STOLEN.at
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is ReasonFlags.key_compromise


def test_openssl_reads_a_list(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "list.pem").write_bytes(
        make_crl(keys.root, [STOLEN], number=1, now=NOW).public_bytes(Encoding.PEM)
    )
    (tmp_path / "root.pem").write_bytes(keys.root.certificate.public_bytes(Encoding.PEM))
    command = [
        "openssl",
        "crl",
        "-in",
        str(tmp_path / "list.pem"),
        "-CAfile",
        str(tmp_path / "root.pem"),
        "-text",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "verify OK" in done.stderr
    assert "Serial Number: 1267" in done.stdout


def test_only_a_list_signed_by_the_issuer_counts_and_the_earliest_of_these(keys: Keys) -> None:
    seal, known = keys.seal.certificate, [keys.root.certificate]
    serial = seal.serial_number
    assert revoked(seal, [], known) is None
    said = Revoked(serial, NOW, ReasonFlags.superseded)
    mine = make_crl(keys.root, [said], number=1, now=NOW)
    assert revoked(seal, [mine], known) == said
    assert revoked(seal, [mine], []) is None
    namesake = make_crl(make_keys().root, [said], number=1, now=NOW)
    assert revoked(seal, [namesake], known) is None
    before = Revoked(serial, NOW - timedelta(days=1))
    earlier = make_crl(keys.root, [before], number=2, now=NOW)
    assert revoked(seal, [mine, earlier], known) == before


def test_a_key_counts_as_leaked_where_no_harmless_reason_is_given() -> None:
    assert Revoked(1, NOW).leaked
    assert STOLEN.leaked
    assert not Revoked(1, NOW, ReasonFlags.superseded).leaked


def test_certificates_say_where_the_list_is_only_where_there_is_an_address(keys: Keys) -> None:
    address = "https://records.example.org/keys/QZZ.crl"
    seal = make_seal(ORGANISATION, root=keys.root, now=NOW, crl_address=address)
    once = single_use("Carol Reeve", "Chair", root=keys.root, now=NOW, crl_address=address)
    for made in (seal, once):
        points = made.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert [name.value for name in points[0].full_name or ()] == [address]
    with pytest.raises(x509.ExtensionNotFound):
        keys.seal.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_a_certificate_never_outlives_its_issuer(keys: Keys) -> None:
    late = keys.root.certificate.not_valid_after_utc - timedelta(days=5)
    made = single_use("Carol Reeve", "Chair", root=keys.root, now=late).certificate
    assert made.not_valid_after_utc == keys.root.certificate.not_valid_after_utc


def test_a_list_needs_a_moment_with_a_time_zone(keys: Keys) -> None:
    with pytest.raises(ValueError, match="time zone"):
        make_crl(keys.root, [], number=1, now=datetime(2026, 11, 21))
