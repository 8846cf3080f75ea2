"""The code printed on the cover of a record: its letters, how it is typed, what is mistaken for what."""

from __future__ import annotations

import re

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letters or digits that are mistaken for one another: no I, L, O, U, 0 and 1."""
LENGTH = 12
MISTAKEN = {"0": "D or Q", "O": "D or Q", "1": "7 or T", "I": "7 or T", "L": "7 or T", "U": "V"}
"""What is never in a code -> what it is most likely to be on the paper."""


_REFERENCE = re.compile(r"[A-Z]\w*-20\d\d-\d{3,}(-|$)")
_BETWEEN = re.compile(r"[\s\u2010-\u2015\u2212]+")


def asked(text: str) -> str:
    """Return the code or reference in what somebody typed or pasted.

    It may be a whole address or the name of a file, in quotation marks, with other dashes or a full stop.
    """
    last = text.strip().partition("?")[0].rstrip("/").rpartition("/")[2]
    return _BETWEEN.sub("-", last.upper().strip(" .,;:'\"“”‘’()<>")).removesuffix(".PDF")


def tidy(text: str) -> str:
    """Return what somebody typed as a code is kept: capital letters and digits, nothing between them."""
    return "".join(one for one in text.upper() if one.isalnum())


def mistake(text: str) -> str:
    """Say what is wrong with twelve signs that were typed as a code, or "" where nothing is.

    What is longer or shorter is not judged: it may be a reference.
    """
    typed = tidy(text)
    never = [one for one in dict.fromkeys(typed) if one not in LETTERS]
    if len(typed) != LENGTH or not never or _REFERENCE.match(asked(text)):
        return ""
    said = [f"{one} is perhaps {MISTAKEN[one]}" for one in never if one in MISTAKEN]
    return f"A code never has {' or '.join(never)}: {'; '.join(said) or 'look at the cover again'}"
