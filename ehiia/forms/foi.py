"""The forms of requests for information: recording one, an exemption, its approval, the answer."""

from __future__ import annotations

import re

from ehiia.domain.foi import CLAIMS, Answered, Requester, RequestState, ReviewedAs, needs_test
from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, TextField

LONG = 8000


class RequestFilterForm(PartForm):
    """What the log shows; it is sent with the address."""

    words = LineField("Words", hint="Of its reference, of what was asked or answered.", max_length=200)
    state = ChoiceField("State", choices=options(RequestState), nothing="Any", noun="the state")
    late = ChoiceField(
        "Date", choices=(Option("late", "Overdue, or answered late"),), nothing="Any", noun="the date"
    )


class RequestForm(EhiiaForm):
    """A request as it came."""

    received_on = DateField(
        "When did it come?",
        hint="For example, 2 3 2027. The answer is due by the twentieth working day after it.",
        noun="The day on which it came",
        required="Enter the day on which the request came",
    )
    requester = RadiosField(
        "Who asked?",
        choices=options(Requester),
        noun="who asked",
        required="Choose who asked",
    )
    requester_name = LineField(
        "Name of whoever asked",
        hint="Only if it is needed to find their letter. It goes into no file and no report.",
        noun="The name",
        max_length=300,
    )
    asked = TextField(
        "What was asked?",
        noun="What was asked",
        required="Enter what was asked",
        rows=6,
        max_length=LONG,
    )
    about = LineField(
        "Which assessments is it about?",
        hint="Their references, such as “EHIIA-2026-014, EHIIA-2026-020”. Leave it empty where it is none.",
        noun="The references",
        max_length=1000,
    )
    owner_id = ChoiceField(
        "Who answers it?",
        hint="They are reminded of its date.",
        nothing="The equality leads",
        noun="who answers it",
    )
    revision = HiddenToken()

    def references(self) -> tuple[str, ...]:
        """Return the references that were typed, each once."""
        return tuple(dict.fromkeys(one.upper() for one in re.split(r"[\s,;]+", self.about.data or "") if one))


class ClaimForm(EhiiaForm):
    """What is withheld, and why."""

    exemptions = CheckboxesField(
        "Under which sections of the Act?",
        choices=options(CLAIMS),
        noun="the sections",
        required="Choose at least one section of the Act",
    )
    withheld = TextField(
        "What is withheld, and why does the section cover it?",
        hint="For section 36 name the qualified person, and their opinion.",
        noun="What is withheld",
        required="Enter what is withheld, and why the section covers it",
        rows=5,
        max_length=LONG,
    )
    public_interest = TextField(
        "Why does the public interest in withholding it outweigh that in disclosing it?",
        hint="Needed for sections 22, 31, 36, 38, 42 and 43. Say what speaks for disclosing it too.",
        noun="The public interest",
        rows=6,
        max_length=LONG,
    )
    approver_id = ChoiceField(
        "Who approves it?",
        hint="Somebody other than you. They are told at once.",
        noun="who approves it",
        required="Choose who approves it: somebody other than you",
    )
    revision = HiddenToken()


class RuleForm(EhiiaForm):
    """Whether an exemption is approved."""

    approve = RadiosField(
        "Do you approve it?",
        choices=(Option("yes", "Yes, it may be withheld"), Option("no", "No, send it back")),
        noun="whether you approve it",
        required="Choose whether you approve it",
    )
    words = TextField(
        "Why?",
        hint="Needed when it is sent back.",
        noun="The reason",
        rows=4,
        max_length=LONG,
    )
    revision = HiddenToken()


class AnswerRequestForm(EhiiaForm):
    """How a request was answered."""

    outcome = RadiosField(
        "How was it answered?",
        choices=options(Answered, meanings=True),
        noun="how it was answered",
        required="Choose how the request was answered",
    )
    answer = TextField(
        "What was answered?",
        hint="The words of the answer, or a summary and where it is kept.",
        noun="The answer",
        required="Enter what was answered",
        rows=6,
        max_length=LONG,
    )
    things = CheckboxesField(
        "Which of these were released?",
        hint="Of the assessments that the request is about. Legal advice is never among them.",
        noun="what was released",
    )
    released = TextField(
        "What else was released?",
        hint="Such as files that are not in the list. Needed when something was released and none is chosen.",
        noun="What was released",
        rows=3,
        max_length=LONG,
    )
    answered_on = DateField(
        "On which day?",
        noun="The day of the answer",
        required="Enter the day of the answer",
    )
    revision = HiddenToken()


class AskBackForm(EhiiaForm):
    """Clarification that is asked for."""

    words = TextField(
        "What do you need to know?",
        hint="Only what is needed to identify and find what is asked for (section 1(3)).",
        noun="What you need to know",
        required="Enter what was asked",
        rows=5,
        max_length=LONG,
    )
    day = DateField(
        "When did you ask?", noun="The day on which you asked", required="Enter the day on which you asked"
    )
    revision = HiddenToken()


class ClarifiedForm(EhiiaForm):
    """Clarification that came."""

    words = TextField(
        "What was clarified?",
        noun="What was clarified",
        required="Enter what was clarified",
        rows=5,
        max_length=LONG,
    )
    day = DateField(
        "When did it come?",
        hint="The answer is due by the twentieth working day after it.",
        noun="The day on which it came",
        required="Enter the day on which it came",
    )
    revision = HiddenToken()


class ExtendForm(EhiiaForm):
    """Longer to weigh the public interest."""

    sections = CheckboxesField(
        "For which sections is the public interest weighed?",
        choices=options(one for one in CLAIMS if needs_test([one])),
        noun="the sections",
        required="Choose the sections for which the public interest is weighed",
    )
    reason = TextField(
        "Why is more time needed?",
        noun="The reason",
        required="Enter why more time is needed",
        rows=4,
        max_length=LONG,
    )
    told_on = DateField(
        "When was whoever asked told?",
        hint="By the day on which the answer is due now, with the sections and an estimate of the new day "
        "(section 17(1) and (2)).",
        noun="The day on which they were told",
        required="Enter the day on which they were told",
    )
    until = DateField(
        "By when will it be decided?",
        hint="The estimate that they were given. It must be reasonable in the circumstances.",
        noun="The new day",
        required="Enter the new day",
    )
    revision = HiddenToken()


class AskReviewForm(EhiiaForm):
    """A review of the answer that is asked for."""

    words = TextField(
        "What are they not content with?",
        noun="What they are not content with",
        required="Enter what they are not content with",
        rows=5,
        max_length=LONG,
    )
    day = DateField(
        "When did they ask for it?",
        noun="The day on which they asked",
        required="Enter the day on which they asked",
    )
    reviewer_id = ChoiceField(
        "Who reviews it?",
        hint="Somebody who had no part in the answer. They are told at once.",
        noun="who reviews it",
        required="Choose who reviews it: somebody who had no part in the answer",
    )
    revision = HiddenToken()


class ReviewedForm(EhiiaForm):
    """How an internal review ended."""

    reviewed_as = RadiosField(
        "How did it end?",
        choices=options(ReviewedAs),
        noun="how it ended",
        required="Choose how the review ended",
    )
    found = TextField(
        "What did the review find, and what was answered?",
        hint="Say also what was released that was not before.",
        noun="What the review found",
        required="Enter what the review found, and what was answered",
        rows=6,
        max_length=LONG,
    )
    day = DateField(
        "On which day?", noun="The day of the answer", required="Enter the day on which it was answered"
    )
    revision = HiddenToken()
