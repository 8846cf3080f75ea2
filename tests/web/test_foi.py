"""The pages of requests for information: recorded, an exemption approved by another, closed."""

from __future__ import annotations

from flask import Flask

from tests.people import Cast
from tests.web.conftest import Browsers, counted, words
from tests.web.filling import fill

CAME = {
    "received_on-day": "2",
    "received_on-month": "2",
    "received_on-year": "2026",
    "requester": "press",
    "asked": "Every assessment of the surgery move.",
}
ONE = "/foi/EHIIA-FOI2026-001"


def test_ben_answers_a_request_of_which_daniel_approves_what_is_withheld(
    app: Flask, cast: Cast, as_: Browsers
) -> None:
    ben, daniel = as_("ben"), as_("daniel")
    assert "on the day on which it comes" in words(ben.get("/foi"))
    wrong = fill(ben, "/foi/record", CAME | {"about": "EHIIA-2026-999"})
    assert wrong.status_code == 400
    assert "EHIIA-2026-999 was not found among what you may see" in words(wrong)
    assert CAME["asked"] in wrong.get_data(as_text=True)
    assert fill(ben, "/foi/record", CAME).location == ONE
    assert "Monday 2 March 2026" in words(ben.get(ONE)), "the twentieth working day"
    early = fill(
        ben,
        f"{ONE}/answer",
        {
            "outcome": "part",
            "answer": "Here it is.",
            "released": "Edition 1.",
            "answered_on-day": "2",
            "answered_on-month": "3",
            "answered_on-year": "2026",
        },
    )
    assert early.status_code == 409
    assert "Nothing is withheld until somebody else has approved" in words(early)
    assert "Here it is." in early.get_data(as_text=True)
    unsaid = fill(ben, f"{ONE}/exemption", {"exemptions": ["s43"], "withheld": "The offer."})
    assert unsaid.status_code == 400
    claimed = {
        "exemptions": ["s43"],
        "withheld": "The offer.",
        "public_interest": "Bids are open.",
        "approver_id": str(cast.daniel),
    }
    assert fill(ben, f"{ONE}/exemption", claimed).location == ONE
    assert "You are asked to approve the exemption" in words(daniel.get(ONE))
    assert fill(daniel, f"{ONE}/approve", {"approve": "no"}).status_code == 400
    assert fill(daniel, f"{ONE}/approve", {"approve": "yes"}).location == ONE
    assert "Daniel Ashby approved it" in words(ben.get(ONE))
    done = fill(
        ben,
        f"{ONE}/answer",
        {
            "outcome": "part",
            "answer": "Here it is.",
            "released": "Edition 1.",
            "answered_on-day": "2",
            "answered_on-month": "3",
            "answered_on-year": "2026",
        },
    )
    assert done.location == ONE
    page = words(ben.get(ONE))
    assert "Released in part" in page
    assert "closed the request EHIIA-FOI2026-001: released in part" in page
    assert "Released in part" in words(ben.get("/foi?state=closed"))
    assert "Nothing fits" in words(ben.get("/foi?late=late"))
    assert ben.get("/foi/requests.csv?state=closed").get_data().startswith(b"\xef\xbb\xbf")


def test_amina_neither_sees_nor_finds_the_log(cast: Cast, as_: Browsers) -> None:
    assert as_("amina").get("/foi").status_code == 403
    assert "requests for information" not in words(as_("amina").get("/records"))
    assert "requests for information" in words(as_("ben").get("/records"))


def test_the_log_asks_the_database_alike_for_one_request_and_for_many(
    app: Flask, cast: Cast, as_: Browsers
) -> None:
    ben = as_("ben")
    fill(ben, "/foi/record", CAME)
    ben.get("/foi")
    with counted(app) as few:
        ben.get("/foi")
    for n in range(3):
        fill(ben, "/foi/record", CAME | {"asked": f"Another {n}"})
    ben.get("/foi")
    with counted(app) as many:
        ben.get("/foi")
    assert len(many) == len(few)
