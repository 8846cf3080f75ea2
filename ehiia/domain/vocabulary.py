"""The words of the product, each with what people see and what it means.

Everything else takes its names from here, so that a page, a table and a
decision record never use two words for one thing.
Long because it is the one list of words.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Word(StrEnum):
    """A word of the product: its value is stored, its ``label`` is shown, its ``meaning`` explains it."""

    label: str
    meaning: str

    def __new__(cls, value: str, label: str = "", meaning: str = "") -> Word:
        """Make a member from its stored value, its label and its meaning."""
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        word.meaning = meaning
        return word

    def __str__(self) -> str:
        """Return the stored value, so that a word can stand in a URL or a query."""
        return str(self.value)


class Degree(IntEnum):
    """A word on a scale from 1 to 5; ``label`` is shown."""

    label: str

    def __new__(cls, value: int, label: str = "") -> Degree:
        """Make a member from its number and its label."""
        degree = int.__new__(cls, value)
        degree._value_ = value
        degree.label = label
        return degree


# -- the life of an assessment ---------------------------------------------------------------


class Stage(Word):
    """Where an assessment is. "Review due" is not a stage: it is computed from the date."""

    SCREENING = "screening", "Screening", "The first questions decide whether a full assessment is needed."
    NOT_NEEDED_TO_CONFIRM = (
        "not_needed_to_confirm",
        "Not needed, to be confirmed",
        "The author proposes that no full assessment is needed; an equality lead confirms or refuses.",
    )
    NOT_NEEDED = "not_needed", "Not needed", "An equality lead confirmed that no full assessment is needed."
    WRITING = "writing", "Being written", "The author and contributors are answering."
    WITH_DIRECTOR = (
        "with_director",
        "With director",
        "The accountable director reads and agrees, or sends it back.",
    )
    CHECKING = "checking", "Being checked", "The equality lead checks it section by section."
    SENT_BACK = "sent_back", "Sent back", "The author has comments to answer."
    READY = "ready", "Ready for decision", "The check was passed and this version is frozen for the decision."
    AWAITING_SIGNATURES = (
        "awaiting_signatures",
        "Decided, awaiting signatures",
        "The decision was made; somebody named in the route still has to sign.",
    )
    IN_FORCE = "in_force", "In force", "The decision stands; mitigating actions and reviews follow."
    PAUSED = "paused", "Paused", "Work has stopped for a while, with a reason; nobody is reminded."
    WITHDRAWN = "withdrawn", "Withdrawn", "The proposal was given up, with a reason."
    REPLACED = "replaced", "Replaced", "A newer assessment has taken its place."
    CLOSED = "closed", "Closed", "Nothing more is to be done; the record is kept."


class ProposalKind(Word):
    """What kind of thing is being decided."""

    STRATEGY = "strategy", "Strategy or plan", "Sets direction for several years."
    POLICY = "policy", "Policy or eligibility rule", "Decides who can have something, and who cannot."
    SERVICE_CHANGE = "service_change", "Change to a service", "Changes what is offered, how, where or when."
    CLOSURE = "closure", "Closure or move", "Closes a place or a service, or moves it elsewhere."
    PROCUREMENT = "procurement", "Procurement or contract", "Buys, renews or ends a contract."
    DIGITAL = "digital", "Digital change", "Moves contact or care to a digital channel."
    WORKFORCE = "workforce", "Workforce change", "Changes the work, place or number of staff."
    FINANCE = "finance", "Saving or funding", "Adds or takes away money."
    PROJECT = "project", "Project or pilot", "Tries something out for a time."
    GUIDELINE = "guideline", "Guideline", "Tells professionals how to act."


class ScreeningResult(Word):
    """What the screening questions lead to."""

    FULL = "full", "A full assessment is needed"
    SHORT = "short", "A short assessment is enough"
    USE_EXISTING = "use_existing", "An existing assessment covers it"
    NOT_RELEVANT = "not_relevant", "No full assessment is needed"


class YesNoUnknown(Word):
    """An answer that may honestly be unknown."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Don't know yet"


COUNTS_AS_YES = frozenset({YesNoUnknown.YES, YesNoUnknown.UNKNOWN})
"""Answers that open what follows: don't know counts as yes."""


class RoutePart(Word):
    """What a body does on the route of a proposal."""

    CONSULTED = "consulted", "Is consulted"
    ENDORSES = "endorses", "Endorses"
    DECIDES = "decides", "Decides"
    RATIFIES = "ratifies", "Ratifies"


