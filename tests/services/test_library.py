"""The evidence library: shared across assessments, in versions, and never a way to what is restricted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from ehiia.domain.access import Actor
from ehiia.domain.vocabulary import Confidence, Part, ProposalKind, Stage
from ehiia.services import (
    evidence,
    gaps,
    library,
    people,
    practice,
    restriction,
    screening,
    team,
)
from ehiia.services.evidence import Source, Used
from ehiia.services.items import Entry
from ehiia.services.library import Search
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.assessments import Assessment
from ehiia.store.history import History
from ehiia.store.library import EvidenceItemRow, EvidenceVersion, GapRow
from tests import people as cast_of
from tests import writing
from tests.people import Cast

PROFILE = Entry(
    "health_profiles",
    "Profile of deaf people in Suffolk",
    publisher="Public Health Suffolk",
    year="2025",
    place="Suffolk",
    groups=("disability",),
    shows="4,100 people use British Sign Language.",
    link="https://example.org/profile",
)
CENSUS = Source(
    "census", "Census 2021", "ONS", "2021", "One in five is disabled.", strength=Confidence.STRONG
)
ADVICE = Source("legal_advice", "Advice on section 149", "Counsel", "2026", "Weak on the third aim.")


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


def actor(person_id: int, now: datetime) -> Actor:
    found = people.actor_of(person_id, today=now.date())
    read().rollback()
    return found


def titles(cast: Cast, person_id: int, now: datetime, **wanted: Any) -> list[str]:
    page = library.find(cast.organisation_id, Search(**wanted), actor=actor(person_id, now))
    read().rollback()
    return [row.title for row in page.rows]


def used(ref: str) -> list[Used]:
    here = read().scalars(select(Assessment.id).where(Assessment.ref == ref)).one()
    found = evidence.list_of(here)
    read().rollback()
    return found


def test_an_item_is_kept_once_and_used_in_two_assessments(cast: Cast, now: datetime) -> None:
    item = library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    one, other = writing.writing(cast, now), writing.writing(cast, now)
    for ref, strength in ((one, Confidence.STRONG), (other, Confidence.WEAK)):
        evidence.use(ref, item.id, strength=strength, shows_here="", by=cast.amina, now=now)
        evidence.use(ref, item.id, strength=strength, shows_here="", by=cast.amina, now=now)
    assert [(u.title, u.strength, u.number) for u in used(one)] == [(PROFILE.title, Confidence.STRONG, 1)]
    assert [u.strength for u in used(other)] == [Confidence.WEAK]
    found = library.one(item.id, actor=actor(cast.dev, now))
    assert {u.ref for u in found.used_in} == {one, other}
    assert len(read().scalars(select(EvidenceItemRow)).all()) == 1


def test_what_an_assessment_adds_is_in_the_library_for_the_next(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    evidence.add(ref, CENSUS, by=cast.amina, now=now)
    assert titles(cast, cast.helen, now) == ["Census 2021"]


def test_the_library_is_searched_by_words_kind_group_place_and_year(cast: Cast, now: datetime) -> None:
    library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    library.add(cast.organisation_id, Entry("census", "100% of Essex", year="2021"), by=cast.ben, now=now)
    for wanted in (
        {"words": "deaf suffolk"},
        {"words": "british sign"},
        {"words": "PUBLIC health"},
        {"kind": "health_profiles"},
        {"group": "disability"},
        {"place": "suff"},
        {"year": "2025"},
    ):
        assert titles(cast, cast.amina, now, **wanted) == [PROFILE.title], wanted
    for wanted in ({"words": "deaf essex"}, {"group": "disab"}, {"place": "%"}, {"words": "100_"}):
        assert titles(cast, cast.amina, now, **wanted) == [], wanted
    assert titles(cast, cast.amina, now, words="100%") == ["100% of Essex"]


def test_a_change_is_a_new_version_and_those_who_use_it_keep_theirs_until_they_move(
    cast: Cast, now: datetime
) -> None:
    item = library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    ref = writing.writing(cast, now)
    mine = evidence.use(ref, item.id, strength=None, shows_here="", by=cast.amina, now=now)
    newer = Entry("health_profiles", PROFILE.title, shows="4,400 people.", changed="Figures of 2026")
    library.change(item.id, newer, newest=1, by=cast.ben, now=now)
    library.change(item.id, newer, newest=1, by=cast.ben, now=now)  # the form was sent twice
    (still,) = used(ref)
    assert (still.version, still.newest, still.says) == (1, 2, PROFILE.shows)
    evidence.move(ref, mine.id, revision=still.revision, by=cast.amina, now=now)
    (moved,) = used(ref)
    assert (moved.version, moved.says) == (2, "4,400 people.")
    versions = library.one(item.id, actor=actor(cast.amina, now)).versions
    assert [(v.number, v.said.changed, v.by) for v in versions] == [
        (2, "Figures of 2026", "Ben Okoro"),
        (1, "", "Ben Okoro"),
    ]


def test_a_version_says_what_changed_and_the_second_who_writes_is_told(cast: Cast, now: datetime) -> None:
    item = library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    silent = Entry("health_profiles", "Another title")
    with pytest.raises(Invalid) as refused:
        library.change(item.id, silent, newest=1, by=cast.ben, now=now)
    assert set(refused.value.errors) == {"changed"}
    library.change(item.id, Entry("census", "Other", changed="Everything"), newest=1, by=cast.ben, now=now)
    with pytest.raises(Stale):
        library.change(
            item.id, Entry("census", "Mine", changed="The title"), newest=1, by=cast.helen, now=now
        )


def test_nobody_can_change_a_version_behind_the_back_of_those_who_cite_it(cast: Cast, now: datetime) -> None:
    library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    for statement in ("UPDATE evidence_version SET shows = ''", "DELETE FROM evidence_version"):
        with pytest.raises(DBAPIError, match="insert-only"), transaction() as session:
            session.execute(text(statement))


def test_changing_a_source_in_an_assessment_writes_a_version_that_others_may_move_to(
    cast: Cast, now: datetime
) -> None:
    one, other = writing.writing(cast, now), writing.writing(cast, now)
    made = evidence.add(one, CENSUS, by=cast.amina, now=now)
    theirs = evidence.use(other, made.item_id, strength=None, shows_here="", by=cast.amina, now=now)
    said = Source("census", "Census 2021, table 38", "ONS", "2021", "One in six.", strength=Confidence.WEAK)
    evidence.change(one, made.id, said, revision=1, by=cast.amina, now=now)
    assert [(u.title, u.version, u.strength) for u in used(one)] == [(said.title, 2, Confidence.WEAK)]
    (behind,) = used(other)
    assert (behind.title, behind.version, behind.newest) == ("Census 2021", 1, 2)
    with pytest.raises(Invalid) as refused:
        evidence.change(
            other, theirs.id, Source("census", "Third"), revision=theirs.revision, by=cast.amina, now=now
        )
    assert "Move to it first" in refused.value.errors["title"]
    judged = Source("census", "Census 2021", "ONS", "2021", CENSUS.shows, strength=Confidence.MODERATE)
    evidence.change(other, theirs.id, judged, revision=theirs.revision, by=cast.amina, now=now)
    (same,) = used(other)
    assert (same.version, same.strength) == (1, Confidence.MODERATE), "judging it anew writes no version"


def test_a_retired_item_is_not_offered_and_those_who_use_it_are_told(cast: Cast, now: datetime) -> None:
    item = library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    ref, later = writing.writing(cast, now), writing.writing(cast, now)
    evidence.use(ref, item.id, strength=None, shows_here="", by=cast.amina, now=now)
    with pytest.raises(Invalid):
        library.retire(item.id, reason=" ", by=cast.ben, now=now)
    library.retire(item.id, reason="The figures were wrong.", by=cast.ben, now=now)
    assert titles(cast, cast.amina, now) == []
    assert titles(cast, cast.amina, now, retired=True) == [PROFILE.title]
    assert [u.retired_reason for u in used(ref)] == ["The figures were wrong."]
    with pytest.raises(Refused):
        evidence.use(later, item.id, strength=None, shows_here="", by=cast.amina, now=now)
    library.bring_back(item.id, by=cast.ben, now=now)
    assert titles(cast, cast.amina, now) == [PROFILE.title]


def test_readers_and_auditors_read_the_library_and_change_nothing(cast: Cast, now: datetime) -> None:
    item = library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    assert titles(cast, cast.dev, now) == [PROFILE.title]
    for act in (
        lambda: library.add(cast.organisation_id, PROFILE, by=cast.dev, now=now),
        lambda: library.change(item.id, PROFILE, newest=1, by=cast.dev, now=now),
        lambda: library.retire(item.id, reason="No.", by=cast.dev, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_organisation_sees_nothing_of_it(cast: Cast, now: datetime) -> None:
    item = library.add(cast.organisation_id, PROFILE, by=cast.ben, now=now)
    assert titles(cast, cast.esther, now) == []
    for act in (
        lambda: library.one(item.id, actor=actor(cast.esther, now)),
        lambda: library.change(item.id, PROFILE, newest=1, by=cast.esther, now=now),
    ):
        with pytest.raises(NotFound):
            act()
    read().rollback()


def test_what_belongs_to_a_restricted_assessment_only_is_not_there_for_others(
    cast: Cast, now: datetime
) -> None:
    ref = writing.writing(cast, now)
    made = evidence.add(
        ref, Source("workforce", "Staff by age", upload=Upload("a.txt", b"Nine.")), by=cast.amina, now=now
    )
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    assert titles(cast, cast.amina, now) == ["Staff by age"]
    for person in (cast.ben, cast.carol, cast.dev, cast.farah, cast.esther):
        assert titles(cast, person, now) == []
        with pytest.raises(NotFound):
            library.one(made.item_id, actor=actor(person, now))
        with pytest.raises(NotFound):
            library.file_of(made.item_id, 1, actor=actor(person, now))
    read().rollback()
    other = writing.writing(cast, now)
    evidence.use(other, made.item_id, strength=None, shows_here="", by=cast.amina, now=now)
    assert titles(cast, cast.ben, now) == ["Staff by age"], "it is used in an open assessment too"
    assert [u.ref for u in library.one(made.item_id, actor=actor(cast.ben, now)).used_in] == [other]
    read().rollback()
    evidence.take_out(other, used(other)[0].id, by=cast.amina, now=now)
    assert titles(cast, cast.ben, now) == []


def test_the_history_of_all_does_not_name_what_an_assessment_added(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = evidence.add(ref, Source("workforce", "Staff by age"), by=cast.amina, now=now)
    library.retire(made.item_id, reason="Wrong.", by=cast.amina, now=now)
    found = read().execute(
        text(
            "SELECT b.text FROM history_body b JOIN history h ON h.id = b.history_id WHERE h.verb LIKE 'ev%'"
        )
    )
    assert [row.text for row in found] == ["{}"]
    assert read().scalar(select(func.count()).where(History.verb == "evidence_retired")) == 1


def test_legal_advice_stays_with_those_who_may_read_its_assessment(cast: Cast, now: datetime) -> None:
    ref, other = writing.writing(cast, now), writing.writing(cast, now)
    made = evidence.add(ref, ADVICE, by=cast.amina, now=now)
    assert made.privileged
    with pytest.raises(Refused):
        evidence.use(other, made.item_id, strength=None, shows_here="", by=cast.amina, now=now)
    with pytest.raises(Invalid):
        library.add(cast.organisation_id, Entry("legal_advice", "Advice"), by=cast.ben, now=now)
    with pytest.raises(Invalid):
        evidence.change(
            ref, made.id, Source("other", "Advice on section 149"), revision=1, by=cast.amina, now=now
        )
    team.invite(ref, person_id=cast.esther, part=Part.CONTRIBUTOR, expertise="", by=cast.amina, now=now)
    restriction.restrict(ref, reason="Privileged.", until_on=None, by=cast.amina, now=now)
    assert titles(cast, cast.esther, now) == [ADVICE.title], "she takes part"
    assert titles(cast, cast.ben, now) == []


def test_a_link_is_an_address_and_a_group_is_one_of_the_list(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        library.add(
            cast.organisation_id,
            Entry("census", "x", link="javascript:alert(1)", groups=("martians",), year="2" * 41),
            by=cast.ben,
            now=now,
        )
    assert set(refused.value.errors) == {"link", "groups", "year"}


def test_a_file_stays_with_its_version(cast: Cast, now: datetime) -> None:
    first = Upload("table.csv", b"a,b\n1,2\n")
    item = library.add(cast.organisation_id, Entry("census", "Table", upload=first), by=cast.ben, now=now)
    for entry in (
        Entry("census", "Table", upload=Upload("new.csv", b"a,b\n3,4\n"), changed="New figures"),
        Entry("census", "Table 2", changed="Title"),
        Entry("census", "Table 2", drop_file=True, changed="No file"),
    ):
        newest = read().scalars(select(EvidenceItemRow.newest)).one()
        read().rollback()
        library.change(item.id, entry, newest=newest, by=cast.ben, now=now)
    here = actor(cast.amina, now)
    assert library.file_of(item.id, 1, actor=here) == ("table.csv", first.data)
    assert library.file_of(item.id, 2, actor=here) == ("new.csv", b"a,b\n3,4\n")
    assert library.file_of(item.id, 3, actor=here) == ("new.csv", b"a,b\n3,4\n")
    with pytest.raises(NotFound):
        library.file_of(item.id, 4, actor=here)
    numbers = read().scalars(select(EvidenceVersion.number).order_by(EvidenceVersion.number)).all()
    assert numbers == [1, 2, 3, 4]


def test_a_program_in_a_document_is_refused_and_nothing_is_kept(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        library.add(
            cast.organisation_id,
            Entry("census", "Table", upload=Upload("minutes.pdf", b"MZ\x90")),
            by=cast.ben,
            now=now,
        )
    assert "is not a PDF" in refused.value.errors["upload"]
    assert read().scalars(select(EvidenceItemRow)).all() == []


def test_an_ended_assessment_does_not_change_what_it_uses(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    made = evidence.add(ref, CENSUS, by=cast.amina, now=now)
    with transaction() as session:
        session.scalars(select(Assessment).where(Assessment.ref == ref)).one().stage = Stage.IN_FORCE
    with pytest.raises(NotAllowed):
        evidence.move(ref, made.id, revision=1, by=cast.amina, now=now)


def test_what_somebody_practises_with_is_theirs_alone_and_goes_with_the_practice(
    cast: Cast, now: datetime
) -> None:
    ref = practice.start(
        "To learn", ProposalKind.POLICY, organisation_id=cast.organisation_id, by=cast.amina, now=now
    ).ref
    writing.answer_screening(ref, cast, now, worse_off="yes")
    screening.finish(ref, by=cast.amina, now=now)
    made = evidence.add(ref, CENSUS, by=cast.amina, now=now)
    gaps.add(ref, gaps.Unknown("How many"), by=cast.amina, now=now)
    assert titles(cast, cast.amina, now) == titles(cast, cast.ben, now) == []
    assert library.one(made.item_id, actor=actor(cast.amina, now)).newest.title == "Census 2021"
    with pytest.raises(NotFound):
        library.one(made.item_id, actor=actor(cast.ben, now))
    read().rollback()
    practice.throw_away(ref, by=cast.amina, now=now)
    with pytest.raises(NotFound):
        library.one(made.item_id, actor=actor(cast.amina, now))
    assert [row.unknown for row in read().scalars(select(GapRow))] == [""]
