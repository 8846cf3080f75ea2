"""The configuration of this installation, for services that need an address or a folder of it."""

from __future__ import annotations

from flask import current_app

from ehiia.config import Config


def config() -> Config:
    """Return the configuration of the application that is at work."""
    found = current_app.extensions["ehiia.config"]
    assert isinstance(found, Config)
    return found
