"""Write a form as a Word document: a heading, a question, a content control with its answer.

The document has what assistive technology asks for: a title, a language,
headings in order, header rows in tables, a title on every control. Colours
carry nothing. What it was made from stands in a part of its own (custom XML),
so that an answer changed in Word can be told from one changed on the site.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from ehiia.documents.word.form import (
    CHOOSE,
    NAMESPACE,
    NO_ANSWER,
    TYPE_HERE,
    W14,
    Field,
    FieldKind,
    Form,
    Listed,
    Page,
    digest_of,
    tag_of,
    tidy,
)

TICKED, OPEN = "\u2612", "\u2610"

_HOW = (
    "Answer in the grey fields. You may leave any of them open: nothing has to be complete.",
    "Save the file as a Word document (.docx), then open the assessment on the site, choose "
    "“Work in Word” and give the file back. You will see question by question what would change, "
    "and nothing changes before you have accepted it.",
    "Please do not delete the grey fields or copy them to another document. "
    "What you write outside them stays in your file and is not read.",
)
_BLUE = RGBColor(0x00, 0x3D, 0x7A)


def write(form: Form) -> bytes:
    """Return the document of a form."""
    document = Document()
    prepare_styles(document)
    _properties(document, form)
    document.add_paragraph(clean(form.title), style="Title")
    document.add_paragraph(
        f"Equality and Health Inequalities Impact Assessment (EHIIA) {form.reference}, {form.organisation}. "
        f"{'A blank form' if form.blank else 'The answers'} as of {form.made_at_words}."
    )
    document.add_heading("How to use this document", 1)
    for text in _HOW:
        document.add_paragraph(text, style="List Bullet")
    ids = itertools.count(1000)
    part = ""
    for page in form.pages:
        if page.part != part:
            document.add_heading(clean(page.part), 1)
            part = page.part
        _page(document, page, ids)
    if form.lists:
        document.add_heading("Kept on the site", 1)
        document.add_paragraph(
            "These lists are shown so that you have them beside you. Change them on the site: what is "
            "written here is not read."
        )
    for listed in form.lists:
        _list(document, listed)
    _foot(document, form)
    _made_from(document, form)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def clean(text: str) -> str:
    """Return a text without the control characters that XML cannot carry."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and not ord(c) & 0xFFFF >= 0xFFFE))


# -- what it looks like ----------------------------------------------------------------------------


def prepare_styles(document: Doc) -> None:
    """Give a new document its page, its language and its styles."""
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 22), ("Heading 1", 18), ("Heading 2", 14), ("Heading 3", 12)):
        style = styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), _BLUE
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    for name, bold, after in (("Question", True, 2), ("Hint", False, 2), ("Answer", False, 0)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.bold = normal, bold
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.keep_with_next = name != "Answer"
    styles["Question"].paragraph_format.space_before = Pt(12)
    styles["Hint"].font.color.rgb = RGBColor(0x42, 0x55, 0x63)
    answer = styles["Answer"].element.get_or_add_pPr()
    answer.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="F0F4F5"/>'))
    placeholder = styles.add_style("Placeholder Text", WD_STYLE_TYPE.CHARACTER)
    placeholder.font.color.rgb = RGBColor(0x4C, 0x62, 0x72)
    for default in styles.element.iter(qn("w:rPrDefault")):
        for lang in default.iter(qn("w:lang")):
            lang.set(qn("w:val"), "en-GB")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)


def _properties(document: Doc, form: Form) -> None:
    about = document.core_properties
    about.title = clean(f"{form.reference}: {form.title}")[:255]
    about.author, about.language = clean(form.organisation)[:255], "en-GB"
    about.subject, about.comments, about.keywords = (
        "Equality and Health Inequalities Impact Assessment",
        "",
        "",
    )
    about.created = about.modified = form.made_at.replace(tzinfo=None)
    about.last_modified_by, about.revision = "", 1


