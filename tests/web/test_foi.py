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


def day(name: str, day: int, month: int) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": "2026"}


def test_ben_asks_for_clarification_takes_longer_and_ivan_reviews_the_answer(
    app: Flask, cast: Cast, as_: Browsers
) -> None:
    ben, ivan = as_("ben"), as_("ivan")
    fill(ben, "/foi/record", CAME)
    unsaid = fill(ben, f"{ONE}/clarification", {"words": "Which surgery?", **day("day", 31, 2)})
    assert unsaid.status_code == 400
    assert "Which surgery?" in unsaid.get_data(as_text=True), "nothing typed is lost"
    asked = fill(ben, f"{ONE}/clarification", {"words": "Which surgery?", **day("day", 9, 2)})
    assert asked.location == ONE
    page = words(ben.get(ONE))
    for said in ("The time does not run", "Record the clarification", "Which surgery?"):
        assert said in page
    assert "The time does not run" in words(ben.get("/foi?state=clarifying"))
    came = fill(ben, f"{ONE}/clarified", {"words": "Hill Street.", **day("day", 16, 2)})
    assert came.location == ONE
    assert "Monday 16 March 2026" in words(ben.get(ONE)), "twenty working days from then"
    longer = {
        "sections": ["s43"],
        "reason": "Bids are open.",
        **day("told_on", 20, 2),
        **day("until", 16, 3),
    }
    early = fill(ben, f"{ONE}/extension", longer)
    assert early.status_code == 400
    assert "later than Monday 16 March 2026" in words(early)
    assert fill(ben, f"{ONE}/extension", longer | day("until", 30, 3)).location == ONE
    assert "Until Monday 30 March 2026" in words(ben.get(ONE))
    answer = {"outcome": "full", "answer": "Here.", "released": "All of it.", **day("answered_on", 2, 3)}
    assert fill(ben, f"{ONE}/answer", answer).location == ONE
    review = {"words": "There is more.", "reviewer_id": str(cast.ben), **day("day", 2, 3)}
    assert fill(ben, f"{ONE}/review", review).status_code == 400, "not whoever answered it"
    assert fill(ben, f"{ONE}/review", review | {"reviewer_id": str(cast.ivan)}).location == ONE
    assert "You are asked to review the answer" in words(ivan.get(ONE))
    assert "You are asked to review the answer" not in words(ben.get(ONE))
    ended = {"reviewed_as": "stands", "found": "There is no more.", **day("day", 2, 3)}
    assert fill(ben, f"{ONE}/reviewed", ended).status_code == 403
    assert fill(ivan, f"{ONE}/reviewed", {"found": "There is no more."}).status_code == 400
    assert fill(ivan, f"{ONE}/reviewed", ended).location == ONE
    page = words(ben.get(ONE))
    for said in ("The answer stands", "There is no more.", "Closed after an internal review"):
        assert said in page
    assert "Change what was recorded" not in page


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
