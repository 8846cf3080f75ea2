"""Rows done one by one: one that cannot be done does not stop the rest, and is named at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger(__name__)


class SomeFailed(Exception):
    """Some rows could not be done; all others were."""

    def __init__(self, done: int, sentences: list[str], verb: str = "queued") -> None:
        """Keep how many were done, and a sentence for each that failed."""
        super().__init__(f"{done} {verb}; failed: {'; '.join(sentences)}")
        self.queued = done
        self.sentences = sentences


STOPPED = "stopped before the end"


def each(
    rows: Iterable[T],
    act: Callable[[T], int],
    *,
    called: Callable[[T], str],
    verb: str,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Do something with each row, in a transaction that ``act`` opens; return the sum of what it gave.

    ``called``: what a row is called where it fails; ``verb``: what was done, such as "lifted". ``go_on`` is
    asked before each row. Raises SomeFailed after all others are done.
    """
    done, sentences = 0, []
    for row in rows:
        if not go_on():
            sentences.append(STOPPED)
            break
        try:
            done += act(row)
        except Exception as error:
            log.error("row_failed", row=called(row), error=repr(error))
            sentences.append(f"{called(row)} ({type(error).__name__})")
    if sentences:
        raise SomeFailed(done, sentences, verb)
    return done
