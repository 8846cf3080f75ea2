"""What people are told of requests for information, and of feedback from the public."""

from __future__ import annotations

from ehiia.notify.template import LEAD, OPEN, Template, template

ANSWERS = "you answer this request, or recorded it"
CAME = "A request under the Freedom of Information Act, {item},"
REVIEW = "The internal review of the answer to the request for information {item}"
REVIEWS = "you review this answer, or gave it"
LAW = "The Act asks for an answer promptly, and by the twentieth working day (section 10)."

TEMPLATES: dict[str, Template] = {
    "information_due": template(
        "Due {in_days}: request for information {item}",
        CAME + " is to be answered by {due_on}, {in_days}.",
        LAW,
        OPEN,
        why=ANSWERS,
    ),
    "information_overdue": template(
        "Overdue: request for information {item}",
        CAME + " was to be answered by {due_on}, {days_ago}.",
        LAW,
        "Please answer it today, and say in the answer that it comes late.",
        OPEN,
        why=ANSWERS,
        urgent=True,
    ),
    "information_overdue_director": template(
        "For you as director: request for information {item} is overdue",
        CAME + " was to be answered by {due_on}, {days_ago}. There is no answer.",
        OPEN,
        why="you are a director of this organisation",
        urgent=True,
    ),
    "information_overdue_lead": template(
        "For the equality lead: request for information {item} is overdue",
        CAME + " was to be answered by {due_on}, {days_ago}. Whoever answers it has been reminded.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "information_review_due": template(
        "Due {in_days}: review of the answer to request {item}",
        REVIEW + " is to be ended by {due_on}, {in_days}.",
        OPEN,
        why=REVIEWS,
    ),
    "information_review_overdue": template(
        "Overdue: review of the answer to request {item}",
        REVIEW + " was to be ended by {due_on}, {days_ago}.",
        OPEN,
        why=REVIEWS,
        urgent=True,
    ),
    "information_review_overdue_director": template(
        "For you as director: the review of the answer to request {item} is overdue",
        REVIEW + " was to be ended by {due_on}, {days_ago}.",
        OPEN,
        why="you are a director of this organisation",
        urgent=True,
    ),
    "information_review_overdue_lead": template(
        "For the equality lead: the review of the answer to request {item} is overdue",
        REVIEW + " was to be ended by {due_on}, {days_ago}. Whoever reviews it has been reminded.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "foi_to_review": template(
        "An answer for you to review: request {item}",
        "Whoever asked is not content with the answer to the request {item} under the Freedom of Information "
        "Act. {by} asks you to review it.",
        "It is to be ended by {due_on}.",
        OPEN,
        why="you were asked to review it",
        urgent=True,
    ),
    "foi_reviewed": template(
        "Reviewed: the answer to request {item}",
        "{by} has reviewed the answer that you gave to the request {item}: {how}.",
        OPEN,
        why="you gave the answer",
    ),
    "feedback_came": template(
        "Feedback from the public: {proposal}",
        "Somebody wrote about the published assessment of {proposal}.",
        "Please say what becomes of it: an answer, a review, or why nothing is done.",
        OPEN,
        why=LEAD,
    ),
    "feedback_answered": template(
        "Answer to what you wrote about “{of}”",
        "On {wrote_on} you wrote about the published assessment “{of}” ({ref}). {organisation} answers:",
        "{reply}",
        "Nobody reads answers to this mail. To say more, use the page of the assessment: {link}",
        "Your address is kept for this answer only, shown to nobody but those who answer, and removed "
        "{days} days after you wrote. If you did not write to us, somebody else gave your address: then "
        "please take no notice.",
        why="somebody who wrote about a published assessment left this address for an answer",
    ),
    "foi_to_approve": template(
        "An exemption for you to approve: request {item}",
        "{by} claims an exemption under the Freedom of Information Act for the request {item}, and asks you "
        "to approve it.",
        "The request is to be answered by {due_on}.",
        OPEN,
        why="you were asked to approve it",
        urgent=True,
    ),
    "foi_approved": template(
        "Approved: the exemption for request {item}",
        "{by} approved the exemption that you claimed for the request {item}.",
        "They wrote: {comment}",
        "The request is to be answered by {due_on}.",
        OPEN,
        why="you claimed it",
    ),
    "foi_returned": template(
        "Sent back: the exemption for request {item}",
        "{by} does not approve the exemption that you claimed for the request {item}.",
        "They wrote: {comment}",
        "The request is to be answered by {due_on}.",
        OPEN,
        why="you claimed it",
        urgent=True,
    ),
}
