"""Opinions on assurance: written as a draft, given once, never changed, corrected by a new one.

An opinion is of the audit of one period. It says how far the way of assessing can be relied on, in its design
and in its operation; the audit of mitigating actions asks another question. Nobody with equality-lead duties
gives one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from ehiia.clock import day_of
from ehiia.domain.access import Actor, Ruling
from ehiia.domain.assurance import (
    LONGEST,
    Basis,
    Degree,
    GradeCount,
    OpinionWords,
    basis_from,
    missing_of,
)
from ehiia.domain.auditing import CaseState, Grade, Screened
from ehiia.domain.programmes import Period
from ehiia.domain.vocabulary import Role, Verdict
from ehiia.services import assurance, cases, drawing, independence, notices, organisations, people
from ehiia.services.framing import begins
from ehiia.services.programmes import must_keep_audits
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, note, read, transaction
from ehiia.store import opinions as kept
from ehiia.store.auditing import ProgrammeRow, RunRow
from ehiia.store.opinions import OpinionDraft, OpinionRow
from ehiia.store.people import Person

__all__ = ["Given", "Writing", "basis_of", "list_of", "of_run", "one_of", "save", "writing"]

TOLD = (Role.EQUALITY_LEAD, Role.DIRECTOR, Role.DECISION_MAKER)
"""Who is told of an opinion, with whoever gave the one whose place it takes."""


@dataclass(frozen=True)
class Given:
    """An opinion as it was given, with the scale and the basis of that day; it never changes."""

    ref: str
    programme: str
    programme_id: int
    run_id: int
    run_ref: str
    period: Period
    words: OpinionWords
    scale: tuple[Degree, ...]
    basis: Basis
    by: str
    at: datetime
    """UTC."""
    corrects: str
    """Reference of the opinion whose place it takes, or ""."""
    corrected_by: str
    """Reference of the opinion that took its place, or "": then it stands."""

    @property
    def stands(self) -> bool:
        """Whether no other took its place."""
        return not self.corrected_by

    def meaning(self, word: str) -> str:
        """Return what a word of its scale means."""
        return next((degree.meaning for degree in self.scale if degree.word == word), "")


@dataclass(frozen=True)
class Writing:
    """What somebody needs who writes the opinion of a period: their draft, the scale and the rows."""

    run: RunRow
    programme: str
    ruling: Ruling
    words: OpinionWords
    revision: int
    """0 where there is no draft."""
    scale: tuple[Degree, ...]
    basis: Basis
    given: tuple[Given, ...]
    """Opinions of the period that were given already, the newest first."""

    @property
    def period(self) -> Period:
        """The period that it is about."""
        return Period(self.run.first_on, self.run.last_on)


# -- reading -----------------------------------------------------------------------------------


def of_run(run_id: int, *, session: Session | None = None) -> tuple[Given, ...]:
    """Return the opinions of the audit of a period, the newest first: one query.

    Who may read them is for the caller to ask (``Permission.READ_OPINIONS``).
    """
    return _given(session or read(), OpinionRow.run_id == run_id)


def list_of(organisation_id: int) -> tuple[Given, ...]:
    """Return every opinion of an organisation, the newest first: one query."""
    return _given(read(), OpinionRow.organisation_id == organisation_id)


def one_of(organisation_id: int, opinion_ref: str) -> Given:
    """Return an opinion by its reference, or raise NotFound."""
    here = (OpinionRow.organisation_id == organisation_id) & (OpinionRow.ref == opinion_ref)
    found = _given(read(), here)
    if not found:
        raise NotFound
    return found[0]


def _given(session: Session, which: ColumnElement[bool]) -> tuple[Given, ...]:
    before, after = aliased(OpinionRow), aliased(OpinionRow)
    rows = session.execute(
        select(OpinionRow, RunRow, ProgrammeRow.name, Person.name, before.ref, after.ref)
        .join(RunRow, RunRow.id == OpinionRow.run_id)
        .join(ProgrammeRow, ProgrammeRow.id == RunRow.programme_id)
        .join(Person, Person.id == OpinionRow.by)
        .outerjoin(before, before.id == OpinionRow.corrects_id)
        .outerjoin(after, after.corrects_id == OpinionRow.id)
        .where(which)
        .order_by(OpinionRow.id.desc())
    )
    return tuple(
        Given(
            row.ref,
            programme,
            run.programme_id,
            run.id,
            run.ref,
            Period(run.first_on, run.last_on),
            _words_of(row),
            tuple(Degree(word, meaning) for word, meaning in row.scale),
            basis_from(row.basis),
            name,
            row.at,
            corrects or "",
            corrected_by or "",
        )
        for row, run, programme, name, corrects, corrected_by in rows
    )


def _words_of(row: OpinionRow) -> OpinionWords:
    return OpinionWords(**{name: getattr(row, name) for name in asdict(OpinionWords())})


def basis_of(run: RunRow, *, session: Session | None = None) -> Basis:
    """Count what an opinion on a period rests on, as the rows are now: three queries."""
    session = session or read()
    draws = drawing.draws_of(run.id)
    drawn = audited = 0
    found: Counter[Verdict | Screened] = Counter()
    for state, verdict, screened, count in kept.results(session, run.id):
        drawn += count
        result = verdict or screened
        if state is CaseState.DONE and result is not None:
            audited += count
            found[result] += count
    counted: defaultdict[Grade, list[int]] = defaultdict(lambda: [0, 0, 0])
    since = begins(Period(run.first_on, run.last_on))
    for grade, about_item, still_open, count in kept.findings(
        session, run.organisation_id, run.id, since=since
    ):
        counted[grade][0 if about_item else 1] += count
        counted[grade][2] += count if still_open else 0
    return Basis(
        draw=draws[-1].row.n,
        could=draws[-1].could,
        drawn=drawn,
        audited=audited,
        results=tuple((one.label, found[one]) for one in (*Verdict, *Screened) if found[one]),
        findings=tuple(GradeCount(grade.label, *counted[grade]) for grade in Grade),
    )


def writing(run_id: int, *, organisation_id: int, actor: Actor) -> Writing:
    """Return what there is for whoever writes the opinion of a period. Raises NotFound.

    The draft is for those who may give the opinion; others get the ruling and no word of it.
    """
    session = read()
    run, programme = cases.run_of(organisation_id, run_id)
    ruling = _ruling(session, run, actor)
    draft = session.scalar(select(OpinionDraft).where(OpinionDraft.run_id == run.id)) if ruling else None
    settings = organisations.settings_of(organisations.get(organisation_id))
    return Writing(
        run,
        programme.name,
        ruling,
        OpinionWords(**draft.words) if draft else OpinionWords(),
        draft.revision if draft else 0,
        assurance.scale_of(settings),
        basis_of(run),
        of_run(run.id),
    )


def _ruling(session: Session, run: RunRow, actor: Actor) -> Ruling:
    since = begins(Period(run.first_on, run.last_on))
    return independence.may_give_opinion(session, actor, run.organisation_id, since=since)


# -- writing and giving --------------------------------------------------------------------------


def save(
    run_id: int,
    words: OpinionWords,
    *,
    revision: int,
    give: bool,
    organisation_id: int,
    by: int,
    now: datetime,
) -> str:
    """Keep what was written of an opinion; with ``give`` give it. Return its reference, "" for a draft.

    Raises NotFound, NotAllowed, Stale where somebody else saved it meanwhile, Invalid by field: a text too
    long, a word that the scale has not, and with ``give`` what is missing.
    """
    words = OpinionWords(**{name: text.strip() for name, text in asdict(words).items()})
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        run, programme = cases.run_of(organisation_id, run_id)
        session.refresh(run, with_for_update=True)
        ruling = _ruling(session, run, people.actor_of(by, today=day_of(now), session=session))
        if not ruling:
            raise NotAllowed(ruling.reason)
        before = session.scalars(
            select(OpinionRow).where(OpinionRow.run_id == run.id).order_by(OpinionRow.id.desc()).limit(1)
        ).one_or_none()
        if give and before is not None and before.by == by and _words_of(before) == words:
            return before.ref  # the form was sent twice
        draft = session.scalar(select(OpinionDraft).where(OpinionDraft.run_id == run.id))
        if (draft.revision if draft else 0) != revision:
            raise Stale
        scale = assurance.scale_of(
            organisations.settings_of(organisations.get(organisation_id, session=session))
        )
        errors = _wrong(words, scale)
        if give:
            errors = missing_of(words, scale, corrects=before is not None) | errors
        if errors:
            raise Invalid(**errors)
        if not give:
            _keep_draft(session, run, draft, words, by, now)
            return ""
        if draft is not None:
            session.delete(draft)
        return _give(session, run, programme.name, words, scale, before, by, now)


def _wrong(words: OpinionWords, scale: tuple[Degree, ...]) -> dict[str, str]:
    texts = asdict(words)
    found = {
        name: f"This must be {LONGEST:,} characters or fewer"
        for name, text in texts.items()
        if len(text) > LONGEST
    }
    known = {"", *(degree.word for degree in scale)}
    return found | {
        name: "Choose from the words of the scale"
        for name in ("design", "operation")
        if texts[name] not in known
    }


def _keep_draft(
    session: Session, run: RunRow, draft: OpinionDraft | None, words: OpinionWords, by: int, now: datetime
) -> None:
    if draft is None:
        session.add(OpinionDraft(run_id=run.id, words=asdict(words), by=by, at=now))
        return
    draft.words, draft.by, draft.at = asdict(words), by, now
    draft.revision += 1


def _give(
    session: Session,
    run: RunRow,
    programme: str,
    words: OpinionWords,
    scale: tuple[Degree, ...],
    before: OpinionRow | None,
    by: int,
    now: datetime,
) -> str:
    organisation = organisations.get(run.organisation_id, session=session)
    year = day_of(now).year
    number = organisations.next_ref(session, organisation, "opinion", year)
    row = OpinionRow(
        organisation_id=organisation.id,
        run_id=run.id,
        ref=f"{organisation.ref_prefix}-O{year}-{number:03d}",
        **asdict(words),
        scale=[[degree.word, degree.meaning] for degree in scale],
        basis=basis_of(run, session=session).plain(),
        corrects_id=before.id if before else None,
        by=by,
        at=now,
    )
    session.add(row)
    session.flush()
    said = {
        "period": Period(run.first_on, run.last_on).name(),
        "design": row.design,
        "operation": row.operation,
        "corrects": before.ref if before else None,
    }
    note(
        session,
        "opinion_given",
        organisation_id=organisation.id,
        subject=f"programme:{run.programme_id}",
        by=by,
        at=now,
        opinion=row.ref,
        reason=row.correction,
        **said,
    )
    _tell(session, row, programme, said, {before.by} if before else set(), now)
    return row.ref


def _tell(
    session: Session,
    row: OpinionRow,
    programme: str,
    said: dict[str, str | None],
    also: set[int],
    now: datetime,
) -> None:
    posts = people.with_role(row.organisation_id, *TOLD, today=day_of(now), session=session)
    name = people.names({row.by}, session=session)[row.by]
    values = said | {
        "item": row.ref,
        "programme": programme,
        "by": name,
        "path": f"/audits/opinions/{row.ref}",
    }
    for person_id in sorted(({one.id for one in posts} | also) - {row.by}):
        notices.tell(
            session,
            person_id=person_id,
            message_name="opinion_given",
            values=values,
            dedupe_key=f"opinion_given:{row.id}",
            organisation_id=row.organisation_id,
            now=now,
        )
