"""The auditor's room: the application writes there and never reads. See also tests/web/test_packs.py."""

from __future__ import annotations

import ast

from tests.house.tree import HOME, tracked

KNOW = {"ehiia/services/audit_reports.py", "ehiia/services/pack_work.py"}
"""The one says whether there is a room, the other writes to it."""


def test_only_what_writes_a_pack_knows_where_the_room_is() -> None:
    found = set()
    for path in tracked("ehiia/*.py"):
        tree = ast.parse((HOME / path).read_text(encoding="utf-8"))
        if any(isinstance(node, ast.Attribute) and node.attr == "audits" for node in ast.walk(tree)):
            found.add(path.as_posix())
    assert found == KNOW, "nothing but pack_work.do_pack may use the auditor's room, and only to write"


def test_what_writes_a_folder_cannot_read() -> None:
    tree = ast.parse((HOME / "ehiia/files/folders.py").read_text(encoding="utf-8"))
    reads = {"read_bytes", "read_text", "read", "iterdir", "glob", "rglob", "scandir", "listdir", "walk"}
    assert not reads & {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
