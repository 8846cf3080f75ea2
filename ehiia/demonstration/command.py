"""``flask demo load``: fill an empty database with the demonstration."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ehiia.content import example as finished
from ehiia.demonstration import play
from ehiia.services.installation import config

demo_commands = AppGroup("demo", help="The demonstration.")


@demo_commands.command("load")
@click.option("--example", is_flag=True, help="Write the finished example anew, from what was played.")
def load(*, example: bool) -> None:
    """Play the stories through the services; refused where there is anybody already."""
    if example and not config().demonstration:
        raise click.ClickException("Set EHIIA_DEMONSTRATION=1, so that the example says that it is invented.")
    try:
        acts = play.load(example=finished.FILE if example else None)
    except play.InUse as error:
        raise click.ClickException(str(error))
    click.echo(f"The demonstration is loaded: {acts} acts were played.")
