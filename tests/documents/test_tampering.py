"""Whatever is done to a finished record is found and named in words. All of it is done to one file.

The file has a seal, three signatories and a closing time-stamp. The register of the organisation knows the
digest of the finished file; where only that can tell, the test says so.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing import aside
from ehiia.documents.signing.authority import asn1, keep
from ehiia.documents.signing.facts import Level
from ehiia.documents.signing.revocation import Revoked, make_crl
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.verify import verify
from tests.documents import forging
from tests.documents.conftest import NOW, Full, Keys, Stamps, Steps, look, make_keys
from tests.documents.forging import updated
from tests.documents.reading import run
from tests.documents.records import CAROL, small_record

# -- the file as it should be -----------------------------------------------------------------------


def test_a_finished_record_is_told_in_words(full: Full, keys: Keys, stamps: Stamps) -> None:
    found = look(full.closed, keys, stamps)
    assert found.level is Level.LTA
    assert found.holds_until == datetime(2036, 11, 18, 9, 25, 15, tzinfo=UTC)
    assert found.words() == (
        "Nothing was changed after sealing.",
        "All signatures rest on a certificate that is trusted here.",
        "It was closed by a time-stamp, Saturday 21 November 2026 at 09:34: nothing may change after that.",
        "Seal of Elmshire Integrated Care Board, Saturday 21 November 2026 at 09:30 "
        "with a time-stamp of Stamps of the North: intact, trusted.",
        "Signature of Carol Reeve, Chair of the Board, Saturday 21 November 2026 at 09:31 "
        "with a time-stamp of Stamps of the North: intact, trusted.",
        "Signature of Dr Siân Ŵyn-Łukasiewicz, Executive lead, Saturday 21 November 2026 at 09:32 "
        "with a time-stamp of Stamps of the North: intact, trusted.",
        "Signature of Joy Mensah, Chief nurse, Saturday 21 November 2026 at 09:33 "
        "with a time-stamp of Stamps of the North: intact, trusted.",
        "Time-stamp of Stamps of the North, Saturday 21 November 2026 at 09:34 "
        "with a time-stamp of Stamps of the North: intact, trusted.",
    )


def test_pdfsig_and_pyhanko_agree_on_every_signature(
    full: Full, keys: Keys, stamps: Stamps, tmp_path: Path
) -> None:
    said = run("pdfsig", tmp_path, full.closed, "-nocert")
    valid = re.findall(r"Signature Field Name: (\S+)(?:(?!Signature #).)*?Signature is Valid\.", said, re.S)
    reader = PdfFileReader(BytesIO(full.closed))
    roots = [asn1(keys.root.certificate), asn1(stamps.root.certificate)]
    context = ValidationContext(trust_roots=roots, moment=NOW, allow_fetching=False)
    ours = [
        one for one in reader.embedded_regular_signatures if validate_pdf_signature(one, context).bottom_line
    ]
    assert valid == [one.field_name for one in ours] == ["Seal", *(one.field for one in full.signatories)]
    (stamp,) = reader.embedded_timestamp_signatures
    assert validate_pdf_timestamp(stamp, context).trusted
    assert "ArchiveTimestamp" in said  # poppler names a document time-stamp and cannot check it


# -- bytes --------------------------------------------------------------------------------------------


def _covered(pdf: bytes) -> list[list[tuple[int, int]]]:
    """Return what each signature covers, from its ByteRange."""
    found = re.findall(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+)", pdf)
    return [[(int(a), int(a) + int(b)), (int(c), int(c) + int(d))] for a, b, c, d in found]


def _digests(pdf: bytes, covered: list[list[tuple[int, int]]]) -> list[bytes]:
    return [hashlib.sha256(b"".join(pdf[start:end] for start, end in ranges)).digest() for ranges in covered]


def _flipped(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def test_a_byte_flipped_anywhere_changes_a_digest(full: Full) -> None:
    """A thousand places: the register sees each; the signatures each but those in the last one itself."""
    pdf = full.closed
    covered, chosen = _covered(pdf)[-1:], random.Random(20261121)
    assert len(_covered(pdf)) == 5
    whole, signed = hashlib.sha256(pdf).digest(), _digests(pdf, covered)
    (_, gap_starts), (gap_ends, end) = covered[0]
    assert end == len(pdf)
    for place in (chosen.randrange(len(pdf)) for _ in range(1000)):
        changed = _flipped(pdf, place)
        assert hashlib.sha256(changed).digest() != whole
        assert (_digests(changed, covered) != signed) is not (gap_starts <= place < gap_ends), place


def test_a_byte_flipped_anywhere_is_named(steps: Steps, keys: Keys, stamps: Stamps) -> None:
    """Thirty places by full analysis, three of them in the room left after the last signature.

    That holds copies of certificates that nothing rests on; a byte of those only the register sees.
    """
    pdf, chosen = steps.signed, random.Random(2027)
    (_, gap_starts), (gap_ends, _) = _covered(pdf)[-1]
    padding = pdf.index(b"0" * 1000, gap_starts)
    places = [chosen.randrange(gap_starts) for _ in range(27)]
    places += [chosen.randrange(padding, gap_ends - 1) for _ in range(3)]
    for place in places:
        found = look(_flipped(pdf, place), keys, stamps)
        assert not found.intact, place
        assert found.words()[0] in (
            "This file is not as it was when it was sealed.",
            "This file cannot be checked. It is damaged, or not a PDF that can be read.",
        ), (place, found.words())


# -- later additions ---------------------------------------------------------------------------------


CHANGES = [
    (forging.page_added, "A page was added."),
    (forging.page_removed, "A page was removed."),
    (forging.text_changed, "What page 1 shows was changed."),
    (forging.data_replaced, "The attached data record.json was replaced."),
    (forging.data_added, "A file was attached: terms.txt."),
    (forging.signature_removed, "The signature in the field DecisionMaker was removed."),
    (forging.signature_replaced, "The signature in the field DecisionMaker was replaced."),
    (forging.seal_removed, "The signature in the field Seal was removed."),
    (forging.note_added, "A note or drawing was added to page 2."),
    (forging.label_changed, "The label of the field DecisionMaker was changed: it was “"),
    (forging.look_changed, "What the signature in the field DecisionMaker shows was changed."),
    (forging.field_added, "A field was added: Extra."),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_what_was_changed_by_an_update_is_named(
    change: Callable[[IncrementalPdfFileWriter], None], said: str, steps: Steps, keys: Keys, stamps: Stamps
) -> None:
    found = look(updated(steps.signed, change), keys, stamps)
    assert not found.intact
    assert found.words()[0] == "This file is not as it was when it was sealed."
    assert [sentence for sentence in found.words() if sentence.startswith(said)], found.words()


def test_a_signature_taken_from_a_closed_file_is_named(full: Full, keys: Keys, stamps: Stamps) -> None:
    for change, what in ((forging.signature_removed, "removed"), (forging.signature_replaced, "replaced")):
        found = look(updated(full.closed, change), keys, stamps)
        assert not found.intact
        assert f"The signature in the field Signatory3 was {what}." in found.words()


def test_what_was_changed_is_named_also_when_somebody_signed_over_it(
    steps: Steps, keys: Keys, stamps: Stamps
) -> None:
    forged = updated(steps.sealed, forging.text_changed)
    forged = sign(forged, field=CAROL.field, signatory=CAROL, authority=keys.root, now=NOW)
    found = look(forged, keys, stamps)
    assert not found.intact
    assert "What page 1 shows was changed." in found.words()


def test_the_data_replaced_in_a_file_sealed_anew_has_another_digest_and_no_trust(
    keys: Keys, stamps: Stamps, full: Full
) -> None:
    """Three facts apart: signatures of a stranger, another digest of the file, another of the data."""
    stranger = make_keys()
    out = BytesIO()
    with pikepdf.open(BytesIO(lay_out(small_record(), signatories=()))) as pdf:
        pdf.Root.Names.EmbeddedFiles.Names[1].EF.F.write(b'{"type":"DecisionRecord"}')
        pdf.save(out)
    found = look(
        certify(out.getvalue(), seal=stranger.seal, issuer=stranger.root.certificate, now=NOW), keys, stamps
    )
    good = look(full.closed, keys, stamps)
    assert (found.intact, found.trusted) == (True, False)
    assert found.sha256 != good.sha256
    assert good.record_sha256 == small_record().digest()
    assert found.record_sha256 not in ("", good.record_sha256)


def test_a_roll_back_leaves_fields_unsigned_and_another_digest(
    full: Full, keys: Keys, stamps: Stamps
) -> None:
    """The rest only the register can tell, for each step was once the whole file."""
    names = [one.field for one in full.signatories]
    for signed, (earlier, later) in enumerate(pairwise(full.steps)):
        assert later.startswith(earlier)
        found = look(earlier, keys, stamps)
        assert found.intact
        assert found.unsigned_fields == tuple(names[signed:])
        assert found.closed_at is None
        assert found.sha256 != hashlib.sha256(full.closed).hexdigest()
        if found.unsigned_fields:
            assert f"The field {names[-1]} is not signed." in found.words()
            assert (
                "Whether a later step of this file has more signatures, only the register can tell."
                in found.words()
            )


def test_a_process_of_its_own_finds_the_same(full: Full, keys: Keys, stamps: Stamps) -> None:
    lists = (make_crl(keys.root, [Revoked(1, NOW)], number=1, now=NOW),)
    found = aside.look(
        full.closed,
        trusted=[keep(keys.root, secret=b"x").certificate],
        authorities=[keep(stamps.root, secret=b"x").certificate],
        revocation_lists=[lists[0].public_bytes(Encoding.PEM).decode()],
    )
    assert found == verify(
        full.closed,
        trusted=(keys.root.certificate,),
        authorities=(stamps.root.certificate,),
        revocation_lists=lists,
    )
