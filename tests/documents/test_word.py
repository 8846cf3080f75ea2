"""The form in Word: what is written can be read again; what is odd is explained."""

from __future__ import annotations

import io
import itertools
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from ehiia.documents.word.form import (
    Choice,
    Field,
    FieldKind,
    Form,
    Listed,
    NotReadable,
    Page,
    digest_of,
    tag_of,
    tidy,
)
from ehiia.documents.word.read import MOST_BYTES, read
from ehiia.documents.word.write import write
from tests.typing_in_word import rewritten, typed, without_controls, without_origin

MONEY = (Choice("saves", "It saves money"), Choice("costs", "It costs more & hurts"))
FIELDS = (
    Field("/problem", "What is the problem?", FieldKind.TEXT, "Whose?", value="Long waits.\n\n- At <night>"),
    Field("/money", "What does it cost?", FieldKind.ONE, choices=MONEY, value="It costs more & hurts"),
    Field("/when", "When?", FieldKind.LINE, value="27 November 2026"),
    Field("/who", "Who?", FieldKind.SEVERAL, choices=MONEY, value=("costs",)),
    Field("/empty", "What else?", FieldKind.TEXT),
    Field("/open", "Open choice?", FieldKind.ONE, choices=MONEY),
)
FORM = Form(
    reference="NSF-2026-014",
    title="Evening clinics",
    organisation="NHS Somewhere ICB",
    question_set="assessment 1",
    made_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
    made_at_words="Sunday 22 November 2026 at 9:00",
    blank=False,
    pages=(Page("The proposal", "What is proposed", "Write for a stranger.", FIELDS, {"/money": "Money"}),),
    lists=(Listed("Evidence", ("Title", "Shows"), (("Census 2021", "One in five."),), "None yet."),),
)


def one(field: Field) -> Form:
    return replace(FORM, pages=(Page("A part", "A page", "", (field,)),), lists=())


def test_what_is_written_is_read_again() -> None:
    found = read(write(FORM))
    assert found.reference == "NSF-2026-014"
    assert found.question_set == "assessment 1"
    assert found.values == {field.key: field.value for field in FIELDS}
    assert found.made_from == {field.key: digest_of(field.value) for field in FIELDS}
    assert found.twice == ()


def test_what_somebody_types_is_read() -> None:
    answers: dict[str, str | set[str]] = {
        "/problem": "Shorter waits.\nFor <all> & each.",
        "/money": "It saves money",
        "/when": "1 May 2027",
        "/who": {"saves", "costs"},
        "/empty": "Something.",
    }
    found = read(typed(write(FORM), answers))
    assert found.values == {
        "/problem": "Shorter waits.\nFor <all> & each.",
        "/money": "It saves money",
        "/when": "1 May 2027",
        "/who": ("saves", "costs"),
        "/empty": "Something.",
        "/open": "",
    }
    assert found.made_from["/empty"] == digest_of("")


