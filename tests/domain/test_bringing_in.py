"""What becomes of every row of a register, and what is said where a row cannot be taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ehiia.domain.bringing_in import judge
from ehiia.domain.register_columns import LONGEST, Field, guess
from ehiia.domain.register_rows import Fate, Here, Known, Problem, Row, Said, mark
from ehiia.domain.vocabulary import Band, Claim, ProposalKind

TODAY = date(2026, 3, 2)
KNOWN = Known(
    by_ref={
        "eia 1": Here(1, "X-EARLIER-2026-001", True, True, None, frozenset({mark("Keep the phone line")})),
        "eia 2": Here(2, "X-EARLIER-2026-002", True, False, None),
        "x 2026 005": Here(5, "X-2026-005", False, False, None),
        "eia 3": Here(3, "", True, False, date(2027, 1, 4)),
    },
    by_title={"opening hours": Here(1, "X-EARLIER-2026-001", True, True, None)},
    people={
        "helen marsh": (7,),
        "helen@example.org": (7,),
        "daniel ashby": (8,),
        "john smith": (9, 10),
        "john@example.org": (9,),
    },
    directors=frozenset({8}),
    kind_otherwise=ProposalKind.POLICY,
    today=TODAY,
)
NEW = {Field.REF: "EIA-9", Field.TITLE: "Moving the clinic"}


def row(number: int = 2, days: dict[Field, date] | None = None, **words: str) -> Said:
    given = {Field(name): text for name, text in words.items()}
    return Said(number, given, days or {})


def fate(*rows: Said) -> Row:
    """Return what becomes of the last row."""
    return judge(rows, KNOWN)[-1]


def new(days: dict[Field, date] | None = None, /, **words: str) -> Row:
    """Return what becomes of a new assessment about which this is said too."""
    return fate(Said(2, NEW | {Field(name): text for name, text in words.items()}, days or {}))


def test_a_new_row_adds_the_assessment_its_action_and_its_review() -> None:
    added = new(
        {Field.REVIEW_ON: date(2026, 9, 1), Field.DUE_ON: date(2026, 5, 1)},
        action="Run a bus",
        owner="HELEN  marsh",
        claim="In progress",
        risk="high",
        kind="Procurement",
        director="Daniel Ashby",
        lead="helen@example.org",
        state="Approved",
    )
    assert (added.fate, added.problems, added.notes) == (Fate.ADDED, (), ())
    assert added.adds == ("the assessment", "a mitigating action", "a review")
    assert added.assessment is not None
    assert added.action is not None
    assert (added.assessment.kind, added.assessment.risk) == (ProposalKind.PROCUREMENT, Band.HIGH)
    assert (added.assessment.director_id, added.assessment.lead_id) == (8, 7)
    assert (added.action.owner_id, added.action.claim) == (7, Claim.ON_TRACK)
    assert added.review_on == date(2026, 9, 1)


def test_an_owner_who_is_not_here_is_a_contact_outside() -> None:
    added = new(action="Run a bus", owner="Jo Ferris, Council", owner_email="Jo@Council.example")
    assert added.action is not None
    assert (added.action.owner_id, added.action.outside_owner) == (None, "Jo Ferris, Council")
    assert added.action.outside_email == "jo@council.example"
    by_address = new(action="Run a bus", owner="jo@council.example").action
    assert by_address is not None
    assert by_address.outside_owner == by_address.outside_email == "jo@council.example"


def test_what_is_left_open_is_said_and_not_refused() -> None:
    added = new(action="Run a bus", lead="Somebody Else")
    assert added.fate is Fate.ADDED
    assert [note.split(":")[0] for note in added.notes] == [
        "“Somebody Else” is not known here and is kept as a name only",
        "The action has no owner",
        "The action has no date",
    ]


@pytest.mark.parametrize(
    ("said", "field", "text"),
    [
        ({"action": "Run a bus", "owner": "John Smith"}, Field.OWNER, "2 people here called"),
        ({"director": "Helen Marsh"}, Field.DIRECTOR, "no accountable director here"),
        ({"director": "Nobody Known"}, Field.DIRECTOR, "no accountable director here"),
        ({"director": "John Smith"}, Field.DIRECTOR, "Write the e-mail address instead"),
        ({"state": "Draft"}, Field.STATE, "not decided yet"),
        ({"state": "Purple"}, Field.STATE, "no stage here"),
        ({"kind": "Song"}, Field.KIND, "no kind of proposal"),
        ({"risk": "Purple"}, Field.RISK, "no band of risk"),
        ({"action": "Run a bus", "claim": "Purple"}, Field.CLAIM, "says nothing here"),
        ({"summary": "x" * 4001}, Field.SUMMARY, "4,000 fit"),
        ({"decided_by": "x" * 301}, Field.DECIDED_BY, "300 fit"),
    ],
)
def test_what_cannot_be_taken_names_its_column_and_what_to_do(
    said: dict[str, str], field: Field, text: str
) -> None:
    refused = new(**said)
    assert refused.fate is Fate.REFUSED
    (problem,) = refused.problems
    assert problem.field is field
    assert text in problem.text
    assert refused.adds == ()


def test_every_problem_of_a_row_is_said_at_once() -> None:
    wrong = Problem(Field.DUE_ON, "Action due must be a real date")
    said = Said(2, NEW | {Field.KIND: "Song", Field.ACTION: "Run a bus"}, {}, (wrong,))
    assert [one.field for one in fate(said).problems] == [Field.DUE_ON, Field.KIND]


def test_a_decision_in_the_future_is_refused() -> None:
    (problem,) = new({Field.DECIDED_ON: date(2026, 3, 3)}).problems
    assert "in the future" in problem.text
    assert new({Field.DECIDED_ON: TODAY}).fate is Fate.ADDED


def test_a_row_without_a_title_is_refused_unless_its_assessment_is_known() -> None:
    assert "neither a reference nor a title" in fate(row(summary="x")).problems[0].text
    assert "there is no title" in fate(row(ref="EIA-77", action="Run a bus")).problems[0].text
    assert fate(row(ref="eia 1", action="Run a bus")).adds == ("a mitigating action",)
    assert fate(row(2, ref="9", title="T"), row(3, ref="9", action="Run a bus")).adds == (
        "a mitigating action",
    )


def test_the_same_row_and_the_same_action_twice_are_duplicates() -> None:
    first = Said(2, NEW)
    assert "the same as row 2" in fate(first, Said(3, NEW)).problems[0].text
    acting = NEW | {Field.ACTION: "Run a bus"}
    assert "row 2 has the same action" in fate(Said(2, acting), Said(3, acting)).problems[0].text
    other = acting | {Field.ACTION: "run a  BUS."}
    assert fate(Said(2, acting), Said(3, other)).fate is Fate.REFUSED


def test_rows_that_contradict_each_other_are_refused() -> None:
    other = NEW | {Field.TITLE: "Something else", Field.ACTION: "Run a bus"}
    assert "another title" in fate(Said(2, NEW), Said(3, other)).problems[0].text
    days = ({Field.REVIEW_ON: date(2026, 9, 1)}, {Field.REVIEW_ON: date(2026, 9, 2)})
    contradicts = fate(Said(2, NEW, days[0]), Said(3, NEW, days[1]))
    assert "another day for the same review" in contradicts.problems[0].text


def test_what_belongs_to_a_row_that_cannot_be_taken_waits_for_it() -> None:
    first, second = Said(2, NEW | {Field.KIND: "Song"}), Said(3, NEW | {Field.ACTION: "Run a bus"})
    assert "row 2 cannot be taken" in fate(first, second).problems[0].text


def test_what_is_here_is_recognised_by_reference_or_title() -> None:
    for said in (row(ref="EIA/1", title="Other words"), row(title="Opening  HOURS")):
        assert fate(said).fate is Fate.HERE
    assert fate(row(ref="EIA-1", action="keep the phone line!")).fate is Fate.HERE
    hidden = fate(row(ref="EIA-3", title="T"))
    assert (hidden.fate, hidden.here and hidden.here.ref) == (Fate.HERE, "")


def test_what_was_made_here_gets_nothing_from_a_register() -> None:
    made = fate(row(2, {Field.REVIEW_ON: TODAY}, ref="X-2026-005", title="T", action="Run a bus"))
    assert (made.fate, made.adds) == (Fate.HERE, ())
    assert "made here" in made.notes[0]


def test_a_closed_one_gets_no_action_and_no_review() -> None:
    assert "closed here" in fate(row(ref="EIA-2", action="Run a bus")).problems[0].text
    closed = new({Field.REVIEW_ON: date(2027, 1, 1)}, state="Archived")
    assert (closed.adds, closed.notes) == (("the assessment",), ("It is closed, so no review is planned",))
    assert closed.assessment is not None
    assert closed.assessment.closed


def test_another_review_than_the_one_that_is_planned_is_left_to_its_page() -> None:
    planned = replace(KNOWN.by_ref["eia 1"], review_on=date(2027, 1, 4))
    known = replace(KNOWN, by_ref={"eia 1": planned})
    (other,) = judge([row(2, {Field.REVIEW_ON: date(2027, 2, 1)}, ref="EIA-1")], known)
    assert (other.fate, other.review_on) == (Fate.HERE, None)
    assert "moved on its own page" in other.notes[0]
    (same,) = judge([row(2, {Field.REVIEW_ON: date(2027, 1, 4)}, ref="EIA-1")], known)
    assert (same.fate, same.notes) == (Fate.HERE, ())


def test_the_template_s_headings_and_usual_ones_are_guessed_each_field_once() -> None:
    assert guess([field.label for field in Field], {}) == list(Field)
    assert guess(["EIA title", "Review date", "review  DATE", "Notes"], {}) == [
        Field.TITLE,
        Field.REVIEW_ON,
        None,
        None,
    ]


def test_what_a_person_chose_before_comes_first() -> None:
    remembered = {"notes": "kept_at", "title": ""}
    assert guess(["Title", "Notes", "Link"], remembered) == [None, Field.KEPT_AT, None]


def test_no_text_is_longer_than_its_column_in_the_database() -> None:
    assert LONGEST[Field.TITLE] <= 200
