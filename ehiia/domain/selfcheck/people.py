"""Who wrote it, who answers for it, who owns what was promised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ehiia.domain.selfcheck.matter import PEOPLE, Matter, Place, Signal, rule, signal
from ehiia.domain.vocabulary import COUNTS_AS_YES, YesNoUnknown

AFFECTED = "authors_affected"
"""Id of the question, asked of workforce proposals, whether an author is among the staff affected."""
_TEAM = re.compile(
    r"\b(teams?|departments?|dept|directorates?|groups?|boards?|committees?|services?|units?|office|"
    r"everyone|everybody|all|staff|managers|providers?|partners|commissioners|leads|"
    r"tbc|tba|to be confirmed|various|nobody|icb|trust|alliance|pcn|council)\b"
)


@rule("QC-01")
def director_writes(matter: Matter) -> Iterator[Signal]:
    """The accountable director writes the assessment: nobody else would agree it."""
    if matter.director_writes:
        yield signal(Place(PEOPLE))


@rule("QC-02")
def owner_is_a_team(matter: Matter) -> Iterator[Signal]:
    """An action is owned by a team and by no person. What stands after a comma is where they work."""
    for action in matter.actions:
        owner = re.split(r",|\bof\b|\bat\b|\(", action.owner)[0].casefold()
        if _TEAM.search(owner):
            yield signal(matter.at_action(action, "owner"), action=action.ref, owner=action.owner)


@rule("QC-03")
def author_may_be_affected(matter: Matter) -> Iterator[Signal]:
    """Somebody who writes about a change for staff is, or may be, among those it affects."""
    said = matter.answers.value(AFFECTED)
    if AFFECTED in matter.asked and said in COUNTS_AS_YES:
        yield signal(matter.at_question(AFFECTED), answer=YesNoUnknown(str(said)).label)


@rule("QC-04")
def author_owns_everything(matter: Matter) -> Iterator[Signal]:
    """Two actions or more, and whoever writes owns them all."""
    owners = {action.owner for action in matter.actions}
    if len(matter.actions) > 1 and len(owners) == 1 and owners <= set(matter.authors):
        yield signal(matter.at_actions(), owner=next(iter(owners)), count=len(matter.actions))


@rule("QC-05")
def nobody_helped(matter: Matter) -> Iterator[Signal]:
    """One person wrote it alone."""
    if len(matter.authors) == 1 and not matter.contributors and matter.answers.values:
        yield signal(Place(PEOPLE), author=matter.authors[0])
