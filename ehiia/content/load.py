"""Question sets, groups, duties, Core20PLUS5 and kinds of evidence, read once and checked.

Published files are locked: ``question_sets/LOCK`` holds a line "file sha256"
for each, and a locked file that was changed is refused. A published set is
never edited; a new version gets a new file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from ehiia.content import checks
from ehiia.content.reading import ContentError, from_toml, twice
from ehiia.content.shapes import Core20Area, Duty
from ehiia.domain import carrying
from ehiia.domain.questions import Group, Option, QuestionSet
from ehiia.domain.scales import Scale, problems

HERE = Path(__file__).parent
_FILE = re.compile(r"(?P<id>[a-z][a-z0-9-]*)-v(?P<version>[1-9][0-9]*)\.toml")


@dataclass(frozen=True)
class _ReviewTriggers:
    triggers: tuple[Option, ...]


@dataclass(frozen=True)
class _Groups:
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class _Duties:
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class _Core20:
    areas: tuple[Core20Area, ...]


@dataclass(frozen=True)
class _EvidenceKinds:
    kinds: tuple[Option, ...]


@dataclass(frozen=True)
class _EngagementChannels:
    channels: tuple[Option, ...]


@dataclass(frozen=True)
class _Scales:
    scales: tuple[Scale, ...]


class _Dated(Protocol):
    @property
    def valid_from(self) -> str: ...

    @property
    def valid_to(self) -> str: ...


D = TypeVar("D", bound=_Dated)


def _refuse(file: str, problems: list[str]) -> None:
    if problems:
        raise ContentError(file, problems)


def versions(set_id: str, folder: Path | None = None) -> tuple[int, ...]:
    """Return the versions that exist of a question set, oldest first."""
    found = (_FILE.fullmatch(path.name) for path in (folder or HERE / "question_sets").glob("*.toml"))
    return tuple(sorted(int(match["version"]) for match in found if match and match["id"] == set_id))


def read_question_set(path: Path) -> QuestionSet:
    """Read and check one file of questions, uncached. Raises ContentError with every problem."""
    questions = from_toml(path, QuestionSet)
    problems = checks.question_set_problems(questions, {group.code for group in groups()})
    if path.name != f"{questions.id}-v{questions.version}.toml":
        problems.insert(0, f"the file: should be named {questions.id}-v{questions.version}.toml")
    if not problems:
        problems = _succession(path, questions)
    _refuse(path.name, problems)
    return questions


def _succession(path: Path, questions: QuestionSet) -> list[str]:
    """Return what is wrong with what a set says of the one that it replaces."""
    if questions.version == 1 and not questions.replaces:
        return ["mapping: the first version replaces nothing"] if questions.mapping else []
    earlier = [version for version in versions(questions.id, path.parent) if version < questions.version]
    if not earlier or questions.replaces != earlier[-1]:
        return ["replaces: must name the version before this one"]
    before = path.with_name(f"{questions.id}-v{questions.replaces}.toml")
    return carrying.problems(read_question_set(before), questions)


@cache
def question_set(set_id: str, version: int | None = None) -> QuestionSet:
    """Return a question set; without a version the newest. Raises ContentError if there is none."""
    known = versions(set_id)
    if version is None and known:
        return question_set(set_id, known[-1])
    if version not in known:
        raise ContentError(f"{set_id}-v{version or 1}.toml", ["the file: does not exist"])
    folder = HERE / "question_sets"
    path = folder / f"{set_id}-v{version}.toml"
    if lock(folder).get(path.name) not in (None, _sha256(path)):
        raise ContentError(path.name, ["the file: was published and has changed; make a new version instead"])
    return read_question_set(path)


@cache
def groups() -> tuple[Group, ...]:
    """Return the national groups of people, in the order in which they are shown."""
    read = from_toml(HERE / "reference" / "groups.toml", _Groups).groups
    _refuse("groups.toml", checks.group_problems(read))
    return read


@cache
def duties() -> tuple[Duty, ...]:
    """Return the legal duties, in the order in which they are explained."""
    read = from_toml(HERE / "reference" / "duties.toml", _Duties).duties
    _refuse("duties.toml", checks.duty_problems(read, question_set("assessment")))
    return read


@cache
def core20plus5() -> tuple[Core20Area, ...]:
    """Return the parts of Core20PLUS5: Core20, PLUS, the clinical areas, smoking."""
    read = from_toml(HERE / "reference" / "core20plus5.toml", _Core20).areas
    _refuse("core20plus5.toml", checks.core20_problems(read, question_set("assessment")))
    return read


@cache
def evidence_kinds() -> tuple[Option, ...]:
    """Return the kinds of evidence that can be chosen."""
    read = from_toml(HERE / "reference" / "evidence_kinds.toml", _EvidenceKinds).kinds
    _refuse("evidence_kinds.toml", checks.option_problems("kind", read))
    return read


@cache
def review_triggers() -> tuple[Option, ...]:
    """Return what can bring a review forward, in the order in which it is shown."""
    read = from_toml(HERE / "reference" / "review_triggers.toml", _ReviewTriggers).triggers
    _refuse("review_triggers.toml", checks.option_problems("trigger", read))
    return read


@cache
def engagement_channels() -> tuple[Option, ...]:
    """Return the ways of listening to people that can be chosen in the engagement log."""
    read = from_toml(HERE / "reference" / "engagement_channels.toml", _EngagementChannels).channels
    _refuse("engagement_channels.toml", checks.option_problems("channel", read))
    return read


@cache
def scales() -> tuple[Scale, ...]:
    """Return the scales of risk that an organisation can choose from, the usual one first."""
    read = from_toml(HERE / "reference" / "scales.toml", _Scales).scales
    wrong = [problem for scale in read for problem in problems(scale)]
    _refuse("scales.toml", twice("scales", (scale.id for scale in read)) + wrong)
    return read


def scale(scale_id: str) -> Scale:
    """Return a scale by its id. Raises ContentError if there is none."""
    found = next((one for one in scales() if one.id == scale_id), None)
    if found is None:
        raise ContentError("scales.toml", [f'scales: there is no "{scale_id}"'])
    return found


def in_force(items: Iterable[D], day: date) -> tuple[D, ...]:
    """Keep the groups, duties or areas that are valid on a day (both ends included)."""
    text = day.isoformat()
    return tuple(
        item for item in items if item.valid_from <= text and (not item.valid_to or text <= item.valid_to)
    )


@cache
def reference_data() -> str:
    """Return a name for the state of the reference data, to be pinned by an assessment.

    It is the first twelve digits of a SHA-256 over the files in ``reference``.
    """
    together = hashlib.sha256()
    for path in sorted((HERE / "reference").glob("*.toml")):
        together.update(f"{path.name} {_sha256(path)}\n".encode())
    return together.hexdigest()[:12]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def lock(folder: Path | None = None) -> dict[str, str]:
    """Return file name -> SHA-256 of every published question set.

    Line ends do not count, so that a checkout on another system is the same.
    Raises ContentError when LOCK holds a line that is not "file sha256".
    """
    path = (folder or HERE / "question_sets") / "LOCK"
    locked: dict[str, str] = {}
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, digest = line.partition(" ")
        if not _FILE.fullmatch(name) or not re.fullmatch("[0-9a-f]{64}", digest):
            problems.append(f'line {number}: must read "file sha256"')
        elif name in locked:
            problems.append(f"line {number}: {name} is locked twice")
        locked[name] = digest
    _refuse("LOCK", problems)
    return locked


def check_locked(folder: Path | None = None) -> None:
    """Refuse with ContentError when a published question set was changed or removed."""
    folder = folder or HERE / "question_sets"
    problems = []
    for name, digest in lock(folder).items():
        if not (folder / name).is_file():
            problems.append(f"{name}: was published and is gone")
        elif _sha256(folder / name) != digest:
            problems.append(f"{name}: was published and has changed; make a new version instead")
    _refuse("LOCK", problems)


def publish(set_id: str, version: int, folder: Path | None = None) -> str:
    """Lock a question set and return its SHA-256. Publishing the same text again does nothing.

    Raises ContentError when the set is faulty, or was published with other words.
    """
    folder = folder or HERE / "question_sets"
    path = folder / f"{set_id}-v{version}.toml"
    read_question_set(path)
    digest = _sha256(path)
    locked = lock(folder).get(path.name)
    if locked is None:
        with (folder / "LOCK").open("a", encoding="utf-8") as lines:
            lines.write(f"{path.name} {digest}\n")
    elif locked != digest:
        raise ContentError(
            path.name, ["the file: was published with other words; make a new version instead"]
        )
    return digest
