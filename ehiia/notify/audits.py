"""What people are told of audits: of what was screened out, and of findings."""

from __future__ import annotations

from ehiia.notify.template import LEAD, OPEN, Template, template

ANSWERS = "you were asked to answer this finding, or put it right"
ASKED = "you were asked to answer this finding, or wrote it"
RIGHT = "you put this finding right, or answered it for management"
ABOVE = "you are the director of what this finding is about"
ACCEPT = "Please say whether it is accepted: who puts it right by when, or who accepts the risk."

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
        ACCEPT,
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
    "answer_due": template(
        "To be answered {in_days}: finding {item}",
        "An answer to the finding {item} of an audit is asked for by {due_on}, {in_days}.",
        ACCEPT,
        OPEN,
        why=ASKED,
    ),
    "answer_overdue": template(
        "Not answered: finding {item}",
        "An answer to the finding {item} of an audit was asked for by {due_on}, {days_ago}.",
        ACCEPT,
        OPEN,
        why=ASKED,
        urgent=True,
    ),
    "answer_overdue_director": template(
        "For you as director: finding {item} is not answered",
        "An answer to the finding {item} of an audit was asked for by {due_on}, {days_ago}. There is none.",
        "Please settle with whoever was asked what management says of it.",
        OPEN,
        why=ABOVE,
        urgent=True,
    ),
    "answer_overdue_lead": template(
        "For the equality lead: finding {item} is not answered",
        "An answer to the finding {item} of an audit was asked for by {due_on}, {days_ago}. There is "
        "none. Those who answer for it have been reminded.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "finding_due": template(
        "Due {in_days}: finding {item}",
        "What was agreed on the finding {item} of an audit is to be put right by {due_on}, {in_days}.",
        "When it is, please tell whoever looks at it again.",
        OPEN,
        why=RIGHT,
    ),
    "finding_overdue": template(
        "Overdue: finding {item}",
        "What was agreed on the finding {item} of an audit was to be put right by {due_on}, {days_ago}.",
        "Please see to it today, or agree another day in the answer to the finding. Both stay on file.",
        OPEN,
        why=RIGHT,
        urgent=True,
    ),
    "finding_overdue_director": template(
        "For you as director: finding {item} is overdue",
        "What was agreed on the finding {item} of an audit was to be put right by {due_on}, {days_ago}, and "
        "nobody has said that it was.",
        "Please settle with its owner what happens now.",
        OPEN,
        why=ABOVE,
        urgent=True,
    ),
    "finding_overdue_lead": template(
        "For the equality lead: finding {item} is overdue",
        "What was agreed on the finding {item} of an audit was to be put right by {due_on}, {days_ago}, and "
        "nobody has said that it was. Those who answer for it have been reminded.",
        OPEN,
        why=LEAD,
        urgent=True,
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
