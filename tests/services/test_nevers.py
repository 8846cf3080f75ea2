"""What must never happen, whoever asks.

Another organisation's things in a form, a decided record that changes, somebody told twice, a title that
leaves by mail after all, an act by somebody who may not do it. Long because every promise stands in one list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from ehiia.domain.vocabulary import (
    Claim,
    Confidence,
    InPlace,
    Likelihood,
    Outcome,
    Part,
    ReviewOutcome,
    Role,
    RoutePart,
    Severity,
    Stage,
    Verdict,
)
from ehiia.extensions import db
from ehiia.services import (
    administration,
    answering,
    assessments,
    audits,
    bodies,
    checks,
    deciding,
    evidence,
    mitigations,
    notices,
    organisations,
    outbox,
    papers,
    people,
    restriction,
    sealing,
    submission,
    team,
    uploads,
)
from ehiia.services.answering import Given
from ehiia.services.assessments import NewStep
from ehiia.services.bodies import NewBody
from ehiia.services.decision_entry import Decision
from ehiia.services.evidence import Source
from ehiia.services.mitigations import Promise
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, Refused, read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.answers import MitigationRow
from ehiia.store.decisions import AttestationRow, DecisionRow, RecordFile, RecordRow, SnapshotRow
from ehiia.store.duties import DeliveryState, MailRow
from ehiia.store.history import History
from ehiia.store.library import EvidenceVersion
from ehiia.store.people import Account, Person, Post
from tests import factories, lookback
from tests import people as cast_of
from tests.people import Cast

DAY = timedelta(days=1)
SECRET = "Harbour Road"
"""A part of the title of every assessment of the factories."""


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return cast_of.gather(now)


def mails() -> list[MailRow]:
    read().rollback()
    return list(read().scalars(select(MailRow).order_by(MailRow.id)))


def happened() -> int:
    """Return how many rows of history there are."""
    read().rollback()
    return len(read().scalars(select(History.id)).all())


# -- an act by somebody who may not do it -------------------------------------------------------


@pytest.mark.parametrize("who", ["amina", "ben", "carol", "dev", "esther"])
def test_only_an_administrator_of_the_organisation_looks_after_it(
    cast: Cast, now: datetime, who: str
) -> None:
    here, by = cast.organisation_id, cast.ids[who]
    now += DAY
    settings = organisations.settings_of(organisations.get(here))
    acts: tuple[Callable[[], object], ...] = (
        lambda: people.deactivate(cast.helen, organisation_id=here, by=by, now=now),
        lambda: administration.leave(here, cast.helen, by=by, now=now),
        lambda: people.add_person(
            organisation_id=here,
            name="New Person",
            email="new@example.org",
            roles=(Role.ADMINISTRATOR,),
            password=None,
            by=by,
            now=now,
        ),
        lambda: notices.send_test(organisation_id=here, recipient="x@example.org", by=by, now=now),
        lambda: notices.send_again(1, organisation_id=here, by=by, now=now),
        lambda: administration.give_post(here, cast.ids[who], Role.ADMINISTRATOR, by=by, now=now),
        lambda: administration.end_place(here, cast.place_ids[0], by=by, now=now),
        lambda: administration.end_body(here, cast.board_id, by=by, now=now),
        lambda: organisations.add_place(here, name="Somewhere", by=by, now=now),
        lambda: bodies.add(here, NewBody("A committee"), by=by, now=now),
        lambda: organisations.add_group(here, label="Anglers", people="anglers", by=by, now=now),
        lambda: bodies.change(
            here, cast.alone_id, chair_id=by, secretary_id=None, revision=1, by=by, now=now
        ),
        lambda: organisations.change(here, name="Mine now", settings=settings, revision=1, by=by, now=now),
    )
    before = happened()
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert happened() == before


def test_an_administrator_does_nothing_in_another_organisation(cast: Cast, now: datetime) -> None:
    there, farah = cast.other_id, cast.farah
    for act in (
        lambda: people.deactivate(cast.esther, organisation_id=there, by=farah, now=now),
        lambda: organisations.add_place(there, name="Somewhere", by=farah, now=now),
        lambda: notices.send_test(organisation_id=there, recipient="x@example.org", by=farah, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        people.deactivate(cast.esther, organisation_id=cast.organisation_id, by=farah, now=now)


def test_whoever_leaves_one_organisation_keeps_what_they_hold_in_another(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        session.add(
            Post(person_id=cast.helen, organisation_id=cast.other_id, role=Role.STAFF, starts_on=now.date())
        )
    administration.leave(cast.organisation_id, cast.helen, by=cast.farah, now=now)
    session = read()
    assert session.get_one(Person, cast.helen).left_on is None
    assert session.scalar(select(Account.active).where(Account.person_id == cast.helen)) is True
    actor = people.actor_of(cast.helen, today=now.date())
    assert actor.active
    assert set(actor.roles) == {cast.other_id}


# -- another organisation's ids -------------------------------------------------------------------


@pytest.fixture
def theirs(cast: Cast, now: datetime) -> dict[str, int]:
    """Return ids of things of Esther's organisation."""
    place = organisations.add_place(cast.other_id, name="Another place", by=None, now=now)
    body = bodies.add(cast.other_id, NewBody("Another committee", chair_id=cast.esther), by=None, now=now)
    group = organisations.add_group(cast.other_id, label="Anglers", people="anglers", by=None, now=now)
    post = read().scalar(select(Post.id).where(Post.person_id == cast.esther))
    assert post is not None
    found = {"place": place.id, "body": body.id, "group": group.id, "post": post}
    read().rollback()
    return found


