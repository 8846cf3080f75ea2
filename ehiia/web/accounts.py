"""Signing in and out, forgotten passwords: Flask-Security with our pages and our limits.

Flask-Security's endpoints carry no door of ours: the one named exception in
the house tests. It commits by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user, user_logged_out
from flask_security import MailUtil, SQLAlchemySessionUserDatastore
from flask_security.signals import user_authenticated

from ehiia import clock
from ehiia.config import Config
from ehiia.extensions import db, only_read, security
from ehiia.services import outbox, people
from ehiia.services.people import Account
from ehiia.services.transaction import transaction
from ehiia.web.access import public, signed_in, visitor

blueprint = Blueprint("accounts", __name__)

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
TOUCH = timedelta(seconds=60)
"""The cookie's last-seen moment is renewed at most this often."""


class OutboxMail(MailUtil):
    """Flask-Security's mail (password reset and the like) goes through our outbox."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Queue it; it is sent with everything else."""
        with transaction() as rows:
            outbox.queue_mail(
                rows,
                dedupe_key=f"account:{template}:{recipient}:{clock.now().isoformat()}",
                recipient=recipient if isinstance(recipient, str) else recipient[1],
                subject=subject,
                body=body or "",
                organisation_id=None,
                now=clock.now(),
            )


def init_accounts(app: Flask, config: Config) -> None:
    """Wire Flask-Security into the application."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=config.secret_key,
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_PASSWORD_COMPLEXITY_CHECKER="zxcvbn",
        SECURITY_ZXCVBN_MINIMUM_SCORE=3,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_LOGIN_URL=SIGN_IN,
        SECURITY_LOGOUT_URL=SIGN_OUT,
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_RESET_URL="/forgotten-password",
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/signed-out",
        SECURITY_POST_RESET_VIEW=SIGN_IN,
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_REDIRECT_VALIDATE_MODE=["regex"],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_EMAIL_SENDER=config.mail.sender,
        SECURITY_EMAIL_HTML=False,
        SECURITY_EMAIL_SUBJECT_PASSWORD_RESET="Choose a new password for impact assessments",
        SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE="Your password for impact assessments was changed",
        SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE="Your password for impact assessments was changed",
        SECURITY_RESET_PASSWORD_WITHIN="4 hours",
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_FORGOT_PASSWORD_TEMPLATE="accounts/forgotten.html",
        SECURITY_RESET_PASSWORD_TEMPLATE="accounts/reset.html",
        SECURITY_CHANGE_PASSWORD_TEMPLATE="accounts/change_password.html",
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_MSG_LOGIN=("Sign in to go on", "info"),
        SECURITY_MSG_UNAUTHENTICATED=("Sign in to go on", "info"),
        SECURITY_MSG_PASSWORD_RESET_REQUEST=(
            "If there is an account for this address, a message with a link is on its way.",
            "info",
        ),
        SECURITY_MSG_GENERIC_AUTHN_FAILED=("The e-mail address or the password is not right", "error"),
        SECURITY_MSG_PASSWORD_CHANGE=("Your password was changed", "success"),
        SECURITY_MSG_PASSWORD_RESET=("Your password was changed. You are signed in.", "success"),
    )
    datastore = SQLAlchemySessionUserDatastore(db.session, Account, None)  # type: ignore[arg-type]
    security.init_app(app, datastore, mail_util_cls=OutboxMail)
    app.before_request(_limits)
    app.after_request(_count_failures)
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    app.register_blueprint(blueprint)


def _signed_in(_app: Flask, user: Account, **_: Any) -> None:
    now = clock.now()
    session["browser"] = people.begin_session(user.id, now=now)
    session["seen"] = int(now.timestamp())
    people.forget_tries(*_keys())


def _signed_out(_app: Flask, user: Account, **_: Any) -> None:
    token = session.pop("browser", None)
    if token:
        people.end_session(token, now=clock.now())


def _keys() -> list[str]:
    return [f"address:{request.remote_addr}", f"e-mail:{request.form.get('email', '').strip().lower()}"]


def _limits() -> Response | None:
    """Before each request: reading or writing, idle and absolute limits, too many tries."""
    only_read(request.method in {"GET", "HEAD", "OPTIONS"})
    if request.endpoint == "static":
        return None
    now = clock.now()
    if request.method == "POST" and request.path == SIGN_IN:
        people.check_tries(*_keys(), now=now)
    if not current_user.is_authenticated:
        return None
    config: Config = request_config()
    token, seen = session.get("browser"), session.get("seen", 0)
    began = people.session_began(token, current_user.id) if token else None
    idle = now.timestamp() - seen > config.session_idle_minutes * 60
    if began is None or idle or now - began > timedelta(hours=config.session_hours):
        logout_user()
        session.clear()
        if request.endpoint in {"accounts.signed_out", "security.login"}:
            return None
        return redirect(
            url_for("security.login", next=request.full_path if request.method == "GET" else None)
        )  # type: ignore[return-value]
    if now.timestamp() - seen > TOUCH.total_seconds():
        session["seen"] = int(now.timestamp())
    return None


def request_config() -> Config:
    """Return the configuration of the running application."""
    from flask import current_app

    config: Config = current_app.extensions["ehiia.config"]
    return config


def _count_failures(response: Response) -> Response:
    if request.method == "POST" and request.path == SIGN_IN and response.status_code == 200:
        people.count_try(*_keys(), now=clock.now())
    return response


@blueprint.get("/signed-out")
@public
def signed_out() -> str:
    """Say that they are signed out."""
    return render_template("accounts/signed_out.html")


@blueprint.get("/account")
@signed_in
def account() -> str:
    """Show who they are, their posts, and where to change the password."""
    return render_template("accounts/account.html", visitor=visitor)


@blueprint.post("/organisation-shown")
@signed_in
def show_organisation() -> Any:
    """Choose which organisation is shown, for somebody who holds posts in several."""
    chosen = request.form.get("organisation", type=int)
    if chosen in {organisation.id for organisation in visitor.organisations}:
        session["organisation"] = chosen
    return redirect("/")
