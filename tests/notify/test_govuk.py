"""Mail by GOV.UK Notify, against a server that speaks its API on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ehiia.config import Config, ConfigError, Mail
from ehiia.notify.delivery import Accepted, Outgoing, Refused, TryLater, way

KEY = "test-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "b2a3c1de-0000-4000-8000-000000000001"


class Notify:
    """Keeps what it was sent; answers with ``status`` and ``message`` where these are set."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.status, self.message = 201, ""
        self.became = "sending"
        self.drop = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Say nothing."""

            def answer(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def refused(self) -> bool:
                if not self.headers["Authorization"].startswith("Bearer ey"):
                    self.answer(403, {"errors": [{"error": "AuthError", "message": "Invalid token"}]})
                    return True
                if outer.status != 201:
                    errors = [{"error": "E", "message": outer.message}]
                    self.answer(outer.status, {"status_code": outer.status, "errors": errors})
                    return True
                return False

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.refused():
                    return
                outer.sent.append(body)
                if outer.drop:
                    outer.drop = False
                    self.connection.close()
                    return
                self.answer(201, {"id": "1", "reference": body["reference"]})

            def do_GET(self) -> None:
                if self.refused():
                    return
                reference = parse_qs(urlsplit(self.path).query)["reference"][0]
                found = [one for one in outer.sent if one["reference"] == reference]
                self.answer(200, {"notifications": [{"status": outer.became} for _ in found], "links": {}})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def notify() -> Iterator[Notify]:
    made = Notify()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(10)


def send(notify: Notify, attempt: int = 1, calendar: tuple[str, ...] = ()) -> Any:
    mail = Mail(
        notify_key=KEY,
        notify_template=TEMPLATE,
        notify_url=notify.url,
        calendar_page="https://x/account/calendar",
    )
    delivery = way(mail)
    assert delivery is not None
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)
    return delivery(
        Outgoing("3f2a@ehiia.invalid", "amina@example.nhs.uk", "Due", "Look.\n", at, calendar, attempt)
    )


def test_a_mail_goes_out_with_its_message_id_as_reference(notify: Notify) -> None:
    assert send(notify) == Accepted()
    assert notify.sent == [
        {
            "email_address": "amina@example.nhs.uk",
            "template_id": TEMPLATE,
            "personalisation": {"subject": "Due", "body": "Look.\n"},
            "reference": "3f2a@ehiia.invalid",
        }
    ]


def test_dates_are_named_by_a_link_because_nothing_can_be_attached(notify: Notify) -> None:
    send(notify, calendar=("BEGIN:VCALENDAR",))
    assert notify.sent[0]["personalisation"]["body"] == (
        "Look.\n\nThese dates for your calendar: https://x/account/calendar\n"
    )


def test_what_was_taken_before_the_answer_was_lost_is_not_sent_twice(notify: Notify) -> None:
    notify.drop = True
    assert isinstance(send(notify), TryLater)
    assert send(notify, attempt=2) == Accepted()
    assert len(notify.sent) == 1
    notify.became = "permanent-failure"
    assert send(notify, attempt=3) == Refused("GOV.UK Notify: permanent-failure")
    notify.sent.clear()
    assert send(notify, attempt=2) == Accepted()
    assert len(notify.sent) == 1


@pytest.mark.parametrize(
    ("status", "said", "result"),
    [
        (400, "email_address Not a valid email address", Refused),
        (403, "Invalid token: API key not found", TryLater),
        (429, "Exceeded send limits (50) for today", TryLater),
        (500, "Internal server error", TryLater),
        (503, "Service unavailable", TryLater),
    ],
)
def test_what_it_answers_decides_what_happens_next(
    notify: Notify, status: int, said: str, result: type[Any]
) -> None:
    notify.status, notify.message = status, said
    answer = send(notify)
    assert isinstance(answer, result)
    assert answer.words == f"{status} {said}"
    assert getattr(answer, "nobody_there", True)


def test_nobody_there_is_tried_later(notify: Notify) -> None:
    notify.url = "http://127.0.0.1:1"
    answer = send(notify)
    assert isinstance(answer, TryLater)
    assert answer.nobody_there


def test_a_key_or_a_template_that_is_missing_is_said_at_the_start(tmp_path: Path) -> None:
    key = tmp_path / "notify.key"
    given = {"EHIIA_INSTANCE": str(tmp_path), "EHIIA_NOTIFY_KEY_FILE": str(key)}
    with pytest.raises(ConfigError, match="has no API key"):
        Config.from_environment(given)
    key.write_text(f"{KEY}\n")
    with pytest.raises(ConfigError, match="EHIIA_NOTIFY_TEMPLATE"):
        Config.from_environment(given)
    config = Config.from_environment(given | {"EHIIA_NOTIFY_TEMPLATE": TEMPLATE})
    assert config.mail.notify_key == KEY
    assert config.mail.notify_url == "https://api.notifications.service.gov.uk"
    assert KEY not in repr(config)
