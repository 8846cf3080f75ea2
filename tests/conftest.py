"""What every test can ask for: a fixed moment, a database of each kind, the application, its servers.

``database``, ``app`` and ``client`` come twice: once on SQLite, once on
PostgreSQL. The tables are made by the migrations, once per run. Between tests
SQLite's file is replaced by a copy of the empty one (1 ms) and PostgreSQL's
rows are deleted with triggers asleep (6 ms; a fresh copy of the database took
300 ms, TRUNCATE 200 ms).

The application is imported by the fixtures that need it, so that tests of the
domain begin at once and depend on nothing above the domain.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from ehiia.clock import day_of
from ehiia.config import Config
from tests.servers import postgres
from tests.servers.smtp import MailServer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

settings.register_profile("quick", max_examples=40, deadline=None, print_blob=True)
settings.register_profile("thorough", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("quick")  # the other one: pytest --hypothesis-profile thorough

pytest_plugins = ["tests.servers.browser", "tests.documents.brought"]

TEMPLATE = "ehiia_template"
KINDS = ("sqlite", "postgresql")

# Nothing of the surroundings may decide how a test ends.
for name in [name for name in os.environ if name.startswith("EHIIA_") and not name.startswith("EHIIA_TEST_")]:
    del os.environ[name]


# -- one folder and one PostgreSQL server for the whole run ------------------------------------

RUN = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of this run share; the first process makes and removes it."""
    given = getattr(config, "workerinput", {}).get("ehiia_run")
    config.stash[RUN] = Path(given) if given else Path(tempfile.mkdtemp(prefix="ehiia-run-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each process of xdist where the shared folder is."""
    node.workerinput["ehiia_run"] = str(node.config.stash[RUN])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the PostgreSQL server and remove the shared folder, in the first process only."""
    if not hasattr(config, "workerinput") and RUN in config.stash:
        postgres.stop_shared_server(config.stash[RUN])
        shutil.rmtree(config.stash[RUN], ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """Return the folder shared by all processes of this run."""
    return pytestconfig.stash[RUN]


@pytest.fixture(scope="session")
def worker(pytestconfig: pytest.Config) -> str:
    """Return the name of this process among those of xdist."""
    return str(getattr(pytestconfig, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path) -> postgres.Server:
    """Return the PostgreSQL server of this run. Fails with a sentence where none can be had."""
    return postgres.shared_server(run_folder)


# -- time --------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    """Return the moment at which a test takes place: a Monday in winter, 10:00 in London."""
    return datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def today(now: datetime) -> date:
    """Return the day on which a test takes place."""
    return day_of(now)


# -- databases ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Database:
    """A migrated database of this process; ``empty`` takes every row away."""

    kind: str
    url: str
    empty: Callable[[], None]


def _create_app(config: Config) -> Flask:
    from ehiia.app import create_app

    return create_app(config)


def _migrated(url: str, folder: Path) -> None:
    import flask_migrate

    from ehiia.extensions import db

    app = _create_app(Config.for_tests(instance=folder, database_url=url))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def _once(folder: Path, make: Callable[[], None]) -> None:
    """Do something once per run, whichever process comes first."""
    with postgres.locked(folder):
        if not (folder / "made").exists():
            make()
            (folder / "made").touch()


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """Return an empty, migrated SQLite file, made once per run."""
    folder = run_folder / "sqlite"
    folder.mkdir(exist_ok=True)
    path = folder / "template.sqlite"
    _once(folder, lambda: _migrated(f"sqlite:///{path}", folder / "instance"))
    return path


@pytest.fixture(scope="session")
def postgres_template(run_folder: Path, postgres_server: postgres.Server) -> str:
    """Return the name of an empty, migrated PostgreSQL database, made once per run."""
    folder = run_folder / "postgresql"
    folder.mkdir(exist_ok=True)
    name = f"{TEMPLATE}_{run_folder.name.removeprefix('ehiia-run-')}".lower()
    _once(folder, lambda: _migrated(postgres_server.create(name), folder / "instance"))
    return name


EMPTY = """
DO $$
DECLARE this record;
BEGIN
    SET LOCAL lock_timeout = '5s';
    SET LOCAL session_replication_role = replica;  -- insert-only triggers and foreign keys sleep
    FOR this IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %I', this.tablename);
    END LOOP;
    FOR this IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', this.sequencename);
    END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, run_folder: Path, worker: str
) -> Iterator[Callable[[str], Database]]:
    """Return a function from a kind to this process's database of that kind, made when first asked for."""
    made: dict[str, Database] = {}
    endings: list[Callable[[], None]] = []

    def sqlite() -> Database:
        template: Path = request.getfixturevalue("sqlite_template")
        path = run_folder / f"{worker}.sqlite"

        def empty() -> None:
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(template, path)

        return Database("sqlite", f"sqlite:///{path}", empty)

    def postgresql() -> Database:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        template: str = request.getfixturevalue("postgres_template")
        name = template.replace("template", worker)
        url = server.create(name, template)
        endings.append(lambda: server.drop(name))
        opened = postgres.connect(url)
        endings.append(opened.close)

        def empty() -> None:
            opened.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            )
            opened.execute(EMPTY)

        return Database("postgresql", url, empty)

    def get(kind: str) -> Database:
        if kind not in made:
            made[kind] = {"sqlite": sqlite, "postgresql": postgresql}[kind]()
        return made[kind]

    yield get
    for ending in reversed(endings):
        ending()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Callable[[str], Database]) -> Database:
    """Return an empty database with all its tables; the test runs once on each kind."""
    return databases(request.param)


