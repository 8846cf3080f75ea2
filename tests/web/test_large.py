"""A large assessment costs as many queries as a small one, on every page."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from ehiia.domain.asked import asked_sections
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.transaction import read
from ehiia.store.answers import Answer
from tests import factories, large
from tests.people import Cast
from tests.web.conftest import Browsers, counted

PAGES = ("", "/check-answers", "/matrix", "/self-check", "/duties")


def pages(ref: str) -> list[str]:
    """Return the addresses of the task list, of every section and group, and of what is read as a whole."""
    assessment = factories.current(ref)
    answers = answers_of(read(), assessment)
    sections = asked_sections(question_set_of(assessment), answers)
    read().rollback()
    found = [f"/section/{section.id}" for section in sections if section.kind.value != "group"]
    return [*PAGES, *found, *(f"/group/{group.code}" for group in answers.groups)]


@pytest.mark.slow
def test_the_task_list_and_every_page_ask_as_often_of_a_large_assessment(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        refs = {size: large.make(cast, now, large=size) for size in (False, True)}
        answers = read().scalar(
            select(func.count())
            .select_from(Answer)
            .where(Answer.assessment_id == factories.current(refs[True]).id)
        )
        assert answers is not None
        assert answers >= 150
        addresses = pages(refs[True])
        assert len(addresses) > 30
    amina = as_("amina")
    more = {}
    for address in addresses:
        asked = {}
        for size, ref in refs.items():
            with counted(app) as queries:
                assert amina.get(f"/a/{ref}{address}").status_code == 200
            asked[size] = len(queries)
        if asked[True] > asked[False]:
            more[address] = asked
        assert asked[True] <= 40, address
    assert more == {}
