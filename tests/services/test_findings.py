"""Findings: written by who audits, answered by management, looked at again by somebody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ehiia.domain.auditing import FindingState, FollowUp, Grade, Response, state_of
from ehiia.services import answering_findings as writing
from ehiia.services import findings, people, restriction
from ehiia.services.answering_findings import Answer, Finding
from ehiia.services.findings import FindingFilter, FindingRow, Seen
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.store.auditing import CaseRow
from ehiia.store.duties import MailRow, Notice
from ehiia.store.people import Person
from tests.people import Cast
from tests.services.test_cases import case, cast
from tests.services.test_programmes import APRIL

__all__ = ["case", "cast"]

TODAY = APRIL.date()
MAY = date(2026, 5, 1)
EVERY = FindingFilter()


def given(cast: Cast, **changes: object) -> Finding:
    values: dict[str, object] = {
        "condition": "Nobody rides on Sundays.",
        "criterion": "It was promised for every day.",
        "cause": "No driver.",
        "effect": "Deaf people cannot come.",
        "recommendation": "Pay a second driver.",
        "grade": Grade.HIGH,
        "answers_id": cast.daniel,
        "due_on": date(2026, 4, 20),
    }
    return Finding(**(values | changes))  # type: ignore[arg-type]


def raised(cast: Cast, case: CaseRow | None = None, by: str = "dev", **changes: object) -> FindingRow:
    return writing.raise_finding(
        given(cast, **changes),
        case_id=case.id if case else None,
        organisation_id=cast.organisation_id,
        by=cast.ids[by],
        now=APRIL,
    )


def see(cast: Cast, ref: str, who: str, organisation_id: int = 0) -> Seen:
    actor = people.actor_of(cast.ids[who], today=TODAY)
    here = organisation_id or cast.organisation_id
    return findings.see_one(ref, actor=actor, organisation_id=here, today=TODAY)


def answer(cast: Cast, ref: str, said: Answer, revision: int, by: str = "daniel") -> None:
    writing.answer(
        ref, said, revision=revision, organisation_id=cast.organisation_id, by=cast.ids[by], now=APRIL
    )


def follow(cast: Cast, ref: str, result: FollowUp | None, revision: int, by: str = "dev") -> None:
    writing.follow_up(
        ref,
        result,
        words="Rode on Sunday." if result else "",
        revision=revision,
        organisation_id=cast.organisation_id,
        by=cast.ids[by],
        now=APRIL + timedelta(days=40),
    )


def listed(cast: Cast, who: str, which: FindingFilter = EVERY, today: date = TODAY) -> list[str]:
    actor = people.actor_of(cast.ids[who], today=TODAY)
    return [one.row.ref for one in findings.register(actor, cast.organisation_id, which, today=today)]


def test_a_finding_is_answered_put_right_and_looked_at_again(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case)
    assert raised(cast, case).id == row.id  # sent twice
    assert row.ref == "EHIIA-F2026-001"
    accepted = Answer(Response.ACCEPTED, "", cast.helen, MAY)
    answer(cast, row.ref, accepted, 1)
    answer(cast, row.ref, accepted, 1)  # sent twice
    seen = see(cast, row.ref, "helen")
    assert (seen.state, seen.row.owner_id, seen.row.due_on) == (FindingState.ACTION_DUE, cast.helen, MAY)
    follow(cast, row.ref, FollowUp.NOT_DONE, 2)
    assert see(cast, row.ref, "dev").state is FindingState.ACTION_DUE
    follow(cast, row.ref, FollowUp.DONE, 3)
    assert see(cast, row.ref, "dev").state is FindingState.CLOSED
    with pytest.raises(Refused, match="closed"):
        follow(cast, row.ref, FollowUp.PARTLY, 4)
    with pytest.raises(NotAllowed, match="closed"):
        answer(cast, row.ref, Answer(Response.PARTLY, "x", cast.helen, MAY), 4)
    told = read().execute(select(Person.name, Notice.message).join(Notice, Notice.person_id == Person.id))
    assert {
        ("Daniel Ashby", "finding_raised"),
        ("Dev Patel", "finding_answered"),
        ("Helen Marsh", "finding_answered"),
        ("Helen Marsh", "finding_followed"),
    } <= {(name, message) for name, message in told}
    assert not [mail for mail in read().scalars(select(MailRow)) if "Sundays" in mail.body]


def test_what_is_not_accepted_names_who_takes_the_risk_and_stays_in_sight(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case)
    with pytest.raises(Invalid) as refused:
        answer(cast, row.ref, Answer(Response.NOT_ACCEPTED), 1)
    assert set(refused.value.errors) == {"words", "risk_taken_by"}
    answer(cast, row.ref, Answer(Response.NOT_ACCEPTED, "No money.", risk_taken_by=cast.carol), 1)
    seen = see(cast, row.ref, "carol")
    assert (seen.state, seen.name(seen.row.risk_taken_by)) == (
        FindingState.RISK_ACCEPTED,
        "Carol Whitfield",
    )
    assert listed(cast, "dev", FindingFilter(state=FindingState.RISK_ACCEPTED)) == [row.ref]


def test_what_is_missing_is_named_by_field(cast: Cast, case: CaseRow) -> None:
    for wrong, field in (
        ({"condition": " "}, "condition"),
        ({"grade": None}, "grade"),
        ({"answers_id": None}, "answers_id"),
        ({"answers_id": cast.dev}, "answers_id"),
        ({"answers_id": cast.esther}, "answers_id"),
        ({"cause": "x" * 4001}, "cause"),
    ):
        with pytest.raises(Invalid) as refused:
            raised(cast, case, **wrong)
        assert set(refused.value.errors) == {field}
    row = raised(cast, case)
    with pytest.raises(Invalid) as refused:
        answer(cast, row.ref, Answer(Response.ACCEPTED), 1)
    assert set(refused.value.errors) == {"owner_id", "due_on"}
    with pytest.raises(Invalid) as refused:
        answer(cast, row.ref, Answer(None), 1)
    assert set(refused.value.errors) == {"response"}
    answer(cast, row.ref, Answer(Response.PARTLY, "Half.", cast.helen, MAY), 1)
    with pytest.raises(Invalid) as refused:
        follow(cast, row.ref, None, 2)
    assert set(refused.value.errors) == {"result", "words"}


def test_nobody_answers_or_closes_their_own(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case, answers_id=cast.ivan)
    for name in ("dev", "ben"):
        with pytest.raises(NotAllowed):
            answer(cast, row.ref, Answer(Response.ACCEPTED, "", cast.helen, MAY), 1, by=name)
    with pytest.raises(NotAllowed, match="answered"):
        follow(cast, row.ref, FollowUp.DONE, 1)
    answer(cast, row.ref, Answer(Response.ACCEPTED, "", cast.ben, MAY), 1, by="ivan")
    for name in ("ivan", "ben", "helen"):
        with pytest.raises((NotAllowed, NotFound)):
            follow(cast, row.ref, FollowUp.DONE, 2, by=name)
    with pytest.raises(NotAllowed):
        raised(cast, case, by="ben")  # checked the assessment
    with pytest.raises(NotAllowed):
        raised(cast, by="amina")


def test_who_saves_second_sees_the_first_and_words_stand_once_answered(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case)

    def change(words: str, revision: int) -> None:
        writing.change(
            row.ref,
            given(cast, condition=words),
            revision=revision,
            organisation_id=cast.organisation_id,
            by=cast.dev,
            now=APRIL,
        )

    change("Nobody rides at all.", 1)
    change("Nobody rides at all.", 1)  # sent twice
    with pytest.raises(Stale):
        change("Something else.", 1)
    with pytest.raises(Stale):
        answer(cast, row.ref, Answer(Response.PARTLY, "Half.", cast.helen, MAY), 1)
    answer(cast, row.ref, Answer(Response.PARTLY, "Half.", cast.helen, MAY), 2)
    with pytest.raises(NotAllowed, match="its words stand"):
        change("Something else.", 3)


def test_the_register_shows_what_is_asked_for_to_those_who_may_know(cast: Cast, case: CaseRow) -> None:
    about, general = raised(cast, case), raised(cast, condition="No training.", grade=Grade.LOW)
    assert listed(cast, "dev") == listed(cast, "daniel") == [about.ref, general.ref]
    assert listed(cast, "dev", FindingFilter(grade=Grade.LOW)) == [general.ref]
    assert listed(cast, "dev", FindingFilter(overdue=True)) == []
    assert len(listed(cast, "dev", FindingFilter(overdue=True), today=MAY)) == 2
    assert listed(cast, "dev", FindingFilter(mine=True)) == []
    assert listed(cast, "amina") == listed(cast, "farah") == []
    for who, organisation in (("amina", 0), ("esther", cast.other_id), ("esther", 0)):
        with pytest.raises(NotFound):
            see(cast, about.ref, who, organisation)
    ref = case.ref.removesuffix("-M1")
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=APRIL)
    assert listed(cast, "dev") == listed(cast, "ivan") == [general.ref]
    assert about.ref in listed(cast, "daniel")  # takes part as director
    with pytest.raises(NotFound):
        follow(cast, about.ref, FollowUp.DONE, 1)
    with pytest.raises(NotFound):
        raised(cast, case)


def test_where_a_finding_is_follows_from_what_was_written() -> None:
    assert state_of(None, None) is FindingState.ANSWER_DUE
    assert state_of(Response.PARTLY, FollowUp.NOT_DONE) is FindingState.ACTION_DUE
    assert state_of(Response.NOT_ACCEPTED, None) is FindingState.RISK_ACCEPTED
    assert state_of(Response.NOT_ACCEPTED, FollowUp.OVERTAKEN) is FindingState.CLOSED


def test_every_time_it_was_looked_at_again_is_kept(cast: Cast, case: CaseRow) -> None:
    row = raised(cast, case)
    answer(cast, row.ref, Answer(Response.ACCEPTED, "", cast.helen, MAY), 1)
    for revision, result in ((2, FollowUp.NOT_DONE), (3, FollowUp.NOT_DONE), (4, FollowUp.DONE)):
        follow(cast, row.ref, result, revision)
        follow(cast, row.ref, result, revision)  # sent twice
    again = findings.follow_ups(row.id)
    assert [one.result for one in again] == [FollowUp.DONE, FollowUp.NOT_DONE, FollowUp.NOT_DONE]
    assert {(one.by, one.words) for one in again} == {("Dev Patel", "Rode on Sunday.")}
    for change in ("UPDATE audit_follow_up SET words = ''", "DELETE FROM audit_follow_up"):
        with pytest.raises(DBAPIError, match="insert-only"), transaction() as session:
            session.execute(text(change))
