"""Mitigating actions: their words, and the rules of what happens to them after they were promised.

Claim, verdict and overdue are three facts. A date moves with a reason, and in
three cases only with an approval; what a decision relied on is given up or made
weaker only by the body that decided. Every rule has its id; its words are in
``content/reference/rules.toml``. All dates are London calendar dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ehiia.domain.reasons import Reason
from ehiia.domain.vocabulary import Band, Claim, Word


class ActionKind(Word):
    """What a mitigating action does about the harm it answers."""

    REMOVE = "remove", "Removes the harm"
    REDUCE = "reduce", "Makes the harm less likely or smaller"
    COMPENSATE = "compensate", "Makes up for the harm in another way"
    FIND_OUT = "find_out", "Finds out what is not known"
    LISTEN = "listen", "Listens to the people affected"
    WATCH = "watch", "Watches what happens"


class Funding(Word):
    """Whether there is money for a mitigating action."""

    NOT_NEEDED = "not_needed", "It needs no extra money"
    AGREED = "agreed", "The money is agreed"
    ASKED = "asked", "The money was asked for and is not agreed yet"
    NONE = "none", "There is no money for it yet"


class Acceptance(Word):
    """Whether the owner took on what was put on them."""

    WAITING = "waiting", "Not accepted yet", "The owner has not said whether they take it on."
    ACCEPTED = "accepted", "Accepted", "The owner took it on."
    DECLINED = "declined", "Declined", "The owner said why it is not theirs to do."


class Asking(Word):
    """Where something stands that somebody asked for."""

    ASKED = "asked", "Waits for an answer"
    MADE = "made", "Made, no approval was needed"
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Not agreed"
    TAKEN_BACK = "taken_back", "Taken back"


ANSWERS = frozenset({Asking.AGREED, Asking.REFUSED, Asking.TAKEN_BACK})
"""How a request ends."""
TOOK_EFFECT = frozenset({Asking.MADE, Asking.AGREED})
"""States in which what was asked for happened."""


class Ending(Word):
    """What is asked of the body that decided: that an action it relied on is given up or made weaker."""

    SUPERSEDED = "superseded", "Replace it by another action"
    CANCELLED = "cancelled", "Cancel it"
    WEAKENED = "weakened", "Promise less than before"


GIVEN_UP = {Claim.SUPERSEDED: Ending.SUPERSEDED, Claim.CANCELLED: Ending.CANCELLED}
"""Claims that give an action up, and what is asked of the body that decided instead."""
CLAIM_OF = {ending: claim for claim, ending in GIVEN_UP.items()}


class OverdueAge(Word):
    """For how long an action is overdue, in bands; ``days`` are first and last, None where it has no last."""

    TO_30 = "1-30", "1 to 30 days"
    TO_60 = "31-60", "31 to 60 days"
    TO_90 = "61-90", "61 to 90 days"
    OVER_90 = "over-90", "More than 90 days"

    @property
    def days(self) -> tuple[int, int | None]:
        """Return the first and the last day of the band."""
        return {
            OverdueAge.TO_30: (1, 30),
            OverdueAge.TO_60: (31, 60),
            OverdueAge.TO_90: (61, 90),
            OverdueAge.OVER_90: (91, None),
        }[self]


# -- another date ----------------------------------------------------------------------------------

HIGH = frozenset({Band.HIGH, Band.VERY_HIGH})
ALREADY_SLIPPED = 1
"""From so many slips before on, a further one needs an approval."""


@dataclass(frozen=True)
class Slip:
    """A change of date that took effect; ``from_on`` None where there was no date before."""

    from_on: date | None
    to_on: date

    @property
    def later(self) -> bool:
        """Whether it put the date off."""
        return self.from_on is not None and self.to_on > self.from_on


def slips(changes: Iterable[Slip]) -> int:
    """Return how often a date was put off."""
    return sum(change.later for change in changes)


def approval_needed(
    change: Slip,
    *,
    residual: Band,
    go_live_on: date | None,
    before: Iterable[Slip] = (),
    today: date,
) -> tuple[Reason, ...]:
    """Return why another date needs somebody's approval; nothing where it does not.

    ``residual``: the worst risk that is left of what the action answers. ``go_live_on``: when it went live,
    or is expected to. ``before``: the changes that took effect so far. An earlier date, or a first one, needs
    nobody.
    """
    if not change.later:
        return ()
    found = []
    if residual in HIGH:
        text = f"The risk that is left is {residual.label.lower()}, and lasts longer."
        found.append(Reason("ACT-01", text))
    if go_live_on is not None and go_live_on <= today:
        found.append(Reason("ACT-02", "It has gone live: people live with the harm until this is done."))
    if slips(before) >= ALREADY_SLIPPED:
        found.append(Reason("ACT-03", "Its date was put off before."))
    return tuple(found)


@dataclass(frozen=True)
class Answering:
    """Somebody who would answer a request for another date, and what they are to it."""

    director: bool = False
    """Whether they are the accountable director of the assessment."""
    equality_lead: bool = False
    owner: bool = False
    asked: bool = False
    """Whether they asked for it themselves."""


def may_approve(who: Answering) -> Reason | None:
    """Return why somebody may not approve another date, or None where they may (rule ACT-04)."""
    if who.owner:
        return Reason("ACT-04", "You own this action, so somebody else approves its date.")
    if who.asked:
        return Reason("ACT-04", "You asked for this date, so somebody else approves it.")
    if not (who.director or who.equality_lead):
        return Reason("ACT-04", "Only the accountable director or an equality lead approves another date.")
    return None


# -- giving up what a decision relied on -------------------------------------------------------------

WEAKENS = ("what", "measure", "target", "in_place", "due_on")
"""What is promised in the words and the date of an action; less of it is a weaker promise."""


@dataclass(frozen=True)
class Promised:
    """What a decision relies on in an action: its words and dates, whether anybody owns it, and its scope."""

    words: Mapping[str, object]
    """The values of ``WEAKENS``."""
    owned: bool
    scope: frozenset[tuple[str, str]]
    """The impacts it answers."""


def weaker(before: Promised, after: Promised) -> frozenset[str]:
    """Return the fields in which an action would promise something else, or less (ACT-05).

    The words and dates in ``WEAKENS`` stay as they are; ``owner_id``: nobody would own it any more, while
    another owner may take it over; ``answers``: it would answer an impact no more, while it may answer others
    too.
    """
    found = {name for name in WEAKENS if before.words[name] != after.words[name]}
    if before.owned and not after.owned:
        found.add("owner_id")
    if before.scope - after.scope:
        found.add("answers")
    return frozenset(found)


def must_be_decided(ending: Ending, *, relied_on: bool) -> Reason | None:
    """Return why only the body that decided may do this, or None where anybody who claims may (ACT-05)."""
    if not relied_on:
        return None
    words = {
        Ending.SUPERSEDED: "replaced",
        Ending.CANCELLED: "cancelled",
        Ending.WEAKENED: "made weaker",
    }[ending]
    text = f"The decision relied on this action, so it is {words} only by the body that decided."
    return Reason("ACT-05", text)


@dataclass(frozen=True)
class Deciding:
    """Somebody who would answer for the body that decided, and what they are to the request."""

    committee: bool
    chair: bool = False
    secretary: bool = False
    decides: bool = False
    """Whether they hold the post of a decision-maker today."""
    owner: bool = False
    asked: bool = False


def may_end(who: Deciding) -> Reason | None:
    """Return why somebody may not answer for the body that decided, or None where they may (ACT-06)."""
    if who.committee and not (who.chair or who.secretary):
        return Reason("ACT-06", "Only the chair or the secretary records what the meeting decided.")
    if not who.committee and not (who.chair and who.decides):
        return Reason("ACT-06", "Only the decision-maker who decided alone answers this.")
    if who.owner:
        return Reason("ACT-06", "You own this action, so somebody else answers for the body that decided.")
    if who.asked:
        return Reason("ACT-06", "You asked for this, so somebody else answers for the body that decided.")
    return None
