"""How entries of the quarantine are chosen: by their IDs, or all of a system, stream or cause."""

from typing import Annotated

import typer

from hub.cli.numbers import listed
from hub.errors import Misconfigured

ID = listed("ID", "hub quarantine list")
Numbers = Annotated[
    list[int] | None, typer.Argument(metavar="[ID]...", parser=ID, help="As hub quarantine list shows them.")
]
System = Annotated[str | None, typer.Option("--system", help="Only of this system.", show_default=False)]
Stream = Annotated[str | None, typer.Option("--stream", help="Only of this stream.", show_default=False)]
Cause = Annotated[str | None, typer.Option("--cause", help="Only of this cause.", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="All that --system, --stream and --cause leave.")]


def nothing(system: str | None = None, stream: str | None = None, cause: str | None = None) -> str:
    """Return that nothing waits; where it was narrowed, in those words, as a name may be misspelt."""
    named = (("system", system), ("stream", stream), ("cause", cause))
    chosen = " and ".join(f"{what} {name}" for what, name in named if name is not None)
    return f"Nothing waits with {chosen}; all that waits: hub quarantine" if chosen else "Nothing waits."


def all_of(numbers: list[int], *, everything: bool) -> list[int]:
    """Return everything that was left by the options; raises Misconfigured unless it is meant."""
    if not everything:
        raise Misconfigured("say which: their IDs, or --all (with --system, --stream, --cause to narrow it)")
    return numbers
