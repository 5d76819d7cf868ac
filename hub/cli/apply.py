"""`hub apply`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hub.app import Applied, Configuration, Hub
from hub.app import apply as apply_text
from hub.app.applying import preview
from hub.app.former import former_queues
from hub.app.moving import refuse_left_behind
from hub.cli import show
from hub.cli.call import Json, Yes, ask, opened, who
from hub.cli.commands import single
from hub.cli.main import code_of
from hub.config import Changed
from hub.counting import counted
from hub.errors import HubError, Misconfigured, TryLater
from hub.store import revisions

app = single()
Note = Annotated[str | None, typer.Option("--note", help="Why, for the history.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
AsNew = Annotated[bool, typer.Option("--as-new", help="A system that is new is another one than the one that is gone.")]

Same = Annotated[
    bool, typer.Option("--same", help="A system that is elsewhere now is the same, with the same records.")
]


@app.command()
def apply(
    ctx: typer.Context,
    yes: Yes = False,
    dry_run: DryRun = False,
    note: Note = None,
    as_new: AsNew = False,
    same: Same = False,
    as_json: Json = False,
) -> None:
    """Make hub.toml the configuration in force. Running processes take it up without a restart."""
    with opened(ctx) as hub:
        text = text_of(hub)
        refuse_left_behind(hub)
        changes = preview(hub.store, text, as_new=as_new, same=same)
        if dry_run:
            _show_dry(changes, as_json=as_json)
            return
        if not as_json:
            show_changes(changes)
            ask("Apply this?", yes=yes or not changes, default=True)
        applied = apply_text(hub.store, text, by=who(), note=note, as_new=as_new, same=same)
        answer(hub, applied, hub.file.name, as_json=as_json)


def text_of(hub: Hub) -> str:
    """Return the file's text; raises Misconfigured if there is no file."""
    if hub.text is None:
        with hub.store.read() as tx:
            mend = hub.wanting(revisions.in_force(tx))
        raise Misconfigured(f"there is no {hub.file.name} in {hub.folder}; {mend}")
    return hub.text


def answer(hub: Hub, applied: Applied, name: str, *, as_json: bool) -> None:
    """Write what has come of it, and make the queues. Raises TryLater; programs are told of that in the same answer."""
    if not as_json:
        _show_applied(applied, name)
        _declare(hub)
        return
    told = {"number": applied.number, "changes": applied.changes}
    try:
        _declare(hub)
    except HubError as fault:
        show.json({**told, "error": str(fault)})
        raise typer.Exit(code_of(fault)) from None
    show.json(told)


def _declare(hub: Hub) -> None:
    """Make the queues at a named broker, so that processes need no right to; remove those of systems that are gone.

    Raises TryLater.
    """
    if hub.broker_address is None:
        return
    configuration = Configuration(hub.store, hub.folder, hub.clock)
    configuration.refresh()
    broker = hub.broker("hub apply")
    try:
        broker.declare(configuration.topology())
        with hub.store.read() as tx:
            former = former_queues(tx, configuration.settings)
        for each in broker.tidy(former, remove=True):
            show.remark(each.message + (f"; {each.mend}" if each.mend else ""))
    except TryLater as away:
        raise TryLater(f"{away}; the revision is in force, and hub apply makes the queues once it is back") from None
    finally:
        broker.close()


def show_changes(changes: Sequence[Changed]) -> None:
    """Write what differs, key by key."""
    show.table(("", "", ""), [(_sign(each), each.place, _values(each)) for each in changes])


def _show_applied(applied: Applied, name: str) -> None:
    if applied.number:
        show.say(f"Revision {applied.number} is in force now ({counted(len(applied.changes), 'change')}).")
    else:
        show.say(f"{name} is in force already; nothing was changed.")


def _show_dry(changes: Sequence[Changed], *, as_json: bool) -> None:
    if as_json:
        show.json({"number": 0, "changes": changes})
        return
    show_changes(changes)
    show.say(f"{counted(len(changes), 'change')}; nothing was changed. Do it: hub apply")


def _sign(change: Changed) -> str:
    if change.old is None:
        return "+"
    return "-" if change.new is None else "~"


def _values(change: Changed) -> str:
    old, new = (_value(each) for each in (change.old, change.new))
    if change.old is None or change.new is None:
        return new if change.old is None else old
    return f"{old} -> {new}"


def _value(value: object) -> str:
    return show.as_json(value, 0).decode().strip()
