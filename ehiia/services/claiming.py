"""Saying how a mitigating action is going: the owner's claim. Not a verdict, and not writing.

The owner makes it long after the decision. An owner outside says it by a link: see ``services.outside``.
"""

from __future__ import annotations

from datetime import datetime

from ehiia.domain.partnering import SILENT
from ehiia.domain.vocabulary import Claim, Permission
from ehiia.services import claims
from ehiia.services.mitigation_sight import opened
from ehiia.services.transaction import Refused, transaction
from ehiia.store.answers import MitigationRow


def claim(mitigation_ref: str, said: Claim, *, note_text: str, by: int, now: datetime) -> MitigationRow:
    """The owner, author or director says how it is going.

    Raises Invalid (``note``) where it is done, at risk or given up without a word about it, Refused where
    the assessment has ended.
    """
    note_text = claims.check_note(said, note_text)
    with transaction() as session:
        assessment, row = opened(session, mitigation_ref, Permission.CLAIM, by=by, now=now)
        if assessment.stage in SILENT:
            raise Refused(f"The assessment is “{assessment.stage.label}”, so its actions have ended too.")
        claims.record(session, assessment, row, said, note_text, by=by, now=now)
    return row
