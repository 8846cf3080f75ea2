"""What counts as an e-mail address: said once, by the library that signing in asks too.

An address that one of them took and the other refused would be an account that nobody can sign in to.
"""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

LONGEST = 254
"""Characters of an e-mail address (RFC 5321)."""
WRONG = "Enter an e-mail address, like name@example.nhs.uk"


def is_address(text: str) -> bool:
    """Say whether this is one e-mail address. Nobody is asked whether its domain takes mail."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
