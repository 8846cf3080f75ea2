"""What was promised: does it do something, in time, and could anybody tell?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ehiia.domain import scoring
from ehiia.domain.mitigating import Funding
from ehiia.domain.schedule import in_full
from ehiia.domain.selfcheck.matter import Matter, Signal, rule, signal
from ehiia.domain.selfcheck.wording import only_watches, undated
from ehiia.domain.vocabulary import COUNTS_AS_YES, Band, Claim, InPlace, ProposalKind

FAR = timedelta(days=3 * 365)
"""A date further away than this is no plan."""
_SEVERE = frozenset({Band.HIGH, Band.VERY_HIGH})
_IN_TIME = frozenset({InPlace.BEFORE, InPlace.AT})
_OPEN = frozenset({Claim.NOT_STARTED, Claim.ON_TRACK, Claim.AT_RISK})
_ACTIVITY = re.compile(
    r"\b(meetings?|leaflets?|posters?|newsletters?|e-?mails?|briefings?|training|sessions?|posts|slides?)\b"
    r".{0,20}\b(held|sent|delivered|given|printed|handed out|distributed|run|attended)\b"
    r"|\b(number|count) of (meetings|leaflets|posters|newsletters|e-?mails|briefings|sessions|posts)\b"
)
_WITHOUT_MONEY = frozenset({Funding.ASKED, Funding.NONE})


@rule("QC-30")
def only_watching(matter: Matter) -> Iterator[Signal]:
    """An action does no more than monitor, consider or raise awareness."""
    for action in matter.actions:
        if only_watches(action.what):
            yield signal(matter.at_action(action, "what"), action=action.ref, what=action.what)


@rule("QC-31")
def no_date_in_words(matter: Matter) -> Iterator[Signal]:
    """Words such as "ongoing" stand where a date should."""
    for action in matter.actions:
        found = undated(action.what) or undated(action.measure)
        if found:
            yield signal(matter.at_action(action, "due"), action=action.ref, words=found)


@rule("QC-32")
def date_too_far(matter: Matter) -> Iterator[Signal]:
    """An action is due years after anything that the proposal does."""
    start = max(matter.today, matter.answers.go_live_on or matter.today)
    for action in matter.actions:
        if action.due_on is not None and action.due_on > start + FAR:
            yield signal(matter.at_action(action, "due"), action=action.ref, year=action.due_on.year)


@rule("QC-33")
def severe_and_too_late(matter: Matter) -> Iterator[Signal]:
    """A high risk is answered by an action that is in place only after the start."""
    high = {
        (one.subject, str(one.dimension))
        for one in matter.impacts
        if one.adverse and scoring.band(one.before, matter.borders) in _SEVERE
    }
    for action in matter.actions:
        if action.in_place is InPlace.AFTER and high & set(action.answers):
            yield signal(matter.at_action(action, "in_place"), action=action.ref)


@rule("QC-34")
def due_after_it_is_needed(matter: Matter) -> Iterator[Signal]:
    """An action must be in place by the start, and is due later."""
    start = matter.answers.go_live_on
    for action in matter.actions:
        if start and action.due_on and action.in_place in _IN_TIME and action.due_on > start:
            yield signal(
                matter.at_action(action, "due"),
                action=action.ref,
                due=in_full(action.due_on),
                start=in_full(start),
            )


@rule("QC-35")
def due_in_the_past(matter: Matter) -> Iterator[Signal]:
    """An action that is not done is due on a day that has gone by."""
    for action in matter.actions:
        if action.due_on and action.due_on < matter.today and action.claim in _OPEN:
            yield signal(matter.at_action(action, "due"), action=action.ref, due=in_full(action.due_on))


@rule("QC-36")
def counts_activity(matter: Matter) -> Iterator[Signal]:
    """A measure counts what is done, not whether anybody is better off."""
    for action in matter.actions:
        if _ACTIVITY.search(action.measure.casefold()):
            yield signal(matter.at_action(action, "measure"), action=action.ref)


@rule("QC-37")
def no_action_at_all(matter: Matter) -> Iterator[Signal]:
    """Nothing is promised, though somebody may be worse off or something is taken away."""
    asked_for = (
        any(one.adverse for one in matter.impacts)
        or matter.screening.get("worse_off") in COUNTS_AS_YES
        or matter.answers.kind in (ProposalKind.CLOSURE, ProposalKind.FINANCE)
        or matter.answers.value("money") == "saves"
    )
    if asked_for and len(matter.groups) > 1 and not matter.actions:
        yield signal(matter.at_actions())


@rule("QC-38")
def helps_nothing(matter: Matter) -> Iterator[Signal]:
    """The risk expected after an action is no lower than before it."""
    before = {(one.subject, str(one.dimension)): one.before for one in matter.impacts if one.before}
    for action in matter.actions:
        scores = [found.score for link in action.answers if (found := before.get(link))]
        if action.expected and scores and action.expected.score >= max(scores):
            yield signal(matter.at_action(action, "expected"), action=action.ref)


@rule("QC-39")
def no_money_for_it(matter: Matter) -> Iterator[Signal]:
    """An action must be in place by the start, and there is no money for it."""
    for action in matter.actions:
        if action.funding in _WITHOUT_MONEY and action.in_place in _IN_TIME:
            yield signal(matter.at_action(action, "funding"), action=action.ref)
