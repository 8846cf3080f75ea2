"""A copy of the content that a test may edit, in the place of the real one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ehiia.content import criteria, load

Edit = Callable[[str, Callable[[str], str]], None]
"""Change a file of the copy: its path below the content, and a function from its text to another."""


def forget() -> None:
    """Forget what was read of the content files."""
    for read in (load.question_set, load.groups, load.duties, load.core20plus5, criteria.criteria):
        read.cache_clear()


def copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the content, with nothing published, and read from the copy from now on."""
    copy = folder / "content"
    shutil.copytree(load.HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (copy / "question_sets" / "LOCK").write_text("", encoding="utf-8")
    monkeypatch.setattr(load, "HERE", copy)
    forget()
    return copy


def editing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Work with a copy of the content; yield a way to edit one of its files. For a fixture to yield from."""
    copy = copied(folder, monkeypatch)

    def change(name: str, how: Callable[[str], str]) -> None:
        path = copy / name
        before = path.read_text(encoding="utf-8")
        path.write_text(how(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before
        forget()

    yield change
    forget()
