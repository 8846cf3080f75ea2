"""Owners outside: sent a link, heard by it; and every way in which a link must not open.

Long because every way in which a link must not open is kept in one place.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.clock import day_of
from ehiia.domain.mitigating import Acceptance
from ehiia.domain.partnering import MOST_UPDATES, PartnerLinkState
from ehiia.domain.vocabulary import Claim, Stage
from ehiia.services import by_link, history, mitigations, outside, partner_links, partners, restriction
from ehiia.services.mitigations import Promise
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, Stale, read, transaction
from ehiia.services.tries import TRIES, TooManyTries, digest
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.partners import PartnerLink, PartnerUpdate
from tests import people, writing
from tests.people import Cast

JO = "Jo Bell, Suffolk Deaf Association"
ADDRESS = "jo@deaf.example.org"
TITLE = "Telephone first"


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    return writing.writing(cast, now)


@pytest.fixture
def action(ref: str, cast: Cast, now: datetime) -> str:
    return writing.promised(ref, cast, now, owner_id=None, outside_owner=JO, outside_email=ADDRESS)


def row_of(action: str) -> MitigationRow:
    query = select(MitigationRow).where(MitigationRow.ref == action)
    return read().scalars(query.execution_options(populate_existing=True)).one()


def current(ref: str) -> Assessment:
    read().expire_all()
    return read().scalars(select(Assessment).where(Assessment.ref == ref)).one()


def put_in_stage(ref: str, stage: Stage) -> None:
    with transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = stage


def mails(address: str = ADDRESS) -> list[MailRow]:
    read().expire_all()
    return list(read().scalars(select(MailRow).where(MailRow.recipient == address).order_by(MailRow.id)))


def sent(action: str, cast: Cast, now: datetime, **changes: Any) -> str:
    """Send Jo a link and return what stands in its address."""
    values: dict[str, Any] = {"email": ADDRESS, "days": 28, "meant": False, "by": cast.amina} | changes
    partners.send(action, now=now, **values)
    found = re.search(r"/partner/([\w.-]+)", mails(values["email"])[-1].body)
    assert found is not None
    return found[1]


def find(token: str, now: datetime) -> outside.OpenLink:
    return outside.find(token, address="192.0.2.1", now=now)


def told(ref: str) -> list[str]:
    return [entry.sentence for entry in history.of_subject(f"assessment:{current(ref).id}").entries]


# -- the address ---------------------------------------------------------------------------------


def test_the_address_belongs_to_an_owner_outside_and_is_one(ref: str, cast: Cast, now: datetime) -> None:
    def refused(**values: Any) -> set[str]:
        with pytest.raises(Invalid) as error:
            mitigations.add(ref, Promise(what="A relay", **values), by=cast.amina, now=now)
        return set(error.value.errors)

    assert refused(outside_email=ADDRESS) == {"outside_email"}
    assert refused(outside_owner=JO, outside_email="jo at nowhere") == {"outside_email"}
    assert refused(outside_owner=JO, outside_email="j" * 250 + "@example.org") == {"outside_email"}
    assert refused(owner_id=cast.helen, outside_email=ADDRESS) == {"outside_email"}


def test_the_address_stands_in_no_history(ref: str, action: str, cast: Cast, now: datetime) -> None:
    from ehiia.store.history import HistoryBody

    token = sent(action, cast, now)
    outside.open_link(token, now=now)
    outside.say(token, Claim.ON_TRACK, note_text="Two of four halls.", now=now)
    every = " ".join(read().scalars(select(HistoryBody.text)))
    assert JO in every
    assert ADDRESS not in every
    assert token not in every


# -- sending -------------------------------------------------------------------------------------


def test_a_signed_link_is_mailed_and_only_its_digest_is_kept(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    token = sent(action, cast, now)
    (link,) = read().scalars(select(PartnerLink))
    unsigned = by_link.unsigned(token, partner_links.PURPOSE)
    assert unsigned is not None
    assert link.token_sha256 == digest(unsigned)
    assert unsigned not in (link.dedupe_key, link.name, link.email)
    (mail,) = mails()
    assert mail.organisation_id is None
    assert action in mail.body
    assert "Offer a text relay line" in mail.body
    assert TITLE not in mail.subject + mail.body
    assert find(token, now).state is PartnerLinkState.OPEN
    assert told(ref)[0] == f"Amina Hassan sent {JO} a link to {action}"


def test_the_same_form_sent_twice_is_one_mail(action: str, cast: Cast, now: datetime) -> None:
    sent(action, cast, now)
    sent(action, cast, now)
    assert len(mails()) == 1


def test_a_new_link_replaces_the_one_before(action: str, cast: Cast, now: datetime) -> None:
    first = sent(action, cast, now)
    second = sent(action, cast, now + timedelta(days=2))
    assert find(first, now).state is PartnerLinkState.REPLACED
    assert find(second, now).state is PartnerLinkState.OPEN
    with pytest.raises(Refused, match="newer link"):
        outside.say(first, Claim.ON_TRACK, note_text="", now=now)


def test_author_and_equality_lead_send_nobody_else(action: str, cast: Cast, now: datetime) -> None:
    sent(action, cast, now, by=cast.ben)
    for somebody in (cast.dev, cast.helen, cast.farah, cast.carol):
        with pytest.raises(NotAllowed):
            sent(action, cast, now, by=somebody)
        with pytest.raises(NotAllowed):
            partners.take_back(action, by=somebody, now=now)
    with pytest.raises(NotFound):
        sent(action, cast, now, by=cast.esther)
    with pytest.raises(NotFound):
        partners.take_back(action, by=cast.esther, now=now)


def test_it_asks_for_an_address_and_an_owner_outside(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        sent(action, cast, now, email="jo", days=400)
    assert set(refused.value.errors) == {"email", "days"}
    ours = writing.promised(ref, cast, now)
    with pytest.raises(Refused, match="owner outside"):
        sent(ours, cast, now)
    put_in_stage(ref, Stage.WITHDRAWN)
    with pytest.raises(Refused, match="ended too"):
        sent(action, cast, now)


def test_an_address_given_with_the_link_is_kept_with_the_action(
    action: str, cast: Cast, now: datetime
) -> None:
    before = row_of(action).revision
    sent(action, cast, now, email="Team@Deaf.example.org".lower())
    assert row_of(action).outside_email == "team@deaf.example.org"
    with pytest.raises(Stale):
        mitigations.change(action, Promise(what="Else"), revision=before, by=cast.amina, now=now)


# -- what ends a link ----------------------------------------------------------------------------


def test_taking_back_ends_it_for_good_and_drops_its_mail(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    token = sent(action, cast, now)
    partners.take_back(action, by=cast.ben, now=now)
    partners.take_back(action, by=cast.ben, now=now)
    assert find(token, now).state is PartnerLinkState.TAKEN_BACK
    assert mails() == []
    assert told(ref)[0] == f"Ben Okoro took back the links to {action} that {JO} was sent"
    assert sum("took back" in one for one in told(ref)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"outside_owner": "Sam Reed, Harbour Trust"},
        {"outside_email": "sam@harbour.example.org"},
        {"outside_owner": "", "outside_email": "", "owner_id": "helen"},
    ],
)
def test_another_owner_or_address_ends_it(
    action: str, cast: Cast, now: datetime, changes: dict[str, Any]
) -> None:
    token = sent(action, cast, now)
    given = {"what": "A relay", "outside_owner": JO, "outside_email": ADDRESS} | changes
    if given.get("owner_id"):
        given["owner_id"] = cast.helen
    mitigations.change(action, Promise(**given), revision=row_of(action).revision, by=cast.amina, now=now)
    assert find(token, now).state is PartnerLinkState.TAKEN_BACK


def test_other_changes_leave_it_open(action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    given = Promise(what="A better relay", outside_owner=JO, outside_email=ADDRESS)
    mitigations.change(action, given, revision=row_of(action).revision, by=cast.amina, now=now)
    assert outside.reading_of(find(token, now), today=day_of(now)).what == "A better relay"


def test_an_action_taken_out_ends_it(action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    mitigations.take_out(action, by=cast.amina, now=now)
    assert find(token, now).state is PartnerLinkState.TAKEN_BACK


def test_it_expires(action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now, days=14)
    last = now + timedelta(days=14)
    assert find(token, last - timedelta(seconds=1)).state is PartnerLinkState.OPEN
    assert find(token, last).state is PartnerLinkState.EXPIRED
    for act in (
        lambda: outside.open_link(token, now=last),
        lambda: outside.say(token, Claim.ON_TRACK, note_text="", now=last),
        lambda: outside.reading_of(find(token, last), today=day_of(last)),
    ):
        with pytest.raises(Refused, match="last day has gone by"):
            act()


def test_it_is_over_with_the_assessment_and_with_the_action(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    token = sent(action, cast, now)
    put_in_stage(ref, Stage.WITHDRAWN)
    assert find(token, now).state is PartnerLinkState.OVER
    put_in_stage(ref, Stage.IN_FORCE)
    mitigations.claim(action, Claim.CANCELLED, note_text="No money.", by=cast.amina, now=now)
    with pytest.raises(Refused, match="nothing more is asked"):
        outside.say(token, Claim.DONE, note_text="It is done after all.", now=now)


# -- restricted ----------------------------------------------------------------------------------


def test_restricting_ends_every_link_and_it_looks_like_a_wrong_one(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    token = sent(action, cast, now)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    for act in (
        lambda: find(token, now),
        lambda: outside.open_link(token, now=now),
        lambda: outside.say(token, Claim.ON_TRACK, note_text="", now=now),
    ):
        with pytest.raises(NotFound):
            act()
    assert mails() == []
    restriction.lift_restriction(ref, by=cast.amina, now=now)
    assert find(token, now).state is PartnerLinkState.TAKEN_BACK


def test_mail_that_was_sent_keeps_nothing_of_a_restricted_assessment(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    sent(action, cast, now)
    sent(action, cast, now + timedelta(days=1))
    with transaction() as session:
        for mail in session.query(MailRow).filter_by(recipient=ADDRESS):
            mail.state = DeliveryState.DONE
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    assert {(mail.subject, mail.body) for mail in mails()} == {("EHIIA: A link that was taken back", "")}


def test_of_a_restricted_one_a_link_is_sent_only_where_it_is_meant(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        sent(action, cast, now)
    assert set(refused.value.errors) == {"meant"}
    with pytest.raises(NotFound):
        sent(action, cast, now, meant=True, by=cast.ben)  # he takes no part in it
    token = sent(action, cast, now, meant=True)
    (mail,) = mails()
    assert "Offer a text relay line" not in mail.subject + mail.body
    assert TITLE not in mail.subject + mail.body
    page = outside.reading_of(find(token, now), today=day_of(now))
    assert page.what == "Offer a text relay line"
    outside.say(token, Claim.AT_RISK, note_text="The hall is closed.", now=now)
    notices = read().execute(select(Notice.person_id, Notice.message)).all()
    assert [person for person, message in notices if message == "partner_said"] == [cast.amina]


# -- saying --------------------------------------------------------------------------------------


def test_what_they_say_stands_in_their_name_and_the_author_is_told_once(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    token = sent(action, cast, now, by=cast.ben)
    before = row_of(action).revision
    outside.say(token, Claim.DONE, note_text="The relay works since May.", now=now)
    outside.say(token, Claim.DONE, note_text="The relay works since May.", now=now)
    row = row_of(action)
    assert (row.claim, row.claim_note, row.claimed_by, row.claimed_outside) == (
        Claim.DONE,
        "The relay works since May.",
        None,
        JO,
    )
    assert row.claimed_at == now
    assert row.revision == before + 1
    assert told(ref)[0] == (
        f"The service took from {JO}, by the link they were sent, that {action} is “done”"
    )
    people_told = read().scalars(select(Notice.person_id).where(Notice.message == "partner_said")).all()
    assert sorted(people_told) == sorted([cast.amina, cast.ben])
    mitigations.claim(action, Claim.ON_TRACK, note_text="", by=cast.amina, now=now)
    assert (row_of(action).claimed_by, row_of(action).claimed_outside) == (cast.amina, "")


def test_the_same_rules_hold_as_for_an_owner_here(action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    for said in (Claim.DONE, Claim.AT_RISK):
        with pytest.raises(Invalid) as refused:
            outside.say(token, said, note_text=" ", now=now)
        assert set(refused.value.errors) == {"note"}
    with pytest.raises(Invalid):
        outside.say(token, Claim.ON_TRACK, note_text="x" * 4001, now=now)
    for theirs in (Claim.CANCELLED, Claim.SUPERSEDED):
        with pytest.raises(Invalid) as refused:
            outside.say(token, theirs, note_text="We stop.", now=now)
        assert set(refused.value.errors) == {"claim"}


def test_a_link_takes_so_many_updates_and_can_still_be_read(action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    for number in range(MOST_UPDATES):
        outside.say(token, Claim.ON_TRACK, note_text=f"Week {number}", now=now)
    with pytest.raises(Refused, match="As many updates"):
        outside.say(token, Claim.ON_TRACK, note_text="One more", now=now)
    page = outside.reading_of(find(token, now), today=day_of(now))
    assert len(page.said) == MOST_UPDATES
    assert page.said[0].note == f"Week {MOST_UPDATES - 1}"


def test_they_see_what_they_said_and_nobody_elses_words(
    ref: str, action: str, cast: Cast, now: datetime
) -> None:
    first = sent(action, cast, now)
    outside.say(first, Claim.ON_TRACK, note_text="Jo's words.", now=now)
    mitigations.claim(action, Claim.AT_RISK, note_text="Between us: they are slow.", by=cast.amina, now=now)
    page = outside.reading_of(find(first, now), today=day_of(now))
    assert [one.note for one in page.said] == ["Jo's words."]
    sam = Promise(what="A relay", outside_owner="Sam Reed", outside_email="sam@example.org")
    mitigations.change(action, sam, revision=row_of(action).revision, by=cast.amina, now=now)
    theirs = sent(action, cast, now, email="sam@example.org")
    assert outside.reading_of(find(theirs, now), today=day_of(now)).said == ()


def test_a_link_opens_its_own_action_only(ref: str, action: str, cast: Cast, now: datetime) -> None:
    other = writing.promised(
        ref, cast, now, what="Something else", owner_id=None, outside_owner=JO, outside_email=ADDRESS
    )
    token = sent(action, cast, now)
    outside.say(token, Claim.ON_TRACK, note_text="", now=now)
    assert row_of(other).claimed_at is None
    assert outside.reading_of(find(token, now), today=day_of(now)).ref == action


def test_every_use_stands_in_the_history(ref: str, action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    outside.open_link(token, now=now)
    outside.open_link(token, now=now)
    assert told(ref)[:2] == [f"The service opened {action} for {JO}, by the link they were sent"] * 2
    (link,) = partners.links_of(row_of(action), current(ref), now=now)
    assert (link.opened, link.last_opened_at, link.mail) == (2, now, DeliveryState.WAITING)


def test_they_take_it_on_or_say_why_not(ref: str, action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    with pytest.raises(Invalid):
        outside.decline(token, reason=" ", revision=row_of(action).revision, now=now)
    outside.decline(token, reason="The trust does it.", revision=row_of(action).revision, now=now)
    row = row_of(action)
    assert (row.acceptance, row.acceptance_reason) == (Acceptance.DECLINED, "The trust does it.")
    assert "mitigation_declined" in read().scalars(select(Notice.message)).all()
    with pytest.raises(Stale):
        outside.accept(token, revision=row.revision + 1, now=now)
    outside.accept(token, revision=row.revision, now=now)
    outside.accept(token, revision=row.revision, now=now)
    row = row_of(action)
    assert (row.acceptance, row.accepted_by, row.accepted_name) == (Acceptance.ACCEPTED, None, JO)
    partners.take_back(action, by=cast.amina, now=now)
    with pytest.raises(Refused, match="took it back"):
        outside.decline(token, reason="After all not.", revision=row_of(action).revision, now=now)
    assert row_of(action).acceptance is Acceptance.ACCEPTED


# -- guessing ------------------------------------------------------------------------------------


def test_who_guesses_is_stopped_after_ten_tries(action: str, cast: Cast, now: datetime) -> None:
    token = sent(action, cast, now)
    for guess in range(TRIES):
        with pytest.raises(NotFound):
            find(f"guess-{guess}", now)
    with pytest.raises(TooManyTries):
        find(token, now)
    assert outside.find(token, address="192.0.2.2", now=now).state is PartnerLinkState.OPEN


def test_a_token_that_was_not_signed_here_opens_nothing(action: str, cast: Cast, now: datetime) -> None:
    """Whoever can write into the database, but has no key, makes no link that opens."""
    sent(action, cast, now)
    made = by_link.new_token()
    with transaction() as session:
        session.query(PartnerLink).one().token_sha256 = digest(made)
    for forged in (made, f"{made}.", f"{made}.{made}", by_link.signed(made, "something else")):
        with pytest.raises(NotFound):
            find(forged, now)
    assert find(by_link.signed(made, partner_links.PURPOSE), now).state is PartnerLinkState.OPEN


def test_whoever_sent_it_is_named_until_they_leave(action: str, cast: Cast, now: datetime) -> None:
    from ehiia.services import people as people_service

    token = sent(action, cast, now)
    assert find(token, now).contact == "Amina Hassan"
    people_service.deactivate(cast.amina, organisation_id=cast.organisation_id, by=None, now=now)
    assert find(token, now).contact == ""
    assert read().scalars(select(PartnerUpdate)).all() == []
