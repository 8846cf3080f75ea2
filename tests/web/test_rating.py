"""Rating: for how many, for how long, could it be undone; on the scale an assessment began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import (
    Band,
    Claim,
    Dimension,
    InPlace,
    Likelihood,
    Severity,
    Stage,
    Verdict,
)
from ehiia.services import audits, mitigations, organisations
from ehiia.services.answered import answers_of
from ehiia.services.answering import Given, GivenImpact, save_page
from ehiia.services.mitigations import Promise
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.store.assessments import Assessment
from tests import factories, writing
from tests.people import Cast
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import chosen, fill


@pytest.fixture
def ref(app: Flask, cast: Cast, now: datetime) -> str:
    with app.app_context():
        return writing.writing(cast, now)


def four_by_four(cast: Cast, now: datetime) -> None:
    """Farah chooses four by four for what is started from now on."""
    here = organisations.get(cast.organisation_id)
    settings = replace(
        organisations.settings_of(here), scale="4x4", band_low_to=3, band_medium_to=6, band_high_to=9
    )
    organisations.change(
        here.id, name=here.name, settings=settings, revision=here.revision, by=cast.farah, now=now
    )


def test_how_many_how_long_and_whether_it_can_be_undone_are_saved_and_shown(
    app: Flask, ref: str, as_: Browsers
) -> None:
    amina = as_("amina")
    path = f"/a/{ref}/group/disability"
    fill(amina, path, {"affected": "yes"})
    typed = {f"access-{name}": str(value) for name, value in writing.WORSE.items()}
    assert fill(amina, path, typed).status_code == 303
    page = soup(amina.get(path))
    assert chosen(page, "access-number_affected") == ["hundreds"]
    assert chosen(page, "access-duration") == ["years"]
    assert chosen(page, "access-reversible") == ["partly"]
    text = words(amina.get(f"/a/{ref}/check-answers"))
    assert "About how many: 100 to 999 people" in text
    assert "For how long: Years" in text
    assert "Could it be undone: Partly" in text
    assert "100 to 999 people" in words(amina.get(f"/a/{ref}/matrix"))


def test_an_effect_is_rated_on_its_page_and_in_the_matrix(app: Flask, ref: str, as_: Browsers) -> None:
    amina = as_("amina")
    risk = {"likelihood_before": "5", "severity_before": "4", "likelihood_after": "2", "severity_after": "2"}
    typed = {f"q-core20_areas-{name}": degree for name, degree in risk.items()}
    typed |= {"q-core20_areas-direction": "worse", "q-core20_areas-reason": "Fewer buses."}
    assert fill(amina, f"/a/{ref}/section/core20", typed).status_code == 303
    assert chosen(soup(amina.get(f"/a/{ref}/section/core20")), "q-core20_areas-likelihood_before") == ["5"]
    text = words(amina.get(f"/a/{ref}/matrix"))
    assert "Core20: the most deprived fifth" in text
    assert "before action: very high (20)" in text
    assert "after action: medium (4)" in text
    assert factories_worst(app, ref) is Band.MEDIUM


def factories_worst(app: Flask, ref: str) -> Band | None:
    with app.app_context():
        return factories.current(ref).worst_left


def test_a_new_assessment_is_rated_on_the_scale_chosen_since_and_the_old_one_keeps_its_own(
    app: Flask, cast: Cast, ref: str, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        four_by_four(cast, now)
        newer = writing.writing(cast, now)
    amina = as_("amina")
    for one, path, most in ((ref, "group/disability", 5), (newer, "group/disability", 4)):
        fill(amina, f"/a/{one}/{path}", {"affected": "yes"})
        page = soup(amina.get(f"/a/{one}/{path}"))
        options = page.select("#access-severity_before option")
        assert [option["value"] for option in options] == ["", *(str(n) for n in range(1, most + 1))]
    typed = {f"access-{name}": str(value) for name, value in writing.WORSE.items()}
    fill(amina, f"/a/{newer}/group/disability", typed)
    said = words(amina.get(f"/a/{newer}/group/disability"))
    assert "Almost certain × major is 12, very high. After action, possible × moderate is 4, medium." in said
    assert "from 1 to 16" in words(amina.get(f"/a/{newer}/matrix"))
    assert "from 1 to 25" in words(amina.get(f"/a/{ref}/matrix"))


def test_new_bands_leave_the_bands_of_a_begun_assessment_alone(
    app: Flask, cast: Cast, ref: str, now: datetime
) -> None:
    with app.app_context():
        writing.affected(ref, cast, now, access=writing.WORSE)
        four_by_four(cast, now)
        save_page(ref, answers={"problem": Given("Long waits.")}, by=cast.amina, now=now)
        writing.affected(ref, cast, now, access=writing.WORSE | {"reason": "Again."})
        assert factories.current(ref).worst_left is Band.MEDIUM
        assert factories.current(ref).band_high_to == 16


def test_a_degree_beyond_the_scale_is_refused(app: Flask, cast: Cast, now: datetime) -> None:
    with app.app_context():
        four_by_four(cast, now)
        newer = writing.writing(cast, now)
        beyond = GivenImpact({"direction": "worse", "likelihood_before": 5, "severity_before": 1})
        with pytest.raises(Invalid, match="scale"):
            save_page(
                newer,
                subject="disability",
                answers={},
                impacts={Dimension.ACCESS: beyond},
                by=cast.amina,
                now=now,
            )
        assert answers_of(read(), factories.current(newer)).impacts == ()


def test_farah_chooses_the_scale_and_bands_must_fit_it(app: Flask, as_: Browsers) -> None:
    farah = as_("farah")
    page = words(farah.get("/organisation/settings"))
    assert "Four by four" in page
    assert "An assessment keeps the scale and the bands it began with" in page
    refused = fill(farah, "/organisation/settings", {"scale": "4x4"})
    assert refused.status_code == 400
    assert "rising scores between 1 and 15" in words(refused)
    fitting = {"scale": "4x4", "band_low_to": "3", "band_medium_to": "6", "band_high_to": "9"}
    assert fill(farah, "/organisation/settings", fitting).status_code == 303
    assert chosen(soup(farah.get("/organisation/settings")), "scale") == ["4x4"]
    assert fill(farah, "/organisation/settings", {"scale": "9x9"}).status_code == 400


def test_paper_and_record_show_the_ratings_of_groups_and_effects_in_words(
    app: Flask, cast: Cast, now: datetime
) -> None:
    from ehiia.domain import paper
    from ehiia.domain.decision import canonical
    from ehiia.domain.glance import glance
    from ehiia.services.freezing import snapshot_of, thaw_snapshot

    with app.app_context():
        ref = factories.answered(cast, now, worse=True)
        worse = {
            "direction": "worse",
            "reason": "Fewer buses.",
            "likelihood_before": "4",
            "severity_before": "5",
            "likelihood_after": "3",
            "severity_after": "5",
            "justification": "No other bus.",
        }
        revision = 1
        save_page(ref, answers={"core20_areas": Given(worse, revision)}, by=cast.amina, now=now)
        snapshot = snapshot_of(read(), factories.current(ref), now=now)
    assert thaw_snapshot(canonical(snapshot)) == snapshot
    assert (snapshot.worst_before, snapshot.worst_after, snapshot.scale) == (
        "Very high",
        "High",
        "Five by five",
    )
    first, second = paper.harms(snapshot)
    assert (first.who, first.before, first.after) == (
        "Core20: the most deprived fifth",
        "very high (likely × severe, 20 of 25)",
        "high (possible × severe, 15 of 25)",
    )
    assert (second.number, second.duration, second.reversible) == ("100 to 999 people", "Years", "Partly")
    found = {row.label: row for row in glance(snapshot).effect_rows}
    assert found["Core20: the most deprived fifth"].cell.details == (
        "before action: very high (20 of 25)",
        "after action: high (15 of 25)",
    )
    assert any(row.cell.direction == "same" for row in found.values())


def test_an_action_that_does_not_work_brings_the_risk_of_an_effect_back(
    app: Flask, cast: Cast, now: datetime
) -> None:
    with app.app_context():
        ref = factories.answered(cast, now)
        worse = {
            "direction": "worse",
            "reason": "Fewer buses.",
            "likelihood_before": "4",
            "severity_before": "5",
            "likelihood_after": "1",
            "severity_after": "5",
        }
        save_page(ref, answers={"core20_areas": Given(worse, 1)}, by=cast.amina, now=now)
        promise = Promise(
            what="A minibus.",
            owner_id=cast.helen,
            due_on=date(2026, 3, 1),
            measure="Rides",
            in_place=InPlace.BEFORE,
            likelihood=Likelihood(1),
            severity=Severity(5),
            answers=(("core20_areas", "overall"),),
        )
        action = mitigations.add(ref, promise, by=cast.amina, now=now).ref
        assert factories.current(ref).worst_left is Band.MEDIUM
        read().rollback()
        with transaction() as session:  # a short cut to a stage that other services reach
            session.query(Assessment).filter_by(ref=ref).one().stage = Stage.IN_FORCE
        mitigations.claim(action, Claim.DONE, note_text="It runs.", by=cast.helen, now=now)
        audits.give_verdict(
            action, verdict=Verdict.NOT_WORKING, found="Empty.", proof=None, by=cast.dev, now=now
        )
        assert factories.current(ref).worst_left is Band.VERY_HIGH
