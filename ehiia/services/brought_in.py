"""Bringing in what a register says, all of it or nothing; undoing it is in ``services.bringing_undone``.

An assessment from before is in force or closed at once. There is no check, no
decision and no signed record of it here: the register says that it was decided,
and the paper is kept elsewhere. Nobody is written to about what is brought in;
reminders, reviews and audits then go by its dates as by any others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content import load
from ehiia.domain.answers import SubjectGroup
from ehiia.domain.register_columns import folded
from ehiia.domain.register_rows import ImportState, NewAction, NewAssessment, Row, mark
from ehiia.domain.vocabulary import Claim, Part, ReviewTrigger, Stage
from ehiia.services import answering, bringing_in, organisations, scales
from ehiia.services.bringing_in import RegisterImport, find, must_bring_in
from ehiia.services.transaction import Entry, Refused, Stale, note, note_all, read, transaction
from ehiia.store import register_known
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, AssessmentVersion, Participant
from ehiia.store.decisions import Review
from ehiia.store.earlier import EarlierAssessment, ImportedRow
from ehiia.store.organisations import Organisation
from ehiia.store.register_known import BroughtIn

__all__ = ["BroughtIn", "EarlierAssessment", "bring_in", "earlier_of", "held", "result_of"]

EARLIER = "EARLIER-"
"""In the reference of every assessment from before, which are numbered apart."""
REGISTER = "The register from before"
"""Who said how an action was going when it was brought in."""


# -- bringing in -------------------------------------------------------------------------------------


def bring_in(organisation_id: int, import_id: int, *, seen: str, by: int, now: datetime) -> RegisterImport:
    """Add every row that the trial run would add, in one transaction. Done twice it is done once.

    ``seen``: of the trial that the person saw. Raises Stale where another one would be made by now,
    Refused where nothing would be added or it was undone; NotAllowed, NotFound.
    """
    with transaction() as session:
        organisation = held(session, organisation_id, by, now)
        row = find(organisation_id, import_id, session=session)
        if row.state is ImportState.DONE:
            return row
        if row.state is ImportState.UNDONE:
            raise Refused("This was undone. Upload the file again to bring it in after all.")
        trial = bringing_in.trial_in(session, row, by=by, today=day_of(now))
        if trial.seen != seen:
            raise Stale
        if not trial.added:
            raise Refused("No row of this file can be added.")
        _Adding(session, organisation, row, by=by, now=now).all(trial.added)
        return row


def held(session: Session, organisation_id: int, by: int, now: datetime) -> Organisation:
    """Return the organisation, held: of two who bring in at once the second sees what the first added."""
    must_bring_in(session, organisation_id, by=by, now=now)
    return session.execute(
        select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    ).scalar_one()


class _Adding:
    """Adds rows to an organisation, many at a time: a long file takes no more queries than a short one."""

    def __init__(
        self, session: Session, organisation: Organisation, row: RegisterImport, *, by: int, now: datetime
    ) -> None:
        self.session, self.organisation, self.row = session, organisation, row
        self.by, self.now = by, now

    def all(self, rows: Sequence[Row]) -> None:
        """Add everything, and write it down."""
        about = self._assessments(rows)
        actions = self._actions(rows, about)
        self._owners(about, actions)
        reviews = self._reviews(rows, about)
        self.session.flush()
        for row in rows:
            action, review = actions.get(row.number), reviews.get(row.number)
            self.session.add(
                ImportedRow(
                    organisation_id=self.organisation.id,
                    import_id=self.row.id,
                    number=row.number,
                    ref=about[row.key].ref,
                    assessment_id=about[row.key].id,
                    made=row.assessment is not None,
                    mitigation_id=action.id if action else None,
                    action_digest=mark(row.action.what) if row.action else None,
                    review_id=review.id if review else None,
                    revision=about[row.key].revision,
                )
            )
        self.row.state, self.row.done_by, self.row.done_at = ImportState.DONE, self.by, self.now
        self.row.revision += 1
        self._write_down(rows, about)

    def _assessments(self, rows: Sequence[Row]) -> dict[str, Assessment]:
        """Return the assessment of each key: added, or here from an earlier file."""
        new = [(row.key, row.assessment) for row in rows if row.assessment]
        here = {row.key: row.here.id for row in rows if row.here}
        known = {
            one.id: one
            for one in self.session.scalars(select(Assessment).where(Assessment.id.in_(here.values())))
        }
        about = {key: known[assessment_id] for key, assessment_id in here.items()}
        year, first = day_of(self.now).year, 0
        if new:
            first = organisations.next_ref(self.session, self.organisation, "earlier", year, len(new))
        made = [
            (one, self._assessment(one, f"{EARLIER}{year}-{number:03d}"))
            for number, (_, one) in enumerate(new, start=first)
        ]
        self.session.add_all([assessment for _, assessment in made])
        self.session.flush()
        for one, assessment in made:
            self._around(one, assessment)
        self.session.flush()
        return about | {key: assessment for (key, _), (_, assessment) in zip(new, made, strict=True)}

    def _assessment(self, one: NewAssessment, number: str) -> Assessment:
        assessment = Assessment(
            organisation_id=self.organisation.id,
            ref=f"{self.organisation.ref_prefix}-{number}",
            title=one.title,
            title_folded=one.title.casefold(),
            summary=one.summary,
            kind=one.kind,
            stage=Stage.CLOSED if one.closed else Stage.IN_FORCE,
            earlier=True,
            question_set_version=load.question_set("assessment").version,
            screening_version=load.question_set("screening").version,
            director_id=one.director_id,
            worst_left=one.risk,
            created_by=one.lead_id or self.by,
            created_at=self.now,
            updated_at=self.now,
        )
        scales.pin(assessment, scales.scale_for_new(organisations.settings_of(self.organisation)))
        return assessment

    def _around(self, one: NewAssessment, assessment: Assessment) -> None:
        """Add what belongs to an assessment: its version, its groups, its people, what the register said."""
        questions, national = load.question_set("assessment"), {group.code: group for group in load.groups()}
        self.session.add(
            AssessmentVersion(
                assessment_id=assessment.id,
                number=1,
                question_set_version=questions.version,
                reference_data=load.reference_data(),
                reason="Brought in from a register",
                begun_by=self.by,
                begun_at=self.now,
            )
        )
        for position, code in enumerate(answering.always_asked(questions)):
            group = national[code]
            words = SubjectGroup(code, group.label, group.people, group.legal_status, group.first_aim_only)
            answering.add_group(self.session, assessment.id, words, position)
        for person_id, part in ((one.lead_id, Part.AUTHOR), (one.director_id, Part.DIRECTOR)):
            if person_id is not None:
                self._take_part(assessment, person_id, part)
        self.session.add(
            EarlierAssessment(
                organisation_id=self.organisation.id,
                assessment_id=assessment.id,
                old_ref=one.old_ref,
                ref_folded=folded(one.old_ref),
                decided_on=one.decided_on,
                decided_by=one.decided_by,
                lead=one.lead,
                kept_at=one.kept_at,
            )
        )

    def _take_part(self, assessment: Assessment, person_id: int, part: Part) -> None:
        self.session.add(
            Participant(
                assessment_id=assessment.id,
                person_id=person_id,
                part=part,
                added_by=self.by,
                added_at=self.now,
            )
        )

    def _actions(self, rows: Sequence[Row], about: dict[str, Assessment]) -> dict[int, MitigationRow]:
        """Add the actions and return them by the number of their row."""
        numbers: dict[int, int] = {}
        for assessment_id in self.session.scalars(
            select(MitigationRow.assessment_id).where(
                MitigationRow.assessment_id.in_([row.here.id for row in rows if row.here])
            )
        ):
            numbers[assessment_id] = numbers.get(assessment_id, 0) + 1
        actions = {}
        for row in rows:
            if row.action is not None:
                assessment = about[row.key]
                numbers[assessment.id] = numbers.get(assessment.id, 0) + 1
                actions[row.number] = self._action(row.action, assessment, numbers[assessment.id])
        self.session.add_all(actions.values())
        self.session.flush()
        return actions

    def _action(self, one: NewAction, assessment: Assessment, number: int) -> MitigationRow:
        said = one.claim is not Claim.NOT_STARTED
        return MitigationRow(
            organisation_id=assessment.organisation_id,
            assessment_id=assessment.id,
            ref=f"{assessment.ref}-M{number}",
            what=one.what,
            owner_id=one.owner_id,
            outside_owner=one.outside_owner,
            outside_email=one.outside_email,
            due_on=one.due_on,
            measure=one.measure,
            claim=one.claim,
            claimed_outside=REGISTER if said else "",
            claimed_at=self.now if said else None,
            by=self.by,
            at=self.now,
        )

    def _owners(self, about: dict[str, Assessment], actions: dict[int, MitigationRow]) -> None:
        """Let every owner here see the assessment; who took part as owner before does so again."""
        wanted = {(one.assessment_id, one.owner_id) for one in actions.values() if one.owner_id}
        there = {
            (part.assessment_id, part.person_id): part
            for part in self.session.scalars(
                select(Participant).where(
                    Participant.assessment_id.in_({assessment_id for assessment_id, _ in wanted}),
                    Participant.part == Part.OWNER,
                )
            )
        }
        by_id = {one.id: one for one in about.values()}
        for assessment_id, person_id in sorted(wanted):
            if (part := there.get((assessment_id, person_id))) is not None:
                part.ended_at = None
            else:
                self._take_part(by_id[assessment_id], person_id, Part.OWNER)

    def _reviews(self, rows: Sequence[Row], about: dict[str, Assessment]) -> dict[int, Review]:
        """Plan the reviews and return them by the number of their row."""
        reviews = {}
        for row in rows:
            if row.review_on is not None:
                assessment = about[row.key]
                assessment.review_due_on = row.review_on
                reviews[row.number] = Review(
                    organisation_id=assessment.organisation_id,
                    assessment_id=assessment.id,
                    due_on=row.review_on,
                    trigger=ReviewTrigger.PLANNED,
                    reasons=f"The register that was brought in names this day (row {row.number})",
                    made_at=self.now,
                )
        self.session.add_all(reviews.values())
        return reviews

    def _write_down(self, rows: Sequence[Row], about: dict[str, Assessment]) -> None:
        told: dict[int, list[Row]] = {}
        for row in rows:
            told.setdefault(about[row.key].id, []).append(row)
        here = self.organisation.id
        note_all(
            self.session,
            [
                Entry(
                    here,
                    self.now,
                    self.by,
                    "brought_in",
                    f"assessment:{assessment_id}",
                    {
                        "import": self.row.id,
                        "made": any(row.assessment for row in added),
                        "actions": sum(row.action is not None for row in added),
                        "review": any(row.review_on for row in added),
                    },
                )
                for assessment_id, added in told.items()
            ],
        )
        head = note(
            self.session,
            "register_brought_in",
            organisation_id=here,
            subject=f"organisation:{here}",
            by=self.by,
            at=self.now,
            file=self.row.file_name,
            rows=len(rows),
        )
        self.row.history_seq = head.seq


# -- reading -----------------------------------------------------------------------------------------


def result_of(row: RegisterImport, *, by: int) -> list[BroughtIn]:
    """Return what an import added, row by row, as far as the person may know of it."""
    return register_known.brought_in(read(), row, by)


def earlier_of(assessment: Assessment) -> EarlierAssessment | None:
    """Return what the register said of an assessment from before; None for one that was (re)made here."""
    here = not assessment.earlier or assessment.version_no > 1
    return None if here else read().get(EarlierAssessment, assessment.id)
