"""What happened to records, their signatures and the keys, in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "record_made": lambda b: f"made the decision record {b.get('record')}",
    "sealed": lambda b: f"sealed the record {b.get('record')}",
    "signed": lambda b: f"signed the record {b.get('record')}",
    "signatory_left_out": lambda b: (
        f"did not ask {b.get('name') or 'anybody'} to sign the record {b.get('record')} as "
        f"{b.get('role')}: {b.get('reason')}"
    ),
    "signature_given": lambda b: f"signed the record {b.get('record')} as {b.get('role')}",
    "signature_released": lambda b: (
        f"ended the wait for the signature of {b.get('name')}, {b.get('role')}, on the record "
        f"{b.get('record')}: {b.get('reason')}"
    ),
    "keys_made": lambda b: "made the keys that seal records",
}
"""Verb -> what stands after the name of whoever did it."""
