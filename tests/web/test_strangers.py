"""To a stranger a restricted assessment does not exist, at every address there is.

They are made from the map of addresses: a new page is covered by itself, and one that
needs a value nobody named here fails until it is named.
Long because it names a value for every part of an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from ehiia.domain.mitigating import Asking, Ending
from ehiia.domain.programmes import Rhythm
from ehiia.domain.sampling import Frame, Item, Pool, Take, canonical, digest
from ehiia.domain.vocabulary import Claim, Naming, Verdict
from ehiia.services import audits, checks, evidence, mitigations, restriction, word
from ehiia.services.transaction import read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.answers import AuditItem, MitigationRow
from ehiia.store.auditing import CaseRow, DrawRow, ProgrammeRow, ProgrammeRule, RunRow
from ehiia.store.duties import MailRow
from ehiia.store.engagement import (
    CommitmentRow,
    EngagementRow,
    EngagementVoice,
    ReviewerComment,
    ReviewerLink,
)
from ehiia.store.organisations import LocalGroup
from ehiia.store.people import Post
from ehiia.store.promised import DateChange, MitigationEnding
from tests import factories, registers
from tests.people import Cast
from tests.services.test_decision_logs import matched, say
from tests.web.conftest import Browsers, Clock

TITLE = "Closing the ward on Quay Street"
SAID = "Nobody on board of the ferry"
"""Words of the assessment that are in its title, an action or a verdict only."""
SECRETS = ("Quay Street", "A minibus from the harbour", SAID)

ABOUT_ONE = frozenset({"ref", "mitigation_ref", "record_ref", "item_id"})
"""Names of what an address says about one assessment."""
KNOWN = frozenset({"assessments.overview"})
"""An equality lead sees here that a restricted assessment exists, and whose it is."""
ELSEWHERE = frozenset({"static", "security.static", "security.logout"})


@dataclass(frozen=True)
class Restricted:
    """A restricted assessment that was decided, and values for every address."""

    ref: str
    values: dict[str, Any]


@pytest.fixture(params=["ready", "decided"])
def restricted(request: pytest.FixtureRequest, app: Flask, cast: Cast, standing_clock: Clock) -> Restricted:
    """Make a restricted assessment with everything that hangs on one, at a stage."""
    now = standing_clock.now
    with app.app_context():
        proof, form = 0, 1
        if request.param == "ready":
            route = factories.to_the_board(cast)
            ref = factories.passed(cast, now, worse=True, title=TITLE, route=route)
            blank = factories.in_word(ref, by=cast.amina, now=now)
            form = word.give_back(ref, name="form.docx", data=blank, by=cast.amina, now=now)
        else:
            ref, _ = factories.decided(cast, now, worse=True, title=TITLE)
            mitigations.claim(f"{ref}-M1", Claim.DONE, note_text=SAID, by=cast.helen, now=now)
            audits.give_verdict(
                f"{ref}-M1",
                verdict=Verdict.NOT_WORKING,
                found=SAID,
                proof=Upload("seen.txt", b"Seen."),
                by=cast.dev,
                now=now,
            )
            proof = read().scalars(select(AuditItem.id)).one()
            read().rollback()
        run = sampled(ref, cast, now)
        as_the_log_writes_it = ref.lower()  # to be told from what the service says of it
        log_id, _ = matched(
            cast, "D1,The ward is closing,2/3/2026,Board,,", f"D2,A,2/3/2026,Board,{as_the_log_writes_it},"
        )
        say(cast, log_id, 2, ref)
        checks.say(ref, section="proposal", text=SAID, by=cast.ivan, now=now)
        restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
        listened(ref, cast, now)
        sources = evidence.list_of(factories.current(ref).id)
        values = {
            "ref": ref,
            "mitigation_ref": f"{ref}-M1",
            "record_ref": f"{ref}-D1",
            "made_ref": f"{ref}-D1",
            "verdict_id": proof or 1,
            "evidence_id": sources[0].id,
            "item_id": sources[0].item_id,
            "upload_id": form,
            "number": 1,
            "entry_number": 1,
            "commitment_number": 1,
            "comment_number": 1,
            "link_id": 1,
            "voice_id": 1,
            "point": "0" * 64,
            "version": 1,
            "gap_number": 1,
            "change_id": 1,
            "view_id": 1,
            "programme_id": run.programme_id,
            "run_id": run.id,
            "draw_number": 1,
            "case_id": read().scalars(select(CaseRow.id)).first() or 1,
            "check_id": "worked",
            "finding_ref": "EHIIA-F2026-001",
            "request_ref": "EHIIA-FOI2026-001",
            "edition_ref": f"{ref}-D1-P1",
            "organisation_code": "snee",
            "format_id": 1,
            "feedback_id": 1,
            "position": 2,
            "mark_id": 1,
            "key_id": 1,
            "pack_id": 1,
            "on": "2026-04-20",
            "opinion_ref": "EHIIA-O2026-001",
            "report_ref": "EHIIA-AUD-2026-01",
            "word": "review",
            "rule": "SYS-07",
            "log_id": log_id,
            "line": 2,
            "kind": "csv",
            "import_id": registers.brought_in_before(ref, cast, now),
            "request_id": 1,
            "note_id": 1,
            "asked_id": 1,
            "asked": f"{ref}-D1",
            "trigger_id": 1,
            "step": 1,
            "what": "pause",
            "key": "proposal",
            "section_id": "proposal",
            "person_id": cast.helen,
            "place_id": cast.place_ids[0],
            "body_id": cast.board_id,
            "group_code": "disability",
            "group_id": read().scalar(select(LocalGroup.id).limit(1)) or 1,
            "post_id": read().scalar(select(Post.id).where(Post.person_id == cast.helen)),
            "mail_id": read().scalar(select(MailRow.id).limit(1)) or 1,
            "gate": "pre_consultation",
            "frozen_key": "1-submitted-1",
            "token": "none",
            "filename": "none",
            "name": "none",
        }
        read().rollback()
    return Restricted(ref, values)


def listened(ref: str, cast: Cast, now: datetime) -> None:
    """Put an entry into the engagement log with somebody who is named, whatever the stage."""
    with transaction() as session:
        here = factories.current(ref).id
        session.add(EngagementRow(assessment_id=here, number=1, said=SAID, by=cast.amina, at=now))
        session.flush()
        entry = session.query(EngagementRow).one().id
        named = {"naming": Naming.BY_NAME, "named_as": SAID, "by": cast.amina, "at": now}
        session.add(
            CommitmentRow(
                organisation_id=cast.organisation_id,
                assessment_id=here,
                number=1,
                what=SAID,
                owner_id=cast.helen,
                by=cast.amina,
                at=now,
            )
        )
        action = session.query(MitigationRow).one()
        hangs: dict[str, Any] = {"organisation_id": cast.organisation_id, "mitigation_id": action.id}
        hangs |= {"id": 1, "reason": SAID, "by": cast.helen, "at": now}
        session.add(DateChange(**hangs, state=Asking.ASKED, to_on=now.date() + timedelta(days=99)))
        asked = {"state": Asking.ASKED, "kind": Ending.CANCELLED, "body_id": cast.board_id}
        session.add(MitigationEnding(**hangs, **asked))
        session.add(
            ReviewerLink(
                id=1,
                assessment_id=here,
                token_sha256="0" * 64,
                name=SAID,
                email="hw@example.org",
                made_by=cast.amina,
                made_at=now,
                expires_at=now + timedelta(days=14),
            )
        )
        session.flush()
        session.add(ReviewerComment(assessment_id=here, link_id=1, number=1, text=SAID, answer=SAID, at=now))
        session.add(EngagementVoice(id=1, engagement_id=entry, **named))


def sampled(ref: str, cast: Cast, now: datetime) -> RunRow:
    """Put the assessment into the sample of an audit that was drawn before it was restricted."""
    with transaction() as session:
        programme = ProgrammeRow(
            organisation_id=cast.organisation_id,
            name="Every quarter",
            rhythm=Rhythm.QUARTERLY,
            begun_on=now.date(),
            by=cast.dev,
            at=now,
        )
        session.add(programme)
        session.flush()
        session.add(
            ProgrammeRule(programme_id=programme.id, rule=[["completed", 25, 5]], reason="", by=1, at=now)
        )
        run = RunRow(
            organisation_id=cast.organisation_id,
            programme_id=programme.id,
            ref="EHIIA-A2026-001",
            first_on=date(2026, 1, 1),
            last_on=date(2026, 3, 31),
            begun_at=now,
        )
        session.add(run)
        session.flush()
        item = Item(Pool.COMPLETED, "director-1/age", f"{ref}-M1")
        frame = canonical(Frame((Take(Pool.COMPLETED, 25, 5),), (item,)))
        session.add(
            DrawRow(
                run_id=run.id,
                n=1,
                seed_seq=1,
                seed_hash="0" * 64,
                frame=frame,
                frame_sha256=digest(frame),
                drawn=[item.ref],
                at=now,
            )
        )
        session.add(
            CaseRow(
                organisation_id=cast.organisation_id,
                run_id=run.id,
                assessment_id=factories.current(ref).id,
                mitigation_id=session.scalars(
                    select(MitigationRow.id).where(MitigationRow.ref == item.ref)
                ).one(),
                ref=item.ref,
                pool=item.pool,
                stratum=item.stratum,
                draw_n=1,
                auditor_id=cast.dev,
                found=SAID,
                at=now,
            )
        )
    return run


def addresses(app: Flask, made: Restricted, *, about_one: bool) -> list[tuple[Rule, str, str]]:
    """Return every address with its method: those about one assessment, or all others.

    A list, so that the context is left before anybody asks: a request within it would leave its session open.
    """
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if bool(rule.arguments & ABOUT_ONE) is not about_one or rule.endpoint in ELSEWHERE:
                continue
            values = dict(made.values)
            values["code"] = "disability" if "ref" in rule.arguments else "snee"
            if rule.endpoint == "screening.questions":
                values["section_id"] = "proposal"
            if rule.endpoint == "publications.end":
                values["what"] = "withdraw"
            built = rule.build({name: values[name] for name in rule.arguments})
            assert built is not None, rule
            found += [
                (rule, method, built[1]) for method in sorted((rule.methods or set()) & {"GET", "POST"})
            ]
    return found


def token_of(client: FlaskClient) -> str:
    found = BeautifulSoup(client.get("/").get_data(as_text=True), "html.parser")
    field = found.find("input", {"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def ask(client: FlaskClient, method: str, address: str, token: str) -> Any:
    if method == "GET":
        return client.get(address)
    return client.post(address, data={"csrf_token": token})


@pytest.mark.parametrize("who", ["esther", "dev", "ivan", "carol"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_takes_no_part_meets_a_404_at_every_address(
    app: Flask, as_: Browsers, restricted: Restricted, who: str
) -> None:
    browser = as_(who)
    token = token_of(browser)
    tried = 0
    for rule, method, address in addresses(app, restricted, about_one=True):
        answer = ask(browser, method, address, token)
        leads = who == "ivan" and rule.endpoint in KNOWN
        assert answer.status_code == (200 if leads else 404), (method, address, who)
        page = answer.get_data(as_text=True)
        assert not any(secret in page for secret in SECRETS), (method, address, who)
        tried += 1
    assert tried > 60


@pytest.mark.parametrize("who", ["esther", "ivan", "carol", "farah"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_other_page_says_a_word_of_it(app: Flask, as_: Browsers, restricted: Restricted, who: str) -> None:
    browser = as_(who)
    token = token_of(browser)
    searches = [
        (None, "GET", f"/assessments?{query}")
        for query in ("words=Closing", f"words={restricted.ref}", "mine=1", "shared=1", "words=closing+the")
    ]
    searches += [(None, "GET", f"/organisation/mail?tab={tab}") for tab in ("waiting", "sent", "failed")]
    searches += [
        (None, "GET", f"/mitigations?{query}")
        for query in ("whose=shared", "due=overdue", "taken=unaccepted")
    ]
    pages = [*searches, *addresses(app, restricted, about_one=False)]
    acts = [page for page in pages if page[1] == "POST"]
    for rule, method, address in [page for page in pages if page[1] == "GET"] + acts:
        if rule is not None and method == "POST" and rule.endpoint in {"people.end_post", "people.left"}:
            continue  # would end what the other pages are looked at with
        answer = ask(browser, method, address, token)
        no_job_ran = rule is not None and rule.endpoint == "healthz_jobs" and answer.status_code == 503
        assert answer.status_code < 500 or no_job_ran, (method, address, who)
        page = answer.get_data(as_text=True)
        assert not any(secret in page for secret in SECRETS), (method, address, who)
        named = who == "ivan" and address.startswith("/assessments")
        mail = who == "farah" and address.startswith("/organisation/mail")
        if not named and not mail:
            assert restricted.ref not in page.replace(f"words={restricted.ref}", "").replace(
                f'value="{restricted.ref}"', ""
            ), (method, address, who)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_somebody_who_is_not_signed_in_is_asked_to_sign_in_everywhere(
    app: Flask, cast: Cast, restricted: Restricted
) -> None:
    client = app.test_client()
    found = BeautifulSoup(client.get("/sign-in").get_data(as_text=True), "html.parser")
    field = found.find("input", {"name": "csrf_token"})
    assert field is not None
    token = str(field["value"])
    for _, method, address in addresses(app, restricted, about_one=True):
        answer = ask(client, method, address, token)
        assert answer.status_code in {302, 303}, (method, address)
        assert "/sign-in" in answer.headers["Location"], (method, address)
    for rule, method, address in addresses(app, restricted, about_one=False):
        answer = ask(client, method, address, token)
        page = answer.get_data(as_text=True).replace(address, "")  # what they typed themselves
        assert restricted.ref not in page, (method, address)
        assert not any(secret in page for secret in SECRETS), (method, address)
        if getattr(app.view_functions[rule.endpoint], "__door__", "public") not in {"public"}:
            assert answer.status_code in {302, 303, 404}, (method, address)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_addresses_are_real_ones_amina_meets_none_that_is_not_there(
    app: Flask, as_: Browsers, restricted: Restricted
) -> None:
    """Without this the 404s above could be those of a wrong address."""
    amina = as_("amina")
    missing = {
        rule.endpoint
        for rule, method, address in addresses(app, restricted, about_one=True)
        if method == "GET" and amina.get(address).status_code == 404
    }
    later = {"decisions.made", "records.show", "records.data", "records.pdf", "records.step", "audits.proof"}
    later |= {"records.twin", "records.word", "corrections.correct"}
    later |= {f"publications.{page}" for page in ("plan", "marks", "points", "numbers", "preview")}  # none is
    later |= {f"formats.{page}" for page in ("change", "remove", "file")}  # none is kept
    later |= {"signatures.sign", "signatures.release"}  # the body asks nobody else to sign
    later |= {"practice.throw_away"}  # it is no practice
    later |= {"review_dates.answer", "triggers.answer"}  # nobody asked for another date or an early review
    later |= {"library.file", "progress.proof"}  # the factories keep no file
    later |= {"gaps.change", "gaps.close", "gaps.new_date"}  # they know everything
    assert missing <= later | {"screening.questions"}, missing


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_esther_meets_a_404_at_every_address_of_what_is_not_restricted_either(
    app: Flask, cast: Cast, as_: Browsers, restricted: Restricted, standing_clock: Clock
) -> None:
    with app.app_context():
        restriction.lift_restriction(restricted.ref, by=cast.amina, now=standing_clock.now)
    esther = as_("esther")
    token = token_of(esther)
    for _, method, address in addresses(app, restricted, about_one=True):
        assert ask(esther, method, address, token).status_code == 404, (method, address)
