"""The forms of audit programmes: beginning one, its rule, drawing again."""

from __future__ import annotations

from functools import cache

from ehiia.domain.programmes import Rhythm
from ehiia.domain.sampling import Pool, Rule, Take
from ehiia.forms.choices import RadiosField, options
from ehiia.forms.fields import EhiiaForm, HiddenToken, LineField, NumberField, TextField


class ProgrammeForm(EhiiaForm):
    """A programme as it is begun; its rule is the one that its rhythm begins with."""

    name = LineField(
        "What is the programme called?",
        hint="For example, “Mitigating actions, every quarter”.",
        noun="The name",
        required="Enter a name for the programme",
        max_length=300,
    )
    rhythm = RadiosField(
        "How often is a sample drawn?",
        choices=options(Rhythm, meanings=True),
        required="Choose how often a sample is drawn",
        noun="how often a sample is drawn",
    )


class RuleForm(EhiiaForm):
    """How much is drawn of each pool: ``share_<pool>`` in per cent and ``least_<pool>``."""

    revision = HiddenToken()

    def rule(self) -> Rule:
        """Return the rule that was entered; a pool without a share is not drawn from."""
        found = []
        for pool in Pool:
            share = self[f"share_{pool}"].data
            if share:
                found.append(Take(pool, share, self[f"least_{pool}"].data or 0))
        return tuple(found)


@cache
def rule_form() -> type[RuleForm]:
    """Return the form with two fields for each pool."""
    fields: dict[str, object] = {"__doc__": RuleForm.__doc__}
    for pool in Pool:
        fields[f"share_{pool}"] = NumberField(
            "Share in per cent", hint="Empty: nothing is drawn.", noun="The share", largest=100
        )
        fields[f"least_{pool}"] = NumberField("At least", noun="The least number", largest=10_000)
    fields["reason"] = TextField(
        "Why does it change?",
        hint="Kept with the programme and shown beside the rule.",
        noun="The reason",
        required="Enter why it changes; it is kept with the programme",
        rows=3,
        max_length=1000,
    )
    return type("FilledRuleForm", (RuleForm,), fields)


def shown(rule: Rule) -> dict[str, int | str]:
    """Return a rule as the fields of its form."""
    found: dict[str, int | str] = {}
    for take in rule:
        found |= {f"share_{take.pool}": take.share, f"least_{take.pool}": take.least or ""}
    return found


class AgainForm(EhiiaForm):
    """Why a sample is drawn again."""

    reason = TextField(
        "Why is it drawn again?",
        hint="For example, an action was missing from the frame. Both draws are shown for good.",
        noun="The reason",
        required="Enter why it is drawn again; both draws are shown for good",
        rows=3,
        max_length=1000,
    )
