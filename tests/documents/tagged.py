"""Reads the structure tree of a PDF: what a screen reader is given.

poppler tells the tree and the texts, but of a span the glyphs instead of the text
they stand for ("ActualText"): that is taken from the file with pikepdf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pikepdf

from tests.documents.reading import run, squeezed


@dataclass
class Node:
    """An element with its role, its attributes, its own texts and what is inside it."""

    role: str
    texts: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    kids: list[Node] = field(default_factory=list)
    parts: list[str | Node] = field(default_factory=list)
    """Its texts and what is inside it, in the order of reading."""

    def all(self, role: str) -> Iterator[Node]:
        """Yield the elements of a role, in order."""
        for kid in self.kids:
            if kid.role == role:
                yield kid
            yield from kid.all(role)

    def said(self, *passed_over: str) -> str:
        """Return all its texts in order, without those of elements of some roles."""
        if self.role in passed_over:
            return ""
        return "".join(part if isinstance(part, str) else part.said(*passed_over) for part in self.parts)


def tree_of(pdf: bytes, folder: Path) -> Node:
    """Return the structure tree of a file."""
    above: list[tuple[int, Node]] = [(-1, Node("Root"))]
    for depth, line in _lines(run("pdfinfo", folder, pdf, "-struct-text")):
        while above[-1][0] >= depth:
            above.pop()
        node = above[-1][1]
        if line.startswith('"'):
            node.texts.append(line[1:-1])
            node.parts.append(line[1:-1])
        elif line.startswith("/"):
            node.facts.append(line)
        elif not line.startswith("Object "):
            found = re.match(r"(\w+)", line)
            assert found is not None, line
            node.kids.append(Node(found[1]))
            node.parts.append(node.kids[-1])
            above.append((depth, node.kids[-1]))
    root = above[0][1]
    for span, actual in zip(root.all("Span"), _actual_texts(pdf), strict=True):
        if actual is not None:
            span.texts, span.parts = [actual], [actual]
    return root


def _actual_texts(pdf: bytes) -> list[str | None]:
    """Return for each span, in order, the text that it stands for, or None: what its glyphs say."""
    with pikepdf.open(BytesIO(pdf)) as file:
        if "/StructTreeRoot" not in file.Root:
            return []
        spans = [one for one in elements(file.Root.StructTreeRoot.K) if one.S == "/Span"]
        return [str(one.ActualText) if "/ActualText" in one else None for one in spans]


def elements(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield an element of a structure tree and those inside it, in order."""
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield element
        kids = element.get("/K", pikepdf.Array())
        for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
            yield from elements(kid)


def _lines(printed: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its depth; a text that holds line ends is one line."""
    open_text: tuple[int, str] | None = None
    for line in printed.split("\n"):
        if open_text is not None:
            open_text = (open_text[0], open_text[1] + "\n" + line)
        else:
            open_text = (len(line) - len(line.lstrip(" ")), line.strip(" "))
        depth, text = open_text
        if text.startswith('"') and (len(text) == 1 or not text.endswith('"')):
            continue
        open_text = None
        if text:
            yield depth, text


def reading_of(pdf: bytes, folder: Path) -> str:
    """Return what is read out in order, without white space; not the contents, bullets and figures."""
    return squeezed(tree_of(pdf, folder).said("TOC", "Lbl", "Figure"))
