"""Mail on its way by GOV.UK Notify: for organisations whose mail leaves by it and not by a server of theirs.

The template there has a subject of ``((subject))`` and a message of ``((body))``.
Notify takes a mail twice without a word, so what may have arrived already is
looked for by its reference first, which is our Message-ID. It attaches no
calendar files: the page of the person's calendar is named instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from ehiia.config import Mail
from ehiia.notify.results import Accepted, Outgoing, Refused, Result, TryLater

TIMEOUT_SECONDS = 20
GIVEN_UP = frozenset({"permanent-failure", "technical-failure", "temporary-failure"})
"""What Notify says of mail that did not arrive and that it tries no more."""


@dataclass(frozen=True)
class GovUkNotify:
    """Mail by GOV.UK Notify. ``mail`` has the key, the template and the address of the service."""

    mail: Mail
    timeout: int = TIMEOUT_SECONDS

    def __call__(self, outgoing: Outgoing) -> Result:
        """Send one mail; from its second try on only where Notify does not know it already."""
        client: Any = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self.mail.notify_key, base_url=self.mail.notify_url, timeout=self.timeout
        )
        try:
            if outgoing.attempt > 1 and (known := _known(client, outgoing.message_id)) is not None:
                return known
            client.send_email_notification(
                email_address=outgoing.recipient,
                template_id=self.mail.notify_template,
                personalisation={"subject": outgoing.subject, "body": self._body(outgoing)},
                reference=outgoing.message_id,
            )
        except APIError as error:
            return _verdict(error)
        finally:
            client.request_session.close()
        return Accepted()

    def _body(self, outgoing: Outgoing) -> str:
        if not outgoing.calendar:
            return outgoing.body
        return f"{outgoing.body}\nThese dates for your calendar: {self.mail.calendar_page}\n"


def _known(client: Any, reference: str) -> Result | None:
    """Return what became of a mail that Notify has taken before, or None where it has not."""
    found = client.get_all_notifications(reference=reference)["notifications"]
    states = [str(one.get("status", "")) for one in found]
    if not states:
        return None
    return Refused(f"GOV.UK Notify: {states[0]}") if set(states) <= GIVEN_UP else Accepted()


def _verdict(error: APIError) -> Result:
    code, message = error.status_code, error.message
    if isinstance(message, list):
        message = "; ".join(str(one.get("message", one)) for one in message)
    words = f"{code} {message}"
    if code == 400:  # this mail as it is: an address that is none, or one outside a team's trial
        return Refused(words)
    return TryLater(words, nobody_there=True)  # our key, a limit, or the service itself