READABLE = st.characters(exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from("\n\t")


@given(text=st.text(READABLE, max_size=300), title=st.text(READABLE, max_size=100))
def test_any_text_goes_out_and_comes_back(text: str, title: str) -> None:
    form = replace(one(Field("/a", title, FieldKind.TEXT, value=text)), title=title)
    assert read(write(form)).values["/a"] == tidy(text)


def test_characters_that_a_document_cannot_carry_are_left_out() -> None:
    form = one(Field("/a", "Why\x00?", FieldKind.TEXT, value="a\x00b\x0bc\ufffed"))
    assert read(write(form)).values["/a"] == "abcd"


def test_the_document_has_what_assistive_technology_asks_for() -> None:
    document = Document(io.BytesIO(write(FORM)))
    assert document.core_properties.title == "NSF-2026-014: Evening clinics"
    assert document.core_properties.language == "en-GB"
    (lang,) = document.styles.element.iter(qn("w:lang"))
    assert lang.get(qn("w:val")) == "en-GB"
    levels = [
        int(p.style.name[-1]) for p in document.paragraphs if p.style and "Heading" in str(p.style.name)
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    controls = list(document.element.iter(qn("w:sdt")))
    titles = [c.find(f"{qn('w:sdtPr')}/{qn('w:alias')}").get(qn("w:val")) for c in controls]
    assert all(titles)
    ids = [c.find(f"{qn('w:sdtPr')}/{qn('w:id')}").get(qn("w:val")) for c in controls]
    assert len(set(ids)) == len(ids)
    (table,) = document.tables
    assert table.rows[0]._tr.trPr is not None
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_every_question_has_a_control_that_cannot_be_deleted() -> None:
    document = Document(io.BytesIO(write(FORM)))
    locks = {
        c.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")): c.find(f"{qn('w:sdtPr')}/{qn('w:lock')}")
        for c in document.element.iter(qn("w:sdt"))
    }
    for field in FIELDS:
        assert locks[tag_of(field.key)].get(qn("w:val")) == "sdtLocked"


def test_long_keys_get_tags_that_word_allows() -> None:
    keys = [
        f"a_group_with_a_long_code_{n}/a_question_with_a_long_name_too_{n}#justification" for n in range(9)
    ]
    assert len({tag_of(key) for key in keys}) == 9
    assert all(len(tag_of(key)) <= 64 for key in keys)


def test_tracked_changes_are_read_as_they_would_stand_when_accepted() -> None:
    def track(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        return content.replace(
            b'<w:t xml:space="preserve">Long waits.</w:t></w:r>',
            b'<w:t xml:space="preserve">Short</w:t></w:r><w:del w:id="1" w:author="x"><w:r><w:delText>Long'
            b'</w:delText></w:r></w:del><w:ins w:id="2" w:author="x"><w:r><w:t xml:space="preserve"> waits.'
            b"</w:t></w:r></w:ins>",
        )

    value = read(rewritten(write(FORM), track)).values["/problem"]
    assert value == "Short waits.\n\n- At <night>"


def test_a_deleted_field_is_not_an_emptied_answer() -> None:
    found = read(without_controls(write(FORM), "/money"))
    assert "/money" not in found.values
    assert found.values["/when"] == "27 November 2026"


def test_a_field_that_was_copied_is_named() -> None:
    def double(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        start = content.index(b"<w:sdt>")
        end = content.index(b"</w:sdt>") + len(b"</w:sdt>")
        copy = content[start:end].replace(b"Long waits.", b"Something else.")
        return content[:end] + copy + content[end:]

    found = read(rewritten(write(FORM), double))
    assert found.twice == ("/problem",)
    assert found.values["/problem"] == FIELDS[0].value


def test_a_file_without_its_origin_can_still_be_read() -> None:
    found = read(without_origin(write(FORM)))
    assert (found.reference, dict(found.made_from)) == ("", {})
    assert found.values["/money"] == "It costs more & hurts"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (MOST_BYTES + 1))
    return out.getvalue()


def with_part(content: bytes) -> bytes:
    return rewritten(write(FORM), lambda name, old: content if name == "word/document.xml" else old)


WITH_ENTITY = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"just a text", "damaged"),
        (write(FORM)[:-200], "damaged"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0 an old document", "damaged"),
        (bomb(), "too large"),
        (with_part(WITH_ENTITY), "damaged"),
        (with_part(b"<not closed"), "damaged"),
        (rewritten(write(FORM), lambda name, old: None if name == "word/document.xml" else old), "damaged"),
    ],
)
def test_a_damaged_file_is_explained(data: bytes, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        read(data)


def test_a_document_without_our_fields_is_explained() -> None:
    out = io.BytesIO()
    Document().save(out)
    with pytest.raises(NotReadable, match="no field of an assessment"):
        read(out.getvalue())


def test_a_form_whose_fields_lost_their_names_is_explained() -> None:
    def nameless(name: str, content: bytes) -> bytes:
        return content.replace(b"<w:tag ", b"<w:lost ") if name == "word/document.xml" else content

    with pytest.raises(NotReadable, match="threw away the names of its fields"):
        read(rewritten(write(FORM), nameless))
