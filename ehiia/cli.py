"""Commands: ``flask --app wsgi people|demo|docs|records|keys|questions|jobs ...``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from ehiia import clock
from ehiia.content import rules
from ehiia.content.load import publish, question_set
from ehiia.content.reading import ContentError
from ehiia.domain import sampling, workflow
from ehiia.domain.vocabulary import Role
from ehiia.services import (
    administration,
    history,
    installation,
    keys,
    leaked_keys,
    organisations,
    people,
    renewing,
    verifying,
)
from ehiia.services.transaction import Invalid, NotFound, Refused

people_commands = AppGroup("people", help="People and accounts.")
docs_commands = AppGroup("docs", help="Documents drawn from the code.")
questions_commands = AppGroup("questions", help="Question sets.")
organisation_commands = AppGroup("organisation", help="The organisation and its file.")
record_commands = AppGroup("records", help="Decision records.")
audit_commands = AppGroup("audits", help="Audit samples and evidence packs.")
key_commands = AppGroup("keys", help="The keys with which records are sealed.")
history_commands = AppGroup("history", help="The history and its chain.")


@people_commands.command("first-administrator")
@click.option("--name", prompt="Your full name")
@click.option("--email", prompt="Your e-mail address")
@click.option("--organisation", prompt="Name of your organisation")
@click.password_option("--password", help="At least 12 characters.")
def first_administrator(name: str, email: str, organisation: str, password: str) -> None:
    """Make the organisation and its first administrator; refused once there is anybody."""
    if not people.nobody_yet():
        raise click.ClickException(
            "There are accounts already. An administrator adds people on the page People."
        )
    if len(password) < 12:
        raise click.ClickException(
            "The password must have at least 12 characters. Three unrelated words are good."
        )
    now = clock.now()
    try:
        made = organisations.by_code(organisations.slug(organisation)[:16]) or organisations.create(
            code=organisations.slug(organisation)[:16],
            name=organisation,
            ref_prefix="EHIIA",
            by=None,
            now=now,
        )
        people.add_person(
            organisation_id=made.id,
            name=name,
            email=email,
            roles=(Role.ADMINISTRATOR,),
            password=password,
            by=None,
            now=now,
        )
    except Invalid as error:
        raise click.ClickException(str(error))
    click.echo(f"{name} may now sign in with {email.strip().lower()}.")


@people_commands.command("anybody")
def anybody() -> None:
    """Exit 0 if there is an account, 1 if there is none yet."""
    sys.exit(1 if people.nobody_yet() else 0)


@docs_commands.command("workflow")
def draw_workflow() -> None:
    """Draw docs/workflow.md again from the table of moves."""
    path = Path(current_app.root_path).parent / "docs" / "workflow.md"
    path.write_text(workflow.drawing(), encoding="utf-8")
    click.echo(f"Wrote {path.name}.")


@docs_commands.command("rules")
def write_rules() -> None:
    """Write docs/rules.md again from the texts of the rules."""
    path = Path(current_app.root_path).parent / "docs" / "rules.md"
    path.write_text(rules.document(), encoding="utf-8")
    click.echo(f"Wrote {path.name}.")


@questions_commands.command("publish")
@click.argument("set_id")
@click.argument("version", type=int)
def publish_questions(set_id: str, version: int) -> None:
    """Lock a question set: from now on a change of the file is refused, and a new version is a new file."""
    try:
        click.echo(publish(set_id, version))
    except (ContentError, OSError) as error:
        raise click.ClickException(str(error))


@questions_commands.command("move")
def move_questions() -> None:
    """Move every assessment that is being written to the newest questions; no answer is lost.

    Its author is told once.
    """
    moved = renewing.move_open(by=None, now=clock.now())
    for one in moved:
        click.echo(f"{one.ref}: {one.moved} moved, {one.kept} kept as answered earlier")
    versions = question_set("assessment").version, question_set("screening").version
    click.echo(f"{len(moved)} moved to version {versions[0]} (screening: version {versions[1]}).")


@organisation_commands.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_organisation(file: Path) -> None:
    """Fill an organisation that is still empty from a file like organisation.example.toml."""
    try:
        made = administration.load_file(file, now=clock.now())
    except (Invalid, ContentError) as error:
        raise click.ClickException(str(error))
    click.echo(
        f"{made.name} was filled from {file.name}. Name chairs and secretaries on the page Committees."
    )


def _organisation(code: str) -> tuple[int, str]:
    """Return the number and the name of an organisation."""
    found = organisations.by_code(code)
    if found is None:
        raise click.ClickException(f"There is no organisation {code}.")
    return found.id, found.name


@key_commands.command("list")
def list_keys() -> None:
    """List the keys of every organisation: number, purpose, since when, until when and why, fingerprint."""
    for organisation in organisations.everything():
        click.echo(f"{organisation.code}: {organisation.name}")
        for key in keys.listed(organisation.id):
            what = "not safe since" if key.leaked else "replaced"
            ended = f"{what} {key.revoked_at:%Y-%m-%d %H:%M} UTC: {key.why}" if key.revoked_at else "in force"
            brought = ", brought along," if key.supplied else ""
            click.echo(f"  {key.id} {key.purpose}{brought} since {key.made_at:%Y-%m-%d}, {ended}")
            click.echo(f"    {key.fingerprint}")


@key_commands.command("rotate")
@click.option("--organisation", "code", required=True, help="Code of the organisation.")
@click.option("--purpose", type=click.Choice(("root", "seal", "clock")), default="seal")
@click.option("--reason", required=True)
def rotate_key(code: str, purpose: str, reason: str) -> None:
    """Put a new key in the place of the one in force; what was sealed before still verifies."""
    organisation_id, name = _organisation(code)
    found = [one for one in keys.listed(organisation_id) if one.replaceable and one.purpose == purpose]
    if not found:
        raise click.ClickException("There is no such key yet; it is made when the first record is sealed.")
    try:
        keys.replace(organisation_id, found[0].id, reason=reason, by=None, now=clock.now())
    except (Invalid, Refused) as error:
        raise click.ClickException(str(error))
    click.echo(f"A new {purpose} is in force for {name}.")


@key_commands.command("revoke")
@click.argument("number", type=int)
@click.option("--organisation", "code", required=True, help="Code of the organisation.")
@click.option("--since", type=click.DateTime(), required=True, help="UTC, such as 2026-11-03T09:00:00.")
@click.option("--reason", required=True)
def revoke_key(number: int, code: str, since: datetime, reason: str) -> None:
    """Say that somebody else may have a key, by its number in the list, and put a new one in its place."""
    organisation_id, name = _organisation(code)
    try:
        keys.revoke(
            organisation_id, number, since=since.replace(tzinfo=UTC), reason=reason, by=None, now=clock.now()
        )
    except NotFound:
        raise click.ClickException(f"{name} has no key {number}.")
    except (Invalid, Refused) as error:
        raise click.ClickException(str(error))
    click.echo(
        "It is revoked, and a new one is in force. See what it made since: flask --app wsgi keys leaked"
    )


@key_commands.command("leaked")
def made_since_leak() -> None:
    """List every record, edition and report that was made with a key after it had leaked."""
    for organisation in organisations.everything():
        click.echo(f"{organisation.code}: {organisation.name}")
        for one in leaked_keys.made_since(organisation.id, actor=None):
            seen = f"looked at {one.look.at:%Y-%m-%d} by {one.looked_by}" if one.look else "look at it"
            click.echo(f"  {one.ref} ({one.kind}), made {one.at:%Y-%m-%d %H:%M} UTC: {seen}")


@key_commands.command("new-secret")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def new_secret(file: Path) -> None:
    """Encrypt every key with the secret in FILE. Stop the service first; start it with FILE afterwards."""
    try:
        number = keys.encrypt_anew(file.read_bytes().strip(), now=clock.now())
    except Invalid as error:
        raise click.ClickException(str(error))
    click.echo(f"{number} keys were encrypted anew. Set EHIIA_KEYS_SECRET_FILE={file} and start the service.")


_of = click.option("--organisation", "code", required=True, help="Code of the organisation.")
_why = click.option("--reason", required=True, help="Kept with the key that it takes the place of.")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@key_commands.command("import-issuer")
@_file
@_of
@_why
def import_issuer(file: Path, code: str, reason: str) -> None:
    """Put the issuing certificate in FILE (PKCS#12 or PEM) in the place of the root, seal and clock.

    Its passphrase is asked for, or read from EHIIA_KEYS_PASSPHRASE_FILE.
    """
    from ehiia.services import supplied_keys

    _bring(code, partial(supplied_keys.issuer, content=file.read_bytes(), passphrase=_passphrase()), reason)


@key_commands.command("import-seal")
@_file
@_of
@_why
def import_seal(file: Path, code: str, reason: str) -> None:
    """Put the seal in FILE (PKCS#12 or PEM), bought from a trust service, in the place of the one in force.

    Its passphrase is asked for, or read from EHIIA_KEYS_PASSPHRASE_FILE.
    """
    from ehiia.services import supplied_keys

    _bring(code, partial(supplied_keys.seal, content=file.read_bytes(), passphrase=_passphrase()), reason)


@key_commands.command("import-token")
@_file
@_of
@_why
def import_token(file: Path, code: str, reason: str) -> None:
    """Put the seal in the token that EHIIA_PKCS11_MODULE names in the place of the one in force.

    FILE has its certificate (PEM), then those above it.
    """
    from ehiia.services import supplied_keys

    _bring(code, partial(supplied_keys.seal_in_token, content=file.read_bytes()), reason)


def _passphrase() -> str:
    given = installation.config().keys_passphrase
    if given is not None:
        return given
    return str(click.prompt("Passphrase of the file", hide_input=True, default="", show_default=False))


def _bring(code: str, bring: Callable[..., str], reason: str) -> None:
    organisation_id, name = _organisation(code)
    try:
        fingerprint = bring(organisation_id, reason=reason, now=clock.now())
    except (Invalid, Refused) as error:
        raise click.ClickException(str(error))
    click.echo(f"It is in force for {name}. SHA-256 {fingerprint}")


@history_commands.command("verify")
def verify_history() -> None:
    """Walk the history of every organisation; exit 1 where a chain does not hold."""
    broken = False
    for organisation in organisations.everything():
        found = history.verify_chain(organisation.id)
        broken = broken or bool(found)
        click.echo(f"{organisation.name}: {'does not hold' if found else 'holds'}")
        for one in found:
            click.echo(f"  number {one.seq}: {one.what}")
    sys.exit(1 if broken else 0)


@record_commands.command("verify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_files(files: tuple[Path, ...], root: Path | None) -> None:
    """Say in words whether each PDF is intact, trusted and ours, and how it stands today.

    With --root it is judged by that certificate (PEM) alone, and no register is asked. Ends with 0 only if
    every file is intact, trusted and in the register (with --root: intact and trusted), superseded or not;
    with 1 if one is not; with 2 if a file or the certificate cannot be read, or is looked at too much.
    """
    ending = 0
    pem = _certificate(root) if root else ""
    for path in files:
        try:
            checked = verifying.check_file(path.read_bytes(), root=pem)
        except (OSError, verifying.Busy) as error:
            why = error.strerror or str(error) if isinstance(error, OSError) else "too many are looked at"
            click.echo(f"{path}: cannot be read: {why}", err=True)
            ending = 2
            continue
        click.echo(f"{path}:")
        for sentence in verifying.sentences(checked, now=clock.now()):
            click.echo(f"  {sentence}")
        if not checked.good:
            ending = max(ending, 1)
    sys.exit(ending)


def _certificate(root: Path) -> str:
    """Return a certificate in PEM. Ends with 2 where it is none."""
    from cryptography import x509  # only this command needs it

    try:
        pem = root.read_text(encoding="ascii")
        x509.load_pem_x509_certificate(pem.encode("ascii"))
    except (OSError, ValueError):
        click.echo(f"{root}: is no certificate in PEM", err=True)
        sys.exit(2)
    return pem


@audit_commands.command("draw")
@click.option("--seed", required=True, help="The seed as the page of the audit shows it.")
@click.option("--frame", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def draw_sample(seed: str, frame: Path) -> None:
    """Draw a sample again from its frame and its seed, without a database: the same on any machine."""
    text = frame.read_bytes().decode("utf-8", errors="replace")
    try:
        read = sampling.parse(text)
    except sampling.BadFrame as error:
        raise click.ClickException(str(error))
    click.echo(f"SHA-256 of the frame: {sampling.digest(sampling.canonical(read))}")
    for drawn in sampling.draw(read, seed):
        click.echo(f"{drawn.item.pool}\t{drawn.item.ref}\t{drawn.key}")


@audit_commands.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_pack(pack: Path, root: Path | None) -> None:
    """Say in words whether an evidence pack holds: a folder or a ZIP. Nothing else is read.

    Its seal must rest on a root certificate of this installation, or on that of --root. Ends with 0 where
    everything holds, with 1 where something does not, with 2 where it is no pack that can be read.
    """
    try:
        found = verifying.check_pack(pack, root.read_text() if root else "")
    except (verifying.BadPack, OSError, ValueError) as error:
        click.echo(f"{pack}: {error}.", err=True)
        sys.exit(2)
    for sentence in (*found.holds, *found.notes):
        click.echo(f"  {sentence}")
    for problem in found.problems:
        click.echo(f"  NOT WELL: {problem}.")
    name = found.reference or "This"
    click.echo(f"{name}: everything holds." if found.good else f"{name}: do not rely on it.")
    sys.exit(0 if found.good else 1)


def register_commands(app: Flask) -> None:
    """Register every group of commands."""
    for group in (
        people_commands,
        docs_commands,
        questions_commands,
        history_commands,
        key_commands,
        audit_commands,
        organisation_commands,
        record_commands,
    ):
        app.cli.add_command(group)
