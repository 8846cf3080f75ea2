"""A page with every component on it, in a small application of its own; for tests and for looking at."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, flash, render_template, request
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import PasswordField, StringField

from ehiia.domain.questions import AnswerKind, Group, Option, Question
from ehiia.domain.vocabulary import Dimension, LegalStatus, Stage
from ehiia.forms.builder import question_form
from ehiia.forms.impact import impact_form
from ehiia.web.components import init_components
from ehiia.web.present import due_tag, progress_tag, stage_tag

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
GROUPS = (
    Group("age", "Age", "people of any age", LegalStatus.PROTECTED, "Equality Act 2010"),
    Group("sex", f"Sex {EVIL}", "women and men", LegalStatus.PROTECTED, "Equality Act 2010", hint=EVIL),
)
OPTIONS = (Option("a", "First"), Option("b", f"Second {EVIL}", hint="A hint"), Option("c", "Third"))


def question(kind: AnswerKind, **kwargs: Any) -> Question:
    """Make a question of a kind with everything filled in."""
    return Question(
        kind.value,
        kind,
        f"{kind.label}?",
        hint="Say who.",
        good="Names.\n\nNumbers.",
        options=OPTIONS,
        **kwargs,
    )


QUESTIONS = tuple(
    Question(
        q.id,
        q.kind,
        q.label,
        hint=q.hint,
        good=q.good,
        options=() if q.kind is AnswerKind.UNKNOWABLE else OPTIONS,
    )
    for q in map(question, AnswerKind)
)
SectionForm = question_form(QUESTIONS, GROUPS)
AccessForm = impact_form(Dimension.ACCESS)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Stands for a form of another library."""

    email = StringField("E-mail address")
    password = PasswordField("Password")


def _values(answer: str) -> dict[str, Any]:
    today = date(2026, 11, 21)
    thing = SimpleNamespace
    cell = thing(direction="worse", details=["clearly", f"high (12) {answer}"], href="/c")
    better = thing(direction="better", details=["a little"], href="/d")
    tasks = [
        thing(
            title=f"Disability {answer}",
            href="/t1",
            hint="Outcomes still to answer",
            state=progress_tag(1, 3),
        ),
        thing(title="Race", href="/t2", hint="", state=progress_tag(3, 3, missing=True)),
        thing(title="Sex", href="/t3", hint=answer, state=progress_tag(3, 3)),
        thing(
            title="Check your answers", href="", hint="Opens later", state=due_tag(date(2026, 11, 18), today)
        ),
    ]
    bands = [
        thing(
            label="Protected by law",
            rows=[
                thing(label=f"Age {answer}", cells=[cell, better, None], note=""),
                thing(label="Marriage", cells=(), note="Asked about the first aim only."),
            ],
        ),
        thing(
            label="Local groups",
            rows=[
                thing(
                    label="Fishing communities in the ports",
                    note="",
                    cells=[
                        thing(direction=name, details=["evidence gap 2"], href="")
                        for name in ("unknown", "mixed", "same")
                    ],
                )
            ],
        ),
    ]
    return {
        "answer": answer,
        "stages": [
            thing(label="Screening", detail="Full assessment", state="done"),
            thing(label="Being written", detail="34 of 58 answered", state="now"),
            thing(label="Being checked", detail="by 18 December", state=""),
            thing(label="In force", detail="from 1 April 2027", state=""),
        ],
        "places_here": [
            thing(label="Task list", href="/", current=True, folded=False),
            thing(label="Impact matrix", href="/m", current=False, folded=False),
            thing(label="History", href="/h", current=False, folded=True),
        ],
        "tasks": tasks,
        "rows": [
            {"key": "Title", "value": answer, "href": "/e"},
            {"key": "Digest", "value": "7c1e", "href": ""},
        ],
        "table_rows": [
            [answer, stage_tag(Stage.WRITING).text, "34"],
            ["Branch surgery", "In force", "1,041"],
        ],
        "bands": bands,
        "entries": [
            thing(sentence=f"Amina changed “{answer}”.", when="22 November 2026 at 14:32", detail=answer)
        ],
        "state": stage_tag(Stage.IN_FORCE, date(2026, 11, 1), today),
    }


def make_app() -> Flask:
    """Make the application with one page at ``/``; what is posted there is validated and shown again."""
    package = Path(__file__).parents[2] / "ehiia"
    app = Flask("gallery", template_folder=str(package / "templates"), static_folder=str(package / "static"))
    app.config.update(SECRET_KEY="not secret", TESTING=True, WTF_CSRF_ENABLED=False)
    CSRFProtect(app)
    init_components(app)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(str(package / "templates")), FileSystemLoader(str(Path(__file__).parent))]
    )

    @app.context_processor
    def shell() -> dict[str, Any]:
        nav = [("Home", False), ("Assessments", True), ("Mitigating actions", False), ("Reviews", False)]
        return {
            "shell": SimpleNamespace(
                organisation_name=f"Suffolk and North East Essex {request.args.get('answer', '')}",
                service_name="Impact assessments",
                person_name="Amina Khan",
                nav=[SimpleNamespace(label=label, href="/", current=here) for label, here in nav],
                demonstration=True,
            )
        }

    @app.route("/", methods=["GET", "POST"])
    def page() -> str:
        answer = request.args.get("answer", "An answer")
        if request.method == "POST":
            form, part = SectionForm(), AccessForm()
            form.validate()
            part.validate()
        else:
            form = SectionForm.filled({"text": answer, "line": answer, "choice": "b", "date": "2027-04-01"})
            part = AccessForm(formdata=None, data={"direction": "worse", "reason": answer})
            flash(f"Saved {answer}", "success")
        return render_template(
            "gallery.html",
            form=form,
            forms=[form, part],
            part=part,
            foreign=SignInForm(formdata=None),
            with_aside="aside" in request.args,
            **_values(answer),
        )

    @app.get("/error/<int:code>")
    def error(code: int) -> tuple[str, int]:
        return render_template(
            "layout/error.html", code=code, title="Page not found", advice="Look again.", typed=()
        ), code

    return app


if __name__ == "__main__":
    make_app().run(port=5391)