def _foot(document: Doc, form: Form) -> None:
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.LEFT
    foot.add_run(f"{form.reference}. May be disclosed under the Freedom of Information Act. Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(_run("1"))
    foot._p.append(field)


# -- pages and lists ---------------------------------------------------------------------------------


def _page(document: Doc, page: Page, ids: Iterator[int]) -> None:
    document.add_heading(clean(page.title), 2)
    for text in filter(None, page.intro.split("\n\n")):
        document.add_paragraph(clean(text))
    for field in page.fields:
        if head := page.heads.get(field.key):
            document.add_heading(clean(head), 3)
        document.add_paragraph(clean(field.label), style="Question")
        if field.hint:
            document.add_paragraph(clean(field.hint), style="Hint")
        _field(document, field, ids)


def _list(document: Doc, listed: Listed) -> None:
    document.add_heading(clean(listed.title), 2)
    if not listed.rows:
        document.add_paragraph(listed.empty)
        return
    table = document.add_table(rows=1, cols=len(listed.columns), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, listed.columns, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in listed.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(clean(text))


# -- content controls --------------------------------------------------------------------------------


def _field(document: Doc, field: Field, ids: Iterator[int]) -> None:
    empty = not field.value
    match field.kind:
        case FieldKind.TEXT:
            lines = [TYPE_HERE] if empty else tidy(str(field.value)).split("\n")
            content = [_paragraph(_run(line, placeholder=empty)) for line in lines]
            _put(document, _control(field, next(ids), "<w:richText/>", content, empty=empty))
        case FieldKind.LINE:
            run = _run(TYPE_HERE if empty else tidy(str(field.value)), placeholder=empty)
            _put(document, _paragraph(_control(field, next(ids), "<w:text/>", [run], empty=empty)))
        case FieldKind.ONE:
            entries = "".join(
                f"<w:listItem w:displayText={quoteattr(clean(label))} w:value={quoteattr(value)}/>"
                for value, label in [
                    ("", NO_ANSWER),
                    *((choice.id, choice.label) for choice in field.choices),
                ]
            )
            run = _run(CHOOSE if empty else str(field.value), placeholder=empty)
            kind = f"<w:dropDownList>{entries}</w:dropDownList>"
            _put(document, _paragraph(_control(field, next(ids), kind, [run], empty=empty)))
        case FieldKind.SEVERAL:
            boxes = [_box(choice.id, choice.label, choice.id in field.value, ids) for choice in field.choices]
            _put(document, _control(field, next(ids), "<w:richText/>", boxes or [_paragraph(_run(""))]))


def _put(document: Doc, element: Any) -> None:
    """Put an element at the end of the text, before the properties of the last section."""
    document.element.body.insert(len(document.element.body) - 1, element)


def _control(field: Field, number: int, kind: str, content: Sequence[Any], *, empty: bool = False) -> Any:
    return _sdt(tag_of(field.key), field.label, number, kind, content, empty=empty)


def _sdt(tag: str, title: str, number: int, kind: str, content: Sequence[Any], *, empty: bool = False) -> Any:
    """Return a content control that can be filled in and not deleted."""
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr>"
        f"<w:alias w:val={quoteattr(clean(title)[:200])}/><w:tag w:val={quoteattr(tag)}/>"
        f'<w:id w:val="{number}"/><w:lock w:val="sdtLocked"/>'
        f"{'<w:showingPlcHdr/>' if empty else ''}{kind}</w:sdtPr><w:sdtContent/></w:sdt>"
    )
    control[-1].extend(content)
    return control


def _box(choice_id: str, label: str, ticked: bool, ids: Iterator[int]) -> Any:
    """Return a paragraph with a box to tick and its label."""
    state = f'w14:val="{ord(TICKED):X}" w14:font="MS Gothic"', f'w14:val="{ord(OPEN):X}" w14:font="MS Gothic"'
    kind = (
        f'<w14:checkbox xmlns:w14="{W14}"><w14:checked w14:val="{int(ticked)}"/>'
        f"<w14:checkedState {state[0]}/><w14:uncheckedState {state[1]}/></w14:checkbox>"
    )
    mark = _run(TICKED if ticked else OPEN)
    box = _sdt(f"={tag_of(choice_id)}", label, next(ids), kind, [mark])
    return _paragraph(box, _run(f" {label}"))


def _paragraph(*content: Any) -> Any:
    paragraph = OxmlElement("w:p")
    properties = paragraph.get_or_add_pPr()
    properties.append(parse_xml(f'<w:pStyle {nsdecls("w")} w:val="Answer"/>'))
    paragraph.extend(content)
    return paragraph


def _run(text: str, *, placeholder: bool = False) -> Any:
    style = '<w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr>' if placeholder else ""
    return parse_xml(
        f'<w:r {nsdecls("w")}>{style}<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>'
    )


# -- what it was made from ----------------------------------------------------------------------------


def _made_from(document: Doc, form: Form) -> None:
    """Add the part that says which assessment this is and what stood in each field."""
    fields = "".join(
        f'<f t={quoteattr(tag_of(field.key))} d="{digest_of(field.value)}"/>' for field in form.fields
    )
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?><form xmlns="{NAMESPACE}" '
        f"reference={quoteattr(form.reference)} questions={quoteattr(form.question_set)}>{fields}</form>"
    )
    package = document.part.package
    name = package.next_partname("/customXml/item%d.xml")
    part = Part(name, "application/xml", xml.encode("utf-8"), package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
