"""The administrator's page of signing keys, and what anybody may fetch of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from cryptography import x509
from flask import Flask
from flask.testing import FlaskClient

from ehiia.services import keys, sealing, work
from tests import factories
from tests.people import Cast, send
from tests.web.conftest import Browsers, Clock, counted, soup, words

PAGE = "/organisation/keys"


@pytest.fixture
def sealed(app: Flask, cast: Cast, standing_clock: Clock) -> str:
    with app.app_context():
        row = factories.decided(cast, standing_clock.now - timedelta(days=1))[1]
        assert sealing.seal_at_once(row.id, now=standing_clock.now)
        return row.ref


def test_farah_replaces_the_seal_and_says_that_another_is_not_safe(
    app: Flask, cast: Cast, as_: Browsers, sealed: str
) -> None:
    farah = as_("farah")
    with app.app_context():
        seal = next(one for one in keys.listed(cast.organisation_id) if one.purpose == "seal")
    assert seal.fingerprint in words(farah.get(PAGE))
    page = f"{PAGE}/{seal.id}"
    assert send(farah, page, {"why": "planned"}).status_code == 400
    undated = send(farah, page, {"why": "leaked", "reason": "A laptop was stolen."})
    assert undated.status_code == 400
    assert "Enter since which day" in words(undated)
    assert "A laptop was stolen." in undated.text
    assert send(farah, page, {"why": "planned", "reason": "A year has gone."}).status_code == 303
    assert "A year has gone." in words(farah.get(PAGE))
    assert "nothing to replace" in words(farah.get(page))
    assert farah.get(f"{PAGE}/99").status_code == 404
    for name in ("amina", "ben", "esther"):
        assert as_(name).get(PAGE).status_code == 403


def test_anybody_fetches_certificate_and_list_and_is_told_how_to_import_it(
    app: Flask, cast: Cast, client: FlaskClient, sealed: str
) -> None:
    page = client.get("/records/certificate/snee")
    assert "Suffolk and North East Essex" in words(page)
    pem = client.get("/records/certificate/snee.pem").data
    assert keys.fingerprint(pem.decode()) in words(page)
    root = x509.load_pem_x509_certificate(pem)
    newest = client.get("/records/certificate/snee.crl")
    assert newest.mimetype == "application/pkix-crl"
    assert x509.load_der_x509_crl(newest.data).issuer == root.subject
    with app.app_context():
        number = next(one.id for one in keys.listed(cast.organisation_id) if one.purpose == "root")
    assert client.get(f"/records/certificate/snee/{number}.crl").data == newest.data
    for unknown in ("other", "other.crl", "snee/99.crl"):
        assert client.get(f"/records/certificate/{unknown}").status_code == 404


def test_the_command_lists_replaces_and_revokes(app: Flask, cast: Cast, sealed: str) -> None:
    run = app.test_cli_runner().invoke
    listed = run(args=["keys", "list"]).output
    assert "root since" in listed
    given = ["--organisation", "snee", "--reason", "A year has gone."]
    assert "A new seal is in force" in run(args=["keys", "rotate", *given]).output
    assert "replaced" in run(args=["keys", "list"]).output
    with app.app_context():
        root = next(one.id for one in keys.listed(cast.organisation_id) if one.purpose == "root")
    since = ["--since", "2026-01-01T00:00:00"]
    there = app.extensions["ehiia.config"]
    app.extensions["ehiia.config"] = replace(there, keys_secret=b"another secret")
    wrong = run(args=["keys", "rotate", *given])
    assert (wrong.exit_code, "Bring the secret back" in wrong.output) == (1, True)
    app.extensions["ehiia.config"] = there
    assert "It is revoked" in run(args=["keys", "revoke", str(root), *given, *since]).output
    assert "not safe since 2026-01-01" in run(args=["keys", "list"]).output
    assert run(args=["keys", "revoke", "99", *given, *since]).exit_code == 1
    assert run(args=["keys", "rotate", "--organisation", "none", "--reason", "x"]).exit_code == 1


def test_farah_looks_at_what_was_sealed_after_a_key_leaked(
    app: Flask, cast: Cast, as_: Browsers, sealed: str
) -> None:
    farah, page = as_("farah"), f"{PAGE}/leaked"
    assert "Nothing to look at" in words(farah.get(page))
    with app.app_context():
        seal = next(one.id for one in keys.listed(cast.organisation_id) if one.purpose == "seal")
    day = {"since-day": "1", "since-month": "3", "since-year": "2026"}
    stolen = {"why": "leaked", "reason": "A laptop was stolen.", **day}
    assert send(farah, f"{PAGE}/{seal}", stolen).status_code == 303
    assert "Look at what was made after a key leaked" in words(farah.get(PAGE))
    assert "Look at this record: its key was not safe" in words(as_("amina").get(f"/records/{sealed}"))
    with counted(app) as queries:
        listing = farah.get(page)
    assert len(queries) < 20
    one = f"{page}/{sealed}"
    assert [link["href"] for link in soup(listing).select("table a")] == [f"/records/{sealed}", one]
    refused = send(farah, one, {"found": " "})
    assert refused.status_code == 400
    assert "Enter what you compared it with" in words(refused)
    assert send(farah, one, {"found": "It is as in the minute."}).location == page
    assert "Farah Malik: It is as in the minute." in words(farah.get(page))
    assert "stands by it" in words(farah.get(one))
    assert farah.get(f"{page}/EHIIA-2026-999-D1").status_code == 404
    assert as_("ben").get(page).status_code == 403
    assert f"{sealed} (record)" in app.test_cli_runner().invoke(args=["keys", "leaked"]).output
    pdf = as_("amina").get(f"/records/{sealed}.pdf").data
    found = send(farah, "/verify", {"file": (BytesIO(pdf), "a.pdf")}, content_type="multipart/form-data")
    assert "A key leaked" in words(found)


def test_farah_sees_what_waits_to_be_sealed_and_has_it_tried_again(
    app: Flask, cast: Cast, as_: Browsers, standing_clock: Clock
) -> None:
    farah, page = as_("farah"), "/organisation/jobs"
    assert "waits to be sealed" not in words(farah.get(page))
    there = app.extensions["ehiia.config"]
    with app.app_context():
        day = standing_clock.now - timedelta(days=1)
        first, second = (factories.decided(cast, day)[1] for _ in range(2))
        assert sealing.seal_at_once(first.id, now=standing_clock.now)
        app.extensions["ehiia.config"] = replace(there, keys_secret=b"another secret")
        assert not sealing.seal_at_once(second.id, now=standing_clock.now)
        app.extensions["ehiia.config"] = there
        ref = second.ref
    seen = words(farah.get(page))
    assert "One file waits to be sealed" in seen
    assert "their secret is missing or not the right one" in seen
    assert ref not in seen
    assert "See what is wrong with sealing" in words(farah.get("/"))
    assert as_("ben").post(f"{page}/seal").status_code in {400, 403}
    assert send(farah, page, {}, to=f"{page}/seal").status_code == 303
    with app.app_context():
        assert work.do_due(now=standing_clock.now).done == 1
    assert "One file waits" not in words(farah.get(page))
