"""What people are told of what has a date: before it, when it has gone by, and who is told then."""

from __future__ import annotations

from ehiia.notify.template import DIRECTOR, LEAD, OPEN, REVIEWER, Template, template

OWNER = "you own this mitigating action"
OWNER_OR_AUTHOR = "you own this mitigating action, or are the author of the assessment it belongs to"
KEEPER = "you own this commitment, or are the author of the assessment it belongs to"
WRITER = "these pages were given to you, or you are the author of this assessment"
WHAT = "The action: {what}"
CHECKER = "you may check this assessment, or are its author"
SEEKER = "you see to this gap, or wrote this assessment"
UNKNOWN = "What is not known: {what}"
PROMISED = "What was promised: {what}"
AWAITED = "What is awaited: {what}"

TEMPLATES: dict[str, Template] = {
    # -- mitigating actions, reviews and the rest of what was decided ------------------------------
    "mitigation_given": template(
        "A mitigating action is yours: {item}",
        "You are now the owner of the mitigating action {item} of {proposal}.",
        WHAT,
        "It is due on {due_on}.",
        "Please look at it, and say how it is going whenever that changes.",
        OPEN,
        why=OWNER,
        optional=("due_on",),
    ),
    "mitigation_due": template(
        "Due {in_days}: mitigating action {item}",
        "The mitigating action {item} of {proposal} is due on {due_on}, {in_days}.",
        WHAT,
        "Please say how it is going. If it is done, say what shows it.",
        "Owner: {owner}.",
        OPEN,
        why=OWNER_OR_AUTHOR,
        optional=("owner",),
    ),
    "mitigation_overdue": template(
        "Overdue: mitigating action {item}",
        "The mitigating action {item} of {proposal} was due on {due_on}, {days_ago}.",
        WHAT,
        "Please do one of these today: say that it is done and what shows it, or say what holds it up.",
        "Owner: {owner}.",
        OPEN,
        why=OWNER_OR_AUTHOR,
        urgent=True,
        optional=("owner",),
    ),
    "mitigation_overdue_director": template(
        "For you as director: mitigating action {item} is overdue",
        "The mitigating action {item} of {proposal} was due on {due_on}, {days_ago}, and is not done.",
        WHAT,
        "Please settle with its owner what happens now. People may be worse off until it is done.",
        "Owner: {owner}.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
        optional=("owner",),
    ),
    "mitigation_overdue_lead": template(
        "For the equality lead: mitigating action {item} is overdue",
        "The mitigating action {item} of {proposal} was due on {due_on}, {days_ago}, and is not done. "
        "Those who answer for it have been reminded.",
        WHAT,
        "Please decide whether the review has to be brought forward.",
        "Owner: {owner}.",
        OPEN,
        why=LEAD,
        urgent=True,
        optional=("owner",),
    ),
    "mitigation_not_working": template(
        "Not working: mitigating action {item}",
        "{by} found that the mitigating action {item} of {proposal} was done, but does not work.",
        WHAT,
        "The impact it was to answer is open again, and the review was brought forward to {review_on}.",
        "Please plan what is to be done instead, before that day.",
        OPEN,
        why="you own this mitigating action, or answer for its assessment",
        urgent=True,
        optional=("review_on",),
    ),
    "full_due": template(
        "Whole assessment due {in_days}: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one is to be made and ratified by {due_on}, "
        "{in_days}.",
        "What you wrote for the rapid one is in it already.",
        OPEN,
        why=REVIEWER,
    ),
    "full_overdue": template(
        "Whole assessment overdue: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one was to be made and ratified by "
        "{due_on}, {days_ago}.",
        "Please finish it and send it on.",
        OPEN,
        why=REVIEWER,
        urgent=True,
    ),
    "full_overdue_director": template(
        "For you as director: whole assessment overdue: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one was to be made and ratified by "
        "{due_on}, {days_ago}, and is not.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "full_overdue_lead": template(
        "For the equality lead: whole assessment overdue: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one was to be made and ratified by "
        "{due_on}, {days_ago}, and is not. Those who answer for it have been reminded.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "consultation_opens": template(
        "Staff consultation opens: {proposal}",
        "The consultation of staff on {proposal} was to open on {due_on}. Until somebody lifts it, only the "
        "people who take part can see the assessment.",
        "If the consultation has begun, lift the restriction. If it was put off, change the date.",
        OPEN,
        why=REVIEWER,
    ),
    "gap_due": template(
        "To be known {in_days}: evidence gap {item} of {proposal}",
        "The evidence gap {item} of {proposal} is to be closed by {due_on}, {in_days}.",
        UNKNOWN,
        "When it is found out, please say what was found.",
        OPEN,
        why=SEEKER,
    ),
    "gap_overdue": template(
        "Not known yet: evidence gap {item} of {proposal}",
        "The evidence gap {item} of {proposal} was to be closed by {due_on}, {days_ago}.",
        UNKNOWN,
        "Please say what was found. If it is still not known, say so to those who decide, and what protects "
        "people meanwhile.",
        OPEN,
        why=SEEKER,
        urgent=True,
    ),
    "gap_overdue_director": template(
        "For you as director: evidence gap {item} of {proposal} is not closed",
        "The evidence gap {item} of {proposal} was to be closed by {due_on}, {days_ago}, and is still open.",
        UNKNOWN,
        "Please settle with whoever sees to it how it is found out, and what protects people until then.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "gap_overdue_lead": template(
        "For the equality lead: evidence gap {item} of {proposal} is not closed",
        "The evidence gap {item} of {proposal} was to be closed by {due_on}, {days_ago}, and is still open. "
        "Those who answer for it have been reminded.",
        UNKNOWN,
        "Please settle with them how it goes on.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "gap_moved": template(
        "Known later: evidence gap {item} of {proposal}",
        "The decision on {proposal} was made without knowing something: evidence gap {item}. {by} has moved "
        "the day by which it will be known to {due_on}.",
        UNKNOWN,
        "They wrote: {comment}",
        "Please see that people are protected until then.",
        OPEN,
        why="you decided this proposal, wrote its assessment, or see to this gap",
        optional=("meeting_on",),
    ),
    "review_due": template(
        "Review due {in_days}: {proposal}",
        "The review of {proposal} is due on {due_on}, {in_days}.",
        "Please put what was expected beside what really happened, and say how it goes on.",
        OPEN,
        why=REVIEWER,
    ),
    "review_overdue": template(
        "Review overdue: {proposal}",
        "The review of {proposal} was due on {due_on}, {days_ago}.",
        "Please carry it out, or move the date with a reason. Both stay in the history.",
        OPEN,
        why=REVIEWER,
        urgent=True,
    ),
    "review_overdue_director": template(
        "For you as director: the review of {proposal} is overdue",
        "The review of {proposal} was due on {due_on}, {days_ago}, and was not carried out.",
        "Please settle with the author who carries it out and when.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "review_overdue_lead": template(
        "For the equality lead: the review of {proposal} is overdue",
        "The review of {proposal} was due on {due_on}, {days_ago}, and was not carried out. "
        "Those who answer for it have been reminded.",
        "Please settle with them who carries it out and when.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "calendar_moved": template(
        "Another date: {item}",
        "The date of the {item} is now {due_on}.",
        "What is attached moves it in your calendar.",
        OPEN,
        why="the date before was sent to your calendar",
    ),
    "calendar_gone": template(
        "Not in your calendar any more: {item}",
        "The {item} was in your calendar on {due_on}. It is done, was ended or rests, or is somebody "
        "else’s now.",
        "What is attached takes it out of your calendar.",
        "What is yours to do: {link}",
        why="that date was sent to your calendar",
    ),
    # -- commitments, what a deferral awaits, pages given to people --------------------------------
    "commitment_due": template(
        "Due {in_days}: commitment {item} of {proposal}",
        "Commitment {item} of {proposal} is due on {due_on}, {in_days}.",
        PROMISED,
        "If it was kept already, please say so, and how.",
        "Owner: {owner}.",
        OPEN,
        why=KEEPER,
        optional=("owner",),
    ),
    "commitment_overdue": template(
        "Overdue: commitment {item} of {proposal}",
        "Commitment {item} of {proposal} was due on {due_on}, {days_ago}.",
        PROMISED,
        "Please say today whether it was kept: how, or why not.",
        "Owner: {owner}.",
        OPEN,
        why=KEEPER,
        urgent=True,
        optional=("owner",),
    ),
    "commitment_overdue_director": template(
        "For you as director: commitment {item} of {proposal} is overdue",
        "Commitment {item} of {proposal} was due on {due_on}, {days_ago}, and nobody has said that it was "
        "kept.",
        PROMISED,
        "Please settle with its owner what happens now. People were told that it would be done.",
        "Owner: {owner}.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
        optional=("owner",),
    ),
    "commitment_overdue_lead": template(
        "For the equality lead: commitment {item} of {proposal} is overdue",
        "Commitment {item} of {proposal} was due on {due_on}, {days_ago}, and nobody has said that it was "
        "kept. Those who answer for it have been reminded.",
        PROMISED,
        "Please settle with them what happens now.",
        "Owner: {owner}.",
        OPEN,
        why=LEAD,
        urgent=True,
        optional=("owner",),
    ),
    "awaited_due": template(
        "Awaited {in_days}: {proposal} was deferred",
        "The decision on {proposal}, or on a part of it, was deferred. What is awaited is to be there by "
        "{due_on}, {in_days}.",
        AWAITED,
        "Please make sure that it comes. When it is there, take it into the assessment and send it on.",
        OPEN,
        why=REVIEWER,
    ),
    "awaited_overdue": template(
        "Not there yet: what {proposal} was deferred for",
        "The decision on {proposal}, or on a part of it, was deferred. What is awaited was to be there by "
        "{due_on}, {days_ago}.",
        AWAITED,
        "If it is there, take it into the assessment and send it on. If not, tell those who decide.",
        OPEN,
        why=REVIEWER,
        urgent=True,
    ),
    "awaited_overdue_director": template(
        "For you as director: {proposal} was deferred, and is not decided",
        "The decision on {proposal}, or on a part of it, was deferred. What is awaited was to be there by "
        "{due_on}, {days_ago}, and the assessment was not sent on since.",
        AWAITED,
        "Please settle with the author how it goes on.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "awaited_overdue_lead": template(
        "For the equality lead: {proposal} was deferred, and is not decided",
        "The decision on {proposal}, or on a part of it, was deferred. What is awaited was to be there by "
        "{due_on}, {days_ago}, and the assessment was not sent on since. Those who answer for it "
        "have been reminded.",
        AWAITED,
        "Please settle with them how it goes on.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "check_due": template(
        "To check {in_days}: {proposal}",
        "The assessment {proposal} is to be checked by {due_on}, {in_days}.",
        "Please check it section by section, then pass it or send it back with comments.",
        OPEN,
        why=CHECKER,
    ),
    "check_overdue": template(
        "Check overdue: {proposal}",
        "The assessment {proposal} was to be checked by {due_on}, {days_ago}.",
        "If you check it: please pass it or send it back with comments. If you wrote it: please settle with "
        "the equality lead when it is checked.",
        OPEN,
        why=CHECKER,
        urgent=True,
    ),
    "check_overdue_director": template(
        "For you as director: the check of {proposal} is overdue",
        "The assessment {proposal} was to be checked by {due_on}, {days_ago}, and was not.",
        "Please settle with the equality lead when it is checked, or plan for a later decision.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "check_overdue_lead": template(
        "For the equality lead: the check of {proposal} is overdue",
        "The assessment {proposal} was to be checked by {due_on}, {days_ago}, and was not. Those who check "
        "it have been reminded.",
        "Please settle among you who checks it now.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "pages_due": template(
        "Pages to write {in_days}: {proposal}",
        "Pages of the assessment {proposal} are needed from {owner} by {due_on}, {in_days}.",
        "The pages: {pages}",
        "When a page is finished, please say so.",
        OPEN,
        why=WRITER,
    ),
    "pages_overdue": template(
        "Pages overdue: {proposal}",
        "Pages of the assessment {proposal} were needed from {owner} by {due_on}, {days_ago}.",
        "The pages: {pages}",
        "When a page is finished, please say so. If it takes longer, settle a new day with the author.",
        OPEN,
        why=WRITER,
        urgent=True,
    ),
}
