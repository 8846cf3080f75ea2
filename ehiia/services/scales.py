"""Which scale of risk an assessment is rated on: the one it began with, whatever the settings say today."""

from __future__ import annotations

from ehiia.content import load
from ehiia.domain.scales import Scale
from ehiia.domain.scoring import BandBorders
from ehiia.services.organisations import Settings, borders_of
from ehiia.store.assessments import Assessment


def scale_of(assessment: Assessment) -> Scale:
    """Return the scale an assessment began with, with the borders of its bands as they were then."""
    borders = BandBorders(assessment.band_low_to, assessment.band_medium_to, assessment.band_high_to)
    return load.scale(assessment.scale).with_bands(borders)


def scale_for_new(settings: Settings) -> Scale:
    """Return the scale that an assessment started now is rated on."""
    return load.scale(settings.scale).with_bands(borders_of(settings))


def pin(assessment: Assessment, scale: Scale) -> None:
    """Keep a scale with an assessment."""
    assessment.scale = scale.id
    assessment.band_low_to = scale.bands.low
    assessment.band_medium_to = scale.bands.medium
    assessment.band_high_to = scale.bands.high
