"""A process is killed in the middle of its work: nothing is half done, and the next run ends it once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from flask import Flask
from sqlalchemy import func, select

from ehiia.config import Config
from ehiia.documents.signing.verify import verify
from ehiia.domain.vocabulary import SealState
from ehiia.extensions import db
from ehiia.services import answering, history, recorded, sealing, verifying, work
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.transaction import read
from ehiia.services.work import LEASE, Done
from ehiia.store.decisions import RecordFile, RecordRow
from ehiia.store.history import History
from ehiia.store.people import SigningKey
from tests import factories
from tests.factories import current
from tests.people import Cast, gather

pytestmark = pytest.mark.slow  # each test starts a process that loads the whole application

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]
DONE = ("sealed", "signed", "closed_file")
QUESTIONS = ("problem", "options")


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def killed(config: Config, **task: Any) -> None:
    """Let another process do the task; it must end by SIGKILL, neither earlier by a mistake nor normally."""
    db.session.rollback()
    task |= {"instance": str(config.instance), "database": config.database_url}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.services.dying", json.dumps(task)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, f"it ended with {ended.returncode}: {ended.stderr}"


def chain_holds(cast: Cast) -> bool:
    broken = history.verify_chain(cast.organisation_id)
    db.session.rollback()
    return broken == []


def verbs(ref: str) -> list[str]:
    subject = f"assessment:{current(ref).id}"
    found = list(read().scalars(select(History.verb).where(History.subject == subject).order_by(History.seq)))
    db.session.rollback()
    return found


# -- saving ---------------------------------------------------------------------------------------


def saved(ref: str) -> dict[str, Any]:
    db.session.rollback()
    page = page_of(current(ref))
    db.session.rollback()
    return {key: page.values.get(key) for key in QUESTIONS}


def kill_amina(cast: Cast, ref: str, config: Config, now: datetime, moment: str) -> None:
    """Amina saves two answers; her process dies at the moment named."""
    killed(
        config,
        work="save",
        dies=[moment, 1],
        ref=ref,
        answers={key: ["Anew.", 1] for key in QUESTIONS},
        by=cast.amina,
        now=(now + 2 * MINUTE).isoformat(),
    )


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    made = factories.screened(cast, now)
    first = {key: Given("As it was.") for key in QUESTIONS}
    answering.save_page(made, answers=first, by=cast.amina, now=now + MINUTE)
    return made


def test_a_save_that_is_killed_before_its_commit_never_was_and_can_be_done_again(
    cast: Cast, ref: str, config: Config, now: datetime
) -> None:
    before = verbs(ref)
    kill_amina(cast, ref, config, now, "before_commit")
    assert saved(ref) == dict.fromkeys(QUESTIONS, "As it was.")
    assert verbs(ref) == before
    assert chain_holds(cast)

    again = {key: Given("Typed again.", 1) for key in QUESTIONS}
    found = answering.save_page(ref, answers=again, by=cast.amina, now=now + 3 * MINUTE)
    assert (found.changed, dict(found.conflicts)) == (2, {})
    assert saved(ref) == dict.fromkeys(QUESTIONS, "Typed again.")
    assert chain_holds(cast)


def test_a_save_that_is_killed_after_its_commit_is_there_whole(
    cast: Cast, ref: str, config: Config, now: datetime
) -> None:
    before = verbs(ref)
    kill_amina(cast, ref, config, now, "after_commit")
    assert saved(ref) == dict.fromkeys(QUESTIONS, "Anew.")
    assert verbs(ref) == [*before, "answers_changed"]
    assert chain_holds(cast)


# -- sealing --------------------------------------------------------------------------------------

# Transactions of the scheduler: it claims, makes the keys, seals, signs, closes, marks it as done.
MOMENTS = {
    "the first file is half written": ("writing_file", 1),
    "sealed, but the row is not there": ("after_file", 1),
    "sealed and not signed": ("after_commit", 3),
    "the second file is half written": ("writing_file", 2),
    "signed, but the row is not there": ("after_file", 2),
    "signed and not closed": ("after_commit", 4),
    "the third file is half written": ("writing_file", 3),
    "closed, but the row is not there": ("after_file", 3),
    "closed, but not marked as done": ("after_commit", 5),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sealing_that_is_killed_is_ended_once_by_the_next_run(
    cast: Cast, config: Config, now: datetime, moment: str
) -> None:
    ref, record = factories.decided(cast, now)
    ring = now + timedelta(hours=6)
    what, number = MOMENTS[moment]
    killed(config, work="do_due", dies=[what, number], now=ring.isoformat())

    db.session.rollback()
    assert current(ref).stage.value == "in_force"  # the decision stands meanwhile
    assert chain_holds(cast)
    assert work.do_due(now=ring + MINUTE) == Done()  # for all we know it is still being done
    assert work.do_due(now=ring + LEASE + MINUTE) == Done(done=1)
    assert work.do_due(now=ring + 3 * LEASE) == Done()
    sealed_once_and_whole(cast, config, ref, record)


def sealed_once_and_whole(cast: Cast, config: Config, ref: str, record: RecordRow) -> None:
    db.session.rollback()
    kept = recorded.find_record(ref=record.ref)
    assert kept.state is SealState.SIGNED
    assert [file.step for file in kept.files] == [1, 2, 3]
    files = sealing.signed_files()
    for file in kept.files:
        found = verifying.check_file(files.get(file.storage_key))
        assert (found.file.intact, found.file.trusted, found.ours) == (True, True, True), file.storage_key
    roots = tuple(x509.load_pem_x509_certificate(pem.encode()) for pem in sealing.roots(read()))
    last = verify(files.get(kept.files[-1].storage_key), trusted=roots)
    assert [one.at for one in last.signatures] == [file.signed_at for file in kept.files]
    assert [verb for verb in verbs(ref) if verb in DONE] == list(DONE)
    names = {path.name for path in files.root.iterdir() if path.name.startswith(record.ref)}
    assert names == {f"{record.ref}.{step}.pdf" for step in (1, 2, 3)}
    files_of = select(func.count()).select_from(RecordFile).where(RecordFile.record_id == record.id)
    rows = read().scalar(files_of)
    keys = sorted(read().scalars(select(SigningKey.purpose)))
    db.session.rollback()
    assert rows == 3
    assert keys == ["clock", "root", "seal"]
    assert chain_holds(cast)
