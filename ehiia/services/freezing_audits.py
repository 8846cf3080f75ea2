"""The audit of a period as a frozen value, with what lies beside it in the evidence pack.

Restricted assessments are left out of everything: cases, frames, findings, history and records.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from ehiia.content.auditing import checks as all_checks
from ehiia.documents.pack.writing import Beside, frame_name
from ehiia.domain import sampling
from ehiia.domain.access import Actor
from ehiia.domain.answers import Risk
from ehiia.domain.audit_report import (
    AuditedCase,
    AuditFinding,
    AuditReport,
    CheckResult,
    KeptDraw,
    LookedAgain,
    Opinion,
)
from ehiia.domain.auditing import CaseState, state_of
from ehiia.domain.chain import Link
from ehiia.domain.frozen import Person
from ehiia.domain.programmes import Period
from ehiia.domain.sampling import Pool
from ehiia.domain.vocabulary import Likelihood, Severity
from ehiia.services import cases, drawing, history, installation, opinions, organisations, people
from ehiia.services.framing import begins
from ehiia.services.independence import AUDIT_POSTS
from ehiia.services.scales import scale_of
from ehiia.services.sealing import signed_files
from ehiia.store import history as chain_of
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.auditing import CaseRow, FindingRow, FollowUpRow, ProgrammeRow, RunRow
from ehiia.store.decisions import RecordFile, RecordRow
from ehiia.store.people import Person as PersonRow

__all__ = ["Frozen", "freeze_audit"]

ABOUT_THE_PUBLIC = ("reviewer_", "voice_")
"""Beginnings of the verbs of history rows that name people from outside: an audit needs none of them."""


@dataclass(frozen=True)
class Frozen:
    """A report without reference and files, what lies beside it, and the assessments it is about."""

    report: AuditReport
    beside: Beside
    assessments: tuple[int, ...]


def freeze_audit(
    session: Session, run: RunRow, programme: ProgrammeRow, root_pem: str, *, actor: Actor, now: datetime
) -> Frozen:
    """Freeze the audit of a period as it stands: a number of queries that does not grow with it."""
    organisation = organisations.get(run.organisation_id, session=session)
    period = Period(run.first_on, run.last_on)
    open_to_all = and_(Assessment.organisation_id == organisation.id, Assessment.restricted.is_(False))
    audited, about = _cases(session, run, open_to_all)
    draws, frames = _draws(run, open_to_all)
    findings, finding_ids = _findings(session, run, open_to_all)
    records, missing = _records(session, about)
    head = chain_of.head(session, organisation.id)
    first = max(1, chain_of.head_before(session, organisation.id, begins(period)).seq)
    subjects = {f"programme:{programme.id}", *(f"assessment:{one}" for one in about)}
    subjects |= {f"finding:{one}" for one in finding_ids}
    links = chain_of.part(session, organisation.id, first=first, last=head.seq, subjects=subjects)
    posts = [role.label for role in AUDIT_POSTS if actor.has(organisation.id, role)]
    report = AuditReport(
        reference="",
        organisation=organisation.name,
        organisation_code=organisation.code,
        programme=programme.name,
        rhythm=programme.rhythm.label,
        audit=run.ref,
        period=period.name(),
        first_on=run.first_on,
        last_on=run.last_on,
        made_by=Person(people.names({actor.person_id}, session=session)[actor.person_id], ", ".join(posts)),
        made_at=now,
        draws=draws,
        cases=audited,
        findings=findings,
        opinions=tuple(_opinion(one) for one in reversed(opinions.of_run(run.id, session=session))),
        files=(),
        history_sequence=head.seq,
        history_sha256=head.hash,
        records_missing=missing,
        demonstration=installation.config().demonstration,
    )
    restricted = and_(Assessment.organisation_id == organisation.id, Assessment.restricted.is_(True))
    hidden = tuple(session.scalars(select(Assessment.ref).where(restricted)))
    told = tuple(_telling(link, hidden) for link in links)
    return Frozen(report, Beside(frames, told, records, root_pem), tuple(sorted(about)))


def _telling(link: Link, hidden: Collection[str]) -> Link:
    """Return a row with its sentence.

    One about people from outside, or that names a restricted assessment, tells nothing but its hash.
    """
    if link.told is None:
        return link
    text = link.told.body or "{}"
    if link.told.verb.startswith(ABOUT_THE_PUBLIC) or any(ref in text for ref in hidden):
        return replace(link, told=None)
    body = json.loads(text)
    says = history.sentence(link.told.verb, body, link.told.who)
    return replace(link, told=replace(link.told, says=says))


# -- what was drawn and audited ----------------------------------------------------------------------


def _draws(run: RunRow, known: ColumnElement[bool]) -> tuple[tuple[KeptDraw, ...], tuple[str, ...]]:
    kept, frames, open_refs = [], [], drawing.refs_of(known)
    for one in drawing.draws_of(run.id):
        frame, whole = drawing.lines_about(one.row.frame, open_refs)
        refs = {item.ref for item in sampling.parse(frame).items}
        frames.append(frame)
        kept.append(
            KeptDraw(
                number=one.row.n,
                at=one.row.at,
                by=one.by,
                reason=one.row.reason,
                seed=one.seed,
                rule=tuple(
                    f"{take.pool.label}: {take.words()}" for take in sampling.parse(one.row.frame).rule
                ),
                could=len(refs),
                frame_sha256=one.row.frame_sha256,
                file=frame_name(one.row.n),
                whole=whole,
                drawn=tuple(ref for ref in one.row.drawn if ref in refs),
            )
        )
    return tuple(kept), tuple(frames)


def _cases(
    session: Session, run: RunRow, known: ColumnElement[bool]
) -> tuple[tuple[AuditedCase, ...], set[int]]:
    rows = session.execute(
        select(CaseRow, Assessment, MitigationRow, PersonRow.name)
        .join(Assessment, Assessment.id == CaseRow.assessment_id)
        .outerjoin(MitigationRow, MitigationRow.id == CaseRow.mitigation_id)
        .outerjoin(PersonRow, PersonRow.id == CaseRow.auditor_id)
        .where(CaseRow.run_id == run.id, known)
        .order_by(CaseRow.id)
    ).all()
    found = [_case(row, assessment, action, name or "") for row, assessment, action, name in rows]
    order = {pool.label: place for place, pool in enumerate(Pool)}
    return tuple(sorted(found, key=lambda case: order[case.pool])), {row.assessment_id for row, *_ in rows}


def _case(row: CaseRow, assessment: Assessment, action: MitigationRow | None, auditor: str) -> AuditedCase:
    done = row.state is CaseState.DONE
    case = AuditedCase(
        ref=row.ref,
        about=assessment.ref,
        title=assessment.title,
        what=action.what if action else "",
        pool=row.pool.label,
        draw=row.draw_n,
        auditor=auditor,
        state=row.state.label,
    )
    if not done:  # a draft is its auditor's
        return case
    verdict = row.verdict or row.screened
    checked = cases.checked_of(row)
    return replace(
        case,
        verdict=verdict.label if verdict else "",
        found=row.found,
        risk=_risk(row, assessment),
        done_at=row.done_at,
        checks=tuple(
            CheckResult(check.title, one.result.label, one.words, one.file_name, one.file_sha256)
            for check in all_checks()
            if (one := checked.get(check.id)) is not None and one.result is not None
        ),
    )


def _risk(row: CaseRow, assessment: Assessment) -> str:
    if row.likelihood is None or row.severity is None:
        return ""
    return scale_of(assessment).words(Risk(Likelihood(row.likelihood), Severity(row.severity)))


def _opinion(one: opinions.Given) -> Opinion:
    said = one.words
    return Opinion(
        ref=one.ref,
        scope=said.scope,
        design=said.design,
        design_means=one.meaning(said.design),
        design_reasons=said.design_reasons,
        operation=said.operation,
        operation_means=one.meaning(said.operation),
        operation_reasons=said.operation_reasons,
        rests_on=said.rests_on,
        not_looked_at=said.not_looked_at,
        by=one.by,
        at=one.at,
        correction=said.correction,
        corrected_by=one.corrected_by,
    )


# -- findings and records ----------------------------------------------------------------------------


def _findings(
    session: Session, run: RunRow, known: ColumnElement[bool]
) -> tuple[tuple[AuditFinding, ...], set[int]]:
    """Return the findings about the items, and those about the way of assessing since the period began."""
    general = and_(
        FindingRow.assessment_id.is_(None), FindingRow.raised_at >= begins(Period(run.first_on, run.last_on))
    )
    rows = session.execute(
        select(FindingRow, CaseRow.ref, Assessment.ref, Assessment.title)
        .outerjoin(CaseRow, CaseRow.id == FindingRow.case_id)
        .outerjoin(Assessment, Assessment.id == FindingRow.assessment_id)
        .where(
            FindingRow.organisation_id == run.organisation_id,
            or_(and_(CaseRow.run_id == run.id, known), general),
        )
        .order_by(FindingRow.id)
    ).all()
    named: set[int] = set()
    for row, *_ in rows:
        some = (row.raised_by, row.answers_id, row.owner_id, row.risk_taken_by, row.responded_by)
        named |= {one for one in (*some, row.followed_by) if one is not None}
    names = people.names(named, session=session)
    ids = {row.id for row, *_ in rows}
    looks: dict[int, list[LookedAgain]] = {}
    for look, name in session.execute(
        select(FollowUpRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == FollowUpRow.by)
        .where(FollowUpRow.finding_id.in_(ids))
        .order_by(FollowUpRow.id)
    ):
        said = LookedAgain(look.result.label, look.words, name, look.at)
        looks.setdefault(look.finding_id, []).append(said)
    found = tuple(
        replace(
            _finding(row, case or "", about or "", title or "", names),
            before=tuple(looks.get(row.id, ())[:-1]),
        )
        for row, case, about, title in rows
    )
    return found, ids


def _finding(row: FindingRow, case: str, about: str, title: str, names: dict[int, str]) -> AuditFinding:
    def name(person_id: int | None) -> str:
        return names.get(person_id or 0, "")

    return AuditFinding(
        ref=row.ref,
        case=case,
        about=about,
        title=title,
        condition=row.condition,
        criterion=row.criterion,
        cause=row.cause,
        effect=row.effect,
        recommendation=row.recommendation,
        grade=row.grade.label,
        state=state_of(row.response, row.followed).label,
        raised_by=name(row.raised_by),
        raised_at=row.raised_at,
        answers=name(row.answers_id),
        response=row.response.label if row.response else "",
        response_words=row.response_words,
        responded_by=name(row.responded_by),
        responded_at=row.responded_at,
        owner=name(row.owner_id),
        due_on=row.due_on,
        risk_taken_by=name(row.risk_taken_by),
        followed=row.followed.label if row.followed else "",
        followed_words=row.followed_words,
        followed_by=name(row.followed_by),
        followed_at=row.followed_at,
    )


def _records(session: Session, about: Collection[int]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the signed file of the newest record of each assessment, and the records that have none yet."""
    newest = (
        select(func.max(RecordRow.id).label("id"))
        .where(RecordRow.assessment_id.in_(about))
        .group_by(RecordRow.assessment_id)
        .subquery()
    )
    rows: Sequence[tuple[str, str | None]] = [
        (ref, key)
        for ref, key in session.execute(
            select(RecordRow.ref, RecordFile.storage_key)
            .join(newest, newest.c.id == RecordRow.id)
            .outerjoin(RecordFile, and_(RecordFile.record_id == RecordRow.id, RecordFile.step == SIGNED))
            .order_by(RecordRow.ref)
        )
    ]
    files = signed_files()
    return (
        {ref: files.get(key) for ref, key in rows if key},
        tuple(ref for ref, key in rows if not key),
    )


SIGNED = 2
"""The step after which a record is signed as well as sealed."""
