"""An action stays overdue: the director reads of it in the mail page, the administrator sees that it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import update

from ehiia import clock
from ehiia.content.holidays import bank_holidays
from ehiia.domain.schedule import on_or_after
from ehiia.domain.vocabulary import Claim
from ehiia.services import outbox
from ehiia.services.reminders import remind
from ehiia.services.transaction import transaction
from ehiia.store.answers import MitigationRow
from tests import factories
from tests.journeys.conftest import Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_the_director_reads_that_an_action_is_overdue(town: Town, narrow: bool) -> None:
    app = town.server.app
    app.extensions["ehiia.config"] = replace(app.extensions["ehiia.config"], demonstration=True)
    morning = datetime.combine(on_or_after(clock.today(), bank_holidays()), time(9), tzinfo=UTC)
    with town.inside():
        ref, _ = factories.decided(town.cast, clock.now() - timedelta(hours=4), worse=True)
        with transaction() as session:
            late = update(MitigationRow).values(
                due_on=morning.date() - timedelta(days=20), claim=Claim.ON_TRACK
            )
            session.execute(late.where(MitigationRow.ref == f"{ref}-M1"))
        remind(now=morning)
        outbox.send_due(now=morning, limit=100)
    daniel, farah = town.enter("daniel", narrow=narrow), town.enter("farah", narrow=narrow)
    daniel.signs_in()
    daniel.goes_to("/mail")
    daniel.follows(f"EHIIA: For you as director: mitigating action {ref}-M1 is overdue")
    daniel.sees("20 days ago, and is not done")
    daniel.sees("Please settle with its owner what happens now")
    daniel.goes_to(f"/mitigations/{ref}-M1")
    daniel.sees("verdue")
    daniel.goes_to("/account/messages")
    daniel.chooses("How do you want to be told?", "Everything once a day")
    daniel.presses("Save")
    daniel.sees("Your choice was saved", where="body")
    daniel.goes_to("/account/calendar")
    daniel.presses("Make an address")
    daniel.sees("Copy this address now")

    farah.signs_in()
    farah.goes_to("/organisation/mail?tab=sent")
    farah.sees(f"For you as director: mitigating action {ref}-M1 is overdue")
    farah.does_not_see("Please settle with its owner")
    farah.goes_to("/organisation/reminders")
    farah.sees("To the accountable director after 14")
