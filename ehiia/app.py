"""Puts the house together: configuration, extensions, doors, pages, commands."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from ehiia import clock
from ehiia.cli import register_commands
from ehiia.config import Config
from ehiia.demonstration.command import demo_commands
from ehiia.extensions import csrf, db, engine_options, migrate, prepare_engine
from ehiia.scheduler import jobs
from ehiia.services import health
from ehiia.services.transaction import read
from ehiia.web import register_blueprints
from ehiia.web.accounts import init_accounts
from ehiia.web.components import init_components
from ehiia.web.errors import init_errors
from ehiia.web.shell import init_shell

YEAR = 365 * 24 * 3600
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""What a browser may load: our own scripts and styles, nothing written into a page."""


def create_app(config: Config | None = None) -> Flask:
    """Make the application; reads the environment where no configuration is given."""
    config = config or Config.from_environment()
    app = Flask("ehiia", instance_path=str(config.instance))
    app.extensions["ehiia.config"] = config
    app.config.update(
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        SESSION_COOKIE_NAME="ehiia",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=config.session_hours),
        MAX_CONTENT_LENGTH=config.upload_megabytes * 1024 * 1024 + 64 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=config.session_hours * 3600,
    )
    if config.proxies:
        # without it all who come through a proxy have its address, and failed sign-ins of one shut out all
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=f"{app.root_path}/store/migrations")
    csrf.init_app(app)
    init_components(app)
    init_accounts(app, config)
    init_shell(app)
    init_errors(app)
    register_blueprints(app)
    register_commands(app)
    app.cli.add_command(demo_commands)
    app.cli.add_command(jobs)
    app.after_request(security_headers)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/healthz/jobs", "healthz_jobs", healthz_jobs)
    return app


def healthz() -> tuple[str, int]:
    """Say that the process answers and reaches its database."""
    read().execute(text("SELECT 1"))
    return "ok", 200


healthz.__door__ = "public"  # type: ignore[attr-defined]


def healthz_jobs() -> tuple[str, int]:
    """Say whether every job is done when it should be: 503 with the names of those that are not."""
    wrong = ", ".join(job.name for job in health.unwell(clock.now()))
    return (f"not well: {wrong}", 503) if wrong else ("ok", 200)


healthz_jobs.__door__ = "public"  # type: ignore[attr-defined]


def security_headers(response: Response) -> Response:
    """Add the headers that make a browser careful."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
