"""What people are told of publishing a record: it is late, waits for agreement, was agreed or sent back."""

from __future__ import annotations

from ehiia.notify.template import OPEN, Template, template

PREPARED = "you prepared how it is published"

TEMPLATES: dict[str, Template] = {
    "publication_late": template(
        "Not published yet: {proposal}",
        "{item} of {proposal} was to be published, or withheld with a reason, by {due_on}, "
        "{days_ago}. Neither has been agreed.",
        "Please say how it is published, or see that what was prepared is agreed.",
        OPEN,
        why="you are an equality lead of this organisation, or prepare how it is published",
        urgent=True,
    ),
    "publication_asked": template(
        "To agree: how {proposal} is published",
        "{by} has prepared how {item} of {proposal} is published, and asks somebody else to agree.",
        "What was prepared: {how}.",
        "Please read it as the public would, then agree it or send it back.",
        OPEN,
        why="you may agree how it is published",
    ),
    "publication_sent_back": template(
        "Sent back: how {proposal} is published",
        "{by} does not agree yet to how {item} of {proposal} is published.",
        "They wrote: {comment}",
        "Please change it, then ask for agreement again.",
        OPEN,
        why=PREPARED,
        urgent=True,
    ),
    "publication_agreed": template(
        "Agreed: how {proposal} is published",
        "{by} agreed how {item} of {proposal} is published: {how}.",
        "It is public from {public_from}.",
        OPEN,
        why=PREPARED,
        optional=("public_from",),
    ),
}
