"""What the pages share that somebody without an account opens by a link.

The token is in the address, so these pages tell no other site where they are and ask not to be found.
"""

from __future__ import annotations

from flask import Response, make_response, session

MOST = 10
"""So many opened links of a kind are remembered in a browser."""


def careful(page: str, status: int = 200) -> Response:
    """Return a page that tells no other site its address, and that nobody should list."""
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def remember(kind: str, link_id: int) -> None:
    """Remember in the cookie that a link was opened in this browser."""
    session[kind] = [*session.get(kind, [])[1 - MOST :], link_id]


def remembered(kind: str, link_id: int) -> bool:
    """Say whether a link was opened in this browser."""
    return link_id in session.get(kind, [])
