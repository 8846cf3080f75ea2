"""An assessment: what is proposed, where it stands, who takes part, the route of the decision."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ehiia.domain.vocabulary import Band, LegalStatus, Part, ProposalKind, RoutePart, ScreeningResult, Stage
from ehiia.store.base import Base, Code, Digest, Key, Line, Long, Moment, word


class Assessment(Base):
    """The living record of one proposal. ``stage`` is changed by ``services.moves.move`` only."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        Index(None, "organisation_id", "restricted", "updated_at", "id"),
        Index(None, "organisation_id", "stage", "id"),
        Index(None, "organisation_id", "title_folded"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    ref: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[Line]
    title_folded: Mapped[Line]
    """Title in lower case, for prefix search."""
    summary: Mapped[Long] = mapped_column(default="")
    kind: Mapped[ProposalKind] = mapped_column(word(ProposalKind))
    depth: Mapped[str] = mapped_column(String(16), default="extended")
    """A value of ``domain.questions.Depth``: how much of the question set is asked."""
    depth_reason: Mapped[Long] = mapped_column(default="", server_default="")
    """Why the short form grew, in words with the ids of the rules."""
    stage: Mapped[Stage] = mapped_column(word(Stage), default=Stage.SCREENING)
    stage_before_pause: Mapped[Stage | None] = mapped_column(word(Stage, name="stage_before_pause"))
    version_no: Mapped[int] = mapped_column(default=1)
    question_set_version: Mapped[int]
    """Version of the set "assessment" that this assessment is pinned to."""
    screening_version: Mapped[int]
    screening_result: Mapped[ScreeningResult | None] = mapped_column(word(ScreeningResult))
    existing_ref: Mapped[str] = mapped_column(String(300), default="")
    director_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expected_go_live_on: Mapped[date | None]
    actual_go_live_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    scale: Mapped[str] = mapped_column(String(16), default="5x5")
    """Id of the scale of risk it began with; with the highest score of each band as it was then."""
    band_low_to: Mapped[int] = mapped_column(default=3)
    band_medium_to: Mapped[int] = mapped_column(default=9)
    band_high_to: Mapped[int] = mapped_column(default=16)
    worst_left: Mapped[Band | None] = mapped_column(word(Band))
    answered_count: Mapped[int] = mapped_column(default=0)
    asked_count: Mapped[int] = mapped_column(default=0)
    missing_count: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    """The check passed after the date of the meeting, or it was decided before it began. Never taken back."""
    full_due_on: Mapped[date | None]
    """After an urgent decision: by when a whole assessment is to be made and ratified."""
    decided_before_on: Mapped[date | None]
    """Set where it was decided before the assessment began."""
    decided_before_by: Mapped[Line] = mapped_column(default="", server_default="")
    consultation_opens_on: Mapped[date | None]
    """For a workforce proposal: when staff are consulted, and the restriction can be lifted."""
    outside_author: Mapped[Line] = mapped_column(default="", server_default="")
    """Who wrote it where that was a contractor or a support unit; their body is ``outside_body``."""
    outside_body: Mapped[Line] = mapped_column(default="", server_default="")
    practice: Mapped[bool] = mapped_column(default=False, server_default=false())
    """For its author to learn with: seen by nobody else, counted nowhere (``store.practice``)."""
    earlier: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Made before this system, and brought in from a register: there is no record of it here."""
    taken_away: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The import that brought it in was undone: found nowhere (``store.practice``)."""
    restricted: Mapped[bool] = mapped_column(default=False)
    restricted_reason: Mapped[Long] = mapped_column(default="")
    restricted_until_on: Mapped[date | None]
    once: Mapped[Digest | None] = mapped_column(unique=True, index=True)
    """Digest of who sent which form, so that a form sent twice starts one; None where none was sent."""
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    revision: Mapped[int] = mapped_column(default=1)


class AssessmentVersion(Base):
    """A version of an assessment: why it was begun and which questions it is pinned to."""

    __tablename__ = "assessment_version"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    question_set_version: Mapped[int]
    reference_data: Mapped[str] = mapped_column(String(100))
    reason: Mapped[Line]
    begun_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[Moment]


class RouteStep(Base):
    """A body on the route of a proposal: what it does and when it meets."""

    __tablename__ = "route_step"
    __table_args__ = (
        UniqueConstraint("assessment_id", "position"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(["organisation_id", "body_id"], ["body.organisation_id", "body.id"]),
        Index(None, "organisation_id", "meeting_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int]
    assessment_id: Mapped[int]
    position: Mapped[int]
    body_id: Mapped[int]
    part: Mapped[RoutePart] = mapped_column(word(RoutePart))
    meeting_on: Mapped[date | None]
    minute: Mapped[Line] = mapped_column(default="")


class Participant(Base):
    """What a person does in an assessment. ``wrote_at`` is set when they change an answer, and stays."""

    __tablename__ = "participant"
    __table_args__ = (Index(None, "person_id", "assessment_id"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    part: Mapped[Part] = mapped_column(word(Part), primary_key=True)
    expertise: Mapped[Line] = mapped_column(default="")
    wrote_at: Mapped[datetime | None]
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]


class AssessmentPlace(Base):
    """A place the proposal touches, with its name as it was."""

    __tablename__ = "assessment_place"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        ForeignKeyConstraint(["organisation_id", "place_id"], ["place.organisation_id", "place.id"]),
    )

    organisation_id: Mapped[int]
    assessment_id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Line]


class AssessmentGroup(Base):
    """A group this assessment considers, with label and legal status as they were when it was chosen."""

    __tablename__ = "assessment_group"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    code: Mapped[Code] = mapped_column(primary_key=True)
    position: Mapped[int]
    label: Mapped[Line]
    people: Mapped[Line]
    legal_status: Mapped[LegalStatus] = mapped_column(word(LegalStatus))
    first_aim_only: Mapped[bool] = mapped_column(default=False)


class Move(Base):
    """A step from stage to stage; insert-only."""

    __tablename__ = "move"
    __table_args__ = (Index(None, "assessment_id", "at"),)

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    version_no: Mapped[int]
    from_stage: Mapped[Stage] = mapped_column(word(Stage))
    move: Mapped[str] = mapped_column(String(40))
    to_stage: Mapped[Stage] = mapped_column(word(Stage, name="to_stage"))
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    reason: Mapped[Long] = mapped_column(default="")
