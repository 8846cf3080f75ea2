"""A practice assessment works like any other, and appears nowhere but with its author."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import aliased

from ehiia.clock import day_of
from ehiia.domain.access import PRACTISED, RULES
from ehiia.domain.vocabulary import Claim, Part, Permission, ProposalKind, Stage
from ehiia.services import (
    advice,
    evidence,
    mitigations,
    people,
    practice,
    screening,
    sight,
    submission,
    team,
)
from ehiia.services.answering import Given, save_page
from ehiia.services.mitigations import Promise
from ehiia.services.reminders import would_remind
from ehiia.services.transaction import NotAllowed, NotFound, Refused, read
from ehiia.store.answers import Answer, MitigationRow
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.duties import MailRow, Notice
from ehiia.store.practice import WITH_PRACTICE
from tests import writing
from tests.people import ROLES, Cast
from tests.web.conftest import Browsers, Clock, soup, words
from tests.web.filling import fill

TITLE = "Zebra crossings for outpatients"
ACTION = "Paint the stripes by hand"
EVERYBODY = (*ROLES, "esther")


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    """Amina's practice with an adverse impact, an overdue action that Helen owns, and answers."""
    with app.app_context():
        long_ago = now - timedelta(days=90)
        kind = ProposalKind.SERVICE_CHANGE
        made = practice.start(
            TITLE, kind, organisation_id=cast.organisation_id, by=cast.amina, now=long_ago
        ).ref
        writing.answer_screening(made, cast, long_ago, worse_off="yes")
        screening.finish(made, by=cast.amina, now=long_ago)
        writing.affected(made, cast, long_ago, access=writing.WORSE)
        mitigations.add(
            made,
            Promise(
                what=ACTION, owner_id=cast.helen, due_on=day_of(now) - timedelta(days=30), measure="Stripes"
            ),
            by=cast.amina,
            now=long_ago,
        )
        save_page(made, answers={"problem": Given(TITLE)}, by=cast.amina, now=long_ago)
        source = evidence.Source("census", TITLE, "ONS", "2021", "Who crosses.")
        evidence.add(made, source, by=cast.amina, now=long_ago)
        return made


def lists(app: Flask) -> Iterator[str]:
    """Yield every address that needs no value: lists, queues, registers, reports, exports."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "security.logout":
            yield rule.rule


def pages(app: Flask, ref: str) -> Iterator[str]:
    """Yield the address of every page of one assessment."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments == {"ref"}:
            yield rule.rule.replace("<ref>", ref)


@pytest.mark.parametrize("name", EVERYBODY)
def test_it_is_on_no_list_of_anybody(
    app: Flask, as_: Browsers, standing_clock: Clock, ref: str, name: str
) -> None:
    browser = as_(name)
    for path in lists(app):
        if (name, path) == ("amina", "/practice"):
            continue
        answer = browser.get(path)
        for secret in (TITLE, ref, ACTION):
            assert secret.encode() not in answer.data, path
    for query in ("words=Zebra", "words=" + ref, "tab=shared", "mine=1"):
        answer = browser.get(f"/assessments?{query}")
        assert not soup(answer).select(f'a[href*="{ref}"]'), query


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "amina"])
def test_nobody_else_opens_a_page_of_it(
    app: Flask, as_: Browsers, standing_clock: Clock, ref: str, name: str
) -> None:
    browser = as_(name)
    for path in (*pages(app, ref), f"/mitigations/{ref}-M1"):
        assert browser.get(path).status_code in (403, 404), path
        assert TITLE.encode() not in browser.get(path).data


def test_its_author_opens_it_and_every_page_says_that_it_is_practice(
    app: Flask, as_: Browsers, standing_clock: Clock, ref: str
) -> None:
    amina, opened = as_("amina"), []
    for path in pages(app, ref):
        answer = amina.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            opened.append(path)
            assert "Practice. Only you see this." in words(answer), path
    assert {f"/a/{ref}", f"/a/{ref}/matrix", f"/a/{ref}/duties", f"/a/{ref}/check-answers"} <= set(opened)
    for path in (f"/a/{ref}/section/proposal", f"/a/{ref}/group/disability", f"/mitigations/{ref}-M1"):
        assert "Practice. Only you see this." in words(amina.get(path)), path


def test_every_link_of_its_pages_leads_its_author_somewhere(
    as_: Browsers, standing_clock: Clock, ref: str
) -> None:
    amina, tried = as_("amina"), set()
    for path in (f"/a/{ref}", f"/a/{ref}/section/evidence", f"/a/{ref}/section/mitigations"):
        for link in soup(amina.get(path)).select("main a[href^='/']"):
            tried.add(str(link["href"]).partition("#")[0])
    wrong = {link: amina.get(link).status_code for link in tried if amina.get(link).status_code != 200}
    assert not wrong
    assert any("/evidence/" in link for link in tried)


