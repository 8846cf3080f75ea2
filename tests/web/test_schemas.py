"""The published JSON Schema says exactly what the data of a record is, and the data can be read back."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from ehiia.content import example, schemas
from ehiia.domain.decision import SCHEMA, DecisionRecord
from ehiia.services.freezing import thaw_record
from tests.documents.everything import full_record
from tests.documents.large import large_record
from tests.documents.records import small_record

TEXT = st.text(max_size=8)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    content = schemas.named(schemas.DECISION_RECORD)
    assert content is not None
    found: dict[str, Any] = json.loads(content)
    return found


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _values(kind: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Return any value of the type of a field."""
    given_types = typing.get_args(kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return st.one_of([_values(one, name) for one in given_types if one is not type(None)]) | st.none()
    if typing.get_origin(kind) is tuple:
        return st.lists(_values(given_types[0], name), max_size=1).map(tuple)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{one.name: _values(hints[one.name], one.name) for one in fields(kind)})  # type: ignore[arg-type]
    if name.endswith("sha256"):
        return st.binary(min_size=32, max_size=32).map(bytes.hex)
    return {str: TEXT, int: st.integers(), bool: st.booleans(), date: st.dates(), datetime: MOMENTS}[kind]


@pytest.mark.parametrize(
    "record", [small_record(), large_record(), full_record()], ids=["small", "large", "full"]
)
def test_a_record_is_valid_and_read_back_as_it_was(
    record: DecisionRecord, validator: Draft202012Validator
) -> None:
    validator.validate(json.loads(record.canonical()))
    assert thaw_record(record.canonical()) == record
    assert thaw_record(record.canonical()).canonical() == record.canonical()


def test_the_example_of_the_demonstration_is_valid(validator: Draft202012Validator) -> None:
    """It was frozen before fields were added, and is valid all the same."""
    validator.validate(json.loads(example.text()))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(_values(DecisionRecord))
def test_any_record_is_valid_and_read_back_byte_for_byte(
    validator: Draft202012Validator, record: DecisionRecord
) -> None:
    text = record.canonical()
    validator.validate(json.loads(text))
    assert thaw_record(text).canonical() == text


def _dataclasses(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    for inner in typing.get_args(kind):
        _dataclasses(inner, found)
    if is_dataclass(kind) and kind.__name__ not in found:  # type: ignore[union-attr]
        found[kind.__name__] = kind  # type: ignore[union-attr]
        for hint in typing.get_type_hints(kind).values():
            _dataclasses(hint, found)
    return found


def test_each_field_of_a_record_stands_in_the_schema_and_nothing_else_does(schema: dict[str, Any]) -> None:
    """Whoever adds a field adds it here too, with words that say what it is."""
    kinds = _dataclasses(DecisionRecord, {})
    assert set(kinds) == (set(schema["$defs"]) - {"moment", "digest"}) | {"DecisionRecord"}
    for name, kind in kinds.items():
        described = schema if name == "DecisionRecord" else schema["$defs"][name]
        own = {"schema", "type"} if name == "DecisionRecord" else set()
        assert set(described["properties"]) - own == {one.name for one in fields(kind)}, name
        needed = {one.name for one in fields(kind) if one.default is MISSING}
        assert set(described["required"]) - own == needed, name
        assert described["additionalProperties"] is False


def test_what_a_record_never_has_is_refused(validator: Draft202012Validator) -> None:
    content = json.loads(small_record().canonical())
    validator.validate(content)
    for broken in (
        content | {"note": "more"},
        content | {"edition": "1"},
        content | {"type": "AuditReport"},
        content | {"snapshot": content["snapshot"] | {"colour": "blue"}},
        content | {"snapshot": content["snapshot"] | {"frozen_at": "yesterday"}},
        {name: value for name, value in content.items() if name != "code"},
    ):
        with pytest.raises(ValidationError):
            validator.validate(broken)


def test_the_data_names_its_schema(schema: dict[str, Any]) -> None:
    assert json.loads(small_record().canonical())["schema"] == schema["$id"] == SCHEMA


def test_anybody_gets_the_schema_at_an_address_that_stays(client: FlaskClient) -> None:
    answer = client.get("/schemas/decision-record-1.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/schema+json"
    assert json.loads(answer.data)["$id"] == SCHEMA
    again = client.get("/schemas/decision-record-1.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/schemas/decision-record-2.json").status_code == 404
