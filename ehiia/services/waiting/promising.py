"""What somebody promised: the mitigating actions and the commitments that they own."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from ehiia.domain.access import QUIET, Actor
from ehiia.domain.mitigating import Acceptance
from ehiia.services import commitments
from ehiia.services.promises import OPEN_CLAIMS
from ehiia.services.transaction import read
from ehiia.services.waiting.items import LIMIT, Item, short
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment

ACCEPT = "Accept or decline"
KEPT = "Say whether it was kept"


def actions(actor: Actor) -> Iterator[Item]:
    rows = read().execute(
        select(
            MitigationRow.ref,
            MitigationRow.what,
            MitigationRow.due_on,
            MitigationRow.acceptance,
            Assessment.ref,
            Assessment.title,
        )
        .join(Assessment, Assessment.id == MitigationRow.assessment_id)
        .where(
            MitigationRow.owner_id == actor.person_id,
            MitigationRow.taken_out_at.is_(None),
            MitigationRow.claim.in_(OPEN_CLAIMS),
            Assessment.stage.not_in(QUIET),
        )
        .order_by(MitigationRow.due_on)
        .limit(LIMIT)
    )
    for ref, what, due_on, acceptance, assessment_ref, title in rows:
        why = f"Mitigating action that you own, for {title}."
        do = ACCEPT if acceptance is Acceptance.WAITING else "Say how it is going"
        yield Item(do, assessment_ref, short(what), why, due_on, item=ref, now=False)


def kept(actor: Actor) -> Iterator[Item]:
    for row, ref, title in commitments.mine(actor, limit=LIMIT):
        why = f"Commitment that you own, for {title}."
        yield Item(KEPT, ref, short(row.what), why, row.due_on, item=str(row.number), now=False)
