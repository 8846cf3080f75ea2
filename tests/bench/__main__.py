"""``make bench``: one run, one table of ratios with the aims beside them. Nothing fails for being slow."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import flask_migrate
from flask import Flask
from sqlalchemy import Select, event

from ehiia import clock
from ehiia.app import create_app
from ehiia.config import Config
from ehiia.domain.chain import GENESIS
from ehiia.extensions import db
from ehiia.store import history
from tests import factories, large, people
from tests.bench import memory, record, sweep
from tests.bench.asking import Asker, encoded
from tests.bench.bare import bare_app
from tests.bench.measure import HEAD, Cost, Line, in_turns
from tests.bench.queue import queued
from tests.bench.seed import seed
from tests.servers import postgres

REGISTER = "/assessments"
SIZES = (1_000, 10_000, 100_000)


@dataclass(frozen=True)
class House:
    """Our application and a bare one on the same database, with Amina signed in to ours."""

    app: Flask
    config: Config
    cast: people.Cast
    ref: str
    """An assessment that is answered, but may still be written in."""
    ours: Asker
    bare: Asker
    query: Any
    """The query of the register's page, as our application makes it."""


def make(folder: Path, database_url: str, now: datetime) -> tuple[Flask, Config, people.Cast]:
    """Make a database with the people of the tests in it, and our application on it."""
    environment = {"EHIIA_INSTANCE": str(folder), "EHIIA_DATABASE_URL": database_url}
    config = Config.from_environment(environment)
    app = create_app(config)
    with app.app_context():
        flask_migrate.upgrade()
        return app, config, people.gather(now)


def build(folder: Path, size: int, database_url: str, now: datetime) -> House:
    """Make a database with so many assessments, and both applications on it."""
    app, config, cast = make(folder, database_url, now)
    with app.app_context():
        ref = factories.answered(cast, now, worse=True)
    seed(app, cast, size, now=now)
    cookie = people.browser(app, cast.amina, now).get_cookie("ehiia")
    assert cookie is not None
    ours = Asker(app, cookie.value)
    query = main_query(ours)
    return House(app, config, cast, ref, ours, Asker(bare_app(config.database_url, query)), query)


def main_query(ours: Asker) -> Any:
    """Return the query with which the register reads the rows of its page."""
    seen: list[Any] = []

    def note(state: Any) -> None:
        if isinstance(state.statement, Select) and "title" in state.statement.selected_columns:
            seen.append(state.statement.params(state.parameters or {}))

    event.listen(db.session, "do_orm_execute", note)
    try:
        ours.get(REGISTER)
    finally:
        event.remove(db.session, "do_orm_execute", note)
    (query,) = seen
    return query


