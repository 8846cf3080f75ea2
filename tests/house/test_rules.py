"""House tests about rules: each has an id, words, a line in docs/rules.md, and tests of both kinds."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from ehiia.content.rules import document, rules
from ehiia.domain.selfcheck import RULES
from tests.house.tree import HOME

_ID = re.compile(r"(?<![A-Z\d-])[A-Z]{2,3}-\d\d(?!\d)")
"""What looks like the id of a rule, of a family that is known or not."""
NO_RULES = {"UTF-16"}

OPTIONS = "--collect-only -q -p no:cacheprovider -p tests.house.marked -m rule"


def in_the_code() -> set[str]:
    """Return the ids of rules that stand in the code, in any room."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (HOME / "ehiia").rglob("*.py"))
    return set(_ID.findall(code)) - NO_RULES


def test_every_rule_of_the_code_has_its_words_and_the_other_way_round() -> None:
    assert in_the_code() == set(rules())
    assert set(RULES) == {name for name in rules() if name.startswith("QC-")}


def test_the_list_of_rules_is_current() -> None:
    written = (HOME / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == document(), "run `.venv/bin/flask --app wsgi docs rules`"


def test_every_rule_has_a_test_that_fires_it_and_one_that_does_not() -> None:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS.split(), "tests/domain", "tests/services"],
        cwd=HOME,
        capture_output=True,
        check=True,
        text=True,
    )
    line = next(one for one in collected.stdout.splitlines() if one.startswith("MARKED "))
    marked = {(rule, fires) for rule, fires in json.loads(line.removeprefix("MARKED "))}
    assert marked == {(rule, fires) for rule in rules() for fires in (True, False)}