def test_another_organisations_ids_are_refused_in_every_form(
    cast: Cast, now: datetime, theirs: dict[str, int]
) -> None:
    ref = factories.screened(cast, now)
    revision = factories.current(ref).revision
    read().rollback()
    step = NewStep(theirs["body"], RoutePart.DECIDES)
    for changes in ({"place_ids": (theirs["place"],)}, {"director_id": cast.esther}, {"route": (step,)}):
        given = factories.details(cast, **changes)
        with pytest.raises(Invalid):
            assessments.start(given, organisation_id=cast.organisation_id, by=cast.amina, now=now)
        with pytest.raises(Invalid):
            assessments.change_details(ref, given, revision=revision, by=cast.amina, now=now)
    with pytest.raises(NotAllowed):
        assessments.start(factories.details(cast), organisation_id=cast.other_id, by=cast.amina, now=now)
    with pytest.raises(Invalid):
        mitigations.add(ref, Promise("A bus", owner_id=cast.esther), by=cast.amina, now=now)
    answering.save_page(
        ref, answers={"groups_chosen": Given(["anglers", "homeless"])}, by=cast.amina, now=now
    )
    assert {code for code, _ in _groups(ref)} >= {"homeless"}
    assert "anglers" not in {code for code, _ in _groups(ref)}


def _groups(ref: str) -> list[tuple[str, str]]:
    from ehiia.services import overview

    found = [(one.code, one.label) for one in overview.groups_of(factories.current(ref).id)]
    read().rollback()
    return found


