"""The forms of an account: Flask-Security's, which would fail at a password without end.

Signing in has no "remember me", and one answer to every wrong try.
"""

from __future__ import annotations

from typing import Any

from flask_security import ChangePasswordForm, LoginForm, ResetPasswordForm
from wtforms import PasswordField

from ehiia.services.people import LONGEST_PASSWORD

NOT_RIGHT = "The e-mail address or the password is not right"
"""Says the same whether the address is unknown, the password wrong or the account closed."""

TOO_LONG = f"The password must be {LONGEST_PASSWORD:,} characters or fewer"


class _Measured:
    """Looks at the length of every password before the form does anything else with it."""

    def validate(self, **kwargs: Any) -> bool:
        """Leave a message at each password that is too long; only otherwise ask the form."""
        passwords: list[PasswordField] = [
            field
            for field in self  # type: ignore[attr-defined]
            if isinstance(field, PasswordField)
        ]
        endless = [field for field in passwords if len(field.data or "") > LONGEST_PASSWORD]
        for field in endless:
            field.errors = [TOO_LONG]
        return not endless and super().validate(**kwargs)  # type: ignore[misc]


class SignInForm(_Measured, LoginForm):
    """E-mail address and password. Which of them was wrong is told to nobody."""

    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """Say whether they fit together; otherwise leave one message, always at the same field."""
        self.email.data = (self.email.data or "").strip().lower()
        right: bool = super().validate(**kwargs)
        if not right:
            for field in self:
                field.errors = []
            self.email.errors = [NOT_RIGHT]
        return right


class NewPasswordForm(_Measured, ResetPasswordForm):
    """A new password by the link that was sent."""


class OtherPasswordForm(_Measured, ChangePasswordForm):
    """Another password instead of the one that is in use."""
