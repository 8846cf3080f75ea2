"""Two people, or two clicks of one, at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Do these things at the same moment, each in a thread; return what each gave or raised, in order."""
    together = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def do(place: int, act: Callable[[], object]) -> None:
        try:
            with app.app_context():
                together.wait(20)
                results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=do, args=item) for item in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return results