class Gate(Word):
    """A moment at which the content of an assessment is frozen."""

    PRE_CONSULTATION = (
        "pre_consultation",
        "Before consultation",
        "What people are consulted on: it goes out with the consultation papers.",
    )
    POST_CONSULTATION = (
        "post_consultation",
        "After consultation",
        "What was made of what people said, before it is submitted.",
    )
    SUBMITTED = "submitted", "Submitted", "As the author declared it complete."
    FOR_DECISION = "for_decision", "Version for decision", "As it passed the check: this is what is decided."
    REVIEWED = "reviewed", "Reviewed", "As it stood when the review looked at what really happened."


# -- impacts ---------------------------------------------------------------------------------


class LegalStatus(Word):
    """Why a group is considered: shown wherever the group is."""

    PROTECTED = (
        "protected",
        "Protected by law",
        "One of the nine characteristics of section 4 of the Equality Act 2010.",
    )
    STATUTORY = "statutory", "Statutory duty", "Another law asks the organisation to consider this group."
    POLICY = "policy", "Policy choice", "National guidance or the organisation chose to consider this group."


class Dimension(Word):
    """In what respect a group is affected."""

    ACCESS = "access", "Access", "Getting to it, getting in, being able to take part."
    EXPERIENCE = "experience", "Experience", "How it feels and how people are treated."
    OUTCOMES = "outcomes", "Outcomes", "What it does to people's health and lives."
    ELIMINATE = (
        "eliminate",
        "Discrimination",
        "The first aim of the equality duty: no discrimination, harassment or victimisation.",
    )


class Direction(Word):
    """Which way an impact goes."""

    BETTER = "better", "Better"
    WORSE = "worse", "Worse"
    MIXED = "mixed", "Some better, some worse"
    SAME = "same", "No difference"
    UNKNOWN = "unknown", "Don't know yet"


ADVERSE = frozenset({Direction.WORSE, Direction.MIXED})
"""Directions that need a mitigating action or a recorded justification."""

CHANGES = ADVERSE | {Direction.BETTER}
"""Directions of which it matters how much, for how many, for how long."""


class Magnitude(Word):
    """How much difference it makes to the people concerned."""

    LOW = "low", "A little"
    MEDIUM = "medium", "Clearly"
    HIGH = "high", "A lot"


class Confidence(Word):
    """How far the evidence carries the judgement."""

    NONE = "none", "No evidence"
    WEAK = "weak", "Weak"
    MODERATE = "moderate", "Moderate"
    STRONG = "strong", "Strong"


class GapState(Word):
    """How far an evidence gap is: something not known, which is never a missing answer."""

    OPEN = "open", "Open", "It is not known yet."
    CLOSED = "closed", "Closed", "It was found out."
    ACCEPTED = (
        "accepted",
        "Accepted",
        "The body that decided knew of it, and gave a reason, a closing date and protection meanwhile.",
    )


class NumberAffected(Word):
    """About how many people are affected: a band, because nobody knows a number."""

    UNDER_10 = "under_10", "Fewer than 10 people"
    TENS = "tens", "10 to 99 people"
    HUNDREDS = "hundreds", "100 to 999 people"
    THOUSANDS = "thousands", "1,000 people or more"
    UNKNOWN = "unknown", "Don't know yet"


class Duration(Word):
    """How long an effect lasts."""

    DAYS = "days", "Days"
    MONTHS = "months", "Months"
    YEARS = "years", "Years"
    PERMANENT = "permanent", "For good"


class Reversible(Word):
    """Whether an effect could be undone."""

    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"
    UNKNOWN = "unknown", "Don't know yet"


class Likelihood(Degree):
    """How likely the harm is. The words are those of the usual scale; see ``domain/scales.py``."""

    RARE = 1, "Rare"
    UNLIKELY = 2, "Unlikely"
    POSSIBLE = 3, "Possible"
    LIKELY = 4, "Likely"
    ALMOST_CERTAIN = 5, "Almost certain"


class Severity(Degree):
    """How bad the harm is. The words are those of the usual scale; see ``domain/scales.py``."""

    VERY_SMALL = 1, "Very small"
    SMALL = 2, "Small"
    MODERATE = 3, "Moderate"
    MAJOR = 4, "Major"
    SEVERE = 5, "Severe"


class Band(Word):
    """The band of a likelihood x severity score; the borders are a setting of the organisation."""

    NONE = "none", "None"
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    VERY_HIGH = "very_high", "Very high"


