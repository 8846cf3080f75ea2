"""How frozen versions are named, and when two of them hold the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ehiia.domain.decision import canonical
from ehiia.domain.gates import Key, key_of, same_content
from ehiia.domain.vocabulary import Gate
from tests.documents import records

SNAPSHOT = records.SMALL_SNAPSHOT


@pytest.mark.parametrize("gate", list(Gate))
def test_a_key_is_read_as_it_was_written(gate: Gate) -> None:
    assert key_of(str(Key(12, gate, 3))) == Key(12, gate, 3)


@pytest.mark.parametrize(
    "text", ["", "now", "1", "1-submitted", "1-never-1", "x-submitted-1", "1-submitted-²"]
)
def test_nothing_else_is_a_key(text: str) -> None:
    assert key_of(text) is None


def test_the_moment_of_freezing_is_no_content() -> None:
    later = replace(SNAPSHOT, frozen_at=SNAPSHOT.frozen_at + timedelta(days=1))
    assert same_content(canonical(SNAPSHOT), canonical(later))
    assert not same_content(canonical(SNAPSHOT), canonical(replace(later, summary="Another summary.")))
