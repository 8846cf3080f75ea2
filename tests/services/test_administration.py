"""Looking after an organisation: an administrator stays, and its file is loaded whole or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.content import load
from ehiia.domain.vocabulary import Role
from ehiia.services import administration, bodies, organisations, people
from ehiia.services.bodies import NewBody
from ehiia.services.transaction import Invalid, NotAllowed, read
from ehiia.store.history import History
from ehiia.store.people import Post
from tests.people import gather
from tests.services.together import at_once

DAY = timedelta(days=1)


@pytest.mark.parametrize("leaving", [False, True])
def test_two_administrators_cannot_end_each_other_at_the_same_moment(
    app: Flask, now: datetime, leaving: bool
) -> None:
    with app.app_context():
        cast = gather(now)
        here = cast.organisation_id
        administration.give_post(here, cast.ben, Role.ADMINISTRATOR, by=cast.farah, now=now)
        posts = dict(
            read().execute(select(Post.person_id, Post.id).where(Post.role == Role.ADMINISTRATOR)).all()
        )

    def end(person_id: int, by: int) -> None:
        if leaving:
            administration.leave(here, person_id, by=by, now=now + DAY)
        else:
            administration.end_post(here, posts[person_id], by=by, now=now + DAY)

    found = at_once(app, lambda: end(cast.ben, cast.farah), lambda: end(cast.farah, cast.ben))
    assert sum(isinstance(one, Invalid | NotAllowed) for one in found) == 1, found
    with app.app_context():
        later = (now + 2 * DAY).date()
        assert len(people.with_role(here, Role.ADMINISTRATOR, today=later)) == 1


def test_a_file_that_cannot_be_loaded_to_its_end_leaves_nothing(
    inside: Flask, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "organisation.toml"
    path.write_text((load.HERE / "organisation.example.toml").read_text(encoding="utf-8"), encoding="utf-8")

    def full(*args: object, **given: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(organisations, "add_group", full)
        with pytest.raises(OSError, match="no space"):
            administration.load_file(path, now=now)
    assert organisations.everything() == []
    assert read().scalars(select(History.id)).all() == []
    made = administration.load_file(path, now=now)
    assert len(bodies.listed(made.id, today=now.date())) == 6
    with pytest.raises(Invalid):
        administration.load_file(path, now=now)


def test_two_who_name_a_chair_at_the_same_moment_do_not_overwrite_each_other(
    app: Flask, now: datetime
) -> None:
    with app.app_context():
        cast = gather(now)
        here = cast.organisation_id
        board = bodies.add(here, NewBody("A board"), by=cast.farah, now=now)

    def name(chair_id: int) -> object:
        assert read().get(type(board), board.id) is not None  # as the page that was opened has read it
        return bodies.change(
            here, board.id, chair_id=chair_id, secretary_id=None, revision=1, by=cast.farah, now=now
        )

    found = at_once(app, lambda: name(cast.carol), lambda: name(cast.daniel))
    assert sum(isinstance(one, Exception) for one in found) == 1, found


def test_what_is_ended_twice_is_told_once(inside: Flask, now: datetime) -> None:
    cast = gather(now)
    for _ in range(2):
        administration.end_place(cast.organisation_id, cast.place_ids[0], by=cast.farah, now=now + DAY)
        administration.end_body(cast.organisation_id, cast.board_id, by=cast.farah, now=now + DAY)
    ended = select(History.verb).where(History.verb.in_(("place_ended", "body_ended")))
    assert sorted(read().scalars(ended)) == ["body_ended", "place_ended"]
    assert [one.id for one in bodies.listed(cast.organisation_id, today=(now + DAY).date())] == [
        cast.alone_id
    ]
