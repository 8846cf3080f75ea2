"""The forms of one case: the checks with their words and files, the verdict, giving it to somebody."""

from __future__ import annotations

from functools import cache

from ehiia.domain.auditing import Check, Checked, Result, Screened
from ehiia.domain.vocabulary import Verdict
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import EhiiaForm, HiddenToken, TextField, UploadField

SAVE, FINISH = "save", "finish"


class CaseForm(EhiiaForm):
    """What every case has: what was found in words, and the revision."""

    revision = HiddenToken()

    def checked(self, checks: tuple[Check, ...]) -> dict[str, Checked]:
        """Return what was entered for each check."""
        return {
            one.id: Checked(
                one.id,
                Result(self[f"result_{one.id}"].data) if self[f"result_{one.id}"].data else None,
                self[f"words_{one.id}"].data or "",
            )
            for one in checks
        }


def _found() -> TextField:
    return TextField(
        "What did you look at, and what did you see?",
        hint="Enough for somebody else to come to the same verdict.",
        noun="What you saw",
        rows=6,
        max_length=4000,
    )


@cache
def case_form(checks: tuple[Check, ...]) -> type[CaseForm]:
    """Return the form for these checks: ``result_<id>``, ``words_<id>`` and ``file_<id>`` of each."""
    fields: dict[str, object] = {"__doc__": CaseForm.__doc__}
    for number, one in enumerate(checks, start=1):
        fields[f"result_{one.id}"] = RadiosField(
            f"{number}. {one.question}", choices=options(Result), noun=f"check {number}"
        )
        fields[f"words_{one.id}"] = TextField(
            f"What you saw: {one.title.lower()}", noun="What you saw", rows=2, max_length=4000
        )
        fields[f"file_{one.id}"] = UploadField(f"A file that shows it: {one.title.lower()}", noun="The file")
    fields["likelihood"] = ChoiceField("How likely is the harm now?", noun="the likelihood")
    fields["severity"] = ChoiceField("How bad would it be?", noun="the severity")
    fields["verdict"] = RadiosField(
        "What did you find?", choices=options(Verdict, meanings=True), noun="what you found"
    )
    fields["found"] = _found()
    return type("ChecksForm", (CaseForm,), fields)


class ScreenedForm(CaseForm):
    """What was found of a proposal that was screened out."""

    screened = RadiosField(
        "Was it right that no full assessment was made?",
        choices=options(Screened, meanings=True),
        noun="what you found",
    )
    found = _found()


class GiveForm(EhiiaForm):
    """To whom a case is given."""

    auditor = RadiosField("Who audits it?", required="Choose who audits it", noun="who audits it")
