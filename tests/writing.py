"""Assessments that are still being written: started, screened, affected, promised; made through services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ehiia.clock import day_of
from ehiia.domain.vocabulary import Dimension
from ehiia.services import answering, assessments, mitigations, screening
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.assessments import Details
from ehiia.services.mitigations import Promise
from tests import factories
from tests.people import Cast
from tests.remembered import remembered

ALL_NO: dict[str, Any] = {
    "who_notices": ["staff"],
    "how_many": "under_100",
    "how_sure": "counted",
    "how_much": "hardly",
    "steps": ["none"],
    **dict.fromkeys(
        (
            "felt_differently",
            "known_inequality",
            "relies_more",
            "worse_off",
            "manner_or_range",
            "resources",
            "core20plus5",
            "adds_up",
            "vulnerable",
        ),
        "no",
    ),
    "opportunity": "Nothing that we can see: it renews the licence of a spreadsheet.",
    "existing": "no",
    "not_relevant_reason": "Nobody will notice: the licence of a spreadsheet is renewed.",
}
"""Answers to the screening that make a full assessment unnecessary."""

WORSE: dict[str, Any] = {
    "direction": "worse",
    "magnitude": "medium",
    "confidence": "moderate",
    "reason": "Deaf people cannot use the telephone line.",
    "number_affected": "hundreds",
    "duration": "years",
    "reversible": "partly",
    "likelihood_before": 4,
    "severity_before": 3,
    "likelihood_after": 2,
    "severity_after": 2,
}
"""An impact that leaves somebody worse off, by the names of the columns."""


def details(cast: Cast, now: datetime, **changes: Any) -> Details:
    """Return what is entered when an assessment is started: the board decides in 60 days."""
    today = day_of(now)
    values: dict[str, Any] = {
        "title": "Telephone first for out-of-hours advice",
        "summary": "People ring before they come.",
        "expected_go_live_on": today + timedelta(days=120),
        "route": factories.to_the_board(cast, today + timedelta(days=60)),
    }
    return factories.details(cast, **(values | changes))


@remembered
def started(cast: Cast, now: datetime, **changes: Any) -> str:
    """Return the reference of an assessment that Amina has just started."""
    made = assessments.start(
        details(cast, now, **changes), organisation_id=cast.organisation_id, by=cast.amina, now=now
    )
    return made.ref


def answer_screening(ref: str, cast: Cast, now: datetime, **changes: Any) -> None:
    """Answer every question of the screening as Amina; without changes nothing asks for a full one."""
    values = ALL_NO | changes
    screening.save(ref, {name: Given(value) for name, value in values.items()}, by=cast.amina, now=now)


@remembered
def writing(cast: Cast, now: datetime, **changes: Any) -> str:
    """Return the reference of an assessment whose screening asked for a full one: Amina writes it."""
    ref = started(cast, now, **changes)
    answer_screening(ref, cast, now, worse_off="yes")
    screening.finish(ref, by=cast.amina, now=now)
    return ref


@remembered
def affected(ref: str, cast: Cast, now: datetime, group: str = "disability", **impacts: Any) -> None:
    """Say as Amina that a group is affected; ``access=WORSE`` and the like give its impacts."""
    answering.save_page(
        ref,
        subject=group,
        answers={"affected": Given("yes")},
        impacts={Dimension(name): GivenImpact(values) for name, values in impacts.items()},
        by=cast.amina,
        now=now,
    )


@remembered
def promised(ref: str, cast: Cast, now: datetime, **changes: Any) -> str:
    """Return the reference of an action that Helen owns, due in 30 days, promised by Amina."""
    values: dict[str, Any] = {
        "what": "Offer a text relay line",
        "owner_id": cast.helen,
        "due_on": day_of(now) + timedelta(days=30),
        "measure": "Calls through the relay, each month",
    }
    return mitigations.add(ref, Promise(**(values | changes)), by=cast.amina, now=now).ref
