"""Somebody outside holds a record in their hands, and asks whether it still counts."""

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from ehiia import clock
from ehiia.services import recorded, sealing
from ehiia.services.transaction import read
from tests import factories
from tests.journeys.conftest import Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

DROP = """([form, content]) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], "record.pdf", { type: "application/pdf" }));
  form.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


def signed_record(town: Town) -> tuple[str, str, bytes]:
    """Return reference, code and file of a record. Not in this thread: the browser runs in it."""

    def make() -> tuple[str, str, bytes]:
        with town.inside():
            _, row = factories.decided(town.cast, clock.now() - timedelta(days=1), worse=True)
            sealing.seal_record(row.id, now=clock.now())
            pdf = sealing.signed_files().get(recorded.find_record(ref=row.ref).files[-1].storage_key)
            read().rollback()
            return row.ref, row.code, pdf

    with ThreadPoolExecutor(1) as aside:
        return aside.submit(make).result()


def test_anybody_verifies_by_dropping_a_file_by_its_code_and_by_its_reference(
    town: Town, tmp_path: Path
) -> None:
    ref, code, pdf = signed_record(town)
    file = tmp_path / "record.pdf"
    file.write_bytes(pdf)

    stranger = town.enter("stranger", script=False, narrow=True)
    stranger.goes_to("/verify")
    stranger.is_at("Verify a record")
    stranger.writes("Code or reference", f"{code[:4].lower()}-{code[4:8]} {code[8:]}")
    stranger.presses("See how it stands")
    stranger.is_at("Current")
    stranger.sees(ref)
    stranger.follows("Check the file")
    stranger.hands_over("Signed PDF", file)
    stranger.presses("Check this file")
    stranger.is_at("This record is intact")
    stranger.follows("Verify a record")
    stranger.writes("Code or reference", ref)
    stranger.presses("See how it stands")
    stranger.is_at("Unknown here")
    stranger.does_not_see(ref)
    stranger.desk.expect_error("status of 404")

    other = town.enter("other")
    other.goes_to("/verify")
    form = other.page.locator("form[data-drop]").element_handle()
    other.page.evaluate(DROP, [form, b64encode(pdf).decode()])
    other.presses("Check this file")
    other.is_at("This record is intact")
    other.sees("Signature of Carol Whitfield")
    other.goes_to("/guidance/checking-a-record")
    other.is_at("How to check a record without us")
