"""What is looked up once within a transaction that looks at many rows: names, addresses, settings.

Only for transactions that change nothing of what they remember. Outside of ``remembering`` everything is
looked up whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")

_KEPT = "ehiia.remembered"


@contextmanager
def remembering(session: Session) -> Iterator[None]:
    """Remember within this block what was looked up."""
    session.info[_KEPT] = {}
    try:
        yield
    finally:
        del session.info[_KEPT]


def remember(session: Session, what: str, found: Mapping[Any, object]) -> None:
    """Keep what was looked up for many at once, where anything is remembered."""
    kept = session.info.get(_KEPT)
    if kept is not None:
        kept.update(((what, key), value) for key, value in found.items())


def recalled(session: Session, what: str, keys: Collection[Any]) -> dict[Any, Any] | None:
    """Return what is remembered under a name for all of these keys; None where one of them is not."""
    kept = session.info.get(_KEPT)
    if kept is None or any((what, key) not in kept for key in keys):
        return None
    return {key: kept[what, key] for key in keys}


def remembered(session: Session, what: str, key: Hashable, look_up: Callable[[], T]) -> T:
    """Return what is remembered under a name and key, or look it up."""
    kept = session.info.get(_KEPT)
    if kept is None:
        return look_up()
    if (what, key) not in kept:
        kept[what, key] = look_up()
    found: T = kept[what, key]
    return found
