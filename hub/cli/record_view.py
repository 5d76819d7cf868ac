"""How one record and its story are told on a terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from hub.app.story import Bound, Story
from hub.cli import show, words
from hub.cli.values import in_line, quoted
from hub.counting import counted
from hub.store.history import Conflict, Event
from hub.store.records import Record

MOST_CHANGES = 6
COLUMNS = ("sku", "name", "quantity", "unit", "unit_price", "tax_rate", "amount", "gross", "net", "tax")
"""Of nested tables: first these, then the others."""


def show_story(entity: str, key: str, story: Story, zone: ZoneInfo, now: datetime) -> None:
    """Write a record, where it is, what happened to it, what lost and what waits."""
    show.say(_title(entity, key, story), "bold")
    if story.record is None:
        show.say(f"{entity} {key} is not a record yet.")
    else:
        _show_fields(story.record)
    _show_events(story, zone, now)
    for each in story.conflicts:
        show.say(f"  kept aside {words.local(each.at, zone, now)}: {_lost(each)}")
    for entry in story.quarantine:
        show.say(f"  waits: {entry.message} (hub quarantine show {entry.id})")
    for each in story.bound:
        if each.binding.parked_at is not None:
            show.say(
                f"  parked in {each.system} since {words.local(each.binding.parked_at, zone, now)}: see quarantine"
            )
        elif each.binding.owed:
            show.say(f"  {each.system} is to be told with its next run")


def _title(entity: str, key: str, story: Story) -> str:
    record = story.record
    number = record.fields.get("number") if record is not None else None
    called = f"{words.one_of(entity)} {number or key}"
    if record is not None and entity == "orders" and record.fields.get("channel"):
        called += f" of {record.fields['channel']}"
    gone = "   deleted" if record is not None and record.deleted_at is not None else ""
    where = ", ".join(_bound(each) for each in story.bound)
    count = len(story.quarantine)
    waits = f"{counted(count, 'entry')} {'waits' if count == 1 else 'wait'}" if count else "nothing waits"
    return f"{called}{gone}   {f'in {where}' if where else 'in no other system'}   {waits}"


def _bound(each: Bound) -> str:
    gone = " (gone)" if each.binding.gone_at is not None else ""
    return f"{each.system} as {each.binding.external_id}{gone}"


def _show_fields(record: Record) -> None:
    nested = {name: value for name, value in record.fields.items() if _is_table(value)}
    flat = [(f"  {name}", in_line(value, None)) for name, value in record.fields.items() if name not in nested]
    show.pairs([("  key", record.key), *flat])
    for name, value in nested.items():
        _show_nested(name, cast("Sequence[Mapping[str, Any]]", value))


def _is_table(value: object) -> bool:
    if not isinstance(value, list):
        return False
    rows = cast("list[object]", value)
    return bool(rows) and all(isinstance(each, Mapping) for each in rows)


def _show_nested(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    there = dict.fromkeys(column for row in rows for column, value in row.items() if value not in (None, "", []))
    columns = [*(each for each in COLUMNS if each in there), *(each for each in there if each not in COLUMNS)]
    show.say(f"  {name}")
    cells = [["", *(in_line(row[each]) if row.get(each) is not None else "" for each in columns)] for row in rows]
    show.table(["  ", *columns], cells)


def _show_events(story: Story, zone: ZoneInfo, now: datetime) -> None:
    rows: list[tuple[str, str]] = []
    record = story.record
    if record is not None and record.made_at is not None:
        came = f"came from {record.made_by} (run {record.made_run})"
        rows.append((f"  {words.local(record.made_at, zone, now)}", came))
    rows += [(f"  {words.local(each.at, zone, now)}", in_words(each)) for each in story.events]
    show.table(("", ""), rows)


def in_words(event: Event) -> str:
    """Return what happened as a sentence."""
    detail, system = event.detail, event.system
    changes = _changes(detail.get("changes") or {})
    identity = f" as {detail['id']}" if detail.get("id") else ""
    left_out = ", ".join(f"{name} ({why})" for name, why in detail.items())
    told = {
        "changed": f"{system}: {changes}",
        "told": f"told {system}: {changes or 'written again'}",
        "created": f"made in {system}{identity}",
        "found": f"found in {system}{identity}, not made twice",
        "removed": f"taken away from {system}",
        "deleted": f"gone in {system}, and deleted",
        "gone": f"gone in {system}",
        "left-out": f"{system}: left out {left_out}",
        "refused": f"refused by {system}: {detail.get('message', '')}",
    }
    return f"{told.get(event.what, f'{event.what} ({system})')} (run {event.run})"


def _changes(changes: Mapping[str, Sequence[Any]]) -> str:
    shown = [f"{name} {quoted(before)} -> {quoted(after)}" for name, (before, after) in changes.items()]
    more = f" and {len(shown) - MOST_CHANGES} more" if len(shown) > MOST_CHANGES else ""
    return ", ".join(shown[:MOST_CHANGES]) + more


def _lost(each: Conflict) -> str:
    whose = "what stood here" if each.lost_by == "hub" else f"{each.lost_by}'s"
    stands, lost, base = (quoted(each.values.get(name)) for name in ("stands", "lost", "base"))
    return f"{each.field} {lost} ({whose}), because {stands} stands; before: {base} (run {each.run})"
