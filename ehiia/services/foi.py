"""The log of requests under the Freedom of Information Act: who knows of which, and what each is about.

They are dealt with in ``services.answering_requests``. Of the assessments that a request is about a person is
shown those that they know of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.documents.sheets import Cell, as_csv, as_xlsx
from ehiia.domain.access import Actor, may_in
from ehiia.domain.foi import OPEN, RUNNING, Answered, Ground, Released, RequestState, claimed
from ehiia.domain.publishing import Exemption
from ehiia.domain.questions import Option
from ehiia.domain.schedule import overdue
from ehiia.domain.vocabulary import Permission
from ehiia.services import people
from ehiia.services.transaction import NotAllowed, NotFound, read
from ehiia.store import foi as kept
from ehiia.store.assessments import Assessment
from ehiia.store.foi import FoiAbout, FoiReleased, FoiRequest
from ehiia.store.visible import known_in

__all__ = [
    "Chosen",
    "FoiRequest",
    "Request",
    "file_of",
    "must_see",
    "one_of",
    "register",
    "releasable",
    "row_of",
    "things_of",
]

MOST = 2000
HEAD = (
    *("Reference", "Received", "Due", "State", "Days late", "Asked by", "What was asked", "Assessments"),
    *("Exemptions claimed", "What is withheld", "Public interest", "Claimed by", "Approved by"),
    *("How it ended", "Answered", "Answer", "What was released", "Named as released"),
    *("Clarification asked for", "Clarified", "Public interest weighed until"),
    *("Internal review asked for", "Review due", "How the review ended", "Reviewed", "Reviewed by"),
)


@dataclass(frozen=True)
class Chosen:
    """What the log shows. ``words``: of the reference, of what was asked or of the answer."""

    state: RequestState | None = None
    late: bool = False
    words: str = ""


@dataclass(frozen=True)
class Request:
    """A request as a person sees it."""

    row: FoiRequest
    about: tuple[tuple[str, str], ...]
    """Reference and title of the assessments that the person knows of."""
    names: Mapping[int, str]
    released: tuple[str, ...]
    """What was released of those assessments, such as "Edition EHIIA-2026-001-D1-P1"."""
    days_late: int
    """How long it is overdue, or by how many days the answer came too late."""
    review_days_late: int
    """The same of its internal review."""

    @property
    def may_change(self) -> bool:
        """Whether what was recorded of it may still be changed, and it may be answered."""
        return self.row.state in RUNNING or self.awaits_clarification

    @property
    def awaits_clarification(self) -> bool:
        """Whether the time does not run."""
        return self.row.state is RequestState.CLARIFYING

    @property
    def considered(self) -> tuple[Exemption | Ground, ...]:
        """For what the public interest is weighed for longer."""
        return tuple(claimed(one) for one in self.row.extended_for)

    @property
    def exemptions(self) -> tuple[Exemption | Ground, ...]:
        """What is claimed."""
        return tuple(claimed(one) for one in self.row.exemptions)

    def name(self, person_id: int | None) -> str:
        """Return the name of somebody who is named in it, or ""."""
        return self.names.get(person_id or 0, "")


def must_see(actor: Actor, organisation_id: int, permission: Permission = Permission.SEE_REQUESTS) -> None:
    """Raise NotAllowed unless the person may see requests here, or do what ``permission`` says."""
    ruling = may_in(actor, permission, organisation_id)
    if not ruling:
        raise NotAllowed(ruling.reason)


def register(actor: Actor, organisation_id: int, chosen: Chosen = Chosen(), *, today: date) -> list[Request]:
    """Return the requests, those still open first and what is due soonest first: four queries.

    At most ``MOST``. Raises NotAllowed.
    """
    must_see(actor, organisation_id)
    query = select(FoiRequest).where(FoiRequest.organisation_id == organisation_id)
    if chosen.state is not None:
        query = query.where(FoiRequest.state == chosen.state)
    closed = FoiRequest.state.not_in(OPEN).label("closed")
    rows = read().scalars(query.order_by(closed, FoiRequest.due_on, FoiRequest.id).limit(MOST))
    found = _seen(read(), list(rows), actor, organisation_id, today)
    words = chosen.words.casefold().split()
    return [one for one in found if (one.days_late or not chosen.late) and _says(one.row, words)]


def _says(row: FoiRequest, words: Sequence[str]) -> bool:
    text = f"{row.ref} {row.asked} {row.answer}".casefold()
    return all(word in text for word in words)


def one_of(actor: Actor, organisation_id: int, request_ref: str, *, today: date) -> Request:
    """Return a request. Raises NotAllowed, NotFound."""
    must_see(actor, organisation_id)
    row = row_of(read(), organisation_id, request_ref)
    return _seen(read(), [row], actor, organisation_id, today)[0]


def row_of(session: Session, organisation_id: int, request_ref: str, *, lock: bool = False) -> FoiRequest:
    """Return the row of a request of an organisation, or raise NotFound. ``lock`` holds it."""
    query = select(FoiRequest).where(
        FoiRequest.organisation_id == organisation_id, FoiRequest.ref == request_ref
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound
    return row


def _seen(
    session: Session, rows: Sequence[FoiRequest], actor: Actor, organisation_id: int, today: date
) -> list[Request]:
    known = known_in(organisation_id, actor.person_id, holds_post=True)
    ids = [row.id for row in rows]
    about: dict[int, list[tuple[str, str]]] = {}
    for request_id, ref, title in session.execute(
        select(FoiAbout.request_id, Assessment.ref, Assessment.title)
        .join(Assessment, Assessment.id == FoiAbout.assessment_id)
        .where(FoiAbout.organisation_id == organisation_id, FoiAbout.request_id.in_(ids), known)
        .order_by(Assessment.ref)
    ):
        about.setdefault(request_id, []).append((ref, title))
    released: dict[int, list[str]] = {}
    for request_id, kind, name in session.execute(
        select(FoiReleased.request_id, FoiReleased.kind, FoiReleased.name)
        .join(Assessment, Assessment.id == FoiReleased.assessment_id)
        .where(FoiReleased.organisation_id == organisation_id, FoiReleased.request_id.in_(ids), known)
        .order_by(FoiReleased.name)
    ):
        released.setdefault(request_id, []).append(f"{kind.label} {name}")
    names = people.names(_named(rows), session=session)
    return [
        Request(
            row,
            tuple(about.get(row.id, ())),
            names,
            tuple(released.get(row.id, ())),
            _late(row, today),
            overdue(row.review_due_on, row.reviewed_on or today) if row.review_due_on else 0,
        )
        for row in rows
    ]


def _named(rows: Sequence[FoiRequest]) -> set[int]:
    return {
        person_id
        for row in rows
        for person_id in (
            *(row.owner_id, row.claimed_by, row.approver_id, row.answered_by, row.recorded_by),
            row.reviewer_id,
        )
        if person_id
    }


def _late(row: FoiRequest, today: date) -> int:
    """Return by how many days the answer is late; while clarification is awaited the time does not run."""
    if row.state is RequestState.CLARIFYING or row.outcome is Answered.UNCLEAR:
        return 0
    return overdue(row.due_on, row.answered_on or today)


@dataclass(frozen=True)
class Thing:
    """Something of an assessment that can be named as released."""

    kind: Released
    thing_id: int
    assessment_id: int
    name: str

    @property
    def label(self) -> str:
        """Return what it is called: "Edition EHIIA-2026-001-D1-P1"."""
        return f"{self.kind.label} {self.name}"

    def row(self, request: FoiRequest) -> FoiReleased:
        """Return the row that says that it was released."""
        return FoiReleased(
            request_id=request.id,
            kind=self.kind,
            thing_id=self.thing_id,
            organisation_id=request.organisation_id,
            assessment_id=self.assessment_id,
            name=self.name[:300],
        )


def releasable(session: Session, row: FoiRequest, actor: Actor) -> dict[str, Thing]:
    """Return by a key what of its assessments can be named as released, of those the person knows of."""
    known = (
        select(FoiAbout.assessment_id)
        .join(Assessment, Assessment.id == FoiAbout.assessment_id)
        .where(FoiAbout.request_id == row.id, known_in(row.organisation_id, actor.person_id, holds_post=True))
    )
    found = kept.releasable(session, session.scalars(known).all())
    things = [Thing(*one) for one in found]
    return {f"{thing.kind.value}:{thing.thing_id}": thing for thing in things}


def things_of(actor: Actor, one: Request) -> tuple[Option, ...]:
    """Return what of a request's assessments can be named as released, to be chosen from."""
    found = releasable(read(), one.row, actor)
    return tuple(Option(key, thing.label) for key, thing in found.items())


