"""The signing keys for an administrator; for anybody, the certificate of an organisation and its list."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from ehiia import clock
from ehiia.domain.vocabulary import Permission
from ehiia.forms.keys import LookForm, ReplaceForm
from ehiia.services import keys, leaked_keys, organisations
from ehiia.services.keys import Key
from ehiia.services.leaked_keys import Since
from ehiia.services.transaction import NotFound
from ehiia.web.access import public, requires, visitor
from ehiia.web.asking import Asked, done

blueprint = Blueprint("keys", __name__)


@blueprint.get("/organisation/keys")
@requires(Permission.ADMINISTER)
def start() -> str:
    """List the keys with which records are sealed."""
    return render_template(
        "keys/start.html",
        keys=keys.listed(visitor.organisation_id),
        code=organisations.get(visitor.organisation_id).code,
    )


def _key(key_id: int) -> Key:
    found = next((one for one in keys.listed(visitor.organisation_id) if one.id == key_id), None)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/organisation/keys/<int:key_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def replace(key_id: int) -> Any:
    """Put a new key in the place of one, after a planned time or because somebody else may have it."""
    key = _key(key_id)
    asked = Asked(form := ReplaceForm())
    if form.is_submitted():
        with asked:
            if form.validate():
                here, reason, now = visitor.organisation_id, form.reason.data or "", clock.now()
                if form.why.data == "planned":
                    keys.replace(here, key_id, reason=reason, by=visitor.person_id, now=now)
                elif form.since.data is None:
                    form.refuse("since", "Enter since which day somebody else may have it")
                    return render_template("keys/replace.html", key=key, form=form), 400
                else:
                    since = datetime.combine(form.since.data, time(0), UTC)
                    keys.revoke(here, key_id, since=since, reason=reason, by=visitor.person_id, now=now)
                done("A new key is in force")
                return redirect(url_for("keys.start"), 303)
    return render_template("keys/replace.html", key=key, form=form), asked.status


@blueprint.get("/organisation/keys/leaked")
@requires(Permission.ADMINISTER)
def leaked() -> str:
    """List what was made with a key after it had leaked, and who looked at it."""
    return render_template("keys/leaked.html", made=_made())


def _made() -> tuple[Since, ...]:
    return leaked_keys.made_since(visitor.organisation_id, actor=visitor.actor)


@blueprint.route("/organisation/keys/leaked/<made_ref>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def look(made_ref: str) -> Any:
    """Note what was found when looking at something that was made with a key after it had leaked."""
    one = next((one for one in _made() if one.ref == made_ref), None)
    if one is None:
        raise NotFound
    asked = Asked(form := LookForm())
    if form.is_submitted():
        with asked:
            if form.validate():
                leaked_keys.look(
                    visitor.organisation_id,
                    made_ref,
                    found=form.found.data or "",
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done(f"It is noted that you looked at {made_ref}")
                return redirect(url_for("keys.leaked"), 303)
    return render_template("keys/look.html", one=one, form=form), asked.status


@blueprint.get("/records/certificate/<code>")
@public
def certificate(code: str) -> str:
    """Show anybody the certificate of an organisation, its fingerprint and how to import it."""
    return render_template("keys/certificate.html", published=keys.published(code))


@blueprint.get("/records/certificate/<code>.crl")
@public
def revoked(code: str) -> Response:
    """Hand out the list of what the root in force has revoked."""
    return _list(keys.revocation_list(code))


@blueprint.get("/records/certificate/<code>/<int:key_id>.crl")
@public
def revoked_by(code: str, key_id: int) -> Response:
    """Hand out the list of a root, also of an older one: its certificates name this address."""
    return _list(keys.revocation_list(code, key_id))


def _list(content: bytes) -> Response:
    response = Response(content, mimetype="application/pkix-crl")
    response.headers["Content-Disposition"] = 'attachment; filename="revoked.crl"'
    return response
