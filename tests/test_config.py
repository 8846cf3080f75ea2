"""What the environment may say, and what is said of what it may not."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask, request

from ehiia.config import Config, ConfigError


def read(instance: Path, **settings: str) -> Config:
    return Config.from_environment({"EHIIA_INSTANCE": str(instance), **settings})


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    config = read(tmp_path / "new")
    assert config.database_url == f"sqlite:///{tmp_path / 'new' / 'ehiia.sqlite'}"
    assert config.listens_on_loopback
    assert not config.secure_cookies
    assert not config.demonstration


def test_a_setting_that_nobody_knows_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Unknown setting EHIIA_DATABASE"):
        read(tmp_path, EHIIA_DATABASE="x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EHIIA_SESSION_HOURS", "0"),
        ("EHIIA_SESSION_HOURS", "soon"),
        ("EHIIA_MAIL_PORT", "²"),
        ("EHIIA_PROXIES", "-1"),
        ("EHIIA_DATABASE_URL", "mysql://x"),
        ("EHIIA_CLAMAV", "clamd"),
        ("EHIIA_SECRET_KEY_FILE", "nowhere"),
    ],
)
def test_a_value_that_cannot_be_used_is_explained(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=r"must|does not exist"):
        read(tmp_path, **{name: value})


def test_a_token_is_named_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234\n")
    given = {"EHIIA_PKCS11_MODULE": "/lib/softhsm2.so", "EHIIA_PKCS11_TOKEN": "seal"}
    with pytest.raises(ConfigError, match="EHIIA_PKCS11_KEY, EHIIA_PKCS11_PIN_FILE"):
        read(tmp_path, **given)
    rest = {"EHIIA_PKCS11_KEY": "record seal", "EHIIA_PKCS11_PIN_FILE": str(tmp_path / "pin")}
    token = read(tmp_path, **given, **rest).token
    assert token is not None
    assert (token.key, token.pin, "1234" in repr(token)) == ("record seal", "1234", False)
    assert read(tmp_path).token is None


def test_cookies_are_secure_where_people_type_https(tmp_path: Path) -> None:
    assert read(tmp_path, EHIIA_PUBLIC_URL="https://ehiia.example.nhs.uk/").secure_cookies


@pytest.mark.parametrize(
    ("address", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a.example", False)],
)
def test_only_this_machine_is_loopback(tmp_path: Path, address: str, loopback: bool) -> None:
    assert read(tmp_path, EHIIA_LISTENS_ON=address).listens_on_loopback is loopback


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert (first.secret_key, first.keys_secret) == (second.secret_key, second.keys_secret)
    assert len(first.keys_secret) >= 32
    made = sorted((tmp_path / "keys").iterdir())
    assert [path.name for path in made] == ["cookies.secret", "keys.secret"]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}


def test_web_and_scheduler_that_start_at_once_get_the_same_secrets(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read(tmp_path).keys_secret, range(8)))
    assert len(set(found)) == 1


def test_a_start_that_is_killed_leaves_no_empty_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty secret would open the signing keys to anybody."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", killed)
        with pytest.raises(KeyboardInterrupt):
            read(tmp_path)
    assert read(tmp_path).keys_secret


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "secret"
    empty.touch()
    with pytest.raises(ConfigError, match="is empty"):
        read(tmp_path, EHIIA_KEYS_SECRET_FILE=str(empty))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("proxies", "who"),
    [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")],
    ids=["none", "one", "two"],
)
def test_who_asks_is_told_by_as_many_proxies_as_stand_in_front(
    make_app: Callable[..., Flask], proxies: int, who: str
) -> None:
    """Tries to sign in are counted for each address: one for all would shut out all."""
    app = make_app(proxies=proxies)
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert answer.get_data(as_text=True) == who
