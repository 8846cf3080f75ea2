"""Public reviewers: invited by link, heard, answered; and every way in which a link must not open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.domain.reviewing import MOST_COMMENTS, LinkState
from ehiia.domain.vocabulary import Stage
from ehiia.services import checks, freezing, history, invited, restriction, reviewers, submission
from ehiia.services.reviewers import Summary
from ehiia.services.transaction import (
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    read,
    transaction,
)
from ehiia.services.tries import TRIES, TooManyTries
from ehiia.store.assessments import Assessment
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.engagement import ReviewerLink
from tests import factories, people, writing
from tests.people import Cast

SUMMARY = Summary("The clinic moves to Quay Street.", "People without a car.", "How would you get there?")


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return people.gather(now)


@pytest.fixture
def ref(cast: Cast, now: datetime) -> str:
    made = writing.writing(cast, now)
    reviewers.save_summary(made, SUMMARY, revision=0, by=cast.amina, now=now)
    return made


def current(ref: str) -> Assessment:
    read().expire_all()
    return read().scalars(select(Assessment).where(Assessment.ref == ref)).one()


def put_in_stage(ref: str, stage: Stage) -> None:
    with transaction() as session:
        session.query(Assessment).filter_by(ref=ref).one().stage = stage


def mails() -> list[MailRow]:
    read().expire_all()
    return list(read().scalars(select(MailRow).where(MailRow.recipient == "hw@example.org")))


def ask(ref: str, cast: Cast, now: datetime, **changes: object) -> str:
    """Invite Healthwatch and return the token of the newest mail."""
    values = {"name": "Healthwatch", "email": "hw@example.org", "days": 28} | changes
    reviewers.invite(ref, by=cast.amina, now=now, **values)  # type: ignore[arg-type]
    found = re.search(r"/invited/([\w-]{43})\b", mails()[-1].body)
    assert found is not None
    return found[1]


def find(token: str, now: datetime) -> invited.Invitation:
    return invited.find(token, address="192.0.2.1", now=now)


def told(ref: str) -> list[str]:
    return [entry.sentence for entry in history.of_subject(f"assessment:{current(ref).id}").entries]


def test_a_link_is_mailed_and_only_its_digest_is_kept(ref: str, cast: Cast, now: datetime) -> None:
    token = ask(ref, cast, now)
    (link,) = read().scalars(select(ReviewerLink))
    assert token not in (link.token_sha256, link.name, link.email)
    assert len(link.token_sha256) == 64
    assert mails()[0].organisation_id is None
    assert find(token, now).state is LinkState.OPEN
    assert "Amina Hassan asked Healthwatch to read the summary and comment" in told(ref)
    assert token not in " ".join(told(ref))


def test_the_same_invitation_sent_twice_is_one_mail(ref: str, cast: Cast, now: datetime) -> None:
    ask(ref, cast, now)
    ask(ref, cast, now)
    assert len(mails()) == 1


def test_inviting_asks_for_a_summary_a_name_and_an_address(cast: Cast, now: datetime) -> None:
    ref = writing.writing(cast, now)
    with pytest.raises(Refused, match="Write the summary first"):
        ask(ref, cast, now)
    reviewers.save_summary(ref, SUMMARY, revision=0, by=cast.amina, now=now)
    with pytest.raises(Invalid) as refused:
        ask(ref, cast, now, name=" ", email="hw@nowhere", days=400)
    assert set(refused.value.errors) == {"name", "email", "days"}
    with pytest.raises(NotAllowed):
        reviewers.invite(ref, name="X", email="x@example.org", days=14, by=cast.dev, now=now)
    with pytest.raises(NotFound):
        reviewers.invite(ref, name="X", email="x@example.org", days=14, by=cast.esther, now=now)


def test_a_restricted_assessment_has_no_public_reviewers(ref: str, cast: Cast, now: datetime) -> None:
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    with pytest.raises(Refused, match="A restricted assessment has no public reviewers"):
        ask(ref, cast, now)


def test_restricting_ends_every_link_for_good_and_looks_like_a_wrong_one(
    ref: str, cast: Cast, now: datetime
) -> None:
    token = ask(ref, cast, now)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    for act in (
        lambda: find(token, now),
        lambda: invited.open_link(token, now=now),
        lambda: invited.comment(token, said_by="", text="Hello", now=now),
    ):
        with pytest.raises(NotFound):
            act()
    assert mails() == []
    restriction.lift_restriction(ref, by=cast.amina, now=now)
    assert find(token, now).state is LinkState.TAKEN_BACK


def test_mail_that_was_sent_keeps_nothing_of_a_restricted_assessment(
    ref: str, cast: Cast, now: datetime
) -> None:
    ask(ref, cast, now)
    with transaction() as session:
        session.query(MailRow).filter_by(recipient="hw@example.org").one().state = DeliveryState.DONE
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    (mail,) = mails()
    assert (mail.subject, mail.body) == ("EHIIA: An invitation that was taken back", "")


def test_an_expired_a_taken_back_and_a_closed_link_do_not_open(ref: str, cast: Cast, now: datetime) -> None:
    token = ask(ref, cast, now, days=14)
    after = now + timedelta(days=14)
    assert find(token, after).state is LinkState.EXPIRED
    with pytest.raises(Refused, match="last day has gone by"):
        invited.comment(token, said_by="", text="Hello", now=after)
    put_in_stage(ref, Stage.READY)
    with pytest.raises(Refused, match="time to comment is over"):
        invited.open_link(token, now=now)
    put_in_stage(ref, Stage.WRITING)
    (link,) = reviewers.links_of(current(ref), now=now)
    reviewers.take_back(ref, link.id, by=cast.amina, now=now)
    reviewers.take_back(ref, link.id, by=cast.amina, now=now)
    with pytest.raises(Refused, match="took it back"):
        invited.reading_of(find(token, now))
    assert mails() == []


def test_a_link_opens_its_own_assessment_only(ref: str, cast: Cast, now: datetime) -> None:
    other = writing.writing(cast, now, title="Something else altogether")
    token = ask(ref, cast, now)
    reading = invited.reading_of(find(token, now))
    assert reading.ref == ref
    (link,) = reviewers.links_of(current(ref), now=now)
    with pytest.raises(NotFound):
        reviewers.take_back(other, link.id, by=cast.amina, now=now)
    invited.comment(token, said_by="", text="Hello", now=now)
    with pytest.raises(NotFound):
        reviewers.answer(other, 1, text="No", revision=1, by=cast.amina, now=now)


def test_who_guesses_is_stopped_after_ten_tries(ref: str, cast: Cast, now: datetime) -> None:
    token = ask(ref, cast, now)
    for guess in range(TRIES):
        with pytest.raises(NotFound):
            find(f"guess-{guess}", now)
    with pytest.raises(TooManyTries):
        find(token, now)
    assert invited.find(token, address="192.0.2.2", now=now).state is LinkState.OPEN


def test_every_use_stands_in_the_history(ref: str, cast: Cast, now: datetime) -> None:
    token = ask(ref, cast, now)
    invited.open_link(token, now=now)
    invited.open_link(token, now=now)
    assert told(ref)[:2] == ["The service opened the summary for Healthwatch, by the link they were sent"] * 2
    assert reviewers.links_of(current(ref), now=now)[0].opened == 2


def test_a_comment_is_told_to_the_author_and_missing_until_it_is_answered(
    ref: str, cast: Cast, now: datetime
) -> None:
    token = ask(ref, cast, now)
    before = current(ref).missing_count
    invited.comment(token, said_by=" ", text="There is no bus on Sundays.", now=now)
    invited.comment(token, said_by=" ", text="There is no bus on Sundays.", now=now)
    assert current(ref).missing_count == before + 1
    assert "reviewer_commented" in read().scalars(select(Notice.message)).all()
    with pytest.raises(NotAllowed, match="Only the author"):
        reviewers.answer(ref, 1, text="We add one.", revision=1, by=cast.ben, now=now)
    with pytest.raises(Invalid):
        reviewers.answer(ref, 1, text=" ", revision=1, by=cast.amina, now=now)
    reviewers.answer(ref, 1, text="We add one.", revision=1, by=cast.amina, now=now)
    with pytest.raises(Stale):
        reviewers.answer(ref, 1, text="We do not.", revision=1, by=cast.amina, now=now)
    assert current(ref).missing_count == before
    (said,) = freezing.snapshot_of(read(), current(ref), now=now).public_comments
    assert (said.ref, said.said_by, said.text, said.answer) == (
        "Comment 1",
        "",
        "There is no bus on Sundays.",
        "We add one.",
    )


def test_a_link_takes_so_many_comments_and_can_still_be_read(ref: str, cast: Cast, now: datetime) -> None:
    token = ask(ref, cast, now)
    for number in range(MOST_COMMENTS):
        invited.comment(token, said_by="", text=f"Comment {number}", now=now)
    with pytest.raises(Refused, match="As many comments"):
        invited.comment(token, said_by="", text="One more", now=now)
    assert len(invited.reading_of(find(token, now)).mine) == MOST_COMMENTS


def test_only_the_words_are_needed_and_not_too_many(ref: str, cast: Cast, now: datetime) -> None:
    token = ask(ref, cast, now)
    with pytest.raises(Invalid) as refused:
        invited.comment(token, said_by="x" * 301, text=" ", now=now)
    assert set(refused.value.errors) == {"text", "said_by"}


def test_two_who_write_the_summary(ref: str, cast: Cast, now: datetime) -> None:
    changed = Summary("It moves in May.", "", "What do you think?")
    reviewers.save_summary(ref, changed, revision=1, by=cast.ben, now=now)
    with pytest.raises(Stale):
        reviewers.save_summary(ref, SUMMARY, revision=1, by=cast.amina, now=now)
    with pytest.raises(Invalid):
        reviewers.save_summary(ref, Summary("x" * 4001, "", ""), revision=2, by=cast.amina, now=now)


def test_the_check_is_not_passed_while_a_comment_waits_for_its_answer(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    reviewers.save_summary(ref, SUMMARY, revision=0, by=cast.amina, now=now)
    token = ask(ref, cast, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    invited.comment(token, said_by="", text="There is no bus on Sundays.", now=now)
    factories.satisfy(ref, cast.ben, now)
    with pytest.raises(Invalid, match="PUB-01"):
        checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    reviewers.answer(ref, 1, text="One runs from May.", revision=1, by=cast.amina, now=now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    snapshot = freezing.thaw_snapshot(factories.version(ref).text)
    assert [one.answer for one in snapshot.public_comments] == ["One runs from May."]
    assert find(token, now).state is LinkState.OVER
