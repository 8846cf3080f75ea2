"""Type into a form as Word does: change what stands in content controls, and leave the rest alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree  # type: ignore[import-untyped]

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def rewritten(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return an archive whose parts went through ``change`` (name, content); None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = change(part.filename, old.read(part))
            if content is not None:
                new.writestr(part.filename, content)
    return out.getvalue()


def typed(data: bytes, answers: Mapping[str, str | set[str]]) -> bytes:
    """Return the document with answers typed: tag -> a text, the label of a choice, ids of boxes."""

    def change(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        root = etree.fromstring(content)
        controls = {_tag(control): control for control in root.iter(qn("w:sdt"))}
        for tag, answer in answers.items():
            _type(controls[tag], answer)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))

    return rewritten(data, change)


def without_controls(data: bytes, *tags: str) -> bytes:
    """Return the document with these controls deleted, text and all."""

    def change(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        root = etree.fromstring(content)
        for control in list(root.iter(qn("w:sdt"))):
            if _tag(control) in tags:
                control.getparent().remove(control)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))

    return rewritten(data, change)


def without_origin(data: bytes) -> bytes:
    """Return the document as a program leaves it that keeps only what it knows: no custom part."""
    return rewritten(data, lambda name, content: None if name.startswith("customXml/") else content)


def _tag(control: Any) -> str:
    tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    return "" if tag is None else str(tag.get(qn("w:val")))


def _type(control: Any, answer: str | set[str]) -> None:
    placeholder = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    if placeholder is not None:
        placeholder.getparent().remove(placeholder)
    content = control.find(qn("w:sdtContent"))
    assert content is not None
    if isinstance(answer, set):
        for box in content.iter(qn("w:sdt")):
            mark = box.find(f"{qn('w:sdtPr')}/{W14}checkbox/{W14}checked")
            assert mark is not None
            mark.set(f"{W14}val", str(int(_tag(box)[1:] in answer)))
        return
    inline = content.find(qn("w:p")) is None
    for old in list(content):
        content.remove(old)
    for line in answer.split("\n"):
        run = f'<w:r><w:t xml:space="preserve">{line.replace("&", "&amp;").replace("<", "&lt;")}</w:t></w:r>'
        xml = run if inline else f"<w:p>{run}</w:p>"
        content.append(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
