"""`hub systems`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hub.app import Hub
from hub.app.logins import standing
from hub.app.overview import FieldView, StreamView, SystemView, system_view
from hub.app.planning import as_written, exchange_of, known_system
from hub.app.vault import new_key
from hub.cli import show, words
from hub.cli.call import Json, opened
from hub.cli.commands import COMMANDS, group
from hub.cli.numbers import within
from hub.cli.try_reading import try_reading
from hub.errors import HubError

app = group(COMMANDS["systems"])
ARROWS = {"in": "<-  comes in", "out": "->  goes out", "both": "<-> both ways"}
Name = Annotated[str, typer.Argument(metavar="SYSTEM", help="As hub.toml names it.")]


@app.command("list")
def list_systems(ctx: typer.Context, as_json: Json = False) -> None:
    """List the systems, with what they are told and what they tell."""
    with opened(ctx) as hub:
        views = [_view(hub, name) for name in as_written(hub).systems]
    if as_json:
        show.json(views)
        return
    rows = [(v.name, v.kind, v.connector, _comes(v), _goes(v), v.waiting or "", _state(v)) for v in views]
    show.table(("System", "Kind", "Connector", "Comes in", "Goes out", "Waits", ""), rows, right=("Waits",))
    if not views:
        show.say("There are no systems yet: write hub.toml, then hub apply.")


@app.command("show")
def show_one(ctx: typer.Context, name: Name, as_json: Json = False) -> None:
    """Show a system: which field goes which way and who owns it, what is bound, what waits."""
    with opened(ctx) as hub:
        known_system(as_written(hub), name)
        view = _view(hub, name)
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json(view)
        return
    show.say(f"{view.name}  {view.connector} ({view.kind})   jobs: {', '.join(view.jobs) or 'none'}")
    if _state(view):
        show.say(f"  {_state(view)}")
    elif view.login:
        show.say(f"  login good {_until(view.login.ends_at, zone)}")
    for each in view.streams:
        _show_stream(view.name, each, zone)
    if not view.streams and view.fault is None:
        show.say("  It delivers files, which only come in; its columns: hub.toml. What waits: hub quarantine")


@app.command("try")
def try_one(
    ctx: typer.Context,
    name: Name,
    stream: Annotated[str, typer.Argument(metavar="STREAM", help="Such as products or orders.")],
    limit: Annotated[
        int,
        typer.Option(
            "--limit",
            "-n",
            metavar="NUMBER",
            parser=within("--limit", 1, 10_000),
            help="Records that are shown at most.",
        ),
    ] = 10,
    as_json: Json = False,
) -> int:
    """Show the first records of a stream as the hub would understand them; keep nothing."""
    with opened(ctx) as hub:
        return try_reading(hub, name, stream, limit, as_json=as_json)


@app.command("connect")
def connect_one(
    ctx: typer.Context,
    name: Name,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="NUMBER",
            parser=within("--port", 0, 65535),
            help="Come back to this port; 0: any.",
            show_default=False,
        ),
    ] = None,
    paste: Annotated[bool, typer.Option("--paste", help="Take the address that the browser ends at from you.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only show the address to log in at.")] = False,
    wait: Annotated[
        int,
        typer.Option(
            "--wait", metavar="SECONDS", parser=within("--wait", 1, 3600), help="Seconds to wait for the login."
        ),
    ] = 300,
    as_json: Json = False,
) -> None:
    """Log in to a system in a browser (OAuth 2), so that the hub may come and go from then on."""
    from hub.cli.connect import connect  # noqa: PLC0415  # needs the extra `web`

    with opened(ctx) as hub:
        tokens = connect(hub, name, port, wait, paste=paste, browser=not no_browser)
        zone = ZoneInfo(as_written(hub).hub.timezone)
    if as_json:
        ends = {"expires_at": tokens.expires_at, "refresh_expires_at": tokens.refresh_expires_at}
        show.json({"system": name, "renewable": tokens.refresh is not None, **ends})
        return
    show.say(f"{name} is connected.")
    until = f"until {words.local(tokens.expires_at, zone)}" if tokens.expires_at else "with no end that was named"
    show.say(f"  access token  good {until}{', then renewed by itself' if tokens.refresh else ''}")
    if tokens.refresh is None:
        show.say(
            "  No refresh token came with it: somebody has to log in again then. How to ask for one: docs/oauth.md"
        )
    else:
        show.say(f"  login         good {_until(tokens.refresh_expires_at, zone)}")
    show.say(f"Next: hub check {name}")


@app.command("key")
def new_token_key() -> None:
    """Write a new key for token_key under [hub], which seals what logins give. Keep it outside of hub.toml."""
    show.say(new_key())


def _until(ends_at: datetime | None, zone: ZoneInfo) -> str:
    return f"until {words.local(ends_at, zone)}" if ends_at else "for as long as the system says so: it names no end"


def _view(hub: Hub, name: str) -> SystemView:
    settings, fault, exchange, login = as_written(hub), None, None, None
    try:
        exchange = exchange_of(hub, settings, name)
        login = standing(hub, settings.systems[name])
    except HubError as cannot:
        fault = str(cannot)
    with hub.store.read() as tx:
        return replace(system_view(tx, settings, name, exchange, fault), login=login)


def _show_stream(system: str, view: StreamView, zone: ZoneInfo) -> None:
    show.say()
    what = "" if view.stream == view.entity else f" ({view.entity})"
    show.say(f"{view.stream}{what}: {_direction(view.fields)}", "bold")
    for line in _manners(system, view, zone):
        show.say(f"  {line}")
    show.table(("", "", ""), _field_rows(view.fields))


def _field_rows(fields: Sequence[FieldView]) -> list[tuple[str, str, str]]:
    """Return the fields that are treated alike in one row: which way, who wins, their names."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in fields:
        alike.setdefault((each.direction, each.owner), []).append(each.name)
    ordered = sorted(alike.items(), key=lambda each: (list(ARROWS).index(each[0][0]), each[0][1]))
    return [(f"  {ARROWS[way]}", f"{owner} wins", ", ".join(names)) for (way, owner), names in ordered]