def test_a_real_assessment_does_not_say_so(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    with app.app_context():
        real = writing.started(cast, standing_clock.now)
    assert "Only you see this" not in words(as_("amina").get(f"/a/{real}"))


def test_amina_starts_one_answers_and_sees_what_is_missing(
    as_: Browsers, cast: Cast, standing_clock: Clock
) -> None:
    amina = as_("amina")
    answer = fill(amina, "/practice", {"title": "A trial run", "kind": "closure"})
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert "-PRACTICE-" in where
    assert fill(amina, "/practice", {"title": "", "kind": "closure"}).status_code == 400
    page = amina.get("/practice")
    assert "A trial run" in words(page)
    assert soup(page).find("a", href=where)
    assert amina.get(where).status_code == 200


def test_missing_answers_are_listed_in_it_as_in_any_other(
    as_: Browsers, standing_clock: Clock, ref: str
) -> None:
    tree = soup(as_("amina").get(f"/a/{ref}"))
    assert tree.select_one('a[href$="/section/proposal#q-still_open"]')
    assert not tree.select_one('a[href$="/section/proposal#q-problem"]')
    saved = fill(as_("amina"), f"/a/{ref}/section/proposal", {"q-still_open": "Everything."})
    assert saved.status_code == 303


def test_it_takes_no_number_from_the_real_ones(app: Flask, cast: Cast, now: datetime, ref: str) -> None:
    with app.app_context():
        assert writing.started(cast, now).endswith("-001")
    assert ref.endswith("-001")


def test_nobody_is_told_anything_of_it(app: Flask, cast: Cast, now: datetime, ref: str) -> None:
    with app.app_context():
        assert read().scalar(select(func.count()).select_from(Notice)) == 0
        assert read().scalar(select(func.count()).select_from(MailRow)) == 0
        assert not [one for one in would_remind(now=now) if ref in repr(one)]


def test_it_goes_to_nobody(app: Flask, cast: Cast, now: datetime, ref: str) -> None:
    with app.app_context():
        actor = people.actor_of(cast.amina, today=day_of(now))
        seen = sight.see(ref, Permission.READ, actor=actor)
        for permission in Permission:
            if permission not in PRACTISED and permission in RULES:
                ruling = seen.may(permission)
                assert not ruling, permission
        with pytest.raises((Refused, submission.NotReady)):
            submission.submit(ref, declared=True, by=cast.amina, now=now)
        with pytest.raises(Refused):
            advice.ask(ref, question="Is this right?", by=cast.amina, now=now)
        with pytest.raises(NotAllowed):
            team.invite(ref, person_id=cast.helen, part=Part.CONTRIBUTOR, by=cast.amina, now=now)


def test_a_practice_without_effects_asks_no_equality_lead_to_confirm(
    app: Flask, cast: Cast, now: datetime
) -> None:
    with app.app_context():
        made = practice.start(
            TITLE, ProposalKind.POLICY, organisation_id=cast.organisation_id, by=cast.amina, now=now
        ).ref
        writing.answer_screening(made, cast, now)
        with pytest.raises(Refused, match="In a real one an equality lead would"):
            screening.finish(made, by=cast.amina, now=now)
        seen = sight.see(made, Permission.READ, actor=people.actor_of(cast.amina, today=day_of(now)))
        assert seen.assessment.stage is Stage.SCREENING


def test_its_author_throws_it_away_and_what_was_written_is_gone(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock, ref: str
) -> None:
    amina = as_("amina")
    with app.app_context():
        here = read().scalar(
            select(Assessment.id).where(Assessment.ref == ref).execution_options(**{WITH_PRACTICE: True})
        )
    assert fill(amina, f"/a/{ref}/throw-away", {}).status_code == 303
    assert amina.get(f"/a/{ref}").status_code == 404
    assert TITLE not in words(amina.get("/practice"))
    with app.app_context():
        assert read().scalar(select(func.count()).where(Answer.assessment_id == here)) == 0
        assert read().scalars(
            select(MitigationRow.what).where(MitigationRow.assessment_id == here)
        ).all() == [""]
        assert read().scalar(select(Participant.ended_at).where(Participant.assessment_id == here))


def test_a_real_assessment_cannot_be_thrown_away(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    with app.app_context():
        real = writing.started(cast, standing_clock.now)
        with pytest.raises(Refused):
            practice.throw_away(real, by=cast.amina, now=standing_clock.now)
    assert as_("amina").get(f"/a/{real}/throw-away").status_code == 404


def test_nobody_keeps_more_than_a_few(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        for _ in range(practice.MOST):
            practice.start(
                TITLE, ProposalKind.POLICY, organisation_id=cast.organisation_id, by=cast.amina, now=now
            )
        with pytest.raises(Refused):
            practice.start(
                TITLE, ProposalKind.POLICY, organisation_id=cast.organisation_id, by=cast.amina, now=now
            )


def test_a_query_that_does_not_ask_for_practice_never_meets_it(app: Flask, cast: Cast, ref: str) -> None:
    other = aliased(Assessment)
    with app.app_context():
        plain: list[Any] = [
            select(Assessment.ref),
            select(Assessment),
            select(func.count(Assessment.id)),
            select(other.ref),
            select(MitigationRow.ref).join(Assessment, Assessment.id == MitigationRow.assessment_id),
            select(Participant.person_id).where(Participant.assessment_id.in_(select(Assessment.id))),
            select(union_all(select(Assessment.id), select(other.id)).subquery().c.id),
            union_all(select(Assessment.id), select(other.id)),
        ]
        for query in plain:
            assert [row for row in read().execute(query).scalars() if row] == [], query
            asked = query.execution_options(**{WITH_PRACTICE: True})
            assert [row for row in read().execute(asked).scalars() if row], query


def test_somebody_who_owns_an_action_of_it_cannot_claim_it(
    app: Flask, cast: Cast, now: datetime, ref: str
) -> None:
    with app.app_context(), pytest.raises(NotFound):
        mitigations.claim(f"{ref}-M1", Claim.DONE, note_text="Done.", by=cast.helen, now=now)
