"""The pages of publishing a record: how, what is left out, what was looked at, and who agrees."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from tests import factories
from tests.people import Cast, send
from tests.web.conftest import Browsers, soup, words
from tests.web.filling import fields, fill, main_form


def test_amina_leaves_a_passage_out_and_ben_agrees(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        summary = "The surgery moves two miles inland. Ring 01206 555 123."
        ref = factories.decided(cast, now, summary=summary)[0]
    amina, ben, here = as_("amina"), as_("ben"), f"/a/{ref}/publication"
    assert "Next: say how it is published" in words(amina.get(here))
    assert fill(amina, f"{here}/plan", {}).status_code == 400
    assert fill(amina, f"{here}/plan", {"kind": "redacted"}).location == here
    assert "Next: mark what is left out" in words(amina.get(here))
    wrong = fill(amina, f"{here}/marks", {"passage": "nobody wrote this", "reason": "Why"})
    assert wrong.status_code == 400
    assert "These words stand nowhere" in words(wrong)
    assert "nobody wrote this" in wrong.get_data(as_text=True)
    marked = {"passage": "two miles inland", "reason": "It names a site.", "exemption": "s40"}
    assert fill(amina, f"{here}/marks", marked).status_code == 303
    assert "Marked by Amina Hassan" in words(amina.get(f"{here}/marks"))
    assert "Next: look at what may show who somebody is" in words(amina.get(here))
    refused = send(amina, here, {}, to=f"{here}/ask")
    assert refused.status_code == 409
    assert "not looked at" in words(refused)
    points = amina.get(f"{here}/points")
    assert "A telephone number" in words(points)
    keys = [part.split('"')[0] for part in points.get_data(as_text=True).split('value="')[1:]]
    every = [key for key in keys if len(key) == 64]
    assert fill(amina, f"{here}/points", {"points": every}).status_code == 400
    stays = {"points": every, "reason": "It is the number of the surgery."}
    assert fill(amina, f"{here}/points", stays).status_code == 303
    preview = words(amina.get(f"{here}/preview"))
    assert "The surgery moves [left out]." in preview
    assert "two miles inland" not in preview
    assert fill(amina, here, {}).location == here
    assert amina.get(f"{here}/agree").status_code == 403
    assert fill(ben, f"{here}/agree", {"agree": "no"}).status_code == 400
    assert fill(ben, f"{here}/agree", {"agree": "yes"}).location == here
    public = soup(ben.get(here)).find("a", string=f"{ref}-D1-P1")
    assert public
    assert ben.get(str(public["href"])).status_code == 200
    assert "The public reads this" in words(ben.get(f"{here}/withdraw"))
    assert fill(ben, f"{here}/withdraw", {"reason": "A figure was wrong."}).location == here
    assert "A figure was wrong." in words(ben.get(here))
    assert fill(ben, f"{here}/withdraw", {"reason": "Again."}).status_code == 409


def test_ben_agrees_only_what_he_was_shown(app: Flask, cast: Cast, as_: Browsers, now: datetime) -> None:
    with app.app_context():
        here = f"/a/{factories.decided(cast, now)[0]}/publication"
    amina, ben = as_("amina"), as_("ben")
    fill(amina, f"{here}/plan", {"kind": "summary"})
    fill(amina, here, {})
    old = fields(main_form(soup(ben.get(f"{here}/agree"))))
    fill(amina, f"{here}/give-up", {"reason": "All of it can be public."})
    assert ben.post(f"{here}/agree", data=old | {"agree": "yes"}).location == here, "nothing waits"
    fill(amina, f"{here}/plan", {"kind": "full"})
    fill(amina, here, {})
    refused = ben.post(f"{here}/agree", data=old | {"agree": "yes"})
    assert refused.status_code == 409
    assert "Somebody else changed how it is published" in words(refused)
    assert "In full." in words(refused)
    new = fields(main_form(soup(refused)))
    for _ in range(2):  # the form is sent twice
        assert ben.post(f"{here}/agree", data=new).location == here
    assert "-D1-P1" in words(ben.get(here))
    assert "-D1-P2" not in words(ben.get(here))


def test_amina_sees_which_numbers_the_rule_leaves_out_and_keeps_one_with_a_reason(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        summary = "We heard 40 people: 12 women, 25 men and 3 who did not say."
        ref = factories.decided(cast, now, summary=summary)[0]
    amina, here = as_("amina"), f"/a/{ref}/publication"
    assert amina.get(f"{here}/numbers").status_code == 404
    assert fill(amina, f"{here}/plan", {"kind": "full"}).location == here
    assert "Numbers of people left out by rule : 2" in words(amina.get(here))
    told = amina.get(f"{here}/numbers")
    assert "With the others it would give away: 3 who did not say." in words(told)
    assert "A small number of people." in words(told)
    assert "[number left out] women, 25 men and [number left out]" in words(amina.get(f"{here}/preview"))
    assert as_("carol").get(f"{here}/numbers").status_code == 403
    keys = [one["value"] for one in soup(told).select("input[type=checkbox]")]
    wrong = fill(amina, f"{here}/numbers", {"numbers": keys[1:]})
    assert wrong.status_code == 400
    assert "Say why they may stay" in words(wrong)
    kept = {"numbers": keys[1:], "reason": "These are visits."}
    assert fill(amina, f"{here}/numbers", kept).location == f"{here}/numbers"
    assert "These are visits." in words(amina.get(f"{here}/numbers"))
    assert "12 women, 25 men and 3 who" in words(amina.get(f"{here}/preview"))
    again = amina.get(f"{here}/numbers")
    token = soup(again).select_one("input[name=csrf_token]")
    assert token is not None
    back = amina.post(f"{here}/numbers/{keys[1]}/hide", data={"csrf_token": token["value"]})
    assert back.location == f"{here}/numbers"
    assert "2 so far" in words(amina.get(f"{here}/points"))
    assert fill(amina, f"{here}/numbers", kept).status_code == 303
    assert fill(amina, here, {}).location == here
    assert "Kept by hand" in words(as_("ben").get(f"{here}/agree"))


def test_before_a_decision_the_page_says_what_it_is_for(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = factories.started(cast, now)
    assert "There is nothing to publish yet" in words(as_("amina").get(f"/a/{ref}/publication"))
    assert as_("amina").get(f"/a/{ref}/publication/marks").status_code == 404
    assert as_("carol").get(f"/a/{ref}/publication/plan").status_code == 403


def test_what_is_withheld_says_why_and_who_agreed(
    app: Flask, cast: Cast, as_: Browsers, now: datetime
) -> None:
    with app.app_context():
        ref = factories.decided(cast, now)[0]
    here = f"/a/{ref}/publication"
    plan = {"kind": "withheld", "reason": "A tender is open.", "exemption": "s43"}
    assert fill(as_("amina"), f"{here}/plan", plan).location == here
    assert fill(as_("amina"), here, {}).location == here
    assert fill(as_("daniel"), f"{here}/agree", {"agree": "no", "note": "Until when?"}).location == here
    assert "Until when?" in words(as_("amina").get(here))
    assert fill(as_("amina"), here, {}).location == here
    assert fill(as_("daniel"), f"{here}/agree", {"agree": "yes"}).location == here
    shown = words(as_("carol").get(here))
    assert "Not published" in shown
    assert "Daniel Ashby" in shown
    assert "A tender is open." in shown


def test_farah_sets_what_the_rules_leave_out(app: Flask, cast: Cast, as_: Browsers, now: datetime) -> None:
    here, farah = "/organisation/publication", as_("farah")
    assert as_("ben").get(here).status_code == 403
    assert 'value="5"' in farah.get(here).get_data(as_text=True)
    wrong = fill(farah, here, {"threshold": "0", "first-day": "2", "first-month": "3", "first-year": "2026"})
    assert wrong.status_code == 400
    assert not soup(farah.get(here)).select("#before_decision[checked]")
    both = {"first-day": "2", "first-month": "3", "first-year": "2026"}
    assert "Enter both days" in words(fill(farah, here, both))
    period = both | {"last-day": "9", "last-month": "3", "last-year": "2026"}
    assert fill(farah, here, period | {"threshold": "10", "before_decision": "y"}).status_code == 303
    assert soup(farah.get(here)).select("#before_decision[checked]")
    assert 'value="10"' in farah.get(here).get_data(as_text=True)
    with app.app_context():
        ref = factories.decided(cast, now)[0]
    assert "A pre-election period" in words(as_("amina").get(f"/a/{ref}/publication"))
