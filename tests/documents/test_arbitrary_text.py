"""Whatever people type, the record can be laid out; whatever file comes, verifying answers."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import Signatory
from ehiia.documents.signing.seal import certify, sign
from ehiia.documents.signing.verify import verify
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.frozen import Answered, Person
from tests.documents.conftest import NOW, Keys, Steps
from tests.documents.reading import as_printed
from tests.documents.records import small_record
from tests.documents.tagged import reading_of

TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=80),
    st.sampled_from(["", " ", "\n\n", "</para>", "<b", "&#0;", "x" * 2500, "(a\\", "%\x00", "W\u0302" * 40]),
)
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(QUICK, max_examples=400)


def _record(text: str, other: str) -> DecisionRecord:
    record = small_record()
    snapshot, group = record.snapshot, record.snapshot.groups[0]
    impact = replace(group.impacts[0], reason=text, direction_label=other, justification=other)
    impact = replace(impact, band_before=text, severity_after=other)
    return replace(
        record,
        reference=other,
        snapshot=replace(
            snapshot,
            title=text,
            organisation=other,
            summary=text,
            places=(text, other),
            authors=(Person(text, other),),
            groups=(replace(group, label=text, impacts=(impact,)),),
            evidence=(replace(snapshot.evidence[0], shows=text, title=other),),
            mitigations=(replace(snapshot.mitigations[0], what=text, owner=other),),
            conclusion_reasons=(Answered("q", text, (other, text)),),
        ),
        decision=replace(record.decided, reasons=text, conditions=other, members_present=(text, other)),
        check=replace(record.check, late=True, late_note=text),
        duties=(text, other),
    )


def _lays_out(text: str, other: str) -> None:
    pdf = lay_out(_record(text, other), signatories=(Signatory("Somebody", text, other),))
    assert pdf.startswith(b"%PDF-1.7")


@QUICK
@given(TEXTS, TEXTS)
def test_any_text_can_be_laid_out(text: str, other: str) -> None:
    _lays_out(text, other)


@pytest.mark.slow
@LONG
@given(TEXTS, TEXTS)
def test_any_text_can_be_laid_out_many_times(text: str, other: str) -> None:
    _lays_out(text, other)


@QUICK
@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0xFFFF), min_size=1))
def test_any_reason_is_read_out(text: str) -> None:
    record = small_record()
    pdf = lay_out(replace(record, decision=replace(record.decided, reasons=text)), signatories=())
    with tempfile.TemporaryDirectory() as folder:
        assert as_printed(text) in reading_of(pdf, Path(folder))


@QUICK
@given(TEXTS, TEXTS, TEXTS)
@example("", "\x00", "")
@example("فاطمة الزهراء", "প্রধান", "Decided at https://example.org/minutes")
def test_anybody_can_sign_for_any_reason(keys: Keys, name: str, role: str, reason: str) -> None:
    person = Signatory("Somebody", name, role)
    pdf = lay_out(small_record(), signatories=(person,))
    pdf = certify(pdf, seal=keys.seal, issuer=keys.root.certificate, now=NOW)
    pdf = sign(pdf, field="Somebody", signatory=person, authority=keys.root, now=NOW, reason=reason)
    assert verify(pdf, trusted=(keys.root.certificate,)).intact


@QUICK
@given(st.binary(max_size=2000), st.booleans())
def test_any_bytes_are_answered(content: bytes, headed: bool) -> None:
    found = verify(b"%PDF-1.7\n" * headed + content, trusted=())
    assert not found.intact
    assert found.words()


def _damaged(steps: Steps, keys: Keys, place: float, length: int, rubbish: bytes) -> None:
    at = int(place * (len(steps.signed) - 1))
    broken = steps.signed[:at] + rubbish + steps.signed[at + length :]
    found = verify(broken, trusted=(keys.root.certificate,))
    assert found.words()
    if found.intact:
        assert found.sha256 == verify(steps.signed, trusted=()).sha256 or _only_padding(steps.signed, broken)


def _only_padding(good: bytes, other: bytes) -> bool:
    """Say whether two files differ only in the room left over behind a signature, which nothing covers."""
    changed = [place for place, (a, b) in enumerate(zip(good, other, strict=False)) if a != b]
    return len(good) == len(other) and all(good[place : place + 1] == b"0" for place in changed)


DAMAGE = st.tuples(st.floats(0, 1), st.integers(0, 300), st.binary(max_size=300))
"""Where (as a part of the file), how many bytes are taken out, and what is put there instead."""


@QUICK
@given(DAMAGE)
def test_any_damage_is_answered_and_found(steps: Steps, keys: Keys, damage: tuple[float, int, bytes]) -> None:
    _damaged(steps, keys, *damage)


@pytest.mark.slow
@LONG
@given(DAMAGE)
def test_much_damage_is_answered_and_found(
    steps: Steps, keys: Keys, damage: tuple[float, int, bytes]
) -> None:
    _damaged(steps, keys, *damage)
