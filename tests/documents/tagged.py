"""Reads the structure tree of a PDF with poppler: what a screen reader is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.documents.reading import run, squeezed


@dataclass
class Node:
    """An element with its role, its attributes, its own texts and what is inside it."""

    role: str
    texts: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    kids: list[Node] = field(default_factory=list)

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
        return "".join([*self.texts, *(kid.said(*passed_over) for kid in self.kids)])


def tree_of(pdf: bytes, folder: Path) -> Node:
    """Return the structure tree of a file."""
    above: list[tuple[int, Node]] = [(-1, Node("Root"))]
    for depth, line in _lines(run("pdfinfo", folder, pdf, "-struct-text")):
        while above[-1][0] >= depth:
            above.pop()
        node = above[-1][1]
        if line.startswith('"'):
            node.texts.append(line[1:-1])
        elif line.startswith("/"):
            node.facts.append(line)
        elif not line.startswith("Object "):
            found = re.match(r"(\w+)", line)
            assert found is not None, line
            node.kids.append(Node(found[1]))
            above.append((depth, node.kids[-1]))
    return above[0][1]


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
    """Return what is read out, without white space; not the contents, bullets and figures."""
    return squeezed(tree_of(pdf, folder).said("TOC", "Lbl", "Figure"))
