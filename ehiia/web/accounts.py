"""Signing in and out, forgotten passwords: Flask-Security with our pages and our limits.

Flask-Security's endpoints carry no door of ours: the one named exception in
the house tests. It commits by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, logout_user, user_logged_out
from flask_security import MailUtil, SQLAlchemySessionUserDatastore
from flask_security.signals import user_authenticated
from flask_security.utils import set_request_attr

from ehiia import clock
from ehiia.config import Config
from ehiia.domain.vocabulary import Role
from ehiia.extensions import db, only_read, security
from ehiia.forms.accounts import NOT_RIGHT, NewPasswordForm, OtherPasswordForm, SignInForm
from ehiia.services import choices, demonstration_people, feeds, outbox, people
from ehiia.services.people import Account
from ehiia.services.transaction import transaction
from ehiia.web.access import public, same_site_path, signed_in, visitor
from ehiia.web.typed import typed

blueprint = Blueprint("accounts", __name__)

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
TRIED = {"security.login", "security.forgot_password", "security.change_password"}
"""Where a password is tried or a mail asked for: each try that does not succeed is counted."""
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
        SECURITY_FRESHNESS=timedelta(minutes=-1),  # no page of theirs to sign in again: acts ask themselves
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_EMAIL_SENDER=config.mail.sender,
        SECURITY_EMAIL_HTML=False,
        SECURITY_EMAIL_SUBJECT_PASSWORD_RESET="Choose a new password for impact assessments",
        SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE="Your password for impact assessments was changed",
        SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE="Your password for impact assessments was changed",
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=4),
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_FORGOT_PASSWORD_TEMPLATE="accounts/forgotten.html",
        SECURITY_RESET_PASSWORD_TEMPLATE="accounts/reset.html",
        SECURITY_CHANGE_PASSWORD_TEMPLATE="accounts/change_password.html",
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_EMAIL_TEMPLATE_PASSWORD_RESET="emails/reset_instructions",
        SECURITY_EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE="emails/reset_notice",
        SECURITY_EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE="emails/change_notice",
        SECURITY_MSG_LOGIN=("Sign in to go on", "info"),
        SECURITY_MSG_UNAUTHENTICATED=("Sign in to go on", "info"),
        SECURITY_MSG_PASSWORD_RESET_REQUEST=(
            "If there is an account for this address, a message with a link is on its way.",
            "info",
        ),
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(NOT_RIGHT, "error"),
        SECURITY_MSG_PASSWORD_CHANGE=("Your password was changed", "success"),
        SECURITY_MSG_PASSWORD_RESET_NO_LOGIN=(
            "Your password was changed. Sign in with the new one",
            "success",
        ),
        SECURITY_MSG_PASSWORD_RESET_EXPIRED=("This link is too old. Ask for a new one", "error"),
        SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN=(
            "This link was used already, or part of it is missing. Ask for a new one",
            "error",
        ),
        SECURITY_MSG_PASSWORD_INVALID_LENGTH=(
            "The password must have at least %(length)s characters. Three unrelated words are good",
            "error",
        ),
        SECURITY_MSG_PASSWORD_TOO_SIMPLE=(
            "This password is easy to guess. Three unrelated words are good",
            "error",
        ),
        SECURITY_MSG_PASSWORD_NOT_PROVIDED=("Enter a password", "error"),
        SECURITY_MSG_RETYPE_PASSWORD_MISMATCH=("The two passwords differ. Type the same one twice", "error"),
        SECURITY_MSG_PASSWORD_IS_THE_SAME=("This is your password now. Choose another one", "error"),
        SECURITY_MSG_INVALID_PASSWORD=("The password is not right", "error"),
        SECURITY_MSG_EMAIL_NOT_PROVIDED=("Enter an e-mail address", "error"),
        SECURITY_MSG_INVALID_EMAIL_ADDRESS=("Enter an e-mail address, like name@example.nhs.uk", "error"),
        SECURITY_MSG_INVALID_REDIRECT=("That address is not part of this service", "error"),
    )
    datastore = SQLAlchemySessionUserDatastore(db.session, Account, None)  # type: ignore[arg-type]
    security._mail_util_cls = OutboxMail  # init_app() does not take it, and the constructor knows no web
    security.init_app(
        app,
        datastore,
        login_form=SignInForm,
        reset_password_form=NewPasswordForm,
        change_password_form=OtherPasswordForm,
    )
    security.want_json(lambda _request: False)  # pages only: one way in, with one count of tries
    security.login_context_processor(_beside_sign_in)
    security.mail_context_processor(lambda: {"public_url": request_config().public_url})
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    app.before_request(_limits)
    app.after_request(_count_failures)
    app.teardown_request(_finished)
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
    app.register_blueprint(blueprint)


def _load(uniquifier: str) -> Account | None:
    """Find who the cookie belongs to, with everything the page needs of them, in one query."""
    found = people.signed_in(uniquifier, session.get("browser"), today=clock.today()) if uniquifier else None
    if found is None:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    g.signed_in = found
    return found.account


def _signed_in(_app: Flask, user: Account, **_: Any) -> None:
    now = clock.now()
    session.pop("csrf_token", None)  # forms made before somebody signed in are of no use afterwards
    session["browser"] = people.begin_session(user.id, now=now)
    session["seen"] = int(now.timestamp())
    people.forget_tries(*_keys())


def _signed_out(_app: Flask, user: Account, **_: Any) -> None:
    token = session.pop("browser", None)
    if token:
        people.end_session(token, now=clock.now())


def _keys() -> list[str]:
    if request.endpoint == "security.change_password":
        return [f"again:{current_user.person_id}"] if current_user.is_authenticated else []
    place = "" if request.endpoint == "security.login" else "forgotten "
    email = request.form.get("email", "").strip().lower()
    return [f"{place}address:{request.remote_addr}", f"{place}e-mail:{email}"]


def _limits() -> Response | None:
    """Before each request: reading or writing, idle and absolute limits, too many tries."""
    only_read(request.method in {"GET", "HEAD", "OPTIONS"})
    if request.endpoint == "static":
        return None
    if request.endpoint == "security.login" and not _on_this_site(request.values.get("next")):
        return redirect(SIGN_IN)  # type: ignore[return-value]
    now = clock.now()
    if request.method == "POST" and request.endpoint in TRIED:
        people.check_tries(*_keys(), now=now)
    if not current_user.is_authenticated:
        return _signed_out_while_typing() if _behind_a_door() and typed() else None
    config = request_config()
    seen = session.get("seen", 0)
    known: people.SignedIn | None = g.get("signed_in")
    began = known.began if known else None
    idle = now.timestamp() - seen > config.session_idle_minutes * 60
    if began is None or idle or now - began > timedelta(hours=config.session_hours):
        logout_user()
        session.clear()
        if request.endpoint in {"accounts.signed_out", "security.login"}:
            return None
        if typed():
            return _signed_out_while_typing()
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("security.login", next=back))  # type: ignore[return-value]
    if now.timestamp() - seen > TOUCH.total_seconds():
        session["seen"] = int(now.timestamp())
    return None


def _behind_a_door() -> bool:
    """Whether the page is for people who are signed in."""
    door = getattr(current_app.view_functions.get(request.endpoint or ""), "__door__", "public")
    return bool(door != "public")


def _signed_out_while_typing() -> Response:
    """Show what was typed when somebody was signed out before they sent it: nothing is lost."""
    page = render_template(
        "layout/error.html",
        code=401,
        title="You were signed out",
        advice="It was too long since you last used this, or your account was closed. What you sent was not "
        "saved. Copy it, sign in, and paste it into the page.",
        typed=typed(),
    )
    return Response(page, 401)


def _on_this_site(target: str | None) -> bool:
    return not target or same_site_path(target) is not None


def _finished(_error: BaseException | None) -> None:
    only_read(False)


def request_config() -> Config:
    """Return the configuration of the running application."""
    config: Config = current_app.extensions["ehiia.config"]
    return config


def _count_failures(response: Response) -> Response:
    if request.method == "POST" and request.endpoint in TRIED and response.status_code == 200:
        people.count_try(*_keys(), now=clock.now())
    return response


def _beside_sign_in() -> dict[str, Any]:
    """Return what the sign-in page shows beside the form. Passwords: only where nobody else can reach us."""
    config = request_config()
    shown = config.demonstration and config.listens_on_loopback
    return {
        "goes_on": same_site_path(request.values.get("next")) or "",
        "demonstration_people": demonstration_people.people() if shown else (),
    }


@blueprint.get("/signed-out")
@public
def signed_out() -> str:
    """Say that they are signed out."""
    return render_template("accounts/signed_out.html")


@blueprint.get("/account")
@signed_in
def account() -> str:
    """Show who they are, their posts, and where to change the password."""
    posts = [
        {
            "key": organisation.name,
            "value": ", ".join(role.label for role in Role if visitor.actor.has(organisation.id, role)),
            "href": "",
        }
        for organisation in visitor.organisations
    ]
    return render_template(
        "accounts/account.html",
        visitor=visitor,
        email=current_user.email,
        posts=posts,
        calendar=feeds.made_at(visitor.person_id) is not None,
        told=choices.choice_of(visitor.person_id).telling.label,
    )


@blueprint.post("/organisation-shown")
@signed_in
def show_organisation() -> Any:
    """Choose which organisation is shown, for somebody who holds posts in several."""
    chosen = request.form.get("organisation", type=int)
    if chosen in {organisation.id for organisation in visitor.organisations}:
        session["organisation"] = chosen
    return redirect("/")
