"""Mail on its way: by SMTP, by GOV.UK Notify (``govuk``), a folder (the demonstration) or memory (tests).

Each way takes an ``Outgoing`` and says what became of it: ``Accepted``, or
``TryLater`` (the connection, an answer that begins with 4, or something wrong
with our own sign-in) or ``Refused`` (an answer that begins with 5), both with
the server's words. Nothing is raised for what a mail server may do.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol

from ehiia.config import Mail
from ehiia.notify.calendar import method_of, written
from ehiia.notify.results import Accepted, Outgoing, Refused, Result, TryLater

__all__ = [
    "Accepted",
    "Delivery",
    "Folder",
    "Memory",
    "Outgoing",
    "Received",
    "Refused",
    "Result",
    "Smtp",
    "TryLater",
    "compose",
    "read_folder",
    "read_one",
    "way",
]

TIMEOUT_SECONDS = 20.0
"""How long a mail server may take for each answer."""

SENDER_NAME = "EHIIA"
NAMED = re.compile(r"[A-Za-z0-9._-]{1,120}")


class Delivery(Protocol):
    """A way for mail to leave."""

    def __call__(self, outgoing: Outgoing) -> Result:
        """Send one mail and say what became of it."""
        ...


def way(mail: Mail) -> Delivery | None:
    """Return how mail leaves under this configuration, or None where it has to wait in the outbox."""
    if mail.notify_key:
        found: Delivery = import_module("ehiia.notify.govuk").GovUkNotify(mail)  # its library is an extra
        return found
    if mail.host:
        return Smtp(mail)
    if mail.folder is not None:
        return Folder(mail.folder, sender=mail.sender)
    return None


def compose(outgoing: Outgoing, *, sender: str) -> EmailMessage:
    """Return the mail with its headers. Raises ValueError for an address or a subject that cannot be one."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _address(sender, SENDER_NAME)
    message["To"] = _address(outgoing.recipient)
    message["Subject"] = _plain(outgoing.subject, "subject")
    message["Date"] = format_datetime(outgoing.at.astimezone(UTC))
    message["Message-ID"] = f"<{_plain(outgoing.message_id, 'Message-ID')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # asks Exchange not to answer with "out of office"
    message.set_content(outgoing.body)
    for number, text in enumerate(map(written, outgoing.calendar), 1):
        name = "invite.ics" if len(outgoing.calendar) == 1 else f"invite-{number}.ics"
        message.add_attachment(
            text.encode(),
            maintype="text",
            subtype="calendar",
            filename=name,
            params={"method": method_of(text), "charset": "utf-8", "name": name},
        )
    return message


def _address(text: str, display: str = "") -> Address:
    try:
        address = Address(display_name=display, addr_spec=_plain(text, "address"))
    except (IndexError, HeaderParseError) as error:  # what its parser raises for some that are none
        raise ValueError(f"the address cannot be read: {error}")
    if not address.username or not address.domain:
        raise ValueError("the address has no @")
    return address


def _plain(text: str, what: str) -> str:
    if any(not character.isprintable() for character in text) or text != text.strip() or not text:
        raise ValueError(f"the {what} is empty or has characters that a header may not have")
    return text


