"""Decision logs: uploading one, saying what its columns are, and going through it.

A log is gone through as a whole or not at all. It can be gone through again, with other columns or when
assessments were made since: what was found before stays, and so does what people confirmed by hand
(``services.log_results``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.documents import tables
from ehiia.documents.cells import NotADate, as_date, as_text
from ehiia.documents.tables import NotATable, Row, Table
from ehiia.domain.logged import Column, Decision, Fate, Finder, Found, guess
from ehiia.domain.reasons import Reason
from ehiia.services import uploads
from ehiia.services.logged import all_known
from ehiia.services.programmes import must_keep_audits
from ehiia.services.transaction import Invalid, NotFound, Stale, note, read, transaction
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.store import due
from ehiia.store.decision_logs import DecisionLog, LogCheck, LoggedDecision
from ehiia.store.people import Person

__all__ = ["Columns", "Line", "add", "check", "columns_of", "listed", "newest_check", "one_of"]

KINDS = frozenset({"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
FIRST = date(2000, 1, 1)
TWICE = timedelta(minutes=1)
SAMPLE = 3


@dataclass(frozen=True)
class Line:
    """A log as it is listed. ``checked_at``: when it was gone through last (UTC), None where it never was."""

    row: DecisionLog
    by: str
    checks: int
    checked_at: datetime | None


@dataclass(frozen=True)
class Columns:
    """The columns of a log with the first of their cells, and what each seems to say, or was said to."""

    names: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    """For each column the first words in it."""
    chosen: Mapping[Column, int]
    rows: int


# -- reading -----------------------------------------------------------------------------------


def listed(organisation_id: int) -> list[Line]:
    """Return the logs of an organisation, newest first: one query."""
    rows = read().execute(
        select(DecisionLog, Person.name, func.count(LogCheck.id), func.max(LogCheck.at))
        .join(Person, Person.id == DecisionLog.by)
        .outerjoin(LogCheck, LogCheck.log_id == DecisionLog.id)
        .where(DecisionLog.organisation_id == organisation_id)
        .group_by(DecisionLog.id, Person.name)
        .order_by(DecisionLog.id.desc())
    )
    return [Line(row, name, checks, at) for row, name, checks, at in rows]


def one_of(
    organisation_id: int, log_id: int, *, session: Session | None = None, lock: bool = False
) -> DecisionLog:
    """Return a log of an organisation, or raise NotFound. ``lock`` holds its row."""
    query = select(DecisionLog).where(
        DecisionLog.id == log_id, DecisionLog.organisation_id == organisation_id
    )
    if lock:
        query = query.with_for_update()
    found = (session or read()).scalar(query)
    if found is None:
        raise NotFound
    return found


def newest_check(log: DecisionLog, *, session: Session | None = None) -> LogCheck | None:
    """Return when a log was gone through last, or None where it never was."""
    query = select(LogCheck).where(LogCheck.log_id == log.id).order_by(LogCheck.n.desc()).limit(1)
    return (session or read()).scalar(query)


def columns_of(log: DecisionLog) -> Columns:
    """Return the columns of a log, and what each says: as was said last, or as its heading seems to."""
    table = _table(log)
    newest = newest_check(log)
    headings = [column.heading for column in table.columns]
    chosen = _columns(newest) if newest else guess(headings)
    return Columns(
        tuple(f"{column.letter}: {column.heading}" for column in table.columns),
        tuple(
            tuple(islice((as_text(row.values[at])[:60] for row in table.rows if row.values[at]), SAMPLE))
            for at in range(len(table.columns))
        ),
        chosen,
        len(table.rows),
    )


def _columns(check: LogCheck) -> dict[Column, int]:
    return {Column(name): int(at) for name, at in check.columns.items()}


def _table(log: DecisionLog) -> Table:
    return tables.read(uploads.content_of(log.file_sha256))


# -- uploading ---------------------------------------------------------------------------------


def add(upload: Upload, *, organisation_id: int, by: int, now: datetime) -> tuple[int, bool]:
    """Keep a log and return its number, and whether it is new: the same file is kept once.

    Raises NotAllowed, and Invalid (field ``file``) with a sentence where it is no table.
    """
    try:
        checked = uploads.check(upload)
        if checked.media_type not in KINDS:
            raise Invalid(file="Choose an Excel workbook (.xlsx) or a CSV table (.csv)")
        tables.read(checked.data)
    except (NotAccepted, NotATable) as refused:
        raise Invalid(file=str(refused)) from refused
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        sha256 = uploads.keep(session, checked, by=by, now=now)
        values = {
            "organisation_id": organisation_id,
            "file_sha256": sha256,
            "file_name": checked.name,
            "by": by,
            "at": now,
        }
        key = [DecisionLog.organisation_id, DecisionLog.file_sha256]
        made = due.insert_once(session, DecisionLog, key, values)
        if made is None:
            known = session.scalars(
                select(DecisionLog.id).where(
                    DecisionLog.organisation_id == organisation_id, DecisionLog.file_sha256 == sha256
                )
            )
            return known.one(), False
        note(
            session,
            "log_added",
            organisation_id=organisation_id,
            subject=f"decision_log:{made}",
            by=by,
            at=now,
            file=checked.name,
            sha256=sha256,
        )
        return made, True


# -- going through -----------------------------------------------------------------------------


def check(
    log_id: int,
    columns: Mapping[Column, int],
    *,
    seen: int,
    organisation_id: int,
    by: int,
    now: datetime,
) -> LogCheck:
    """Go through a log with these columns: every row of it, or none.

    ``seen``: how often it had been gone through when the columns were shown. Raises NotFound, NotAllowed,
    Stale where somebody else went through it meanwhile, Invalid by field: the value of a column.
    """
    with transaction() as session:
        must_keep_audits(session, organisation_id, by=by, now=now)
        log = one_of(organisation_id, log_id, session=session, lock=True)
        table = _table(log)
        errors = _wrong(columns, len(table.columns))
        if errors:
            raise Invalid(**errors)
        plain = {column.value: at for column, at in columns.items()}
        newest = newest_check(log, session=session)
        if newest and newest.by == by and newest.columns == plain and now - newest.at < TWICE:
            return newest  # the form was sent twice
        before = newest.n if newest else 0
        if before != seen:
            raise Stale
        made = LogCheck(
            organisation_id=organisation_id, log_id=log.id, n=before + 1, columns=plain, by=by, at=now
        )
        session.add(made)
        session.flush()
        finder = Finder(all_known(session, organisation_id))
        rows = [
            {"organisation_id": organisation_id, "check_id": made.id} | values
            for values in _gone_through(table, columns, finder, day_of(now))
        ]
        session.execute(insert(LoggedDecision), rows)
        note(
            session,
            "log_checked",
            organisation_id=organisation_id,
            subject=f"decision_log:{log.id}",
            by=by,
            at=now,
            n=made.n,
            rows=len(table.rows),
        )
    return made


def _wrong(columns: Mapping[Column, int], width: int) -> dict[str, str]:
    errors: dict[str, str] = {}
    taken: dict[int, Column] = {}
    for column, at in columns.items():
        if not 0 <= at < width:
            errors[column.value] = "Choose one of the columns of the file"
        elif at in taken:
            errors[column.value] = f"This column is “{taken[at].label.lower()}” already. Choose another one"
        taken[at] = column
    if Column.DECIDED_ON not in columns:
        errors["decided_on"] = "Choose the column with the day of the decision"
    if Column.TITLE not in columns and Column.REFERENCE not in columns:
        errors["title"] = "Choose the column that says what was decided"
    return errors


def _gone_through(
    table: Table, columns: Mapping[Column, int], finder: Finder, today: date
) -> Iterator[dict[str, object]]:
    """Return the values of every row, and of every gap between rows, as it is kept."""
    last = table.heading_row
    for row in table.rows:
        if row.number > last + 1:
            yield _unread(last + 1, "", _gap(last + 1, row.number - 1))
        last = row.number
        decision = _decision(row, columns, today)
        if isinstance(decision, Decision):
            yield {"line": row.number, **vars(decision)} | _kept(finder.find(decision))
        else:
            words = " | ".join(as_text(value) for value in row.values if value is not None)
            yield _unread(row.number, words[:300], decision)


def _gap(first: int, last: int) -> str:
    if first == last:
        return "The row is empty, or repeats the headings."
    return f"The rows from {first} to {last} are empty, or repeat the headings."


def _decision(row: Row, columns: Mapping[Column, int], today: date) -> Decision | str:
    """Return the decision in a row, or why it cannot be read (rule LOG-08)."""
    words = {column: " ".join(as_text(row.values[at]).split()) for column, at in columns.items()}
    title = words.get(Column.TITLE, "") or words.get(Column.REFERENCE, "")
    if not title:
        return "It does not say what was decided."
    try:
        day = as_date(row.values[columns[Column.DECIDED_ON]], Column.DECIDED_ON.label)
    except NotADate as refused:
        return f"{refused}."
    if day is None:
        return "It has no day of the decision."
    if not FIRST <= day <= today:
        return f"The day of the decision, {as_text(day)}, is before 2000 or still to come."
    others = (Column.REFERENCE, Column.BODY, Column.ASSESSMENT, Column.REASON)
    return Decision(title, day, *(words.get(column, "") for column in others))


def _unread(line: int, words: str, why: str) -> dict[str, object]:
    blank = dict.fromkeys(("reference", "body", "assessment", "reason"), "")
    found = _kept(Found(Fate.UNREAD, (Reason("LOG-08", why),)))
    return {"line": line, "title": words, "decided_on": None} | blank | found


def _kept(found: Found) -> dict[str, object]:
    return {
        "fate": found.fate,
        "assessment_id": found.known.id if found.known else None,
        "reasons": [[reason.rule, reason.text] for reason in found.reasons],
        "candidates": [[one.known.id, one.why] for one in found.candidates],
    }