# -- mitigating actions ----------------------------------------------------------------------


class InPlace(Word):
    """When a mitigating action must be in place, relative to go-live."""

    BEFORE = "before", "Before it starts"
    AT = "at", "When it starts"
    AFTER = "after", "After it has started"


class Claim(Word):
    """What the owner says of a mitigating action; never the auditor's verdict."""

    NOT_STARTED = "not_started", "Not started"
    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    DONE = "done", "Done"
    SUPERSEDED = "superseded", "Replaced by another action"
    CANCELLED = "cancelled", "Cancelled"


class Verdict(Word):
    """What an auditor found about a mitigating action."""

    WORKING = "working", "Working", "It was done and there is proof that it works."
    TOO_EARLY = "too_early", "Done, too early to tell", "It was done; its effect cannot be seen yet."
    NOT_WORKING = "not_working", "Done, not working", "It was done, and people are still worse off."
    PARTLY = "partly", "Partly done", "Some of it was done."
    NOT_DONE = "not_done", "Not done", "It was not done."
    NO_PROOF = "no_proof", "No proof", "Nothing shows that it was done."


# -- engagement and commitments --------------------------------------------------------------


class HeadCount(Word):
    """How many people were heard, as a band only: a small number could show who somebody is."""

    UNDER_10 = "under_10", "fewer than 10"
    FROM_10 = "from_10", "10 to 24"
    FROM_25 = "from_25", "25 to 49"
    FROM_50 = "from_50", "50 to 99"
    FROM_100 = "from_100", "100 or more"


class Naming(Word):
    """How somebody with lived experience chose to be named."""

    NOT_AT_ALL = "not_at_all", "Not at all", "Nothing about them is kept or shown."
    GROUP_ONLY = "group_only", "By their group only", "For example: a member of the carers' forum."
    FIRST_NAME = "first_name", "By first name"
    BY_NAME = "by_name", "By full name"


class Promise(Word):
    """How a commitment stands; kept or not kept is said with a note."""

    OPEN = "open", "Not said yet"
    KEPT = "kept", "Kept"
    NOT_KEPT = "not_kept", "Not kept"


# -- conclusion and decision -----------------------------------------------------------------


class Conclusion(Word):
    """What the author concludes; the body's decision is another fact."""

    NO_MAJOR_CHANGE = "no_major_change", "No major change"
    CHANGE = "change", "Change the proposal"
    GO_AHEAD = "go_ahead", "Go ahead despite negative impact, with reasons"
    STOP = "stop", "Stop and rethink"
    MORE_EVIDENCE = "more_evidence", "More evidence needed"


class Outcome(Word):
    """What the deciding body decided."""

    APPROVED = "approved", "Approved"
    WITH_CONDITIONS = "with_conditions", "Approved with conditions"
    IN_PART = "in_part", "Approved in part"
    NOT_APPROVED = "not_approved", "Not approved"
    DEFERRED = "deferred", "Deferred"


class Reauthentication(Word):
    """How a person proved who they are at the moment of an act."""

    PASSWORD = "password", "signed in again with a password"
    LINK = "link", "by a one-time link sent to their own e-mail address"
    MINUTE = "minute", "by the signed minute of the meeting"


class Attested(Word):
    """What a person put their name to."""

    DECLARED = "declared", "Declared the assessment complete"
    AGREED = "agreed", "Agreed as accountable director"
    COUNTERSIGNED = "countersigned", "Confirmed that no full assessment is needed"
    PASSED = "passed", "Passed the check"
    READ = "read", "Read this version"
    ENTERED = "entered", "Entered the decision of the meeting"
    DECIDED = "decided", "Made the decision"
    CONFIRMED = "confirmed", "Confirmed the decision of the meeting"


class FileStep(Word):
    """What a step of the signed file of a record is."""

    SEAL = "seal", "Seal"
    SIGNATURE = "signature", "Signature"
    CLOSING = "closing", "Closing time-stamp"
    RENEWAL = "renewal", "Renewed time-stamp"


class SealState(Word):
    """How far the signed file of a record is."""

    WAITING = "waiting", "Waiting to be sealed"
    SEALED = "sealed", "Sealed by the organisation"
    AWAITED = "awaited", "Awaiting signatures"
    SIGNED = "signed", "Sealed and signed"


# -- reviews ---------------------------------------------------------------------------------


