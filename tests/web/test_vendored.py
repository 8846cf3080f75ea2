"""The vendored NHS.UK frontend: the version that the macros are made for, and nothing from a remote host."""

from __future__ import annotations

import re
from importlib.metadata import distribution, version
from pathlib import Path

from packaging.version import Version

from ehiia.web.components import nhs_version

PACKAGE = Path(__file__).parents[2] / "ehiia"
STATIC = PACKAGE / "static"
NAMESPACES = ("http://www.w3.org/",)


def test_its_version_is_the_one_that_the_macros_are_made_for() -> None:
    """The README of nhsuk-frontend-jinja has a table of frontend versions and its own."""
    readme = str(distribution("nhsuk-frontend-jinja").read_text("METADATA"))
    table = re.findall(r"^\| ([\d.]+) \| ([\d.]+) \|$", readme, re.MULTILINE)
    ours = Version(version("nhsuk-frontend-jinja"))
    fitting = [(Version(macros), frontend) for frontend, macros in table if Version(macros) <= ours]
    assert nhs_version() == max(fitting)[1]


def test_every_file_carries_that_version() -> None:
    """The names are kept for ever by browsers, so they must change with the content."""
    names = {path.name for path in (STATIC / "nhsuk").glob("nhsuk-frontend*")}
    assert names == {f"nhsuk-frontend-{nhs_version()}.min.{kind}" for kind in ("css", "js")}
    assert (
        f'version="{nhs_version()}"'
        in (STATIC / "nhsuk" / f"nhsuk-frontend-{nhs_version()}.min.js").read_text()
    )
    assert f"nhsuk-frontend-{nhs_version()}.min.js" in (STATIC / "start.js").read_text()


def test_nothing_is_asked_from_a_remote_host() -> None:
    """No style sheet, script, picture or template names another host."""
    files = [
        path for folder in (STATIC, PACKAGE / "templates") for path in folder.rglob("*") if path.is_file()
    ]
    assert len(files) > 10
    for path in files:
        if path.suffix not in {".css", ".js", ".svg", ".html"}:
            continue
        found = re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text())
        assert [url for url in found if not url.startswith(NAMESPACES)] == [], path.name


def test_every_address_in_a_style_sheet_leads_to_a_file() -> None:
    """An icon that was left behind would be missing without a word."""
    for sheet in STATIC.rglob("*.css"):
        for url in re.findall(r"url\(([^)]+)\)", sheet.read_text()):
            assert (sheet.parent / url).is_file(), url


def test_the_licensed_font_and_the_lozenge_are_not_shipped() -> None:
    """Frutiger and the NHS lozenge are licensed and trade-marked."""
    for path in STATIC.rglob("*"):
        assert "lozenge" not in path.name
        if path.suffix in {".css", ".js", ".svg"}:
            assert "frutiger" not in path.read_text().lower()
    assert "@font-face" not in (STATIC / "nhsuk" / f"nhsuk-frontend-{nhs_version()}.min.css").read_text()
    assert "MIT License" in (STATIC / "nhsuk" / "LICENCE").read_text()


def test_no_template_brings_a_style_or_a_script_of_its_own() -> None:
    """The content policy refuses inline styles, inline scripts and handlers.

    One page is saved and stands alone: it carries its style sheet, with a policy of its own, and no script.
    """
    for path in (PACKAGE / "templates").rglob("*.html"):
        text = path.read_text()
        if path.match("records/twin.html"):
            assert "<script" not in text
            text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style|javascript:", text), path.name
        assert not re.search(r"<script(?![^>]*(\ssrc=|nonce=))", text), path.name
