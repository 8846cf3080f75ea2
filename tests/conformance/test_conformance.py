"""Every file that leaves the house is PDF/UA-1 and PDF/A-3a, before and after signing, and reads well.

The records of the demonstration are judged where it is loaded, in
``tests/demonstration``. What no program can judge is whether the reading makes
sense: somebody has to listen to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from itertools import takewhile
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ehiia.documents.pdf.structure import texts
from tests.conformance import judges
from tests.conformance.candidates import (
    RANDOM,
    RANDOM_DOCUMENTS,
    RANDOM_HEARD,
    RANDOM_SIGNED,
    SIGNED,
    Candidate,
    candidates,
)
from tests.documents.conftest import make_keys
from tests.documents.reading import as_printed
from tests.documents.tagged import reading_of

pytestmark = pytest.mark.slow

CONTROL = "control"


@dataclass(frozen=True)
class Judged:
    """All files with what veraPDF says of them; the control is a plain file without tags."""

    folder: Path
    all: tuple[Candidate, ...]
    verdicts: dict[tuple[Path, str], judges.Verdict]

    def file(self, name: str) -> Path:
        """Return where the file of a name is."""
        return self.folder / f"{name}.pdf"

    def wrong(self, look: Callable[[Candidate], list[str]]) -> list[str]:
        """Return what a look finds wrong, with the name of the file before it."""
        return [f"{one.name}: {said}" for one in self.all for said in look(one)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Make every file and have all of them judged at once."""
    folder = tmp_path_factory.mktemp("conformance")
    made = tuple(candidates(make_keys()))
    files = {one.name: one.pdf for one in made} | {CONTROL: _plain()}
    for name, pdf in files.items():
        (folder / f"{name}.pdf").write_bytes(pdf)
    return Judged(folder, made, judges.verapdf([folder / f"{name}.pdf" for name in files]))


def _plain() -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 72, "plain")
    canvas.save()
    return out.getvalue()


def test_verapdf_finds_nothing_wrong_in_any_file_before_and_after_signing(judged: Judged) -> None:
    assert {name for name, _ in judged.verdicts} == {judged.file(one.name) for one in judged.all} | {
        judged.file(CONTROL)
    }

    def look(one: Candidate) -> list[str]:
        verdicts = [judged.verdicts[judged.file(one.name), profile] for profile in judges.PROFILES]
        assert all(verdict.checks > 100 for verdict in verdicts)
        assert all(verdict.conforms != bool(verdict.failures) for verdict in verdicts)
        return [failure for verdict in verdicts for failure in verdict.failures]

    assert judged.wrong(look) == []


def test_the_files_are_all_those_that_were_promised(judged: Judged) -> None:
    names = [one.name for one in judged.all]
    assert {"empty", "full", "large", "example", "undecided", "audit", "papers"} <= set(names)
    assert {f"{one}-{step}" for one in ("empty", "full", "large", "example") for step in SIGNED} <= set(names)
    assert sum(name.startswith("random-") and name.count("-") == 1 for name in names) == RANDOM == 50
    assert {f"random-{seed:02}-signed" for seed in range(RANDOM_SIGNED)} <= set(names)
    assert "document-0" in names


def test_verapdf_and_the_second_validator_fail_a_plain_file(judged: Judged) -> None:
    control = judged.file(CONTROL)
    for profile in judges.PROFILES:
        assert not judged.verdicts[control, profile].conforms
        assert len(judged.verdicts[control, profile].failures) > 3
    assert len(judges.second_opinion(control)) > 3


def test_the_second_validator_finds_nothing_wrong_either(judged: Judged) -> None:
    assert judged.wrong(lambda one: judges.second_opinion(judged.file(one.name))) == []


def test_qpdf_finds_no_fault_in_the_syntax(judged: Judged) -> None:
    assert judged.wrong(lambda one: judges.complaints_of_qpdf(judged.file(one.name))) == []


def test_every_text_is_read_out_once_and_in_order(judged: Judged, tmp_path: Path) -> None:
    """Of a file that was signed and closed too: signing adds to a file and takes nothing from its tags."""
    assert sum(one.heard for one in judged.all) > RANDOM_HEARD + RANDOM_DOCUMENTS + 5

    def look(one: Candidate) -> list[str]:
        if not one.heard:
            return []
        said = "".join(as_printed(text) for text in texts(one.document))
        heard = reading_of(one.pdf, tmp_path)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(said, heard, strict=False)))
        here = slice(same, same + 40)
        return [] if heard == said else [f"instead of {said[here]!r} there is {heard[here]!r}"]

    assert judged.wrong(look) == []
