"""The texts of the rules: what each looks for, how it is put right, how much it weighs, where it comes from.

Rules are code in ``domain``, a few of them in ``services`` where they rest on what happened;
``reference/rules.toml`` holds their words by id.
A house test keeps the two, and ``docs/rules.md``, in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ehiia.content.load import HERE
from ehiia.content.reading import ContentError, from_toml, twice
from ehiia.domain.selfcheck import Gravity, Signal

FAMILIES: Mapping[str, tuple[str, str]] = {
    "SCR": ("Screening", "Why a full assessment is needed, a short one is enough, or neither is."),
    "GRO": ("Growing", "Why the short form becomes the extended one. It never shrinks by itself."),
    "PLN": ("Backward plan", "Where the dates of the route do not fit. It is worked out anew every day."),
    "DAT": ("The day of the meeting", "It can be moved after it has passed, and never put back."),
    "ADO": ("Written outside", "What a contractor or support unit wrote is adopted before it is sent on."),
    "STA": ("Statutory consultees", "Who has to be consulted by law before it is decided."),
    "RAP": ("Urgent decisions", "What follows a decision that could not wait for a whole assessment."),
    "MIS": (
        "Missing answers",
        "What has to be given before it can be sent on, listed with a link to its field.",
    ),
    "RES": (
        "Restricted assessments",
        "Who has to be able to see one before it is sent on, or it would wait unseen.",
    ),
    "PUB": ("Public reviewers", "What is owed to people outside who read the summary and commented."),
    "PRI": (
        "Privacy",
        "What in the engagement log may show who somebody is. A gentle warning; nothing is refused.",
    ),
    "CON": ("Conclusions that do not fit", "Why a conclusion is refused."),
    "GAP": (
        "Evidence gaps",
        "What a gap has to say, and what it takes to decide without knowing. A gap is no missing answer.",
    ),
    "DUT": (
        "Duties",
        "Which duties a proposal engages, and where it shows regard. They block nothing by themselves.",
    ),
    "QC": (
        "Self-check",
        "What a good equality lead would send back, shown while it is being written. It never blocks saving.",
    ),
    "CHK": (
        "The equality lead's check",
        "What forbids passing, and what is flagged. Criteria are scored from 0 to 3.",
    ),
    "DEC": ("Outcomes", "What a decision leads to, worked out from what the body decided."),
    "REV": ("Reviews", "When a decision is looked at again; the months are a setting of the organisation."),
    "ACT": (
        "Mitigating actions",
        "When another date needs an approval, and who gives up what a decision relied on.",
    ),
    "SYS": (
        "System checks",
        "Whether the way of assessing works, worked out from the register; what is restricted is left out.",
    ),
    "LOG": (
        "Decision logs",
        "How each decision of an uploaded log comes out when it is matched with the register.",
    ),
    "NOT": ("Reminders", "Who is told what is due, and when; the days are a setting of the organisation."),
}
"""Beginning of the id -> heading and a sentence; in the order of ``docs/rules.md``."""


@dataclass(frozen=True)
class RuleText:
    """A rule in words. ``sentence`` may hold {words} that the rule fills in."""

    id: str
    title: str
    sentence: str
    put_right: str
    severity: Gravity
    source: str

    def said(self, signal: Signal) -> str:
        """Return the sentence with the words of what was found. Raises KeyError where one is lacking."""
        return self.sentence.format_map(dict(signal.words))


@dataclass(frozen=True)
class _Rules:
    rules: tuple[RuleText, ...]


@cache
def rules() -> Mapping[str, RuleText]:
    """Return the texts of all rules by id. Raises ContentError with every problem."""
    read = from_toml(HERE / "reference" / "rules.toml", _Rules).rules
    problems = twice("rules", (one.id for one in read))
    problems += [
        f"{one.id}: begins with none of {', '.join(FAMILIES)}"
        for one in read
        if one.id.partition("-")[0] not in FAMILIES
    ]
    if problems:
        raise ContentError("rules.toml", problems)
    return {one.id: one for one in read}


def document() -> str:
    """Return ``docs/rules.md``: every rule with its sentence, its weight and its source."""
    lines = [
        "# The rules",
        "",
        "Written from `ehiia/content/reference/rules.toml` by `flask docs rules`; a test keeps it current,",
        "and another finds for every rule a test that fires it and one that does not.",
        "",
        "| Severity | Means |",
        "|---|---|",
        *(f"| {one.label} | {one.meaning} |" for one in Gravity),
    ]
    for family, (heading, about) in FAMILIES.items():
        lines += ["", f"## {heading}", "", about, ""]
        lines += [
            _row("Rule", "What", "Sentence", "How to put it right", "Severity", "Source"),
            "|---" * 6 + "|",
        ]
        lines += [
            _row(one.id, one.title, one.sentence, one.put_right, one.severity.label, one.source)
            for one in rules().values()
            if one.id.partition("-")[0] == family
        ]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
