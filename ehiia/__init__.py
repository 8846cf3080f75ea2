"""EHIIA: Equality and Health Inequalities Impact Assessments, from screening to a signed record.

``create_app`` is imported on demand, so that ``ehiia.domain`` can be used and
tested without loading Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ehiia.app import create_app as create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """Import ``create_app`` when it is first asked for (PEP 562)."""
    if name == "create_app":
        from ehiia.app import create_app

        return create_app
    raise AttributeError(f"module 'ehiia' has no attribute {name!r}")
