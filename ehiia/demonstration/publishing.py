"""How a record of the demonstration is published: prepared by one person, agreed by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ehiia.demonstration.stage import Stage, seen_by
from ehiia.demonstration.story import Act, Story
from ehiia.domain.publishing import Exemption, Publishing
from ehiia.domain.redaction import Mark
from ehiia.domain.vocabulary import Permission
from ehiia.services import agreeing_publications, publishing, redacting
from ehiia.services.publishing import Plan

LOOKED = "It is no number by which anybody could be recognised."
"""Why the places that were pointed at may stay."""


def publish(stage: Stage, name: str, story: Story, act: Act, now: datetime) -> None:
    """Publish or withhold the newest record. ``found``: words that are left out -> why; ``person`` agrees."""
    by, ref = stage.people[act.by], stage.refs[name]
    plan = Plan(Publishing(act.value), act.text)
    if plan.kind is Publishing.WITHHELD:
        plan = replace(plan, exemption=Exemption.COMMERCIAL)
    publishing.begin(ref, plan, by=by, now=now)
    for passage, why in act.found.items():
        redacting.mark(ref, Mark("", passage, why, Exemption.PERSONAL), by=by, now=now)
    left = publishing.page_of(seen_by(ref, Permission.PUBLISH, by, now), today=now.date()).to_look_at
    if left:
        redacting.look_at(ref, [one.key for one in left], LOOKED, by=by, now=now)
    agreeing_publications.ask(ref, by=by, now=now)
    stage.publications.append(agreeing_publications.agree(ref, by=stage.people[act.person], now=now).id)
