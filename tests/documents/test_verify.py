"""What is said of a file: intact and trusted are two facts, and no file, however bad, raises."""

from __future__ import annotations

import hashlib
import zlib
from io import BytesIO

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from reportlab.pdfgen.canvas import Canvas

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing.facts import Coverage, SignatureKind, Verification
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.verify import verify
from tests.documents.conftest import NOW, Keys, Steps, make_keys
from tests.documents.forging import text_changed, updated
from tests.documents.records import CAROL, small_record

DAMAGED = "It is damaged, or not a PDF that can be read."


def _look(pdf: bytes, keys: Keys) -> Verification:
    return verify(pdf, trusted=(keys.root.certificate,))


def _flipped(pdf: bytes, place: int) -> bytes:
    changed = bytearray(pdf)
    changed[place] ^= 1
    return bytes(changed)


# -- good files ------------------------------------------------------------------------------


def test_a_good_file_is_told_in_words(steps: Steps, keys: Keys) -> None:
    assert _look(steps.signed, keys).words() == (
        "Nothing was changed after sealing.",
        "All signatures rest on a certificate that is trusted here.",
        "Not every signature has a time-stamp: when it was made is said by its own clock.",
        "Seal of Elmshire Integrated Care Board, Saturday 21 November 2026 at 09:30 "
        "by the organisation’s own clock: intact, trusted.",
        "Signature of Carol Reeve, Chair of the Board, Saturday 21 November 2026 at 09:33 "
        "by the organisation’s own clock: intact, trusted.",
    )


def test_the_facts_of_each_signature_are_named(steps: Steps, keys: Keys) -> None:
    seal, signatory = _look(steps.signed, keys).signatures
    assert (seal.kind, seal.covers) == (SignatureKind.SEAL, Coverage.ITS_REVISION)
    assert (signatory.kind, signatory.covers) == (SignatureKind.SIGNATORY, Coverage.WHOLE_FILE)
    assert (signatory.field, signatory.role) == ("DecisionMaker", "Chair of the Board")
    assert signatory.organisation == "Elmshire Integrated Care Board"
    assert signatory.problem == ""


def test_the_attached_record_is_handed_back_with_its_digest(steps: Steps, keys: Keys) -> None:
    found = _look(steps.signed, keys)
    assert found.record == small_record().canonical().encode("utf-8")
    assert found.record_sha256 == small_record().digest()
    assert found.record_parses
    assert found.sha256 == hashlib.sha256(steps.signed).hexdigest()


def test_an_unknown_root_leaves_a_file_intact_and_not_trusted(steps: Steps) -> None:
    for trusted in ((), (make_keys().root.certificate,)):
        found = verify(steps.signed, trusted=trusted)
        assert (found.intact, found.trusted) == (True, False)
        assert "Not all signatures rest on a certificate that is trusted here." in found.words()


def test_a_signature_dated_before_its_certificate_is_not_trusted(steps: Steps, keys: Keys) -> None:
    backdated = certify(
        steps.unsigned, seal=keys.seal, issuer=keys.root.certificate, now=NOW.replace(year=2019)
    )
    found = _look(backdated, keys)
    assert (found.intact, found.trusted) == (True, False)


def test_a_sealed_file_that_waits_for_a_signature_says_so(steps: Steps, keys: Keys) -> None:
    found = _look(steps.sealed, keys)
    assert (found.intact, found.trusted, found.complete) == (True, True, False)
    assert found.unsigned_fields == ("DecisionMaker",)
    assert "The field DecisionMaker is not signed." in found.words()


# -- changed files ---------------------------------------------------------------------------


def test_a_changed_byte_in_the_data_the_page_or_the_signature_is_found(steps: Steps, keys: Keys) -> None:
    pdf = steps.signed
    with pikepdf.open(BytesIO(pdf)) as file:
        data = pdf.index(file.attachments["record.json"].obj.EF.F.read_raw_bytes())
        page = pdf.index(file.pages[0].Contents.read_raw_bytes())
    signature = pdf.index(b"/Contents <", len(steps.unsigned))
    moment = pdf.index(b"20261121", len(steps.unsigned)) + 2
    for place in (data + 60, page + 60, signature + 400, moment):
        found = _look(_flipped(pdf, place), keys)
        assert not found.intact, f"byte {place}"
        assert found.words()[0] != "Nothing was changed after sealing."


def _add_number(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.NumberObject(1))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("tail", [b"\n", b"% a remark\n", b"\x00" * 100, b"%PDF-1.7 another"])
def test_bytes_after_the_end_are_found(tail: bytes, steps: Steps, keys: Keys) -> None:
    assert not _look(steps.signed + tail, keys).intact


