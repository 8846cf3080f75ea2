"""What people are told of mitigating actions after they were promised: who owns them, when they are due."""

from __future__ import annotations

from ehiia.notify.template import OPEN, Template, template

WHAT = "The action: {what}"
CONCERNED = "you own this mitigating action, or answer for its assessment"
APPROVES = "you are the accountable director of this assessment, or an equality lead"
ASKED = "you asked for it, own this mitigating action, or answer for its assessment"

SPEAKS = "you speak for the body that decided this proposal"

TEMPLATES: dict[str, Template] = {
    "mitigation_declined": template(
        "Declined: mitigating action {item}",
        "{by} declined the mitigating action {item} of {proposal}.",
        WHAT,
        "They wrote: {comment}",
        "Please settle it with them, or name another owner. Until then nobody has taken it on.",
        OPEN,
        why="you are the author or the accountable director of this assessment",
    ),
    "mitigation_date_asked": template(
        "Another date is asked for: mitigating action {item}",
        "{by} asks to move the mitigating action {item} of {proposal} to {due_on}.",
        WHAT,
        "They wrote: {comment}",
        "Please agree to it, or say why not. Until then its date stays as it is.",
        OPEN,
        why=APPROVES,
    ),
    "mitigation_date_moved": template(
        "Moved to {due_on}: mitigating action {item}",
        "{by} moved the mitigating action {item} of {proposal} to {due_on}.",
        WHAT,
        "They wrote: {comment}",
        "Please look at it if the new date does not fit.",
        OPEN,
        why=CONCERNED,
    ),
    "mitigation_date_agreed": template(
        "Agreed: mitigating action {item} moves to {due_on}",
        "{by} agreed that the mitigating action {item} of {proposal} moves to {due_on}.",
        WHAT,
        "They wrote: {comment}",
        "Please plan for the new date.",
        OPEN,
        why=ASKED,
    ),
    "mitigation_date_refused": template(
        "Not agreed: another date for mitigating action {item}",
        "{by} did not agree that the mitigating action {item} of {proposal} moves to {due_on}.",
        WHAT,
        "They wrote: {comment}",
        "Its date stays as it is. Please settle with them how it goes on.",
        OPEN,
        why=ASKED,
    ),
    "mitigation_end_asked": template(
        "Asked of you: mitigating action {item}",
        "{by} asks about the mitigating action {item} of {proposal}: {decision}.",
        WHAT,
        "They wrote: {comment}",
        "Your decision relied on it, so only you can agree. Please answer; until then it stays as it was "
        "promised.",
        OPEN,
        why=SPEAKS,
        optional=("meeting_on",),
    ),
    "mitigation_end_agreed": template(
        "Agreed: mitigating action {item}",
        "{by} recorded that the body that decided agreed about the mitigating action {item} of {proposal}: "
        "{decision}.",
        WHAT,
        "The reasons: {comment}",
        "Please look at what follows for the people it was to protect.",
        OPEN,
        why=ASKED,
        optional=("meeting_on",),
    ),
    "mitigation_end_refused": template(
        "Not agreed: mitigating action {item}",
        "{by} recorded that the body that decided did not agree about the mitigating action {item} of "
        "{proposal}: {decision}.",
        WHAT,
        "The reasons: {comment}",
        "Please carry on with it as it was promised.",
        OPEN,
        why=ASKED,
        optional=("meeting_on",),
    ),
}
