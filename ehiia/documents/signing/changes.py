"""What was changed in a file after it was signed, in words.

Whether something was changed is for ``judging``; here two revisions of a file are laid side by side so that
it can be named: pages, what they show, notes on them, the data inside, the signature fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from ehiia.documents.pdf.structure import ARCHIVE_FIELD

DEEPEST = 40
"""How deep objects within objects are followed; a hostile file may have no end."""

MOST_PAGES = 2000


@dataclass
class _View:
    """What matters of one revision."""

    pages: list[bytes] = field(default_factory=list)
    """Digest of what each page shows."""
    notes: list[dict[str, bytes]] = field(default_factory=list)
    """For each page: what stands on it besides signatures (links, notes, drawings), with its digest."""
    files: dict[str, bytes] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    """Name of each field -> what assistive technology calls it."""
    looks: dict[str, bytes] = field(default_factory=dict)
    """Name of each signed field -> digest of what it shows."""
    properties: bytes = b""


def taken(reader: PdfFileReader) -> Iterator[str]:
    """Yield in sentences which signatures were there once, in an earlier revision, and are not any more."""
    signed: dict[str, bytes] = {}
    for revision in range(reader.total_revisions):
        present = {
            name: _digest(one["/V"]) + repr(one.raw_get("/V")).encode()
            for name, one in _fields(reader.get_historical_root(revision)).items()
            if one.get("/FT") == "/Sig" and "/V" in one
        }
        for name in signed:
            if name not in present:
                yield f"The signature in the field {name} was removed."
            elif present[name] != signed[name]:
                yield f"The signature in the field {name} was replaced."
        signed = present


def between(reader: PdfFileReader, revision: int) -> Iterator[str]:
    """Yield in sentences what the present file has otherwise than an earlier revision of it."""
    before, after = _view(reader, revision), _view(reader, reader.total_revisions - 1)
    yield from _counted(before, after)
    for number, (old, new) in enumerate(zip(before.pages, after.pages, strict=False), start=1):
        if old != new:
            yield f"What page {number} shows was changed."
    for number, (had, has) in enumerate(zip(before.notes, after.notes, strict=False), start=1):
        if set(has) - set(had):
            yield f"A note or drawing was added to page {number}."
        if set(had) - set(has):
            yield f"A link or note was removed from page {number}."
        if any(had[name] != has[name] for name in set(had) & set(has)):
            yield f"A link or note on page {number} was changed."
    yield from _files(before.files, after.files)
    yield from _form(before, after)
    if before.properties != after.properties:
        yield "The properties of the file (its title, author or dates) were changed."


def _counted(before: _View, after: _View) -> Iterator[str]:
    more = len(after.pages) - len(before.pages)
    if more == 1:
        yield "A page was added."
    elif more > 1:
        yield f"{more} pages were added."
    elif more == -1:
        yield "A page was removed."
    elif more < -1:
        yield f"{-more} pages were removed."


def _files(before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[str]:
    for name in sorted(set(before) | set(after)):
        if name not in after:
            yield f"The attached data {name} was removed."
        elif name not in before:
            yield f"A file was attached: {name}."
        elif before[name] != after[name]:
            yield f"The attached data {name} was replaced."


def _form(before: _View, after: _View) -> Iterator[str]:
    for name in sorted(set(before.labels) | set(after.labels)):
        if name not in after.labels:
            yield f"The field {name} was removed."
        elif name not in before.labels:
            if not name.startswith(ARCHIVE_FIELD):
                yield f"A field was added: {name}."
        elif before.labels[name] != after.labels[name]:
            yield f"The label of the field {name} was changed: it was “{before.labels[name]}”."
    for name in sorted(set(before.looks) & set(after.looks)):
        if before.looks[name] != after.looks[name]:
            yield f"What the signature in the field {name} shows was changed."


# -- one revision ---------------------------------------------------------------------------------------


def _view(reader: PdfFileReader, revision: int) -> _View:
    root = reader.get_historical_root(revision)
    view = _View(files=dict(_attached(root)), properties=_digest(root.get("/Metadata")))
    for name, one in _fields(root).items():
        view.labels[name] = str(one.get("/TU", ""))
        if "/V" in one:
            view.looks[name] = _digest(one.get("/AP"))
    for page in _pages(root):
        shown = [
            _digest(page.get(part))
            for part in ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate")
        ]
        view.pages.append(b"".join(shown))
        view.notes.append(dict(_notes(page)))
    return view


def _pages(root: Any) -> Iterator[Any]:
    waiting, seen = [root["/Pages"]], 0
    while waiting and seen < MOST_PAGES:
        node = waiting.pop(0)
        seen += 1
        if "/Kids" in node:
            waiting[:0] = [kid.get_object() for kid in node["/Kids"]]
        else:
            yield node


def _notes(page: Any) -> Iterator[tuple[str, bytes]]:
    for place, raw in enumerate(page.get("/Annots", ())):
        note = raw.get_object()
        if note.get("/FT") == "/Sig" or note.get("/Subtype") == "/Widget":
            continue
        name = f"{raw.idnum} {raw.generation}" if isinstance(raw, generic.IndirectObject) else f"at {place}"
        yield name, _digest(note, leave=("/P", "/Parent", "/StructParent"))


def _attached(root: Any) -> Iterator[tuple[str, bytes]]:
    try:
        names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    except (KeyError, TypeError):
        return
    for place in range(0, len(names) - 1, 2):
        yield str(names[place]), _digest(names[place + 1], leave=("/Params",))


def _fields(root: Any) -> dict[str, Any]:
    try:
        fields = [one.get_object() for one in root["/AcroForm"]["/Fields"]]
    except (KeyError, TypeError):
        return {}
    return {str(one.get("/T", "")): one for one in fields}


def _digest(value: Any, *, leave: tuple[str, ...] = ("/Parent", "/P")) -> bytes:
    """Return a digest of an object with all that hangs on it, but for the entries left out."""
    state = hashlib.sha256()
    _feed(state, value, leave, set(), 0)
    return state.digest()


def _feed(state: Any, value: Any, leave: tuple[str, ...], seen: set[tuple[int, int]], depth: int) -> None:
    if isinstance(value, generic.IndirectObject):
        place = (value.idnum, value.generation)
        if place in seen:
            state.update(b"again")
            return
        seen.add(place)
        value = value.get_object()  # type: ignore[no-untyped-call]
    if depth > DEEPEST:
        state.update(b"deep")
    elif isinstance(value, generic.DictionaryObject):
        if depth and value.get("/Type") == "/Page":  # a link leads there; pages are compared by themselves
            state.update(b"page")
            return
        for key in sorted(set(value) - set(leave)):
            state.update(str(key).encode())
            _feed(state, value.raw_get(key), leave, seen, depth + 1)
        if isinstance(value, generic.StreamObject):
            state.update(value.encoded_data)
    elif isinstance(value, generic.ArrayObject):
        for place_in in range(len(value)):
            _feed(state, value.raw_get(place_in), leave, seen, depth + 1)
        state.update(b"]")
    else:
        state.update(repr(value).encode())
