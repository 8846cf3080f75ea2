"""Fields in which something is chosen: select, radios, checkboxes, one box. Nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup
from wtforms import BooleanField, RadioField, SelectField
from wtforms import SelectMultipleField as _SelectMultipleField
from wtforms.fields.choices import SelectChoice

from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Degree, Word
from ehiia.forms.base import NhsMixin, as_fieldset
from ehiia.forms.nhs import NHS


def options(words: Iterable[Word | Degree], *, meanings: bool = False) -> tuple[Option, ...]:
    """Return words of the vocabulary as options; with ``meanings`` each is explained under its label."""
    return tuple(
        Option(str(w.value), w.label, w.meaning if meanings and isinstance(w, Word) else "") for w in words
    )


def degrees(words: Iterable[str]) -> tuple[Option, ...]:
    """Return the words of a scale as options; the first has the number 1."""
    return tuple(Option(str(number), word) for number, word in enumerate(words, start=1))


class _ChoiceMixin(NhsMixin):
    choices: Any

    def __init__(self, label: str = "", *, choices: Sequence[Option] = (), **kwargs: Any) -> None:
        """Take what ``NhsMixin`` takes and the options in their order."""
        self.options = tuple(choices)
        listed = [SelectChoice(value=option.id, label=option.label) for option in self.options]
        super().__init__(label, choices=listed, **kwargs)

    def known(self, value: object) -> bool:
        """Whether this is the id of an option."""
        return any(option.id == value for option in self.options)

    def _items(self, chosen: Sequence[str], attribute: str) -> list[dict[str, Any]]:
        """Return the options for a macro; the hint of an option stands under its label."""
        items = []
        for option in self.options:
            item: dict[str, Any] = {"value": option.id, "text": option.label, attribute: option.id in chosen}
            items.append(item | ({"hint": {"text": option.hint}} if option.hint else {}))
        return items

    def _chosen(self) -> list[str]:
        return [str(self.data)] if isinstance(self.data, str) and self.data else []


class ChoiceField(_ChoiceMixin, SelectField):
    """One of several, from a list that opens. Data: the id of an option, "" when nothing is chosen."""

    def __init__(self, label: str = "", *, nothing: str = "Choose one", **kwargs: Any) -> None:
        """Take what ``NhsMixin`` takes, the choices, and what stands there before anything is chosen."""
        self.nothing = nothing
        super().__init__(label, **kwargs)

    def problem(self) -> str:
        """Refuse an unknown id."""
        return "" if self.known(self.data) else f"Choose one of the options for {self.noun}"

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return an NHS select."""
        first = {"value": "", "text": self.nothing}
        return NHS.select(params | {"items": [first, *self._items(self._chosen(), "selected")]} | options)


class RadiosField(_ChoiceMixin, RadioField):
    """One of several, all in view, nothing chosen beforehand. Data: the id of an option, or None."""

    problem = ChoiceField.problem

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return NHS radios in a fieldset; ``small`` and ``inline`` are understood."""
        names = [f"nhsuk-radios--{name}" for name in ("small", "inline") if options.pop(name, False)]
        params = as_fieldset(params) | {"idPrefix": self.id, "items": self._items(self._chosen(), "checked")}
        del params["id"]
        params["classes"] = " ".join([*names, params.get("classes", "")]).strip()
        return NHS.radios(params | options)


class CheckboxesField(_ChoiceMixin, _SelectMultipleField):
    """Several of several. Data: a list of ids in the order of the options, or None where nothing is saved."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the ticks, in the order of the options."""
        given = list(dict.fromkeys(valuelist))
        known = [option.id for option in self.options if option.id in given]
        self.data = known + [value for value in given if not self.known(value)]

    def problem(self) -> str:
        """Refuse unknown ids."""
        if all(self.known(value) for value in self.data):
            return ""
        return f"Choose from the options shown for {self.noun}"

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return NHS checkboxes in a fieldset; ``small`` is understood."""
        small = "nhsuk-checkboxes--small" if options.pop("small", False) else ""
        chosen = [str(value) for value in self.data or ()]
        params = as_fieldset(params) | {"idPrefix": self.id, "items": self._items(chosen, "checked")}
        del params["id"]
        params["classes"] = f"{small} {params.get('classes', '')}".strip()
        return NHS.checkboxes(params | options)


class TickField(NhsMixin, BooleanField):
    """One box to tick. Data: True or False. ``required`` is the message when it is not ticked."""

    @property
    def empty(self) -> bool:
        """Whether it is not ticked."""
        return not self.data

    def render(self, params: dict[str, Any], **options: Any) -> Markup:
        """Return one NHS checkbox whose label is the label of the field."""
        item = {"value": "y", "text": str(self.label.text), "checked": bool(self.data)}
        if self.description:
            item |= {"hint": params.pop("hint")}
        del params["id"], params["label"]
        return NHS.checkboxes(params | {"idPrefix": self.id, "items": [item]} | options)
