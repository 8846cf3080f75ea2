"""The keyboard alone: where the focus is, whether it can be seen, and how to get to a field."""

from __future__ import annotations

from tests.journeys.person import Person


def focused(person: Person) -> str:
    return str(person.page.evaluate("document.activeElement.name || document.activeElement.id || ''"))


def focus_is_visible(person: Person) -> None:
    shown = person.page.evaluate(
        """() => { const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== "none" || style.boxShadow !== "none"
          || style.backgroundColor === "rgb(255, 235, 59)" }"""
    )
    assert shown, f"nobody sees that the focus is on {focused(person)!r}"


def tabs_to(person: Person, name: str, backwards_from: str = "") -> None:
    """Press Tab until a field has the focus; on the way every stop can be seen."""
    goal, key = (backwards_from, "Tab") if backwards_from else (name, "Tab")
    for _ in range(60):
        person.page.keyboard.press(key)
        focus_is_visible(person)
        if focused(person) == goal:
            break
    assert focused(person) == goal
    if backwards_from:
        for _ in range(20):
            person.page.keyboard.press("Shift+Tab")
            focus_is_visible(person)
            if focused(person) == name:
                return
        raise AssertionError(f"Shift and Tab do not lead back to {name}")
