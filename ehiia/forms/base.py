"""The form that all of ours are, and what their fields have in common.

A field knows its ``noun`` (what a message calls it), refuses malformed input
with a message that says what to do, keeps what was typed, and renders itself as
an NHS component: ``{{ form.title(size="m") }}``. Rendering options: ``size`` of
the label (s, m, l), ``heading`` (the label is the page's h1) and ``classes``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms.fields.form import FormField
from wtforms.validators import StopValidation


@dataclass(frozen=True)
class ErrorLink:
    """A line of the error summary: what to do, and where it leads ("#id" of an input, "" for the form)."""

    text: str
    href: str


def clean(text: str) -> str:
    """Return a text with line ends as LF and without control and private characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Co", "Cs"))


class NhsMixin:
    """What our fields have in common. ``required``: the message when nothing was given; "" lets it be."""

    noun: str
    required: str
    max_length: int | None
    # what a WTForms field brings along
    id: str
    name: str
    data: Any
    raw_data: Any
    errors: Sequence[Any]
    process_errors: Sequence[Any]
    description: str
    label: Any

    def __init__(
        self,
        label: str = "",
        *,
        noun: str = "",
        hint: str = "",
        required: str = "",
        max_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Take the label and the words around it; other arguments go to WTForms."""
        self.noun = noun or (f"“{label}”" if label else "This")
        self.required = required
        self.max_length = max_length
        super().__init__(label, description=hint, **kwargs)  # type: ignore[call-arg]

    @property
    def error_id(self) -> str:
        """The id of the input that an error leads to."""
        return self.id

    @property
    def empty(self) -> bool:
        """Whether nothing was given."""
        return self.data is None or self.data == "" or self.data == []

    def pre_validate(self, form: Any) -> None:
        """Refuse what is malformed; one message at a time.

        Raises:
            StopValidation: with the message, or without one where there is a message already.
        """
        if self.process_errors:
            raise StopValidation()
        if self.empty:
            if self.required:
                raise StopValidation(self.required)
            return
        problem = self.problem()
        if problem:
            raise StopValidation(problem)

    def problem(self) -> str:
        """Return what is wrong with what was given, or "". For fields to extend."""
        text = self.data
        if self.max_length is not None and isinstance(text, str) and len(text) > self.max_length:
            return (
                f"{self.noun} must be {self.max_length:,} characters or fewer. "
                f"It has {len(text):,}: take out {len(text) - self.max_length:,}"
            )
        return ""

    def _common(self, size: str, heading: bool, classes: str) -> dict[str, Any]:
        params: dict[str, Any] = {"id": self.id, "name": self.name}
        label: dict[str, Any] = {"text": str(self.label.text), "size": size}
        if heading:
            label |= {"isPageHeading": True, "size": size or "l"}
        params["label"] = label
        if self.description:
            params["hint"] = {"text": self.description}
        if self.errors:
            params["errorMessage"] = {"text": str(self.errors[0])}
        if classes:
            params["classes"] = classes
        return params

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return the HTML of the field from the parameters that all components share."""
        raise NotImplementedError

    def widget(self, field: Any, **options: Any) -> Markup:
        """Render the field; called by WTForms with what the template gave."""
        size, heading = str(options.pop("size", "s")), bool(options.pop("heading", False))
        params = self._common(size, heading, str(options.pop("classes", "")))
        return self.render(params, **options)


def as_fieldset(params: dict[str, Any]) -> dict[str, Any]:
    """Turn the label into the legend of a fieldset."""
    return params | {"fieldset": {"legend": params["label"]}, "label": None}


def field_error_links(field: Any) -> list[ErrorLink]:
    """Return the errors of a field as links; those of a field made of fields lead to its parts."""
    if isinstance(field, FormField):
        return [link for part in field for link in field_error_links(part)]
    href = f"#{getattr(field, 'error_id', field.id)}"
    return [ErrorLink(str(error), href) for error in field.errors]


class EhiiaForm(FlaskForm):
    """The form that all of ours are. Its errors come as links for the summary at the top of the page."""

    def errors_list(self) -> list[ErrorLink]:
        """Return every error in the order of the fields."""
        links: list[ErrorLink] = [ErrorLink(str(error), "") for error in self.form_errors]
        for field in self:
            if field.short_name == "csrf_token":
                if field.errors:
                    links.append(
                        ErrorLink("This page was open for too long. Nothing is lost: send it again", "")
                    )
                continue
            links.extend(field_error_links(field))
        return links

    def refuse(self, field_name: str, message: str) -> None:
        """Add the refusal of a service to a field (or to the form with ""), to be shown like our own."""
        if not field_name:
            self.form_errors.append(message)
            return
        field = self[field_name]
        field.errors = [*field.errors, message]

    def values(self) -> Mapping[str, Any]:
        """Return the data of the fields without the CSRF token."""
        return {field.short_name: field.data for field in self if field.short_name != "csrf_token"}


class PartForm(EhiiaForm):
    """A form that is part of a page with a main form, which carries the CSRF token for all."""

    class Meta(FlaskForm.Meta):
        """Leaves the token to the main form."""

        csrf = False
