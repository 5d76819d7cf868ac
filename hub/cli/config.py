"""`hub config`: the applied configurations, by number."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hub.app import Hub, revert
from hub.app.applying import preview
from hub.app.registry import OPTIONS
from hub.cli import show, words
from hub.cli.apply import AsNew, Same, answer, show_changes
from hub.cli.call import Json, Most, Yes, ask, opened, start_of, who
from hub.cli.commands import COMMANDS, Listing, group
from hub.cli.numbers import listed
from hub.config import load_file
from hub.counting import counted
from hub.errors import Misconfigured
from hub.store import revisions


class Config(Listing):
    """Shows the history where nothing is named."""

    default = "history"


app = group(COMMANDS["config"], Config)
NEWEST = 2**31 - 1
"""The largest number that a revision may have."""
NUMBER = listed("revision", "hub config", NEWEST)
Number = Annotated[
    int | None,
    typer.Argument(metavar="NUMBER", parser=NUMBER, help="Which; left out: the one in force.", show_default=False),
]


@app.command()
def history(ctx: typer.Context, most: Most = 100, as_json: Json = False) -> None:
    """List what was applied, the latest first."""
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            found = revisions.history(tx, most)
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        names = ("number", "applied_at", "applied_by", "note")
        show.json([{name: getattr(each, name) for name in names} for each in found])
        return
    rows = [(each.number, words.local(each.applied_at, zone), each.applied_by, each.note) for each in found]
    show.table(("Number", "Applied", "By", "Note"), rows, right=("Number",))


@app.command("show")
def show_one(ctx: typer.Context, number: Number = None, as_json: Json = False) -> None:
    """Show a revision as it was applied."""
    with opened(ctx) as hub:
        found = _revision(hub, number)
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json(found)
        return
    note = f": {found.note}" if found.note else ""
    show.remark(f"Revision {found.number}, applied {words.local(found.applied_at, zone)} by {found.applied_by}{note}")
    typer.echo(found.source, nl=not found.source.endswith("\n"))


@app.command("revert")
def revert_to(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", parser=NUMBER, help="The revision to go back to.")],
    yes: Yes = False,
    as_new: AsNew = False,
    same: Same = False,
    as_json: Json = False,
) -> None:
    """Apply an earlier revision anew, as a new one."""
    with opened(ctx) as hub:
        if not as_json:
            changes = preview(hub.store, _revision(hub, number).source, as_new=as_new, same=same)
            show_changes(changes)
            ask("Apply this?", yes=yes or not changes, default=True)
        applied = revert(hub.store, number, by=who(), as_new=as_new, same=same)
        if applied.number and hub.text is not None:
            show.remark(f"{hub.file.name} still says otherwise: hub config export -o {hub.file.name} --force")
        answer(hub, applied, f"revision {number}", as_json=as_json)


@app.command()
def export(
    ctx: typer.Context,
    number: Number = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here; left out: standard output.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a revision as a file."""
    with opened(ctx) as hub:
        found = _revision(hub, number)
    if output is None:
        show.as_it_is(found.source)
        return
    try:
        with output.open("w" if force else "x", encoding="utf-8", newline="") as file:
            file.write(found.source)
    except FileExistsError:
        raise Misconfigured(f"{output} is there already; --force overwrites it") from None
    except OSError as error:
        raise Misconfigured(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from None
    show.remark(f"Revision {found.number} is written to {output}.")


@app.command()
def check(ctx: typer.Context, as_json: Json = False) -> None:
    """Look whether hub.toml is right, without a database."""
    file = start_of(ctx).config
    if not file.exists():
        raise Misconfigured(f"there is no {file}; hub init writes one to start from")
    settings = load_file(file, OPTIONS)
    jobs = settings.all_jobs()
    if as_json:
        show.json({"file": str(file), "systems": sorted(settings.systems), "jobs": sorted(jobs)})
        return
    systems = counted(len(settings.systems), "system")
    show.say(f"{file} is right: {systems}, {counted(len(jobs), 'job')}.")


def _revision(hub: Hub, number: int | None) -> revisions.Revision:
    with hub.store.read() as tx:
        found = revisions.in_force(tx) if number is None else revisions.get(tx, number)
    if found is None:
        wanted = "nothing has been applied yet: hub apply" if number is None else f"there is no revision {number}"
        raise Misconfigured(f"{wanted}; hub config history lists them" if number is not None else wanted)
    return found