def file_of(
    actor: Actor, organisation_id: int, chosen: Chosen, *, today: date, kind: str
) -> tuple[str, bytes]:
    """Return the name and the bytes of the log as "xlsx" or "csv". Nobody who asked is named in it."""
    rows = [_cells(one) for one in register(actor, organisation_id, chosen, today=today)]
    name = f"requests-for-information-{today.isoformat()}.{kind}"
    return name, as_csv(HEAD, rows) if kind == "csv" else as_xlsx("Requests for information", HEAD, rows)


def _cells(one: Request) -> Sequence[Cell]:
    row = one.row
    return (
        row.ref,
        row.received_on,
        row.due_on,
        row.state.label,
        one.days_late,
        row.requester.label,
        row.asked,
        ", ".join(ref for ref, _ in one.about),
        "; ".join(claim.label for claim in one.exemptions),
        row.withheld,
        row.public_interest,
        one.name(row.claimed_by),
        one.name(row.approver_id) if row.ruled_at else "",
        Answered(row.outcome).label if row.outcome else "",
        row.answered_on,
        row.answer,
        row.released,
        "; ".join(one.released),
        row.asked_back_on,
        row.clarified_on,
        row.extended_to,
        row.review_asked_on,
        row.review_due_on,
        row.reviewed_as.label if row.reviewed_as else "",
        row.reviewed_on,
        one.name(row.reviewer_id),
    )
