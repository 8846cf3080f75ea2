"""The published JSON Schemas, at addresses that stay."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Answer

from ehiia.content import schemas
from ehiia.services.transaction import NotFound
from ehiia.web.access import public

blueprint = Blueprint("schemas", __name__)


@blueprint.get("/schemas/<name>.json")
@public
def show(name: str) -> Answer:
    """Hand out a JSON Schema."""
    content = schemas.named(name)
    if content is None:
        raise NotFound
    response = Response(content, mimetype="application/schema+json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    return response.make_conditional(request)
