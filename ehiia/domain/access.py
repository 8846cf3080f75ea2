"""Who may do what: the whole policy in one table and two functions.

``sight`` says whether a person knows of an assessment at all (unknown is a 404
on the page); ``may`` says whether they may do something with it (known without
the right is a 403). ``store/visible.py`` says the same in SQL; a property test
shows that they agree.

Independence is one rule: nobody checks or solely decides an assessment in
which they wrote or changed an answer, and nobody gives a verdict on an action
they own, or one of an assessment they wrote, direct, checked, countersigned or
decided. Comments and advice do not count as writing. An opinion on assurance is
of the whole way of assessing, so nobody with equality-lead duties gives it.
Long because it is the whole policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ehiia.domain.vocabulary import Attested, Part, Permission, Role, Stage

WRITERS = frozenset({Part.AUTHOR, Part.CONTRIBUTOR})
OPEN = frozenset({Stage.WRITING, Stage.SENT_BACK})
"""Stages in which its author has the assessment and it can be sent on."""
UNSENT = OPEN | {Stage.SCREENING}
"""Stages in which the author has it, from the first day on."""
BUSY = UNSENT | {Stage.READY}
"""Stages in which answers may be changed; in READY a change undoes the pass."""
ENDED = frozenset({Stage.NOT_NEEDED, Stage.WITHDRAWN, Stage.REPLACED, Stage.CLOSED})
QUIET = ENDED | {Stage.PAUSED}
"""Stages in which nothing waits for anybody, and nobody is reminded of anything."""


class Sight(Enum):
    """How much of an assessment a person can see."""

    NONE = "none"
    REFERENCE = "reference"
    """Reference and author only: what the equality lead sees of a restricted assessment."""
    FULL = "full"


@dataclass(frozen=True)
class Actor:
    """The person who asks: who they are and which posts they hold today."""

    person_id: int
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    """Organisation id -> roles of current posts."""
    active: bool = True

    def has(self, organisation_id: int, *roles: Role) -> bool:
        """Say whether the person holds one of these posts in the organisation today."""
        return bool(self.roles.get(organisation_id, frozenset()) & set(roles))


@dataclass(frozen=True)
class Facts:
    """What the policy needs to know of an assessment and of the person's part in it."""

    organisation_id: int
    stage: Stage = Stage.WRITING
    restricted: bool = False
    practice: bool = False
    """Whether it is for its author to learn with, and nobody else's business."""
    parts: frozenset[Part] = frozenset()
    """Parts the person has now."""
    wrote: bool = False
    """Whether the person ever wrote or changed an answer."""
    did: frozenset[Attested] = frozenset()
    """What the person ever put their name to in this assessment."""
    decides_alone: bool = False
    """Whether the deciding body is this person alone."""
    chairs: bool = False
    """Whether the person chairs the committee that decides."""
    secretary: bool = False
    """Whether the person is secretary of the body that decides."""


@dataclass(frozen=True)
class MitigationFacts:
    """What the policy needs to know of a mitigating action beside its assessment."""

    owned: bool = False


