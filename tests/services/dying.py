"""A process that does one piece of real work and is killed in the middle of it, by SIGKILL.

Run by ``test_killed`` as ``python -m tests.services.dying`` with the work, the
moment of death and the database as JSON. It kills itself, so nobody has to wait
for the right moment; one that lives to the end says so by leaving normally.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from ehiia.app import create_app
from ehiia.config import Config
from ehiia.files.store import LocalFiles
from ehiia.services import answering, work
from ehiia.services.answering import Given


def die() -> None:
    """End now: no handler, no clean-up, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def on_time(number: int, then: Callable[[], None]) -> Callable[[], None]:
    """Return a function that does something when it is called for the ``number``-th time."""
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            then()

    return call


def before_commit(number: int) -> None:
    """Die when everything of the ``number``-th transaction was sent to the database but its COMMIT."""
    call = on_time(number, die)

    @event.listens_for(Engine, "commit")
    def at(_connection: Connection) -> None:
        call()


def after_commit(number: int) -> None:
    """Die when the ``number``-th transaction has just been committed."""
    call = on_time(number, die)

    @event.listens_for(Session, "after_commit")
    def at(_session: Session) -> None:
        call()


def writing_file(number: int) -> None:
    """Die when half of the ``number``-th file is on the disk, under its name of the time of writing."""
    real = os.fdopen

    class Half:
        def __init__(self, descriptor: int, mode: str) -> None:
            self.file = real(descriptor, mode)

        def __enter__(self) -> Half:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[: len(data) // 2])
            self.file.flush()
            call()
            self.file.write(data[len(data) // 2 :])

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    call = on_time(number, die)
    os.fdopen = Half  # type: ignore[assignment]


def after_file(number: int) -> None:
    """Die when the ``number``-th file is there and nothing in the database speaks of it yet."""
    put, call = LocalFiles.put, on_time(number, die)

    def put_and_call(self: LocalFiles, key: str, data: bytes) -> None:
        put(self, key, data)
        call()

    LocalFiles.put = put_and_call  # type: ignore[method-assign]


MOMENTS = {what.__name__: what for what in (before_commit, after_commit, writing_file, after_file)}


def save(task: dict[str, Any]) -> None:
    """Save two answers of one page."""
    answers = {key: Given(value, revision) for key, (value, revision) in task["answers"].items()}
    answering.save_page(task["ref"], answers=answers, by=task["by"], now=datetime.fromisoformat(task["now"]))


def do_due(task: dict[str, Any]) -> None:
    """Do the work that is due, as the scheduler does."""
    work.do_due(now=datetime.fromisoformat(task["now"]))


def main() -> None:
    """Do the task on the command line."""
    task = json.loads(sys.argv[1])
    app = create_app(Config.for_tests(instance=Path(task["instance"]), database_url=task["database"]))
    with app.app_context():
        moment, number = task["dies"]
        MOMENTS[moment](number)
        {"save": save, "do_due": do_due}[task["work"]](task)


if __name__ == "__main__":
    main()
