"""`hub prune`."""

from dataclasses import asdict
from datetime import timedelta

import typer

from hub.app import Configuration, Hub
from hub.cli import show, words
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.counting import counted
from hub.runlog.prune import MOST
from hub.store import results

app = single()


@app.command()
def prune(ctx: typer.Context, as_json: Json = False) -> None:
    """Delete results, and what else is done with, older than the retention period; a scheduled job does so as well."""
    with opened(ctx) as hub:
        days = _retention_days(hub)
        total = results.Pruned()
        with show.aside().status("Pruning") as status:
            while (pruned := _once(hub, days)).total:
                total = results.Pruned(
                    *(one + more for one, more in zip(_numbers(total), _numbers(pruned), strict=True))
                )
                status.update(f"Pruning: {counted(total.total, 'row')}")
    if as_json:
        show.json({"retention_days": days, "pruned": asdict(total), "total": total.total})
        return
    show.say(f"{counted(total.total, 'row')} older than {days} days deleted.")
    if total.total:
        show.pairs((name, words.number(count)) for name, count in asdict(total).items() if count)


def _once(hub: Hub, days: int) -> results.Pruned:
    with hub.store.write() as tx:
        return results.prune(tx, tx.now - timedelta(days=days), MOST)


def _numbers(pruned: results.Pruned) -> list[int]:
    return list(asdict(pruned).values())


def _retention_days(hub: Hub) -> int:
    configuration = Configuration(hub.store, hub.folder, hub.clock)
    applied = configuration.refresh()
    return (configuration.settings if applied else hub.settings).hub.retention_days
