"""What in a text is a number of people, or a share of one, as far as patterns of English can tell.

What is counted is taken for people where the sentence, or the one before, names people. Money, dates, times,
ages, approximations, and common things that are counted are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

_WORDS = {
    word: number
    for number, word in enumerate(
        [
            *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
            *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
            "twenty",
        ],
        start=1,
    )
}
_SHARES = {
    "half": Fraction(1, 2),
    "third": Fraction(1, 3),
    "quarter": Fraction(1, 4),
    "fifth": Fraction(1, 5),
    "tenth": Fraction(1, 10),
}
_PEOPLE_WORDS = (
    r"people|persons?|patients?|residents?|carers?|users?|staff|nurses?|midwives|doctors?|clinicians?"
    r"|wom[ae]n|m[ae]n|child|children|adults?|famil(?:y|ies)|households?|respondents?|members?|bab(?:y|ies)"
    r"|girls?|boys?|parents?|mothers?|fathers?|cases?|clients?|learners?|pupils?|students?|workers?"
    r"|colleagues?|employees?|volunteers?|callers?|visitors?|attend(?:ers|ees)|participants?|applicants?"
    r"|veterans?|travellers?|refugees?|migrants?|individuals?|others|whom|them|we (?:heard|asked|met)"
    r"|who|answered|replied|in all|in total|altogether"
)
_PEOPLE = re.compile(rf"\b(?:{_PEOPLE_WORDS})\b", re.IGNORECASE)
"""Words by which a sentence counts people."""
_OFFICIAL = re.compile(
    r"\b(?:Census|ONS|Office for National Statistics|Nomis|OHID|Fingertips|official statistics)\b"
)
"""Published statistics: known to everybody already, and made safe by whoever published them."""
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBER = re.compile(
    r"(?P<percent>(?<![\d.,])\d{1,3}(?:\.\d+)?)(?:\s?%|\s+per\s?cent\b)"
    r"|\b(?P<share>(?:(?:an?|one|two|three|four)[\s-]+)?(?:half|thirds?|quarters?|fifths?|tenths?))\b"
    r"(?=\s+(?:of|were|was|are|had|have|said)\b)"
    r"|(?<![\w£$€/+#])(?<!\d[:.,–-])(?P<digits>\d{1,3}(?:,\d{3})+|\d{1,7})(?![\w/%])(?!\s?%)(?![.:–-]\d)(?!,\d)"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b(?!-)",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"[\s-]*(?:a\.?m|p\.?m|o.clock|per\s?cent|percentage|pence|pounds?|miles?|km|kilomet\w+|met(?:re|er)s?"
    r"|minutes?|hours?|days?|weeks?|weekends?|months?|years?|nights?|mornings?|evenings?|times|occasions?"
    rf"|{MONTHS}|in\s+(?:\d[\d,]*|{'|'.join(_WORDS)}|a hundred)\b(?!\s+(?:{MONTHS}))"
    r"|(?:(?!(?:of|in|at|to|and|or|for|from|with|who|people|patients|carers|residents|women|men)\b)\w+\s+){0,2}"
    r"(?:meetings?|events?|sessions?|sites?|wards?|clinics?|practices?|surger(?:y|ies)|buses|bus"
    r"|calls?|places?|languages?|groups?|visits?|options?|questions?|surveys?|interviews?|letters?|beds?"
    r"|hospitals?|schools?|towns?|villages?|wards|districts?|areas?|roads?|routes?|rooms?|floors?|posts?"
    r"|appointments?|slots?|steps?|stages?|parts?|pages?|points?|stars?|things?|ways?|reasons?|barriers?"
    r"|actions?|complaints?|organisations?|bodies|teams?|charities|providers?|pharmacies|councils?"
    r"|deciles?|fifths?|boroughs?|counties|text messages|leaflets?|phones?|lines?|members of staff))\b",
    re.IGNORECASE,
)
"""What a number is followed by that counts no person."""
_NOT_BEFORE = re.compile(
    rf"(?:\b(?:section|schedule|article|chapter|table|figure|page|paragraph|version|level|band|grade|phase"
    r"|stage|part|step|appendix|annex|rules?|no|number|ward|room|decile|quintile|group|engagement|gap|action"
    r"|action|source|aged?|ages|over|under|fewer than|less than|more than|at most|at least|up to"
    rf"|{MONTHS})\.?\s*|£\s?|\bcore20plus|\b(?:\d+|one|two|three) in |\baged? (?:from )?\d+ (?:to|and) )$",
    re.IGNORECASE,
)
"""What a number follows that makes it a name, an age or an approximation."""
_OF_PEOPLE = re.compile(r"(?:\s+\w+)?\s+(?:people|patients|residents|carers)\b", re.IGNORECASE)
"""What a number is followed by that looks like a year and is none."""
_ONE_OF = re.compile(
    rf"\s+(?:of\b|(?:\w+\s+){{0,2}}?(?:{_PEOPLE_WORDS}|was|had|came|said|did|lives)\b)|\s*(?:[,;:.)]|$)",
    re.IGNORECASE,
)
"""What "one" is followed by where it counts."""
_ENDS = re.compile(r"[.!?;](?=\s|$)|\n")
_APART = re.compile(r"[,;:()\[\].!?\n–—]|\b(?:and|or|of|but)\b", re.IGNORECASE)
_EMPTY = re.compile(
    r"(?:the|an?|in|to|were|was|are|is|who|that|which|them|there|their|with|from|at|on|for|by|had|have|has|been"
    r"|we|they|it|all|total|our|these|those|this|also|only|about|just|some|did|not|said|say|as)"
)
"""Words that do not say what is counted."""


@dataclass(frozen=True)
class Token:
    """A number in a text that may count people."""

    start: int
    end: int
    value: int
    """0 for a share."""
    share: Fraction | None
    """0.075 for "7.5 per cent"; None for a plain number."""
    sentence: int


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of a text start and end."""
    ends = [match.end() for match in _ENDS.finditer(text)]
    pairs = zip([0, *ends], [*ends, len(text)], strict=True)
    return [(start, end) for start, end in pairs if start < end]


