"""What was done with requests for information and with feedback, in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = Mapping[str, Any]

SENTENCES: dict[str, Callable[[Body], str]] = {
    "feedback_came": lambda b: f"took feedback from the public on {b.get('edition')}",
    "feedback_settled": lambda b: f"settled feedback from the public: {str(b.get('became', '')).lower()}",
    "feedback_mailed": lambda b: "mailed the answer to feedback from the public",
    "foi_recorded": lambda b: f"recorded the request for information {b.get('request')}",
    "foi_changed": lambda b: f"changed the request for information {b.get('request')}",
    "foi_claimed": lambda b: (
        f"claimed an exemption for {b.get('request')}: {', '.join(map(str, b.get('exemptions') or ()))}"
    ),
    "foi_approved": lambda b: f"approved the exemption claimed for the request {b.get('request')}",
    "foi_returned": lambda b: f"sent back the exemption claimed for the request {b.get('request')}",
    "foi_asked_back": lambda b: f"asked for clarification of the request {b.get('request')}",
    "foi_clarified": lambda b: f"recorded the clarification of the request {b.get('request')}",
    "foi_extended": lambda b: f"took longer to weigh the public interest in the request {b.get('request')}",
    "foi_review_asked": lambda b: f"recorded that a review of the answer to {b.get('request')} is asked for",
    "foi_reviewed": lambda b: (
        f"reviewed the answer to the request {b.get('request')}: {str(b.get('outcome', '')).lower()}"
    ),
    "foi_answered": lambda b: f"closed the request {b.get('request')}: {str(b.get('outcome', '')).lower()}",
}
"""Verb -> what stands after the name of whoever did it."""
