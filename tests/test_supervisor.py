"""The supervising process: two small children are enough to see what it does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from ehiia import supervisor
from ehiia.processes import AskedToStop, Child, Signals, step, supervise

BEGIN = "import os, signal, sys, time; open(sys.argv[1], 'w').write(str(os.getpid()));"
"""A child says that it has begun by leaving its number in a file."""

WAITS = BEGIN + "time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + BEGIN + "time.sleep(60)"
CRASHES = BEGIN + "sys.exit(7)"
HAS_A_CHILD = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', '''"
    + WAITS
    + "''', sys.argv[2]]);"
    + WAITS
)


def child(name: str, code: str, *marks: Path) -> Child:
    return Child(name, (sys.executable, "-c", code, *map(str, marks)))


def wait_for(happened: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "what was waited for did not happen"
        signal.sigtimedwait([], 0.01)


def lives(mark: Path) -> bool:
    state = Path(f"/proc/{mark.read_text()}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def begun(*marks: Path) -> bool:
    return all(mark.exists() and mark.read_text() for mark in marks)


@contextmanager
def keeper(
    tmp_path: Path, *commands: tuple[str, str], grace: float = 10
) -> Iterator[tuple[subprocess.Popen[str], list[Path]]]:
    """Run ``supervise`` in a process of its own, with children made of small programs."""
    marks = [tmp_path / name for name, _ in commands]
    program = (
        "import sys\n"
        "from ehiia.processes import *\n"
        f"children = [Child(name, (sys.executable, '-c', code, {str(tmp_path)!r} + '/' + name))"
        f" for name, code in {commands!r}]\n"
        "with Signals().watched() as signals:\n"
        f"    ended = supervise(children, {{}}, signals, grace={grace})\n"
        "print('stopped:', *ended)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        yield process, marks
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_children_end_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    with keeper(tmp_path, ("web", WAITS), ("scheduler", WAITS)) as (process, marks):
        wait_for(lambda: begun(*marks))
        process.send_signal(number)
        words, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert words == "stopped:\n"
        assert not any(map(lives, marks))


def test_a_signal_may_come_twice(tmp_path: Path) -> None:
    with keeper(tmp_path, ("web", DEAF), ("scheduler", WAITS), grace=0.5) as (process, marks):
        wait_for(lambda: begun(*marks))
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        wait_for(lambda: not lives(marks[1]))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0
        assert not any(map(lives, marks)), "a child that does not listen is killed"


def test_when_one_ends_by_itself_the_other_is_stopped_and_it_is_said_which(tmp_path: Path) -> None:
    with keeper(tmp_path, ("web", WAITS), ("scheduler", CRASHES)) as (process, marks):
        words, _ = process.communicate(timeout=20)
        assert "The scheduler ended by itself (exit code 7)" in words
        assert "web" not in words
        assert not any(mark.exists() and lives(mark) for mark in marks)


def test_children_end_when_their_keeper_is_killed(tmp_path: Path) -> None:
    with keeper(tmp_path, ("web", WAITS), ("scheduler", WAITS)) as (process, marks):
        wait_for(lambda: begun(*marks))
        process.kill()
        wait_for(lambda: not any(map(lives, marks)))


def test_a_childs_own_children_end_too(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    with Signals().watched() as signals:
        signals.parent_left = lambda: begun(one, two)
        assert supervise([child("web", HAS_A_CHILD, one, two)], {}, signals) == ()
    wait_for(lambda: not lives(one) and not lives(two))


def test_a_quiet_step_shows_its_words_only_when_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with Signals().watched() as signals:
        fine = step([sys.executable, "-c", "print('all is well')"], {}, signals, quiet=True)
        fails = step([sys.executable, "-c", "print('no room'); exit(4)"], {}, signals, quiet=True)
    assert (fine, fails) == (0, 4)
    assert capsys.readouterr().err == "no room\n"


def test_a_step_that_is_under_way_ends_when_we_are_asked_to_stop(tmp_path: Path) -> None:
    mark = tmp_path / "step"
    with Signals().watched() as signals:
        signals.parent_left = lambda: begun(mark)
        with pytest.raises(AskedToStop):
            step([sys.executable, "-c", WAITS, str(mark)], {}, signals, quiet=True)
    assert not lives(mark)


# -- starting ----------------------------------------------------------------------------------


def test_a_port_in_use_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert supervisor.main(["--port", str(port)]) == 1
    assert capsys.readouterr().err == f"Port {port} on 127.0.0.1 is in use; choose another one with PORT=.\n"


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99999), ("192.0.2.7", 0), ("not a host", 0)])
def test_an_impossible_address_is_told_in_one_sentence(
    host: str, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervisor.main(["--host", host, "--port", str(port)]) == 1
    words = capsys.readouterr().err
    assert words.startswith(f"Cannot listen on {host}, port {port}: ")
    assert words.count("\n") == 1


class Commands:
    """Stands in for the application's commands: notes what was run, and answers as told."""

    def __init__(self, **answers: int) -> None:
        self.answers = {"anybody": supervisor.NOBODY, **answers}
        self.ran: list[str] = []

    def __call__(self, environment: dict[str, str], signals: Signals, *command: str, **_: object) -> int:
        self.ran.append(" ".join(command))
        return self.answers.get(command[-1].replace("-", "_"), 0)


