"""What we compare with: a bare Flask application with the same one query and the same change of an answer.

No sign-in, no forms, no layout, no history: the least that answers. It knows
nothing of EHIIA, so that it can also be run by itself for its memory:
``python -m tests.bench.bare DESCRIPTOR DATABASE-URL`` reads the query from its
standard input.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
from typing import Any

from flask import Flask, redirect, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Executable, text

PAGE = """<!DOCTYPE html>
<title>Register</title>
<h1>Register</h1>
<table>
{% for row in rows %}
<tr><td><a href="/a/{{ row.ref }}">{{ row.title }}</a> {{ row.ref }}, {{ row.kind }}, {{ row.name }}</td>
<td>{{ row.stage }}</td><td>{{ row.answered_count }} of {{ row.asked_count }}</td>
<td>{{ row.review_due_on or '' }}</td><td>{{ row.updated_at }}</td></tr>
{% endfor %}
</table>
"""
ANSWERS = text("SELECT question, subject, value FROM answer WHERE assessment_id = :assessment")
READ = """<!DOCTYPE html>
<title>Answers</title>
<h1>Answers</h1>
{% for row in rows %}
<p><b>{{ row.question }}</b> <i>{{ row.subject }}</i> {{ row.value }}</p>
{% endfor %}
"""
CHANGE = text(
    "UPDATE answer SET value = :value, revision = revision + 1, at = :at"
    " WHERE assessment_id = :assessment AND question = :question AND subject = ''"
)


def bare_app(database_url: str, query: Executable) -> Flask:
    """Make the application: ``/`` shows the rows of the query, ``/save`` changes one answer.

    ``/answers/<assessment>/<lines>`` shows so many lines of the answers of an assessment.
    """
    app = Flask("bare")
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url)
    db = SQLAlchemy(app)
    page = app.jinja_env.from_string(PAGE)

    @app.get("/")
    def register() -> str:
        return page.render(rows=db.session.execute(query))

    answers = app.jinja_env.from_string(READ)

    @app.get("/answers/<int:assessment>/<int:lines>")
    def read(assessment: int, lines: int) -> str:
        rows = list(db.session.execute(ANSWERS, {"assessment": assessment}))
        return answers.render(rows=(rows * (lines // len(rows) + 1))[:lines])

    @app.post("/save")
    def save() -> Any:
        given: dict[str, Any] = {**request.form, "value": json.dumps(request.form["value"])}
        changed = db.session.execute(CHANGE, given)
        assert changed.rowcount == 1  # type: ignore[attr-defined]
        db.session.commit()
        return redirect("/", 303)

    return app


def main(descriptor: int, database_url: str) -> None:
    """Serve on an inherited socket until it is ended."""
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = bare_app(database_url, text(sys.stdin.read().replace(":", r"\:")))
    create_server(app, sockets=[socket.socket(fileno=descriptor)], threads=4).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
