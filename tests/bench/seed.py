"""Thin rows in bulk: one organisation with many assessments, and somebody who looks at them.

The rows come from a fixed seed, so that every run measures the same. They go
straight into the tables: playing 100,000 assessments through the services
would take hours, and lists do not look any deeper.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Table, func, insert, select, text

from ehiia.content import load
from ehiia.domain.vocabulary import Band, Part, ProposalKind, RoutePart, ScreeningResult, Stage
from ehiia.extensions import db
from ehiia.store.assessments import Assessment, Participant, RouteStep
from ehiia.store.people import Person
from tests.people import Cast

AUTHORS = 300
"""So many other people share the authorship."""
OWN = 40
"""So many assessments the person who looks takes part in, however many there are."""
RESTRICTED_EVERY = 200
CHUNK = 5000

STAGES = (
    *((Stage.SCREENING,) * 2 + (Stage.WRITING,) * 6 + (Stage.SENT_BACK, Stage.WITH_DIRECTOR)),
    *((Stage.CHECKING,) * 2 + (Stage.READY,) + (Stage.IN_FORCE,) * 5),
    *(Stage.NOT_NEEDED, Stage.PAUSED, Stage.WITHDRAWN, Stage.CLOSED),
)
SUBJECTS = (
    "Community dental clinics",
    "Evening surgeries",
    "Patient transport",
    "The stroke pathway",
    "Hearing aids",
)
CHANGES = (
    "moving to one site",
    "a new contract",
    "booked online",
    "a change of opening hours",
    "a pilot for a year",
)


def seed(app: Flask, cast: Cast, number: int, *, now: datetime) -> None:
    """Add so many assessments to the organisation of the cast; Amina takes part in a few of them."""
    with app.app_context(), db.engine.begin() as connection:
        first_person = (connection.scalar(select(func.max(Person.id))) or 0) + 1
        first = (connection.scalar(select(func.max(Assessment.id))) or 0) + 1
        rows = {
            Person: _people(first_person, now),
            Assessment: _assessments(cast, first, number, first_person, now),
            Participant: _participants(cast, first, number, first_person, now),
            RouteStep: _steps(cast, first, number, now),
        }
        for table, made in rows.items():
            here: Table = table.__table__  # type: ignore[assignment]
            while chunk := list(islice(made, CHUNK)):
                connection.execute(insert(here), chunk)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))  # the server would do it by itself before long


def _people(first: int, now: datetime) -> Iterator[dict[str, Any]]:
    for place in range(AUTHORS):
        yield {
            "id": first + place,
            "name": f"Author {place + 1}",
            "email": f"author-{place + 1}@example.org",
            "created_at": now,
            "revision": 1,
        }


def _assessments(
    cast: Cast, first: int, number: int, first_person: int, now: datetime
) -> Iterator[dict[str, Any]]:
    random, kinds, bands = Random(2010), tuple(ProposalKind), tuple(Band)
    questions, screening = load.question_set("assessment").version, load.question_set("screening").version
    for place in range(number):
        stage = random.choice(STAGES)
        changed = now - timedelta(minutes=random.randrange(60, 3 * 365 * 24 * 60))
        title = f"{random.choice(SUBJECTS)}: {random.choice(CHANGES)}, {place + 1}"
        asked = random.randrange(60, 160)
        started = stage is not Stage.SCREENING
        yield {
            "id": first + place,
            "organisation_id": cast.organisation_id,
            "ref": f"EHIIA-{changed.year}-{first + place:06d}",
            "title": title,
            "title_folded": title.casefold(),
            "summary": "",
            "kind": random.choice(kinds),
            "depth": "extended",
            "stage": stage,
            "stage_before_pause": Stage.WRITING if stage is Stage.PAUSED else None,
            "version_no": 1,
            "question_set_version": questions,
            "screening_version": screening,
            "screening_result": ScreeningResult.FULL if started else None,
            "existing_ref": "",
            "director_id": cast.daniel,
            "expected_go_live_on": _day(changed, random.randrange(30, 300)),
            "review_due_on": _day(changed, 365) if stage is Stage.IN_FORCE else None,
            "worst_left": random.choice(bands) if started else None,
            "answered_count": random.randrange(asked) if started else 0,
            "asked_count": asked,
            "missing_count": random.randrange(40),
            "late": random.random() < 0.02,
            "restricted": place % RESTRICTED_EVERY == RESTRICTED_EVERY - 1,
            "restricted_reason": "",
            "created_by": first_person + place % AUTHORS,
            "created_at": changed - timedelta(days=20),
            "updated_at": changed,
            "revision": 1,
        }


def _participants(
    cast: Cast, first: int, number: int, first_person: int, now: datetime
) -> Iterator[dict[str, Any]]:
    every = max(1, number // OWN)
    for place in range(number):
        parts = [(first_person + place % AUTHORS, Part.AUTHOR), (cast.daniel, Part.DIRECTOR)]
        if place % every == 0:
            parts.append((cast.amina, Part.CONTRIBUTOR))
        for person_id, part in parts:
            yield {
                "assessment_id": first + place,
                "person_id": person_id,
                "part": part,
                "expertise": "",
                "wrote_at": None,
                "added_by": person_id,
                "added_at": now,
            }


def _steps(cast: Cast, first: int, number: int, now: datetime) -> Iterator[dict[str, Any]]:
    random = Random(2012)
    for place in range(number):
        yield {
            "organisation_id": cast.organisation_id,
            "assessment_id": first + place,
            "position": 1,
            "body_id": cast.board_id,
            "part": RoutePart.DECIDES,
            "meeting_on": _day(now, random.randrange(-400, 200)),
            "minute": "",
        }


def _day(moment: datetime, days: int) -> date:
    return (moment + timedelta(days=days)).date()
