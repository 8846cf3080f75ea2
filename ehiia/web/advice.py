"""Early advice: asking the equality leads about what is not finished, and what they say."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.access import UNSENT
from ehiia.domain.vocabulary import Permission
from ehiia.forms.advice import AdviseForm, AskForm
from ehiia.forms.assessment import TokenForm
from ehiia.services import advice
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid, NotAllowed, Refused
from ehiia.web.access import opens, requires, visitor
from ehiia.web.asking import done, number, refuse
from ehiia.web.pages import crumbs
from ehiia.web.shell import Link

blueprint = Blueprint("advice", __name__)


def tabs(here: str) -> list[Link]:
    """Return the two lists of an equality lead: what waits to be checked, and early advice."""
    pairs = (("To check", "checks.waiting"), ("Early advice", "advice.waiting"))
    return [Link(label, url_for(endpoint), endpoint == here) for label, endpoint in pairs]


@blueprint.get("/advice")
@requires(Permission.SEE_CHECK_QUEUE)
def waiting() -> str:
    """List the questions that wait for advice, the oldest first."""
    rows = advice.waiting(visitor.actor, visitor.organisation_id)
    return render_template("advice/waiting.html", rows=rows, tabs=tabs("advice.waiting"))


@blueprint.route("/a/<ref>/advice", methods=["GET", "POST"])
@opens(Permission.READ)
def early(seen: Seen) -> Any:
    """Show the questions and the advice; take another question, or an answer."""
    assessment, ref, status = seen.assessment, seen.assessment.ref, 200
    act = request.form.get("act", "")
    asking = AskForm(formdata=request.form if act == "ask" else None)
    advising = AdviseForm(formdata=request.form if act == "answer" else None)
    form = advising if act == "answer" else asking
    if request.method == "POST":
        status = 400
        try:
            if form.validate():
                if form is advising:
                    advice.answer(
                        ref,
                        number(advising.advice.data),
                        text=advising.answer.data or "",
                        by=visitor.person_id,
                        now=clock.now(),
                    )
                    done("Your advice was sent to the author")
                else:
                    advice.ask(
                        ref, question=asking.question.data or "", by=visitor.person_id, now=clock.now()
                    )
                    done("Your question was sent to the equality leads. You can go on working meanwhile")
                return redirect(url_for("advice.early", ref=ref), 303)
        except Invalid as error:
            refuse(form, error)
        except (NotAllowed, Refused) as refused:
            form.refuse("", refused.reason)
            status = 403 if isinstance(refused, NotAllowed) else 409
    asked = advice.advice_on(assessment.id)
    chosen = number(advising.advice.data or request.args.get("answer"))
    open_ones = [one for one in asked if one.open and one.asked_by_id != visitor.person_id]
    may_advise = bool(seen.may(Permission.ADVISE))
    return render_template(
        "advice/early.html",
        seen=seen,
        form=form if status != 200 else None,
        asking=asking,
        advising=advising,
        asked=asked,
        answering=next((one for one in open_ones if one.id == chosen), open_ones[0] if open_ones else None)
        if may_advise
        else None,
        may_ask=bool(seen.may(Permission.WRITE)) and assessment.stage in UNSENT,
        may_take_back=bool(seen.may(Permission.WRITE)),
        crumbs=crumbs(seen),
    ), status


@blueprint.post("/a/<ref>/advice/take-back")
@opens(Permission.WRITE)
def take_back(seen: Seen) -> Any:
    """Take back a question that nobody has answered."""
    ref = seen.assessment.ref
    if TokenForm().validate():
        advice.take_back(ref, number(request.form.get("advice")), by=visitor.person_id, now=clock.now())
        done("The question was taken back")
    return redirect(url_for("advice.early", ref=ref), 303)