def _direction(fields: Sequence[FieldView]) -> str:
    ways = {each.direction for each in fields}
    if not ways:
        return "nothing comes or goes"
    if ways == {"in"}:
        return "only comes in"
    return "only goes out" if ways == {"out"} else "comes in and goes out"


def _manners(system: str, view: StreamView, zone: ZoneInfo) -> list[str]:
    reads = {
        "changes": "what has changed is read, and everything from time to time",
        "everything": "everything is read each time: the system does not tell what has changed",
        "deliveries": "what is delivered is taken, once",
        "nothing": "nothing is read",
    }
    taken = "taken" if view.takes else "not taken"
    gone = "deleted here too" if view.deletes_come else "not deleted here"
    lines = [reads[view.reads], f"records that the hub lacks are {taken}; what is gone there is {gone}"]
    if any(each.direction != "in" for each in view.fields):
        makes = "made there" if view.creates else "not made there, only kept up to date"
        takes = "; what it should not have any more is taken away" if view.removes else ""
        lines.append(f"records that {system} lacks are {makes}{takes}")
    if view.only:
        lines.append(f"only those for which this holds: {view.only}")
    scanned = "under way" if view.scanning else words.local(view.scanned_at, zone) or "never yet"
    counts = [f"{view.bound:,} bound", *([f"compared as a whole: {scanned}"] if view.reads != "deliveries" else [])]
    counts += [
        f"{n:,} {what}" for n, what in ((view.owed, "owed"), (view.parked, "parked"), (view.waiting, "waiting")) if n
    ]
    return [*lines, ", ".join(counts)]


def _comes(view: SystemView) -> str:
    return _named(view, ("in", "both")) if view.streams or view.fault else "files"


def _goes(view: SystemView) -> str:
    return _named(view, ("out", "both"))


def _named(view: SystemView, ways: Sequence[str]) -> str:
    return ", ".join(each.stream for each in view.streams if any(f.direction in ways for f in each.fields))


def _state(view: SystemView) -> str:
    if view.fault:
        return view.fault
    if view.login and view.login.needed:
        return f"{'the login has ended' if view.login.ends_at else 'nobody has logged in yet'}: {view.login.mend}"
    return "left alone: hub check" if view.left_alone_since else ""
