"""What anybody may read: the register of published assessments, one of them, its files, and a feed.

These are the only pages that search engines may list. Each has an ETag, so that what did not change is not
sent again, and an address that stays.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from ehiia import clock
from ehiia.domain.glance import glance
from ehiia.forms.published import RegisterForm
from ehiia.services import published, record_copies
from ehiia.services.installation import config
from ehiia.services.published import Register, Wanted
from ehiia.services.transaction import NotFound
from ehiia.web.access import public
from ehiia.web.asking import attachment, number
from ehiia.web.records import DOCX, page_alone, to_save

blueprint = Blueprint("published", __name__)

FEED = "https://jsonfeed.org/version/1.1"
IN_FEED = 200
"""So many are in the feed."""

blueprint.add_app_template_global(published.has_register, "has_register")


def whole(path: str) -> str:
    """Return the address of a path as people outside write it."""
    return config().public_url + path


def _answer(
    body: str | bytes, *, mimetype: str = "text/html", changed_at: datetime | None = None, etag: str = ""
) -> Answer:
    """Answer with what may be kept for five minutes and listed, or with 304 where it did not change."""
    response = Response(body, mimetype=mimetype)
    raw = body.encode() if isinstance(body, str) else body
    response.set_etag(etag or hashlib.sha256(raw).hexdigest()[:32])
    if changed_at is not None:
        response.last_modified = changed_at
    kept = "private, no-cache" if current_user.is_authenticated else "public, max-age=300"
    response.headers["Cache-Control"] = kept
    response.headers["X-Robots-Tag"] = "all"
    return response.make_conditional(request)


def _wanted(form: RegisterForm) -> Wanted:
    return Wanted(
        words=(form.words.data or "")[:200],
        kind=form.kind.data or "",
        group=form.group.data or "",
        place=form.place.data or "",
        year=number(form.year.data),
        outcome=form.outcome.data or "",
    )


@blueprint.get("/published")
@public
def register() -> Answer:
    """List what is published, with search and filters."""
    return _register("")


@blueprint.get("/published/by/<organisation_code>")
@public
def of_organisation(organisation_code: str) -> Answer:
    """List what one organisation has published."""
    return _register(organisation_code)


def _register(organisation_code: str) -> Answer:
    form = RegisterForm(request.args)
    wanted = _wanted(form)
    page = published.register(
        wanted, organisation_code=organisation_code, after=request.args.get("after", ""), today=clock.today()
    )
    form.offer(page.choices)
    here: dict[str, Any] = {"organisation_code": organisation_code} if organisation_code else {}
    endpoint = "published.of_organisation" if here else "published.register"
    kept: dict[str, Any] = here | {
        name: text for name, text in request.args.items() if text and name != "after"
    }
    return _answer(
        render_template(
            "published/register.html",
            form=form,
            page=page,
            filtered=wanted != published.EVERYTHING,
            begins=url_for(endpoint, **here),
            next_url=url_for(endpoint, **(kept | {"after": page.next_key})) if page.next_key else "",
            first_url=url_for(endpoint, **kept) if request.args.get("after") else "",
            feed=url_for("published.feed_of" if here else "published.feed", **here),
            canonical=whole(url_for(endpoint, **here)),
            organisation=next(iter(page.organisations.values())) if len(page.organisations) == 1 else "",
        )
    )


@blueprint.get("/published/feed.json")
@public
def feed() -> Answer:
    """Give what was published last as a JSON feed."""
    return _feed("")


@blueprint.get("/published/by/<organisation_code>/feed.json")
@public
def feed_of(organisation_code: str) -> Answer:
    """Give what one organisation published last as a JSON feed."""
    return _feed(organisation_code)


def _feed(organisation_code: str) -> Answer:
    page = published.register(organisation_code=organisation_code, today=clock.today(), limit=IN_FEED)
    content = _content(page)
    return _answer(json.dumps(content, ensure_ascii=False, indent=1), mimetype="application/feed+json")


def _content(page: Register) -> dict[str, Any]:
    return {
        "version": FEED,
        "title": f"Published impact assessments: {', '.join(page.organisations.values())}",
        "home_page_url": whole(url_for("published.register")),
        "feed_url": whole(request.path),
        "language": "en-GB",
        "items": [
            {
                "id": whole(url_for("published.show", edition_ref=line.ref)),
                "url": whole(url_for("published.show", edition_ref=line.ref)),
                "title": line.title,
                "content_text": line.summary,
                "date_published": line.published_at.isoformat(),
                "authors": [{"name": line.organisation}],
                "tags": [line.kind, line.status, *line.places, *line.groups],
            }
            for line in page.lines
        ],
    }


@blueprint.get("/published/<edition_ref>")
@public
def show(edition_ref: str) -> Answer:
    """Show an edition from its frozen record alone; the reference of an assessment leads to its newest."""
    today = clock.today()
    try:
        shown = published.see(edition_ref, today=today)
    except NotFound:
        newest = published.newest_of(edition_ref, today=today)
        return redirect(url_for("published.show", edition_ref=newest), 302)
    canonical = whole(url_for("published.show", edition_ref=shown.superseded_by or edition_ref))
    if shown.withdrawn:
        return redirect(url_for("published.withdrawn", edition_ref=edition_ref), 302)
    record = shown.record
    page = render_template(
        "published/show.html",
        shown=shown,
        record=record,
        snapshot=record.snapshot,
        glance=glance(record.snapshot),
        name_taken_back=False,
        canonical=canonical,
    )
    return _answer(page, changed_at=shown.changed_at)


@blueprint.get("/published/<edition_ref>/withdrawn")
@public
def withdrawn(edition_ref: str) -> Answer:
    """Say of an edition that it was withdrawn and why, and nothing that stood in it."""
    shown = published.see(edition_ref, today=clock.today())
    if not shown.withdrawn:
        raise NotFound
    response = _answer(render_template("published/withdrawn.html", shown=shown), changed_at=shown.changed_at)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/published/<edition_ref>.pdf")
@public
def pdf(edition_ref: str) -> Answer:
    """Hand out the sealed file of an edition."""
    file, content = published.pdf(edition_ref, today=clock.today())
    response = _answer(content, mimetype="application/pdf", changed_at=file.signed_at, etag=file.sha256)
    response.headers["Content-Disposition"] = f'inline; filename="{edition_ref}.pdf"'
    return response


@blueprint.get("/published/<edition_ref>.json")
@public
def data(edition_ref: str) -> Answer:
    """Hand out the canonical text of an edition; its SHA-256 is the ETag."""
    row = published.read_out(edition_ref, today=clock.today()).edition
    return _answer(row.text, mimetype="application/json", changed_at=row.made_at, etag=row.sha256)


@blueprint.get("/published/<edition_ref>.html")
@public
def twin(edition_ref: str) -> Answer:
    """Hand out an edition as one accessible page that needs nothing else and holds no scripts."""
    shown = published.read_out(edition_ref, today=clock.today())
    page = page_alone(record_copies.copy(shown.record, sha256=shown.edition.sha256))
    return to_save(_answer(page), f"{edition_ref}.html")


@blueprint.get("/published/<edition_ref>.docx")
@public
def word(edition_ref: str) -> Answer:
    """Hand out an edition as a Word document, which says that it is a copy."""
    row = published.read_out(edition_ref, today=clock.today()).edition
    content = record_copies.word_of_text(row.text, row.sha256)
    return to_save(_answer(content, mimetype=DOCX), f"{edition_ref}.docx")


@blueprint.get("/published/<edition_ref>/formats/<int:format_id>")
@public
def format_file(edition_ref: str, format_id: int) -> Response:
    """Hand out another way of reading an edition."""
    return attachment(*published.format_file(edition_ref, format_id, today=clock.today()))


@blueprint.get("/robots.txt")
@public
def robots() -> Answer:
    """Say to search engines that they may list what is published, and nothing else."""
    text = "User-agent: *\nAllow: /published\nAllow: /static/\nDisallow: /\n"
    return _answer(text, mimetype="text/plain")
