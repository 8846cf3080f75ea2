"""Child processes: start several, wait, end them all, leave no orphans. Knows nothing of EHIIA.

Each child leads a process group of its own, so that Ctrl-C in a terminal
reaches only the process that keeps it; it is told to stop once, however often
its keeper is told; and the kernel tells it when its keeper is killed (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

HOME = Path(__file__).parent.parent
"""Where every child begins: the folder of wsgi.py."""

GRACE_SECONDS = 10.0
"""How long a child may take to end before it is killed."""


class AskedToStop(Exception):
    """Somebody sent TERM or INT before everything was started."""


@dataclass(frozen=True)
class Child:
    """A process to keep: what people call it, its command and the socket it inherits, if any."""

    name: str
    command: tuple[str, ...]
    listener: socket.socket | None = None


@dataclass
class Signals:
    """Which signals came in, and a way to sleep until the next one."""

    came: list[int] = field(default_factory=list)
    parent_left: Callable[[], bool] = lambda: False
    """Says whether the process that started us has gone or wants to go."""
    _ends: tuple[int, int] = (-1, -1)

    @property
    def stop(self) -> bool:
        """Whether somebody wants us to stop. A second signal changes nothing."""
        return bool(self.came) or self.parent_left()

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes (TERM, INT, or the end of a child) or the seconds have passed."""
        ready, _, _ = select.select([self._ends[0]], [], [], seconds)
        if ready:
            os.read(self._ends[0], 512)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Signals]:
        """Catch the signals inside the ``with`` block and give them back after it."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        self._ends = (reader, writer)
        handlers = {number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)}
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        try:
            yield self
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.close(reader)
            os.close(writer)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.came.append(number)


# -- children ----------------------------------------------------------------------------------


def dies_with(parent: int) -> Callable[[], None]:
    """Return what a child does before it begins: ask the kernel for a TERM when ``parent`` is gone.

    On systems other than Linux nothing is asked; there, a killed supervisor leaves its children.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: a child may only do simple things
    set_death_signal = 1

    def ask() -> None:
        prctl(set_death_signal, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def start(child: Child, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, so that Ctrl-C in a terminal reaches only us."""
    return subprocess.Popen(
        child.command,
        cwd=HOME,
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=() if child.listener is None else (child.listener.fileno(),),
        process_group=0,
        preexec_fn=dies_with(os.getpid()),
    )


def stop(processes: Sequence[subprocess.Popen[bytes]], signals: Signals, grace: float) -> None:
    """End every child: TERM to its group, KILL to what is left of the group after ``grace`` seconds."""
    for process in processes:
        _send(process, signal.SIGTERM)
    until = time.monotonic() + grace
    while any(process.poll() is None for process in processes) and time.monotonic() < until:
        signals.wait(0.2)
    for process in processes:
        _send(process, signal.SIGKILL)
        process.wait()


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the whole group has ended
        os.killpg(process.pid, number)


def supervise(
    children: Sequence[Child],
    environment: Mapping[str, str],
    signals: Signals,
    *,
    when_started: Callable[[Callable[[], bool]], None] = lambda _over: None,
    grace: float = GRACE_SECONDS,
) -> tuple[str, ...]:
    """Start the children, wait, end them all. Return a sentence for each that ended by itself, if any.

    ``when_started`` is called once with a function that says whether waiting has become pointless.
    """
    processes = [start(child, environment) for child in children]
    for child in children:
        if child.listener is not None:
            child.listener.close()  # the child has it now; the port is free as soon as the child ends

    def over() -> bool:
        return signals.stop or any(process.poll() is not None for process in processes)

    try:
        when_started(over)
        while not over():
            signals.wait(1.0)
        return tuple(
            f"The {child.name} ended by itself ({_ending(process)}); everything was stopped."
            for child, process in zip(children, processes, strict=True)
            if process.poll() is not None and not signals.stop
        )
    finally:
        stop(processes, signals, grace)


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


# -- before the children: one step after the other ---------------------------------------------


def step(
    command: Sequence[str],
    environment: Mapping[str, str],
    signals: Signals,
    *,
    quiet: bool,
    expected: tuple[int, ...] = (0,),
) -> int:
    """Run one command to its end and return its exit code; ``quiet`` shows its words only if it fails.

    It fails where its exit code is not ``expected``.

    Raises AskedToStop when TERM or INT came meanwhile; the command has ended by then.
    """
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command,
            cwd=HOME,
            env=environment,
            stdout=words if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            preexec_fn=dies_with(os.getpid()),
        )
        try:
            while process.poll() is None and not signals.stop:
                signals.wait(1.0)
        finally:
            _end(process)
        if signals.stop:
            raise AskedToStop
        if quiet and process.returncode not in expected:
            words.seek(0)
            sys.stderr.write(words.read().decode(errors="replace"))
            sys.stderr.flush()
        return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        process.kill()
        process.wait()
