"""Frozen versions of an assessment: freezing before and after consultation, listing, reading, comparing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain import comparing, decision, gates
from ehiia.domain.comparing import Change
from ehiia.domain.frozen import Snapshot
from ehiia.domain.gates import Key
from ehiia.domain.vocabulary import Gate, Permission
from ehiia.services import freezing, people
from ehiia.services.sight import see
from ehiia.services.transaction import Invalid, NotFound, Refused, note_on, read, transaction
from ehiia.store.assessments import Assessment, AssessmentVersion
from ehiia.store.decisions import SnapshotRow
from ehiia.store.people import Person

__all__ = [
    "Begun",
    "Compared",
    "Frozen",
    "Read",
    "begun",
    "compared",
    "freeze_by_hand",
    "of_assessment",
    "one",
]

NOW = "now"
"""Stands in an address for the content as it is, which is not frozen."""


@dataclass(frozen=True)
class Frozen:
    """A frozen version in the list; ``at`` in UTC."""

    key: Key
    by: str
    at: datetime
    sha256: str
    reason: str

    @property
    def title(self) -> str:
        """What people call it: "Version 1, before consultation (2)"."""
        again = f" ({self.key.n})" if self.key.n > 1 else ""
        return f"Version {self.key.version_no}, {self.key.gate.label.lower()}{again}"


@dataclass(frozen=True)
class Begun:
    """A version of an assessment: why and when it was begun, and the questions it is pinned to."""

    number: int
    reason: str
    by: str
    at: datetime
    question_set_version: int


@dataclass(frozen=True)
class Read:
    """A frozen version with its content, from the frozen text alone."""

    frozen: Frozen
    snapshot: Snapshot


@dataclass(frozen=True)
class Side:
    """One side of a comparison. ``frozen`` is None for the content as it is."""

    title: str
    at: datetime
    frozen: Frozen | None


@dataclass(frozen=True)
class Compared:
    """Two versions side by side: everything either says, in the order of the pages."""

    before: Side
    after: Side
    lines: tuple[Change, ...]


def freeze_by_hand(ref: str, gate: Gate, *, reason: str, by: int, now: datetime) -> tuple[Frozen, bool]:
    """The author freezes before or after consultation. Returns the version and whether it is a new one.

    Where nothing was changed since the last at this gate, that one is returned and nothing is written.
    Raises NotFound (a gate that freezes by itself), Invalid (field ``reason``), Refused (another stage).
    """
    if gate not in gates.BY_HAND:
        raise NotFound
    if not reason.strip():
        raise Invalid(reason="Enter why it is frozen now, such as which consultation it goes to")
    if len(reason.strip()) > gates.REASON_LENGTH:
        raise Invalid(reason=f"The reason must be {gates.REASON_LENGTH:,} characters or fewer")
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        assessment = see(ref, Permission.SUBMIT, actor=actor, session=session, lock=True).assessment
        if assessment.stage not in gates.OPEN_IN:
            raise Refused(f"It cannot be frozen while it is “{assessment.stage.label}”.")
        last = freezing.newest(session, assessment, gate)
        if last is not None:
            text = decision.canonical(freezing.snapshot_of(session, assessment, now=now))
            if gates.same_content(last.text, text):
                return _frozen(last, people.names({last.frozen_by}, session=session)[last.frozen_by]), False
        row = freezing.freeze(session, assessment, gate, by=by, now=now, reason=reason.strip())
        note_on(
            session,
            assessment,
            "frozen",
            by=by,
            at=now,
            gate=gate.value,
            version=assessment.version_no,
            reason=reason.strip(),
            sha256=row.sha256,
        )
        return _frozen(row, people.names({by}, session=session)[by]), True


def _frozen(row: SnapshotRow, by: str) -> Frozen:
    return Frozen(Key(row.version_no, row.gate, row.n), by, row.frozen_at, row.sha256, row.reason)


# -- reading ---------------------------------------------------------------------------------------


def of_assessment(assessment_id: int) -> list[Frozen]:
    """Return the frozen versions of an assessment, newest first, without their text."""
    rows = read().execute(
        select(
            SnapshotRow.version_no,
            SnapshotRow.gate,
            SnapshotRow.n,
            Person.name,
            SnapshotRow.frozen_at,
            SnapshotRow.sha256,
            SnapshotRow.reason,
        )
        .join(Person, Person.id == SnapshotRow.frozen_by)
        .where(SnapshotRow.assessment_id == assessment_id)
        .order_by(SnapshotRow.id.desc())
    )
    return [
        Frozen(Key(number, gate, n), by, at, sha256, why) for number, gate, n, by, at, sha256, why in rows
    ]


def begun(assessment_id: int) -> list[Begun]:
    """Return the versions of an assessment, newest first: each is begun for a reason."""
    rows = read().execute(
        select(AssessmentVersion, Person.name)
        .join(Person, Person.id == AssessmentVersion.begun_by)
        .where(AssessmentVersion.assessment_id == assessment_id)
        .order_by(AssessmentVersion.number.desc())
    )
    return [Begun(row.number, row.reason, name, row.begun_at, row.question_set_version) for row, name in rows]


def one(assessment_id: int, key: Key | None) -> Read:
    """Return a frozen version with its content. Raises NotFound."""
    found = key and (
        read()
        .execute(
            select(SnapshotRow, Person.name)
            .join(Person, Person.id == SnapshotRow.frozen_by)
            .where(
                SnapshotRow.assessment_id == assessment_id,
                SnapshotRow.version_no == key.version_no,
                SnapshotRow.gate == key.gate,
                SnapshotRow.n == key.n,
            )
        )
        .one_or_none()
    )
    if not found:
        raise NotFound
    row, name = found
    return Read(_frozen(row, name), freezing.thaw_snapshot(row.text))


def compared(assessment: Assessment, before: str, after: str, *, now: datetime) -> Compared:
    """Compare two versions, each named by its key or by "now" for the content as it is. Raises NotFound."""
    session = read()
    sides: list[Side] = []
    snapshots: list[Snapshot] = []
    for name in (before, after):
        if name == NOW:
            snapshots.append(freezing.snapshot_of(session, assessment, now=now))
            sides.append(Side("As it is now, not frozen", now, None))
        else:
            found = one(assessment.id, gates.key_of(name))
            snapshots.append(found.snapshot)
            sides.append(Side(found.frozen.title, found.frozen.at, found.frozen))
    return Compared(sides[0], sides[1], comparing.side_by_side(snapshots[0], snapshots[1]))
