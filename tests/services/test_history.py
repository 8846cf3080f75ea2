"""The history in sentences, and its chain."""

from __future__ import annotations

import ast
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

import ehiia
from ehiia.domain.workflow import MOVES
from ehiia.extensions import db
from ehiia.services import history
from ehiia.services.transaction import note, transaction
from tests import people

SERVICES = Path(ehiia.__file__).parent / "services"


def verbs() -> set[str]:
    """Return every verb that a service notes, read from the code."""
    found: set[str] = set()
    for path in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note":
                given = node.args[1]
                if isinstance(given, ast.JoinedStr):
                    assert ast.unparse(given) == "f'move_{name}'"
                    found |= {f"move_{move.name}" for move in MOVES}
                else:
                    found |= {
                        n.value
                        for n in ast.walk(given)
                        if isinstance(n, ast.Constant) and isinstance(n.value, str)
                    }
    return found


def test_every_verb_has_a_sentence() -> None:
    found = verbs()
    assert "started" in found
    assert found - set(history.SENTENCES) == set()


@pytest.mark.parametrize("verb", sorted(history.SENTENCES))
def test_every_sentence_can_be_told_without_particulars(verb: str) -> None:
    told = history.sentence(verb, {}, "Amina Hassan")
    assert told.startswith("Amina Hassan ")
    assert len(told) > len("Amina Hassan ")


def test_sentences_use_the_words_of_the_page() -> None:
    for verb, body, expected in (
        ("answers_changed", {"about": "age", "questions": ["a", "b"]}, "Amina changed 2 answers about age"),
        ("answers_changed", {"about": "", "questions": ["a"]}, "Amina changed 1 answer"),
        ("answers_changed", {"mitigation": {"added": "M-1"}}, "Amina changed the mitigating action M-1"),
        ("invited", {"name": "Helen", "part": "contributor"}, "Amina named Helen as contributor"),
        (
            "review_moved",
            {"from_on": "2026-11-27", "to_on": "2026-12-01"},
            "Amina moved the review from Friday 27 November 2026 to Tuesday 1 December 2026",
        ),
        ("move_pass_check", {}, "Amina passed the check; this version is frozen for the decision"),
    ):
        assert history.sentence(verb, body, "Amina") == expected
    assert history.sentence("reminded", {"people": [1]}, None) == "The service reminded 1 person"


def test_the_chain_holds_and_a_changed_row_is_found(inside: Flask, now: datetime) -> None:
    cast = people.gather(now)
    assert history.verify_chain(cast.organisation_id) == []
    with transaction() as session:
        note(session, "commented", organisation_id=cast.other_id, subject="assessment:1", by=None, at=now)
        on = "session_replication_role = replica"
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL {on}"))
        else:
            session.execute(text("DROP TRIGGER history_refuses_update"))
        session.execute(text("UPDATE history SET verb = 'read_version' WHERE verb = 'commented'"))
    db.session.expire_all()
    broken = history.verify_chain(cast.other_id)
    assert [one.what for one in broken] == ["was changed"]
    assert history.verify_chain(cast.organisation_id) == []


def test_the_command_says_which_chain_does_not_hold(app: Flask, now: datetime) -> None:
    with app.app_context():
        people.gather(now)
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert result.exit_code == 0
    assert "Suffolk and North East Essex: holds" in result.output
