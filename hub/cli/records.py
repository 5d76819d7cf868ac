"""`hub records`."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hub.app.story import find, story_of
from hub.canonical.entity import ENTITIES
from hub.cli import show, words
from hub.cli.call import Json, Most, opened
from hub.cli.commands import COMMANDS, Listing, group
from hub.cli.record_view import show_story
from hub.cli.values import in_line
from hub.config.faults import guess_or_list
from hub.errors import Misconfigured
from hub.store import records

_PLURALS = {words.one_of(entity): entity for entity in ENTITIES}


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
    entity: Annotated[str, typer.Argument(help="products, prices, orders ... (or product, price, order ...)")],
    key: Annotated[str, typer.Argument(help="Its key, or an order's number, a party's e-mail address.")],
    as_json: Json = False,
) -> None:
    """Show a record: its fields, which systems have it, what happened to it, which values lost, and what waits."""
    entity = _PLURALS.get(entity, entity)
    _known_entity(entity)
    with opened(ctx) as hub, hub.store.read() as tx:
        found = find(tx, entity, key, hub.settings.systems)
        key = _only(entity, key, found)
        story = story_of(tx, entity, key)
        zone, now = ZoneInfo(hub.settings.hub.timezone), tx.now
    if story.record is None and not story.quarantine:
        raise Misconfigured(
            f"there is no record {key} among {entity}; what begins so: hub records {entity} --key {key}"
        )
    if as_json:
        show.json(story)
    else:
        show_story(entity, key, story, zone, now)


def _only(entity: str, given: str, found: Sequence[records.Record]) -> str:
    if len(found) > 1:
        keys = ", ".join(each.key for each in found)
        raise Misconfigured(f"{given} may be any of these {entity}, say which: {keys}")
    return found[0].key if found else given


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
    return ", ".join(f"{name} {in_line(value, None)}" for name, value in record.fields.items() if value is not None)
