"""Thin rows of a public register: many published editions in bulk, of the assessments of ``bench.seed``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Table, func, insert, select, text

from ehiia.clock import day_of
from ehiia.domain.publishing import PublicationState, Publishing
from ehiia.extensions import db
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow
from ehiia.store.publications import Edition, Publication
from ehiia.store.published import GROUP, PLACE, EditionEntry, EditionFacet
from tests.bench.seed import seed
from tests.people import Cast

GROUPS = ("Disability", "Older people", "Children and young people", "Carers", "Pregnancy and maternity")
PLACES = ("Ipswich", "Colchester", "Tendring", "Bury St Edmunds")
KINDS = ("New service", "Change of a service", "Closure or move", "Policy")
OUTCOMES = ("Approved", "Approved with conditions", "Deferred")
SUMMARY = "What is proposed, who is affected and how, what will be done about it, and what was decided. " * 5
WITHHELD_EVERY, REPLACED_EVERY = 40, 25

Rows = dict[type[Any], list[dict[str, Any]]]


def stock(app: Flask, cast: Cast, number: int, *, now: datetime) -> None:
    """Publish so many assessments; a record has to be there already, whose editions they all are."""
    with app.app_context():
        seed(app, cast, number, now=now)
        with db.engine.begin() as connection:
            found = select(Assessment.id, Assessment.ref, Assessment.title).order_by(Assessment.id.desc())
            assessments = connection.execute(found.limit(number)).all()
            record_id = connection.scalar(select(func.min(RecordRow.id)))
            first = (connection.scalar(select(func.max(Publication.id))) or 0) + 1
            for table, rows in _rows(assessments, first, cast, record_id, now).items():
                here: Table = table.__table__
                connection.execute(insert(here), rows)
            if connection.dialect.name == "postgresql":
                connection.execute(text("ANALYZE"))  # the server would do it by itself before long


def _rows(assessments: Sequence[Any], first: int, cast: Cast, record_id: int | None, now: datetime) -> Rows:
    made: Rows = {Publication: [], Edition: [], EditionEntry: [], EditionFacet: []}
    for table, row in _each(assessments, first, cast, record_id, now):
        made[table].append(row)
    return made


def _each(
    assessments: Sequence[Any], first: int, cast: Cast, record_id: int | None, now: datetime
) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    random, here = Random(2026), cast.organisation_id
    for place, (assessment_id, ref, title) in enumerate(assessments):
        number = first + place
        about = {"organisation_id": here, "assessment_id": assessment_id, "record_id": record_id}
        decided = now - timedelta(days=random.randrange(2000))
        withheld, replaced = place % WITHHELD_EVERY == 0, place % REPLACED_EVERY == 1
        yield (
            Publication,
            about
            | {
                "id": number,
                "kind": Publishing.WITHHELD if withheld else Publishing.FULL,
                "state": PublicationState.REPLACED if replaced else PublicationState.AGREED,
                "reason": "",
                "begun_by": cast.amina,
                "begun_at": decided,
                "note": "",
                "agreed_by": cast.ben,
                "agreed_as": "Equality lead",
                "agreed_at": decided,
                "ended_reason": "",
                "revision": 1,
            },
        )
        if withheld:
            continue
        groups, places = random.sample(GROUPS, 2), random.sample(PLACES, 1)
        sign = f"{number:012d}"
        yield (
            Edition,
            about
            | {
                "id": number,
                "publication_id": number,
                "number": number,
                "ref": f"{ref}-D1-P{number}",
                "code": sign,
                "text": SUMMARY,
                "sha256": sign,
                "made_at": decided,
            },
        )
        yield (
            EditionEntry,
            {
                "edition_id": number,
                "organisation_id": here,
                "assessment_ref": ref,
                "title": title,
                "summary": SUMMARY,
                "kind": random.choice(KINDS),
                "outcome": random.choice(OUTCOMES),
                "decided_on": day_of(decided),
                "decided_year": decided.year,
                "places": places,
                "groups": groups,
                "words": " ".join((ref, title, SUMMARY, *places, *groups)).casefold(),
            },
        )
        for facet, labels in ((GROUP, groups), (PLACE, places)):
            for label in labels:
                yield EditionFacet, {"edition_id": number, "facet": facet, "label": label}
