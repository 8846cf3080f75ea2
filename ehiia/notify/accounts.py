"""What people are told of their account, and the test mail."""

from __future__ import annotations

from ehiia.notify.template import Template, template

TEMPLATES: dict[str, Template] = {
    "test_mail": template(
        "Test mail",
        "This is a test. If you can read it, mail from the system reaches people.",
        "You need do nothing.",
        why="an administrator asked for a test mail to this address",
    ),
    "account_made": template(
        "An account was made for you",
        "You can now use the system for impact assessments. You sign in with {email}.",
        "First choose your own password. Enter your e-mail address here, and you get a link: {link}",
        why="an administrator of your organisation made an account for you",
    ),
    "password_reset": template(
        "Choose a new password",
        "Somebody, probably you, asked for a new password for this e-mail address.",
        "Choose a new password: {link}",
        "The link works once, for {valid_for}. If it was not you, do nothing: your password has not changed.",
        why="a new password was asked for on the sign-in page",
    ),
}
