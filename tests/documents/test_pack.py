"""An audit report and its pack: the same bytes every time, all on paper, and whatever was changed is named.

``audits/example-pack`` is the golden file. A signature is never the same twice: report and records are
compared up to their signatures, which are added behind the unsigned file, and the signed files are verified.
It is written anew with EHIIA_TEST_WRITE_PACK=1.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ehiia.documents.pack import MANIFEST
from ehiia.documents.pack.checking import BadPack, Found, check, open_pack
from ehiia.documents.pack.writing import data_files, manifest, pack_files, zipped
from ehiia.documents.pdf.audit import lay_out_report, report_document
from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import texts
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.verify import verify
from ehiia.domain import chain
from tests.documents.conftest import Keys, make_keys
from tests.documents.packs import MADE_AT, ORGANISATION, example_beside, example_report
from tests.documents.reading import as_printed, run, squeezed, text_of
from tests.documents.records import CAROL, small_record

EXAMPLE = Path(__file__).resolve().parents[2] / "audits" / "example-pack"
RECORD = replace(small_record(), reference="EHIIA-2026-007-D1")
Pack = dict[str, bytes]


def made(keys: Keys) -> Pack:
    """Return the example as a pack that was sealed just now."""
    sealed = certify(
        lay_out(RECORD, signatories=(CAROL,)), seal=keys.seal, issuer=keys.root.certificate, now=MADE_AT
    )
    signed = sign(sealed, field=CAROL.field, signatory=CAROL, authority=keys.root, now=MADE_AT)
    root = keys.root.certificate.public_bytes(Encoding.PEM).decode()
    beside = example_beside({RECORD.reference: signed}, root)
    report = example_report(beside)
    pdf = certify(lay_out_report(report), seal=keys.seal, issuer=keys.root.certificate, now=MADE_AT)
    return pack_files(report, pdf, data_files(report, beside))


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys(ORGANISATION)


@pytest.fixture(scope="module")
def whole(keys: Keys) -> Pack:
    return made(keys)


def looked_at(pack: Pack, *roots: x509.Certificate) -> Found:
    return check(pack, look=partial(verify, trusted=roots))


# -- the golden file -------------------------------------------------------------------------------


def test_the_example_pack_is_what_is_exported() -> None:
    if os.environ.get("EHIIA_TEST_WRITE_PACK"):
        shutil.rmtree(EXAMPLE, ignore_errors=True)
        for name, content in made(make_keys(ORGANISATION)).items():
            path = EXAMPLE / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    golden = open_pack(EXAMPLE)
    records = {RECORD.reference: golden[f"records/{RECORD.reference}.pdf"]}
    beside = example_beside(records, golden["root.pem"].decode())
    report = example_report(beside)
    assert pack_files(report, golden["report.pdf"], data_files(report, beside)) == golden
    assert golden["report.pdf"].startswith(lay_out_report(report))
    assert records[RECORD.reference].startswith(lay_out(RECORD, signatories=(CAROL,)))
    root = x509.load_pem_x509_certificate(golden["root.pem"])
    found = looked_at(golden, root)
    assert found.problems == ()
    assert len(found.holds) == 4
    assert verify(records[RECORD.reference], trusted=(root,)).complete
    assert sum(len(content) for content in golden.values()) < 1_000_000


def test_ordinary_tools_check_the_example_as_its_readme_says() -> None:
    readme = (EXAMPLE / "README.txt").read_text(encoding="utf-8")
    program = re.search(r"<<'END'\n(.*?)\n    END", readme, re.S)
    assert program is not None
    script = "\n".join(line[4:] for line in program[1].splitlines())
    done = subprocess.run([sys.executable, "-c", script], cwd=EXAMPLE, capture_output=True, check=True)
    assert b"the chain holds up to 12" in done.stdout
    sums = subprocess.run(["sha256sum", "--check", MANIFEST], cwd=EXAMPLE, capture_output=True, check=True)
    assert sums.stdout.count(b": OK") == len(open_pack(EXAMPLE)) - 1
    seal = subprocess.run(["pdfsig", "report.pdf"], cwd=EXAMPLE, capture_output=True, check=False)
    assert b"Signature is Valid" in seal.stdout


# -- what is wrong is named --------------------------------------------------------------------------


def _touch(pack: Pack) -> None:
    pack["findings.csv"] += b"x"


def _drop(pack: Pack) -> None:
    del pack["sample/sample.csv"]


def _add(pack: Pack) -> None:
    pack["mine.txt"] = b"mine"


def _smuggle(pack: Pack) -> None:
    pack["mine.txt"] = b"mine"
    pack[MANIFEST] = manifest({name: content for name, content in pack.items() if name != MANIFEST})


def _rewrite(pack: Pack) -> None:
    pack["findings.json"] = b"[]\n"
    pack[MANIFEST] = manifest({name: content for name, content in pack.items() if name != MANIFEST})


def _frame(pack: Pack) -> None:
    pack["sample/frame-1.txt"] = pack["sample/frame-1.txt"].replace(
        b"EHIIA-2026-007-M1", b"EHIIA-2026-008-M1"
    )


def _history(pack: Pack) -> None:
    pack["history/history.jsonl"] = pack["history/history.jsonl"].replace(
        b"finding_raised", b"finding_closed"
    )


def _row(pack: Pack) -> None:
    lines = pack["history/history.jsonl"].splitlines(keepends=True)
    pack["history/history.jsonl"] = b"".join(lines[:3] + lines[4:])


def _end(pack: Pack) -> None:
    lines = pack["history/history.jsonl"].splitlines(keepends=True)
    pack["history/history.jsonl"] = b"".join(lines[:-1])


def _report(pack: Pack) -> None:
    pack["report.pdf"] = pack["report.pdf"].replace(b"with ReportLab", b"with ReportLaB", 1)


def _data(pack: Pack) -> None:
    data = json.loads(pack["report.json"])
    data["draws"][0]["drawn"] = data["draws"][0]["drawn"][:-1]
    pack["report.json"] = json.dumps(data).encode()


def _gone(pack: Pack) -> None:
    del pack["report.pdf"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_touch, "findings.csv was changed"),
        (_drop, "sample/sample.csv is missing"),
        (_add, "mine.txt was added: the manifest does not name it"),
        (_smuggle, "mine.txt was added: the sealed report does not name it"),
        (_rewrite, "findings.json is not the file that the sealed report names"),
        (_frame, "draw 1: the frame is not the one that was drawn from"),
        (_history, "row 9 of the history was changed"),
        (_row, "row 9 of the history follows row 7: rows in between are missing"),
        (_end, "the history does not end with the head that the report names"),
        (_report, "report.pdf was changed, or was never sealed"),
        (_data, "draw 1: drawn again, another sample comes"),
        (_gone, "there is no report.pdf in it"),
    ],
)
def test_what_was_changed_is_named(
    whole: Pack, keys: Keys, change: Callable[[Pack], None], said: str
) -> None:
    assert looked_at(whole, keys.root.certificate).good
    pack = dict(whole)
    change(pack)
    found = looked_at(pack, keys.root.certificate)
    assert said in found.problems


def test_a_seal_of_somebody_else_is_not_known(whole: Pack) -> None:
    found = looked_at(whole, make_keys("Another Board").root.certificate)
    assert found.problems == ("report.pdf is not sealed by an organisation that is known here; see --root",)


def test_a_folder_and_a_zip_are_the_same_pack(whole: Pack, tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(zipped("EHIIA-AUD-2027-01", whole, MADE_AT))
    assert zipped("EHIIA-AUD-2027-01", whole, MADE_AT) == (tmp_path / "pack.zip").read_bytes()
    assert open_pack(tmp_path / "pack.zip") == whole
    with ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path)
    assert open_pack(tmp_path / "EHIIA-AUD-2027-01") == whole


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", None], ids=["empty", "broken", "no-manifest"])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(content if content is not None else zipped("x", {"a.txt": b"a"}, MADE_AT))
    with pytest.raises(BadPack):
        open_pack(path)
    with pytest.raises(BadPack):
        open_pack(tmp_path / "nothing")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "manifest.sha256").symlink_to(path)
    with pytest.raises(BadPack, match="no ordinary file"):
        open_pack(tmp_path / "folder")


def test_a_zip_with_any_byte_changed_is_opened_or_refused(whole: Pack, tmp_path: Path) -> None:
    content = zipped("EHIIA-AUD-2027-01", whole, MADE_AT)
    path = tmp_path / "pack.zip"
    for place in range(0, len(content), len(content) // 150):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        with contextlib.suppress(BadPack):
            open_pack(path)


def test_rubbish_in_every_file_is_found_and_never_raised(whole: Pack, keys: Keys) -> None:
    for name in whole:
        for rubbish in (b"", b"\xff\xfe", b"null", b'{"draws": 1, "files": [1]}\n', b"[[]]\n"):
            found = looked_at(whole | {name: rubbish}, keys.root.certificate)
            assert not found.good, (name, rubbish)


# -- the report on paper -----------------------------------------------------------------------------


def test_the_same_report_gives_the_same_bytes_in_another_process_on_another_day() -> None:
    program = (
        "import hashlib, sys; from tests.documents.packs import *;"
        "from ehiia.documents.pdf.audit import lay_out_report;"
        "sys.stdout.write(hashlib.sha256(lay_out_report(example_report())).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "1"},
        cwd=EXAMPLE.parents[1],
    )
    assert done.stdout.decode() == hashlib.sha256(lay_out_report(example_report())).hexdigest()


def test_every_text_is_on_paper_and_every_font_embedded(tmp_path: Path) -> None:
    document = report_document(example_report())
    pdf = lay_out_report(example_report())
    seen = squeezed(text_of(pdf, tmp_path))
    for text in texts(document):
        assert as_printed(text) in seen, f"not on paper: {text!r}"
    rows = run("pdffonts", tmp_path, pdf).splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows)


def test_charts_say_in_words_and_in_a_table_what_they_show(tmp_path: Path) -> None:
    seen = " ".join(text_of(lay_out_report(example_report()), tmp_path).split())
    assert "Six items were drawn: 3 “Working”, 1 “Done, not working”" in seen
    assert "What was found, in numbers Verdict Items Working 3" in seen
    assert "Least often met: " in seen
    assert "Two findings: 1 high and 1 low." in seen


def test_the_data_is_attached_and_the_field_for_the_seal_is_empty() -> None:
    report = example_report()
    with pikepdf.open(BytesIO(lay_out_report(report))) as pdf:
        attached = pdf.attachments["report.json"].get_file().read_bytes()
        fields = {str(field.T) for field in pdf.Root.AcroForm.Fields}
        assert not any("/V" in field for field in pdf.Root.AcroForm.Fields)
        assert str(pdf.Root.Lang) == "en-GB"
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert attached == report.canonical().encode()
    assert hashlib.sha256(attached).hexdigest() == report.digest()
    assert fields == {"Seal", "ArchiveTimestamp"}
    assert titles == [
        "In short",
        "Opinion on assurance",
        "How the sample was drawn",
        "What was audited",
        "Findings",
        "How to check this report",
        "Seal",
    ]


def test_a_report_of_nothing_and_one_that_is_not_done_say_so(tmp_path: Path) -> None:
    report = example_report()
    nothing = replace(report, cases=(), findings=(), opinions=(), draws=())
    seen = text_of(lay_out_report(nothing), tmp_path)
    assert "Nothing in the register fitted what this programme draws." in seen
    assert "Nothing was found that has to be put right." in seen
    assert "No opinion was given." in seen
    half = replace(report.cases[0], verdict="", done_at=None, state="Begun", checks=())
    seen = text_of(lay_out_report(replace(report, cases=(half, *report.cases[1:]))), tmp_path)
    assert "This is an interim report" in seen
    assert "One item of the sample has no verdict yet." in " ".join(seen.split())


def test_a_part_of_a_chain_comes_back_from_its_text() -> None:
    links = example_beside({}, "").history
    assert chain.parse(chain.write(links)) == links
    assert list(chain.breaks(links)) == []
    with pytest.raises(chain.BadChain, match="Line 1"):
        chain.parse("[]\n")
