"""`hub prune`."""

from dataclasses import asdict

import typer

from hub.app import Configuration, Hub
from hub.cli import show, words
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.config import HubSettings
from hub.counting import counted
from hub.runlog.prune import in_days, prune_some
from hub.store import pruning

app = single()


@app.command()
def prune(ctx: typer.Context, as_json: Json = False) -> None:
    """Delete results, and what else is done with, older than they are kept; a scheduled job does so as well."""
    with opened(ctx) as hub:
        keep, total = _in_force(hub), pruning.Pruned()
        with show.aside().status("Pruning") as status:
            while (pruned := _once(hub, keep)).total:
                total += pruned
                status.update(f"Pruning: {counted(total.total, 'row')}")
    if as_json:
        kept = {"retention_days": keep.retention_days, "history_days": keep.history_days}
        show.json({**kept, "pruned": asdict(total), "total": total.total})
        return
    show.say(f"{counted(total.total, 'row')} older than {in_days(keep)} deleted.")
    if total.total:
        show.pairs((name, words.number(count)) for name, count in asdict(total).items() if count)


def _once(hub: Hub, keep: HubSettings) -> pruning.Pruned:
    with hub.store.write() as tx:
        return prune_some(tx, keep)


def _in_force(hub: Hub) -> HubSettings:
    configuration = Configuration(hub.store, hub.folder, hub.clock)
    applied = configuration.refresh()
    return (configuration.settings if applied else hub.settings).hub
