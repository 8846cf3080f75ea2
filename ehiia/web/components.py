"""What every template can lean on: the NHS components, our filters, static files, the errors of a form.

``init_components(app)`` binds it; the application's own templates are strict
about missing variables from then on.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for
from jinja2 import StrictUndefined

from ehiia.content import guidance
from ehiia.forms.base import EhiiaForm, ErrorLink, field_error_links
from ehiia.forms.nhs import NHS
from ehiia.web import present

_YEAR = 365 * 24 * 60 * 60


_ADDRESSES: dict[tuple[str, str, str], tuple[int, str]] = {}
"""Folder, start of the address and file name -> when the file was changed, and its address."""


def static_url(filename: str) -> str:
    """Return the address of a static file with the digest of its content, so that it may be kept for ever.

    Raises:
        FileNotFoundError: there is no such file, which is a mistake in a template.
    """
    folder = current_app.static_folder
    if folder is None:
        raise FileNotFoundError(filename)
    key = (folder, request.script_root, filename)
    changed = os.stat(f"{folder}/{filename}").st_mtime_ns  # noqa: PTH116 - four times a page
    known = _ADDRESSES.get(key)
    if known is None or known[0] != changed:
        digest = hashlib.sha256((Path(folder) / filename).read_bytes()).hexdigest()[:12]
        known = (changed, url_for("static", filename=filename, v=digest))
        _ADDRESSES[key] = known
    return known[1]


def csp_nonce() -> str:
    """Return the nonce of this response for the content policy, made when it is first asked for.

    Made lazily: an error page may be rendered before the hooks that would otherwise have made it.
    """
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def csp_nonce_in_use() -> str | None:
    """Return the nonce if a template asked for one; for the hook that writes the content policy."""
    return str(g.csp_nonce) if "csp_nonce" in g else None


def nhs_version() -> str:
    """Return the version of the vendored NHS.UK frontend, which is part of its file names."""
    return (Path(__file__).parent.parent / "static" / "nhsuk" / "VERSION").read_text().strip()


def _keep_static_files(response: Response) -> Response:
    """Let browsers keep for a year what was asked for by its digest."""
    if request.endpoint == "static" and request.args.get("v") and response.status_code in (200, 304):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR
        response.cache_control.immutable = True
    return response


def page_url(endpoint: str, **values: object) -> str:
    """Return the address of a page, or "" where this application has no such page.

    For the frame around the page, which error pages and small applications in tests share.
    """
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **values)  # type: ignore[arg-type]


def error_links(form: Any) -> list[ErrorLink]:
    """Return the errors of one of our forms, or of a form by another library, as links."""
    if isinstance(form, EhiiaForm):
        return form.errors_list()
    links = [ErrorLink(str(error), "") for error in getattr(form, "form_errors", ())]
    return links + [link for field in form for link in field_error_links(field)]


def init_components(app: Flask) -> None:
    """Give the templates of an application the NHS components, filters, the nonce and static addresses."""
    version = nhs_version()
    shared: Mapping[str, object] = {
        "nhs": NHS,
        "csp_nonce": csp_nonce,
        "static_url": static_url,
        "page_url": page_url,
        "guidance_beside": guidance.beside,
        "error_links": error_links,
        "nhs_css": f"nhsuk/nhsuk-frontend-{version}.min.css",
    }
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(shared)
    app.jinja_env.filters.update(present.FILTERS)
    app.after_request(_keep_static_files)
