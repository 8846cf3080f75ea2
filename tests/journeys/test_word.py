"""Amina sends the form out in Word, gives it back and takes what she wants; also without a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehiia import clock
from ehiia.documents.word.read import read
from tests import factories
from tests.journeys.conftest import Town
from tests.journeys.person import Person
from tests.typing_in_word import typed, without_controls, without_origin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
]


@pytest.fixture
def ref(town: Town) -> str:
    with town.inside():
        return factories.answered(town.cast, clock.now(), worse=True)


def downloaded(amina: Person, ref: str, folder: Path) -> Path:
    amina.goes_to(f"/a/{ref}")
    amina.follows("Work in Word")
    with amina.page.expect_download() as download:
        amina.page.get_by_role("button", name="Download with the answers so far").or_(
            amina.page.get_by_role("link", name="Download with the answers so far")
        ).first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_word_out_and_word_in(town: Town, ref: str, tmp_path: Path, script: bool) -> None:
    amina = town.enter("amina", script=script)
    amina.signs_in()
    path = downloaded(amina, ref, tmp_path)
    assert path.name == f"{ref}.docx"
    before = path.read_bytes()
    assert read(before).values["/problem"]
    path.write_bytes(typed(before, {"/problem": "Written at a partner's desk.", "/money": "I do not know"}))
    amina.page.get_by_label("The form you filled in").set_input_files(path)
    amina.presses("See what would change")
    amina.sees("2 answers differ")
    amina.sees("is not one of the answers that can be chosen")
    amina.presses("Take over what is ticked")
    amina.sees("1 answer taken over from Word")
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.sees("Written at a partner's desk.")


def test_a_damaged_file_loses_nothing_and_is_explained(town: Town, ref: str, tmp_path: Path) -> None:
    amina = town.enter("amina")
    amina.signs_in()
    path = downloaded(amina, ref, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    amina.page.get_by_label("The form you filled in").set_input_files(path)
    amina.is_refused("See what would change", "is damaged")
    altered = typed(
        without_origin(without_controls(whole, "/options")), {"/problem": "Somebody's own words."}
    )
    path.write_bytes(altered)
    amina.page.get_by_label("The form you filled in").set_input_files(path)
    amina.presses("See what would change")
    amina.sees("1 field of this assessment is not in the file")
    amina.sees("The file no longer says which answers it was made from")
    amina.is_refused("Take over what is ticked", "Tick the answers that you want to take over")
    amina.ticks("Take over what stands in Word")
    amina.presses("Take over what is ticked")
    amina.goes_to(f"/a/{ref}/section/proposal")
    amina.sees("Somebody's own words.")
