"""Every table, imported so that the metadata is complete."""

from ehiia.store import (
    answers,
    assessments,
    circumstances,
    components,
    decisions,
    duties,
    engagement,
    history,
    library,
    links,
    organisations,
    partners,
    people,
    practice,
    quality,
    together,
    uploads,
)
from ehiia.store.base import Base

__all__ = [
    "Base",
    "answers",
    "assessments",
    "circumstances",
    "components",
    "decisions",
    "duties",
    "engagement",
    "history",
    "library",
    "links",
    "organisations",
    "partners",
    "people",
    "practice",
    "quality",
    "together",
    "uploads",
]
