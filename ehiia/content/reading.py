"""TOML text into frozen dataclasses: nothing is guessed, and all mistakes are told together.

A misspelt key, a number where text belongs or a word that does not exist is
refused. Each problem reads ``where: what``, with the place as a path such as
``sections[2].questions[0].kind``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, get_origin

from cattrs import (
    BaseConverter,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.cols import homogenous_tuple_structure_factory

T = TypeVar("T")


class ContentError(Exception):
    """A content file cannot be used. ``problems`` lists every mistake found as "where: what"."""

    def __init__(self, file: str, problems: Iterable[str]) -> None:
        """Name the file and what is wrong with it."""
        self.file = file
        self.problems = tuple(problems)
        super().__init__(f"{file}:\n" + "\n".join(f"  {problem}" for problem in self.problems))


class _Wrong(ValueError):
    """A value of the wrong shape; its text is shown as it is."""


_PLAIN = {str: "text in quotation marks", int: "a whole number", bool: "true or false"}


def _exactly(value: Any, kind: type) -> Any:
    """Take a plain value of just this type, or the word of an enumeration, and convert nothing."""
    if issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(str(member.value) for member in kind)
            raise _Wrong(f"{value!r} is not one of: {allowed}") from None
    if type(value) is not kind:
        raise _Wrong(f"must be {_PLAIN[kind]}, not {value!r}")
    return value


def _list_only(kind: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:
    inner = homogenous_tuple_structure_factory(kind, converter)

    def structure(value: Any, wanted: Any) -> Any:
        if not isinstance(value, list):
            raise _Wrong(f"must be a list in square brackets, not {value!r}")
        return inner(value, wanted)

    return structure


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for plain in (Enum, *_PLAIN):
        converter.register_structure_hook(plain, _exactly)
    converter.register_structure_hook_factory(_is_tuple, _list_only)
    return converter


_CONVERTER = _converter()


def _what(error: BaseException) -> str:
    if isinstance(error, ForbiddenExtraKeysError):
        return "unknown key " + ", ".join(f'"{key}"' for key in sorted(error.extra_fields))
    if isinstance(error, KeyError):
        return "is missing"
    if isinstance(error, _Wrong):
        return str(error)
    if isinstance(error, TypeError):
        return "must be a table of keys and values"
    return str(error) or type(error).__name__


def _problems(error: BaseException, path: str) -> list[str]:
    found: list[str] = []
    if isinstance(error, ClassValidationError):
        named, others = error.group_exceptions()
        for inner, note in named:
            found += _problems(inner, f"{path}.{note.name}")
    elif isinstance(error, IterableValidationError):
        numbered, others = error.group_exceptions()
        for inner, place in numbered:
            found += _problems(inner, f"{path}[{place.index}]")
    else:
        return [f"{path.removeprefix('.') or 'the file'}: {_what(error)}"]
    return found + [problem for inner in others for problem in _problems(inner, path)]


def from_plain(plain: object, kind: type[T], *, file: str) -> T:
    """Make a value of a frozen dataclass from plain values.

    Raises ContentError naming ``file``, with every problem, when it does not fit.
    """
    try:
        return _CONVERTER.structure(plain, kind)
    except Exception as error:
        raise ContentError(file, _problems(error, "")) from error


def from_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into a frozen dataclass. Raises ContentError when it is absent or does not fit."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(path.name, ["the file: does not exist"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(path.name, [f"the file: is not TOML: {error}"]) from error
    return from_plain(plain, kind, file=path.name)


def bad_dates(where: str, valid_from: str, valid_to: str = "") -> list[str]:
    """Return what is wrong with a pair of ISO dates; ``valid_to`` may be empty."""
    problems = []
    for name, text in (("valid_from", valid_from), ("valid_to", valid_to)):
        if name == "valid_to" and not text:
            continue
        try:
            date.fromisoformat(text)
        except ValueError:
            problems.append(f'{where}.{name}: must be a date such as "2010-10-01", not {text!r}')
    if not problems and valid_to and valid_to < valid_from:
        problems.append(f"{where}.valid_to: is before valid_from")
    return problems


def twice(where: str, names: Iterable[str]) -> list[str]:
    """Return a problem for each name that occurs more than once."""
    seen: set[str] = set()
    problems = []
    for name in names:
        if name in seen:
            problems.append(f'{where}: "{name}" occurs more than once')
        seen.add(name)
    return problems
