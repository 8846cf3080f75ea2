"""Rows done one by one or many at a time: one that cannot be done stops no other, and is named at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
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
    return many(rows, lambda one: act(one[0]), size=1, called=called, verb=verb, go_on=go_on)


def many(
    rows: Iterable[T],
    act: Callable[[Sequence[T]], int],
    *,
    size: int,
    called: Callable[[T], str],
    verb: str,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Do something with ``size`` rows at a time, in a transaction that ``act`` opens; else as ``each``.

    Rows that fail together are done again one by one, so that only what is bad itself is left out.
    """
    done, sentences, left = 0, list[str](), iter(rows)
    while batch := list(islice(left, size)):
        parts = [batch]
        while parts:
            part = parts.pop(0)
            if not go_on():
                sentences.append(STOPPED)
                raise SomeFailed(done, sentences, verb)
            try:
                done += act(part)
            except Exception as error:
                if len(part) > 1:
                    log.warning("rows_failed_together", error=repr(error))
                    parts = [[one] for one in part]
                    continue
                log.error("row_failed", row=called(part[0]), error=repr(error))
                sentences.append(f"{called(part[0])} ({type(error).__name__})")
    if sentences:
        raise SomeFailed(done, sentences, verb)
    return done
