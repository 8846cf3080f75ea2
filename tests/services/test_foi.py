"""Requests for information: counted from the day they came, nothing withheld without another's approval."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.foi import Answered, Requester, RequestState
from ehiia.domain.publishing import Exemption
from ehiia.services import answering_requests, foi, history, people, restriction
from ehiia.services.answering_requests import Answer, Asked, Claim
from ehiia.services.foi import Chosen, Request
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read
from ehiia.store.foi import FoiAbout
from tests import factories
from tests.people import Cast, gather
from tests.services.test_dated import DAY, live, told

CAME = date(2026, 3, 2)
DUE = date(2026, 3, 31)
"""The twentieth working day after it: 17 March is a bank holiday in Northern Ireland."""
ASKED = Asked(CAME, Requester.PRESS, "Every assessment of the surgery move.", requester_name="A. Reporter")
WHY = Claim((Exemption.COMMERCIAL,), "The landlord’s offer.", "Bids are still open.", None)
REF = "EHIIA-FOI2026-001"


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def who(cast: Cast, name: str, now: datetime) -> dict[str, Any]:
    return {"organisation_id": cast.organisation_id, "by": cast.ids[name], "now": now}


def recorded(cast: Cast, now: datetime, **changes: Any) -> str:
    return answering_requests.record(replace(ASKED, **changes), **who(cast, "ben", now)).ref


def see(cast: Cast, now: datetime, name: str = "ben", ref: str = REF) -> Request:
    actor = people.actor_of(cast.ids[name], today=now.date())
    return foi.one_of(actor, cast.organisation_id, ref, today=now.date())


def claim(cast: Cast, now: datetime, revision: int = 1, **changes: Any) -> None:
    given = replace(WHY, **({"approver_id": cast.daniel} | changes))
    answering_requests.claim(REF, given, revision=revision, **who(cast, "ben", now))


def answer(
    cast: Cast, now: datetime, outcome: Answered, revision: int, released: str = "The edition."
) -> None:
    given = Answer(outcome, "See the letter.", released, now.date())
    answering_requests.answer(REF, given, revision=revision, **who(cast, "ben", now))


def log(cast: Cast, now: datetime) -> str:
    actor = people.actor_of(cast.ben, today=now.date())
    _, data = foi.file_of(actor, cast.organisation_id, Chosen(), today=now.date(), kind="csv")
    return data.decode("utf-8-sig")


def test_ben_records_a_request_and_it_is_due_by_the_twentieth_working_day(cast: Cast, now: datetime) -> None:
    ref = factories.started(cast, now)
    assert recorded(cast, now, about=(ref,)) == REF
    assert recorded(cast, now, about=(ref,)) == REF, "the form was sent twice"
    found = see(cast, now)
    assert found.row.due_on == DUE
    assert [one for one, _ in found.about] == [ref]
    assert history.of_subject(f"foi:{found.row.id}").entries[0].sentence == (
        f"Ben Okoro recorded the request for information {REF}"
    )


def test_what_cannot_be_is_refused_by_field(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        recorded(cast, now, received_on=now.date() + DAY, asked=" ", about=("EHIIA-2026-999",), owner_id=999)
    assert set(refused.value.errors) == {"received_on", "asked", "about", "owner_id"}
    with pytest.raises(Invalid, match="1 January 2005"):
        recorded(cast, now, received_on=date(1926, 3, 2))


def test_nothing_is_withheld_before_somebody_else_has_approved_it(cast: Cast, now: datetime) -> None:
    recorded(cast, now)
    with pytest.raises(Refused, match="until somebody else has approved"):
        answer(cast, now, Answered.PART, 1)
    with pytest.raises(Invalid) as refused:
        claim(cast, now, approver_id=cast.ben, public_interest=" ")
    assert set(refused.value.errors) == {"approver_id", "public_interest"}
    claim(cast, now)
    claim(cast, now)  # the form was sent twice
    assert told("foi_to_approve") == [("Daniel", "foi_to_approve")]
    with pytest.raises(Refused):
        answer(cast, now, Answered.REFUSED, 2)
    ruling: dict[str, Any] = {"approve": True, "words": "", "revision": 2}
    with pytest.raises(NotAllowed, match="never their own"):
        answering_requests.rule(REF, **ruling, **who(cast, "ben", now))
    answering_requests.rule(REF, **ruling, **who(cast, "daniel", now))
    answering_requests.rule(REF, **ruling, **who(cast, "daniel", now))
    assert told("foi_approved") == [("Ben", "foi_approved")]
    answer(cast, now, Answered.PART, 3)
    assert "Daniel" in log(cast, now)
    row = see(cast, now).row
    assert (row.state, row.outcome, row.approver_id) == (RequestState.CLOSED, Answered.PART, cast.daniel)
    with pytest.raises(Refused):
        answering_requests.change(REF, ASKED, revision=row.revision, **who(cast, "ben", now))


def test_what_was_approved_and_is_claimed_anew_is_approved_anew(cast: Cast, now: datetime) -> None:
    recorded(cast, now)
    claim(cast, now)
    answering_requests.rule(REF, approve=True, words="", revision=2, **who(cast, "daniel", now))
    claim(cast, now, 3, withheld="All of it.")
    assert see(cast, now).row.state is RequestState.TO_APPROVE
    with pytest.raises(Invalid, match="why it is sent back"):
        answering_requests.rule(REF, approve=False, words=" ", revision=4, **who(cast, "daniel", now))
    with pytest.raises(Stale):
        answering_requests.rule(REF, approve=True, words="", revision=3, **who(cast, "daniel", now))
    answering_requests.rule(REF, approve=False, words="Too much.", revision=4, **who(cast, "daniel", now))
    assert see(cast, now).row.state is RequestState.OPEN
    assert told("foi_returned") == [("Ben", "foi_returned")]
    answer(cast, now, Answered.FULL, 5)
    assert see(cast, now).row.ruled_at is None, "nobody approved what was claimed last"
    assert "Daniel" not in log(cast, now)


def test_it_is_reminded_of_before_and_after_its_date_until_it_is_answered(cast: Cast, now: datetime) -> None:
    recorded(cast, now, owner_id=cast.helen)
    live(DUE - 8 * DAY, DUE + 2 * DAY)
    assert told("information_due") == [("Helen", "information_due")] * 2
    assert set(told("information_overdue")) == {
        ("Helen", "information_overdue"),
        ("Ben", "information_overdue"),
    }
    later = datetime(2026, 4, 7, 9, 0, tzinfo=now.tzinfo)
    answer(cast, later, Answered.FULL, 1)
    assert see(cast, later).days_late == 7
    before = len(told("information_"))
    live(date(2026, 4, 8), date(2026, 5, 8))
    assert len(told("information_")) == before


def test_without_a_name_the_equality_leads_are_reminded_and_the_director_after_two_weeks(
    cast: Cast, now: datetime
) -> None:
    recorded(cast, now)
    live(DUE - 1 * DAY, DUE + 16 * DAY)
    assert set(told("information_due")) == {("Ben", "information_due"), ("Ivan", "information_due")}
    assert ("Daniel", "information_overdue_director") in told("information_overdue_director")


def test_the_log_is_for_those_who_keep_it_and_says_nothing_of_what_is_restricted(
    cast: Cast, now: datetime
) -> None:
    ref = factories.started(cast, now)
    recorded(cast, now, about=(ref,))
    with pytest.raises(NotAllowed):
        see(cast, now, "amina")
    other = people.actor_of(cast.esther, today=now.date())
    with pytest.raises(NotFound):
        foi.one_of(other, cast.other_id, REF, today=now.date())
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    assert not see(cast, now).about
    answering_requests.change(REF, ASKED, revision=1, **who(cast, "ben", now))
    kept = read().scalars(select(FoiAbout.assessment_id)).all()
    assert kept == [factories.current(ref).id], "what Ben could not see stays tied"


def test_the_file_holds_what_the_log_shows_and_no_name_of_whoever_asked(cast: Cast, now: datetime) -> None:
    recorded(cast, now)
    recorded(cast, now, asked="=HYPERLINK(0)", received_on=date(2026, 1, 5))
    actor = people.actor_of(cast.ben, today=now.date())
    name, data = foi.file_of(actor, cast.organisation_id, Chosen(), today=now.date(), kind="csv")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
    assert name == "requests-for-information-2026-03-02.csv"
    assert [row[6] for row in rows[1:]] == ["'=HYPERLINK(0)", ASKED.asked], "what is due soonest is first"
    assert "Reporter" not in data.decode("utf-8-sig")
    late = foi.register(actor, cast.organisation_id, Chosen(late=True), today=now.date())
    assert [one.row.asked for one in late] == ["=HYPERLINK(0)"]
    assert foi.file_of(actor, cast.organisation_id, Chosen(words="surgery"), today=now.date(), kind="xlsx")[
        1
    ].startswith(b"PK")
