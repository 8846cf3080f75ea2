"""Opinions on assurance: kept as a draft, given once by somebody independent, corrected by a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from ehiia.domain.assurance import Degree, GradeCount, OpinionWords
from ehiia.domain.vocabulary import Attested, Role
from ehiia.services import answering_findings as writing_findings
from ehiia.services import assurance, history, opinions, organisations, people
from ehiia.services.opinions import Writing
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Stale, transaction
from ehiia.store.auditing import CaseRow
from ehiia.store.decisions import AttestationRow
from ehiia.store.people import Post
from tests.people import Cast
from tests.services.test_cases import WHOLE as AUDITED
from tests.services.test_cases import case, cast, told
from tests.services.test_cases import save as audit
from tests.services.test_findings import given as finding
from tests.services.test_programmes import APRIL

__all__ = ["case", "cast"]

WHOLE = OpinionWords(
    design="Moderate",
    design_reasons="Every step has an owner; nobody checks who was asked.",
    operation="Limited",
    operation_reasons="Two of five were checked after the decision.",
    scope="The first quarter, from screening to review.",
    rests_on="The sample, and talks with four authors.",
    not_looked_at="Restricted assessments.",
)
LATER = APRIL + timedelta(days=3)


def save(
    cast: Cast,
    run_id: int,
    words: OpinionWords = WHOLE,
    revision: int = 0,
    *,
    give: bool = True,
    by: str = "dev",
    now: datetime = APRIL,
) -> str:
    return opinions.save(
        run_id,
        words,
        revision=revision,
        give=give,
        organisation_id=cast.organisation_id,
        by=cast.ids[by],
        now=now,
    )


def seen(cast: Cast, run_id: int, who: str = "dev") -> Writing:
    actor = people.actor_of(cast.ids[who], today=APRIL.date())
    return opinions.writing(run_id, organisation_id=cast.organisation_id, actor=actor)


def post(person_id: int, cast: Cast, role: Role, *, starts_on: date, ends_on: date | None = None) -> None:
    with transaction() as session:
        session.add(
            Post(
                person_id=person_id,
                organisation_id=cast.organisation_id,
                role=role,
                starts_on=starts_on,
                ends_on=ends_on,
            )
        )


def test_dev_gives_an_opinion_once_with_the_figures_of_that_day(cast: Cast, case: CaseRow) -> None:
    audit(case, AUDITED, 1, cast.dev, finish=True)
    for about, grade_ in ((case.id, {}), (None, {"condition": "No rule says who checks the checks."})):
        writing_findings.raise_finding(
            finding(cast, **grade_),
            case_id=about,
            organisation_id=cast.organisation_id,
            by=cast.dev,
            now=APRIL,
        )
    ref = save(cast, case.run_id)
    assert ref == "EHIIA-O2026-001"
    assert save(cast, case.run_id) == ref  # the form was sent twice
    (given,) = opinions.of_run(case.run_id)
    assert given == opinions.one_of(cast.organisation_id, ref)
    assert opinions.list_of(cast.organisation_id) == (given,)
    assert given.words == WHOLE
    assert (given.by, given.at, given.stands) == ("Dev Patel", APRIL, True)
    assert (given.run_ref, given.period.name()) == ("EHIIA-A2026-001", "January to March 2026")
    assert given.meaning("Moderate") == "It is sound on the whole, with some weakness."
    basis = given.basis
    assert (basis.draw, basis.could, basis.drawn, basis.audited) == (1, 1, 1, 1)
    assert basis.results == (("Working", 1),)
    assert basis.findings[0] == GradeCount("High", 1, 1, 2)
    past = history.of_subject(f"programme:{seen(cast, case.run_id).run.programme_id}").entries
    assert "design “Moderate”, operation “Limited”" in past[0].sentence
    assert told("opinion_given") == {"Ben Okoro", "Ivan Petrov", "Carol Whitfield", "Daniel Ashby"}


def test_a_draft_is_kept_with_gaps_and_nobody_is_told(cast: Cast, case: CaseRow) -> None:
    begun = OpinionWords(scope="The first quarter.")
    assert save(cast, case.run_id, begun, give=False) == ""
    assert (seen(cast, case.run_id).words, seen(cast, case.run_id).revision) == (begun, 1)
    with pytest.raises(Stale):
        save(cast, case.run_id, give=False)
    with pytest.raises(Invalid) as refused:
        save(cast, case.run_id, begun, 1)
    assert "not_looked_at" in refused.value.errors
    assert not told("opinion_given")
    assert save(cast, case.run_id, revision=1)
    assert seen(cast, case.run_id).words == OpinionWords()  # what was given is no draft any more


def test_who_has_or_had_equality_lead_duties_gives_none(cast: Cast, case: CaseRow, now: datetime) -> None:
    save(cast, case.run_id, OpinionWords(scope="Mine."), give=False)
    for who in ("ben", "ivan"):
        with pytest.raises(NotAllowed, match="Only an auditor"):
            save(cast, case.run_id, by=who)
        assert seen(cast, case.run_id, who).words == OpinionWords()  # a draft is not theirs to read
    with pytest.raises(NotAllowed, match="Your posts"):
        save(cast, case.run_id, by="amina")
    post(cast.ivan, cast, Role.AUDITOR, starts_on=date(2026, 4, 1))  # both at once
    with pytest.raises(NotAllowed, match="You are an equality lead, or were one"):
        save(cast, case.run_id, by="ivan")
    post(cast.helen, cast, Role.AUDITOR, starts_on=date(2026, 4, 1))
    post(cast.helen, cast, Role.EQUALITY_LEAD, starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1))
    with pytest.raises(NotAllowed, match="or were one in this period"):
        save(cast, case.run_id, by="helen")
    with transaction() as session:  # it ended before the period began
        session.execute(
            update(Post)
            .where(Post.person_id == cast.helen, Post.role == Role.EQUALITY_LEAD)
            .values(ends_on=date(2025, 12, 31))
        )
    assert seen(cast, case.run_id, "helen").ruling
    with transaction() as session:
        session.add(
            AttestationRow(
                assessment_id=case.assessment_id, person_id=cast.helen, role="", what=Attested.PASSED, at=now
            )
        )
    with pytest.raises(NotAllowed, match="You checked an assessment in this period"):
        save(cast, case.run_id, by="helen")


def test_it_is_never_changed_and_a_correction_names_it(cast: Cast, case: CaseRow) -> None:
    first = save(cast, case.run_id)
    other = replace(WHOLE, operation="Moderate")
    with pytest.raises(Invalid) as refused:
        save(cast, case.run_id, other, now=LATER)
    assert set(refused.value.errors) == {"correction"}
    second = save(cast, case.run_id, replace(other, correction="I counted wrongly."), now=LATER)
    new, old = opinions.of_run(case.run_id)
    assert (new.ref, new.corrects, new.stands) == (second, first, True)
    assert (old.ref, old.corrected_by, old.words) == (first, second, WHOLE)
    for change in ("UPDATE audit_opinion SET design = 'Substantial'", "DELETE FROM audit_opinion"):
        with pytest.raises(DBAPIError, match="insert-only"), transaction() as session:
            session.execute(text(change))


def test_the_organisation_sets_the_words_and_what_was_given_keeps_its_own(cast: Cast, case: CaseRow) -> None:
    ref = save(cast, case.run_id)
    words = [
        Degree("Reasonable", "It mostly works."),
        Degree(" Partial ", "It partly works."),
        Degree("", ""),
    ]

    def change(revision: int, by: str = "farah", scale: list[Degree] = words) -> None:
        assurance.change(cast.organisation_id, scale, revision=revision, by=cast.ids[by], now=LATER)

    revision = organisations.get(cast.organisation_id).revision
    with pytest.raises(NotAllowed):
        change(revision, by="ben")
    with pytest.raises(Invalid) as refused:
        change(revision, scale=[words[0], Degree("", ""), words[1]])
    assert "without a gap" in refused.value.errors["word_1"]
    change(revision)
    change(revision)  # sent twice
    with pytest.raises(Stale):
        change(revision, scale=[words[1], words[0]])
    assert [degree.word for degree in seen(cast, case.run_id).scale] == ["Reasonable", "Partial"]
    with pytest.raises(Invalid) as refused:
        save(cast, case.run_id, replace(WHOLE, correction="Once more."), now=LATER)
    assert set(refused.value.errors) == {"design", "operation"}
    assert opinions.one_of(cast.organisation_id, ref).scale[0].word == "Substantial"


def test_another_organisation_has_none_of_it(cast: Cast, case: CaseRow) -> None:
    ref = save(cast, case.run_id)
    assert opinions.list_of(cast.other_id) == ()
    with pytest.raises(NotFound):
        opinions.one_of(cast.other_id, ref)
    post(cast.esther, cast, Role.AUDITOR, starts_on=date(2026, 4, 1))
    with pytest.raises(NotFound):
        opinions.save(
            case.run_id,
            WHOLE,
            revision=0,
            give=True,
            organisation_id=cast.other_id,
            by=cast.esther,
            now=LATER,
        )
