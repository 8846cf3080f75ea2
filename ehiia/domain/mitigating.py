"""Words for what kind of mitigating action is promised, and whether there is money for it."""

from __future__ import annotations

from ehiia.domain.vocabulary import Word


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