# -- the application ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Apps:
    """The applications of this process, one per kind of database: making one takes longer than most tests."""

    made: dict[str, Flask]


@pytest.fixture(scope="session")
def apps() -> Apps:
    """Return the applications made so far."""
    return Apps({})


@pytest.fixture
def config(database: Database, run_folder: Path, worker: str) -> Config:
    """Return the configuration of ``app``, with an instance folder that is empty."""
    instance = run_folder / f"{worker}-{database.kind}"
    shutil.rmtree(instance, ignore_errors=True)
    return Config.for_tests(instance=instance, database_url=database.url)


@pytest.fixture
def app(request: pytest.FixtureRequest, database: Database, config: Config, apps: Apps) -> Iterator[Flask]:
    """Return the application on an empty database. No context is open: see ``inside``."""
    from tests.remembered import minding

    if database.kind not in apps.made:
        apps.made[database.kind] = _create_app(config)
    app = apps.made[database.kind]
    before = dict(app.config)
    _dispose(app)
    database.empty()
    with minding(request):
        yield app
    _dispose(app)
    assert app.config == before, "a test changed the configuration that others use; ask for make_app instead"


@pytest.fixture
def make_app(database: Database, config: Config) -> Iterator[Callable[..., Flask]]:
    """Return a function that makes an application with changes to its configuration, on an empty database."""
    made: list[Flask] = []
    database.empty()

    def make(**changes: Any) -> Flask:
        made.append(_create_app(replace(config, **changes)))
        return made[-1]

    yield make
    for app in made:
        _dispose(app)


def _dispose(app: Flask) -> None:
    from ehiia.extensions import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """Open the application's context, for tests that call services and queries.

    Not together with ``client``: a request would then share the test's session and ``g``.
    """
    from ehiia.extensions import db

    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def client(app: Flask, request: pytest.FixtureRequest) -> FlaskClient:
    """Return a browser of the simplest kind, signed in as nobody."""
    assert "inside" not in request.fixturenames, (
        "client and inside do not go together: open app.app_context()"
    )
    return app.test_client()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Return a real SMTP server on loopback; see ``MailServer`` for what it can be told."""
    with MailServer() as server:
        yield server
    gc.collect()  # aiosmtpd leaves its loop in a cycle; a warning belongs to the test that caused it
