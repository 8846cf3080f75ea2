"""What people are told of audits: of what was screened out, and of findings."""

from __future__ import annotations

from ehiia.notify.template import OPEN, Template, template

TEMPLATES: dict[str, Template] = {
    "screening_doubted": template(
        "An assessment was needed: {proposal}",
        "{by} looked again at {proposal}, of which it was confirmed that no full assessment is needed. They "
        "found that one was.",
        "They wrote: {comment}",
        "Please settle with the equality lead how it is put right.",
        OPEN,
        why="you wrote or direct this proposal, or are an equality lead",
        urgent=True,
        optional=("meeting_on",),
    ),
}
