"""Form fields in the NHS design: text, numbers, dates, files; the choices come from ``choices``.

There is no binding of WTForms to the NHS.UK frontend, so this is ours; what the
fields share is in ``base``. Browsers send CRLF and count LF: text is normalised
before it is measured.
"""

from __future__ import annotations

import re
import secrets
from datetime import date
from functools import partial
from typing import Any

from flask_wtf.file import FileField
from markupsafe import Markup
from wtforms import Field, HiddenField, PasswordField, StringField

from ehiia.domain.typed_dates import PARTS, Part, PartsRefused, read_date
from ehiia.forms.base import EhiiaForm, ErrorLink, NhsMixin, PartForm, as_fieldset, clean, field_error_links
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, TickField, options
from ehiia.forms.nhs import NHS, VALUE, with_value

__all__ = [
    "CheckboxesField",
    "ChoiceField",
    "DateField",
    "EhiiaForm",
    "ErrorLink",
    "HiddenToken",
    "LineField",
    "NumberField",
    "OnceField",
    "PartForm",
    "PercentField",
    "RadiosField",
    "SecretField",
    "TextField",
    "TickField",
    "UploadField",
    "clean",
    "field_error_links",
    "options",
]

LARGEST = 2_000_000_000
"""Larger numbers are a slip of the finger, and do not fit the database's integers."""


# -- text ------------------------------------------------------------------------------------


class LineField(NhsMixin, StringField):
    """One line of text. Data: a string without line breaks, trimmed; "" when empty."""

    def __init__(
        self, label: str = "", *, autocomplete: str = "", input_type: str = "text", **kwargs: Any
    ) -> None:
        """Take what ``NhsMixin`` takes and how the browser may help."""
        self.autocomplete, self.input_type = autocomplete, input_type
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        if valuelist:
            self.data = " ".join(clean(valuelist[0]).split())

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return an NHS text input."""
        params |= {"value": VALUE, "type": self.input_type} | options
        if self.autocomplete:
            params["autocomplete"] = self.autocomplete
        return with_value(NHS.input(params), str(self.data or ""))


class TextField(NhsMixin, StringField):
    """Several lines of text with a character count. Data: a string with LF line ends; "" when empty."""

    def __init__(self, label: str = "", *, rows: int = 5, max_length: int = 4000, **kwargs: Any) -> None:
        """Take what ``NhsMixin`` takes and the height of the box in lines."""
        self.rows = rows
        super().__init__(label, max_length=max_length, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; white space at the end is dropped."""
        if valuelist:
            self.data = clean(valuelist[0]).rstrip()

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return an NHS character count, quiet until three quarters are used."""
        params |= {
            "value": VALUE,
            "rows": self.rows,
            "maxlength": self.max_length,
            "threshold": "75",
        } | options
        return with_value(NHS.characterCount(params), str(self.data or ""))


class SecretField(NhsMixin, PasswordField):
    """A password. What was typed is never sent back."""

    def __init__(self, label: str = "", *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        """Take what ``NhsMixin`` takes and what a password manager may do."""
        self.autocomplete = autocomplete
        super().__init__(label, **kwargs)

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return an NHS password input."""
        return NHS.passwordInput(params | {"autocomplete": self.autocomplete} | options)


class HiddenToken(HiddenField):
    """Something that travels with the form unseen. Data: a short string; anything longer is dropped."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it back."""
        if valuelist:
            self.data = clean(valuelist[0])[:200]