def test_an_administrator_names_and_ends_nothing_of_another_organisation(
    cast: Cast, now: datetime, theirs: dict[str, int]
) -> None:
    here, farah = cast.organisation_id, cast.farah
    for name in ("chair_id", "secretary_id"):
        named = {"chair_id": cast.carol, "secretary_id": cast.grace, name: cast.esther}
        with pytest.raises(Invalid):
            bodies.change(
                here,
                cast.board_id,
                chair_id=named["chair_id"],
                secretary_id=named["secretary_id"],
                revision=1,
                by=farah,
                now=now,
            )
        with pytest.raises(Invalid):
            bodies.add(
                here,
                NewBody("A new one", True, named["chair_id"], named["secretary_id"]),
                by=farah,
                now=now,
            )
    for act in (
        lambda: administration.end_place(here, theirs["place"], by=farah, now=now),
        lambda: administration.end_body(here, theirs["body"], by=farah, now=now),
        lambda: administration.end_group(here, theirs["group"], by=farah, now=now),
        lambda: administration.end_post(here, theirs["post"], by=farah, now=now),
        lambda: administration.give_post(here, cast.esther, Role.STAFF, by=farah, now=now),
        lambda: administration.leave(here, cast.esther, by=farah, now=now),
        lambda: bodies.change(
            here, theirs["body"], chair_id=None, secretary_id=None, revision=1, by=farah, now=now
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_what_belongs_to_another_assessment_is_not_there(cast: Cast, now: datetime) -> None:
    one, other = factories.screened(cast, now), factories.screened(cast, now)
    source = Source("census", "Census", "ONS", "2021", "Numbers.", strength=Confidence.STRONG)
    row = evidence.add(one, source, by=cast.amina, now=now)
    checks.say(one, section="proposal", text="Whose idea was it?", by=cast.ben, now=now)
    comment = checks.comments_of(factories.current(one).id)[0].id
    read().rollback()
    for act in (
        lambda: evidence.change(other, row.id, source, revision=row.revision, by=cast.amina, now=now),
        lambda: evidence.take_out(other, row.id, by=cast.amina, now=now),
        lambda: checks.answer_comment(other, comment, answer="Ours.", by=cast.amina, now=now),
        lambda: team.end_part(other, person_id=cast.ben, part=Part.READER, by=cast.amina, now=now),
    ):
        with pytest.raises(NotFound):
            act()


def test_chair_and_secretary_are_two_people(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid, match="Choose somebody else"):
        bodies.change(
            cast.organisation_id,
            cast.board_id,
            chair_id=cast.carol,
            secretary_id=cast.carol,
            revision=1,
            by=cast.farah,
            now=now,
        )
    new = NewBody("A committee", chair_id=cast.carol, secretary_id=cast.carol)
    with pytest.raises(Invalid, match="Choose somebody else"):
        bodies.add(cast.organisation_id, new, by=cast.farah, now=now)


# -- one person for both parts -------------------------------------------------------------------------


def test_whoever_entered_a_decision_does_not_confirm_it(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now, route=factories.to_the_board(cast))
    team.invite(ref, person_id=cast.carol, part=Part.SECRETARY, by=cast.amina, now=now)
    sha256, later = factories.version(ref).sha256, now + DAY
    with pytest.raises(NotAllowed, match="confirm as chair"):
        deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.carol, now=later)
    deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=later)
    administration.give_post(cast.organisation_id, cast.grace, Role.DECISION_MAKER, by=cast.farah, now=later)
    bodies.change(
        cast.organisation_id,
        cast.board_id,
        chair_id=cast.grace,
        secretary_id=cast.helen,
        revision=1,
        by=cast.farah,
        now=later,
    )
    papers.say_read(ref, sha256=sha256, by=cast.grace, now=later)
    (entry,) = read().scalars(text("SELECT id FROM meeting_entry")).all()
    read().rollback()
    with pytest.raises(NotAllowed, match="entered this decision yourself"):
        deciding.confirm(
            ref, entry_id=entry, reauthenticated=factories.again(later), by=cast.grace, now=later
        )


# -- nothing twice ----------------------------------------------------------------------------------------


def _twice(act: Callable[[datetime], object], now: datetime) -> tuple[int, int]:
    """Do something twice, a moment apart, as a form that is sent twice; return what the second time added."""
    act(now)
    before = len(mails()), happened()
    try:
        act(now + timedelta(seconds=3))
    except (Refused, NotAllowed, Invalid):
        read().rollback()
    return len(mails()) - before[0], happened() - before[1]


def test_a_form_that_is_sent_twice_sends_nothing_twice(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, worse=True, route=factories.to_the_board(cast))
    action, by = f"{ref}-M1", cast.amina
    again = now + DAY
    source = Source("census", "Another census", "ONS", "2021", "Numbers.", strength=Confidence.STRONG)
    promise = Promise(
        what="A second bus",
        owner_id=cast.helen,
        due_on=date(2026, 8, 1),
        measure="Rides each week",
        in_place=InPlace.BEFORE,
        likelihood=Likelihood(2),
        severity=Severity(3),
        answers=(("disability", "access"),),
    )
    meeting = factories.meeting(meeting_on=date(2026, 3, 2))

    def sha256() -> str:
        return factories.version(ref).sha256

    def passed(at: datetime) -> None:
        if factories.current(ref).stage is Stage.CHECKING:
            factories.satisfy(ref, cast.ben, at)
        checks.pass_check(ref, reservations="", by=cast.ben, now=at)

    def confirm(at: datetime) -> None:
        entry = read().scalar(text("SELECT max(id) FROM meeting_entry"))
        read().rollback()
        deciding.confirm(ref, entry_id=entry, reauthenticated=factories.again(at), by=cast.carol, now=at)

    steps: dict[str, Callable[[datetime], object]] = {
        "invite": lambda at: team.invite(
            ref, person_id=cast.grace, part=Part.READER, expertise="Buses", by=by, now=at
        ),
        "add an action": lambda at: mitigations.add(ref, promise, by=by, now=at),
        "add a source": lambda at: evidence.add(ref, source, by=by, now=at),
        "comment": lambda at: checks.say(ref, section="proposal", text="Why now?", by=cast.ben, now=at),
        "answer": lambda at: checks.answer_comment(ref, _comment(ref), answer="Lease ends.", by=by, now=at),
        "restrict": lambda at: restriction.restrict(ref, reason="Staff", until_on=None, by=by, now=at),
        "lift": lambda at: restriction.lift_restriction(ref, by=by, now=at),
        "submit": lambda at: submission.submit(ref, declared=True, by=by, now=at),
        "agree": lambda at: submission.agree(ref, by=cast.daniel, now=at),
        "pass": passed,
        "read": lambda at: papers.say_read(ref, sha256=sha256(), by=cast.carol, now=at),
        "enter": lambda at: deciding.enter(ref, meeting, sha256=sha256(), by=cast.grace, now=at),
        "confirm": confirm,
        "claim": lambda at: mitigations.claim(
            action, Claim.DONE, note_text="It runs.", by=cast.helen, now=at
        ),
        "verdict": lambda at: audits.give_verdict(
            action, verdict=Verdict.NOT_WORKING, found="Empty.", proof=None, by=cast.dev, now=at
        ),
    }
    for name, act in steps.items():
        again += timedelta(minutes=10)
        assert _twice(act, again) == (0, 0), name
    assert len(evidence.list_of(factories.current(ref).id)) == 2
    assert len(read().scalars(select(MitigationRow)).all()) == 2
    assert len(read().scalars(select(RecordRow)).all()) == 1


