"""What people are told of a review: another date is asked for, approved or declined, or it moved."""

from __future__ import annotations

from ehiia.notify.template import OPEN, REVIEWER, Template, template

WROTE = "They wrote: {comment}"

TEMPLATES: dict[str, Template] = {
    "postponing_asked": template(
        "Another date is asked for the review: {proposal}",
        "{by} asks that the review of {proposal} be postponed to {due_on}.",
        WROTE,
        "Please approve or decline it. Until then the date it has now counts.",
        OPEN,
        why="you are the accountable director of this assessment, or an equality lead",
        optional=("meeting_on",),
    ),
    "postponing_approved": template(
        "The review was postponed: {proposal}",
        "{by} approved that the review of {proposal} is postponed to {due_on}.",
        WROTE,
        OPEN,
        why="you asked for it, or are the author of this assessment",
        optional=("meeting_on",),
    ),
    "postponing_declined": template(
        "The review was not postponed: {proposal}",
        "{by} did not approve that the review of {proposal} is postponed. It is due on {due_on}.",
        WROTE,
        OPEN,
        why="you asked for it, or are the author of this assessment",
        optional=("meeting_on",),
    ),
    "trigger_raised": template(
        "A reason to review it early: {proposal}",
        "{by} raised a reason to review {proposal} before its day.",
        "What has happened: {what}",
        WROTE,
        "An equality lead accepts it, and then the review comes sooner, or declines it with a reason.",
        OPEN,
        why="you are the author of this assessment, or an equality lead",
        optional=("meeting_on",),
    ),
    "trigger_found": template(
        "A reason to review it early: {proposal}",
        "The service found a reason to review {proposal} before its day.",
        "What was found: {what}",
        "In full: {comment}",
        "An equality lead accepts it, and then the review comes sooner, or declines it with a reason.",
        OPEN,
        why="you are the author of this assessment, or an equality lead",
    ),
    "trigger_accepted": template(
        "The review comes sooner: {proposal}",
        "{by} accepted a reason to review {proposal} early. It is now due on {review_on}.",
        "What has happened: {what}",
        WROTE,
        OPEN,
        why="you raised it, or are the author of this assessment",
        optional=("meeting_on",),
    ),
    "trigger_declined": template(
        "The review waits for its day: {proposal}",
        "{by} declined a reason to review {proposal} early.",
        "What has happened: {what}",
        WROTE,
        OPEN,
        why="you raised it, or are the author of this assessment",
        optional=("meeting_on",),
    ),
    "review_moved": template(
        "The review moved with go-live: {proposal}",
        "{by} gave another day for go-live. The review of {proposal} is counted from there and is now due on "
        "{due_on}.",
        WROTE,
        OPEN,
        why=REVIEWER,
        optional=("meeting_on",),
    ),
}
