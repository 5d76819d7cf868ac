"""`hub web`."""

import typer

from hub.app import Roles
from hub.cli.commands import single
from hub.cli.serving import HealthAddress, LogTo, serve_role

app = single()


@app.command()
def web(ctx: typer.Context, health: HealthAddress = None, log: LogTo = None) -> None:
    """Take the webhook calls of other systems, at the address that web under [hub] names. Any number may run."""
    serve_role(ctx, Roles.of_web(), health, log)
