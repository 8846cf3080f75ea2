"""The evidence library: finding an item, one item with its versions, adding, changing and retiring it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.questions import Option
from ehiia.domain.vocabulary import Permission
from ehiia.files import kinds
from ehiia.forms.assessment import TokenForm, offer
from ehiia.forms.evidence import EntryForm, RetireForm
from ehiia.services import items, library, uploads
from ehiia.services.items import Entry, EvidenceVersion
from ehiia.services.library import Search
from ehiia.services.transaction import NotAllowed
from ehiia.services.uploads import Upload
from ehiia.web.access import requires, signed_in, visitor
from ehiia.web.asking import Asked, attachment, bytes_of, done, number

blueprint = Blueprint("library", __name__)


def search_of_address() -> Search:
    """Return what the address looks for."""
    args = request.args
    return Search(
        words=args.get("words", "")[:200],
        kind=args.get("kind", "")[:64],
        group=args.get("group", "")[:64],
        place=args.get("place", "")[:200],
        year=args.get("year", "")[:40],
        retired=args.get("retired") == "y",
    )


def prepare(form: EntryForm, organisation_id: int) -> None:
    """Give the form its groups and the kinds of file that are taken."""
    labels = items.group_labels(organisation_id, now=clock.now())
    offer(form.groups, [Option(code, label) for code, label in labels.items()])
    form.upload.accept = kinds.endings()


def entry(form: EntryForm) -> Entry:
    """Return what was entered."""
    given = bytes_of(form.upload.data)
    return Entry(
        kind=form.kind.data or "",
        title=form.title.data or "",
        publisher=form.publisher.data or "",
        year=form.year.data or "",
        place=form.place.data or "",
        groups=tuple(form.groups.data or ()),
        shows=form.shows.data or "",
        link=form.link.data or "",
        upload=Upload(*given) if given else None,
        drop_file=bool(form.drop_file.data),
        changed=form.changed.data or "",
    )


def words_of(said: Any) -> dict[str, Any]:
    """Return a version, or a source that is used, as the fields of the form show it."""
    names = ("kind", "title", "publisher", "year", "place", "shows", "link")
    return {name: getattr(said, name) for name in names} | {"groups": list(said.groups)}


def limits() -> str:
    """Return which files are taken, for people."""
    return f"{kinds.accepted()}, up to {uploads.most_bytes() // 2**20} MB"


@blueprint.get("/library")
@signed_in
def start() -> str:
    """List the items that the visitor may know of."""
    search = search_of_address()
    page = library.find(
        visitor.organisation_id, search, actor=visitor.actor, after=number(request.args.get("after"))
    )
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "after"}
    return render_template(
        "library/start.html",
        page=page,
        search=search,
        kinds=items.kind_labels(),
        groups=items.group_labels(visitor.organisation_id, now=clock.now()),
        next_url=url_for("library.start", **kept, after=page.after) if page.after else "",
        first_url=url_for("library.start", **kept) if request.args.get("after") else "",
        filtered=bool(search != Search()),
        may_add=visitor.may_in(Permission.KEEP_LIBRARY),
    )


@blueprint.route("/library/add", methods=["GET", "POST"])
@requires(Permission.KEEP_LIBRARY)
def add() -> Any:
    """Add an item to the library itself, outside any assessment."""
    form = EntryForm()
    prepare(form, visitor.organisation_id)
    asked = Asked(form)
    if form.is_submitted():
        with asked:
            if form.validate():
                row = library.add(visitor.organisation_id, entry(form), by=visitor.person_id, now=clock.now())
                done("The item was added to the library")
                return redirect(url_for("library.one", item_id=row.id), 303)
    return render_template("library/add.html", form=form, limits=limits()), asked.status


@blueprint.route("/library/<int:item_id>", methods=["GET", "POST"])
@signed_in
def one(item_id: int) -> Any:
    """Show an item, its versions and who uses it; and retire it, with a reason."""
    item = library.one(item_id, actor=visitor.actor)
    form = RetireForm()
    asked = Asked(form)
    if form.is_submitted():
        if not item.may_retire:
            raise NotAllowed(f"Your posts do not allow you to {Permission.KEEP_LIBRARY.label}.")
        with asked:
            if form.validate():
                library.retire(item_id, reason=form.reason.data or "", by=visitor.person_id, now=clock.now())
                done("The item was retired. Those who use it are told on their evidence page")
                return redirect(url_for("library.one", item_id=item_id), 303)
    return (
        render_template(
            "library/one.html",
            item=item,
            form=form,
            kinds=items.kind_labels(),
            groups=items.group_labels(item.row.organisation_id, now=clock.now()),
        ),
        asked.status,
    )


@blueprint.post("/library/<int:item_id>/bring-back")
@signed_in
def bring_back(item_id: int) -> Any:
    """Offer a retired item again."""
    if TokenForm().validate():
        library.bring_back(item_id, by=visitor.person_id, now=clock.now())
        done("The item is offered again")
    else:
        library.one(item_id, actor=visitor.actor)
    return redirect(url_for("library.one", item_id=item_id), 303)


@blueprint.route("/library/<int:item_id>/change", methods=["GET", "POST"])
@signed_in
def change(item_id: int) -> Any:
    """Write a new version of an item; those who use it keep theirs until they move."""
    item = library.one(item_id, actor=visitor.actor)
    if not item.may_change:
        raise NotAllowed(f"Your posts do not allow you to {Permission.KEEP_LIBRARY.label}.")
    theirs: EvidenceVersion | None = None
    form = EntryForm()
    if not form.is_submitted():
        form = EntryForm(formdata=None, data=words_of(item.newest) | {"revision": str(item.newest.number)})
    prepare(form, item.row.organisation_id)
    asked = Asked(form, "this item")
    if form.is_submitted():
        with asked:
            if form.validate():
                library.change(
                    item_id,
                    entry(form),
                    newest=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("The new version was saved")
                return redirect(url_for("library.one", item_id=item_id), 303)
        if asked.stale:
            theirs = library.one(item_id, actor=visitor.actor).newest
            form.revision.data = str(theirs.number)
    return (
        render_template("library/change.html", item=item, form=form, theirs=theirs, limits=limits()),
        asked.status,
    )


@blueprint.get("/library/<int:item_id>/versions/<int:version>/file")
@signed_in
def file(item_id: int, version: int) -> Response:
    """Hand out the file of a version, always to be saved and never to be shown in the page."""
    name, content = library.file_of(item_id, version, actor=visitor.actor)
    return attachment(name, content)
