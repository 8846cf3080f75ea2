"""What people are told of audits: of what was screened out, and of findings."""

from __future__ import annotations

from ehiia.notify.template import OPEN, Template, template

ANSWERS = "you were asked to answer this finding, or put it right"

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
    "finding_raised": template(
        "A finding for you to answer: {item}",
        "{by} wrote the finding {item} and asks you to answer it for management.",
        "An answer is asked for by {due_on}.",
        "Please say whether it is accepted: who puts it right by when, or who accepts the risk.",
        OPEN,
        why=ANSWERS,
        optional=("due_on",),
    ),
    "finding_answered": template(
        "Answered: finding {item}",
        "{by} answered the finding {item}.",
        "It is to be put right by {due_on}.",
        OPEN,
        why="you wrote this finding, or are named in the answer to it",
        optional=("due_on",),
    ),
    "finding_followed": template(
        "Looked at again: finding {item}",
        "{by} looked again at the finding {item}, and wrote what they saw.",
        OPEN,
        why=ANSWERS,
        optional=("due_on",),
    ),
    "opinion_given": template(
        "Opinion on assurance {item}: {period}",
        "{by} gave the opinion on assurance {item}, on {programme}, {period}.",
        "On the design: {design}. On the operation: {operation}.",
        "It takes the place of {corrects}, which stays on file.",
        OPEN,
        why="you are an equality lead, a director or a decision-maker of this organisation",
        optional=("corrects",),
    ),
}
