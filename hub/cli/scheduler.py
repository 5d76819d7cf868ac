"""`hub scheduler`."""

import typer

from hub.app import Roles
from hub.cli.commands import single
from hub.cli.serving import HealthAddress, LogTo, serve_role

app = single()


@app.command()
def scheduler(ctx: typer.Context, health: HealthAddress = None, log: LogTo = None) -> None:
    """Make the runs that are due and hand them to the broker. Any number may run; one leads."""
    serve_role(ctx, Roles.of_scheduler(), health, log)
