"""Ben brings in the register that his organisation kept before, and takes it away again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.access import Actor
from ehiia.domain.register_columns import Field
from ehiia.domain.register_rows import Fate, ImportState
from ehiia.domain.vocabulary import Band, Claim, Part, Permission, ProposalKind, ReviewState, Stage
from ehiia.services import (
    bringing_in,
    bringing_undone,
    brought_in,
    history,
    looking_back,
    mitigations,
    promises,
    register,
    reminders,
    restriction,
    sight,
    systems,
)
from ehiia.services import (
    people as people_service,
)
from ehiia.services.promises import PromiseFilter
from ehiia.services.register import Filters
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.decisions import Review
from ehiia.store.duties import MailRow, Notice
from tests import people, registers, writing
from tests.people import Cast
from tests.registers import CLINIC, OLD, ROWS, SECOND, brought, changed, csv, tried, uploaded, xlsx
from tests.web.conftest import counted

LATER = timedelta(days=1)
CLINIC_REF = "EHIIA-EARLIER-2026-001"


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def actor_of(person_id: int, now: datetime) -> Actor:
    return people_service.actor_of(person_id, today=now.date())


def asked(statements: list[str]) -> int:
    """Return how many there are but for what is added: SQLite takes those rows one by one."""
    return sum(not one.startswith("INSERT") for one in statements)


def found(model: type) -> list[object]:
    return list(read().scalars(select(model).order_by(model.id)))  # type: ignore[attr-defined]


def titles(cast: Cast, who: int, now: datetime) -> list[str]:
    actor = actor_of(who, now)
    page = register.page(
        actor, cast.organisation_id, filters=Filters(), ref_prefix="EHIIA", shared=False, today=now.date()
    )
    return sorted(row.title for row in page.rows)


def test_the_columns_are_guessed_from_the_headings_with_examples(cast: Cast, now: datetime) -> None:
    number = bringing_in.upload(
        "register.xlsx", xlsx(*ROWS), organisation_id=cast.organisation_id, by=cast.ben, now=now
    )
    reading = bringing_in.columns_of(bringing_in.find(cast.organisation_id, number))
    assert tuple(column.field for column in reading.columns) == registers.FIELDS
    assert reading.columns[1].examples == ("Moving the clinic", "Opening hours")
    assert (reading.rows, reading.sheets) == (3, ())


def test_the_register_is_brought_in_with_its_actions_and_its_review(cast: Cast, now: datetime) -> None:
    number = brought(xlsx(*ROWS), cast, now)
    clinic, old = read().scalars(select(Assessment).order_by(Assessment.id))
    assert (clinic.ref, clinic.title, clinic.stage) == (CLINIC_REF, "Moving the clinic", Stage.IN_FORCE)
    assert (clinic.director_id, clinic.worst_left) == (cast.daniel, Band.MEDIUM)
    assert (clinic.review_due_on, old.stage, old.review_due_on) == (date(2026, 9, 12), Stage.CLOSED, None)
    earlier = brought_in.earlier_of(clinic)
    assert earlier is not None
    assert (earlier.old_ref, earlier.decided_on, earlier.decided_by) == (
        *("EIA-07", date(2024, 9, 12), "The board"),
    )
    bus, letters = read().scalars(select(MitigationRow).order_by(MitigationRow.id))
    assert (bus.ref, bus.owner_id, bus.due_on, bus.claim, bus.claimed_outside) == (
        *(f"{CLINIC_REF}-M1", cast.helen, date(2026, 6, 1), Claim.ON_TRACK, brought_in.REGISTER),
    )
    assert (letters.owner_id, letters.outside_owner, letters.outside_email) == (
        *(None, "Jo Ferris, Town Council", "jo@council.example"),
    )
    (review,) = read().scalars(select(Review))
    assert (review.due_on, review.state) == (date(2026, 9, 12), ReviewState.PLANNED)
    parts = {(one.person_id, one.part) for one in read().scalars(select(Participant))}
    assert parts == {(cast.amina, Part.AUTHOR), (cast.daniel, Part.DIRECTOR), (cast.helen, Part.OWNER)}
    assert found(MailRow) == []
    row = bringing_in.find(cast.organisation_id, number)
    told = [(one.number, one.ref, one.mitigation_ref) for one in brought_in.result_of(row, by=cast.ben)]
    assert told == [
        *((2, CLINIC_REF, f"{CLINIC_REF}-M1"), (3, CLINIC_REF, f"{CLINIC_REF}-M2")),
        (4, "EHIIA-EARLIER-2026-002", ""),
    ]


def test_reminders_reviews_and_the_register_of_actions_know_it(cast: Cast, now: datetime) -> None:
    brought(xlsx(*ROWS), cast, now)
    reminders.remind(now=datetime(2026, 5, 5, 8, tzinfo=now.tzinfo))
    told = set(
        read().execute(select(Notice.person_id, Notice.message).where(Notice.message == "mitigation_due"))
    )
    assert (cast.helen, "mitigation_due") in {tuple(one) for one in told}
    actor = actor_of(cast.ben, now)
    page = promises.register(actor, cast.organisation_id, PromiseFilter(), today=date(2026, 7, 1))
    assert [one.days_overdue for one in page.rows] == [61, 30]
    seen = sight.see(CLINIC_REF, Permission.REVIEW, actor=actor_of(cast.amina, now))
    review = looking_back.opened(seen.assessment)
    assert (review.pages, len(review.actions)) == ((), 2)
    assert "SYS-11" not in {
        one.rule.id for one in systems.every(cast.organisation_id, today=now.date()) if one.number
    }


def test_the_same_file_twice_adds_nothing(cast: Cast, now: datetime) -> None:
    number = brought(xlsx(*ROWS), cast, now)
    again = brought_in.bring_in(cast.organisation_id, number, seen="", by=cast.ben, now=now)
    assert again.state is ImportState.DONE
    for data, name in ((xlsx(*ROWS), "register.xlsx"), (csv(*ROWS), "other.csv")):
        other = uploaded(data, cast, now, name)
        trial = tried(other, cast, now)
        assert [row.fate for row in trial.rows] == [Fate.HERE] * 3
        with pytest.raises(Refused, match="No row"):
            brought_in.bring_in(cast.organisation_id, other, seen=trial.seen, by=cast.ben, now=now)
    assert len(found(Assessment)) == 2


def test_a_file_that_waits_is_the_same_import(cast: Cast, now: datetime) -> None:
    data = xlsx(*ROWS)
    assert uploaded(data, cast, now) == uploaded(data, cast, now)


def test_one_file_for_each_kind_joined_by_the_reference(cast: Cast, now: datetime) -> None:
    brought(csv(changed(CLINIC, action="", owner="", due=None, review=None)), cast, now, "a.csv")
    brought(csv(changed(SECOND, name="")), cast, now, "b.csv")
    brought(csv(changed(SECOND, name="", action="", review="1/2/2027")), cast, now, "c.csv")
    assert [one.ref for one in read().scalars(select(MitigationRow))] == [f"{CLINIC_REF}-M1"]
    (clinic,) = read().scalars(select(Assessment))
    assert clinic.review_due_on == date(2027, 2, 1)


def test_what_cannot_be_taken_is_left_out_and_comes_with_the_next_file(cast: Cast, now: datetime) -> None:
    wrong = changed(OLD, date="31/02/2020")
    number = uploaded(csv(CLINIC, wrong), cast, now, "register.csv")
    trial = tried(number, cast, now)
    assert [row.fate for row in trial.rows] == [Fate.ADDED, Fate.REFUSED]
    assert "February 2020 has 29 days" in trial.rows[1].problems[0].text
    brought_in.bring_in(cast.organisation_id, number, seen=trial.seen, by=cast.ben, now=now)
    mended = uploaded(csv(CLINIC, OLD), cast, now, "register.csv")
    assert [row.fate for row in tried(mended, cast, now).rows] == [Fate.HERE, Fate.ADDED]


def test_what_was_made_here_is_left_alone(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    title = sight.see(ref, Permission.READ, actor=actor_of(cast.ben, now)).assessment.title
    for row in (changed(CLINIC, ref=ref), changed(CLINIC, ref="", name=title)):
        number = uploaded(csv(row), cast, now, "register.csv")
        (fate,) = tried(number, cast, now).rows
        assert (fate.fate, fate.here and fate.here.ref) == (Fate.HERE, ref)


def test_a_restricted_one_is_not_recognised_but_by_those_who_know_it(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    title = sight.see(ref, Permission.READ, actor=actor_of(cast.ben, now)).assessment.title
    restriction.restrict(ref, reason="Staff are named", until_on=None, by=cast.amina, now=now)
    number = uploaded(csv(changed(CLINIC, ref="", name=title)), cast, now, "register.csv")
    assert tried(number, cast, now).rows[0].fate is Fate.ADDED


def test_somebody_else_added_meanwhile_so_the_trial_is_made_anew(cast: Cast, now: datetime) -> None:
    number = uploaded(xlsx(*ROWS), cast, now)
    seen = tried(number, cast, now).seen
    brought(csv(OLD), cast, now, "other.csv")
    with pytest.raises(Stale):
        brought_in.bring_in(cast.organisation_id, number, seen=seen, by=cast.ben, now=now)
    assert len(found(Assessment)) == 1


# -- undoing -----------------------------------------------------------------------------------------


def test_undone_it_is_found_nowhere_and_the_history_says_so(cast: Cast, now: datetime) -> None:
    number = brought(xlsx(*ROWS), cast, now)
    row = bringing_in.find(cast.organisation_id, number)
    would = bringing_undone.undoing(row, by=cast.ben)
    assert (would.assessments, would.actions, would.reviews, would.kept) == (2, 2, 1, ())
    for _ in range(2):
        bringing_undone.undo(cast.organisation_id, number, by=cast.ben, now=now + LATER)
    for who in (cast.ben, cast.amina, cast.helen, cast.daniel):
        assert titles(cast, who, now) == []
    with pytest.raises(NotFound):
        sight.see(CLINIC_REF, Permission.KNOW, actor=actor_of(cast.amina, now))
    actor = actor_of(cast.ben, now)
    assert promises.register(actor, cast.organisation_id, PromiseFilter(), today=now.date()).rows == ()
    assert {one.state for one in read().scalars(select(Review))} == {ReviewState.CANCELLED}
    newest = history.of_subject(f"organisation:{cast.organisation_id}").entries[0].sentence
    assert newest == (
        f"Ben Okoro undid what register.xlsx had brought in, and took away {CLINIC_REF} and 1 more"
    )
    assert history.verify_chain(cast.organisation_id) == []
    results = brought_in.result_of(bringing_in.find(cast.organisation_id, number), by=cast.ben)
    assert (results[0].ref, results[0].title, results[0].taken_away) == (CLINIC_REF, "", True)


def test_after_undoing_it_can_be_brought_in_again_under_new_references(cast: Cast, now: datetime) -> None:
    number = brought(xlsx(*ROWS), cast, now)
    bringing_undone.undo(cast.organisation_id, number, by=cast.ben, now=now)
    again = brought(xlsx(*ROWS), cast, now)
    assert again != number
    assert [one.ref for one in read().scalars(select(Assessment).order_by(Assessment.id))] == [
        *("EHIIA-EARLIER-2026-003", "EHIIA-EARLIER-2026-004"),
    ]


def test_what_somebody_worked_on_stays_and_is_named(cast: Cast, now: datetime) -> None:
    number = brought(xlsx(*ROWS), cast, now)
    bus = f"{CLINIC_REF}-M1"
    mitigations.claim(bus, Claim.DONE, note_text="The bus runs.", by=cast.helen, now=now + LATER)
    row = bringing_in.find(cast.organisation_id, number)
    done = bringing_undone.undo(cast.organisation_id, number, by=cast.ben, now=now + 2 * LATER)
    assert [(one.ref, one.why) for one in done.kept] == [
        (CLINIC_REF, "Helen Marsh changed it on Tuesday 3 March 2026")
    ]
    assert (done.assessments, done.actions) == (1, 0)
    assert titles(cast, cast.ben, now) == ["Moving the clinic"]
    assert row.state is ImportState.UNDONE


def test_a_review_that_somebody_began_keeps_its_assessment(cast: Cast, now: datetime) -> None:
    number = brought(xlsx(*ROWS), cast, now)
    looking_back.save_end(
        CLINIC_REF, looking_back.Ended(happened="Fewer came."), revision=1, by=cast.amina, now=now
    )
    row = bringing_in.find(cast.organisation_id, number)
    assert [one.why for one in bringing_undone.undoing(row, by=cast.ben).kept] == [
        "somebody is working on its review"
    ]


def test_an_action_of_a_second_file_is_taken_away_alone(cast: Cast, now: datetime) -> None:
    first = brought(csv(CLINIC), cast, now, "a.csv")
    second = brought(csv(changed(SECOND, owner="Helen Marsh", email="", name="")), cast, now, "b.csv")
    row = bringing_in.find(cast.organisation_id, first)
    assert [one.ref for one in bringing_undone.undoing(row, by=cast.ben).kept] == [CLINIC_REF]
    bringing_undone.undo(cast.organisation_id, second, by=cast.ben, now=now)
    left = read().scalars(select(MitigationRow.ref).where(MitigationRow.taken_out_at.is_(None)))
    assert list(left) == [f"{CLINIC_REF}-M1"]
    assert CLINIC_REF in {one.ref for one in read().scalars(select(Assessment))}
    helen = read().scalar(select(Participant.ended_at).where(Participant.person_id == cast.helen))
    assert helen is None  # the action of the first file is still hers


# -- who may, and files ------------------------------------------------------------------------------


def test_who_may_not_bring_in(cast: Cast, now: datetime) -> None:
    number = uploaded(xlsx(*ROWS), cast, now)
    seen = tried(number, cast, now).seen
    for who in (cast.amina, cast.carol, cast.dev, cast.esther):
        with pytest.raises(NotAllowed):
            bringing_in.upload("r.xlsx", xlsx(*ROWS), organisation_id=cast.organisation_id, by=who, now=now)
        with pytest.raises(NotAllowed):
            brought_in.bring_in(cast.organisation_id, number, seen=seen, by=who, now=now)
        with pytest.raises(NotAllowed):
            bringing_undone.undo(cast.organisation_id, number, by=who, now=now)
        with pytest.raises(NotAllowed):
            bringing_in.set_sheet(cast.organisation_id, number, "Register", by=who, now=now)
    with pytest.raises(NotFound):
        bringing_in.find(cast.other_id, number)
    with pytest.raises(NotFound):
        brought_in.bring_in(cast.other_id, number, seen=seen, by=cast.esther, now=now)
    assert uploaded(csv(OLD), cast, now, "r.csv", by=cast.farah)


def test_another_organisation_sees_and_matches_nothing_of_it(cast: Cast, now: datetime) -> None:
    brought(xlsx(*ROWS), cast, now)
    number = bringing_in.upload(
        "register.xlsx", xlsx(*ROWS), organisation_id=cast.other_id, by=cast.esther, now=now
    )
    row = bringing_in.find(cast.other_id, number)
    chosen = {one.letter: one.field for one in bringing_in.columns_of(row).columns}
    bringing_in.set_columns(
        cast.other_id, number, chosen, ProposalKind.POLICY, revision=1, by=cast.esther, now=now
    )
    trial = bringing_in.trial(row, by=cast.esther, today=now.date())
    assert [row.here for row in trial.rows] == [None] * 3
    assert trial.rows[0].problems[0].field is Field.DIRECTOR
    assert [one for one, _ in bringing_in.list_of(cast.other_id)] == [row]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("register.pdf", b"%PDF-1.7\n%%EOF", "Choose an Excel workbook"),
        ("register.xlsx", b"not a workbook", "is not an Excel workbook"),
        ("register.csv", b"Title\n", "no row below"),
        ("register.csv", b"Title\n" + b"A\n" * 2001, "more than 2,000 rows"),
    ],
)
def test_a_file_that_is_no_register_is_refused(
    cast: Cast, now: datetime, name: str, data: bytes, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        bringing_in.upload(name, data, organisation_id=cast.organisation_id, by=cast.ben, now=now)


def test_what_a_person_chose_for_the_columns_is_remembered(cast: Cast, now: datetime) -> None:
    number = uploaded(csv(*ROWS), cast, now, "a.csv")
    row = bringing_in.find(cast.organisation_id, number)
    chosen = dict(zip("ABCDEFGHIJKLMN", registers.FIELDS, strict=True)) | {"D": None, "F": Field.KEPT_AT}
    bringing_in.set_columns(
        cast.organisation_id, number, chosen, ProposalKind.POLICY, revision=row.revision, by=cast.ben, now=now
    )
    brought_in.bring_in(
        cast.organisation_id, number, seen=tried(number, cast, now).seen, by=cast.ben, now=now
    )
    other = bringing_in.upload("b.csv", csv(OLD), organisation_id=cast.organisation_id, by=cast.ben, now=now)
    reading = bringing_in.columns_of(bringing_in.find(cast.organisation_id, other))
    assert {one.letter: one.field for one in reading.columns} == chosen


def test_columns_that_cannot_be_are_refused_and_who_saves_second_is_told(cast: Cast, now: datetime) -> None:
    number = uploaded(csv(*ROWS), cast, now, "a.csv")

    def choose(chosen: dict[str, Field | None], revision: int = 1) -> None:
        bringing_in.set_columns(
            *(cast.organisation_id, number, chosen, ProposalKind.POLICY),
            revision=revision,
            by=cast.ben,
            now=now,
        )

    with pytest.raises(Invalid) as refused:
        choose({"A": Field.ACTION, "B": Field.ACTION})
    assert set(refused.value.errors) == {"column-B", "columns"}
    with pytest.raises(Stale):
        choose({"A": Field.REF})


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_read_as_it_is_and_its_line_of_explanation_passed_over(
    cast: Cast, now: datetime, kind: str
) -> None:
    number = uploaded(bringing_in.template(kind), cast, now, f"template.{kind}")
    row = bringing_in.find(cast.organisation_id, number)
    assert [one.field for one in bringing_in.columns_of(row).columns] == list(Field)
    assert tried(number, cast, now).rows == ()


def test_a_long_register_asks_as_many_queries_as_a_short_one(
    cast: Cast, now: datetime, inside: Flask
) -> None:
    took = []
    for start, many in ((0, 1), (100, 3), (1000, 150)):
        rows = [
            changed(CLINIC, ref=f"R{n}", name=f"Assessment {n}", action=f"Action {n}")
            for n in range(start, start + many)
        ]
        number = uploaded(csv(*rows), cast, now, f"{start}.csv")
        with counted(inside) as trial_queries:
            seen = tried(number, cast, now).seen
        with counted(inside) as queries:
            brought_in.bring_in(cast.organisation_id, number, seen=seen, by=cast.ben, now=now)
        with counted(inside) as undo_queries:
            bringing_undone.undo(cast.organisation_id, number, by=cast.ben, now=now)
        took.append([asked(found) for found in (trial_queries, queries, undo_queries)])
    assert took[1] == took[2]
