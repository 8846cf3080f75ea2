"""A request to stand in: forms read what was posted from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

Post = Callable[..., None]


@pytest.fixture
def posted() -> Iterator[Post]:
    """Return a function that makes a request in which these fields were posted; nothing given is a GET."""
    app = Flask("forms")
    app.config.update(SECRET_KEY="not secret", WTF_CSRF_ENABLED=False)
    with ExitStack() as stack:

        def post(data: dict[str, Any] | None = None) -> None:
            method = "GET" if data is None else "POST"
            stack.enter_context(app.test_request_context(method=method, data=data or {}))

        yield post
