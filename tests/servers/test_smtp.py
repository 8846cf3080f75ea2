"""The mail server of the tests itself."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest

from tests.servers.smtp import MailServer


def send(server: MailServer, words: str = "Good morning") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Grüße"
    message.set_content(words)
    with smtplib.SMTP(server.host, server.port, timeout=5) as client:
        client.send_message(message)


def test_it_keeps_what_it_was_sent() -> None:
    with MailServer() as server:
        send(server)
    assert server.messages[0]["Subject"] == "Grüße"
    assert server.messages[0].get_content().strip() == "Good morning"
    assert server.recipients == [["b@example.org"]]


def test_it_goes_down_and_comes_back() -> None:
    with MailServer() as server:
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            send(server)
        server.start()
        send(server)
    assert len(server.messages) == 1


def test_it_refuses_when_told() -> None:
    with MailServer() as server:
        server.refuse_with = "451 Try again later"
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            send(server)
    assert server.messages == []


def test_it_accepts_and_breaks_off_when_told() -> None:
    with MailServer() as server:
        server.drop_after_accepting = True
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(server)
        assert len(server.messages) == 1
