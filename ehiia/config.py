"""Every environment variable, its default and its reason. An unknown EHIIA_ variable is an error."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit


class ConfigError(ValueError):
    """The configuration cannot be used; the message says what to change."""


NOTIFY = "https://api.notifications.service.gov.uk"

VARIABLES: dict[str, str] = {
    "EHIIA_INSTANCE": "folder of the database, keys, signed records and uploads; default: instance/",
    "EHIIA_DATABASE_URL": "postgresql://... for PostgreSQL; default: SQLite in the instance folder",
    "EHIIA_PUBLIC_URL": "address people type, like https://ehiia.example.nhs.uk; https makes cookies Secure",
    "EHIIA_LISTENS_ON": "address of the server; the demonstration's passwords are shown on loopback only",
    "EHIIA_PROXIES": "how many reverse proxies stand in front and say who asks; default 0: none is believed",
    "EHIIA_DEMONSTRATION": "1 while the demonstration is loaded: mail goes to a folder, pages say so",
    "EHIIA_AUDITS": "folder that evidence packs are written to as well, or none; default: audits/",
    "EHIIA_SECRET_KEY_FILE": "file with the secret that signs cookies; default: made in instance/keys/",
    "EHIIA_KEYS_SECRET_FILE": "file with the secret that opens the signing keys; made in instance/keys/",
    "EHIIA_KEYS_PASSPHRASE_FILE": "file with the passphrase of a key brought along; default: asked for",
    "EHIIA_PKCS11_MODULE": "library (PKCS#11) of the token that keeps a bought seal; default: no token",
    "EHIIA_PKCS11_TOKEN": "label of that token: a module may have several",
    "EHIIA_PKCS11_KEY": "label of the seal's private key in it, which never leaves it",
    "EHIIA_PKCS11_PIN_FILE": "file with the token's PIN: it must not be seen in a list of processes",
    "EHIIA_MAIL_HOST": "SMTP server; without one mail waits in the outbox (demonstration: a folder)",
    "EHIIA_MAIL_PORT": "SMTP port, default 25",
    "EHIIA_MAIL_FROM": "address that mail comes from",
    "EHIIA_MAIL_STARTTLS": "1 to refuse sending without STARTTLS",
    "EHIIA_MAIL_USER": "name for the SMTP server, if it wants one",
    "EHIIA_MAIL_PASSWORD_FILE": "file with the password for the SMTP server",
    "EHIIA_NOTIFY_KEY_FILE": "file with an API key of GOV.UK Notify: mail leaves by it and not by SMTP",
    "EHIIA_NOTIFY_TEMPLATE": "id of the template there, with ((subject)) and ((body))",
    "EHIIA_NOTIFY_URL": "address of GOV.UK Notify; default: the service itself",
    "EHIIA_SESSION_IDLE_MINUTES": "signed out after so many minutes without a request, default 60",
    "EHIIA_SESSION_HOURS": "signed out after so many hours in any case, default 12",
    "EHIIA_UPLOAD_MEGABYTES": "largest file that may be uploaded, default 20",
    "EHIIA_CLAMAV": "clamd that scans uploads: /run/clamav/clamd.ctl or host:3310; default: none scans",
    "EHIIA_CLAMAV_SECONDS": "how long each step of a scan may take before the file is refused, default 20",
    "EHIIA_THREADS": "threads of the web server under make run, default 4",
}


@dataclass(frozen=True)
class Mail:
    """How mail leaves: by GOV.UK Notify, by SMTP or into a folder, whichever is set first."""

    host: str = ""
    port: int = 25
    sender: str = "ehiia@localhost"
    starttls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    folder: Path | None = None
    notify_key: str = field(default="", repr=False)
    notify_template: str = ""
    notify_url: str = NOTIFY
    calendar_page: str = ""
    """Where people find their calendar, for ways that attach nothing."""


@dataclass(frozen=True)
class Token:
    """The token (PKCS#11) that keeps a bought seal."""

    module: str
    label: str
    key: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class Config:
    """The whole configuration, read once."""

    instance: Path
    database_url: str
    public_url: str
    listens_on: str
    demonstration: bool
    secret_key: str = field(repr=False)
    keys_secret: bytes = field(repr=False)
    keys_passphrase: str | None = field(default=None, repr=False)
    """Of a key that is brought along; None where it is asked for."""
    token: Token | None = None
    mail: Mail = field(default_factory=Mail)
    session_idle_minutes: int = 60
    session_hours: int = 12
    upload_megabytes: int = 20
    clamav: str = ""
    clamav_seconds: float = 20.0
    threads: int = 4
    proxies: int = 0
    audits: Path | None = None
    """The auditor's room: evidence packs are written there and never read; None where there is none."""
    testing: bool = False

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.listens_on)

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are Secure: they follow the scheme of the public address."""
        return urlsplit(self.public_url).scheme == "https"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Config:
        """Read the configuration; makes the instance folder and missing secrets (mode 0600).

        Raises ConfigError for an unknown variable or a value that cannot be used.
        """
        env = os.environ if environment is None else environment
        unknown = sorted(
            name
            for name in env
            if name.startswith("EHIIA_") and not name.startswith("EHIIA_TEST_") and name not in VARIABLES
        )
        if unknown:
            raise ConfigError(
                f"Unknown setting {', '.join(unknown)}. Known settings: {', '.join(VARIABLES)}."
            )
        instance = Path(env.get("EHIIA_INSTANCE") or Path(__file__).parent.parent / "instance").absolute()
        instance.mkdir(parents=True, exist_ok=True)
        demonstration = env.get("EHIIA_DEMONSTRATION", "") == "1"
        listens_on = env.get("EHIIA_LISTENS_ON", "127.0.0.1")
        return cls(
            instance=instance,
            database_url=_database_url(env.get("EHIIA_DATABASE_URL", ""), instance),
            public_url=env.get("EHIIA_PUBLIC_URL", f"http://{listens_on}:5000").rstrip("/"),
            listens_on=listens_on,
            demonstration=demonstration,
            secret_key=_secret(
                env.get("EHIIA_SECRET_KEY_FILE"), instance / "keys" / "cookies.secret"
            ).decode(),
            keys_secret=_secret(env.get("EHIIA_KEYS_SECRET_FILE"), instance / "keys" / "keys.secret"),
            keys_passphrase=_from_file(env, "EHIIA_KEYS_PASSPHRASE_FILE"),
            token=_token(env),
            mail=_mail(env, instance, demonstration),
            session_idle_minutes=_number(env, "EHIIA_SESSION_IDLE_MINUTES", 60),
            session_hours=_number(env, "EHIIA_SESSION_HOURS", 12),
            upload_megabytes=_number(env, "EHIIA_UPLOAD_MEGABYTES", 20),
            clamav=_clamav(env.get("EHIIA_CLAMAV", "")),
            clamav_seconds=float(_number(env, "EHIIA_CLAMAV_SECONDS", 20)),
            threads=_number(env, "EHIIA_THREADS", 4),
            proxies=_number(env, "EHIIA_PROXIES", 0, least=0),
            audits=_audits(env.get("EHIIA_AUDITS", "")),
        )

    @classmethod
    def for_tests(cls, *, instance: Path, database_url: str = "", **changes: object) -> Config:
        """Return a configuration for tests: fixed secrets, mail into a folder, no environment."""
        instance.mkdir(parents=True, exist_ok=True)
        config = cls(
            instance=instance,
            database_url=_database_url(database_url, instance),
            public_url="http://127.0.0.1:5000",
            listens_on="127.0.0.1",
            demonstration=False,
            secret_key="a secret for tests only",  # noqa: S106
            keys_secret=b"a secret for tests only",
            mail=Mail(folder=instance / "mail"),
            testing=True,
        )
        return replace(config, **changes)  # type: ignore[arg-type]


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a server that listens on ``host``, an address or a name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _database_url(given: str, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'ehiia.sqlite'}"
    if given.startswith("postgres://"):  # the old name, which SQLAlchemy refuses
        given = "postgresql://" + given.removeprefix("postgres://")
    if not given.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        raise ConfigError("EHIIA_DATABASE_URL must begin with postgresql:// or sqlite:///.")
    return given


def _secret(given: str | None, default: Path) -> bytes:
    """Read a secret; make it on first start, readable by its owner only."""
    if given:
        path = Path(given)
        if not path.is_file():
            raise ConfigError(f"The secret file {path} does not exist. Make it, or leave the setting out.")
        return _not_empty(path)
    if not default.exists():
        default.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        writing = default.with_name(f".{default.name}-{secrets.token_hex(8)}")
        descriptor = os.open(writing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_urlsafe(48).encode())
            with contextlib.suppress(FileExistsError):  # another process was quicker
                os.link(writing, default)  # the name comes with the whole secret, or not at all
        finally:
            writing.unlink()
    return _not_empty(default)


def _not_empty(path: Path) -> bytes:
    secret = path.read_bytes().strip()
    if not secret:
        raise ConfigError(f"The secret file {path} is empty. Bring it back from a backup.")
    return secret


def _from_file(env: Mapping[str, str], name: str) -> str | None:
    """Read a secret that is never made here, None where none is set."""
    given = env.get(name)
    return _secret(given, Path(given)).decode() if given else None


def _token(env: Mapping[str, str]) -> Token | None:
    names = ("EHIIA_PKCS11_MODULE", "EHIIA_PKCS11_TOKEN", "EHIIA_PKCS11_KEY", "EHIIA_PKCS11_PIN_FILE")
    missing = [name for name in names if not env.get(name)]
    if len(missing) == len(names):
        return None
    if missing:
        raise ConfigError(f"A seal in a token needs {', '.join(missing)} too.")
    if find_spec("pkcs11") is None:
        raise ConfigError("A seal in a token needs a library: install ehiia with the extra “pkcs11”.")
    module, label, key, _ = (env[name] for name in names)
    return Token(module, label, key, _from_file(env, names[-1]) or "")


def _mail(env: Mapping[str, str], instance: Path, demonstration: bool) -> Mail:
    host = env.get("EHIIA_MAIL_HOST", "")
    password_file = env.get("EHIIA_MAIL_PASSWORD_FILE")
    notify_key = _notify_key(env)
    return Mail(
        host=host,
        port=_number(env, "EHIIA_MAIL_PORT", 25),
        sender=env.get("EHIIA_MAIL_FROM", "ehiia@localhost"),
        starttls=env.get("EHIIA_MAIL_STARTTLS", "") == "1",
        user=env.get("EHIIA_MAIL_USER", ""),
        password=Path(password_file).read_text().strip() if password_file else "",
        folder=instance / "mail" if demonstration and not host and not notify_key else None,
        notify_key=notify_key,
        notify_template=env.get("EHIIA_NOTIFY_TEMPLATE", ""),
        notify_url=env.get("EHIIA_NOTIFY_URL", NOTIFY),
        calendar_page=f"{env.get('EHIIA_PUBLIC_URL', '').rstrip('/')}/account/calendar",
    )


def _notify_key(env: Mapping[str, str]) -> str:
    """Read the key of GOV.UK Notify, "" where none is set, and refuse what would fail at the first mail."""
    given = env.get("EHIIA_NOTIFY_KEY_FILE")
    if not given:
        return ""
    path = Path(given)
    key = path.read_text().strip() if path.is_file() else ""
    if len(key) < 73:  # a name, the id of the service and a secret
        raise ConfigError(f"EHIIA_NOTIFY_KEY_FILE: {path} has no API key of GOV.UK Notify.")
    if not env.get("EHIIA_NOTIFY_TEMPLATE"):
        raise ConfigError("EHIIA_NOTIFY_TEMPLATE: give the id of the template with ((subject)) and ((body)).")
    if find_spec("notifications_python_client") is None:
        raise ConfigError("GOV.UK Notify needs its library: install ehiia with the extra “notify”.")
    return key


def _audits(given: str) -> Path | None:
    if given == "none":
        return None
    return Path(given or Path(__file__).parent.parent / "audits").absolute()


def _clamav(given: str) -> str:
    port = given.rpartition(":")[2]
    if given and not given.startswith("/") and not (":" in given and port.isdecimal()):
        raise ConfigError(f"EHIIA_CLAMAV must be the path of a socket or host:port, not {given!r}.")
    return given


def _number(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise ConfigError(f"{name} must be a whole number of {least} or more, not {text!r}.")
    return int(text)