def _comment(ref: str) -> int:
    found = checks.comments_of(factories.current(ref).id)[0].id
    read().rollback()
    return found


def test_a_test_mail_asked_for_twice_is_sent_once(cast: Cast, now: datetime) -> None:
    for _ in range(2):
        notices.send_test(
            organisation_id=cast.organisation_id, recipient="x@example.org", by=cast.farah, now=now
        )
    assert len(mails()) == 1


def test_what_was_typed_is_refused_rather_than_cut(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    checks.say(ref, section="proposal", text="Whose idea was it?", by=cast.ben, now=now)
    with pytest.raises(Invalid):
        checks.answer_comment(ref, _comment(ref), answer="x" * 4001, by=cast.amina, now=now)
    with pytest.raises(Invalid):
        team.invite(ref, person_id=cast.grace, part=Part.READER, expertise="x" * 301, by=cast.amina, now=now)


# -- restricted after the mail was written ------------------------------------------------------------------


def test_mail_that_was_written_before_a_restriction_says_nothing_of_it_afterwards(
    cast: Cast, now: datetime
) -> None:
    ref = factories.submitted(cast, now)
    team.invite(ref, person_id=cast.helen, part=Part.READER, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now + DAY)
    other = factories.submitted(cast, now + DAY, title="Another proposal")
    to_daniel = next(mail for mail in mails() if mail.recipient == "daniel@example.org")
    with transaction() as session:  # it was sent
        session.execute(
            update(MailRow)
            .where(MailRow.id == to_daniel.id)
            .values(state=DeliveryState.DONE, sent_at=now + DAY)
        )
    assert any(mail.recipient == "ben@example.org" and SECRET in mail.subject for mail in mails())
    restriction.restrict(ref, reason="Staff", until_on=None, by=cast.amina, now=now + DAY)
    left = mails()
    assert not any(SECRET in mail.subject + mail.body for mail in left)
    about_it = [mail for mail in left if ref in mail.subject]
    assert {mail.recipient for mail in about_it} == {"helen@example.org", "daniel@example.org"}
    assert any("Another proposal" in mail.subject for mail in left)
    assert other not in "".join(mail.subject for mail in about_it)
    read().rollback()
    for shown in (outbox.waiting, outbox.sent, outbox.failed):
        assert not any(SECRET in mail.subject for mail in shown(cast.organisation_id).mails)


# -- what was decided is frozen -----------------------------------------------------------------


FROZEN: tuple[type[Any], ...] = (SnapshotRow, DecisionRow, RecordRow, RecordFile, AttestationRow, History)


def _frozen(record_id: int, ref: str) -> dict[str, Any]:
    """Return everything that a decision froze: every column, and the bytes of the files."""
    read().rollback()
    found: dict[str, Any] = {}
    for table in FROZEN:
        query = select(table.__table__)
        if table in (RecordRow, DecisionRow, SnapshotRow, AttestationRow, History):
            query = query.order_by(table.id)
        found[table.__name__] = [tuple(row) for row in read().execute(query)]
    found["files"] = [sealing.signed_files().get(sealing.storage_key(ref, step)) for step in (1, 2)]
    read().rollback()
    return found


def test_nothing_anybody_does_changes_what_was_decided(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now, worse=True)
    record_ref, action, later = record.ref, f"{ref}-M1", now + 2 * DAY
    sealing.seal_record(record.id, now=now + DAY)
    before = _frozen(record.id, record_ref)
    assert all(before["files"])

    refused: tuple[Callable[[], object], ...] = (
        lambda: answering.save_page(ref, answers={"aim": Given("Other")}, by=cast.amina, now=later),
        lambda: assessments.change_details(
            ref, factories.details(cast, title="Other"), revision=1, by=cast.amina, now=later
        ),
        lambda: mitigations.add(ref, Promise("Other"), by=cast.amina, now=later),
        lambda: mitigations.change(action, Promise("Other"), revision=1, by=cast.amina, now=later),
        lambda: mitigations.take_out(action, by=cast.amina, now=later),
        lambda: evidence.add(ref, Source("census", "Other"), by=cast.amina, now=later),
        lambda: submission.submit(ref, declared=True, by=cast.amina, now=later),
        lambda: submission.take_back(ref, by=cast.amina, now=later),
        lambda: checks.pass_check(ref, reservations="", by=cast.ben, now=later),
        lambda: deciding.decide(
            ref,
            Decision(Outcome.NOT_APPROVED, "No."),
            sha256=before["SnapshotRow"][-1][5],
            reauthenticated=factories.again(later),
            by=cast.carol,
            now=later,
        ),
    )
    for act in refused:
        with pytest.raises((NotAllowed, Refused, Invalid, submission.NotReady)):
            act()
        read().rollback()
    mitigations.claim(action, Claim.DONE, note_text="It runs.", by=cast.helen, now=later)
    audits.give_verdict(
        action,
        verdict=Verdict.NOT_WORKING,
        found="Empty.",
        proof=Upload("seen.txt", b"Nobody on board."),
        by=cast.dev,
        now=later,
    )
    organisations.change(
        cast.organisation_id,
        name="A new name",
        settings=organisations.settings_of(organisations.get(cast.organisation_id)),
        revision=1,
        by=cast.farah,
        now=later,
    )
    restriction.restrict(ref, reason="Staff", until_on=None, by=cast.amina, now=later)
    lookback.carry_out(ref, ReviewOutcome.UPDATE, happened="Nobody took the bus.", by=cast.amina, now=later)
    revision = factories.current(ref).revision
    read().rollback()
    assessments.change_details(
        ref, factories.details(cast, title="Other"), revision=revision, by=cast.amina, now=later
    )
    administration.leave(cast.organisation_id, cast.carol, by=cast.farah, now=later)
    sealing.seal_record(record.id, now=later)
    after = _frozen(record.id, record_ref)
    for name, rows in before.items():
        assert after[name][: len(rows)] == rows, name
    assert after["RecordRow"] == before["RecordRow"]


def test_the_database_itself_refuses_to_change_what_was_decided(cast: Cast, now: datetime) -> None:
    _, record = factories.decided(cast, now)
    sealing.seal_record(record.id, now=now + DAY)
    for table in FROZEN:
        column = next(c for c in table.__table__.columns if not c.primary_key)
        for statement in (update(table).values({column.name: column}), delete(table)):
            with pytest.raises(DatabaseError, match="insert-only"):
                db.session.execute(statement.execution_options(synchronize_session=False))
            db.session.rollback()


def test_a_verdict_by_somebody_who_may_not_give_it_keeps_no_file(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, worse=True)
    for who, refusal in (("esther", NotFound), ("amina", NotAllowed), ("helen", NotAllowed)):
        with pytest.raises(refusal):
            audits.give_verdict(
                f"{ref}-M1",
                verdict=Verdict.NOT_WORKING,
                found="Empty.",
                proof=Upload("seen.txt", b"Nobody on board."),
                by=cast.ids[who],
                now=now + DAY,
            )
    assert not [path for path in uploads.room().root.rglob("*") if path.is_file()]


def test_evidence_and_actions_count_once(cast: Cast, now: datetime) -> None:
    """The same source again after another one is a new source: only a form sent twice is one."""
    ref = factories.screened(cast, now)
    first, second = Source("census", "One"), Source("census", "Two")
    for source in (first, first, second, first):
        evidence.add(ref, source, by=cast.amina, now=now)
    assert [
        row.title for row in read().scalars(select(EvidenceVersion).order_by(EvidenceVersion.item_id))
    ] == [
        "One",
        "Two",
        "One",
    ]
