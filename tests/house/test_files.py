"""House tests about files: length, secrets, reasons, promises."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import HOME, tracked

LONGEST = 400
ENTRY = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)
NO_TEXT = {".ttf", ".png", ".woff2", ".ico", ".pdf"}


def test_a_file_above_400_lines_gives_its_reason() -> None:
    silent = []
    for path in tracked("ehiia/*.py", "tests/*.py", "wsgi.py"):
        text = (HOME / path).read_text(encoding="utf-8")
        reason = "Long because" in (ast.get_docstring(ast.parse(text)) or "")
        if text.count("\n") > LONGEST and not reason:
            silent.append(f"{path} has {text.count(chr(10))} lines")
    assert not silent, "split it, or say 'Long because ...' in its docstring: " + "; ".join(silent)


def test_the_domain_imports_the_standard_library_only() -> None:
    foreign = []
    for path in tracked("ehiia/domain/*.py"):
        for node in ast.walk(ast.parse((HOME / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            foreign += [
                f"{path} imports {name}"
                for name in names
                if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("ehiia.domain")
            ]
    assert not foreign


def test_the_domain_loads_no_flask() -> None:
    program = (
        "import importlib, pkgutil, sys, ehiia.domain as domain\n"
        "for module in pkgutil.iter_modules(domain.__path__):\n"
        "    importlib.import_module('ehiia.domain.' + module.name)\n"
        "print(*sorted({'flask', 'sqlalchemy', 'wtforms', 'reportlab'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""


@pytest.mark.parametrize("room", ["instance", "audits"])
def test_nothing_secret_is_tracked(room: str) -> None:
    allowed = re.compile(rf"{room}/README\.md|audits/example-pack/.*")
    strangers = [str(path) for path in tracked(room) if not allowed.fullmatch(path.as_posix())]
    assert not strangers
    assert (HOME / room / "README.md").is_file()


def test_no_private_key_is_tracked() -> None:
    mark = "-----BEGIN " + "PRIVATE KEY-----"
    encrypted = mark.replace("PRIVATE", "ENCRYPTED PRIVATE")
    for path in tracked():
        content = (HOME / path).read_bytes()
        assert mark.encode() not in content, path
        assert encrypted.encode() not in content, path


# -- dependencies ------------------------------------------------------------------------------


def test_every_dependency_has_a_reason_on_the_line_above() -> None:
    without = []
    section = previous = ""
    for line in (HOME / "setup.cfg").read_text(encoding="utf-8").splitlines():
        section = line if line.startswith("[") else section
        asked = section in ("[options]", "[options.extras_require]") and line.startswith("    ")
        if asked and not line.startswith("    #") and not previous.startswith("    # "):
            without.append(line.strip())
        previous = line
    assert not without, f"say why it is needed on the line above: {without}"


def declared() -> set[str]:
    """Return the name of every package setup.cfg asks for, extras included."""
    setup = configparser.ConfigParser()
    setup.read(HOME / "setup.cfg", encoding="utf-8")
    lists = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    lines = [line.strip() for text in lists for line in text.splitlines()]
    return {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}


def test_the_locked_lists_hold_what_setup_cfg_asks_for() -> None:
    locked = (HOME / "requirements-test.txt").read_text(encoding="utf-8")
    names = {canonicalize_name(name) for name, _ in ENTRY.findall(locked)}
    assert declared() <= names, "run `make lock`"


def test_running_and_testing_use_the_same_versions() -> None:
    running, testing = (
        dict(ENTRY.findall((HOME / name).read_text(encoding="utf-8")))
        for name in ("requirements.txt", "requirements-test.txt")
    )
    assert running
    assert {name: testing.get(name) for name in running} == running, "run `make lock`"


def test_the_locked_lists_name_no_index_and_no_machine() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (HOME / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|--index-url|--find-links|/(?:home|root|work|opt)/", text), name


# -- the project speaks of itself alone --------------------------------------------------------


def test_nothing_speaks_of_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"/" + r"(?:work|root|tmp|home/\w+)/|" + r"\.\./" + "shared")
    speaks = [
        str(path)
        for path in tracked()
        if path.suffix not in NO_TEXT
        and not path.as_posix().startswith("ehiia/static/nhsuk/")
        and machine.search((HOME / path).read_text(encoding="utf-8"))
    ]
    assert not speaks


# -- promises ----------------------------------------------------------------------------------

TEST_ID = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`")


def test_acceptance_documents_name_only_tests_that_exist() -> None:
    wrong = []
    for document in tracked("docs/acceptance/*.md"):
        named = TEST_ID.findall((HOME / document).read_text(encoding="utf-8"))
        assert named, f"{document} names no test"
        for file, test in named:
            path = HOME / file
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            if not text or (test and not re.search(rf"^\s*(?:async )?def {test}\(", text, re.MULTILINE)):
                wrong.append(f"{document}: {file}::{test}")
    assert not wrong


def test_every_test_file_is_collected() -> None:
    """A file of tests whose name does not begin with test_ would never run."""
    lost = [
        str(path)
        for path in tracked("tests/*.py")
        if not path.name.startswith("test_")
        and re.search(r"^def test_", (HOME / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert not lost


def test_no_test_is_skipped() -> None:
    """What cannot run because something is missing must fail with a sentence."""
    words = re.compile(r"pytest\.(skip|importorskip)|mark\.skip" + r"(if)?\b|mark\.xfail")
    skips = [
        str(path)
        for path in tracked("tests/*.py")
        if path.name != "test_files.py" and words.search((HOME / path).read_text(encoding="utf-8"))
    ]
    assert not skips
