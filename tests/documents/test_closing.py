"""Closing a record with a time-stamp over all of it, and renewing that before it ages (PAdES B-LTA)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest

from ehiia.documents.signing import authority
from ehiia.documents.signing.facts import SignatureKind
from ehiia.documents.signing.renewal import renew
from ehiia.documents.signing.seal import SigningRefused, close
from ehiia.documents.signing.timestamps import LocalTimestamper
from ehiia.documents.signing.verify import verify
from tests.documents.conftest import NOW, ORGANISATION, Keys, Steps
from tests.documents.reading import run

YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def clock(keys: Keys) -> authority.Credential:
    """Return the organisation's own time-stamping key."""
    return authority.make_clock(ORGANISATION, root=keys.root, now=NOW)


@pytest.fixture(scope="module")
def closed(steps: Steps, clock: authority.Credential) -> bytes:
    """Return the small record when everybody has signed and it was closed."""
    return close(steps.signed, timestamper=LocalTimestamper(clock, now=NOW + timedelta(minutes=5)))


@pytest.fixture(scope="module")
def renewed(closed: bytes, clock: authority.Credential) -> bytes:
    """Return the closed record, renewed in two years."""
    for years in (1, 2):
        closed = renew(closed, timestamper=LocalTimestamper(clock, now=NOW + years * YEAR))
    return closed


def test_a_closed_record_is_intact_trusted_and_complete(closed: bytes, steps: Steps, keys: Keys) -> None:
    assert closed.startswith(steps.signed)
    found = verify(closed, trusted=(keys.root.certificate,))
    assert (found.intact, found.trusted, found.complete) == (True, True, True)
    last = found.signatures[-1]
    assert (last.field, last.kind) == ("ArchiveTimestamp", SignatureKind.TIME_STAMP)
    assert last.at == (NOW + timedelta(minutes=5)).replace(microsecond=0)


def test_a_record_renewed_in_two_years_is_as_intact_as_before(
    renewed: bytes, closed: bytes, keys: Keys
) -> None:
    assert renewed.startswith(closed)
    found = verify(renewed, trusted=(keys.root.certificate,))
    assert (found.intact, found.trusted, found.complete) == (True, True, True)
    assert [signature.field for signature in found.signatures[2:]] == [
        "ArchiveTimestamp",
        "ArchiveTimestamp2",
        "ArchiveTimestamp3",
    ]


def test_what_is_needed_to_check_it_alone_is_inside(renewed: bytes, keys: Keys) -> None:
    with pikepdf.open(BytesIO(renewed)) as pdf:
        inside = {bytes(stream.read_bytes()) for stream in pdf.Root.DSS.Certs}
        assert authority.asn1(keys.root.certificate).dump() in inside
        assert str(pdf.docinfo.Producer) == "EHIIA with ReportLab"


def test_other_programs_read_a_renewed_file(renewed: bytes, tmp_path: Path) -> None:
    assert run("pdfsig", tmp_path, renewed, "-nocert").count("Signature is Valid.") == 2
    assert "No syntax or stream encoding errors" in run("qpdf", tmp_path, renewed, "--check")


def test_closing_and_renewing_leave_a_record_accessible_and_archival(
    steps: Steps, closed: bytes, renewed: bytes, tmp_path: Path
) -> None:
    """By a judge that wrongly wants every signature to cover the whole file, however many there are."""
    wrong = {"PDFA3A-SIGNATURE-BYTERANGE-001", "PDFA3A-STREAM-LENGTH-001"}
    for pdf in (steps.unsigned, closed, renewed):
        path = tmp_path / "judged.pdf"
        path.write_bytes(pdf)
        for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
            found = page.validate_pdf(str(path), profile=profile)
            assert {one.rule_id for one in found.failures} <= wrong


def test_nothing_is_closed_before_everybody_has_signed(steps: Steps, clock: authority.Credential) -> None:
    with pytest.raises(SigningRefused, match="still to sign"):
        close(steps.sealed, timestamper=LocalTimestamper(clock, now=NOW))


def test_nothing_is_closed_twice_or_renewed_before_it_was_closed(
    closed: bytes, steps: Steps, clock: authority.Credential
) -> None:
    with pytest.raises(SigningRefused, match="closed already"):
        close(closed, timestamper=LocalTimestamper(clock, now=NOW))
    with pytest.raises(SigningRefused, match="never closed"):
        renew(steps.signed, timestamper=LocalTimestamper(clock, now=NOW))


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_not_a_pdf_is_neither_closed_nor_renewed(content: bytes, clock: authority.Credential) -> None:
    for step in (close, renew):
        with pytest.raises(SigningRefused):
            step(content, timestamper=LocalTimestamper(clock, now=NOW))
