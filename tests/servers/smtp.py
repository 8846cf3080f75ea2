"""A real SMTP server on loopback that can be stopped, started again and told to refuse."""

from __future__ import annotations

import socket
from asyncio import Transport
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Keeps what it was sent in ``messages``, oldest first. Use it in a ``with`` block.

    ``refuse_with``: when set, every message is answered with these words, such
    as "451 Try again later" (temporary) or "550 No such person" (for good).
    ``drop_after_accepting``: the next message is kept, but the sender never hears of it.
    """

    def __init__(self) -> None:
        """Choose a free port; the same one is used after each stop."""
        self.host = "127.0.0.1"
        with socket.socket() as taken:
            taken.bind((self.host, 0))
            self.port: int = taken.getsockname()[1]
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuse_with = ""
        self.drop_after_accepting = False
        self._controller: Controller | None = None

    def start(self) -> None:
        """Begin to listen."""
        assert self._controller is None, "the mail server runs already"
        self._controller = Controller(self, hostname=self.host, port=self.port, ready_timeout=20)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening: whoever connects is refused. Messages are kept."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message, called by aiosmtpd."""
        if self.refuse_with:
            return self.refuse_with
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        if self.drop_after_accepting:
            self.drop_after_accepting = False
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return "250 OK"

    def __enter__(self) -> MailServer:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()
