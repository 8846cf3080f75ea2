"""What counts as a material change of what was signed, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ehiia.domain.frozen import Mitigation, RatedImpact, Snapshot
from ehiia.domain.material import Material, changed, fingerprints, seen, stale
from tests.documents.records import small_record

SIGNED = small_record().snapshot
ACTION = Mitigation("M1", "A minibus.", "Helen", date(2026, 8, 1), "Rides", "Before", "", ("Age: access",))
SIGNED = replace(SIGNED, mitigations=(ACTION,), go_live_on=date(2026, 9, 1), places=("Ipswich", "Colchester"))
WORSE = RatedImpact("access", "negative", "Worse", score_before=12, score_after=4, reason="The bus.")
SIGNED = replace(SIGNED, groups=(replace(SIGNED.groups[0], impacts=(WORSE,)), *SIGNED.groups[1:]))


def prints(snapshot: Snapshot, *standing: str) -> dict[str, str]:
    return fingerprints(snapshot, standing=standing or {"M1"})


def action(**changes: Any) -> Snapshot:
    return replace(SIGNED, mitigations=(replace(ACTION, **changes),))


def group(**changes: Any) -> Snapshot:
    return replace(SIGNED, groups=(replace(SIGNED.groups[0], **changes), *SIGNED.groups[1:]))


@pytest.mark.rule("REV-20", fires=True)
@pytest.mark.parametrize(
    ("live", "section"),
    [
        (replace(SIGNED, summary="Two surgeries close."), Material.SCOPE),
        (replace(SIGNED, go_live_on=date(2027, 1, 1)), Material.START),
        (group(affected="No one here says so"), Material.GROUPS),
        (replace(SIGNED, groups=SIGNED.groups[1:]), Material.GROUPS),
        (replace(SIGNED, places=("Ipswich",)), Material.PLACE),
        (group(impacts=(replace(WORSE, score_before=20),)), Material.IMPACTS),
        (action(owner="Nobody yet"), Material.MITIGATIONS),
        (action(what="A minibus on Tuesdays."), Material.MITIGATIONS),
        (replace(SIGNED, mitigations=()), Material.MITIGATIONS),
    ],
)
def test_what_was_relied_on_is_named_where_it_changes(live: Snapshot, section: Material) -> None:
    found = changed(prints(SIGNED), prints(live))
    assert section in found
    reason = stale(found, version=3)
    assert reason is not None
    assert reason.text.startswith("Changed since it was signed for version 3: ")
    assert section.label in reason.text


def test_an_action_that_was_cancelled_or_replaced_is_no_promise_any_more() -> None:
    assert changed(prints(SIGNED), prints(SIGNED, "another")) == (Material.MITIGATIONS,)


@pytest.mark.rule("REV-20", fires=False)
@pytest.mark.parametrize(
    "live",
    [
        SIGNED,
        replace(SIGNED, places=("Colchester", "Ipswich")),
        replace(SIGNED, conclusion="Another", frozen_at=SIGNED.frozen_at.replace(year=2030), version=9),
        group(impacts=(replace(WORSE, reason="In better words.", band_after="Low", sources=(1,)),)),
        group(impacts=(replace(WORSE, score_after=12),)),
        action(due_on=date(2026, 9, 1), baseline="3 rides", data_source="Counts"),
    ],
)
def test_words_order_dates_of_actions_and_progress_are_no_material_change(live: Snapshot) -> None:
    assert changed(prints(SIGNED), prints(live)) == ()
    assert stale((), version=1) is None


def test_what_a_review_found_right_is_settled_until_it_changes_again() -> None:
    kept, later = replace(SIGNED, summary="Two rooms."), replace(SIGNED, summary="Three rooms.")
    assert changed(prints(SIGNED), prints(kept)) == (Material.SCOPE,)
    assert changed(prints(SIGNED), prints(kept), prints(kept)) == ()
    assert changed(prints(SIGNED), prints(SIGNED), prints(kept)) == ()
    assert changed(prints(SIGNED), prints(later), prints(kept)) == (Material.SCOPE,)
    both = replace(kept, places=("Ipswich",))
    assert changed(prints(SIGNED), prints(both), prints(kept)) == (Material.PLACE,)
    assert changed(prints(SIGNED), prints(kept), {}) == (Material.SCOPE,)


def test_each_change_is_seen_as_itself() -> None:
    sections = (Material.SCOPE,)
    first, second = (prints(replace(SIGNED, summary=said)) for said in ("Two rooms.", "Three rooms."))
    assert seen(sections, first) == seen(sections, dict(first))
    assert seen(sections, first) != seen(sections, second)
    assert seen(sections, first) != seen((Material.SCOPE, Material.START), first)


def test_what_was_not_fingerprinted_or_not_known_when_it_was_signed_cannot_have_changed() -> None:
    unknown = replace(SIGNED, go_live_on=None)
    assert changed(prints(unknown), prints(SIGNED)) == ()
    assert changed(prints(SIGNED), prints(unknown)) == (Material.START,)
    assert changed({"summary": "a digest from before"}, prints(SIGNED)) == ()
