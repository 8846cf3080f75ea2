"""One process that starts the web application and the scheduler, and ends both.

``make run`` and the console command ``ehiia`` come here. Before the two are
started it brings the database up to date and loads the demonstration, or asks
for the first administrator; afterwards it only waits: for a child that ends,
or for somebody who wants it to stop. A shell's ``web & scheduler`` would leave
orphans.

This process never opens the database: each step is a ``flask`` command.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import http.client
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from ehiia.config import is_loopback
from ehiia.processes import HOME, AskedToStop, Child, Signals, step, supervise

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")

START_SECONDS = 60.0
"""How long the web application may take to answer for the first time."""

LAST_PORT = 65535

NOBODY = 1
"""What ``people anybody`` answers where there is no account yet."""

MARK, LOADING, LOADED = "demonstration", "loading", "loaded"
"""The file in the instance folder that says the database holds the demonstration, and what stands in it."""


class CannotStart(Exception):
    """It cannot be started; the message is one sentence for the person who tried."""


class EndedByItself(Exception):
    """The web application or the scheduler ended although nobody asked; the message says which."""


def prepare(environment: dict[str, str], signals: Signals, *, demonstration: bool) -> bool:
    """Bring the database up to date and fill an empty one; return whether it holds the demonstration.

    A file in the instance folder remembers that it does: real work is never taken for the
    demonstration, nor the other way round. Raises CannotStart when a step fails.
    """
    mark = instance_of(environment) / MARK
    if mark.exists() and mark.read_text() != LOADED:
        clear_half_loaded(environment)
    if flask(environment, signals, "db", "upgrade") != 0:
        raise CannotStart("The database could not be brought up to date; the reason stands above.")
    if mark.exists():
        return True
    if flask(environment, signals, "people", "anybody", expected=(0, NOBODY)) == 0:
        if demonstration:
            print("The database is in use for real work, so it is not the demonstration.", flush=True)
        return False
    if demonstration:
        print("Loading the demonstration; this is done once and takes a little while ...", flush=True)
        mark.write_text(LOADING)
        if flask(environment | {"EHIIA_DEMONSTRATION": "1"}, signals, "demo", "load") != 0:
            raise CannotStart("The demonstration could not be loaded; the reason stands above.")
        mark.write_text(LOADED)
        return True
    if not sys.stdin.isatty():
        raise CannotStart(
            "There is no administrator yet, and nobody to ask: start it in a terminal once, "
            "or run `flask --app wsgi people first-administrator` with --name, --email, --organisation "
            "and --password."
        )
    print("There is nobody in the database yet. Who is the first administrator?", flush=True)
    if flask(environment, signals, "people", "first-administrator", quiet=False) != 0:
        raise CannotStart("Without an administrator nobody could sign in; start it again to be asked again.")
    return False


def flask(
    environment: dict[str, str],
    signals: Signals,
    *command: str,
    quiet: bool = True,
    expected: tuple[int, ...] = (0,),
) -> int:
    """Run one of the application's commands to its end and return its exit code."""
    return step((*FLASK, *command), environment, signals, quiet=quiet, expected=expected)


def instance_of(environment: dict[str, str]) -> Path:
    """Return the instance folder, made if it is missing."""
    folder = Path(environment.get("EHIIA_INSTANCE") or HOME / "instance").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clear_half_loaded(environment: dict[str, str]) -> None:
    """Remove a demonstration whose loading was broken off, so that it can be loaded anew.

    Nobody has worked in it: the application is started only after the loading. Raises CannotStart
    where the database is a server's, which is not ours to empty.
    """
    if environment.get("EHIIA_DATABASE_URL"):
        raise CannotStart(
            "The loading of the demonstration was broken off: empty the database named by "
            f"EHIIA_DATABASE_URL, remove {instance_of(environment) / MARK} and start again."
        )
    for path in instance_of(environment).iterdir():
        if path.name.startswith("ehiia.sqlite"):
            path.unlink()
        elif path.name in ("signed", "uploads", "mail"):
            shutil.rmtree(path)
    (instance_of(environment) / MARK).unlink()


# -- the web application -----------------------------------------------------------------------


