"""`hub runlog`."""

import typer

from hub.app import Roles
from hub.cli.commands import single
from hub.cli.serving import HealthAddress, LogTo, serve_role

app = single()


@app.command()
def runlog(ctx: typer.Context, health: HealthAddress = None, log: LogTo = None) -> None:
    """Store results and invalid messages, and prune what is old. Any number may run."""
    serve_role(ctx, Roles.of_runlog(), health, log)
