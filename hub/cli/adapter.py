"""`hub adapter`."""

from typing import Annotated

import typer

from hub.app import Roles
from hub.cli.commands import single
from hub.cli.serving import HealthAddress, LogTo, serve_role
from hub.config import KINDS
from hub.config.faults import guess_or_list
from hub.errors import Misconfigured

app = single()


@app.command()
def adapter(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help=", ".join(KINDS))],
    health: HealthAddress = None,
    log: LogTo = None,
) -> None:
    """Carry out the runs of all systems of one kind. Any number may run."""
    if kind not in KINDS:
        raise Misconfigured(f"{kind} is not a kind of system{guess_or_list(kind, KINDS)}")
    serve_role(ctx, Roles.of_adapter(kind), health, log)
