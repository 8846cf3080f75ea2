"""What was told of an assessment before it was restricted is taken out of notices and mail."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.notify.messages import render
from ehiia.services import digests, outbox
from ehiia.services.installation import config
from ehiia.services.notices import ASSESSMENT_PATH
from ehiia.store.assessments import Assessment, Participant
from ehiia.store.duties import DeliveryState, MailRow, Notice
from ehiia.store.people import Person

UNSENT = (DeliveryState.WAITING, DeliveryState.FAILED)


def hide(session: Session, assessment: Assessment) -> None:
    """Take what a restricted assessment is about out of what told of it, in the caller's transaction.

    What waits for people who take no part in it is dropped. All other mail, sent mail too, keeps the
    reference only, because it stays in the outbox; a digest keeps what it says of other assessments.
    """
    message = render(
        "restricted_since",
        {"ref": assessment.ref, "path": ASSESSMENT_PATH.format(ref=assessment.ref)},
        public_url=config().public_url,
        restricted=True,
    )
    people = session.execute(
        select(Person.id, Person.email)
        .join(Participant, Participant.person_id == Person.id)
        .where(Participant.assessment_id == assessment.id, Participant.ended_at.is_(None))
    )
    taking_part = {row.id: row.email for row in people}
    notices = session.scalars(
        select(Notice).where(Notice.assessment_id == assessment.id).order_by(Notice.id).with_for_update()
    ).all()
    for notice in notices:
        notice.subject, notice.said, notice.link = message.subject, message.said, message.link
        notice.calendar = ""
        if notice.waits_for is not None and notice.person_id not in taking_part:
            notice.waits_for = None
    ids = {notice.told_in or outbox.message_id(notice.dedupe_key) for notice in notices}
    own = {outbox.message_id(notice.dedupe_key) for notice in notices}
    mails = session.scalars(
        select(MailRow).where(MailRow.message_id.in_(ids)).order_by(MailRow.id).with_for_update()
    ).all()
    for mail in mails:
        outsider = mail.state in UNSENT and mail.recipient not in taking_part.values()
        if mail.message_id in own:
            if outsider:
                session.delete(mail)
            else:
                mail.subject, mail.body, mail.calendar = message.subject, message.body, []
            continue
        if outsider:
            for notice in notices:
                if notice.told_in == mail.message_id:
                    notice.told_in = None
        session.flush()
        digests.write_again(session, mail)
    session.flush()
