"""Sealing and signing: at the true moment, in existing fields, one step after another, never overwriting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import Signatory
from ehiia.documents.signing.seal import SigningRefused, certify, sign
from ehiia.documents.signing.verify import verify
from tests.documents.conftest import NOW, Keys, Steps
from tests.documents.large import large_record
from tests.documents.reading import run, squeezed, text_of
from tests.documents.records import CAROL, small_record


def test_a_sealed_and_signed_record_is_intact_trusted_and_complete(steps: Steps, keys: Keys) -> None:
    found = verify(steps.signed, trusted=(keys.root.certificate,))
    assert (found.intact, found.trusted, found.complete) == (True, True, True)
    assert [signature.signer for signature in found.signatures] == [
        "Elmshire Integrated Care Board seal",
        "Carol Reeve",
    ]
    assert [signature.at for signature in found.signatures] == [NOW, NOW + timedelta(minutes=3)]


def test_each_step_adds_to_the_file_and_changes_nothing_before(steps: Steps) -> None:
    assert steps.sealed.startswith(steps.unsigned)
    assert steps.signed.startswith(steps.sealed)


def test_the_time_of_signing_is_the_moment_given_and_never_the_clock(keys: Keys) -> None:
    long_ago = datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
    unsigned = lay_out(small_record(), signatories=())
    with pikepdf.open(
        BytesIO(certify(unsigned, seal=keys.seal, issuer=keys.root.certificate, now=long_ago))
    ) as pdf:
        seal = next(field for field in pdf.Root.AcroForm.Fields if str(field.T) == "Seal")
        assert str(seal.V.M).startswith("D:20190506070809")
        assert str(pdf.docinfo.ModDate) == "D:20270112144107Z"
        assert str(pdf.docinfo.Producer) == "EHIIA with ReportLab"


def test_the_seal_allows_nothing_but_filling_the_fields(steps: Steps) -> None:
    reader = PdfFileReader(BytesIO(steps.sealed))
    level = reader.embedded_signatures[0].docmdp_level
    assert level is not None
    assert level.name == "FILL_FORMS"


def test_names_in_welsh_and_polish_are_in_the_signature_and_on_paper(keys: Keys) -> None:
    people = (
        Signatory("First", "Dr Siân Ŵyn-Łukasiewicz", "Cyfarwyddwr"),
        Signatory("Second", "Zofia Wiśniewska-Żółć", "Prezeska"),
    )
    pdf = certify(
        lay_out(small_record(), signatories=people), seal=keys.seal, issuer=keys.root.certificate, now=NOW
    )
    for person in people:
        pdf = sign(pdf, field=person.field, signatory=person, authority=keys.root, now=NOW)
    found = verify(pdf, trusted=(keys.root.certificate,))
    assert found.intact
    assert [signature.signer for signature in found.signatures[1:]] == [person.name for person in people]
    assert any("Zofia Wiśniewska-Żółć, Prezeska" in sentence for sentence in found.words())


def test_pdfsig_reads_names_in_welsh_and_polish(keys: Keys, steps: Steps, tmp_path: Path) -> None:
    person = Signatory(CAROL.field, "Siân Ŵyn-Żółć", "Cadeirydd")
    pdf = sign(steps.sealed, field=CAROL.field, signatory=person, authority=keys.root, now=NOW)
    said = run("pdfsig", tmp_path, pdf, "-nocert")
    assert "Signer Certificate Common Name: Siân Ŵyn-Żółć" in said
    assert said.count("Signature is Valid.") == 2


def test_very_long_names_still_fit(keys: Keys) -> None:
    person = Signatory("Long", "Ŵ" * 300, "Chair of " + "many committees " * 30)
    pdf = certify(
        lay_out(small_record(), signatories=(person,)), seal=keys.seal, issuer=keys.root.certificate, now=NOW
    )
    pdf = sign(pdf, field="Long", signatory=person, authority=keys.root, now=NOW, reason="r" * 400)
    assert verify(pdf, trusted=(keys.root.certificate,)).intact


def test_a_field_that_is_not_there_or_signed_already_is_refused(steps: Steps, keys: Keys) -> None:
    for pdf, field in ((steps.sealed, "Nobody"), (steps.signed, CAROL.field)):
        with pytest.raises(SigningRefused, match="field"):
            sign(pdf, field=field, signatory=CAROL, authority=keys.root, now=NOW)


def test_a_second_seal_is_refused(steps: Steps, keys: Keys) -> None:
    with pytest.raises(SigningRefused):
        certify(steps.signed, seal=keys.seal, issuer=keys.root.certificate, now=NOW)


def test_a_seal_after_a_signature_is_refused(steps: Steps, keys: Keys) -> None:
    signed_first = sign(steps.unsigned, field=CAROL.field, signatory=CAROL, authority=keys.root, now=NOW)
    with pytest.raises(SigningRefused):
        certify(signed_first, seal=keys.seal, issuer=keys.root.certificate, now=NOW)


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_not_a_pdf_is_refused(content: bytes, keys: Keys) -> None:
    with pytest.raises(SigningRefused):
        certify(content, seal=keys.seal, issuer=keys.root.certificate, now=NOW)


def test_a_moment_without_a_time_zone_is_refused(steps: Steps, keys: Keys) -> None:
    with pytest.raises(ValueError, match="time zone"):
        sign(
            steps.sealed, field=CAROL.field, signatory=CAROL, authority=keys.root, now=datetime(2026, 11, 21)
        )


def test_pdfsig_reads_both_signatures(steps: Steps, tmp_path: Path) -> None:
    said = run("pdfsig", tmp_path, steps.signed, "-nocert")
    assert said.count("Signature Validation: Signature is Valid.") == 2
    assert said.count("Signature Type: ETSI.CAdES.detached") == 2
    assert "Signer Certificate Common Name: Carol Reeve" in said


def test_pdfsig_sees_a_changed_byte(steps: Steps, tmp_path: Path) -> None:
    place = steps.unsigned.index(b"stream") + 40
    broken = bytearray(steps.signed)
    broken[place] ^= 1
    said = run("pdfsig", tmp_path, bytes(broken), "-nocert")
    assert "Signature is Valid." not in said
    assert said.count("Digest Mismatch") == 2


def test_the_signed_file_shows_who_signed_when_with_embedded_fonts(steps: Steps, tmp_path: Path) -> None:
    seen = squeezed(text_of(steps.signed, tmp_path))
    assert squeezed("Signed by Carol Reeve Chair of the Board Approved 21 November 2026 09:33:15 GMT") in seen
    assert squeezed("Sealed by the organisation Elmshire Integrated Care Board") in seen
    fonts = run("pdffonts", tmp_path, steps.signed).splitlines()[2:]
    assert {row.split()[-5] for row in fonts} == {"yes"}


def test_a_large_record_can_be_sealed_and_signed(keys: Keys) -> None:
    record = replace(large_record(), code="ABCDEFGHJKMN")
    pdf = certify(
        lay_out(record, signatories=(CAROL,)), seal=keys.seal, issuer=keys.root.certificate, now=NOW
    )
    pdf = sign(pdf, field=CAROL.field, signatory=CAROL, authority=keys.root, now=NOW)
    found = verify(pdf, trusted=(keys.root.certificate,))
    assert found.intact
    assert found.record == record.canonical().encode("utf-8")
    assert found.record_sha256 == record.digest()
