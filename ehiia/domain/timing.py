"""The table of what is sent when: usual times of an organisation, and those of kinds that have their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ehiia.domain.schedule import DeadlineKind, NoticeTiming


@dataclass(frozen=True)
class TimingTable:
    """When people are told of each kind of thing with a date; what is not in ``own`` follows ``usual``."""

    usual: NoticeTiming = field(default_factory=NoticeTiming)
    own: Mapping[DeadlineKind, NoticeTiming] = field(default_factory=dict)

    def of(self, kind: DeadlineKind) -> NoticeTiming:
        """Return the times of a kind."""
        return self.own.get(kind, self.usual)
