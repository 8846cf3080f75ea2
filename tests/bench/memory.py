"""How much memory a fresh web process takes after a few pages, and a bare one with the same server."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROUNDS = 5
"""So often every page is asked for: enough that caches are filled and every thread has worked."""


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


def after_pages(
    command: Sequence[str],
    pages: Sequence[str],
    *,
    environment: Mapping[str, str],
    cookie: str = "",
    standard_input: str = "",
) -> float:
    """Start a web process on a socket of its own, ask for the pages and return its memory in MB.

    ``{socket}`` in the command stands for the number of the inherited socket.
    """
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        process = subprocess.Popen(
            [part.replace("{socket}", str(descriptor)) for part in command],
            env={**os.environ, **environment},
            pass_fds=[descriptor],
            stdin=subprocess.PIPE,
        )
        try:
            assert process.stdin is not None
            process.stdin.write(standard_input.encode())
            process.stdin.close()
            for _ in range(ROUNDS):
                for page in pages:
                    _ask(port, page, cookie)
            time.sleep(0.2)  # what the last page left is freed
            return resident(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _ask(port: int, page: str, cookie: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", page, headers={"Cookie": f"ehiia={cookie}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{page}: {answer.status}")


SERVE = """
import sys
sys.modules["rich"] = None  # comes with the tests only; what runs must not be charged for it
from ehiia.supervisor import main
main(["--serve", sys.argv[1]])
"""


def ours(pages: Sequence[str], *, environment: Mapping[str, str], cookie: str) -> float:
    """Return the memory of our web process, started as ``make run`` starts it."""
    command = (sys.executable, "-c", SERVE, "{socket}")
    return after_pages(command, pages, environment=environment, cookie=cookie)


def bare(database_url: str, sql: str) -> float:
    """Return the memory of the bare process, which does the query given."""
    command = (sys.executable, "-m", "tests.bench.bare", "{socket}", database_url)
    return after_pages(command, ["/"], environment={}, standard_input=sql)
