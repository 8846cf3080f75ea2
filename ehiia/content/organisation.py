"""The file that describes an organisation, and its settings.

``organisation.toml`` is read into an empty organisation or by command; from
then on the organisation lives in the database. Settings go there as plain
values and come back through ``settings_from``, which refuses what it does not
know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ehiia.content.checks import group_problems
from ehiia.content.load import groups
from ehiia.content.reading import ContentError, bad_dates, from_plain, from_toml, twice
from ehiia.domain.questions import Group
from ehiia.domain.schedule import NoticeTiming, ReviewIntervals
from ehiia.domain.scoring import BandBorders
from ehiia.domain.vocabulary import LegalStatus


@dataclass(frozen=True)
class PlaceEntry:
    """A place: an Alliance, a district, a neighbourhood."""

    code: str
    name: str
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class BodyEntry:
    """A body on the route of proposals: a board, a committee, a group."""

    code: str
    name: str
    decides: bool = False
    """Whether it may decide, and not only be consulted or endorse."""
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class DirectorateEntry:
    """A part of the organisation with a director."""

    code: str
    name: str
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class OrganisationSettings:
    """What an organisation may set for itself."""

    director_agrees: bool = True
    """Whether the accountable director agrees before the check."""
    check_working_days: int = 10
    """Working days that the equality lead has for a check."""
    director_working_days: int = 5
    """Working days that the accountable director has to agree."""
    paper_working_days: int = 5
    """Working days before a meeting at which its papers go out."""
    full_working_days: int = 20
    """Working days after an urgent decision within which a whole assessment is made and ratified."""
    bands: BandBorders = field(default_factory=BandBorders)
    review_months: ReviewIntervals = field(default_factory=ReviewIntervals)
    notices: NoticeTiming = field(default_factory=NoticeTiming)

    def __post_init__(self) -> None:
        """Refuse times outside 1 to 60 working days with ValueError."""
        for name in ("check", "director", "paper", "full"):
            if not 1 <= getattr(self, f"{name}_working_days") <= 60:
                raise ValueError(f"{name}_working_days must be 1 to 60")

    def plain(self) -> dict[str, Any]:
        """Return the settings as values that JSON knows."""
        return asdict(self) | {"notices": asdict(self.notices) | {"before": list(self.notices.before)}}


@dataclass(frozen=True)
class OrganisationFile:
    """An organisation as its file describes it."""

    code: str
    name: str
    ref_prefix: str
    """Begins every reference, and is never used again by another organisation."""
    valid_from: str = ""
    places: tuple[PlaceEntry, ...] = ()
    bodies: tuple[BodyEntry, ...] = ()
    directorates: tuple[DirectorateEntry, ...] = ()
    groups: tuple[Group, ...] = ()
    """Groups that only this organisation has chosen."""
    settings: OrganisationSettings = field(default_factory=OrganisationSettings)


def settings_from(plain: Mapping[str, Any]) -> OrganisationSettings:
    """Make settings from plain values; what is not given keeps its default. Raises ContentError."""
    return from_plain(dict(plain), OrganisationSettings, file="settings")


def organisation_file(path: Path) -> OrganisationFile:
    """Read and check the file of an organisation. Raises ContentError with every problem."""
    read = from_toml(path, OrganisationFile)
    problems = _problems(read, {group.code for group in groups()})
    if problems:
        raise ContentError(path.name, problems)
    return read


def _problems(read: OrganisationFile, national: Collection[str]) -> list[str]:
    problems = [
        f"{name}: must not be empty"
        for name, text in (("code", read.code), ("name", read.name), ("ref_prefix", read.ref_prefix))
        if not text.strip()
    ]
    if not (read.ref_prefix.isascii() and read.ref_prefix.isalnum() and read.ref_prefix.isupper()):
        problems.append("ref_prefix: capital letters and digits only, such as EHIIA")
    if read.valid_from:
        problems += bad_dates("the organisation", read.valid_from)
    for kind, entries in (
        ("places", read.places),
        ("bodies", read.bodies),
        ("directorates", read.directorates),
    ):
        problems += twice(kind, (entry.code for entry in entries))
        for entry in entries:
            where = f"{kind} {entry.code}"
            if not entry.code.strip() or not entry.name.strip():
                problems.append(f"{where}: code and name must not be empty")
            if entry.valid_from or entry.valid_to:
                problems += bad_dates(where, entry.valid_from, entry.valid_to)
    problems += group_problems(read.groups)
    for group in read.groups:
        if group.code in national:
            problems.append(f'group {group.code}.code: "{group.code}" is a national group already')
        if group.legal_status != LegalStatus.POLICY:
            problems.append(
                f"group {group.code}.legal_status: a group of one organisation is a policy choice"
            )
    return problems
