"""The form to sign in: Flask-Security's, without "remember me", and with one answer to every wrong try."""

from __future__ import annotations

from typing import Any

from flask_security import LoginForm

NOT_RIGHT = "The e-mail address or the password is not right"
"""Says the same whether the address is unknown, the password wrong or the account closed."""


class SignInForm(LoginForm):
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
