"""`hub records`."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hub.canonical.entity import ENTITIES
from hub.cli import show, words
from hub.cli.call import Json, Most, opened
from hub.cli.commands import COMMANDS, Listing, group
from hub.config.faults import guess_or_list
from hub.errors import Misconfigured
from hub.store import overview, records


class Records(Listing):
    """Takes the name of an entity as well: `hub records stock`."""

    takes_words = True


app = group(COMMANDS["records"], Records)


@app.command("list")
def list_records(
    ctx: typer.Context,
    entity: Annotated[str | None, typer.Argument(help=f"{', '.join(ENTITIES)}; left out: how many there are.")] = None,
    begins: Annotated[str | None, typer.Option("--key", help="Only keys that begin so.", show_default=False)] = None,
    most: Most = 50,
    as_json: Json = False,
) -> None:
    """Count the records of each entity, or list those of one, the latest changes first."""
    if entity is not None:
        _known_entity(entity)
    with opened(ctx) as hub, hub.store.read() as tx:
        counts = records.counts(tx)
        found = records.find(tx, entity, text=begins, most=most) if entity is not None or begins is not None else None
        now = tx.now
        zone = ZoneInfo(hub.settings.hub.timezone)
    if found is None:
        _show_counts(counts, as_json=as_json)
    elif as_json:
        show.json(found)
    else:
        rows = [(r.entity, r.key, _fields(r), r.system, words.local(r.changed_at, zone, now)) for r in found]
        show.table(("Entity", "Key", "Fields", "From", "Changed"), rows)


@app.command("show")
def show_one(
    ctx: typer.Context,
    entity: Annotated[str, typer.Argument(help="products, prices, stock ...")],
    key: Annotated[str, typer.Argument(help='Its key; several parts are joined by "|".')],
    as_json: Json = False,
) -> None:
    """Show a record: its fields, where its last change came from, and what waits for it in quarantine."""
    _known_entity(entity)
    with opened(ctx) as hub, hub.store.read() as tx:
        found = records.find(tx, entity, key=key, most=1)
        waiting = overview.waiting_for_record(tx, entity, key)
        zone = ZoneInfo(hub.settings.hub.timezone)
    if not found and not waiting:
        raise Misconfigured(f"there is no record {key} among {entity}; hub records {entity} --key lists by beginning")
    if as_json:
        show.json({"record": found[0] if found else None, "quarantine": waiting})
        return
    if found:
        record = found[0]
        changed = (
            f"{words.local(record.changed_at, zone)} by {record.system} (run {record.run}), version {record.version}"
        )
        show.say(f"{entity} {key}")
        show.pairs([*((f"  {name}", _value(value)) for name, value in record.fields.items()), ("  changed", changed)])
    else:
        show.say(f"{entity} {key} is not a record yet.")
    for entry in waiting:
        show.say(f"  waits: {entry.message} (hub quarantine show {entry.id})")


def _known_entity(name: str) -> None:
    if name not in ENTITIES:
        raise Misconfigured(f"nothing is called {name}{guess_or_list(name, tuple(ENTITIES))}")


def _show_counts(counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        show.json(counts)
        return
    show.table(("Entity", "Records"), [(name, words.number(n)) for name, n in counts.items()], right=("Records",))
    if not counts:
        show.say("There are no records yet.")


def _fields(record: records.Record) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in record.fields.items() if value is not None)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
