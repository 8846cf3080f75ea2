"""The main job through the services: from "should we assess this?" to a signed record that verifies.

Long because the whole way and every turning off it are told in one place.
"""

from __future__ import annotations

import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ehiia.documents.signing import aside
from ehiia.domain.vocabulary import Attested, Outcome, Part, Permission, Role, Stage
from ehiia.domain.workflow import Refused
from ehiia.services import (
    answering,
    assessments,
    checks,
    deciding,
    papers,
    people,
    recorded,
    restriction,
    reviews,
    sealing,
    stopping,
    submission,
    team,
    telling,
    verifying,
)
from ehiia.services.answered import page_of
from ehiia.services.answering import Given
from ehiia.services.decision_entry import Decision
from ehiia.services.sight import see
from ehiia.services.submission import NotReady
from ehiia.services.transaction import Invalid, NotAllowed, NotFound, read, transaction
from ehiia.store import history
from ehiia.store.assessments import Participant
from ehiia.store.decisions import RecordRow
from ehiia.store.duties import MailRow
from ehiia.store.people import Post
from tests import factories
from tests.factories import HOUR, current
from tests.people import PASSWORD, Cast, gather

DAY = timedelta(days=1)


@pytest.fixture
def cast(inside: Flask, now: datetime) -> Cast:
    return gather(now)


def edit(ref: str, by: int, now: datetime, words: str = "Changed words.") -> None:
    revision = page_of(current(ref)).revisions.get("problem", 0)
    read().rollback()
    answering.save_page(ref, answers={"problem": Given(words, revision)}, by=by, now=now)


def stage(ref: str) -> Stage:
    found = current(ref).stage
    read().rollback()
    return found


# -- the whole way --------------------------------------------------------------------------------


def test_a_proposal_goes_from_screening_to_a_signed_record_that_verifies(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    ref = factories.answered(cast, now, worse=True)
    assert stage(ref) is Stage.WRITING
    submission.submit(ref, declared=True, by=cast.amina, now=now + HOUR)
    assert stage(ref) is Stage.WITH_DIRECTOR
    submission.agree(ref, by=cast.daniel, now=now + HOUR)
    assert stage(ref) is Stage.CHECKING
    factories.satisfy(ref, cast.ben, now + 2 * HOUR)
    checks.pass_check(ref, reservations="Watch the bus.", by=cast.ben, now=now + 2 * HOUR)
    assert stage(ref) is Stage.READY
    record = factories.decide_alone(cast, ref, now + 3 * HOUR)
    assert stage(ref) is Stage.IN_FORCE
    assert sealing.seal_at_once(record.id, now=now + 3 * HOUR)

    kept = recorded.find_record(ref=record.ref)
    assert kept.record.digest() == record.sha256
    assert kept.record.check.reservations == "Watch the bus."
    assert [one.what for one in kept.record.attestations] == [
        Attested.DECLARED.label,
        Attested.AGREED.label,
        Attested.PASSED.label,
        Attested.READ.label,
        Attested.DECIDED.label,
    ]
    assert kept.record.review.due_on is not None
    here = "Suffolk and North East Essex"
    assert [file.signatory for file in kept.files] == [here, "Carol Whitfield", here]

    pdf = sealing.signed_files().get(kept.files[-1].storage_key)
    found = verifying.check_file(pdf)
    assert (found.file.intact, found.file.trusted, found.ours, found.current) == (True, True, True, True)
    looked = aside.look(pdf, **sealing.trust(read()))  # and by its signatures alone, without the register
    assert (looked.intact, looked.trusted, looked.record) == (True, True, record.text.encode())
    assert verifying.sentences(found, now=now)[0] == "This file is intact, trusted and in our register."

    file = tmp_path / "record.pdf"
    file.write_bytes(pdf)
    seen = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert seen.count("Signature Validation: Signature is Valid.") == 2, seen

    middle = len(pdf) // 3
    broken = verifying.check_file(pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :])
    assert not broken.good
    assert not broken.ours

    assert list(history.breaks(read(), cast.organisation_id)) == []


