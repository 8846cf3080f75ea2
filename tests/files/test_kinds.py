"""A file is what its content says; what could run a program is refused with a sentence that helps."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehiia.files.kinds import KINDS, MOST_PARTS, NotAccepted, accept, accepted, endings

OOXML = "application/vnd.openxmlformats-officedocument"
MB = 2**20


def archive(**parts: bytes | str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


def word(main: str = f"{OOXML}.wordprocessingml.document.main+xml", macros: bytes = b"") -> bytes:
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    more = {"word/vbaProject.bin": macros} if macros else {}
    return archive(**{"[Content_Types].xml": types, "word/document.xml": "<w/>"}, **more)


def excel(**more: bytes | str) -> bytes:
    types = f'<Types><Override ContentType="{OOXML}.spreadsheetml.sheet.main+xml"/></Types>'
    return archive(**{"[Content_Types].xml": types, "xl/workbook.xml": "<x/>"}, **more)


def opendocument(kind: str, **more: bytes | str) -> bytes:
    parts: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": "<o/>",
    }
    return archive(**parts, **more)


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40
GOOD: dict[str, tuple[bytes, str]] = {
    "minutes.pdf": (PDF, "application/pdf"),
    "MINUTES.PDF": (PDF, "application/pdf"),
    "report.docx": (word(), f"{OOXML}.wordprocessingml.document"),
    "figures.xlsx": (excel(), f"{OOXML}.spreadsheetml.sheet"),
    "report.odt": (opendocument("text"), "application/vnd.oasis.opendocument.text"),
    "figures.ods": (opendocument("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "poster.png": (PNG, "image/png"),
    "photo.jpg": (JPEG, "image/jpeg"),
    "photo.jpeg": (JPEG, "image/jpeg"),
    "table.csv": ("BMI,Größe\r\n27,180\r\n".encode(), "text/csv"),
    "notes.txt": ("caf\xe9 – “quoted”".encode("cp1252"), "text/plain"),
    r"C:\Users\Amina\notes.txt": (b"plain", "text/plain"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_on_the_list_is_taken_by_its_content(name: str) -> None:
    data, media_type = GOOD[name]
    assert accept(name, data, MB) == media_type


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.pdf", b"", "The file is empty"),
        ("big.pdf", PDF + b" " * MB, "must be smaller than 1 MB"),
        ("run.exe", b"MZ\x90\x00", "A file that ends in .exe cannot be used. Choose a PDF, "),
        ("noending", b"text", "The name has no ending. Choose a PDF, "),
        ("minutes.pdf", b"MZ\x90\x00" + b"\x00" * 100, "is not a PDF, or it is damaged"),
        ("half.pdf", PDF[:20], "is not a PDF, or it is damaged"),
        ("minutes.docx", PDF, "is not a Word document"),
        ("figures.docx", excel(), "is not a Word document"),
        ("report.xlsx", word(), "is not an Excel workbook"),
        ("any.docx", archive(hello="x"), "is not a Word document"),
        ("report.odt", opendocument("spreadsheet"), "is not an OpenDocument text"),
        ("broken.docx", word()[:-40], "is not a Word document"),
        ("macro.docx", word(macros=b"\xd0\xcf"), "contains macros"),
        (
            "macro.docx",
            word("application/vnd.ms-word.document.macroEnabled.main+xml"),
            "contains macros",
        ),
        ("macro.xlsx", excel(**{"xl/vbaProject.bin": b"\xd0\xcf"}), "contains macros"),
        ("macro.ods", opendocument("spreadsheet", **{"Basic/Standard/M.xml": "x"}), "contains macros"),
        ("macro.docm", word(), "A file that ends in .docm cannot be used"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "A file that ends in .doc cannot be used"),
        ("page.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "is not plain text"),
        ("page.csv", b"a\x00b", "is not a CSV table"),
        ("paper.txt", PDF, "is not plain text"),
        ("photo.png", JPEG, "is not a PNG picture"),
        ("drawing.svg", b"<svg/>", "A file that ends in .svg cannot be used"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(name: str, data: bytes, words: str) -> None:
    with pytest.raises(NotAccepted) as refused:
        accept(name, data, MB)
    assert words in str(refused.value)


def test_an_archive_that_unpacks_to_far_too_much_is_refused() -> None:
    bomb = archive(**{"[Content_Types].xml": "x"}, **{f"word/{n}.xml": "" for n in range(MOST_PARTS + 1)})
    with pytest.raises(NotAccepted):
        accept("bomb.docx", bomb, 100 * MB)


@given(st.binary(max_size=300), st.sampled_from([kind.endings[0] for kind in KINDS]), st.integers(0, 300))
def test_whatever_comes_is_taken_or_refused_but_never_breaks(data: bytes, ending: str, cut: int) -> None:
    good = next(content for name, (content, _) in GOOD.items() if name.endswith(ending))
    for candidate in (data, good[:cut] + data, good[:cut] + data + good[cut + len(data) :]):
        assert answer("file" + ending, candidate)


def answer(name: str, data: bytes) -> str:
    try:
        return accept(name, data, MB)
    except NotAccepted as refused:
        return str(refused)


def test_the_list_can_be_shown() -> None:
    assert accepted().endswith("a CSV table or plain text")
    assert endings().startswith(".pdf,.docx,.xlsx")
