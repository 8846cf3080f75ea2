"""Who was heard, when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from ehiia.domain.reach import times
from ehiia.domain.schedule import in_full
from ehiia.domain.selfcheck.matter import Matter, Signal, rule, signal
from ehiia.domain.selfcheck.wording import says_nothing

ASKED = "who_was_asked"


@rule("QC-50")
def worse_off_and_not_heard(matter: Matter) -> Iterator[Signal]:
    """A group would be worse off, and nobody from it was heard."""
    heard = {code for one in matter.answers.engagements for code in one.groups}
    for group, _, impacts in matter.groups:
        if any(one.adverse for one in impacts) and group.code not in heard:
            yield signal(matter.at_group(group.code), group=group.label)


@rule("QC-51")
def nobody_heard(matter: Matter) -> Iterator[Signal]:
    """Nobody at all was heard."""
    text = matter.text(ASKED)
    silent = not text or says_nothing(text) or text.casefold().startswith(("nobody", "no one", "no-one"))
    if len(matter.groups) > 1 and silent and not matter.answers.engagements:
        yield signal(matter.at_question(ASKED))


@rule("QC-52")
def heard_after_the_decision(matter: Matter) -> Iterator[Signal]:
    """People are listened to only after the meeting that decides, or one time of it is."""
    for one in matter.answers.engagements:
        if one.on_date and matter.meeting_on and one.on_date >= matter.meeting_on:
            yield signal(
                matter.at_question(ASKED),
                number=one.number,
                on=in_full(one.on_date),
                meeting=in_full(matter.meeting_on),
            )


@rule("QC-53")
def counted_and_not_heard(matter: Matter) -> Iterator[Signal]:
    """It is known how many came, and not what they said."""
    for one in matter.answers.engagements:
        if (one.everybody is not None or one.bands) and not one.said.strip():
            yield signal(matter.at_question(ASKED), number=one.number)


@rule("QC-54")
def nothing_came_of_it(matter: Matter) -> Iterator[Signal]:
    """People said something, and neither a change nor a reason for none is written down."""
    for one in matter.answers.engagements:
        if one.said.strip() and (not one.changed.strip() or says_nothing(one.changed)):
            yield signal(matter.at_question(ASKED), number=one.number)


@rule("QC-55")
def never_told(matter: Matter) -> Iterator[Signal]:
    """Nobody of those who were heard was told what became of it."""
    heard = [one for one in matter.answers.engagements if one.said.strip()]
    if heard and not any(one.fed_back_on for one in heard):
        yield signal(matter.at_question(ASKED), times=times(len(heard)))