def test_the_history_tells_every_step(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now)
    sealing.seal_at_once(record.id, now=now + 5 * HOUR)
    subject = f"assessment:{current(ref).id}"
    verbs = list(
        read().scalars(
            select(history.History.verb)
            .where(history.History.subject == subject)
            .order_by(history.History.seq)
        )
    )
    steps = ["started", "move_begin_full", "move_submit_to_director", "move_agree", "move_pass_check"]
    steps += ["read_version", "move_decide", "record_made", "review_planned", "sealed", "signed"]
    assert [verb for verb in verbs if verb in steps] == steps


# -- submitting -----------------------------------------------------------------------------------


def test_missing_answers_block_the_move_and_are_listed(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    with pytest.raises(NotReady) as refused:
        submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert len(refused.value.readiness.missing) > 20
    assert stage(ref) is Stage.WRITING


def test_a_director_and_a_deciding_body_must_be_named(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now, director_id=None, route=())
    with pytest.raises(NotReady) as refused:
        submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert refused.value.readiness.missing == ()
    assert len(refused.value.readiness.details) == 2
    assert refused.value.errors == {"missing": "2 things are still to be done"}


def test_nothing_is_submitted_without_the_declaration(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    with pytest.raises(Invalid) as refused:
        submission.submit(ref, declared=False, by=cast.amina, now=now)
    assert "declared" in refused.value.errors


def test_the_director_may_not_be_the_author(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        session.add(
            Post(
                person_id=cast.amina,
                organisation_id=cast.organisation_id,
                role=Role.DIRECTOR,
                starts_on=now.date(),
            )
        )
    with pytest.raises(Invalid) as refused:
        factories.started(cast, now, director_id=cast.amina)
    assert "director_id" in refused.value.errors


def test_a_director_who_wrote_an_answer_may_not_agree(cast: Cast, now: datetime) -> None:
    ref = factories.submitted(cast, now)
    with transaction() as session:
        row = session.get(Participant, (current(ref).id, cast.daniel, "director"))
        assert row is not None
        row.wrote_at = now
    with pytest.raises(NotAllowed):
        submission.agree(ref, by=cast.daniel, now=now)


@pytest.mark.parametrize("who", ["amina", "ben", "carol", "dev", "farah"])
def test_only_the_director_agrees(cast: Cast, now: datetime, who: str) -> None:
    ref = factories.submitted(cast, now)
    with pytest.raises(NotAllowed):
        submission.agree(ref, by=cast.ids[who], now=now)
    with pytest.raises(NotFound):
        submission.agree(ref, by=cast.esther, now=now)


def test_the_director_sends_it_back_with_a_reason(cast: Cast, now: datetime) -> None:
    ref = factories.submitted(cast, now)
    with pytest.raises(Invalid):
        submission.return_to_author(ref, reason=" ", by=cast.daniel, now=now)
    submission.return_to_author(ref, reason="Say more about the bus.", by=cast.daniel, now=now)
    assert stage(ref) is Stage.SENT_BACK


def test_the_author_takes_it_back_and_the_open_check_ends(cast: Cast, now: datetime) -> None:
    ref = factories.agreed(cast, now)
    submission.take_back(ref, by=cast.amina, now=now + 3 * HOUR)
    assert stage(ref) is Stage.WRITING
    with pytest.raises(Refused):
        checks.find_section(ref, key="proposal", satisfied=True, note_text="", by=cast.ben, now=now)


# -- checking -------------------------------------------------------------------------------------


def test_an_equality_lead_who_wrote_may_not_check(cast: Cast, now: datetime) -> None:
    ref = factories.screened(cast, now)
    team.invite(ref, person_id=cast.ivan, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    edit(ref, cast.ivan, now)
    factories.complete_assessment(cast, ref, now)
    team.end_part(ref, person_id=cast.ivan, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    with pytest.raises(NotAllowed) as refused:
        checks.find_section(ref, key="proposal", satisfied=True, note_text="", by=cast.ivan, now=now)
    assert "wrote" in refused.value.reason
    checks.find_section(ref, key="proposal", satisfied=True, note_text="", by=cast.ben, now=now)


def test_every_page_is_looked_at_before_it_passes(cast: Cast, now: datetime) -> None:
    ref = factories.agreed(cast, now)
    with pytest.raises(Invalid) as refused:
        checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    assert "sections" in refused.value.errors


def test_what_does_not_satisfy_needs_a_comment_and_comes_back_to_be_answered(
    cast: Cast, now: datetime
) -> None:
    ref = factories.agreed(cast, now)
    key = "characteristics:disability"
    with pytest.raises(Invalid):
        checks.find_section(ref, key=key, satisfied=False, note_text=" ", by=cast.ben, now=now)
    checks.find_section(ref, key=key, satisfied=False, note_text="Who was asked?", by=cast.ben, now=now)
    checks.send_back(ref, message="Nearly there.", by=cast.ben, now=now)
    assert stage(ref) is Stage.SENT_BACK
    (said,) = checks.comments_of(current(ref).id)
    assert (said.section, said.text, said.answer) == (key, "Who was asked?", "")

    with pytest.raises(NotReady) as refused:
        submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert refused.value.readiness.open_comments == 1
    checks.answer_comment(ref, said.id, answer="The Deaf club.", by=cast.amina, now=now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert stage(ref) is Stage.WITH_DIRECTOR


def test_comments_do_not_count_as_writing(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    checks.say(ref, section="proposal", text="Think of the ferry.", by=cast.ben, now=now)
    (said,) = checks.comments_of(current(ref).id)
    checks.answer_comment(ref, said.id, answer="Done.", by=cast.amina, now=now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    checks.find_section(ref, key="proposal", satisfied=True, note_text="", by=cast.ben, now=now)


def test_nothing_is_checked_while_the_work_rests(cast: Cast, now: datetime) -> None:
    ref = factories.agreed(cast, now)
    stopping.stop(ref, "pause", reason="The landlord thinks again.", by=cast.amina, now=now)
    with pytest.raises(Refused):
        checks.find_section(ref, key="proposal", satisfied=True, note_text="", by=cast.ben, now=now)
    stopping.stop(ref, "resume", reason="He has thought.", by=cast.amina, now=now)
    checks.find_section(ref, key="proposal", satisfied=True, note_text="", by=cast.ben, now=now)


def test_any_edit_of_a_version_that_passed_undoes_the_pass(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    before = factories.version(ref)
    edit(ref, cast.amina, now + DAY)
    assert stage(ref) is Stage.WRITING
    with pytest.raises(Refused):
        papers.say_read(ref, sha256=before.sha256, by=cast.carol, now=now + DAY)
    submission.submit(ref, declared=True, by=cast.amina, now=now + DAY)
    submission.agree(ref, by=cast.daniel, now=now + DAY)
    factories.satisfy(ref, cast.ben, now + DAY)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + DAY)
    after = factories.version(ref)
    assert (after.n, after.sha256 != before.sha256) == (2, True)
    with pytest.raises(Refused):
        papers.say_read(ref, sha256=before.sha256, by=cast.carol, now=now + DAY)


def test_a_check_that_passed_after_the_meeting_is_flagged_late_for_ever_and_never_refused(
    cast: Cast, now: datetime
) -> None:
    before_now = factories.to_the_board(cast, date(2026, 2, 27))
    ref = factories.passed(cast, now, route=before_now)
    assert current(ref).late
    read().rollback()
    # neither a new route nor another check takes it back
    details = factories.details(cast, route=factories.to_the_board(cast, date(2026, 5, 1)))
    revision = current(ref).revision
    read().rollback()
    why = "The Board could not meet in February."
    assessments.change_details(
        ref, details, revision=revision, moved_reason=why, by=cast.amina, now=now + DAY
    )
    submission.submit(ref, declared=True, by=cast.amina, now=now + DAY)
    submission.agree(ref, by=cast.daniel, now=now + DAY)
    factories.satisfy(ref, cast.ben, now + DAY)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + DAY)
    assert current(ref).late
    read().rollback()
    sha256 = factories.version(ref).sha256
    entered = factories.meeting(meeting_on=date(2026, 5, 1))
    deciding.enter(ref, entered, sha256=sha256, by=cast.grace, now=now + 60 * DAY)
    record = confirm(cast, ref, sha256, now + 60 * DAY)
    check = recorded.find_record(ref=record.ref).record.check
    assert check.late
    assert "27 February 2026" in check.late_note


def test_a_meeting_that_was_earlier_than_the_check_flags_it_late(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now, route=factories.to_the_board(cast, None))
    assert not current(ref).late
    read().rollback()
    sha256 = factories.version(ref).sha256
    entered = factories.meeting(meeting_on=date(2026, 2, 26))
    deciding.enter(ref, entered, sha256=sha256, by=cast.grace, now=now + DAY)
    record = confirm(cast, ref, sha256, now + DAY)
    assert recorded.find_record(ref=record.ref).record.check.late
    assert current(ref).late


# -- deciding -------------------------------------------------------------------------------------


def confirm(cast: Cast, ref: str, sha256: str, now: datetime) -> RecordRow:
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now)
    return deciding.confirm(
        ref, entry_id=entry_of(cast, ref), reauthenticated=factories.again(now), by=cast.carol, now=now
    )


def entry_of(cast: Cast, ref: str) -> int:
    actor = people.actor_of(cast.carol, today=date(2026, 3, 3))
    paper = papers.paper_of(read(), see(ref, Permission.READ, actor=actor))
    read().rollback()
    assert paper is not None
    assert paper.entry is not None
    return paper.entry.id


def test_a_committee_decides_when_its_chair_confirms_what_the_secretary_entered(
    cast: Cast, now: datetime
) -> None:
    ref = factories.passed(cast, now, route=factories.to_the_board(cast))
    sha256 = factories.version(ref).sha256
    later = now + DAY
    with pytest.raises(NotAllowed):
        deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.amina, now=later)
    deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=later)
    assert stage(ref) is Stage.READY
    with pytest.raises(NotAllowed):
        deciding.confirm(
            ref,
            entry_id=entry_of(cast, ref),
            reauthenticated=factories.again(later),
            by=cast.grace,
            now=later,
        )
    record = confirm(cast, ref, sha256, later)
    assert stage(ref) is Stage.IN_FORCE
    decision = recorded.find_record(ref=record.ref).record.decided
    assert decision.entered_by is not None
    assert decision.entered_by.name == "Grace Tilley"
    assert decision.decided_by.name == "Carol Whitfield"
    assert decision.members_present == ("Carol Whitfield", "John Reeve")
    assert (decision.minute, decision.conflicts) == ("ICB-26-03, item 7", "None")


def test_a_chair_who_wrote_still_confirms_for_the_meeting_but_never_decides_alone(
    cast: Cast, now: datetime
) -> None:
    for route, name in (
        (factories.to_the_board(cast), "board"),
        (factories.details(cast).route, "alone"),
    ):
        ref = factories.screened(cast, now, route=route)
        team.invite(ref, person_id=cast.carol, part=Part.CONTRIBUTOR, by=cast.amina, now=now)
        edit(ref, cast.carol, now)
        factories.complete_assessment(cast, ref, now)
        submission.submit(ref, declared=True, by=cast.amina, now=now)
        submission.agree(ref, by=cast.daniel, now=now)
        factories.satisfy(ref, cast.ben, now)
        checks.pass_check(ref, reservations="", by=cast.ben, now=now)
        if name == "board":
            sha256 = factories.version(ref).sha256
            deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=now + DAY)
            assert confirm(cast, ref, sha256, now + DAY)
        else:
            with pytest.raises(NotAllowed) as refused:
                factories.decide_alone(cast, ref, now + DAY)
            assert "alone" in refused.value.reason


def test_what_was_entered_again_meanwhile_is_not_confirmed(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now, route=factories.to_the_board(cast))
    sha256 = factories.version(ref).sha256
    deciding.enter(ref, factories.meeting(), sha256=sha256, by=cast.grace, now=now + DAY)
    first = entry_of(cast, ref)
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now + DAY)
    other = factories.meeting(outcome=Outcome.NOT_APPROVED, terms=())
    deciding.enter(ref, other, sha256=sha256, by=cast.grace, now=now + DAY)
    with pytest.raises(Refused):
        deciding.confirm(
            ref, entry_id=first, reauthenticated=factories.again(now), by=cast.carol, now=now + DAY
        )
    assert stage(ref) is Stage.READY


@pytest.mark.parametrize(
    "missing",
    [
        {"meeting_on": None},
        {"minute": ""},
        {"members_present": ()},
        {"conflicts": " "},
        {"version_circulated": False},
        {"terms": ()},
        {"reasons": ""},
        {"advice_followed": False},
        {"minute": "x" * 301},
    ],
    ids=lambda missing: next(iter(missing)),
)
def test_a_meeting_is_entered_whole(cast: Cast, now: datetime, missing: dict[str, object]) -> None:
    ref = factories.passed(cast, now, route=factories.to_the_board(cast))
    sha256 = factories.version(ref).sha256
    with pytest.raises(Invalid) as refused:
        deciding.enter(ref, factories.meeting(**missing), sha256=sha256, by=cast.grace, now=now + DAY)
    name = next(iter(missing))
    field = {"advice_followed": "advice_not_followed_reason", "terms": "term-1-what"}.get(name, name)
    assert set(refused.value.errors) == {field}


def test_nobody_decides_alone_without_having_said_that_they_read_this_version(
    cast: Cast, now: datetime
) -> None:
    ref = factories.passed(cast, now)
    sha256 = factories.version(ref).sha256
    approved = Decision(outcome=Outcome.APPROVED, reasons="It is the better place.")
    with pytest.raises(Refused):
        deciding.decide(
            ref, approved, sha256=sha256, reauthenticated=factories.again(now), by=cast.carol, now=now + DAY
        )
    with pytest.raises(NotAllowed):
        papers.say_read(ref, sha256=sha256, by=cast.amina, now=now)


def test_signing_in_again_needs_the_right_password_and_is_stored_with_the_act(
    cast: Cast, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        people.sign_in_again(cast.carol, "not-the-password", now=now)
    assert "password" in refused.value.errors
    again = people.sign_in_again(cast.carol, PASSWORD, now=now)
    ref = factories.passed(cast, now)
    sha256 = factories.version(ref).sha256
    papers.say_read(ref, sha256=sha256, by=cast.carol, now=now + DAY)
    approved = Decision(outcome=Outcome.APPROVED, reasons="It is the better place.")
    record = deciding.decide(
        ref, approved, sha256=sha256, reauthenticated=again, by=cast.carol, now=now + DAY
    )
    act = recorded.find_record(ref=record.ref).record.attestations[-1]
    assert (act.person, act.method) == ("Carol Whitfield", again.method.label)


def test_deferred_is_written_again_as_the_next_version(cast: Cast, now: datetime) -> None:
    ref, record = factories.decided(cast, now, Outcome.DEFERRED)
    assert stage(ref) is Stage.WRITING
    assert current(ref).version_no == 2
    read().rollback()
    assert recorded.find_record(ref=record.ref).record.snapshot.version == 1
    read().rollback()
    edit(ref, cast.amina, now + DAY)
    submission.submit(ref, declared=True, by=cast.amina, now=now + DAY)
    submission.agree(ref, by=cast.daniel, now=now + DAY)
    factories.satisfy(ref, cast.ben, now + DAY)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now + DAY)
    second = factories.decide_alone(cast, ref, now + DAY)
    found = recorded.find_record(ref=second.ref).record
    assert (found.edition, found.supersedes, found.snapshot.version) == (2, record.ref, 2)
    # what was done to the first version does not stand in the record of the second
    assert [one.what for one in found.attestations].count(Attested.DECIDED.label) == 1
    assert len(found.attestations) == 5
    assert recorded.find_record(ref=record.ref).superseded_by == second.ref


def test_stop_that_is_followed_closes_it(cast: Cast, now: datetime) -> None:
    ref = factories.answered(cast, now)
    revision = page_of(current(ref)).revisions["conclusion"]
    read().rollback()
    answering.save_page(ref, answers={"conclusion": Given("stop", revision)}, by=cast.amina, now=now)
    factories.complete_assessment(cast, ref, now)
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    record = factories.decide_alone(cast, ref, now + DAY)
    assert stage(ref) is Stage.CLOSED
    assert reviews.reviews_of(current(ref).id) == []
    found = recorded.find_record(ref=record.ref).record
    assert (found.snapshot.conclusion, found.decided.outcome_label) == ("Stop and rethink", "Approved")


def test_what_is_not_approved_is_closed_and_reminds_nobody(cast: Cast, now: datetime) -> None:
    ref, _ = factories.decided(cast, now, Outcome.NOT_APPROVED)
    assert stage(ref) is Stage.CLOSED
    assert current(ref).review_due_on is None


# -- people ---------------------------------------------------------------------------------------


def test_somebody_who_left_meanwhile_does_nothing_any_more(cast: Cast, now: datetime) -> None:
    ref = factories.passed(cast, now)
    people.deactivate(cast.carol, organisation_id=cast.organisation_id, by=cast.farah, now=now + DAY)
    with pytest.raises(NotFound):
        factories.decide_alone(cast, ref, now + 2 * DAY)


def test_of_a_restricted_assessment_other_people_learn_nothing(cast: Cast, now: datetime) -> None:
    ref = factories.submitted(cast, now)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    for stranger in (cast.ben, cast.dev, cast.farah, cast.esther, cast.helen):
        with pytest.raises(NotFound):
            checks.say(ref, section="proposal", text="Hello", by=stranger, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    assert telling.equality_leads(read(), current(ref), now) == set()


def test_a_restricted_assessment_is_submitted_once_those_who_decide_can_see_it(
    cast: Cast, now: datetime
) -> None:
    ref = factories.answered(cast, now)
    restriction.restrict(ref, reason="Staff could be known.", until_on=None, by=cast.amina, now=now)
    with pytest.raises(NotReady) as refused:
        submission.submit(ref, declared=True, by=cast.amina, now=now)
    assert "Name them as a reader" in refused.value.readiness.access[-1]
    team.invite(ref, person_id=cast.carol, part=Part.READER, by=cast.amina, now=now)
    team.invite(ref, person_id=cast.ben, part=Part.READER, by=cast.amina, now=now)
    before = _mails()
    submission.submit(ref, declared=True, by=cast.amina, now=now)
    submission.agree(ref, by=cast.daniel, now=now)
    factories.satisfy(ref, cast.ben, now)
    checks.pass_check(ref, reservations="", by=cast.ben, now=now)
    told = _mails()[len(before) :]
    assert {who.split("@")[0] for who, _ in told} == {"ben", "carol", "daniel"}  # Amina’s news can wait
    assert not any("Harbour" in subject for _, subject in told)


def _mails() -> list[tuple[str, str]]:
    found = read().execute(select(MailRow.recipient, MailRow.subject).order_by(MailRow.id)).all()
    read().rollback()
    return [(recipient, subject) for recipient, subject in found]
