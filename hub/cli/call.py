"""What a command works with: the opened hub, and who is asking."""

import getpass
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any, cast

import typer

from hub import log
from hub.app import Hub, open_hub
from hub.cli.main import Start
from hub.cli.numbers import within
from hub.config.faults import guess_or_list
from hub.errors import Misconfigured
from hub.store import Tx, jobs

Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Most = Annotated[
    int, typer.Option("--most", metavar="NUMBER", parser=within("--most", 1, 100_000), help="How many at most.")
]


def start_of(ctx: typer.Context) -> Start:
    """Return what was said before the command."""
    return cast("Any", ctx.find_root()).obj


@contextmanager
def opened(ctx: typer.Context, *, migrated: bool = True) -> Generator[Hub]:
    """Open the hub for one command. Raises Misconfigured or DatabaseAway."""
    start = start_of(ctx)
    # A command says itself what there is to say; its parts only whisper.
    log.configure(level="debug" if start.debug else "critical")
    hub = open_hub(start.config, migrated=migrated)
    try:
        yield hub
    finally:
        hub.close()


def who() -> str:
    """Return who is asking, for the history: user@host."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "somebody"  # a container's user may have no name
    return f"{user}@{socket.gethostname()}"


def ask(question: str, *, yes: bool, default: bool = False) -> None:
    """Ask for consent where somebody sits at a terminal and has not given it yet; without it the command ends."""
    if not yes and sys.stdin.isatty():
        typer.confirm(question, default=default, abort=True)


def known_job(tx: Tx, name: str, *, to_change: bool = False) -> jobs.Job:
    """Return a job of the configuration in force; raises Misconfigured, with the nearest name there is.

    `to_change`: see `jobs.find`.
    """
    every = {job.name: job for job in jobs.find(tx, to_change=to_change)}
    if name not in every:
        hint = guess_or_list(name, tuple(every)) if every else "; nothing has been applied yet: hub apply"
        raise Misconfigured(f"there is no job {name}{hint}")
    return every[name]
