"""The real thing, started as people start it: it answers, it stops, it leaves nothing running."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
PASSWORD = "three unrelated words: heron anvil oatmeal"

pytestmark = pytest.mark.slow


class Running:
    """A supervising process, and what it says."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ehiia.supervisor", "--port", "0"],
            cwd=HOME,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._coming: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._coming.put(line)
        self._coming.put("")

    def said(self, part: str) -> str:
        """Wait until it says something with ``part`` in it, and return that line."""
        while True:
            line = self._coming.get(timeout=60)
            self.lines.append(line)
            if part in line:
                return line
            assert line, "it ended without a word of " + part + ":\n" + "".join(self.lines)

    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.said("EHIIA is ready at"))
        assert found
        return found.group()

    def children(self) -> list[int]:
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in text.split()]

    def child(self, part: str) -> int:
        return next(
            number for number in self.children() if part in Path(f"/proc/{number}/cmdline").read_text()
        )

    def end(self) -> int:
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(10)
            assert self.process.stdout is not None
            self.process.stdout.close()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Return a function that starts it on a database with one administrator."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EHIIA_")}
    environment["EHIIA_INSTANCE"] = str(tmp_path / "instance")
    who = ["--name", "Farah Aziz", "--email", "farah@example.org", "--password", PASSWORD]
    who += ["--organisation", "An example board"]
    commands = [
        ["db", "upgrade"],
        ["people", "first-administrator", *who],
    ]
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=HOME,
            env=environment,
            check=True,
            capture_output=True,
        )
    started: list[Running] = []

    def start() -> Running:
        started.append(Running(environment))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.end()


def gone(numbers: list[int]) -> bool:
    return not any(Path(f"/proc/{number}").exists() for number in numbers)


def test_it_starts_answers_and_stops_and_starts_again(begin: Callable[[], Running]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        running = begin()
        address = running.address()
        with urllib.request.urlopen(f"{address}healthz", timeout=10) as answer:
            assert answer.read() == b"ok"
        with urllib.request.urlopen(f"{address}sign-in", timeout=10) as answer:
            assert answer.status == 200
        children = running.children()
        assert len(children) == 2
        running.process.send_signal(number)
        running.process.send_signal(number)
        assert running.end() == 0, "".join(running.lines)
        assert gone(children)


def test_when_the_scheduler_dies_the_web_application_is_not_left_alone(begin: Callable[[], Running]) -> None:
    running = begin()
    running.address()
    children = running.children()
    os.kill(running.child("jobs"), signal.SIGKILL)
    assert "The scheduler ended by itself (signal SIGKILL)" in running.said("ended by itself")
    assert running.end() == 1
    assert gone(children)


def test_when_it_is_killed_nothing_is_left_running(begin: Callable[[], Running]) -> None:
    running = begin()
    running.address()
    children = running.children()
    running.process.kill()
    running.end()
    patience = 400
    while not gone(children) and patience:
        patience -= 1
        signal.sigtimedwait([], 0.05)
    assert gone(children)
