"""A full audit in a real browser: from the programme to the sealed report and a pack that was verified."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ehiia import clock
from ehiia.clock import day_of
from ehiia.domain.programmes import Rhythm, period_of
from ehiia.domain.schedule import in_full
from ehiia.services import work
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.services.test_programmes import done

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

NAME = "Mitigating actions, every quarter"


@pytest.fixture
def room(town: Town, tmp_path: Path) -> Path:
    """Return the auditor's folder."""
    config = town.server.app.extensions["ehiia.config"]
    town.server.app.extensions["ehiia.config"] = replace(config, audits=tmp_path / "audits")
    return tmp_path / "audits"


def seal_what_waits(town: Town) -> None:
    """Seal the decision of the story. Not in this thread: the browser's event loop runs in it."""

    def seal() -> None:
        with town.inside():
            work.do_due(now=clock.now())

    with ThreadPoolExecutor(1) as aside:
        aside.submit(seal).result()


def test_a_full_audit_from_programme_to_signed_report_and_verified_pack(
    town: Town, room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter = period_of(Rhythm.QUARTERLY, period_of(Rhythm.QUARTERLY, clock.today()).closes_on)
    within = datetime(quarter.first_on.year, quarter.first_on.month, 20, 10, tzinfo=UTC)
    after = datetime(quarter.closes_on.year, quarter.closes_on.month, 2, 10, tzinfo=UTC)

    monkeypatch.setattr(clock, "now", lambda: within)
    dev = town.enter("dev")
    dev.signs_in()
    dev_begins_a_programme(dev)
    with town.inside():
        ref = done(town.cast, within)
    seal_what_waits(town)

    monkeypatch.setattr(clock, "now", lambda: after)
    dev = town.enter("dev")
    dev.signs_in()
    dev_draws_and_audits(dev, f"{ref}-M1")
    finding = dev_writes_a_finding(dev)
    daniel = town.enter("daniel", narrow=True)
    daniel.signs_in()
    daniel_answers(daniel, finding, after + timedelta(days=60))
    dev_gives_an_opinion(dev)
    pdf, packed = dev_prepares_report_and_pack(dev)

    report_ref = f"EHIIA-AUD-{day_of(after).year}-01"
    written = room / str(day_of(after).year) / report_ref
    assert (written / "report.pdf").read_bytes() == pdf
    assert (written / "records" / f"{ref}-D1.pdf").is_file()
    (tmp_path / "pack.zip").write_bytes(packed)
    for pack in (written, tmp_path / "pack.zip"):
        told = town.server.app.test_cli_runner().invoke(args=["audits", "verify", str(pack)])
        assert told.exit_code == 0, told.output
        assert f"{report_ref}: everything holds." in told.output
    (written / "findings.csv").write_text("nothing")
    told = town.server.app.test_cli_runner().invoke(args=["audits", "verify", str(written)])
    assert told.exit_code == 1
    assert "findings.csv was changed" in told.output

    anybody = town.enter("stranger")
    anybody.goes_to("/verify")
    anybody.hands_over("Signed PDF", {"name": "report.pdf", "mimeType": "application/pdf", "buffer": pdf})
    anybody.presses("Check this file")
    anybody.sees("This report is intact")
    anybody.sees(report_ref)


def dev_begins_a_programme(dev: Person) -> None:
    dev.goes_to("/audits/programmes")
    dev.follows("Begin a programme")
    dev.writes("What is the programme called?", NAME)
    dev.chooses("How often is a sample drawn?", Rhythm.QUARTERLY.label)
    dev.presses("Begin the programme")
    dev.sees("until then nobody knows the seed")


def dev_draws_and_audits(dev: Person, ref: str) -> None:
    dev.goes_to("/audits/programmes")
    dev.follows(NAME)
    dev.presses("Draw the sample")
    dev.sees("0 of 1 item audited")
    dev.sees("Draw the same sample yourself")
    dev.follows("A minibus from the harbour")
    dev.sees(ref)
    dev.is_refused("Finish and give the verdict", "Choose what you found", "Check 11: choose how it came out")
    dev.answers_everything("The rota of every day names who drives.")
    dev.main.get_by_label("How likely is the harm now?").select_option(index=2)
    dev.main.get_by_label("How bad would it be?").select_option(index=2)
    dev.presses("Finish and give the verdict")
    dev.sees("1 of 1 item audited")
    dev.follows("A minibus from the harbour")
    dev.sees("11. Follow-through: met")


def dev_writes_a_finding(dev: Person) -> str:
    dev.follows("Write a finding about it")
    dev.writes("What did you see?", "Half the seats are empty.")
    dev.writes("What should be?", "Forty people a day.")
    dev.writes("What do you recommend?", "Put the times on the door of the surgery.")
    dev.chooses("How much does it matter?", "Medium")
    dev.picks("Who answers it for management?", "Daniel Ashby")
    dev.presses("Keep this finding")
    dev.sees("Waits for an answer")
    return dev.page.url.removeprefix(dev.url)


def daniel_answers(daniel: Person, finding: str, due: datetime) -> None:
    daniel.goes_to(finding)
    daniel.follows("Answer it")
    daniel.chooses("What does management say?", "Accepted")
    daniel.writes("Why, and what will be done?", "They are being printed.")
    daniel.picks("If it is accepted: who puts it right?", "Helen Marsh")
    daniel.dates("If it is accepted: by when?", due.day, due.month, due.year)
    daniel.presses("Keep this answer")
    daniel.sees(in_full(due.date()))


def dev_gives_an_opinion(dev: Person) -> None:
    dev.goes_to("/audits/programmes")
    dev.follows(NAME)
    dev.follows("EHIIA-A")
    dev.follows("Give the opinion on this period")
    dev.answers_everything("Read with the people who do it.")
    dev.presses("Give this opinion")
    dev.sees("It is never changed")


def dev_prepares_report_and_pack(dev: Person) -> tuple[bytes, bytes]:
    dev.follows("The audit of this period")
    dev.sees("1 of 1 item audited")
    dev.follows("Report and pack")
    dev.sees("No report yet")
    dev.presses("Prepare report and pack")
    dev.sees("Every item of the sample")
    dev.sees("Written to")
    return dev.fetches("Save the report"), dev.fetches("Save the evidence pack")