class Preparation:
    """``prepare`` with its commands replaced, in an instance folder of its own."""

    def __init__(self, instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instance = instance
        self.monkeypatch = monkeypatch
        self.terminal(False)

    def terminal(self, there_is_one: bool) -> None:
        self.monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: there_is_one))

    def __call__(self, commands: Commands, *, demonstration: bool = True, **environment: str) -> bool:
        self.monkeypatch.setattr(supervisor, "flask", commands)
        given = {"EHIIA_INSTANCE": str(self.instance), **environment}
        return supervisor.prepare(given, Signals(), demonstration=demonstration)


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preparation:
    return Preparation(tmp_path / "instance", monkeypatch)


def test_the_demonstration_is_loaded_once(prepare: Preparation) -> None:
    first, second = Commands(), Commands()
    assert prepare(first) is True
    assert first.ran == ["db upgrade", "people anybody", "demo load"]
    assert prepare(second) is True
    assert second.ran == ["db upgrade"]


def test_real_work_is_never_taken_for_the_demonstration(
    prepare: Preparation, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = Commands(anybody=0)
    assert prepare(commands) is False
    assert commands.ran == ["db upgrade", "people anybody"]
    assert "not the demonstration" in capsys.readouterr().out


def test_the_demonstration_stays_one_when_it_is_started_without_being_asked_for(prepare: Preparation) -> None:
    prepare(Commands())
    assert prepare(Commands(), demonstration=False) is True


def test_a_demonstration_whose_loading_was_broken_off_is_loaded_anew(prepare: Preparation) -> None:
    with pytest.raises(supervisor.CannotStart, match="demonstration could not be loaded"):
        prepare(Commands(load=1))
    (prepare.instance / "ehiia.sqlite-wal").touch()
    (prepare.instance / "signed").mkdir()
    (prepare.instance / "keys").mkdir()
    commands = Commands()
    assert prepare(commands) is True
    assert commands.ran[-1] == "demo load"
    assert {path.name for path in prepare.instance.iterdir()} == {"keys", supervisor.MARK}


def test_a_server_with_half_a_demonstration_is_left_for_a_person_to_empty(prepare: Preparation) -> None:
    with pytest.raises(supervisor.CannotStart):
        prepare(Commands(load=1))
    with pytest.raises(supervisor.CannotStart, match="empty the database"):
        prepare(Commands(), EHIIA_DATABASE_URL="postgresql://somewhere/ehiia")


def test_without_the_demonstration_the_first_administrator_is_asked_for(prepare: Preparation) -> None:
    prepare.terminal(True)
    commands = Commands()
    assert prepare(commands, demonstration=False) is False
    assert commands.ran == ["db upgrade", "people anybody", "people first-administrator"]


def test_with_nobody_to_ask_it_is_said_how_the_first_administrator_is_made(prepare: Preparation) -> None:
    with pytest.raises(supervisor.CannotStart, match="people first-administrator"):
        prepare(Commands(), demonstration=False)


@pytest.mark.parametrize(
    ("command", "words"), [("upgrade", "database"), ("first_administrator", "nobody could")]
)
def test_a_step_that_fails_is_told_in_one_sentence(prepare: Preparation, command: str, words: str) -> None:
    prepare.terminal(True)
    with pytest.raises(supervisor.CannotStart, match=words):
        prepare(Commands(**{command: 1}), demonstration=False)


def test_the_passwords_of_the_demonstration_are_promised_on_loopback_only() -> None:
    def says(host: str) -> str:
        return supervisor.greeting("http://127.0.0.1:5000", host, demonstration=True)

    assert "lists them with their passwords" in says("127.0.0.1")
    assert "lists them with their passwords" in says("localhost")
    assert "keeps the passwords to itself" in says("0.0.0.0")


def test_a_make_that_was_interrupted_is_noticed(tmp_path: Path) -> None:
    """GNU make that gets INT alone waits for its child and does not pass the signal on."""
    mark = tmp_path / "mark"
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys\n"
        "from ehiia.supervisor import make_wants_to_stop\n"
        "from ehiia.processes import *\n"
        "signals = Signals(parent_left=make_wants_to_stop(os.getppid()))\n"
        f"child = Child('web', (sys.executable, '-c', {WAITS!r}, {str(mark)!r}))\n"
        "with signals.watched():\n"
        "    supervise([child], {}, signals)\n"
    )
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} {program}\n")
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        ["make", "-f", str(makefile), "run"],
        env=environment,
        stderr=subprocess.DEVNULL,
        # a run in the background ignores INT, and make would inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        wait_for(lambda: begun(mark))
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert not lives(mark)
