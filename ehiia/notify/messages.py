"""The list of messages: what people are told, in plain words, and what to do next.

A message is made of paragraphs with named values. A paragraph whose value was
not given is left out. Of a restricted assessment a mail carries the reference
only: paragraphs with ``PRIVATE`` values are left out, and ``{proposal}`` is the
reference without the title.
Long because it is the one list of what people are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

PRODUCT = "Equality and Health Inequalities Impact Assessment (EHIIA)"

PRIVATE = frozenset({"title", "what", "comment", "meeting", "pages"})
"""Values that say what a proposal is about. They never leave by mail for a restricted assessment."""

SUBJECT_LENGTH = 200

Value = str | int | date
"""What a message may be told: words, a whole number, or a London calendar date."""


@dataclass(frozen=True)
class Message:
    """A message as it is sent. ``urgent``: somebody must act, and it is late or about to be."""

    name: str
    subject: str
    body: str
    urgent: bool


@dataclass(frozen=True)
class Template:
    """A message before its values are known. ``optional``: values that may be left out."""

    subject: str
    paragraphs: tuple[str, ...]
    why: str
    """Why the person gets it, as the end of "You get this because ...", without full stop."""
    urgent: bool = False
    optional: frozenset[str] = frozenset()


OPEN = "Open it: {link}"
AUTHOR = "you are the author of this assessment"
LEAD = "you are an equality lead of this organisation"
DIRECTOR = "you are the accountable director of this assessment"
OWNER = "you own this mitigating action"
OWNER_OR_AUTHOR = "you own this mitigating action, or are the author of the assessment it belongs to"
REVIEWER = "you are the author or the accountable director of this assessment"
WHAT = "The action: {what}"
BY_MEETING = "It is to be decided on {meeting_on}, so please do this well before that day."
DECIDES_ON = "The meeting is on {meeting_on}."


def _t(
    subject: str, *paragraphs: str, why: str, urgent: bool = False, optional: tuple[str, ...] = ()
) -> Template:
    return Template(subject, paragraphs, why, urgent, frozenset(optional) | PRIVATE)


TEMPLATES: dict[str, Template] = {
    # -- on the way to a decision -------------------------------------------------------------
    "submitted_to_director": _t(
        "To agree: {proposal}",
        "{by} has finished the assessment {proposal} and asks you to agree it as accountable director.",
        "Please read it, then agree it or send it back with your reasons.",
        BY_MEETING,
        OPEN,
        why=DIRECTOR,
        optional=("meeting_on",),
    ),
    "restricted_since": _t(
        "Restricted now: {proposal}",
        "The assessment {proposal} was restricted since this message was written; what it said is left out.",
        "Please open the assessment to see whether anything waits for you.",
        OPEN,
        why="you take part in this assessment",
    ),
    "waiting_for_check": _t(
        "To check: {proposal}",
        "The assessment {proposal} waits to be checked.",
        "Please check it section by section, then pass it or send it back with comments, by {check_by}.",
        DECIDES_ON,
        OPEN,
        why=LEAD,
        optional=("meeting_on", "check_by"),
    ),
    "advice_asked": _t(
        "Early advice asked: {proposal}",
        "{by} asks for early advice on the assessment {proposal}, which is not finished.",
        "They ask: {comment}",
        "Nothing waits for you to check. Advice is no check, and you may still check it later.",
        OPEN,
        why=LEAD,
        optional=("meeting_on",),
    ),
    "advice_given": _t(
        "Early advice given: {proposal}",
        "{by} has answered the question about the assessment {proposal}.",
        "They wrote: {comment}",
        OPEN,
        why="you wrote the assessment, or asked for the advice",
        optional=("meeting_on",),
    ),
    "reviewer_invited": _t(
        "Please read and comment: {proposal}",
        "{by} asks you to read a plain summary of {proposal}, before it is checked and decided, and to say "
        "what you think.",
        "You need no account, and no name. The summary opens here, until {due_on}: {link}",
        "The link is meant for you. Whoever has it can read the summary and comment.",
        why="somebody who writes this assessment asked you to comment on it",
    ),
    "reviewer_commented": _t(
        "A public reviewer commented: {proposal}",
        "Somebody who was asked to read the summary of the assessment {proposal} has commented.",
        "Please answer it: say what changed because of it, or why not. It cannot be sent on before.",
        OPEN,
        why=AUTHOR,
    ),
    "sent_back": _t(
        "Sent back to you: {proposal}",
        "{by} has read the assessment {proposal} and sent it back to you.",
        "They wrote: {comment}",
        "Please answer the comments and send it in again.",
        BY_MEETING,
        OPEN,
        why=AUTHOR,
        optional=("meeting_on",),
    ),
    "ready_for_decision": _t(
        "Check passed: {proposal}",
        "The assessment {proposal} has passed the check. This version is now frozen for the decision.",
        "You need do nothing more before the decision. If you change an answer, the check is undone "
        "and has to be passed again.",
        DECIDES_ON,
        OPEN,
        why=AUTHOR,
        optional=("meeting_on",),
    ),
    "waiting_for_decision": _t(
        "To decide: {proposal}",
        "The proposal {proposal} is ready for decision. Its assessment has passed the check.",
        "Please read this version with the explanation of the duties, and say that you have read it, "
        "before anything is decided.",
        DECIDES_ON,
        OPEN,
        why="you decide this proposal, or are chair or secretary of the body that does",
        optional=("meeting_on",),
    ),
    "pass_undone": _t(
        "Not ready any more: {proposal}",
        "An answer of the assessment {proposal} was changed after the check, so the check no longer counts.",
        "Please do not decide on the version you have. You will be told when a new one has passed.",
        DECIDES_ON,
        OPEN,
        why="this assessment was waiting for a decision",
        urgent=True,
        optional=("meeting_on",),
    ),
    "entered_for_confirmation": _t(
        "To confirm: the decision on {proposal}",
        "{by} has entered what the meeting decided on {proposal}.",
        "The meeting was on {meeting_on}.",
        "Please read what was entered, and confirm it as chair. Until then nothing is decided.",
        OPEN,
        why="you chair the body that decides this proposal",
        optional=("meeting_on",),
    ),
    "decided": _t(
        "Decided: {proposal}",
        "The decision on {proposal} has been made: {decision}.",
        "The decision record says what was decided, by whom and why. It does not change any more.",
        "Please look at what follows for you: conditions, mitigating actions and the review.",
        OPEN,
        why="you take part in this assessment",
    ),
    "version_begun": _t(
        "A new version is begun: {proposal}",
        "{by} has begun a new version of the assessment {proposal}.",
        "They wrote: {comment}",
        "Every answer was carried over. The decision stands until the new version is decided.",
        OPEN,
        why="you take part in this assessment",
    ),
    "waiting_for_countersignature": _t(
        "To confirm: no full assessment for {proposal}",
        "{by} proposes that {proposal} needs no full assessment.",
        "Please read the screening and confirm this, or ask for a full assessment with your reasons, "
        "by {check_by}.",
        OPEN,
        why=LEAD,
        optional=("check_by",),
    ),
    "countersigned": _t(
        "Confirmed: no full assessment for {proposal}",
        "{by} has confirmed that {proposal} needs no full assessment.",
        "You need do nothing more. If the proposal changes, screen it again.",
        OPEN,
        why=AUTHOR,
    ),
    "countersignature_refused": _t(
        "A full assessment is needed: {proposal}",
        "{by} asks for a full assessment of {proposal}.",
        "They wrote: {comment}",
        "Please carry on with the full assessment. Your screening answers are kept.",
        OPEN,
        why=AUTHOR,
    ),
    "invited": _t(
        "You are asked to take part: {proposal}",
        "{by} asks you to take part in the assessment {proposal}. Your part: {part}.",
        "Sign in to see it. If you think this is a mistake, tell {by}.",
        OPEN,
        why="somebody added you to this assessment",
    ),
    "pages_given": _t(
        "Pages for you to write by {due_on}: {proposal}",
        "{by} asks you to write pages of the assessment {proposal} by {due_on}.",
        "The pages: {pages}",
        "When a page is finished, please say so, so that {by} can see it.",
        OPEN,
        why="somebody gave you pages of this assessment to write",
        optional=("pages",),
    ),
    # -- mitigating actions -------------------------------------------------------------------
    "mitigation_given": _t(
        "A mitigating action is yours: {item}",
        "You are now the owner of the mitigating action {item} of {proposal}.",
        WHAT,
        "It is due on {due_on}.",
        "Please look at it, and say how it is going whenever that changes.",
        OPEN,
        why=OWNER,
        optional=("due_on",),
    ),
    "mitigation_due": _t(
        "Due {in_days}: mitigating action {item}",
        "The mitigating action {item} of {proposal} is due on {due_on}, {in_days}.",
        WHAT,
        "Please say how it is going. If it is done, say what shows it.",
        "Owner: {owner}.",
        OPEN,
        why=OWNER_OR_AUTHOR,
        optional=("owner",),
    ),
    "mitigation_overdue": _t(
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
    "mitigation_overdue_director": _t(
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
    "mitigation_overdue_lead": _t(
        "For the equality lead: mitigating action {item} is overdue",
        "The mitigating action {item} of {proposal} was due on {due_on}, {days_ago}, and is not done. "
        "Its owner and the accountable director have been reminded.",
        WHAT,
        "Please decide whether the review has to be brought forward.",
        "Owner: {owner}.",
        OPEN,
        why=LEAD,
        urgent=True,
        optional=("owner",),
    ),
    "mitigation_not_working": _t(
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
    # -- reviews ------------------------------------------------------------------------------
    "adopted": _t(
        "Adopted: {proposal}",
        "{by} has adopted the assessment {proposal} as accountable director. It can be sent on.",
        OPEN,
        why=AUTHOR,
        optional=("meeting_on",),
    ),
    "checker_named": _t(
        "You are named as external checker: {proposal}",
        "{by} asks you to check the assessment {proposal} for another organisation.",
        "You see this one assessment and nothing else of theirs. You are told when it waits for you.",
        OPEN,
        why="you were named as its external checker",
        optional=("meeting_on",),
    ),
    "urgency_named": _t(
        "You are named as having agreed that it is urgent: {proposal}",
        "{by} says that you agreed that the decision on {proposal} cannot wait for a whole assessment.",
        "The reason given: {comment}",
        "If that is not so, tell them at once. It stands in the record of the decision under your name.",
        OPEN,
        why="you are a director of this organisation",
        optional=("meeting_on",),
    ),
    "full_due": _t(
        "Whole assessment due {in_days}: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one is to be made and ratified by {due_on}, "
        "{in_days}.",
        "What you wrote for the rapid one is in it already.",
        OPEN,
        why=REVIEWER,
    ),
    "full_overdue": _t(
        "Whole assessment overdue: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one was to be made and ratified by "
        "{due_on}, {days_ago}.",
        "Please finish it and send it on.",
        OPEN,
        why=REVIEWER,
        urgent=True,
    ),
    "full_overdue_director": _t(
        "For you as director: whole assessment overdue: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one was to be made and ratified by "
        "{due_on}, {days_ago}, and is not.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "full_overdue_lead": _t(
        "For the equality lead: whole assessment overdue: {proposal}",
        "{proposal} was decided on a rapid assessment. The whole one was to be made and ratified by "
        "{due_on}, {days_ago}, and is not. The author and the accountable director have been reminded.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    "consultation_opens": _t(
        "Staff consultation opens: {proposal}",
        "The consultation of staff on {proposal} was to open on {due_on}. Until somebody lifts it, only the "
        "people who take part can see the assessment.",
        "If the consultation has begun, lift the restriction. If it was put off, change the date.",
        OPEN,
        why=REVIEWER,
    ),
    "gap_overdue": _t(
        "Not known yet: evidence gap {item} of {proposal}",
        "The evidence gap {item} of {proposal} was to be closed by {due_on}, {days_ago}.",
        WHAT,
        "If it was found out, please say what was found. If not, say so to those who decide, and what "
        "protects people meanwhile.",
        OPEN,
        why="you see to this gap, or wrote this assessment",
        urgent=True,
    ),
    "review_due": _t(
        "Review due {in_days}: {proposal}",
        "The review of {proposal} is due on {due_on}, {in_days}.",
        "Please put what was expected beside what really happened, and say how it goes on.",
        OPEN,
        why=REVIEWER,
    ),
    "review_overdue": _t(
        "Review overdue: {proposal}",
        "The review of {proposal} was due on {due_on}, {days_ago}.",
        "Please carry it out, or move the date with a reason. Both stay in the history.",
        OPEN,
        why=REVIEWER,
        urgent=True,
    ),
    "review_overdue_director": _t(
        "For you as director: the review of {proposal} is overdue",
        "The review of {proposal} was due on {due_on}, {days_ago}, and was not carried out.",
        "Please settle with the author who carries it out and when.",
        OPEN,
        why=DIRECTOR,
        urgent=True,
    ),
    "review_overdue_lead": _t(
        "For the equality lead: the review of {proposal} is overdue",
        "The review of {proposal} was due on {due_on}, {days_ago}, and was not carried out. "
        "The author and the accountable director have been reminded.",
        "Please settle with them who carries it out and when.",
        OPEN,
        why=LEAD,
        urgent=True,
    ),
    # -- the account and the machine ----------------------------------------------------------
    "test_mail": _t(
        "Test mail",
        "This is a test. If you can read it, mail from the system reaches people.",
        "You need do nothing.",
        why="an administrator asked for a test mail to this address",
    ),
    "account_made": _t(
        "An account was made for you",
        "You can now use the system for impact assessments. You sign in with {email}.",
        "First choose your own password. Enter your e-mail address here, and you get a link: {link}",
        why="an administrator of your organisation made an account for you",
    ),
    "password_reset": _t(
        "Choose a new password",
        "Somebody, probably you, asked for a new password for this e-mail address.",
        "Choose a new password: {link}",
        "The link works once, for {valid_for}. If it was not you, do nothing: your password has not changed.",
        why="a new password was asked for on the sign-in page",
    ),
}


class UnknownMessage(LookupError):
    """There is no message of this name."""


class MissingValue(LookupError):
    """A message was not told something it needs."""


def full_date(day: date) -> str:
    """Return "Monday 1 March 2027"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def in_days(days: int) -> str:
    """Return "today", "tomorrow" or "in 7 days"."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def days_ago(days: int) -> str:
    """Return "yesterday" or "7 days ago"."""
    return "yesterday" if days == 1 else f"{days} days ago"


def needs(name: str) -> frozenset[str]:
    """Return the names of the values that a message cannot do without."""
    template = _template(name)
    asked = _fields(" ".join((template.subject, *template.paragraphs)))
    return frozenset(asked - template.optional - {"proposal"}) | ({"ref"} if "proposal" in asked else set())


def render(
    name: str,
    values: Mapping[str, Value],
    *,
    public_url: str = "",
    restricted: bool = False,
) -> Message:
    """Return the message of this name with its values.

    ``values``: plain values by name; ``ref`` and ``title`` name the proposal, ``path`` is the page to open
    (joined to ``public_url``) unless a whole ``link`` is given. Dates are written in full. Raises
    UnknownMessage, or MissingValue where something needed was not given.
    """
    template = _template(name)
    words = {key: _words(value) for key, value in values.items() if value != ""}
    if "path" in words and "link" not in words:
        words["link"] = public_url.rstrip("/") + "/" + words["path"].lstrip("/")
    if restricted:
        words = {key: value for key, value in words.items() if key not in PRIVATE}
    if "ref" in words:
        words["proposal"] = f"“{words['title']}” ({words['ref']})" if "title" in words else words["ref"]
    missing = sorted(needs(name) - words.keys())
    if missing:
        raise MissingValue(f"the message {name!r} needs {', '.join(missing)}")
    paragraphs = [line.format_map(words) for line in template.paragraphs if _fields(line) <= words.keys()]
    footer = f"You get this from the {PRODUCT} system because {template.why}."
    return Message(
        name=name,
        subject=_one_line("EHIIA: " + template.subject.format_map(words)),
        body="\n\n".join([*paragraphs, "--\n" + footer]) + "\n",
        urgent=template.urgent,
    )


def _template(name: str) -> Template:
    try:
        return TEMPLATES[name]
    except KeyError:
        raise UnknownMessage(f"there is no message {name!r}")


def _words(value: Value) -> str:
    return full_date(value) if isinstance(value, date) else str(value)


def _fields(line: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(line) if field}


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + "…"