class ReviewState(Word):
    """Where a review is."""

    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Not needed any more"


class ReviewOutcome(Word):
    """How a review ended."""

    KEEP = "keep", "Keep it as it is"
    UPDATE = "update", "Update the assessment"
    REASSESS = "reassess", "Assess it anew"
    CLOSE = "close", "Close it"


class ReviewTrigger(Word):
    """Why a review was planned."""

    PLANNED = "planned", "Planned when the decision was made"
    NOT_WORKING = "not_working", "A mitigating action was found not to work"
    MOVED = "moved", "The date was moved by a person"
    RAISED = "raised", "An early trigger was accepted"


# -- people ----------------------------------------------------------------------------------


class Role(Word):
    """A post in an organisation, held from a date to a date."""

    STAFF = "staff", "Member of staff", "Starts and writes assessments."
    DIRECTOR = (
        "director",
        "Accountable director",
        "Is accountable for proposals and agrees assessments.",
    )
    EQUALITY_LEAD = "equality_lead", "Equality lead", "Checks assessments and keeps the register."
    DECISION_MAKER = "decision_maker", "Decision-maker", "Decides, alone or as chair of a body."
    AUDITOR = "auditor", "Mitigation auditor", "Finds out whether mitigating actions were done and worked."
    READER = "reader", "Reader", "Reads what is not restricted, and changes nothing."
    ADMINISTRATOR = "administrator", "Administrator", "Looks after people, bodies, places and settings."


class Part(Word):
    """What a person does in one assessment."""

    AUTHOR = "author", "Author"
    CONTRIBUTOR = "contributor", "Contributor"
    SECRETARY = "secretary", "Committee secretary"
    READER = "reader", "Named reader"
    DIRECTOR = "director", "Accountable director"
    CHECKER = "checker", "External checker"
    OWNER = "owner", "Owner of a mitigating action"


class Permission(Word):
    """Something somebody may do; ``domain/access.py`` says who."""

    KNOW = "know", "know that it exists"
    READ = "read", "read it"
    START = "start", "start an assessment"
    HAND_OVER = "hand_over", "hand over what somebody has left behind"
    BRING_IN = "bring_in", "bring in a register from before"
    WRITE = "write", "change answers"
    INVITE = "invite", "invite people to take part"
    SUBMIT = "submit", "submit it"
    AGREE = "agree", "agree as accountable director"
    COUNTERSIGN = "countersign", "confirm that no full assessment is needed"
    CHECK = "check", "check it"
    COMMENT = "comment", "comment on it"
    NAME_CHECKER = "name_checker", "name a checker from another body"
    ADVISE = "advise", "give early advice on it"
    READ_PAPER = "read_paper", "read the paper for decision and say so"
    DECIDE = "decide", "decide alone"
    ENTER_DECISION = "enter_decision", "enter what a meeting decided"
    CONFIRM_DECISION = "confirm_decision", "confirm what a meeting decided, as its chair"
    CORRECT = "correct", "correct an error of its record"
    STOP_WORK = "stop_work", "pause, withdraw or close it"
    RESTRICT = "restrict", "restrict it to named people"
    ANSWER_REVIEWERS = "answer_reviewers", "answer what public reviewers said"
    CLAIM = "claim", "say how a mitigating action is going"
    VERIFY = "verify", "give a verdict on a mitigating action"
    REVIEW = "review", "carry out a review or move its date"
    ANSWER_TRIGGER = "answer_trigger", "accept or decline an early trigger"
    POSTPONE = "postpone", "approve that a review is postponed"
    PUBLISH = "publish", "prepare how it is published"
    AGREE_PUBLICATION = "agree_publication", "agree how it is published"
    SEE_AUDIT_PLAN = "see_audit_plan", "see which actions wait for a verdict"
    KEEP_AUDITS = "keep_audits", "plan audits, draw their samples and write findings"
    READ_OPINIONS = "read_opinions", "read opinions on assurance"
    SEE_CHECK_QUEUE = "see_check_queue", "see what waits to be checked"
    KEEP_LIBRARY = "keep_library", "add to the evidence library or change it"
    ANSWER_FEEDBACK = "answer_feedback", "answer what the public says of what is published"
    SEE_REQUESTS = "see_requests", "see requests under the Freedom of Information Act"
    KEEP_REQUESTS = "keep_requests", "record and answer requests under the Freedom of Information Act"
    ADMINISTER = "administer", "look after the organisation's settings"
