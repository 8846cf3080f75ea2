"""Who signs a record after its decision-maker: named by the body, frozen at the decision, listed after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain import signatories
from ehiia.domain.access import WRITERS, Sight, sight
from ehiia.domain.signatories import FIRST, MOST, LeftOut, Named
from ehiia.domain.vocabulary import Part
from ehiia.services import people
from ehiia.services.sight import facts_of
from ehiia.services.team import take_part
from ehiia.services.telling import tell
from ehiia.services.transaction import Invalid, note_on, read
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import RecordRow
from ehiia.store.organisations import Body
from ehiia.store.signatures import BodySignatory, RecordSignatory, RecordSignature

__all__ = [
    "MOST",
    "AlsoSigns",
    "Signature",
    "also_sign",
    "ask",
    "expected",
    "next_of",
    "of_record",
    "put",
    "tell_next",
]


@dataclass(frozen=True)
class AlsoSigns:
    """Somebody who also signs the records of a body, as an administrator enters it."""

    role: str
    person_id: int | None = None
    """None: whoever is accountable director of the assessment."""


@dataclass(frozen=True)
class Signature:
    """An expected signature and what became of it."""

    position: int
    person_id: int
    name: str
    role: str
    due_on: date
    signed_at: datetime | None
    """When they put their name to it; the file carries the moment in which it was signed."""
    method: str
    released_at: datetime | None
    released_by: str
    reason: str
    """Why it is not awaited any more; "" otherwise."""

    @property
    def field(self) -> str:
        """Name of the signature field in the file."""
        return f"Signatory{self.position}"

    @property
    def awaited(self) -> bool:
        """Whether the record still waits for it."""
        return self.signed_at is None and self.released_at is None


# -- what a body asks for -----------------------------------------------------------------------------


def also_sign(body_id: int, *, session: Session | None = None) -> tuple[AlsoSigns, ...]:
    """Return who also signs the records of a body, in order."""
    rows = (session or read()).scalars(
        select(BodySignatory).where(BodySignatory.body_id == body_id).order_by(BodySignatory.position)
    )
    return tuple(AlsoSigns(row.role, row.person_id) for row in rows)


def put(session: Session, body: Body, named: Sequence[AlsoSigns]) -> None:
    """Name who also signs, in the caller's transaction. Raises Invalid on ``role_N`` (2 and more)."""
    errors = {}
    for position, one in enumerate(named, FIRST):
        if not one.role.strip():
            errors[f"role_{position}"] = "Enter as what they sign, such as “Executive lead”"
        elif len(one.role.strip()) > 300:
            errors[f"role_{position}"] = "This must be 300 characters or fewer"
    if errors:
        raise Invalid(**errors)
    session.execute(delete(BodySignatory).where(BodySignatory.body_id == body.id))
    for position, one in enumerate(named[:MOST], FIRST):
        session.add(
            BodySignatory(body_id=body.id, position=position, role=one.role.strip(), person_id=one.person_id)
        )
    session.flush()


# -- at the decision ----------------------------------------------------------------------------------


def expected(
    session: Session, assessment: Assessment, body: Body, *, decided_by: int, now: datetime
) -> tuple[tuple[Named, ...], tuple[LeftOut, ...]]:
    """Return who is asked to sign the record that is about to be made, and who is not with the reason."""
    asked = also_sign(body.id, session=session)
    if not asked:
        return (), ()
    wrote = session.scalars(
        select(Participant.person_id).where(
            Participant.assessment_id == assessment.id,
            Participant.wrote_at.is_not(None)
            | (Participant.part.in_(WRITERS) & Participant.ended_at.is_(None)),
        )
    )
    here = people.with_role(assessment.organisation_id, today=day_of(now), session=session)
    return signatories.expected(
        (Named(one.role, one.person_id or assessment.director_id) for one in asked),
        decided_by=decided_by,
        wrote=set(wrote),
        here={one.id for one in here},
    )


def ask(
    session: Session,
    assessment: Assessment,
    record: RecordRow,
    asked: Sequence[Named],
    left_out: Sequence[LeftOut],
    *,
    by: int,
    now: datetime,
) -> None:
    """Freeze who is asked to sign, let them see the record, and tell the first; in the transaction."""
    ids = {one.person_id for one in (*asked, *(left.named for left in left_out)) if one.person_id}
    names = people.names(ids, session=session)
    for left in left_out:
        note_on(
            session,
            assessment,
            "signatory_left_out",
            by=by,
            at=now,
            record=record.ref,
            role=left.named.role,
            name=names.get(left.named.person_id or 0, ""),
            reason=left.reason,
        )
    for position, one in enumerate(asked, FIRST):
        assert one.person_id is not None, "who is asked is a person"
        actor = people.actor_of(one.person_id, today=day_of(now), session=session)
        if sight(actor, facts_of(session, assessment, one.person_id)) is not Sight.FULL:
            take_part(session, assessment.id, one.person_id, Part.READER, by=by, now=now)
        session.add(
            RecordSignatory(
                assessment_id=assessment.id,
                record_id=record.id,
                position=position,
                person_id=one.person_id,
                name=names[one.person_id],
                role=one.role,
                due_on=signatories.due_on(day_of(now)),
            )
        )
    session.flush()
    tell_next(session, assessment, record, by=by, now=now)


def tell_next(session: Session, assessment: Assessment, record: RecordRow, *, by: int, now: datetime) -> None:
    """Tell whoever signs next that it is their turn, where somebody does."""
    turn = next_of(of_record(record.id, session=session))
    if turn is not None:
        tell(
            session,
            assessment,
            "asked_to_sign",
            {turn.person_id},
            by=by,
            now=now,
            item=record.ref,
            due_on=turn.due_on,
            path=f"/records/{record.ref}/sign",
        )


# -- afterwards ---------------------------------------------------------------------------------------


def of_record(record_id: int, *, session: Session | None = None) -> tuple[Signature, ...]:
    """Return the signatures that a record expects beside the decision-maker's, in order: one query or two."""
    session = session or read()
    rows = session.execute(
        select(RecordSignatory, RecordSignature)
        .outerjoin(
            RecordSignature,
            (RecordSignature.record_id == RecordSignatory.record_id)
            & (RecordSignature.position == RecordSignatory.position),
        )
        .where(RecordSignatory.record_id == record_id)
        .order_by(RecordSignatory.position)
    ).all()
    released = {act.by for _, act in rows if act is not None and not act.signed}
    names = people.names(released, session=session)
    return tuple(_signature(row, act, names) for row, act in rows)


def _signature(row: RecordSignatory, act: RecordSignature | None, names: dict[int, str]) -> Signature:
    given = act is not None and act.signed
    return Signature(
        row.position,
        row.person_id,
        row.name,
        row.role,
        row.due_on,
        signed_at=act.at if act and given else None,
        method=act.method.label if act and act.method else "",
        released_at=act.at if act and not given else None,
        released_by=names.get(act.by, "") if act and not given else "",
        reason=act.reason if act else "",
    )


def next_of(signatures: Sequence[Signature]) -> Signature | None:
    """Return the signature that is awaited next, or None: they are given in their order."""
    return next((one for one in signatures if one.awaited), None)