class OnceField(HiddenToken):
    """Another value for each page that is opened, by which a form that is sent twice is known."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        """Take a new value; one that comes back with the form stays."""
        super().__init__(label, default=partial(secrets.token_urlsafe, 16), **kwargs)


# -- numbers ---------------------------------------------------------------------------------


class NumberField(NhsMixin, StringField):
    """A whole number of 0 or more. Data: an integer or None. "1,022,000" and "1 022 000" are read too."""

    width = 10
    decimals = False

    def __init__(self, label: str = "", *, largest: int = LARGEST, **kwargs: Any) -> None:
        """Take what ``NhsMixin`` takes and the largest number that makes sense."""
        self.largest = largest
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number.

        Raises:
            ValueError: it is none; the message says what is expected.
        """
        if not valuelist:
            return
        typed = clean(valuelist[0]).strip()
        self.data = None
        if typed:
            self.data = self.read(re.sub(r"(?<=\d)[,\s](?=\d{3}(\D|$))", "", typed))

    def read(self, typed: str) -> int | float:
        """Return the number in a text.

        Raises:
            ValueError: with the message for the page.
        """
        if re.fullmatch(r"-\s*\d+(\.\d+)?", typed):
            raise ValueError(f"{self.noun} must be 0 or more")
        if not re.fullmatch(r"\d+", typed):
            raise ValueError(f"{self.noun} must be a whole number, like 1200")
        if len(typed) > 12 or int(typed) > self.largest:
            raise ValueError(f"{self.noun} must be {self.largest:,} or less")
        return int(typed)

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return a narrow NHS text input with number keys on a phone."""
        mode = "decimal" if self.decimals else "numeric"
        params |= {"value": VALUE, "inputmode": mode, "width": self.width} | options
        shown = self.raw_data[0] if self.raw_data else ("" if self.data is None else f"{self.data}")
        return with_value(NHS.input(params), str(shown))


class PercentField(NumberField):
    """A percentage from 0 to 100, one decimal place at most. Data: an integer, a float or None."""

    width = 5
    decimals = True

    def read(self, typed: str) -> int | float:
        """Return the percentage in a text; a percent sign may stand behind it.

        Raises:
            ValueError: with the message for the page.
        """
        typed = typed.removesuffix("%").strip()
        if re.fullmatch(r"-\s*\d+(\.\d+)?", typed):
            raise ValueError(f"{self.noun} must be between 0 and 100")
        if not re.fullmatch(r"\d{1,12}(\.\d+)?", typed):
            raise ValueError(f"{self.noun} must be a percentage, like 12 or 12.5")
        if float(typed) > 100:
            raise ValueError(f"{self.noun} must be between 0 and 100")
        if re.search(r"\.\d[0-9]*[1-9]", typed):
            raise ValueError(f"{self.noun} must have one decimal place at most, like 12.5")
        value = float(typed)
        return int(value) if value.is_integer() else value

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return a narrow NHS text input with a percent sign behind it."""
        return super().render(params, **({"suffix": {"text": "%"}} | options))


# -- dates and files -------------------------------------------------------------------------


class DateField(NhsMixin, Field):
    """A date in three parts, named ``<name>-day``, ``-month`` and ``-year``. Data: a date or None.

    An error leads to the part that is wrong. A month may be a number or a name.
    """

    def __init__(
        self,
        label: str = "",
        *,
        not_before: date | None = None,
        not_after: date | None = None,
        **kwargs: Any,
    ) -> None:
        """Take what ``NhsMixin`` takes and the first and last date that make sense."""
        self.not_before, self.not_after = not_before, not_after
        self.typed: dict[Part, str] = dict.fromkeys(PARTS, "")
        self.bad_parts: tuple[Part, ...] = ()
        self.asked = False
        super().__init__(label, **kwargs)

    @property
    def error_id(self) -> str:
        """The id of the first part that is wrong; the day where the date as a whole is."""
        return f"{self.id}-{self.bad_parts[0] if self.bad_parts else 'day'}"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Gather the three parts, then go on as every field does."""
        if formdata is not None:
            given = {part: formdata.getlist(f"{self.name}-{part}") for part in PARTS}
            self.asked = any(given.values())
            self.typed = {
                part: clean(values[0]).strip()[:30] if values else "" for part, values in given.items()
            }
        super().process(formdata, *args, **kwargs)

    def process_data(self, value: Any) -> None:
        """Take a date, an ISO date or None."""
        self.data = date.fromisoformat(value) if isinstance(value, str) and value else value or None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Make a date of the parts; where none of them was on the page, nothing changes.

        Raises:
            ValueError: they make none; the message says what to do.
        """
        if not self.asked:
            return
        try:
            self.data = read_date(self.typed, self.noun, self.not_before, self.not_after)
        except PartsRefused as refused:
            self.data, self.bad_parts = None, refused.parts
            raise ValueError(refused.message) from None

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return an NHS date input with what was typed."""
        if self.data is not None and not any(self.typed.values()):
            shown = {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}
        else:
            shown = {str(part): text for part, text in self.typed.items()}
        bad = self.bad_parts or (PARTS if self.errors else ())
        params = as_fieldset(params) | {
            "items": [
                {
                    "id": f"{self.id}-{part}",
                    "name": f"{self.name}-{part}",
                    "label": {"text": part.capitalize()},
                    "width": 4 if part == "year" else 2,
                    "value": shown[part],
                    "error": part in bad,
                }
                for part in PARTS
            ]
        }
        return NHS.dateInput(params | options)


class UploadField(NhsMixin, FileField):
    """A file. Data: Werkzeug's ``FileStorage`` or None. Kind and size are judged by the service."""

    def __init__(self, label: str = "", *, accept: str = "", **kwargs: Any) -> None:
        """Take what ``NhsMixin`` takes and the kinds that the browser offers first: ".pdf,.docx"."""
        self.accept = accept
        super().__init__(label, **kwargs)

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return a plain file input; ``start.js`` leaves it as it is, so that it reads well aloud."""
        attributes = {"attributes": {"accept": self.accept}} if self.accept else {}
        return NHS.fileUpload(params | attributes | options)
