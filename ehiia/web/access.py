"""Doors: every view says who may enter, and what it is given when they do.

``@public``: anybody. ``@signed_in``: anybody who is signed in. ``@requires(p)``
with a permission of an organisation: whoever holds the post. ``@opens(p)`` with
a permission of an assessment: the view takes ``ref`` from the address and is
given ``seen``, or the person meets a 404 or a 403. A house test refuses an
endpoint without a door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, session
from flask_login import current_user
from werkzeug.local import LocalProxy

from ehiia import clock
from ehiia.domain.access import POSTS, Actor, may_in
from ehiia.domain.vocabulary import Permission, Role
from ehiia.services import people, sight
from ehiia.services.organisations import Organisation
from ehiia.services.transaction import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Visitor:
    """Who is looking, and the one organisation that is shown to them."""

    person_id: int
    name: str
    actor: Actor
    organisation: Organisation | None
    """None for somebody who holds no post: they see what is shared with them."""
    organisations: tuple[Organisation, ...]

    @property
    def organisation_id(self) -> int:
        """Id of the organisation that is shown; 0 where there is none."""
        return self.organisation.id if self.organisation else 0

    def may_in(self, permission: Permission) -> bool:
        """Say whether the person may do this in the organisation shown."""
        return bool(may_in(self.actor, permission, self.organisation_id))

    def has(self, *roles: Role) -> bool:
        """Say whether the person holds one of these posts in the organisation shown."""
        return self.actor.has(self.organisation_id, *roles)


def _visitor() -> Visitor:
    if "visitor" not in g:
        account = current_user._get_current_object()
        known: people.SignedIn | None = g.get("signed_in")
        if known is not None and known.account.person_id == account.person_id:
            actor, organisations = known.actor, known.organisations
        else:  # in the very request in which they signed in
            actor = people.actor_of(account.person_id, today=clock.today())
            organisations = tuple(people.organisations_of(actor))
        chosen = session.get("organisation")
        shown = next(
            (o for o in organisations if o.id == chosen), organisations[0] if organisations else None
        )
        g.visitor = Visitor(account.person_id, account.person.name, actor, shown, organisations)
    return cast(Visitor, g.visitor)


visitor: Visitor = cast(Visitor, LocalProxy(_visitor))
"""The person who is signed in; only behind a door other than ``public``."""


def _door(view: View, label: str) -> View:
    view.__door__ = label  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Let anybody in."""
    return _door(view, "public")


def signed_in(view: View) -> View:
    """Let anybody in who is signed in; others are asked to sign in and come back here."""

    @wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return view(*args, **kwargs)

    return _door(cast(View, inside), "signed in")


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in whoever may do this in the organisation shown, by their posts."""
    if permission not in POSTS:
        raise TypeError(f"{permission!r} belongs to an assessment: use opens()")

    def decorate(view: View) -> View:
        @wraps(view)
        def inside(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            ruling = may_in(visitor.actor, permission, visitor.organisation_id)
            if not ruling:
                raise NotAllowed(ruling.reason)
            return view(*args, **kwargs)

        return _door(cast(View, inside), permission.value)

    return decorate


def opens(permission: Permission) -> Callable[[View], View]:
    """Load the assessment named by ``ref`` in the address and let in whoever may do this with it.

    The view is given ``seen`` (``services.sight.Seen``) instead of ``ref``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inside(ref: str, *args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            seen = sight.see(ref, permission, actor=visitor.actor)
            return view(seen, *args, **kwargs)

        return _door(cast(View, inside), permission.value)

    return decorate


def same_site_path(target: str | None) -> str | None:
    """Return a path on this site to go to, or None: open redirects are refused."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    return target if all(ord(c) >= 32 for c in target) else None
