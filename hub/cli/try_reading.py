"""`hub systems try`: what a system shows, as the hub would understand it, before anything is kept."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hub.app import Hub
from hub.app.planning import as_written, exchange_of
from hub.app.trying import Tried, tried
from hub.cli import show, words
from hub.cli.values import quoted
from hub.config.faults import guess_or_list
from hub.connector import FromFolders
from hub.errors import Misconfigured, TryLater
from hub.store import checkpoints
from hub.sync import System


def try_reading(hub: Hub, name: str, stream: str, limit: int, *, as_json: bool) -> int:
    """Show the first records of a stream; returns an exit code: not good, if one of them cannot be taken."""
    system = exchange_of(hub, as_written(hub), name)
    if system is None:
        raise Misconfigured(f"{name} delivers files; try them with: hub plan {name}")
    known = system.connector.streams
    if stream not in known:
        raise Misconfigured(f"{name} has no stream {stream}{guess_or_list(stream, tuple(known))}")
    if not known[stream].reads:
        raise Misconfigured(f"{name}.{stream} is only written, never read")
    found: list[Tried] = []
    for each in tried(system, stream, limit):
        found.append(each)
        if not as_json:
            _tell_one(each)
    if not found:
        _refuse_unmounted(hub, system, stream)
    if as_json:
        show.json(found)
    else:
        _sum_up(name, found)
    return _code(found)


def _refuse_unmounted(hub: Hub, system: System, stream: str) -> None:
    """Raise TryLater where nothing is shown because its folder is not the one that files were taken from."""
    if isinstance(system.connector, FromFolders):
        with hub.store.read() as tx:
            fault = system.connector.unmounted(stream, checkpoints.get(tx, system.name, stream).value)
        if fault is not None:
            raise TryLater(fault)


def _sum_up(name: str, found: Sequence[Tried]) -> None:
    counts = Counter("bad" if each.cause else "good" for each in found)
    if not found:
        show.say(f"{name} shows nothing.")
    else:
        bad = f", {counts['bad']} cannot be taken: mend [systems.{name}]" if counts["bad"] else ""
        show.say(
            f"{counts['good']} of {len(found)} are understood{bad}. Nothing was kept; what goes which way: hub plan {name}"
        )


def _tell_one(each: Tried) -> None:
    show.say(f"{words.one_of(each.entity)} {each.id}", "bold")
    if each.cause:
        show.say(f"  {why(each)}", "red")
        rows = [(f"  their {name}", quoted(value)) for name, value in each.raw.items()]
    else:
        rows = [(f"  {name}", quoted(value)) for name, value in each.fields.items()]
    show.table(("", ""), rows)
    show.say()


def why(each: Tried) -> str:
    """Return why a record cannot be taken, with the field at fault, which some messages name themselves."""
    named = each.column is None or each.column in each.message.split()
    return f"{each.cause}  {each.message if named else f'{each.column}: {each.message}'}"


def _code(found: Iterable[Tried]) -> int:
    return int(any(each.cause for each in found))