@dataclass(frozen=True)
class Smtp:
    """Real mail. ``starttls``: encrypted, with the certificate checked, or nothing is sent."""

    mail: Mail
    timeout: float = TIMEOUT_SECONDS
    context: ssl.SSLContext | None = None
    """Which certificates are trusted; the system's where None."""

    def __call__(self, outgoing: Outgoing) -> Result:
        """Send one mail over a connection of its own."""
        try:
            message = compose(outgoing, sender=self.mail.sender)
        except ValueError as error:  # its parts cannot be a mail, now or later
            return Refused(str(error))
        server: smtplib.SMTP | None = None
        try:
            server = smtplib.SMTP(self.mail.host, self.mail.port, timeout=self.timeout)
            self._greet(server)
        except smtplib.SMTPResponseException as error:
            _leave(server)
            return TryLater(_answer(error.smtp_code, error.smtp_error), nobody_there=True)
        except (OSError, smtplib.SMTPException) as error:
            _leave(server)
            return TryLater(str(error) or type(error).__name__, nobody_there=True)
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return _verdict(code, words)
        except smtplib.SMTPSenderRefused as error:  # our own address: wrong settings, not a wrong mail
            return TryLater(_answer(error.smtp_code, error.smtp_error), nobody_there=True)
        except smtplib.SMTPResponseException as error:
            return _verdict(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:  # an address that this server cannot carry
            return Refused(str(error))
        except (OSError, smtplib.SMTPException) as error:
            return TryLater(str(error) or type(error).__name__)
        finally:
            _leave(server)
        return Accepted()

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.mail.starttls:
            server.starttls(context=self.context or ssl.create_default_context())
            server.ehlo()
        if self.mail.user:
            server.login(self.mail.user, self.mail.password)


def _leave(server: smtplib.SMTP | None) -> None:
    """Say goodbye; the mail is with the server or not, whatever it answers now."""
    if server is None:
        return
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}".strip()


def _verdict(code: int, words: bytes | str) -> Result:
    return Refused(_answer(code, words)) if 500 <= code < 600 else TryLater(_answer(code, words))


@dataclass(frozen=True)
class Folder:
    """Each mail a file in a folder, for the demonstration; sending twice leaves one file."""

    path: Path
    sender: str = "ehiia@localhost"

    def __call__(self, outgoing: Outgoing) -> Result:
        """Write the mail under another name first, so that nobody reads half of it."""
        try:
            data = compose(outgoing, sender=self.sender).as_bytes(policy=policy.SMTPUTF8)
        except ValueError as error:
            return Refused(str(error))
        name = re.sub(r"[^A-Za-z0-9.-]", "-", outgoing.message_id.split("@")[0])[:80]
        target = self.path / f"{outgoing.at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{name}.eml"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for old in self.path.glob(f"*-{name}.eml"):
                if old != target:
                    old.unlink(missing_ok=True)
            _write(target, data)
        except OSError as error:
            return TryLater(str(error), nobody_there=True)
        return Accepted()


def _write(target: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@dataclass
class Memory:
    """Mail that stays here, for tests. ``answers`` are given one by one, afterwards everything is taken."""

    sent: list[Outgoing] = field(default_factory=list)
    answers: list[Result] = field(default_factory=list)

    def __call__(self, outgoing: Outgoing) -> Result:
        """Keep the mail, or give the next answer."""
        answer: Result = self.answers.pop(0) if self.answers else Accepted()
        if isinstance(answer, Accepted):
            self.sent.append(outgoing)
        return answer


# -- the demonstration's mail page -----------------------------------------------------------


@dataclass(frozen=True)
class Received:
    """A mail read from a folder. ``name`` is the file's name without ``.eml``; ``at`` is its Date (UTC)."""

    name: str
    recipient: str
    subject: str
    body: str
    at: datetime
    message_id: str


def read_folder(path: Path, *, limit: int = 200) -> list[Received]:
    """Return the newest mails of a folder, newest first; an absent folder is empty."""
    if not path.is_dir():
        return []
    newest = sorted((file.name for file in path.glob("[!.]*.eml")), reverse=True)[:limit]
    return [mail for mail in (read_one(path, name.removesuffix(".eml")) for name in newest) if mail]


def read_one(path: Path, name: str) -> Received | None:
    """Return one mail of a folder by its name, or None where there is none (or the name is no name)."""
    file = path / f"{name}.eml"
    if not NAMED.fullmatch(name) or name.startswith(".") or not file.is_file():
        return None
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = message.get_body(("plain",))
    return Received(
        name=name,
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        body=text.get_content().replace("\r\n", "\n") if text else "",
        at=message["Date"].datetime.astimezone(UTC),
        message_id=str(message["Message-ID"]),
    )
