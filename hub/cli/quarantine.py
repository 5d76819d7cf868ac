"""`hub quarantine`."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hub.cli import show, words
from hub.cli.call import Json, Most, Yes, ask, opened
from hub.cli.choosing import ID, Cause, Everything, Numbers, Stream, System, all_of, nothing
from hub.cli.commands import COMMANDS, Listing, group
from hub.cli.main import NOT_WELL
from hub.cli.retry import retry
from hub.cli.values import in_line
from hub.connector import Place
from hub.counting import counted
from hub.errors import Misconfigured
from hub.store import overview
from hub.store import quarantine as store
from hub.sync import review
from hub.sync.page import told
from hub.sync.review import Reviewed


class Quarantine(Listing):
    """Shows what waits by its cause where nothing is named."""

    default = "groups"


app = group(COMMANDS["quarantine"], Quarantine)
app.command()(retry)


@app.command()
def groups(ctx: typer.Context, system: System = None, as_json: Json = False) -> None:
    """Show what waits, by its cause."""
    with opened(ctx) as hub, hub.store.read() as tx:
        found = store.groups(tx, system)
    if as_json:
        show.json(found)
        return
    if not found:
        show.say(nothing(system))
        return
    show_groups(found)
    show.say("See the rows: hub quarantine list --cause CAUSE")


@app.command("list")
def list_entries(
    ctx: typer.Context,
    system: System = None,
    stream: Stream = None,
    cause: Cause = None,
    most: Most = 100,
    as_json: Json = False,
) -> None:
    """List what waits, the oldest first."""
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            found, now = store.find(tx, system=system, stream=stream, cause=cause, most=most), tx.now
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json(found)
        return
    rows = [
        (e.id, f"{e.system}.{e.stream}", e.cause, e.message, _place(e), words.local(e.since, zone, now)) for e in found
    ]
    if not found:
        show.say(nothing(system, stream, cause))
        return
    show.table(("ID", "Stream", "Cause", "Message", "Place", "Since"), rows, right=("ID",))


@app.command("show")
def show_one(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", parser=ID, help="As hub quarantine list shows it.")],
    as_json: Json = False,
) -> None:
    """Show one entry: what came, from where, what is wrong with it, and what would be taken."""
    with opened(ctx) as hub, hub.store.read() as tx:
        entry = _known(store.find(tx, numbers=[number], state=None), number)
        reviewed = review.review(tx, [number])
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json(entry)
        return
    head = [("Entry", f"{entry.id} of {entry.system}.{entry.stream}, {entry.state}"), ("Cause", entry.cause)]
    about = [("Message", entry.message), ("Place", _place(entry)), ("Record", f"{entry.entity} {entry.key or ''}")]
    about += [(f"In {entry.system}", entry.external_id), ("Waits for", _needs(entry))]
    about += [("Tried again", "with the next run" if entry.again and entry.state == "open" else None)]
    when = [("Since", words.local(entry.since, zone)), ("Run", entry.run)]
    show.pairs([*head, *about, *when, *((f"  {name}", _as_came(value)) for name, value in entry.raw.items())])
    for each in reviewed:
        _show_reviewed(each)


@app.command()
def accept(
    ctx: typer.Context,
    numbers: Numbers = None,
    system: System = None,
    stream: Stream = None,
    cause: Cause = None,
    everything: Everything = False,
    force: Annotated[bool, typer.Option("--force", help="Also where the record has changed since.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take what differs and waits for review into the records; shows what is overwritten."""
    if cause not in (None, store.DIFFERS):
        raise Misconfigured(
            f"only what is for review (cause {store.DIFFERS}) can be accepted; what is wrong has to be mended at its "
            "source (hub quarantine export) or discarded"
        )
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            chosen = numbers or all_of(
                overview.waiting_numbers(tx, system=system, stream=stream, cause=store.DIFFERS), everything=everything
            )
            before = review.review(tx, chosen)
        if not as_json:
            for each in before:
                _show_reviewed(each)
            ask(f"Overwrite {counted(len(before), 'record')}?", yes=yes or not before)
        with hub.store.write() as tx:
            taken, refused = review.accept(tx, [each.entry.id for each in before], force=force)
    left = sorted(set(chosen) - {each.entry.id for each in before})
    if as_json:
        ids = {"accepted": taken, "changed_since": refused}
        show.json({**{name: [each.entry.id for each in found] for name, found in ids.items()}, "not_for_review": left})
    else:
        show.say(f"{counted(len(taken), 'record')} taken over.")
        if refused:
            show.say(
                f"{len(refused)} changed since and left alone; look again, then --force to take them all the same."
            )
        if left:
            show.say(f"Not open or not for review: {', '.join(map(str, left))}")
    if refused or left:
        raise typer.Exit(NOT_WELL)


