"""Scales of risk: the words of likelihood and severity and where the bands begin.

A scale is data (``content/reference/scales.toml``). The organisation chooses
one for new assessments; an assessment keeps the scale and the borders it began
with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ehiia.domain.answers import Risk
from ehiia.domain.scoring import USUAL_BORDERS, BandBorders, band
from ehiia.domain.vocabulary import Likelihood, Severity


@dataclass(frozen=True)
class Scale:
    """A scale of likelihood by severity. The first word of each has the number 1."""

    id: str
    title: str
    likelihood: tuple[str, ...]
    severity: tuple[str, ...]
    bands: BandBorders
    """The highest score of each band below very high."""

    @property
    def most(self) -> int:
        """The highest score there is: 25 on a scale of five by five."""
        return len(self.likelihood) * len(self.severity)

    def likelihood_word(self, degree: int) -> str:
        """Return the word of a likelihood; its number where the scale has no such degree."""
        return self.likelihood[degree - 1] if 1 <= degree <= len(self.likelihood) else str(degree)

    def severity_word(self, degree: int) -> str:
        """Return the word of a severity; its number where the scale has no such degree."""
        return self.severity[degree - 1] if 1 <= degree <= len(self.severity) else str(degree)

    def words(self, risk: Risk) -> str:
        """Return a risk in words: "Likely × moderate is 12, high"."""
        likelihood, severity = self.likelihood_word(risk.likelihood), self.severity_word(risk.severity)
        return f"{likelihood} × {severity.lower()} is {risk.score}, {band(risk, self.bands).label.lower()}"

    def with_bands(self, bands: BandBorders) -> Scale:
        """Return the scale with other borders."""
        return replace(self, bands=bands)

    def holds(self, likelihood: int | None, severity: int | None) -> bool:
        """Say whether both degrees, where given, are on the scale."""
        return all(
            degree is None or 1 <= degree <= len(words)
            for degree, words in ((likelihood, self.likelihood), (severity, self.severity))
        )


def problems(scale: Scale) -> list[str]:
    """Return what is wrong with a scale, in words; nothing where it can be used."""
    found = []
    for name, words in (("likelihood", scale.likelihood), ("severity", scale.severity)):
        if not 2 <= len(words) <= 5 or not all(word.strip() for word in words):
            found.append(f"scale {scale.id}.{name}: two to five words")
    if scale.bands.high >= scale.most:
        found.append(f"scale {scale.id}.bands: high must end below {scale.most}")
    return found


USUAL = Scale(
    "5x5",
    "Five by five",
    tuple(degree.label for degree in Likelihood),
    tuple(degree.label for degree in Severity),
    USUAL_BORDERS,
)
"""Five by five, as in a common NHS risk matrix."""
