"""Owners outside: what somebody of a partner body may say by a link, and when their link opens.

They have no account. A link opens one mitigating action and nothing else of its assessment.
"""

from __future__ import annotations

from datetime import datetime

from ehiia.domain.access import ENDED
from ehiia.domain.vocabulary import Claim, Stage, Word

SAYS = (Claim.NOT_STARTED, Claim.ON_TRACK, Claim.AT_RISK, Claim.DONE)
"""What an owner outside can say. To replace or cancel an action is for the organisation that promised it."""
MOST_UPDATES = 40
"""So often somebody can say something by one link: how it is going, a note, a figure or another date."""
REMINDED_FOR = 35
"""For how many days a link opens that came with a reminder: longer than it is to the next."""
SILENT = ENDED - {Stage.CLOSED}
"""Stages in which the actions of an assessment have ended with it."""


class PartnerLinkState(Word):
    """Where the link of an owner outside stands."""

    OPEN = "open", "Open"
    USED_UP = "used_up", "Used up", "As many updates were sent by it as one link takes."
    EXPIRED = "expired", "Expired", "Its last day has gone by."
    TAKEN_BACK = "taken_back", "Taken back", "Somebody at the organisation took it back."
    REPLACED = "replaced", "Replaced", "A newer link was sent. Please use the one in the newest e-mail."
    OVER = "over", "Over", "The action has ended, so nothing more is asked of you."


READS = frozenset({PartnerLinkState.OPEN, PartnerLinkState.USED_UP})
"""States in which the action can be read."""


def link_state(
    *,
    now: datetime,
    expires_at: datetime,
    ended_at: datetime | None,
    replaced: bool,
    claim: Claim,
    stage: Stage,
    updates: int,
) -> PartnerLinkState:
    """Return where a link stands. Moments are in UTC; ``updates``: how often something was said by it."""
    if ended_at is not None:
        return PartnerLinkState.REPLACED if replaced else PartnerLinkState.TAKEN_BACK
    if now >= expires_at:
        return PartnerLinkState.EXPIRED
    if stage in SILENT or claim in (Claim.SUPERSEDED, Claim.CANCELLED):
        return PartnerLinkState.OVER
    return PartnerLinkState.USED_UP if updates >= MOST_UPDATES else PartnerLinkState.OPEN