def tokens_of(text: str, sentences: Sequence[tuple[int, int]]) -> list[Token]:
    """Return the numbers of a text whose sentence, or the one before it, counts people, or in a bare list."""
    found = list(_tokens(text, sentences))
    if len(found) > 2 and re.search(r"\btotal\b", text, re.IGNORECASE):
        return found
    named = [bool(_PEOPLE.search(text[start:end])) for start, end in sentences]
    return [one for one in found if any(named[max(0, one.sentence - 1) : one.sentence + 1])]


def _tokens(text: str, sentences: Sequence[tuple[int, int]]) -> Iterator[Token]:
    for match in _NUMBER.finditer(text):
        sentence = next(n for n, (_, end) in enumerate(sentences) if match.start() < end)
        value, share = 0, None
        if match["percent"]:
            share = Fraction(match["percent"]) / 100
        elif match["share"]:
            share = _share(match["share"])
        else:
            said = match["digits"] or match["word"]
            value = _WORDS.get(said.lower()) or int(said.replace(",", ""))
            if not _counts(text, match, value):
                continue
            if said.lower() == "one" and not _ONE_OF.match(text, match.end()):
                continue  # "the larger one"
        yield Token(match.start(), match.end(), value, share, sentence)


def _counts(text: str, match: re.Match[str], value: int) -> bool:
    before = text[max(0, match.start() - 30) : match.start()]
    if _NOT_AFTER.match(text, match.end()) or _NOT_BEFORE.search(before):
        return False
    year = 1900 <= value < 2100 and match.end() - match.start() == 4
    return not year or bool(_OF_PEOPLE.match(text, match.end()))


def _share(said: str) -> Fraction:
    first, *more = re.split(r"[\s-]+", said.lower())
    many = _WORDS.get(first, 1)
    return many * _SHARES[(more[-1] if more else first).removesuffix("s")]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def is_share(share: Fraction, said: str, part: int, total: int) -> bool:
    """Say whether a share, as it is said ("7.5 per cent"), is that of a part of a total."""
    digits = re.match(r"\d+(?:\.(\d+))?", said)
    if digits is None:
        return share * total == part
    closeness = Fraction(1, 100 * 10 ** len(digits[1] or ""))
    return abs(share - Fraction(part, total)) <= closeness / 2


def words_beside(text: str, start: int, end: int, left: int, right: int) -> frozenset[str]:
    """Return what a number counts: the words of its part of the sentence, between two other numbers."""
    before = _APART.split(text[left:start])[-1]
    after = _APART.split(text[end:right])[0]
    words = re.findall(r"[^\W\d_]+", f"{before} {after}".lower())
    return frozenset(_singular(word) for word in words if not _EMPTY.fullmatch(word))


def shape_of(sentence: str) -> str:
    """Return a sentence without its numbers: two that differ in numbers only have the same."""
    return " ".join(_NUMBER.sub("#", sentence).lower().split())


def is_official(sentence: str) -> bool:
    """Say whether a sentence names published statistics."""
    return bool(_OFFICIAL.search(sentence))


def any_number(text: str) -> bool:
    """Say whether there is a number in a text at all."""
    return bool(_NUMBER.search(text))
