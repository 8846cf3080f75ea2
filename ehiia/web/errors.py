"""What people see when something cannot be done: words that say what to do next."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ehiia.domain.workflow import Refused
from ehiia.extensions import db
from ehiia.services.people import TooManyTries
from ehiia.services.transaction import NotAllowed, NotFound
from ehiia.web.typed import typed

log = structlog.get_logger()

WORDS: dict[int, tuple[str, str]] = {
    400: ("This page could not be used", "Go back, load the page again and try once more."),
    403: ("You may not do this", "Ask the author, an equality lead or an administrator."),
    404: (
        "Page not found",
        "Check the address. If you followed a link, what it led to may be gone, or not shared with you.",
    ),
    405: ("This page could not be used", "Go back and use the buttons of the page."),
    409: ("This cannot be done now", "Load the assessment again to see where it stands."),
    413: ("The file is too large", "Choose a smaller file, then try again."),
    429: ("Too many tries", "Wait a while, then try again."),
    500: ("Something went wrong", "It was noted. What you saved before is safe. Try again in a few minutes."),
}


def _plain_tracebacks() -> None:
    """Log errors without the values of variables: they hold what people typed, and secrets."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def init_errors(app: Flask) -> None:
    """Register the error pages."""
    _plain_tracebacks()

    def page(code: int, reason: str = "") -> tuple[str, int]:
        db.session.rollback()
        title, advice = WORDS.get(code, WORDS[500])
        return (
            render_template(
                "layout/error.html", code=code, title=title, advice=reason or advice, typed=typed()
            ),
            code,
        )

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Any:
        return page(404)

    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> Any:
        return page(403, error.reason)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        return page(409, error.reason)

    @app.errorhandler(TooManyTries)
    def too_many(error: TooManyTries) -> Any:
        return page(429, str(error))

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Any:
        return page(
            400,
            "The form had been open for too long, or you signed out meanwhile. Nothing was saved. "
            "Load the page again, and copy into it what you typed.",
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is not None and 300 <= error.code < 400:
            return error
        return page(error.code or 500)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Any:
        if app.testing:
            raise error
        log.exception("unexpected", path=request.path, method=request.method)
        return page(500)
