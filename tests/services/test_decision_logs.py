"""Decision logs: matched as a whole or not at all, kept, confirmed by hand; nothing restricted shows."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ehiia.documents import tables
from ehiia.documents.sheets import as_xlsx
from ehiia.domain.logged import Column, Fate
from ehiia.domain.vocabulary import RoutePart
from ehiia.services import decision_logs, history, log_files, log_results, restriction
from ehiia.services.assessments import NewStep
from ehiia.services.log_results import Line, Result
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.answers import StoredFile
from ehiia.store.decision_logs import DecisionLog, LogCheck, LoggedDecision
from tests import factories, registers
from tests import people as cast_of
from tests.people import Cast

LATER = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
HEAD = ("Ref", "Decision", "Decision date", "Committee", "EHIIA", "Not needed because")
COLUMNS = {
    Column.REFERENCE: 0,
    Column.TITLE: 1,
    Column.DECIDED_ON: 2,
    Column.BODY: 3,
    Column.ASSESSMENT: 4,
    Column.REASON: 5,
}


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    """Make an assessment that passed its check on 2 March 2026."""
    return factories.passed(cast, now)


def csv_of(*rows: str) -> bytes:
    return "\n".join([",".join(HEAD), *rows]).encode()


def added(cast: Cast, data: bytes, name: str = "log.csv", by: str = "dev") -> int:
    here = cast.organisation_id
    return decision_logs.add(Upload(name, data), organisation_id=here, by=cast.ids[by], now=LATER)[0]


def gone_through(
    cast: Cast, log_id: int, seen: int = 0, by: str = "dev", now: datetime = LATER, **columns: int
) -> LogCheck:
    chosen = COLUMNS | {Column(name): at for name, at in columns.items()}
    here = cast.organisation_id
    return decision_logs.check(log_id, chosen, seen=seen, organisation_id=here, by=cast.ids[by], now=now)


def result(cast: Cast, log_id: int, n: int | None = None) -> Result:
    read().rollback()
    return log_results.result(cast.organisation_id, log_id, n)


def matched(cast: Cast, *rows: str) -> tuple[int, Result]:
    log_id = added(cast, csv_of(*rows))
    gone_through(cast, log_id)
    return log_id, result(cast, log_id)


def test_what_a_register_brought_in_is_found_by_its_old_reference_and_is_not_late(cast: Cast) -> None:
    registers.brought(registers.xlsx(registers.CLINIC), cast, LATER)
    _, found = matched(
        cast, "D-1,Something else,12/09/2024,The board,EIA-07,", "D-2,Moving the clinic,12/09/2024,,,"
    )
    named, unsure = found.lines
    assert (named.fate, named.found.known and named.found.known.ref) == (
        Fate.EARLIER,
        "EHIIA-EARLIER-2026-001",
    )
    assert "the same day" in unsure.found.candidates[0].why


def say(cast: Cast, log_id: int, line: int, ref: str | None, seen: int = 0, by: str = "dev") -> None:
    log_results.answer(
        log_id,
        line,
        ref=ref,
        words="Read the minutes.",
        seen=seen,
        organisation_id=cast.organisation_id,
        by=cast.ids[by],
        now=LATER,
    )


def told(line: Line) -> str:
    return " ".join(reason.text for reason in line.found.reasons)


def test_each_row_comes_out_in_its_way_with_the_reason(cast: Cast, ref: str) -> None:
    _, found = matched(
        cast,
        f"D1,The surgery,20 April 2026,Board,{ref},",
        f"D2,The surgery,1/3/2026,Board,{ref},",
        "D3,Harbour Road surgery to move,2026-04-20,Director of Commissioning,,",
        "D4,Buying beds,20/04/2026,Board,,",
        "D5,Staff rota,20/04/2026,Board,,Nobody outside notices",
    )
    fates = [line.fate for line in found.lines]
    assert fates == [Fate.MATCHED, Fate.LATE, Fate.UNSURE, Fate.NONE, Fate.EXPLAINED]
    assert [line.number for line in found.lines] == [2, 3, 4, 5, 6]
    assert "The log names EHIIA-2026-001. It was finished on Monday 2 March 2026" in told(found.lines[0])
    assert "begun on Monday 2 March 2026, after the decision" in told(found.lines[1])
    candidate = found.lines[2].found.candidates[0]
    assert (candidate.known.ref, "the same day" in candidate.why) == (ref, True)
    assert found.counts[Fate.NONE] == 1


@pytest.mark.rule("LOG-08", fires=True)
@pytest.mark.rule("LOG-08", fires=False)
def test_a_row_that_cannot_be_read_is_shown_with_its_number_and_why(cast: Cast, ref: str) -> None:
    _, found = matched(
        cast,
        f"D1,Good,20/04/2026,Board,{ref},",
        "D2,No day,,Board,,",
        "D3,Bad day,31/02/2026,Board,,",
        ",,,,,",
        ",,20/04/2026,Board,,",
        "D7,Next year,20/04/2027,Board,,",
    )
    assert [line.fate for line in found.lines] == [Fate.MATCHED] + [Fate.UNREAD] * 5
    whys = [told(line) for line in found.lines[1:]]
    assert whys[0] == "It has no day of the decision."
    assert "February 2026 has 28 days" in whys[1]
    assert whys[2] == "The row is empty, or repeats the headings."
    assert whys[3] == "It does not say what was decided."
    assert "20 April 2027" in whys[4]
    assert [line.number for line in found.lines] == [2, 3, 4, 5, 6, 7]


def test_a_workbook_is_read_as_a_csv_is(cast: Cast, ref: str) -> None:
    data = as_xlsx("Log", HEAD, [("D1", "The surgery", date(2026, 4, 20), "Board", ref, None)])
    log_id = added(cast, data, "log.xlsx")
    row = decision_logs.one_of(cast.organisation_id, log_id)
    assert decision_logs.columns_of(row).chosen == COLUMNS
    assert row.file_sha256 == hashlib.sha256(data).hexdigest()
    gone_through(cast, log_id)
    assert [line.fate for line in result(cast, log_id).lines] == [Fate.MATCHED]


def test_what_is_no_table_or_comes_from_somebody_else_leaves_nothing(cast: Cast) -> None:
    for name, data in (
        ("log.csv", b""),
        ("log.csv", b"only,headings"),
        ("log.xlsx", b"PK no workbook"),
        ("log.txt", b"a,b\n1,2"),
        ("log.csv", b"%PDF-1.7"),
    ):
        with pytest.raises(Invalid) as refused:
            added(cast, data, name)
        assert set(refused.value.errors) == {"file"}
    for who in ("amina", "esther", "farah"):
        with pytest.raises(NotAllowed):
            added(cast, csv_of("D1,A,20/04/2026,Board,,"), by=who)
    assert read().scalars(select(DecisionLog)).all() == []
    assert read().scalars(select(StoredFile)).all() == []


def test_columns_that_cannot_be_leave_nothing_half_done(cast: Cast) -> None:
    log_id = added(cast, csv_of("D1,A,20/04/2026,Board,,"))
    here, by = cast.organisation_id, cast.dev
    for columns, fields in (
        ({}, {"decided_on", "title"}),
        ({Column.TITLE: 1}, {"decided_on"}),
        ({Column.TITLE: 1, Column.DECIDED_ON: 1}, {"decided_on"}),
        ({Column.TITLE: 1, Column.DECIDED_ON: 99}, {"decided_on"}),
    ):
        with pytest.raises(Invalid) as refused:
            decision_logs.check(log_id, columns, seen=0, organisation_id=here, by=by, now=LATER)
        assert set(refused.value.errors) == fields
    with pytest.raises(NotFound):
        result(cast, log_id)
    with pytest.raises(NotFound):
        decision_logs.one_of(cast.other_id, log_id)
    assert read().scalars(select(LoggedDecision)).all() == []


def test_a_log_is_kept_once_and_gone_through_again(cast: Cast, ref: str, now: datetime) -> None:
    data = csv_of("D1,Closing the pharmacy,20/04/2026,Board,,")
    log_id = added(cast, data)
    assert added(cast, data, "again.csv", by="ben") == log_id
    first = gone_through(cast, log_id)
    assert gone_through(cast, log_id).id == first.id  # the form was sent twice
    assert result(cast, log_id).lines[0].fate is Fate.NONE
    factories.passed(cast, now, title="The closing of the pharmacy")
    with pytest.raises(Stale):
        gone_through(cast, log_id, by="ben")
    gone_through(cast, log_id, seen=1, by="ben", now=LATER + timedelta(days=1))
    assert result(cast, log_id).lines[0].fate is Fate.UNSURE
    assert result(cast, log_id, 1).lines[0].fate is Fate.NONE
    listed = decision_logs.listed(cast.organisation_id)
    assert [(one.row.id, one.by, one.checks) for one in listed] == [(log_id, "Dev Patel", 2)]
    assert decision_logs.listed(cast.other_id) == []
    checks = log_results.checks_of(listed[0].row)
    assert [(one.n, name) for one, name in checks] == [(2, "Ben Okoro"), (1, "Dev Patel")]
    with pytest.raises(NotFound):
        result(cast, log_id, 3)


def test_somebody_confirms_and_that_stays_when_it_is_gone_through_again(cast: Cast, ref: str) -> None:
    log_id, found = matched(cast, "D1,Harbour Road surgery to move,20/04/2026,Board,,")
    assert found.after(0) == 2
    say(cast, log_id, 2, ref)
    say(cast, log_id, 2, ref)  # sent twice
    line = result(cast, log_id).lines[0]
    assert (line.fate, line.said_by, line.said and line.said.words) == (
        Fate.MATCHED,
        "Dev Patel",
        "Read the minutes.",
    )
    with pytest.raises(Stale):
        say(cast, log_id, 2, None, by="ben")
    gone_through(cast, log_id, seen=1, by="ben")
    again = result(cast, log_id)
    assert (again.lines[0].fate, again.after(0)) == (Fate.MATCHED, None)
    assert line.said is not None
    say(cast, log_id, 2, None, seen=line.said.id, by="ben")
    assert result(cast, log_id).lines[0].fate is Fate.NONE


def test_what_cannot_be_confirmed_is_refused_with_a_reason(cast: Cast, ref: str, now: datetime) -> None:
    log_id, _ = matched(cast, "D1,A,20/04/2026,Board,,", "D2,B,31/02/2026,Board,,")
    with pytest.raises(Refused, match="cannot be read"):
        say(cast, log_id, 3, ref)
    with pytest.raises(NotFound):
        say(cast, log_id, 99, ref)
    with pytest.raises(NotAllowed):
        say(cast, log_id, 2, ref, by="amina")
    for nowhere in ("", "EHIIA-2026-999"):
        with pytest.raises(Invalid, match="not found among what you may see"):
            say(cast, log_id, 2, nowhere)


def test_restricted_assessments_and_those_of_others_are_not_there_for_anybody(
    cast: Cast, ref: str, now: datetime
) -> None:
    rows = (f"D1,A,20/04/2026,Board,{ref},", "D2,Harbour Road surgery to move,20/04/2026,Board,,")
    nothing = (rows[0].replace(ref, "EHIIA-2026-777"), "D2,Buying beds,20/04/2026,Board,,")
    before, _ = matched(cast, *rows)
    say(cast, before, 3, ref)
    assert [line.fate for line in result(cast, before).lines] == [Fate.MATCHED, Fate.MATCHED]
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=LATER)
    after, _ = matched(cast, *rows, "D3,C,20/04/2026,Board,,")
    _, other = matched(cast, *nothing)
    said = [told(line).replace("EHIIA-2026-777", ref) for line in other.lines]
    for log_id in (before, after):
        found = result(cast, log_id).lines[:2]
        assert [line.fate for line in found] == [Fate.NONE, Fate.NONE]
        assert [told(line) for line in found] == said
        assert not any(line.found.known or line.found.candidates or line.said for line in found)
    with pytest.raises(Invalid, match="not found among what you may see"):
        say(cast, after, 3, ref, by="ben")
    _, data = log_files.file_of(cast.organisation_id, before, None, kind="csv")
    assert "Moving the Harbour Road surgery" not in data.decode()
    assert "Moving the Harbour" not in log_results.prepared(cast.organisation_id, before).condition
    past = history.of_subject(f"decision_log:{before}").entries
    assert [entry.sentence for entry in past] == [
        "Dev Patel said of a row by hand which assessment it has",
        "Dev Patel matched its 2 rows with the register (time 1)",
        "Dev Patel uploaded the decision log “log.csv”",
    ]
    assert not any(ref in entry.detail for entry in past)


def test_a_log_that_was_matched_before_a_restriction_shows_what_it_would_have_shown_without(
    cast: Cast, ref: str, now: datetime
) -> None:
    library = factories.started(cast, now, title="Moving the Harbour Road library")
    rows = (
        f"D1,Harbour Road surgery to move,20/04/2026,Board,{ref},",
        "D2,Harbour Road surgery to move,20/04/2026,Board,,",
        f"D3,Harbour Road surgery to move,20/04/2026,Board,{ref},Rota",
    )
    before, found = matched(cast, *rows)
    assert [line.fate for line in found.lines] == [Fate.MATCHED, Fate.UNSURE, Fate.MATCHED]
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=LATER)
    later = LATER + timedelta(days=1)
    factories.started(cast, later, title="Harbour Road surgery")  # begun since: it was not there then
    lines = result(cast, before).lines
    assert [line.fate for line in lines] == [Fate.UNSURE, Fate.UNSURE, Fate.EXPLAINED]
    shown = [[one.known.ref for one in line.found.candidates] for line in lines]
    assert shown == [[library], [library], []]


def test_a_log_of_another_organisation_never_matches(cast: Cast, ref: str) -> None:
    here = cast.other_id
    data = csv_of(f"D1,Harbour Road surgery to move,20/04/2026,Board,{ref},")
    log_id, _ = decision_logs.add(Upload("l.csv", data), organisation_id=here, by=cast.esther, now=LATER)
    decision_logs.check(log_id, COLUMNS, seen=0, organisation_id=here, by=cast.esther, now=LATER)
    read().rollback()
    assert [line.fate for line in log_results.result(here, log_id).lines] == [Fate.NONE]


def test_what_was_found_and_confirmed_is_never_changed(cast: Cast, ref: str) -> None:
    log_id, _ = matched(cast, "D1,A,20/04/2026,Board,,")
    say(cast, log_id, 2, ref)
    for table in ("decision_log_check", "logged_decision", "decision_log_answer"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 1"):
            with pytest.raises(DBAPIError, match="insert-only"), transaction() as session:
                session.execute(text(statement))


def test_a_file_holds_every_row_with_how_it_came_out(cast: Cast, ref: str) -> None:
    log_id, _ = matched(
        cast, "D1,Harbour Road surgery to move,20/04/2026,Board,,", "D2,=1+1,31/02/2026,Board,,"
    )
    name, data = log_files.file_of(cast.organisation_id, log_id, None, kind="xlsx")
    assert name == "log-matched-1.xlsx"
    table = tables.read(data)
    first, second = table.rows
    assert first.values[:4] == (2, "D1", "Harbour Road surgery to move", date(2026, 4, 20))
    assert (first.values[5], second.values[5]) == ("To be confirmed by hand", "Cannot be read")
    assert f"{ref} (3 of 4 words" in str(first.values[6])
    say(cast, log_id, 2, ref)
    name, data = log_files.file_of(cast.organisation_id, log_id, 1, kind="csv")
    row = tables.read(data).rows[0].values
    assert (row[5], row[7], row[9], row[10]) == ("Assessed in time", ref, "Dev Patel", "2026-06-01")


def test_a_finding_begins_with_what_has_no_assessment(cast: Cast, ref: str) -> None:
    log_id, _ = matched(cast, *(f"D{n},Beds {'x' * 200} {n},20/04/2026,Board,," for n in range(25)))
    begins = log_results.prepared(cast.organisation_id, log_id)
    assert "No assessment found: 25" in begins.condition
    assert "- and 5 more" in begins.condition
    assert "Assessed after the decision: 0" in begins.condition
    assert len(begins.condition) < 4000


def test_a_deferred_decision_and_one_without_a_day_on_the_route_are_dated_by_the_rows(
    cast: Cast, now: datetime
) -> None:
    steps = (NewStep(cast.alone_id, RoutePart.DECIDES, None),)
    ref, _ = factories.decided(cast, now, route=steps)
    _, found = matched(cast, f"D1,A,02/03/2026,Director,{ref},")
    assert found.lines[0].fate is Fate.MATCHED
