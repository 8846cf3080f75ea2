"""Auditing what was drawn: the list of a run, drafts of the checks, and the verdict with its checks.

A draft is kept as it is; what is missing blocks the verdict, not the typing. Whoever owns an action, or
wrote, directs, checked or decided its assessment, audits none of it: it goes to somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.content.auditing import checks as all_checks
from ehiia.domain import auditing
from ehiia.domain.access import ENDED, QUIET, Actor, Ruling, Sight, may_in
from ehiia.domain.auditing import CaseState, Checked, Result, Screened
from ehiia.domain.vocabulary import Permission, Stage, Verdict
from ehiia.services import audits, independence, people, uploads
from ehiia.services.scales import scale_of
from ehiia.services.sight import Seen, see_many
from ehiia.services.telling import authors, equality_leads, tell
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, note, read, transaction
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.store.answers import MitigationRow, StoredFile
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow, ProgrammeRow, RunRow
from ehiia.store.people import Person
from ehiia.store.visible import known_in

__all__ = [
    "Case",
    "CaseRow",
    "Draft",
    "Listed",
    "checked_of",
    "file_of",
    "give_to",
    "list_of",
    "mine",
    "run_of",
    "save",
    "see_case",
    "who_may",
]

LONGEST = 4000


@dataclass(frozen=True)
class Draft:
    """What an auditor entered of a case. ``files``: check -> a file that shows it."""

    checked: Mapping[str, Checked] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    verdict: Verdict | None = None
    screened: Screened | None = None
    found: str = ""
    likelihood: int | None = None
    severity: int | None = None


@dataclass(frozen=True)
class Case:
    """A case as one person sees it, with what it is about and whether they may audit it."""

    row: CaseRow
    run: RunRow
    programme: str
    seen: Seen
    mitigation: MitigationRow | None
    auditor: str
    ruling: Ruling

    @property
    def rests(self) -> bool:
        """Whether it was taken out, or its assessment rests or has ended, so that no verdict is given."""
        if self.mitigation is not None and self.mitigation.taken_out_at is not None:
            return True
        quiet = ENDED - {Stage.NOT_NEEDED} | {Stage.PAUSED} if self.mitigation is None else QUIET
        return self.seen.assessment.stage in quiet


@dataclass(frozen=True)
class Listed:
    """A case in the list of a run."""

    row: CaseRow
    what: str
    title: str
    auditor: str
    may: bool
    why_not: str


def checked_of(row: CaseRow) -> dict[str, Checked]:
    """Return what was found in each check so far."""
    return {
        check: Checked(
            check,
            Result(kept["result"]) if kept.get("result") else None,
            kept.get("words", ""),
            kept.get("file_sha256", ""),
            kept.get("file_name", ""),
        )
        for check, kept in row.checks.items()
    }


# -- reading -----------------------------------------------------------------------------------


def run_of(organisation_id: int, run_id: int) -> tuple[RunRow, ProgrammeRow]:
    """Return a run of an organisation with its programme, or raise NotFound."""
    found = (
        read()
        .execute(
            select(RunRow, ProgrammeRow)
            .join(ProgrammeRow, ProgrammeRow.id == RunRow.programme_id)
            .where(RunRow.id == run_id, RunRow.organisation_id == organisation_id)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    return found[0], found[1]


def list_of(run: RunRow, *, actor: Actor) -> list[Listed]:
    """Return the cases of a run that the person may know of, those still to do first: four queries."""
    return _listed(actor, run.organisation_id, CaseRow.run_id == run.id)


def mine(actor: Actor, organisation_id: int, *, limit: int = 50) -> list[Listed]:
    """Return the cases that were given to the person and are not done."""
    given = (CaseRow.auditor_id == actor.person_id) & (CaseRow.state != CaseState.DONE)
    return _listed(actor, organisation_id, given, limit=limit)


def _listed(actor: Actor, organisation_id: int, which: Any, limit: int = 2000) -> list[Listed]:
    session = read()
    rows = session.execute(
        select(CaseRow, Assessment, MitigationRow, Person.name)
        .join(Assessment, Assessment.id == CaseRow.assessment_id)
        .outerjoin(MitigationRow, MitigationRow.id == CaseRow.mitigation_id)
        .outerjoin(Person, Person.id == CaseRow.auditor_id)
        .where(
            known_in(organisation_id, actor.person_id, holds_post=bool(actor.roles.get(organisation_id))),
            which,
        )
        .order_by(CaseRow.state == CaseState.DONE, CaseRow.pool, CaseRow.id)
        .limit(limit)
    ).all()
    assessments = {assessment.id: assessment for _, assessment, _, _ in rows}
    seen = {one.assessment.id: one for one in see_many(session, tuple(assessments.values()), actor=actor)}
    found = []
    for row, assessment, mitigation, auditor in rows:
        if assessment.id in seen:
            ruling = _ruling(seen[assessment.id], mitigation)
            what = mitigation.what if mitigation is not None else assessment.title
            found.append(Listed(row, what, assessment.title, auditor or "", bool(ruling), ruling.reason))
    return found


def _ruling(seen: Seen, mitigation: MitigationRow | None) -> Ruling:
    return seen.may(Permission.VERIFY) if mitigation is None else seen.may_with(Permission.VERIFY, mitigation)


def see_case(case_id: int, *, actor: Actor, session: Session | None = None, lock: bool = False) -> Case:
    """Load a case for somebody who plans or makes audits; ``lock`` holds its row.

    Raises NotFound where there is none or they do not know of its assessment, NotAllowed without a post.
    """
    session = session or read()
    query = (
        select(CaseRow, RunRow, ProgrammeRow.name, Assessment, MitigationRow, Person.name)
        .join(RunRow, RunRow.id == CaseRow.run_id)
        .join(ProgrammeRow, ProgrammeRow.id == RunRow.programme_id)
        .join(Assessment, Assessment.id == CaseRow.assessment_id)
        .outerjoin(MitigationRow, MitigationRow.id == CaseRow.mitigation_id)
        .outerjoin(Person, Person.id == CaseRow.auditor_id)
        .where(CaseRow.id == case_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    row, run, programme, assessment, mitigation, auditor = found
    seen = next(iter(see_many(session, (assessment,), actor=actor)), None)
    if seen is None or seen.sight is not Sight.FULL:
        raise NotFound
    allowed = may_in(actor, Permission.SEE_AUDIT_PLAN, row.organisation_id)
    if not allowed:
        raise NotAllowed(allowed.reason)
    if lock:
        session.refresh(row, with_for_update=True)
    return Case(row, run, programme, seen, mitigation, auditor or "", _ruling(seen, mitigation))


def who_may(case: Case, *, today: date) -> dict[int, str]:
    """Return the names of those who may audit a case, by id."""
    session = read()
    people_here = independence.auditors(session, case.row.organisation_id, today=today)
    owner_id = case.mitigation.owner_id if case.mitigation is not None else None
    thing = (case.row.ref, case.seen.assessment, owner_id)
    may = independence.may_audit(session, [thing], people_here)[case.row.ref]
    return people.names(set(may), session=session)


def file_of(case_id: int, check: str, *, actor: Actor) -> tuple[str, bytes]:
    """Return the file of a check: name and bytes. Raises NotFound, NotAllowed."""
    case = see_case(case_id, actor=actor)
    kept = checked_of(case.row).get(check)
    if kept is None or not kept.file_sha256 or read().get(StoredFile, kept.file_sha256) is None:
        raise NotFound
    return kept.file_name or "evidence", uploads.content_of(kept.file_sha256)


# -- auditing ------------------------------------------------------------------------------------


def save(case_id: int, draft: Draft, *, revision: int, finish: bool, by: int, now: datetime) -> CaseRow:
    """Keep what an auditor entered; with ``finish`` give the verdict, which nobody changes any more.

    Raises NotFound, NotAllowed, Refused where it is done already or its assessment rests, Stale where
    somebody else saved it meanwhile, Invalid by field: a text too long, a file not taken, and with
    ``finish`` what is missing.
    """
    checked_files, errors = _check(draft)
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        case = see_case(case_id, actor=actor, session=session, lock=True)
        row = case.row
        if not case.ruling:
            raise NotAllowed(case.ruling.reason)
        if row.state is CaseState.DONE:
            if finish and row.by == by and _says(row, draft):
                return row  # the form was sent twice
            raise Refused("This audit is done, so nothing in it is changed any more.")
        if row.revision != revision:
            raise Stale
        if case.rests:
            raise Refused(
                "It was taken out, or its assessment rests "
                f"(“{case.seen.assessment.stage.label}”), so it is not audited now."
            )
        scale = scale_of(case.seen.assessment)
        if not scale.holds(draft.likelihood, draft.severity):
            errors["likelihood"] = "Choose from the words of the scale"
        if errors:
            raise Invalid(**errors)
        kept = _merged(row, draft)
        if finish:
            _must_be_whole(case, draft, kept)
        for check, file in checked_files.items():
            sha256 = uploads.keep(session, file, by=by, now=now)
            kept[check] |= {"file_sha256": sha256, "file_name": file.name}
        row.checks = kept
        row.verdict, row.screened, row.found = draft.verdict, draft.screened, draft.found.strip()
        row.likelihood, row.severity = draft.likelihood, draft.severity
        row.state = CaseState.DONE if finish else CaseState.BEGUN
        row.auditor_id, row.by, row.at = by, by, now
        row.revision += 1
        if finish:
            row.done_at = now
            session.flush()
            _finish(session, case, by=by, now=now)
    return row


def _check(draft: Draft) -> tuple[dict[str, uploads.Checked], dict[str, str]]:
    """Look at texts and files before the transaction: a scanner takes its time."""
    files: dict[str, uploads.Checked] = {}
    errors: dict[str, str] = {}
    for check, upload in draft.files.items():
        try:
            files[check] = uploads.check(upload)
        except NotAccepted as error:
            errors[f"file_{check}"] = str(error)
    texts = {f"words_{check}": one.words for check, one in draft.checked.items()} | {"found": draft.found}
    for name, text in texts.items():
        if len(text.strip()) > LONGEST:
            errors[name] = f"This must be {LONGEST:,} characters or fewer"
    known = {check.id for check in all_checks()}
    if not {*draft.checked, *draft.files} <= known:
        errors[""] = "There is no such check"
    return files, errors


def _merged(row: CaseRow, draft: Draft) -> dict[str, Any]:
    """Return the checks as entered, each with the file it had before."""
    before = checked_of(row)
    kept: dict[str, Any] = {}
    for check in {*before, *draft.checked, *draft.files}:
        old, new = before.get(check, Checked(check)), draft.checked.get(check, Checked(check))
        kept[check] = {
            "result": new.result.value if new.result else "",
            "words": new.words.strip(),
            "file_sha256": old.file_sha256,
            "file_name": old.file_name,
        }
    return kept


def _says(row: CaseRow, draft: Draft) -> bool:
    same = (row.verdict, row.screened, row.found) == (draft.verdict, draft.screened, draft.found.strip())
    return same and (row.likelihood, row.severity) == (draft.likelihood, draft.severity)


def _must_be_whole(case: Case, draft: Draft, kept: dict[str, Any]) -> None:
    errors: dict[str, str] = {}
    if case.mitigation is None:
        if draft.screened is None:
            errors["screened"] = "Choose what you found"
        if not draft.found.strip():
            errors["found"] = "Say what you looked at and what you saw"
    else:
        checked = {
            check: Checked(check, Result(one["result"]) if one["result"] else None, one["words"])
            for check, one in kept.items()
        }
        rated = (draft.likelihood, draft.severity)
        for lack in auditing.lacks(
            all_checks(), checked, verdict=draft.verdict, found=draft.found, rated=rated
        ):
            errors.setdefault(lack.field, lack.text)
    if errors:
        raise Invalid(**errors)


def _finish(session: Session, case: Case, *, by: int, now: datetime) -> None:
    row, assessment = case.row, case.seen.assessment
    if case.mitigation is not None and row.verdict is not None:
        audits.give_verdict(
            case.mitigation.ref, verdict=row.verdict, found=row.found, proof=None, by=by, now=now
        )
        return
    note(
        session,
        "screening_audited",
        organisation_id=row.organisation_id,
        subject=f"assessment:{assessment.id}",
        by=by,
        at=now,
        found=row.screened.label if row.screened else "",
        reason=row.found,
    )
    if row.screened is Screened.WRONG:
        told = authors(session, assessment.id) | equality_leads(session, assessment, now)
        told |= {assessment.director_id} if assessment.director_id else set()
        tell(session, assessment, "screening_doubted", told, by=by, now=now, comment=row.found)


def give_to(case_id: int, person_id: int, *, by: int, now: datetime) -> None:
    """Give a case to somebody who may audit it. Raises Invalid (``auditor``) where they may not."""
    with transaction() as session:
        actor = people.actor_of(by, today=day_of(now), session=session)
        case = see_case(case_id, actor=actor, session=session, lock=True)
        if case.row.state is CaseState.DONE:
            raise Refused("This audit is done.")
        if person_id == case.row.auditor_id:
            return
        if person_id not in who_may(case, today=day_of(now)):
            raise Invalid(auditor="Choose somebody who may audit it")
        case.row.auditor_id = person_id
        case.row.revision += 1
        note(
            session,
            "case_given",
            organisation_id=case.row.organisation_id,
            subject=f"programme:{case.run.programme_id}",
            by=by,
            at=now,
            case=case.row.ref,
            name=people.names({person_id}, session=session)[person_id],
        )
