"""What is frozen of listening: the log, who was heard, commitments; and a name that is taken back."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.vocabulary import Gate, HeadCount, Naming
from ehiia.services import commitments, engagement, freezing, voices
from ehiia.services.engagement import Entry
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.store.assessments import Assessment
from ehiia.store.engagement import EngagementVoice
from tests import people, writing
from tests.people import Cast


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    made = writing.writing(cast, now)
    writing.affected(made, cast, now, access=writing.WORSE)
    entry = Entry(
        on_date=date(2026, 2, 10),
        channel="drop_in",
        place="Harwich",
        heard={"disability": HeadCount.UNDER_10},
        said="Buses stop at six.",
    )
    engagement.add(made, entry, by=cast.amina, now=now)
    voices.add(made, 1, naming=Naming.FIRST_NAME, named_as="Leila", by=cast.amina, now=now)
    return made


def frozen(ref: str, cast: Cast, now: datetime) -> str:
    with transaction() as session:
        assessment = session.scalars(select(Assessment).where(Assessment.ref == ref)).one()
        return freezing.freeze(session, assessment, Gate.SUBMITTED, by=cast.amina, now=now).text


def id_of(ref: str) -> int:
    return read().scalars(select(Assessment.id).where(Assessment.ref == ref)).one()


def test_the_log_and_who_was_heard_are_frozen_in_words(ref: str, cast: Cast, now: datetime) -> None:
    with transaction() as session:
        assessment = session.scalars(select(Assessment).where(Assessment.ref == ref)).one()
        commitments.add(
            session,
            assessment,
            what="Come back",
            source="Paper 7",
            owner_id=cast.helen,
            by=cast.amina,
            now=now,
        )
    snapshot = freezing.thaw_snapshot(frozen(ref, cast, now))
    (entry,) = snapshot.engagement
    assert (entry.ref, entry.channel, entry.who) == (
        "Engagement 1",
        "Drop-in or stall",
        ("Disability: fewer than 10",),
    )
    assert entry.named == ("Leila",)
    (row,) = snapshot.reach
    assert (row.label, row.worse, row.heard, row.where) == (
        "Disability",
        True,
        "Heard once, fewer than 10 people",
        ("Engagement 1",),
    )
    (promise,) = snapshot.commitments
    assert (promise.ref, promise.owner, promise.state) == ("Commitment 1", "Helen Marsh", "Not said yet")


def test_what_was_frozen_before_there_was_a_log_still_thaws(ref: str, cast: Cast, now: datetime) -> None:
    content = json.loads(frozen(ref, cast, now))
    for name in ("engagement", "reach", "commitments", "public_comments"):
        del content[name]
    assert freezing.thaw_snapshot(json.dumps(content)).engagement == ()


def test_a_name_taken_back_is_gone_and_what_was_frozen_says_so(ref: str, cast: Cast, now: datetime) -> None:
    text = frozen(ref, cast, now)
    later = now + timedelta(days=9)
    voice = voices.of_assessment(id_of(ref))[1][0]
    assert not voices.withdrawn_since(id_of(ref), now)
    voices.withdraw(ref, 1, voice.id, by=cast.amina, now=later)
    voices.withdraw(ref, 1, voice.id, by=cast.amina, now=later)
    assert read().scalars(select(EngagementVoice.named_as)).all() == [""]
    assert voices.withdrawn_since(id_of(ref), now)
    assert freezing.thaw_snapshot(text).engagement[0].named == ("Leila",)
    again = freezing.thaw_snapshot(frozen(ref, cast, later))
    assert again.engagement[0].named == ("Somebody who chose not to be named",)


def test_a_name_is_kept_only_as_it_was_chosen(ref: str, cast: Cast, now: datetime) -> None:
    for naming, given in (
        (Naming.NOT_AT_ALL, "Leila"),
        (Naming.BY_NAME, " "),
        (Naming.FIRST_NAME, "Leila Haddad"),
        (Naming.GROUP_ONLY, "x" * 301),
    ):
        with pytest.raises(Invalid) as refused:
            voices.add(ref, 1, naming=naming, named_as=given, by=cast.amina, now=now)
        assert set(refused.value.errors) == {"named_as"}
