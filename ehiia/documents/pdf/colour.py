"""The colours of a document, said exactly: sRGB as an ICC profile, made from the numbers of its standards.

IEC 61966-2-1 gives the curve and the primaries; ICC.1:2010 (version 4) the
layout of the file and white under D50, to which the primaries are adapted.
"""

from __future__ import annotations

import struct
from functools import cache

NAME = "sRGB IEC61966-2.1"
WHITE = (0.9642, 1.0, 0.8249)
PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
ADAPTED = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
"""Bradford's matrix from D65 to D50, row by row."""
CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""Parameters g, a, b, c and d: a straight line below d, a power above it."""


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _words(text: str) -> bytes:
    said = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enGB", len(said), 28) + said


@cache
def srgb() -> bytes:
    """Return the profile; always the same bytes."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(*CURVE)
    tags = {
        b"desc": _words(NAME),
        b"cprt": _words("No rights are claimed in this profile."),
        b"wtpt": b"XYZ " + bytes(4) + _fixed(*WHITE),
        b"chad": b"sf32" + bytes(4) + _fixed(*ADAPTED),
        **{name: b"XYZ " + bytes(4) + _fixed(*numbers) for name, numbers in PRIMARIES.items()},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, data, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    begin = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        if content not in places:
            places[content] = begin + len(data)
            data += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    head = struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI12s4s44x",
        begin + len(data),
        bytes(4),
        0x04200000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        bytes(4),
        0,
        0,
        0,
        0,
        0,
        _fixed(*WHITE),
        bytes(4),
    )
    return head + table + data