def queries(app: Flask, act: Callable[[], object]) -> int:
    """Count the statements that an act sends to the database."""
    sent: list[str] = []

    def note(*given: Any) -> None:
        sent.append(given[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sum(not statement.startswith(("BEGIN", "PRAGMA", "SET TRANSACTION")) for statement in sent)


def registers(houses: dict[int, House], rounds: int, used: Callable[[Cost], float]) -> Iterator[Line]:
    """Compare the register with the bare page, at every size."""
    calls: dict[str, Callable[[], object]] = {}
    for size, house in houses.items():
        calls[f"bare {size}"] = partial(house.bare.get, "/")
        calls[f"ours {size}"] = partial(house.ours.get, REGISTER)
    costs = in_turns(calls, rounds=rounds)
    for size in houses:
        bare, ours = used(costs[f"bare {size}"]), used(costs[f"ours {size}"])
        yield Line(f"register, {size:,} assessments", bare, ours, "ms", 3)
    small, large = min(houses), max(houses)
    few, many = used(costs[f"ours {small}"]), used(costs[f"ours {large}"])
    yield Line(f"register, {large:,} against {small:,}", few, many, "ms", 1.5)


class Saving:
    """Somebody who changes the first text on a page again and again."""

    def __init__(self, asker: Asker, page: str) -> None:
        """Take who asks and the address of the page."""
        self.asker, self.page = asker, page
        self.body = b""
        self.number = 0

    def load(self) -> None:
        """Load the page and type; this is not measured."""
        self.number += 1
        fields = self.asker.form(self.page)
        first = next(place for place, (name, _) in enumerate(fields) if name == f"q-{self.question}")
        fields[first] = (f"q-{self.question}", f"Changed for the time {self.number}.")
        self.body = encoded(fields)

    question = "problem"
    """The first question of the first section, answered with a text."""

    def send(self) -> None:
        """Send the form with its token."""
        self.asker.post(self.page, self.body)


def savings(house: House, rounds: int, used: Callable[[Cost], float], now: datetime) -> Iterator[Line]:
    """Compare saving one answer with the bare change of one: with the history, and with it left out."""
    saving = Saving(house.ours, f"/a/{house.ref}/section/proposal")
    with house.app.app_context():
        assessment = factories.current(house.ref).id
    moment = now.strftime("%Y-%m-%d %H:%M:%S")
    change = encoded(
        [
            ("value", "Changed."),
            ("at", moment),
            ("assessment", str(assessment)),
            ("question", Saving.question),
        ]
    )

    def send_without_history() -> None:
        with patch.object(history, "append", lambda *_, **__: history.Head(0, GENESIS)):
            saving.send()

    costs = in_turns(
        {
            "bare": partial(house.bare.post, "/save", change),
            "ours": saving.send,
            "without": send_without_history,
        },
        rounds=rounds,
        before={"ours": saving.load, "without": saving.load},
    )
    bare = used(costs["bare"])
    yield Line("saving one answer, history included", bare, used(costs["ours"]), "ms", 3)
    yield Line("saving one answer, history left out", bare, used(costs["without"]), "ms", 2)


PAGES = {"task list": "", "section": "/section/proposal", "group": "/group/disability"}


def pages(house: House, rounds: int, used: Callable[[Cost], float], now: datetime) -> Iterator[Line]:
    """Compare pages of a large assessment with bare pages of the same size, which show its answers."""
    with house.app.app_context():
        ref = large.make(house.cast, now)
        assessment = factories.current(ref).id
    calls: dict[str, Callable[[], object]] = {}
    for name, rest in PAGES.items():
        address = f"/a/{ref}{rest}"
        calls[f"ours {name}"] = partial(house.ours.get, address)
        calls[f"bare {name}"] = partial(house.bare.get, same_size(house, assessment, address))
    costs = in_turns(calls, rounds=rounds)
    for name in PAGES:
        bare, ours = used(costs[f"bare {name}"]), used(costs[f"ours {name}"])
        yield Line(f"{name} of a large assessment", bare, ours, "ms")


def same_size(house: House, assessment: int, address: str) -> str:
    """Return the address of the bare page that has as many bytes as one of ours."""
    wanted = len(house.ours.get(address))
    some = len(house.bare.get(f"/answers/{assessment}/1000")) / 1000
    return f"/answers/{assessment}/{max(1, round(wanted / some))}"


def sweeping(
    folder: Path, server: postgres.Server | None, used: Callable[[Cost], float], now: datetime
) -> Iterator[Line]:
    """Compare the daily look for what is due with the bare query and inserts, among few and many."""
    fields = {}
    for size in sweep.SIZES:
        url = server.create(f"bench_sweep_{size}") if server else ""
        app, cast = make(folder / f"sweep-{size}", url, now)[::2]
        fields[size] = sweep.sow(app, cast, size, now=now)
    yield from sweep.sweeps(fields, used)
    for one in fields.values():
        with one.app.app_context():
            db.engine.dispose()


def memories(house: House) -> Iterator[Line]:
    """Compare the memory of the web process with that of the bare one."""
    with house.app.app_context():
        compiled = house.query.compile(db.engine, compile_kwargs={"literal_binds": True})
    environment = {
        "EHIIA_INSTANCE": str(house.config.instance),
        "EHIIA_DATABASE_URL": house.config.database_url,
    }
    pages = ["/account", REGISTER, f"{REGISTER}?words=evening"]
    bare = memory.bare(house.config.database_url, str(compiled))
    ours = memory.ours(pages, environment=environment, cookie=house.ours.cookie)
    yield Line("memory of the web process", bare, ours, "MB", 1.5)


def say(text: object = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(*, quick: bool, postgresql: bool, only_sweep: bool = False) -> None:
    """Measure everything and print the table."""
    now = clock.now()
    sizes = () if only_sweep else SIZES[:2] if quick else SIZES
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ehiia-bench-")))
        server = None
        if postgresql:
            server = postgres.start()
            stack.callback(postgres.stop, server)
        houses = {}
        for size in sizes:
            url = server.create(f"bench_{size}") if server else ""
            houses[size] = build(folder / str(size), size, url, now)
        # A server works in other processes, so its part is seen on the wall only.
        used: Callable[[Cost], float] = (lambda cost: cost.wall) if server else (lambda cost: cost.cpu)
        say(f"{'PostgreSQL, time on the wall' if server else 'SQLite, processor time'}; medians")
        say(HEAD)
        for line in sweeping(folder, server, used, now):
            say(line)
        if only_sweep:
            return
        largest = houses[max(houses)]
        for lines in (
            registers(houses, 40 if quick else 200, used),
            savings(largest, 30 if quick else 150, used, now),
            pages(largest, 20 if quick else 100, used, now),
            record.records(folder, 3 if quick else 9, now),
            memories(largest),
        ):
            for line in lines:
                say(line)
        saving = Saving(largest.ours, f"/a/{largest.ref}/section/proposal")
        saving.load()
        for what, act in (("register", partial(largest.ours.get, REGISTER)), ("saving", saving.send)):
            say(f"statements sent, {what}: {queries(largest.app, act)}")
        for house in houses.values():
            with house.app.app_context():
                db.engine.dispose()


def run_alone(measured: str, lines: Callable[[Path], Iterator[Line]]) -> None:
    """Measure one thing alone, and print its table."""
    say(measured)
    say(HEAD)
    with tempfile.TemporaryDirectory(prefix="ehiia-bench-") as folder:
        for line in lines(Path(folder)):
            say(line)


def main() -> None:
    """Read what was asked for and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, and no more than 10,000 assessments"
    )
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--sweep", action="store_true", help="only the daily look for what is due")
    parser.add_argument("--record", action="store_true", help="only a record, drawn, sealed and signed")
    parser.add_argument(
        "--queue",
        type=int,
        nargs="?",
        const=500,
        metavar="N",
        help="only a queue of N records (500) to be sealed",
    )
    given = parser.parse_args()
    for name in [
        name for name in os.environ if name.startswith("EHIIA_") and not name.startswith("EHIIA_TEST_")
    ]:
        del os.environ[name]  # nothing of the surroundings may decide what is measured
    if given.queue is not None:
        if given.queue < 2:
            parser.error("--queue needs two records or more: the last are compared with the first")
        run_alone("SQLite, processor time; means", partial(queued, count=given.queue, now=clock.now()))
        return
    if given.record:
        run_alone("processor time; medians", partial(record.records, rounds=9, now=clock.now()))
        return
    run(quick=given.quick, postgresql=given.postgresql, only_sweep=given.sweep)


if __name__ == "__main__":
    main()
