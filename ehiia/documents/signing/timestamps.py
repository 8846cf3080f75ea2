"""Who says when: a time-stamp authority asked over HTTP (RFC 3161), or the organisation's own clock.

A time-stamp is the word of somebody else that a file was so at a moment. The organisation's own
time-stamping key needs no network and proves nothing beyond the organisation's own clock; a file says
which of the two it has. Whatever an authority does (silence, slowness, nonsense, another file's token)
becomes ``TimestampUnavailable``, so that signing can go on without and say so.
"""

from __future__ import annotations

import http.client
import time
import urllib.request
from datetime import datetime
from typing import Any, ClassVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from asn1crypto import algos, cms, core, tsp
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from ehiia.documents.signing.authority import Credential, asn1

Timestamper = TimeStamper
"""What ``seal`` and ``renewal`` take; made by ``HttpTimestamper`` or ``LocalTimestamper``."""

SECONDS = 5.0
"""How long an authority may take for one answer, by the clock: somebody may be waiting."""

LARGEST_TOKEN = 12 * 1024
"""Largest token that is taken, in bytes; authorities with a long chain send about half of it."""

POLICY = "2.25.139277461234567890123456789012345678"
"""The policy of the organisation's own time-stamps: an identifier made from a UUID (X.667), so that nobody
else's can be the same. It promises nothing but the organisation's own clock."""


class _Response(core.Sequence):  # type: ignore[misc]
    """TimeStampResp of RFC 3161; asn1crypto's own insists on a token, which a refusal has not."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


_GRANTED = ("granted", "granted_with_mods")


class TimestampUnavailable(Exception):
    """No time-stamp could be had now; the message says why, in words."""


class HttpTimestamper(TimeStamper):
    """A time-stamp authority at an address (RFC 3161, section 3.4).

    Raises ValueError where the address is not one of http or https.
    """

    def __init__(self, address: str, *, seconds: float = SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        try:
            parts = urlsplit(address)
            wrong = parts.scheme not in ("http", "https") or not parts.hostname
        except ValueError:
            wrong = True
        if wrong:
            raise ValueError("the address of a time-stamp authority begins with http:// or https://")
        self._address = address
        self._seconds = seconds

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """Return a token (CMS) over the digest, checked in every way that needs no trust."""
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        answer = self._ask(request.dump())
        try:
            return await _checked(answer, message_digest, md_algorithm, nonce)
        except TimestampUnavailable:
            raise
        except Exception as problem:  # asn1crypto raises many kinds on what is no answer
            raise TimestampUnavailable("the time-stamp authority answers with something else") from problem

    def _ask(self, question: bytes) -> bytes:
        ends = time.monotonic() + self._seconds
        request = urllib.request.Request(  # noqa: S310 - http(s) alone, see __init__
            self._address,
            data=question,
            headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
        )
        try:
            with _opener().open(request, timeout=self._seconds) as answer:
                taken = b""
                while piece := answer.read1(LARGEST_TOKEN):
                    taken += piece
                    if len(taken) > LARGEST_TOKEN:
                        raise TimestampUnavailable("the answer of the time-stamp authority is too large")
                    if time.monotonic() > ends:
                        raise TimestampUnavailable("the time-stamp authority takes too long")
                return taken
        except HTTPError as problem:
            problem.close()
            raise TimestampUnavailable(f"the time-stamp authority refuses: {problem.code}") from problem
        except TimeoutError as problem:
            raise TimestampUnavailable("the time-stamp authority takes too long") from problem
        except (URLError, OSError, http.client.HTTPException, ValueError) as problem:
            raise TimestampUnavailable(f"the time-stamp authority cannot be reached: {problem}") from problem


class LocalTimestamper(DummyTimeStamper):
    """The organisation's own time-stamping key, at a moment that is passed in (UTC).

    ``credential`` is made by ``authority.make_clock``.
    """

    def __init__(self, credential: Credential, *, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        super().__init__(
            asn1(credential.certificate),
            None,
            fixed_dt=now.replace(microsecond=0),
        )
        self.certs_to_embed = [asn1(above) for above in credential.chain]
        self._credential = credential

    def _build_tst_info(self, message_imprint: Any, dt: datetime, req: Any) -> Any:
        info = super()._build_tst_info(message_imprint, dt, req)
        info["policy"] = POLICY
        return info

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, Any]:
        # as the class above does it, with a key that is not RSA and the attribute of RFC 5816
        digest = hashes.Hash(hashes.SHA256())
        digest.update(tst_info_data)
        said = {
            "content_type": "tst_info",
            "signing_time": cms.Time({"utc_time": core.UTCTime(dt)}),
            "signing_certificate_v2": as_signing_certificate_v2(self.tsa_cert),
            "message_digest": digest.finalize(),
        }
        attributes = cms.CMSAttributes([simple_cms_attribute(*one) for one in said.items()])  # type: ignore[no-untyped-call]
        return self._credential.sign(attributes.dump()), attributes

    def _build_signed_data(
        self, tst_info_data: bytes, md_algorithm: str, signature: bytes, signed_attrs: Any
    ) -> dict[str, Any]:
        data = super()._build_signed_data(tst_info_data, "sha256", signature, signed_attrs)
        data["signer_infos"][0]["signature_algorithm"] = algos.SignedDigestAlgorithm(
            {"algorithm": "sha256_ecdsa"}
        )
        return data


def _opener() -> urllib.request.OpenerDirector:
    """Return what opens http(s) and nothing else, through the proxy of the machine; no redirection."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


async def _checked(answer: bytes, digest: bytes, algorithm: str, nonce: int | None) -> Any:
    """Return the token of an answer. Raises ``TimestampUnavailable``, and much else on nonsense."""
    response = _Response.load(answer, strict=True)
    status = response["status"]["status"].native
    if status not in _GRANTED:
        raise TimestampUnavailable(f"the time-stamp authority refuses: {status}")
    token = response["token"]
    info = token["content"]["encap_content_info"]["content"].parsed
    imprint = info["message_imprint"]
    if (
        imprint["hashed_message"].native != digest
        or imprint["hash_algorithm"]["algorithm"].native != algorithm
    ):
        raise TimestampUnavailable("the time-stamp is of another file")
    if info["nonce"].native != nonce:
        raise TimestampUnavailable("the time-stamp answers another question")
    # whom to trust is a question of those who verify: here only that the token is whole
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    found = await validate_tst_signed_data(token["content"], nobody, lambda _: digest)
    certificate = found["signing_cert"]
    usage = certificate.extended_key_usage_value
    if not (found["intact"] and found["valid"]) or usage is None or "time_stamping" not in usage.native:
        raise TimestampUnavailable("the time-stamp is not signed as it should be")
    if not certificate.not_valid_before <= info["gen_time"].native <= certificate.not_valid_after:
        raise TimestampUnavailable("the certificate of the time-stamp authority is past its end")
    return token