def listen_on(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done, so that a port in use is told at once.

    Raises CannotStart.
    """
    taken: socket.socket | None = None
    try:
        if not 0 <= port <= LAST_PORT:
            raise OSError(f"ports go from 0 to {LAST_PORT}")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        if taken is not None:
            taken.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(f"Port {port} on {host} is in use; choose another one with PORT=.")
        raise CannotStart(f"Cannot listen on {host}, port {port}: {error.strerror or error}.")
    return taken


def serve(descriptor: int) -> None:
    """Serve the application on an inherited socket until TERM or INT. Requests under way are finished."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    # Imported here: the supervising process stays small without them.
    from waitress.server import create_server

    from ehiia.app import create_app
    from ehiia.config import Config

    config = Config.from_environment()
    listener = socket.socket(fileno=descriptor)
    create_server(create_app(config), sockets=[listener], threads=config.threads, ident=None).run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Leave once: what comes after the first signal must not disturb the leaving."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(0)


def answers(host: str, port: int) -> bool:
    """Say whether the application answers its own question whether it is well."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


# -- the command -------------------------------------------------------------------------------


def make_wants_to_stop(make: int) -> Callable[[], bool]:
    """Return a function that says whether the ``make`` that started us has gone, or was interrupted.

    A make that gets INT alone (not from the terminal's Ctrl-C) waits for us and does not tell us;
    on Linux it shows in the list of signals that it catches.
    """

    def catches_int() -> bool:
        with contextlib.suppress(OSError, StopIteration, ValueError):
            lines = Path(f"/proc/{make}/status").read_text().splitlines()
            caught = next(line for line in lines if line.startswith("SigCgt:"))
            return bool(int(caught.split()[1], 16) & 1 << (signal.SIGINT - 1))
        return False

    caught_at_first = catches_int()
    return lambda: os.getppid() != make or (caught_at_first and not catches_int())


def run(host: str, port: int, *, demonstration: bool, signals: Signals) -> None:
    """Prepare, start, say where it is, wait, end. Raises CannotStart, EndedByItself or AskedToStop."""
    listener = listen_on(host, port)
    port = listener.getsockname()[1]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    named = f"[{reachable}]" if ":" in reachable else reachable
    environment = dict(os.environ)
    environment["EHIIA_LISTENS_ON"] = host
    environment.setdefault("EHIIA_PUBLIC_URL", f"http://{named}:{port}")
    try:
        demonstration = prepare(environment, signals, demonstration=demonstration)
    except BaseException:
        listener.close()
        raise
    environment["EHIIA_DEMONSTRATION"] = "1" if demonstration else "0"
    web = (sys.executable, "-m", "ehiia.supervisor", "--serve", str(listener.fileno()))
    children = [
        Child("web application", web, listener),
        Child("scheduler", (*FLASK, "jobs", "ring")),
    ]

    def greet(give_up: Callable[[], bool]) -> None:
        until = time.monotonic() + START_SECONDS
        while not give_up():
            if answers(reachable, port):
                print(greeting(environment["EHIIA_PUBLIC_URL"], host, demonstration), flush=True)
                return
            if time.monotonic() > until:
                raise CannotStart(f"The web application gave no answer within {START_SECONDS:.0f} seconds.")
            signals.wait(0.1)

    ended = supervise(children, environment, signals, when_started=greet)
    if ended:
        raise EndedByItself(" ".join(ended))
    print("EHIIA has stopped.", flush=True)


def greeting(address: str, host: str, demonstration: bool) -> str:
    """Return what is said once the address answers: where it is, and how to sign in."""
    if not demonstration:
        how = "Sign in with your e-mail address and password."
    elif is_loopback(host):
        how = "Sign in as one of the demonstration people: the sign-in page lists them with their passwords."
    else:
        how = (
            "This is the demonstration, and other machines can reach it: the sign-in page keeps the "
            "passwords to itself. They are listed when it runs with HOST=127.0.0.1."
        )
    return f"\nEHIIA is ready at {address}/\n{how}\nStop it with Ctrl-C.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Return 0 after it was stopped, 1 when it could not start or ended by itself."""
    parser = argparse.ArgumentParser(
        prog="ehiia", description="Run EHIIA: the web application and the scheduler."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", default=5000, type=int, help="port to listen on; 0 takes a free one")
    parser.add_argument("--demonstration", choices=("0", "1"), default="0", help="1 fills an empty database")
    parser.add_argument("--started-by-make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=int, metavar="DESCRIPTOR", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.serve is not None:
        serve(given.serve)
        return 0
    signals = Signals()
    if given.started_by_make:
        signals.parent_left = make_wants_to_stop(os.getppid())
    with signals.watched():
        try:
            run(given.host, given.port, demonstration=given.demonstration == "1", signals=signals)
        except (CannotStart, EndedByItself) as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        except AskedToStop:
            print("EHIIA was stopped before it had started.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
