"""Mail reaches people by a real server, and what the server says decides what happens next."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ehiia.config import Mail
from ehiia.notify.delivery import (
    Accepted,
    Folder,
    Memory,
    Outgoing,
    Refused,
    Smtp,
    TryLater,
    compose,
    read_folder,
    read_one,
    way,
)
from tests.servers.smtp import MailServer

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TO_AMINA = Outgoing(
    message_id="3f2a@ehiia.invalid",
    recipient="amina@example.nhs.uk",
    subject="EHIIA: Überfällig – “due”",
    body="Dear Amina,\n\nplease look.\n.\nA line with a dot alone.\n",
    at=NOW,
)


def by(server: MailServer, **changes: Any) -> Smtp:
    return Smtp(Mail(host=server.host, port=server.port, sender="ehiia@example.nhs.uk", **changes), timeout=5)


def test_a_mail_arrives_whole(mail_server: MailServer) -> None:
    assert by(mail_server)(TO_AMINA) == Accepted()
    (message,) = mail_server.messages
    assert message["Message-ID"] == "<3f2a@ehiia.invalid>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "EHIIA <ehiia@example.nhs.uk>"
    assert message["To"] == "amina@example.nhs.uk"
    assert message["Subject"] == TO_AMINA.subject
    assert message["Date"] == "Mon, 01 Mar 2027 08:00:00 +0000"
    assert message.get_content().replace("\r\n", "\n") == TO_AMINA.body
    assert mail_server.recipients == [["amina@example.nhs.uk"]]


def test_a_server_that_is_down_is_tried_later(mail_server: MailServer) -> None:
    mail_server.stop()
    result = by(mail_server)(TO_AMINA)
    assert isinstance(result, TryLater)
    assert result.nobody_there
    assert "refused" in result.words.lower()


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("451 Try again later", TryLater("451 Try again later")),
        ("550 No such person", Refused("550 No such person")),
    ],
)
def test_the_servers_words_are_kept(mail_server: MailServer, answer: str, result: object) -> None:
    mail_server.refuse_with = answer
    assert by(mail_server)(TO_AMINA) == result
    assert mail_server.messages == []


def test_a_connection_that_breaks_after_acceptance_is_tried_later(mail_server: MailServer) -> None:
    mail_server.drop_after_accepting = True
    result = by(mail_server)(TO_AMINA)
    assert isinstance(result, TryLater)
    assert not result.nobody_there
    assert len(mail_server.messages) == 1


def test_nothing_is_sent_in_the_clear_where_encryption_is_asked_for(mail_server: MailServer) -> None:
    result = by(mail_server, starttls=True)(TO_AMINA)
    assert isinstance(result, TryLater)
    assert "STARTTLS" in result.words
    assert mail_server.messages == []


@pytest.mark.parametrize(
    "bad",
    [
        {"recipient": "amina@example.nhs.uk\r\nBcc: all@example.org"},
        {"recipient": "nobody"},
        {"recipient": ""},
        {"recipient": "@"},
        {"recipient": "a@"},
        {"recipient": "<a@example.org>"},
        {"recipient": "a@example.org, b@example.org"},
        {"subject": "Hello\nBcc: all@example.org"},
        {"subject": "Hello\u2028Bcc: all@example.org"},
        {"message_id": "x@y>\r\nX-Evil: 1"},
    ],
)
def test_no_header_can_be_smuggled_in(mail_server: MailServer, bad: dict[str, str]) -> None:
    outgoing = Outgoing(**{**vars(TO_AMINA), **bad})
    assert isinstance(by(mail_server)(outgoing), Refused)
    assert mail_server.messages == []
    with pytest.raises(ValueError, match=r"."):
        compose(outgoing, sender="ehiia@example.nhs.uk")


# -- encrypted, with a name and a password ----------------------------------------------------


class Strict:
    """A mail server that wants encryption, a name and a password."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        self.received.append(bytes(envelope.original_content or b""))
        return "250 OK"


def _sign_in(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
    given = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ehiia", b"secret")
    return AuthResult(success=given, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a PEM file with a key and a certificate for 127.0.0.1 that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * 80))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("trusted", "password", "arrives"),
    [(True, "secret", True), (False, "secret", False), (True, "wrong", False)],
)
def test_certificate_and_password_are_checked(
    mail_server: MailServer, certificate: Path, trusted: bool, password: str, arrives: bool
) -> None:
    mail_server.stop()  # only its free port is wanted
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    strict = Strict()
    controller = Controller(
        strict,
        hostname=mail_server.host,
        port=mail_server.port,
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        authenticator=_sign_in,
    )
    controller.start()
    try:
        context = ssl.create_default_context(cafile=str(certificate) if trusted else None)
        mail = Mail(
            host=mail_server.host, port=mail_server.port, starttls=True, user="ehiia", password=password
        )
        result = Smtp(mail, timeout=5, context=context)(TO_AMINA)
    finally:
        controller.stop()
    assert isinstance(result, Accepted) is arrives
    assert len(strict.received) == (1 if arrives else 0)
    if not arrives:
        assert isinstance(result, TryLater)
        assert result.nobody_there


# -- the folder -------------------------------------------------------------------------------


def test_the_folder_shows_what_was_sent_newest_first(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    assert read_folder(folder) == []
    send = Folder(folder)
    later = Outgoing(
        **{**vars(TO_AMINA), "message_id": "b@ehiia.invalid", "at": NOW.replace(hour=9), "subject": "Later"}
    )
    assert [send(TO_AMINA), send(later), send(TO_AMINA)] == [Accepted()] * 3
    first, second = read_folder(folder)
    assert first.subject == "Later"
    assert (second.recipient, second.subject, second.body, second.at) == (
        "amina@example.nhs.uk",
        TO_AMINA.subject,
        TO_AMINA.body,
        NOW,
    )
    assert read_one(folder, second.name) == second
    assert [file.suffix for file in folder.iterdir()] == [".eml", ".eml"]


@pytest.mark.parametrize("name", ["../secret", "..", "", ".writing-x", "a/b", "x\0y", "absent"])
def test_no_other_file_is_read_through_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.eml").write_text("To: x\n\n")
    (tmp_path / "mail").mkdir()
    assert read_one(tmp_path / "mail", name) is None


def test_a_folder_that_cannot_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file in the way")
    assert isinstance(Folder(tmp_path / "mail")(TO_AMINA), TryLater)


def test_the_configuration_says_how_mail_leaves(tmp_path: Path) -> None:
    assert isinstance(way(Mail(host="mail.example.nhs.uk")), Smtp)
    assert way(Mail(folder=tmp_path)) == Folder(tmp_path)
    assert way(Mail()) is None


def test_memory_keeps_what_it_accepts() -> None:
    memory = Memory(answers=[TryLater("later")])
    assert memory(TO_AMINA) == TryLater("later")
    assert memory(TO_AMINA) == Accepted()
    assert memory.sent == [TO_AMINA]
