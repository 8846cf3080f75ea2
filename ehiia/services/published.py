"""What the public reads without signing in: the register, an edition, its files and its status.

Nothing here writes, and nothing of an assessment is read but what its editions show. What is not out, was
never out, or belongs to an organisation whose register is switched off, is not known: all of it alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from ehiia.domain.decision import UNDECIDED, DecisionRecord
from ehiia.domain.publishing import Exemption, PublicationState, Publishing
from ehiia.services import freezing, organisations, sealing, uploads
from ehiia.services.transaction import NotFound, read
from ehiia.store import published as kept
from ehiia.store.publications import Edition, EditionFile, Format, Publication, files_of
from ehiia.store.published import Wanted

__all__ = [
    "EVERYTHING",
    "Line",
    "Register",
    "Shown",
    "Wanted",
    "Withheld",
    "format_file",
    "newest_of",
    "pdf",
    "read_out",
    "register",
    "see",
]

PAGE = 25
SINCE = "Decided since; what was decided is not published yet"
EVERYTHING = Wanted()


@dataclass(frozen=True)
class Line:
    """A published assessment in the register."""

    ref: str
    title: str
    summary: str
    organisation: str
    kind: str
    places: tuple[str, ...]
    groups: tuple[str, ...]
    decided: bool
    """Whether it is of a decision, and not of what waits for one or did."""
    decided_on: date
    """When it was decided, or else when its check was passed."""
    decided_since: datetime | None
    """Of what was published before the decision: when that was made, None while it waits."""
    outcome: str
    published_as: Publishing
    published_at: datetime
    """When publishing was agreed (UTC)."""

    @property
    def status(self) -> str:
        """What was decided, in words; or that nothing was yet, or that it was since."""
        if self.decided:
            return self.outcome
        return SINCE if self.decided_since else UNDECIDED


@dataclass(frozen=True)
class Withheld:
    """A record that is not published: why, and who agreed. Neither its title nor its reference is said."""

    organisation: str
    reason: str
    exemption: Exemption | None
    agreed_as: str
    agreed_at: datetime


@dataclass(frozen=True)
class Register:
    """A page of the register."""

    organisations: Mapping[str, str]
    """Code and name of the organisations whose register is public."""
    lines: tuple[Line, ...]
    next_key: str
    total: int
    choices: Mapping[str, Sequence[Any]]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True)
class Shown:
    """An edition as the public is shown it."""

    edition: Edition
    publication: Publication
    record: DecisionRecord
    organisation: str
    organisation_code: str
    newest_ref: str
    """The newest edition of the assessment that is out, one of a record first; "" where none is."""
    files: tuple[EditionFile, ...]
    formats: tuple[Format, ...]
    """What is there, and what is coming."""

    @property
    def withdrawn(self) -> bool:
        """Whether it was withdrawn: then only that, and why, is shown."""
        return self.publication.state is PublicationState.WITHDRAWN

    @property
    def superseded_by(self) -> str:
        """Reference of the edition that took its place, or ""."""
        return self.newest_ref if self.publication.state is PublicationState.REPLACED else ""

    @property
    def in_force_ref(self) -> str:
        """Of what waits for its decision: the edition of the decision of before, or ""."""
        waits = self.edition.record_id is None and not self.superseded_by
        return self.newest_ref if waits and self.newest_ref != self.edition.ref else ""

    @property
    def changed_at(self) -> datetime:
        """When anything of its page changed last (UTC)."""
        moments = [self.edition.made_at, self.publication.agreed_at, self.publication.ended_at]
        moments.append(self.publication.decided_at)
        moments += [one.at for one in self.formats] + [one.signed_at for one in self.files]
        return max(one for one in moments if one is not None)


# -- the register ------------------------------------------------------------------------------


def _open(organisation_code: str = "") -> dict[int, tuple[str, str]]:
    """Return code and name by id of the organisations whose register is public. Raises NotFound for none."""
    found = {
        key: (code, name)
        for key, code, name, settings in kept.organisations(read())
        if settings.get("public_register", organisations.Settings.public_register)
        and organisation_code in ("", code)
    }
    if not found:
        raise NotFound
    return found


def has_register() -> bool:
    """Say whether any organisation's register is public."""
    try:
        return bool(_open())
    except NotFound:
        return False


