"""The file of an organisation, and settings that come and go as plain values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ehiia.content.load import HERE
from ehiia.content.organisation import OrganisationSettings, organisation_file, settings_from
from ehiia.content.reading import ContentError
from ehiia.domain.vocabulary import LegalStatus

EXAMPLE = HERE / "organisation.example.toml"


def problems(folder: Path, old: str, new: str) -> tuple[str, ...]:
    """Change the example and return what is then wrong with it."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "organisation.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        organisation_file(path)
    return caught.value.problems


def test_the_example_has_three_alliances_a_board_that_decides_and_local_groups() -> None:
    read = organisation_file(EXAMPLE)
    assert len(read.places) == 3
    assert any(body.decides for body in read.bodies)
    assert {group.legal_status for group in read.groups} == {LegalStatus.POLICY}
    assert read.settings == OrganisationSettings()


def test_an_organisation_without_settings_has_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "organisation.toml"
    path.write_text('code = "X"\nname = "X Board"\nref_prefix = "X"\n', encoding="utf-8")
    assert organisation_file(path).settings == OrganisationSettings()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('ref_prefix = "EHIIA"', 'ref_prefix = "ehiia/"', "ref_prefix: capital letters and digits only"),
        (
            'name = "Suffolk and North East Essex Integrated Care Board"',
            'name = ""',
            "name: must not be empty",
        ),
        ('valid_from = "2022-07-01"', 'valid_from = "soon"', "the organisation.valid_from: must be a date"),
        ('code = "WS", name', 'code = "NEE", name', 'places: "NEE" occurs more than once'),
        ('name = "Finance"', 'name = ""', "directorates FIN: code and name must not be empty"),
        ('code = "fishing"', 'code = "race"', 'group race.code: "race" is a national group already'),
        ('legal_status = "policy"', 'legal_status = "protected"', "is a policy choice"),
        ("low = 3", "low = 12", "settings.bands: the borders must rise"),
        ("medium = 12", "medium = 0", "settings.review_months: a review interval is 1 to 60 months"),
        ("before = [30, 7, 1]", "before = [0]", "settings.notices: days before must be 1 or more"),
        (
            "director_agrees = true",
            'director_agrees = "yes"',
            "settings.director_agrees: must be true or false",
        ),
        ("weekly_every = 7", "weekly = 7", 'settings.notices: unknown key "weekly"'),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = problems(tmp_path, old, new)
    assert any(problem in text for text in found), found


def test_settings_survive_the_way_through_json() -> None:
    settings = settings_from({"director_agrees": False, "review_months": {"high": 3}})
    assert settings.review_months.high == 3
    assert settings.review_months.medium == 12
    assert settings_from(json.loads(json.dumps(settings.plain()))) == settings


def test_settings_nobody_knows_are_refused() -> None:
    with pytest.raises(ContentError, match='unknown key "colour"'):
        settings_from({"colour": "blue"})
