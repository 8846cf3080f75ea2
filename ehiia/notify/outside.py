"""What owners outside are told of their one action, what people here are told of them, and of who left.

A mail that goes outside names the action and the organisation, and nothing of the assessment.
"""

from __future__ import annotations

from ehiia.notify.template import OPEN, Template, template

WHAT = "The action: {what}"
LINK = "Say how it is going here, until {until}. You need no account: {link}"
CARE = (
    "The link is meant for you. Whoever has it can read this one action and say how it is going. Your "
    "address is kept for that only. If the action is not yours, or you want to be written to no more, please "
    "tell {by} at {organisation}."
)

TEMPLATES: dict[str, Template] = {
    "partner_link": template(
        "Your action for {organisation}: {item}",
        "{by} at {organisation} asks you to say how an action is going that you own: {item}.",
        WHAT,
        "It is due on {due_on}.",
        LINK,
        CARE,
        why="you are named as the owner of this action",
        optional=("due_on",),
    ),
    "partner_due": template(
        "Due {in_days}: your action for {organisation}, {item}",
        "The action {item} that you own for {organisation} is due on {due_on}, {in_days}.",
        WHAT,
        LINK,
        "If it is done, please say what shows it.",
        CARE,
        why="you are named as the owner of this action",
    ),
    "partner_overdue": template(
        "Overdue: your action for {organisation}, {item}",
        "The action {item} that you own for {organisation} was due on {due_on}, {days_ago}.",
        WHAT,
        LINK,
        "If it is done, please say what shows it. If not, please say what holds it up.",
        CARE,
        why="you are named as the owner of this action",
        urgent=True,
    ),
    "partner_said": template(
        "{owner} said how it is going: mitigating action {item}",
        "{owner}, who owns the mitigating action {item} of {proposal} and has no account here, said by the "
        "link they were sent: “{claim}”.",
        WHAT,
        "They wrote: {comment}",
        OPEN,
        why="you wrote this assessment, or sent them the link",
    ),
    "handed_over": template(
        "Handed over to you: what {owner} did",
        "{owner} has left. {by} has handed over to you: {items}.",
        "Please look at each, and say if one should be somebody else’s.",
        OPEN,
        why="these duties are yours now",
    ),
}
