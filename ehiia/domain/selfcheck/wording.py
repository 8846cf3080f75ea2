"""Telling from a text alone that it says nothing: no guessing at what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations

ALIKE = 0.92
"""Texts at least so alike (0 to 1, as ``difflib`` counts) are taken for the same text."""
WORTH = 40
"""Characters from which a text is long enough to be compared with others."""

_NOTHING = re.compile(
    r"(there (is|are) )?(n/?a|not applicable|none|nil|nothing|no|nobody|no ?one|no impact|no impacts|"
    r"no difference|no change|no issues?|no evidence|none known|none identified|not known|unknown|"
    r"no (negative )?impacts? (identified|expected|known)|"
    r"tbc|tba|tbd|to be confirmed|to follow|as above|see above|ditto|same as above|x+|-+|\.+|\?+)"
)
_WEAK = (
    "monitor",
    "consider",
    "review",
    "explore",
    "raise awareness",
    "be aware",
    "keep an eye",
    "keep under review",
    "keep it under review",
    "look into",
    "look at",
    "think about",
    "note",
    "discuss",
    "bear in mind",
    "encourage",
    "continue to monitor",
    "continue to review",
    "continue monitoring",
    "be mindful",
    "watch",
    "observe",
    "remind",
)
_LEAD = re.compile(
    r"^(and|then|also|to|we|we will|we shall|will|should|shall|must|please|the \w+ (team |group )?will)\s+"
)
_EVERYBODY = re.compile(
    r"\b(treated|treats?|treat) (them |people |everyone |everybody |all \w+ )?(all )?"
    r"(the same|equally|alike|the same as (everyone|everybody|anyone|others))\b"
    r"|\bthe same (as|for|way as) (everyone|everybody|all|anyone|others|any other)\b"
    r"|\b(applies|apply|open|available) (equally )?to (everyone|everybody|all)\b"
    r"|\bno different (to|from) (anyone|everyone|anybody|everybody)\b"
)
_UNDATED = re.compile(
    r"\b(ongoing|on-going|as soon as possible|asap|in due course|when (resources|capacity) allows?|"
    r"tbc|to be confirmed|to be agreed)\b"
)


_SMALL = r"(?:[1-9](?:\.\d+)?|0\.\d+|one|two|three|four|five|six|seven|eight|nine)"
_ANY = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_NO_COUNT = re.compile(
    # a ratio; a band or a ward; the rest of a larger number; whoever does something; "one post" each
    rf"\b{_ANY} (?:in|out of) (?:every )?{_SMALL}\b"
    rf"|\b(?:bands?|grades?|levels?|tiers?|wards?|phases?|stages?|steps?|options?|sections?|tables?)"
    rf" {_ANY}(?:(?: and | or | to |, ?|/|-|–){_ANY})*\b"
    r"|\b(?:hundred|thousand|million)(?: and)? \w+"
    rf"|\b(?:by|which) {_SMALL}\b"
    r"|\bone (?:post|job)\b"
)
_STAFF = (
    "members? of staff|staff|employees?|colleagues|people|posts?|jobs|nurses?|midwives|midwife|doctors?|gps?|"
    "consultants?|matrons?|pharmacists?|therapists?|clinicians?|practitioners?|receptionists?|administrators?|"
    "secretaries|secretary|managers?|porters?|cleaners?|drivers?|assistants?|workers?|women|men"
)
_DESCRIBED = (
    "full[- ]time|part[- ]time|whole[- ]time equivalent|wte|fte|senior|junior|specialist|registered|"
    "qualified|clinical|community|practice|district|school|night|day|bank|agency|vacant|disabled|pregnant|"
    "female|male|older|younger|black|asian|white|ethnic|minority"
)
_NOT_PEOPLE = (
    "networks?|meetings?|groups?|surveys?|sessions?|events?|briefings?|forums?|rooms?|side|unions?|"
    "representatives?|stories|days|training"
)
_TEAM = re.compile(
    rf"(?<![\w.,/£–-]){_SMALL} (?:of (?:the |our |its |these )?)?(?:(?:{_DESCRIBED}) )*(?:{_STAFF})\b"
    rf"(?![- ](?:{_NOT_PEOPLE})\b)"
)


def small_team(text: str) -> str:
    """Return the words that count from one to nine staff or posts, such as "two nurses"; "" without any."""
    found = _TEAM.search(_NO_COUNT.sub("…", " ".join(text.casefold().split())))
    return found.group(0) if found else ""


def plain(text: str) -> str:
    """Return a text in lower case without punctuation at its ends and with single spaces."""
    return " ".join(text.casefold().split()).strip(" .,;:!–—'\"“”()")


def says_nothing(text: str) -> bool:
    """Say whether an answer is "none", "n/a", "as above" or the like, and no more."""
    return bool(_NOTHING.fullmatch(plain(text)))


def everybody_alike(text: str) -> bool:
    """Say whether a reason is that everybody is treated the same."""
    return bool(_EVERYBODY.search(plain(text).replace("’", "'")))


def undated(text: str) -> str:
    """Return the words that stand for a date and are none, such as "ongoing"; "" where there are none."""
    found = _UNDATED.search(plain(text))
    return found.group(0) if found else ""


def only_watches(text: str) -> bool:
    """Say whether a promise does no more than monitor, consider or raise awareness.

    Each clause is looked at by its first words; a short piece after "and" belongs to the clause before it.
    """
    clauses = [one for part in re.split(r"[.;,\n]|\band\b|\bthen\b", text.casefold()) if (one := plain(part))]
    weak = 0
    for place, clause in enumerate(clauses):
        before = ""
        while before != clause:
            before, clause = clause, _LEAD.sub("", clause)
        if any(re.match(rf"{word}(e?s|ing|ed)?\b", clause) for word in _WEAK):
            weak += 1
        elif place == 0 or len(clause.split()) > 2:
            return False
    return weak > 0


def same_texts(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of keys whose texts are the same or nearly so; short texts are passed over."""
    found = [(key, plain(text)) for key, text in texts]
    known = [(key, text, set(text.split())) for key, text in found if len(text) >= WORTH]
    for (one, first, words), (other, second, others) in combinations(known, 2):
        if first == second:
            yield one, other
            continue
        if len(words & others) < 0.75 * len(words | others):
            continue
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        if matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
            yield one, other
