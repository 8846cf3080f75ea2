"""Time-stamps by a real authority on loopback (openssl), and every way in which one can fail."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from asn1crypto import tsp

from ehiia import clock
from ehiia.documents.signing import authority
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.timestamps import HttpTimestamper, LocalTimestamper, TimestampUnavailable
from ehiia.documents.signing.verify import verify
from tests.documents.conftest import NOW, Keys, Steps
from tests.documents.records import CAROL
from tests.servers.timestamps import Authority
from tests.servers.timestamps import authority as running

TODAY = clock.now()
"""openssl stamps with the clock of the machine."""


@pytest.fixture(scope="module")
def far_away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Run the time-stamp authority of another organisation."""
    made = TODAY - timedelta(days=1)
    root = authority.make_root("Stamps of the North", now=made)
    own = authority.make_clock("Stamps of the North", root=root, now=made)
    with running(tmp_path_factory.mktemp("authority"), own) as here:
        yield here


@pytest.fixture
def stamps(far_away: Authority) -> Iterator[Authority]:
    """Return the authority; it behaves again afterwards."""
    yield far_away
    far_away.behave()


def test_a_signature_with_the_time_stamp_of_an_authority_is_intact(
    stamps: Authority, steps: Steps, keys: Keys
) -> None:
    asked = len(stamps.asked)
    pdf = sign(
        steps.sealed,
        field=CAROL.field,
        signatory=CAROL,
        authority=keys.root,
        now=NOW,
        timestamper=HttpTimestamper(stamps.address),
    )
    assert len(stamps.asked) == asked + 1, "one question for one signature"
    assert verify(pdf, trusted=(keys.root.certificate,)).intact


def test_the_organisations_own_clock_needs_no_network(keys: Keys, steps: Steps) -> None:
    own = authority.make_clock("Elmshire Integrated Care Board", root=keys.root, now=NOW)
    pdf = certify(
        steps.unsigned,
        seal=keys.seal,
        issuer=keys.root.certificate,
        now=NOW,
        timestamper=LocalTimestamper(own, now=NOW),
    )
    assert verify(pdf, trusted=(keys.root.certificate,)).intact


def _again(stamps: Authority, change: Callable[[tsp.TimeStampReq], None]) -> None:
    """Have the authority answer a question that was not asked."""

    def answer(question: bytes) -> tuple[int, bytes]:
        asked = tsp.TimeStampReq.load(question)
        change(asked)
        return 200, stamps.reply(asked.dump(force=True))

    stamps.answer = answer


def _other_nonce(asked: tsp.TimeStampReq) -> None:
    asked["nonce"] = 4711


def _other_file(asked: tsp.TimeStampReq) -> None:
    asked["message_imprint"]["hashed_message"] = b"\x07" * 32


def _policy_of_another(asked: tsp.TimeStampReq) -> None:
    asked["req_policy"] = "1.2.3.4.99"


def _no_certificate(asked: tsp.TimeStampReq) -> None:
    asked["cert_req"] = False


def _other_digest(asked: tsp.TimeStampReq) -> None:
    asked["message_imprint"] = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": b"\x07" * 64}


def _refused(stamps: Authority, steps: Steps, keys: Keys, *, seconds: float = 5.0) -> str:
    with pytest.raises(TimestampUnavailable) as caught:
        sign(
            steps.sealed,
            field=CAROL.field,
            signatory=CAROL,
            authority=keys.root,
            now=NOW,
            timestamper=HttpTimestamper(stamps.address, seconds=seconds),
        )
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_nonce, "answers another question"),
        (_other_file, "of another file"),
        (_other_digest, "of another file"),
        (_policy_of_another, "refuses: rejection"),
        (_no_certificate, "answers with something else"),
    ],
)
def test_an_answer_to_another_question_is_refused(
    change: Callable[[tsp.TimeStampReq], None], said: str, stamps: Authority, steps: Steps, keys: Keys
) -> None:
    _again(stamps, change)
    assert said in _refused(stamps, steps, keys)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>sign in to the network</html>", b"\x30\x80", b"\x30\x03\x02\x01\x00", b"x" * 20_000],
)
def test_nonsense_is_refused(content: bytes, stamps: Authority, steps: Steps, keys: Keys) -> None:
    stamps.answer = lambda _: (200, content)
    assert _refused(stamps, steps, keys)


def test_an_error_and_a_token_that_was_changed_are_refused(
    stamps: Authority, steps: Steps, keys: Keys
) -> None:
    stamps.answer = lambda _: (503, b"")
    assert "refuses: 503" in _refused(stamps, steps, keys)

    def forged(question: bytes) -> tuple[int, bytes]:
        token = bytearray(stamps.reply(question))
        token[-8] ^= 1
        return 200, bytes(token)

    stamps.answer = forged
    assert "not signed as it should be" in _refused(stamps, steps, keys)


def test_an_authority_that_is_slow_is_not_waited_for(stamps: Authority, steps: Steps, keys: Keys) -> None:
    go_on = threading.Event()

    def late(question: bytes) -> tuple[int, bytes]:
        go_on.wait(5)
        return 200, stamps.reply(question)

    stamps.answer = late
    try:
        assert "takes too long" in _refused(stamps, steps, keys, seconds=0.1)
    finally:
        go_on.set()


def test_an_authority_that_is_down_is_told(stamps: Authority, steps: Steps, keys: Keys) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Authority(stamps.folder, f"http://127.0.0.1:{taken.getsockname()[1]}/")
        assert "cannot be reached" in _refused(nobody, steps, keys)


def test_a_certificate_that_is_not_for_time_stamps_is_refused(keys: Keys, steps: Steps) -> None:
    """The seal of an organisation cannot stand in for an authority; openssl itself would refuse to."""
    with pytest.raises(TimestampUnavailable, match="not signed as it should be"):
        sign(
            steps.sealed,
            field=CAROL.field,
            signatory=CAROL,
            authority=keys.root,
            now=NOW,
            timestamper=_Answered(LocalTimestamper(keys.seal, now=NOW)),
        )


class _Answered(HttpTimestamper):
    """Asks no address but a key in this process."""

    def __init__(self, inside: LocalTimestamper) -> None:
        super().__init__("http://localhost/")
        self._inside = inside

    def _ask(self, question: bytes) -> bytes:
        return bytes(self._inside.request_tsa_response(tsp.TimeStampReq.load(question)).dump())


def test_a_certificate_past_its_end_is_refused(keys: Keys, steps: Steps) -> None:
    own = authority.make_clock("Elmshire", root=keys.root, now=NOW.replace(year=2001))
    with pytest.raises(TimestampUnavailable, match="past its end"):
        sign(
            steps.sealed,
            field=CAROL.field,
            signatory=CAROL,
            authority=keys.root,
            now=NOW,
            timestamper=_Answered(LocalTimestamper(own, now=NOW)),
        )


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "ftp://example.org/", "example.org", "http://", "http://[1/"]
)
def test_only_addresses_of_http_are_taken(address: str) -> None:
    with pytest.raises(ValueError, match="begins with http"):
        HttpTimestamper(address)


def test_a_moment_without_a_time_zone_is_refused_for_the_clock_too(keys: Keys) -> None:
    with pytest.raises(ValueError, match="time zone"):
        LocalTimestamper(keys.seal, now=datetime(2026, 11, 21))