@dataclass(frozen=True)
class Ruling:
    """Whether something is allowed, and in a sentence why not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        """A ruling is true when it allows."""
        return self.allowed


YES = Ruling(True)


def sight(actor: Actor, facts: Facts) -> Sight:
    """Say how much of the assessment the person can see."""
    if not actor.active:
        return Sight.NONE
    if facts.practice:
        return Sight.FULL if Part.AUTHOR in facts.parts else Sight.NONE
    if facts.parts:
        return Sight.FULL
    here = actor.roles.get(facts.organisation_id, frozenset())
    if not here:
        return Sight.NONE
    if not facts.restricted:
        return Sight.FULL
    return Sight.REFERENCE if Role.EQUALITY_LEAD in here else Sight.NONE


def _writes(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if not facts.parts & WRITERS:
        return Ruling(False, "Only the author and contributors change answers.")
    if facts.stage not in BUSY:
        return Ruling(False, f"Answers cannot be changed while it is “{facts.stage.label}”.")
    return YES


def _submits(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    return YES if Part.AUTHOR in facts.parts else Ruling(False, "Only the author submits an assessment.")


def _invites(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if Part.AUTHOR in facts.parts or actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(False, "Only the author or an equality lead changes who takes part.")


def _agrees(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if Part.DIRECTOR not in facts.parts:
        return Ruling(False, "Only the accountable director agrees an assessment.")
    if facts.wrote:
        return Ruling(False, "You wrote or changed an answer, so somebody else must agree it.")
    return YES


def _checks(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if not actor.has(facts.organisation_id, Role.EQUALITY_LEAD) and Part.CHECKER not in facts.parts:
        return Ruling(False, "Only an equality lead checks an assessment.")
    if facts.wrote or facts.parts & WRITERS:
        return Ruling(False, "You wrote or changed an answer, so somebody else must check it.")
    return YES


def _countersigns(actor: Actor, facts: Facts, mitigation: MitigationFacts) -> Ruling:
    if not actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return Ruling(False, "Only an equality lead confirms that no full assessment is needed.")
    return _checks(actor, facts, mitigation)


def _names_checker(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(False, "Only an equality lead names a checker from another body.")


def _comments(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.parts or actor.has(facts.organisation_id, Role.EQUALITY_LEAD, Role.DIRECTOR):
        return YES
    return Ruling(False, "Only people who take part comment here.")


def _advises(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES  # advice is neither writing nor checking
    return Ruling(False, "Only an equality lead gives early advice.")


def _reads_paper(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.decides_alone or facts.chairs or facts.secretary:
        return YES
    return Ruling(False, "Only the body that decides is asked to say it has read this version.")


def _decides(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if not facts.decides_alone or not actor.has(facts.organisation_id, Role.DECISION_MAKER):
        return Ruling(False, "Only the decision-maker on the route decides.")
    if facts.wrote or facts.parts & WRITERS:
        return Ruling(False, "You wrote or changed an answer, so you may not decide alone.")
    return YES


def _enters(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.chairs:  # one person for both would decide alone, whatever they wrote
        return Ruling(False, "You confirm as chair what is entered, so the secretary enters it.")
    if facts.secretary or Part.SECRETARY in facts.parts:
        return YES
    return Ruling(False, "Only the committee's secretary enters what the meeting decided.")


def _confirms(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.chairs and actor.has(facts.organisation_id, Role.DECISION_MAKER):
        return YES
    return Ruling(False, "Only the chair of the meeting confirms its decision.")


def _corrects(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if (facts.decides_alone or facts.chairs) and actor.has(facts.organisation_id, Role.DECISION_MAKER):
        return YES  # nothing is decided again, so what they wrote does not matter
    return Ruling(False, "Only the decision-maker or the chair of the body corrects its record.")


def _stops(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.parts & {Part.AUTHOR, Part.DIRECTOR} or actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(False, "Only the author, the accountable director or an equality lead stops the work.")


def _restricts(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if Part.AUTHOR in facts.parts or (facts.parts and actor.has(facts.organisation_id, Role.EQUALITY_LEAD)):
        return YES
    return Ruling(False, "Only the author, or an equality lead who takes part, restricts an assessment.")


def _answers_reviewers(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if Part.AUTHOR not in facts.parts:
        return Ruling(False, "Only the author answers what public reviewers said.")
    if facts.stage in ENDED:
        return Ruling(False, f"Nothing is answered while it is “{facts.stage.label}”.")
    return YES


def _claims(actor: Actor, facts: Facts, mitigation: MitigationFacts) -> Ruling:
    if mitigation.owned or facts.parts & {Part.AUTHOR, Part.DIRECTOR}:
        return YES
    return Ruling(False, "Only the owner, the author or the director says how an action is going.")


def _verifies(actor: Actor, facts: Facts, mitigation: MitigationFacts) -> Ruling:
    if not actor.has(facts.organisation_id, Role.AUDITOR, Role.EQUALITY_LEAD):
        return Ruling(False, "Only an auditor or an equality lead gives a verdict.")
    if mitigation.owned:
        return Ruling(False, "You own this action, so somebody else must verify it.")
    if facts.wrote or facts.parts & (WRITERS | {Part.DIRECTOR}):
        return Ruling(False, "You wrote or direct this assessment, so somebody else must verify its actions.")
    # who agreed it as director directed it, whoever is named as director today
    if facts.did & {
        Attested.AGREED,
        Attested.PASSED,
        Attested.COUNTERSIGNED,
        Attested.DECIDED,
        Attested.CONFIRMED,
    }:
        return Ruling(
            False, "You agreed, checked or decided this assessment, so somebody else must verify its actions."
        )
    return YES


def _reviews(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.parts & {Part.AUTHOR, Part.DIRECTOR} or actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(False, "Only the author, the accountable director or an equality lead reviews it.")


def _answers_trigger(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(False, "Only an equality lead accepts or declines an early trigger.")


def _postpones(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    # who asked for it may not approve it: the service looks at the request
    if Part.DIRECTOR in facts.parts or actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(False, "Only the accountable director or an equality lead approves a later review.")


def _publishes(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    if facts.parts & {Part.AUTHOR, Part.DIRECTOR} or actor.has(facts.organisation_id, Role.EQUALITY_LEAD):
        return YES
    return Ruling(
        False, "Only the author, the accountable director or an equality lead prepares a publication."
    )


def _agrees_publication(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    # who prepared it may not agree it: the service looks at the publication
    if not actor.has(facts.organisation_id, Role.EQUALITY_LEAD, Role.DIRECTOR):
        return Ruling(False, "Only an equality lead or a director agrees how it is published.")
    if facts.wrote or facts.parts & WRITERS:
        return Ruling(
            False, "You wrote or changed an answer, so somebody else must agree how it is published."
        )
    return YES


def _anyone(actor: Actor, facts: Facts, _: MitigationFacts) -> Ruling:
    return YES


RULES: dict[Permission, Callable[[Actor, Facts, MitigationFacts], Ruling]] = {
    Permission.KNOW: _anyone,
    Permission.READ: _anyone,
    Permission.WRITE: _writes,
    Permission.INVITE: _invites,
    Permission.SUBMIT: _submits,
    Permission.AGREE: _agrees,
    Permission.COUNTERSIGN: _countersigns,
    Permission.NAME_CHECKER: _names_checker,
    Permission.CHECK: _checks,
    Permission.COMMENT: _comments,
    Permission.ADVISE: _advises,
    Permission.READ_PAPER: _reads_paper,
    Permission.DECIDE: _decides,
    Permission.ENTER_DECISION: _enters,
    Permission.CONFIRM_DECISION: _confirms,
    Permission.CORRECT: _corrects,
    Permission.STOP_WORK: _stops,
    Permission.RESTRICT: _restricts,
    Permission.ANSWER_REVIEWERS: _answers_reviewers,
    Permission.CLAIM: _claims,
    Permission.VERIFY: _verifies,
    Permission.REVIEW: _reviews,
    Permission.POSTPONE: _postpones,
    Permission.ANSWER_TRIGGER: _answers_trigger,
    Permission.PUBLISH: _publishes,
    Permission.AGREE_PUBLICATION: _agrees_publication,
}
"""What may be done with an assessment, and by whom."""

PRACTISED = frozenset(
    {Permission.KNOW, Permission.READ, Permission.WRITE, Permission.SUBMIT, Permission.CLAIM}
)
"""What can be done with a practice assessment; a step that leads to somebody else is refused by the move."""

POSTS: dict[Permission, frozenset[Role]] = {
    Permission.START: frozenset(Role) - {Role.READER, Role.AUDITOR},
    Permission.SEE_CHECK_QUEUE: frozenset({Role.EQUALITY_LEAD}),
    Permission.SEE_AUDIT_PLAN: frozenset({Role.AUDITOR, Role.EQUALITY_LEAD}),
    Permission.KEEP_AUDITS: frozenset({Role.AUDITOR, Role.EQUALITY_LEAD}),
    Permission.READ_OPINIONS: frozenset(
        {Role.AUDITOR, Role.EQUALITY_LEAD, Role.DIRECTOR, Role.DECISION_MAKER}
    ),
    Permission.KEEP_LIBRARY: frozenset(Role) - {Role.READER, Role.AUDITOR},
    Permission.ANSWER_FEEDBACK: frozenset({Role.EQUALITY_LEAD}),
    Permission.SEE_REQUESTS: frozenset(Role) - {Role.STAFF, Role.READER},
    Permission.KEEP_REQUESTS: frozenset({Role.ADMINISTRATOR, Role.EQUALITY_LEAD}),
    Permission.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Permission.HAND_OVER: frozenset({Role.ADMINISTRATOR, Role.EQUALITY_LEAD}),
    Permission.BRING_IN: frozenset({Role.ADMINISTRATOR, Role.EQUALITY_LEAD}),
}
"""What may be done in an organisation, by post."""


def may(
    actor: Actor, permission: Permission, facts: Facts, mitigation: MitigationFacts = MitigationFacts()
) -> Ruling:
    """Say whether the person may do this with the assessment; false with a sentence where not."""
    if sight(actor, facts) is not Sight.FULL:
        return Ruling(False, "There is no such assessment.")
    if facts.practice and permission not in PRACTISED:
        return Ruling(False, "This is practice: nobody else sees it, so nobody else is asked for anything.")
    return RULES[permission](actor, facts, mitigation)


def may_in(actor: Actor, permission: Permission, organisation_id: int) -> Ruling:
    """Say whether the person may do this in the organisation, by their posts."""
    if actor.active and actor.has(organisation_id, *POSTS[permission]):
        return YES
    return Ruling(False, f"Your posts do not allow you to {permission.label}.")


def may_sign(facts: Facts, *, asked: bool) -> Ruling:
    """Say whether the person may sign the record as a further signatory. ``asked``: it is their turn."""
    if not asked:
        return Ruling(False, "Only whoever is asked to sign next signs a record.")
    if facts.wrote or facts.parts & WRITERS:
        return Ruling(False, "You wrote or changed an answer, so somebody else must sign.")
    return YES


def may_release_signature(actor: Actor, facts: Facts, *, decided: bool) -> Ruling:
    """Say whether the person may end the wait for a signature. ``decided``: they made the decision."""
    if decided:
        return Ruling(False, "You made the decision, so somebody else ends the wait for a signature.")
    if actor.has(facts.organisation_id, Role.EQUALITY_LEAD, Role.ADMINISTRATOR):
        return YES
    return Ruling(False, "Only an equality lead or an administrator ends the wait for a signature.")


def may_prepare_papers(actor: Actor, organisation_id: int, *, of_the_body: bool) -> Ruling:
    """Say whether the person puts a meeting's papers together. ``of_the_body``: its chair or secretary."""
    if of_the_body and actor.active:
        return YES
    if may_in(actor, Permission.SEE_CHECK_QUEUE, organisation_id):
        return YES
    return Ruling(False, "The chair or the secretary of the body, or an equality lead, prepares its papers.")


def may_give_opinion(actor: Actor, organisation_id: int, *, led: bool, checked: bool) -> Ruling:
    """Say whether the person may give the opinion on assurance of a period.

    ``led``: they held a post as equality lead at some time since it began. ``checked``: they put their name
    to the check of an assessment since then, or to it that none was needed.
    """
    if not actor.active or not actor.has(organisation_id, Role.AUDITOR):
        return Ruling(False, "Only an auditor gives the opinion on assurance.")
    if led:
        return Ruling(
            False,
            "You are an equality lead, or were one in this period, so somebody without these duties gives "
            "the opinion on assurance.",
        )
    if checked:
        return Ruling(
            False,
            "You checked an assessment in this period, so somebody else gives the opinion on assurance.",
        )
    return YES