def register(
    wanted: Wanted = EVERYTHING,
    *,
    organisation_code: str = "",
    after: str = "",
    today: date,
    limit: int = PAGE,
) -> Register:
    """Return a page of the register, of all organisations or of one: at most seven queries.

    ``after``: key of a page before; one that is none begins at the newest. Raises NotFound where it is
    switched off.
    """
    here, session = _open(organisation_code), read()
    names = {key: name for key, (_, name) in here.items()}
    rows = kept.entries(session, here, wanted, after=_from_key(after), today=today, limit=limit + 1)
    lines = tuple(_line(row, names) for row in rows[:limit])
    last = rows[limit - 1][0] if len(rows) > limit else None
    first = not after and wanted == EVERYTHING
    return Register(
        organisations=dict(sorted(here.values(), key=lambda one: one[1])),
        lines=lines,
        next_key=f"{last.decided_on.isoformat()}.{last.edition_id}" if last else "",
        total=kept.count(session, here, wanted, today=today),
        choices=kept.choices(session, here, today=today),
        withheld=tuple(_withheld(session, here, names, today)) if first else (),
    )


def _line(row: Any, names: Mapping[int, str]) -> Line:
    entry, ref, record_id, publication = row
    return Line(
        ref=ref,
        title=entry.title,
        summary=entry.summary,
        organisation=names[entry.organisation_id],
        kind=entry.kind,
        places=tuple(entry.places),
        groups=tuple(entry.groups),
        decided=record_id is not None,
        decided_on=entry.decided_on,
        decided_since=publication.decided_at,
        outcome=entry.outcome,
        published_as=publication.kind,
        published_at=publication.agreed_at,
    )


def _withheld(session: Any, here: Any, names: Mapping[int, str], today: date) -> list[Withheld]:
    return [Withheld(names[row[0]], *row[1:]) for row in kept.withheld(session, here, today=today)]


def _from_key(key: str) -> tuple[date, int] | None:
    day, _, number = key.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


# -- one edition -------------------------------------------------------------------------------


def see(ref: str, *, today: date) -> Shown:
    """Return an edition that is out, or was until another took its place or it was withdrawn.

    Raises NotFound.
    """
    here, session = _open(), read()
    found = kept.edition(session, here, ref)
    if found is None or not _was_out(found[1], today):
        raise NotFound
    edition, publication, assessment_ref = found
    newest = kept.newest(session, here, assessment_ref=assessment_ref, today=today)
    if newest is None and publication.state is PublicationState.REPLACED:
        raise NotFound  # what took its place is withheld or withdrawn
    code, name = here[edition.organisation_id]
    return Shown(
        edition=edition,
        publication=publication,
        record=_thawed(edition.text),
        organisation=name,
        organisation_code=code,
        newest_ref=newest[1] if newest else "",
        files=tuple(files_of(session, edition.id)),
        formats=tuple(kept.formats(session, edition.assessment_id)),
    )


def newest_of(assessment_ref: str, *, today: date) -> str:
    """Return the reference of the newest edition of an assessment that is out. Raises NotFound."""
    newest = kept.newest(read(), _open(), assessment_ref=assessment_ref, today=today)
    if newest is None:
        raise NotFound
    return newest[1]


def _was_out(publication: Publication, today: date) -> bool:
    """Say whether the day for it has come: what ended before that day was given up, and is none of these."""
    return publication.not_before_on is None or publication.not_before_on <= today


_thawed = lru_cache(maxsize=64)(freezing.thaw_record)
"""An edition never changes, so what was read of it once is read again."""


def read_out(ref: str, *, today: date) -> Shown:
    """Return an edition whose words may be handed out. Raises NotFound, also for one that was withdrawn."""
    shown = see(ref, today=today)
    if shown.withdrawn:
        raise NotFound
    return shown


def pdf(ref: str, *, today: date) -> tuple[EditionFile, bytes]:
    """Return the newest step of the sealed file of an edition. Raises NotFound, also before it is sealed."""
    shown = read_out(ref, today=today)
    if not shown.files:
        raise NotFound
    newest = shown.files[-1]
    return newest, sealing.signed_files().get(newest.storage_key)


def format_file(ref: str, format_id: int, *, today: date) -> tuple[str, bytes]:
    """Return name and bytes of another way of reading an edition. Raises NotFound."""
    shown = read_out(ref, today=today)
    for one in kept.readable(shown.formats):
        if one.id == format_id and one.file_sha256:
            return one.file_name, uploads.content_of(one.file_sha256)
    raise NotFound