def test_a_roll_back_shows_as_an_unsigned_field_and_another_digest(steps: Steps, keys: Keys) -> None:
    rolled_back = steps.signed[: len(steps.sealed)]
    found = _look(rolled_back, keys)
    assert found.intact
    assert not found.complete
    assert found.sha256 != _look(steps.signed, keys).sha256


def test_a_file_rewritten_by_another_program_is_not_intact(steps: Steps, keys: Keys) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(steps.signed)) as pdf:
        pdf.save(out)
    assert not _look(out.getvalue(), keys).intact


def test_a_seal_by_a_stranger_is_intact_and_not_trusted(keys: Keys) -> None:
    stranger = make_keys()
    forged = certify(
        lay_out(small_record(), signatories=(CAROL,)),
        seal=stranger.seal,
        issuer=stranger.root.certificate,
        now=NOW,
    )
    found = _look(forged, keys)
    assert (found.intact, found.trusted) == (True, False)


def test_a_signature_by_a_stranger_on_a_sealed_file_is_not_trusted(steps: Steps, keys: Keys) -> None:
    forged = sign(steps.sealed, field=CAROL.field, signatory=CAROL, authority=make_keys().root, now=NOW)
    found = _look(forged, keys)
    assert not found.trusted
    assert [signature.trusted for signature in found.signatures] == [True, False]


def test_a_signed_file_without_a_seal_is_not_intact(steps: Steps, keys: Keys) -> None:
    found = _look(
        sign(steps.unsigned, field=CAROL.field, signatory=CAROL, authority=keys.root, now=NOW), keys
    )
    assert not found.intact
    assert "The first signature is not the seal of an organisation." in found.words()


# -- files that are no records ---------------------------------------------------------------


def test_a_plain_pdf_is_readable_and_says_nothing(keys: Keys) -> None:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 72, "plain")
    canvas.save()
    found = _look(out.getvalue(), keys)
    assert (found.readable, found.intact, found.trusted) == (True, False, False)
    assert found.record is None
    assert found.words() == ("This file is not signed: nothing can be said about it.",)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "It is empty."),
        (b"Dear Sir or Madam", "It is not a PDF."),
        (b"PK\x03\x04" + b"\x00" * 500, "It is not a PDF."),
        (b"%PDF-1.7\n" + b"\xff" * 2000, DAMAGED),
        (b"%PDF-1.7\nstartxref\n9\n%%EOF", DAMAGED),
        (
            b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF",
            "It is damaged, or not a PDF that can be read.",
        ),
    ],
)
def test_garbage_is_told_in_words(content: bytes, problem: str, keys: Keys) -> None:
    found = _look(content, keys)
    assert (found.readable, found.intact, found.problem) == (False, False, problem)
    assert found.words() == (f"This file cannot be checked. {problem}",)


def test_a_bad_file_fills_no_log(steps: Steps, keys: Keys, caplog: pytest.LogCaptureFixture) -> None:
    _look(steps.signed[:9000], keys)
    _look(updated(steps.signed, text_changed), keys)
    assert caplog.records == []


def test_a_file_cut_short_anywhere_is_not_intact(steps: Steps, keys: Keys) -> None:
    for part in range(1, 20):
        cut = steps.signed[: len(steps.signed) * part // 20]
        found = _look(cut, keys)
        assert not found.complete
        assert found.words()


def test_a_huge_file_is_not_looked_at(keys: Keys) -> None:
    found = _look(b"%PDF-1.7\n" + b"0" * (20 * 1024 * 1024), keys)
    assert found.problem == "It is larger than 20 MB."


def test_a_file_with_a_password_says_so(steps: Steps, keys: Keys) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(steps.unsigned)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))
    assert _look(out.getvalue(), keys).problem == "It is protected by a password."


def test_data_that_would_unpack_to_gigabytes_is_not_unpacked(keys: Keys) -> None:
    bomb = zlib.compress(zlib.compress(b"0" * 80_000_000, 9), 9)
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        stream = pikepdf.Stream(pdf, bomb)
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        entry = pikepdf.Dictionary(EF=pikepdf.Dictionary(F=pdf.make_indirect(stream)))
        pdf.Root.Names = pikepdf.Dictionary(
            EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("record.json"), entry]))
        )
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(out.getvalue()) < 100_000
    assert not _look(out.getvalue(), keys).readable


def test_a_file_changed_endlessly_is_not_followed(keys: Keys) -> None:
    pdf = lay_out(small_record(), signatories=())
    for _ in range(61):
        pdf = updated(pdf, _add_number)
    found = _look(pdf, keys)
    assert (found.readable, found.problem) == (False, "It was changed more often than can be looked at.")
