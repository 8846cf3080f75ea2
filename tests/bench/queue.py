"""A queue of decided records, sealed one after another as the worker does: does it slow down, does it grow?

The records are decided in a process of its own, so that what that took is not measured as memory of sealing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import flask_migrate

from ehiia.app import create_app
from ehiia.config import Config
from ehiia.extensions import db
from ehiia.services import sealing, work
from ehiia.services.recording import SEAL_WORK
from tests import factories, people
from tests.bench.measure import Line
from tests.bench.memory import resident

EARLY = 50
"""After so many records memory is looked at first: by then everything is loaded."""
SOME = 100
"""So many records at either end are compared."""


class Sealed(NamedTuple):
    """One record: processor time in ms, and the memory of the process after it in MB."""

    cost: float
    memory: float


def queued(folder: Path, count: int, now: datetime) -> Iterator[Line]:
    """Compare the last records of a queue with the first, and memory at the end with that after the 50th."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
        aside.submit(decide, folder, count, now - timedelta(days=1)).result()
    found = seal_all(folder, now)
    assert len(found) == count, f"{len(found)} of {count} records were sealed"
    some = min(SOME, count // 2)
    first, last = (sum(one.cost for one in part) / some for part in (found[:some], found[-some:]))
    yield Line(f"a record, last {some} of {count} against first", first, last, "ms", 1.2)
    early = min(EARLY, count // 2)
    yield Line(
        f"memory after {count} against after {early}", found[early - 1].memory, found[-1].memory, "MB", 1.1
    )


def decide(folder: Path, count: int, now: datetime) -> None:
    """Make a database in which so many small records were decided by one person and wait to be sealed."""
    app = create_app(_config(folder))
    with app.app_context():
        flask_migrate.upgrade()
        cast = people.gather(now)
        for _ in range(count):
            factories.decided(cast, now)
        db.engine.dispose()


def seal_all(folder: Path, now: datetime) -> list[Sealed]:
    """Do what waits, in rounds as the scheduler does, and return what each record cost."""
    app, found = create_app(_config(folder)), []

    def measured(record_id: int, *, now: datetime) -> None:
        began = time.process_time()
        sealing.seal_record(record_id, now=now)
        found.append(Sealed(1000 * (time.process_time() - began), resident(os.getpid())))

    with patch.dict(work.HANDLERS, {SEAL_WORK: measured}):
        done = 1
        while done:
            with app.app_context():
                done = work.do_due(now=now).done
    with app.app_context():
        db.engine.dispose()
    return found


def _config(folder: Path) -> Config:
    return Config.from_environment({"EHIIA_INSTANCE": str(folder)})