@app.command()
def discard(
    ctx: typer.Context,
    numbers: Numbers = None,
    system: System = None,
    stream: Stream = None,
    cause: Cause = None,
    everything: Everything = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put entries away: nobody has to look at them again. They come back if the same comes in again."""
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            known = overview.waiting_numbers(tx, system=system, stream=stream, cause=cause)
            chosen = numbers or all_of(known, everything=everything)
        if not numbers and not as_json:
            ask(f"Discard {counted(len(chosen), 'entry')}?", yes=yes or not chosen)
        with hub.store.write() as tx:
            were_open = {each.id for each in store.find(tx, numbers=chosen, most=len(chosen))} if chosen else set[int]()
            closed = store.close(tx, chosen, "discarded")
    if as_json:
        show.json({"discarded": closed})
    else:
        show.say(f"{counted(closed, 'entry')} discarded.")
    if closed < len(chosen):
        show.remark(f"Not open: {', '.join(str(each) for each in chosen if each not in were_open)}")
        raise typer.Exit(NOT_WELL)


@app.command()
def export(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.csv", help="Where to.")],
    system: System = None,
    stream: Stream = None,
    cause: Cause = None,
    as_json: Json = False,
) -> None:
    """Write the rows that wait as a file with their original titles: correct it and put it into the folder again."""
    from hub.cli import correction  # noqa: PLC0415  slow to import: it knows the formats of files

    with opened(ctx) as hub:
        with hub.store.read() as tx:
            found = store.find(tx, system=system, stream=stream, cause=cause, most=review.MOST)
        format_ = _one_stream(found) and correction.format_of(hub.settings, found[0].system, found[0].stream)
        corrected = correction.correction(found, format_ or None)
        if not corrected.rows:
            raise Misconfigured("no row waits that could be corrected in a file; all that waits: hub quarantine list")
        correction.write(output, corrected, format_ or None)
    if as_json:
        show.json({"file": str(output), "rows": len(corrected.rows), "left_out": corrected.left_out})
        return
    show.say(f"{counted(len(corrected.rows), 'row')} written to {output}.")
    if corrected.left_out:
        show.say(f"{counted(corrected.left_out, 'entry')} left out: whole files, broken lines, or for review.")
    if corrected.disarmed:
        show.say(f"{counted(corrected.disarmed, 'cell')} begin with ' now: a spreadsheet would have run them.")
    if format_:
        show.say(f"Correct it, and put it into the folder under a name like {format_.files}.")


def show_groups(found: list[store.Group], most: int | None = None) -> None:
    """Write what waits, by its cause, the largest group first."""
    total = sum(each.count for each in found)
    if not total:
        show.say("Nothing waits.")
        return
    waits = "waits" if total == 1 else "wait"
    show.say(f"{counted(total, 'row')} {waits} for you:")
    rows = [(f"  {each.count:,}", each.message, _where(each), each.cause) for each in found[:most]]
    show.table(("", "", "", ""), rows)
    if most is not None and len(found) > most:
        show.say(f"  ... and {counted(len(found) - most, 'more cause')}")


def _place(entry: store.Entry) -> str:
    return told(Place(**entry.place))


def _where(each: store.Group) -> str:
    others = f"{each.source} and {each.sources - 1:,} more" if each.sources > 1 else each.source
    return ", ".join(part for part in (others, each.column and f"column {each.column}") if part)


def _needs(entry: store.Entry) -> str | None:
    if not entry.needs:
        return None
    there = entry.needs.get("key") or f"{entry.needs.get('id')} of {entry.system}"
    return f"{words.one_of(entry.needs['entity'])} {there}"


def _known(found: list[store.Entry], number: int) -> store.Entry:
    if not found:
        raise Misconfigured(f"there is no entry {number}; hub quarantine list shows what there is")
    return found[0]


def _one_stream(found: list[store.Entry]) -> bool:
    streams = sorted({f"{entry.system}.{entry.stream}" for entry in found})
    if len(streams) > 1:
        raise Misconfigured(
            f"rows of several streams cannot be in one file ({', '.join(streams)}); name one by --system and --stream"
        )
    return bool(streams)


def _show_reviewed(each: Reviewed) -> None:
    stale = "   (the record has changed since)" if each.stale else ""
    show.say(f"{each.entry.id}  {each.entry.entity} {each.entry.key}{stale}")
    rows = [("", name, f"{_value(old)} -> {_value(new)}") for name, (old, new) in each.changes.items()]
    show.table(("", "", ""), rows)


def _as_came(value: object) -> str:
    return value if isinstance(value, str) else in_line(value, None)


def _value(value: object) -> str:
    return show.as_json(value, 0).decode().strip()
