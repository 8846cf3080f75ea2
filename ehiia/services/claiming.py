"""Saying how a mitigating action is going: the owner's claim. Not a verdict, and not writing.

The owner makes it long after the decision. An owner outside says it by a link: see ``services.outside``.
"""

from __future__ import annotations

from datetime import datetime

from ehiia.domain.mitigating import GIVEN_UP
from ehiia.domain.partnering import SILENT
from ehiia.domain.vocabulary import Claim, Permission
from ehiia.services import action_endings, claims
from ehiia.services.mitigation_sight import opened
from ehiia.services.relied import relied_on
from ehiia.services.transaction import Refused, transaction
from ehiia.store.answers import MitigationRow


def claim(mitigation_ref: str, said: Claim, *, note_text: str, by: int, now: datetime) -> MitigationRow:
    """The owner, author or director says how it is going.

    What a decision relied on is not given up by a claim: that asks the body that decided, and the claim stays
    as it was. Raises Invalid (``note``) where it is done, at risk or given up without a word about it,
    Refused where the assessment has ended, or that body is asked already.
    """
    note_text = claims.check_note(said, note_text)
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.CLAIM, by=by, now=now)
        if assessment.stage in SILENT:
            raise Refused(f"The assessment is “{assessment.stage.label}”, so its actions have ended too.")
        ending = GIVEN_UP.get(said)
        relied = relied_on(assessment.id, session=session) if ending and row.claim is not said else None
        if ending and relied and row.ref in relied.actions:
            action_endings.request(
                session, assessment, row, ending, reason=note_text, by=by, named="", now=now
            )
            return row  # it stays as it is until the body that decided answers
        claims.record(session, assessment, row, said, note_text, by=by, now=now)
    return row
