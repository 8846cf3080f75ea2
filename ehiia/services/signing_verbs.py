"""What happened to records, their signatures and the keys, in sentences; see ``services.history``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "record_made": lambda b: f"made the decision record {b.get('record')}",
    "record_corrected": lambda b: (
        f"corrected the record {b.get('corrects')} by {b.get('record')} ({b.get('facts')}): {b.get('reason')}"
    ),
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
    "closed_file": lambda b: (
        f"closed the record {b.get('record')} with a time-stamp of {b.get('timed_by') or 'our own clock'}"
    ),
    "renewed_file": lambda b: (
        f"renewed the time-stamp of the record {b.get('record')} by {b.get('timed_by') or 'our own clock'}"
    ),
    "timestamp_missing": lambda b: (
        f"could not ask the time-stamp authority {b.get('authority')}, so the time is our own: "
        f"{b.get('problem')}"
    ),
    "sealing_again": lambda b: f"let {b.get('count')} files that wait to be sealed be tried again",
    "key_replaced": lambda b: f"put a new key in the place of the {b.get('purpose')}: {b.get('reason')}",
    "key_brought": lambda b: f"brought along the {b.get('purpose')} and put it in force: {b.get('reason')}",
    "key_leaked": lambda b: (
        f"said that somebody else may have the {b.get('purpose')} since {b.get('since')}: {b.get('reason')}"
    ),
    "key_looked": lambda b: (
        f"looked at {b.get('ref')}, which was made with a key after it had leaked: {b.get('found')}"
    ),
    "keys_encrypted_anew": lambda b: "encrypted the keys with another secret",
    "keys_made": lambda b: "made the keys that seal records",
}
"""Verb -> what stands after the name of whoever did it."""
