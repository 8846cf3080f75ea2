"""What a record rests on: numbered sources, cited by answers and impacts, without legal advice."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.documents.pdf.record import record_document
from ehiia.domain.vocabulary import Confidence, Dimension, Stage
from ehiia.services import answering, checks, evidence, freezing, library, recorded, submission
from ehiia.services.citing import Cited
from ehiia.services.evidence import Source
from ehiia.services.items import Entry
from ehiia.services.transaction import read
from tests import factories, people
from tests.people import Cast

SECRET = "Counsel thinks that the third aim is weak"
TITLE = "Advice of counsel on the tender"


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


def cite(ref: str, cast: Cast, now: datetime, subject: str, **uses: int) -> None:
    cites = {key.replace("_", "-", 1): Cited(frozenset(), frozenset({use})) for key, use in uses.items()}
    answering.save_page(ref, subject=subject, answers={}, cites=cites, by=cast.amina, now=now)


def test_the_record_numbers_its_sources_and_leaves_legal_advice_out(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True)
    advice = evidence.add(
        ref, Source("legal_advice", TITLE, shows=SECRET, strength=Confidence.STRONG), by=cast.amina, now=now
    )
    heard = evidence.add(
        ref,
        Source("lived_experience", "What deaf people said", shows="Text us.", strength=Confidence.STRONG),
        by=cast.amina,
        now=now,
    )
    cite(ref, cast, now, "", q_problem=heard.id)
    cite(ref, cast, now, "", q_problem=advice.id)
    cite(ref, cast, now, "disability", d_access=heard.id)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    assert factories.current(ref).stage is Stage.READY
    frozen = factories.version(ref).text
    assert SECRET not in frozen
    snapshot = freezing.thaw_snapshot(frozen)
    numbers = {item.title: item.number for item in snapshot.evidence}
    assert numbers == {"Census 2021": 1, "What deaf people said": 3}, "numbers stay as on the pages"
    assert (snapshot.evidence_left_out, snapshot.legal_advice) == (1, (TITLE,))
    problem = next(
        one for section in snapshot.sections for one in section.answers if one.question_id == "problem"
    )
    assert problem.sources == (3,)
    group = next(one for one in snapshot.groups if one.code == "disability")
    assert [i.sources for i in group.impacts if i.dimension == Dimension.ACCESS.label] == [(3,)]
    read().rollback()
    made = factories.decide_alone(cast, ref, now)
    record = recorded.find_record(ref=made.ref).record
    said = repr(record_document(record).blocks)
    assert "[3] What deaf people said" in said
    assert "Sources: [3]" in said
    assert "1 source is legal advice, which is privileged and left out." in said
    assert f"cited by title: “{TITLE}”" in said
    assert SECRET not in record.canonical()
    read().rollback()


def test_a_later_version_in_the_library_changes_no_frozen_word(cast: Cast, now: datetime) -> None:
    ref, made = factories.decided(cast, now)
    before = recorded.find_record(ref=made.ref).record.canonical()
    used = evidence.list_of(factories.current(ref).id)[0]
    read().rollback()
    newer = Entry("census", "Census 2031", shows="Other figures.", changed="Ten years on")
    library.change(used.item_id, newer, newest=1, by=cast.ben, now=now)
    assert recorded.find_record(ref=made.ref).record.canonical() == before
    read().rollback()
