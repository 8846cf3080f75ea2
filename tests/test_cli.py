"""Commands say in a sentence what is wrong."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_set_of_questions_that_is_not_there_is_explained(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["questions", "publish", "nothing", "7"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "nothing-v7.toml" in done.output
