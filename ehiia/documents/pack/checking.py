"""Says in words whether an evidence pack holds: its files, its history, its sample, the seal of its report.

It reads only the folder or ZIP it is given. What is wrong with a pack is returned; raised is only that
something is no pack that can be read.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from ehiia.documents.pack import HISTORY, MANIFEST, REPORT
from ehiia.documents.signing.facts import Verification
from ehiia.domain import audit_report, chain, sampling
from ehiia.domain.chain import BadChain, Link

__all__ = ["BadPack", "Found", "check", "open_pack"]

LARGEST = 1024 * 1024 * 1024
"""Most bytes that a pack may unpack to."""
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class BadPack(ValueError):
    """It is no pack that can be read; the sentence says why."""


@dataclass(frozen=True)
class Found:
    """What was found of a pack. ``holds``: sentences that say what is well; ``problems``: what is not."""

    reference: str
    holds: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What could not be checked, and why that is no fault of the pack."""

    @property
    def good(self) -> bool:
        """Whether everything holds."""
        return not self.problems


# -- opening -------------------------------------------------------------------------------------


def open_pack(path: Path) -> dict[str, bytes]:
    """Return the files of a pack, a folder or a ZIP, by their names in it. Raises BadPack."""
    try:
        files = _of_folder(path) if path.is_dir() else _of_zip(path)
    except (OSError, EOFError, BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
        raise BadPack(f"it is neither a folder nor a ZIP that can be read ({error})") from None
    if MANIFEST not in files:
        raise BadPack(f"there is no {MANIFEST} in it")
    return files


def _of_folder(folder: Path) -> dict[str, bytes]:
    files, size = {}, 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BadPack(f"{name} is no ordinary file")
        if path.is_file():
            size += path.stat().st_size
            if size > LARGEST:
                raise BadPack("it is too large")
            files[name] = path.read_bytes()
    return files


def _of_zip(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        if sum(one.file_size for one in entries) > LARGEST:
            raise BadPack("it is too large")
        names = [one.filename for one in entries]
        if len(set(names)) < len(names):
            raise BadPack("a name stands in it twice")
        tops = {PurePosixPath(name).parts[0] for name in names}
        inside = f"{tops.pop()}/" if len(tops) == 1 else ""
        return {one.filename.removeprefix(inside): archive.read(one) for one in entries}


# -- checking ------------------------------------------------------------------------------------


def check(files: Mapping[str, bytes], *, look: Callable[[bytes], Verification]) -> Found:
    """Check a pack by its files. ``look`` says what is found about the sealed report (``signing.verify``)."""
    holds: list[str] = []
    problems: list[str] = []
    notes: list[str] = []

    def part(well: str, found: Iterator[str]) -> None:
        wrong = list(found)
        problems.extend(wrong)
        if not wrong:
            holds.append(well)

    part("Every file is as the manifest says; none is missing and none was added.", _sums(files))
    report = _report(files)
    part("The report is sealed, intact and known, and names the files beside it.", _seal(files, look))
    links = _links(files)
    part("The chain of the history holds up to the head that the report names.", _history(report, links))
    again = list(_draws(report, files, links))
    problems.extend(wrong for wrong, whole in again if whole)
    notes.extend(said for said, whole in again if not whole)
    if not again:
        holds.append("The same sample is drawn again from the frame and the seed.")
    return Found(str(report.get("reference", "")), tuple(holds), tuple(problems), tuple(notes))


def _sums(files: Mapping[str, bytes]) -> Iterator[str]:
    named = {}
    for line in files[MANIFEST].decode("utf-8", errors="replace").splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            yield f"{MANIFEST} has a line that is no sum: {line[:80]!r}"
        else:
            named[match[2]] = match[1]
    for name in sorted({*named, *files} - {MANIFEST}):
        if name not in files:
            yield f"{name} is missing"
        elif name not in named:
            yield f"{name} was added: the manifest does not name it"
        elif hashlib.sha256(files[name]).hexdigest() != named[name]:
            yield f"{name} was changed"


def _report(files: Mapping[str, bytes]) -> dict[str, object]:
    try:
        report = json.loads(files.get(audit_report.FILE, b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}


def _seal(files: Mapping[str, bytes], look: Callable[[bytes], Verification]) -> Iterator[str]:
    if REPORT not in files:
        yield f"there is no {REPORT} in it"
        return
    found = look(files[REPORT])
    if not found.readable:
        yield f"{REPORT} cannot be read. {found.problem}"
        return
    if not found.intact:
        yield f"{REPORT} was changed, or was never sealed"
    elif not found.trusted:
        yield f"{REPORT} is not sealed by an organisation that is known here; see --root"
    if found.record is None or found.record != files.get(audit_report.FILE):
        yield f"{audit_report.FILE} is not the data that is attached to {REPORT}"
        return
    report = _report(files)
    named = {str(one.get("name")): one.get("sha256") for one in _rows(report, "files")}
    for name, digest in sorted(named.items()):
        if hashlib.sha256(files.get(name, b"")).hexdigest() != digest:
            yield f"{name} is not the file that the sealed report names"
    for name in sorted({*files} - {*named} - {MANIFEST, REPORT, audit_report.FILE}):
        yield f"{name} was added: the sealed report does not name it"


def _rows(report: Mapping[str, object], name: str) -> list[dict[str, object]]:
    rows = report.get(name)
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _links(files: Mapping[str, bytes]) -> tuple[Link, ...] | BadChain:
    try:
        return chain.parse(files.get(HISTORY, b"").decode("utf-8", errors="replace"))
    except BadChain as error:
        return error


def _history(report: Mapping[str, object], links: tuple[Link, ...] | BadChain) -> Iterator[str]:
    if isinstance(links, BadChain):
        yield f"{HISTORY}: {links}"
        return
    yield from chain.breaks(links)
    head = (report.get("history_sequence"), report.get("history_sha256"))
    if not links or (links[-1].seq, links[-1].hash) != head:
        yield "the history does not end with the head that the report names"


def _draws(
    report: Mapping[str, object], files: Mapping[str, bytes], links: tuple[Link, ...] | BadChain
) -> Iterator[tuple[str, bool]]:
    """Yield what is wrong with each draw, or why it cannot be checked (False)."""
    draws = _rows(report, "draws")
    if not draws:
        yield "the report names no draw", True
    told = _drawn(links, str(report.get("audit", "")))
    for draw in draws:
        number, seed = draw.get("number"), str(draw.get("seed", ""))
        said = told.get(number) if isinstance(number, int) else None
        if said is None:
            yield f"the history does not tell of draw {number}", True
        elif (said.get("seed"), said.get("frame_sha256")) != (seed, draw.get("frame_sha256")):
            yield f"draw {number}: the history tells of another seed or frame", True
        if not _in_chain(seed, links):
            yield f"draw {number}: its seed is no row of the history", True
        if draw.get("whole") is not True:
            yield (
                f"Draw {number} cannot be done again from the pack: an assessment was restricted since, "
                "so lines are left out of its frame.",
                False,
            )
            continue
        frame = files.get(str(draw.get("file", "")), b"").decode("utf-8", errors="replace")
        try:
            read = sampling.parse(frame)
        except sampling.BadFrame as error:
            yield f"draw {number}: the frame cannot be read: {error}", True
            continue
        if sampling.digest(sampling.canonical(read)) != draw.get("frame_sha256"):
            yield f"draw {number}: the frame is not the one that was drawn from", True
        if [one.item.ref for one in sampling.draw(read, seed)] != draw.get("drawn"):
            yield f"draw {number}: drawn again, another sample comes", True


def _drawn(links: tuple[Link, ...] | BadChain, audit: str) -> dict[int, dict[str, object]]:
    """Return what the history tells of the draws of an audit, by their numbers."""
    found = {}
    for link in () if isinstance(links, BadChain) else links:
        if link.told is not None and link.told.verb == "sample_drawn" and link.told.body:
            try:
                body = json.loads(link.told.body)
                if body["run"] == audit:
                    found[int(body["draw"])] = body
            except (ValueError, TypeError, KeyError):
                continue
    return found


def _in_chain(seed: str, links: tuple[Link, ...] | BadChain) -> bool:
    if isinstance(links, BadChain):
        return False
    known = {sampling.seed_of(link.seq, link.hash) for link in links}
    return seed in known or seed == sampling.seed_of(0, chain.GENESIS)
