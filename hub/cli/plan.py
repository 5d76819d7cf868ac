"""`hub plan`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from hub.app import Configuration, Hub
from hub.app.registry import open_connector
from hub.cli import show, words
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.cli.main import NOT_WELL
from hub.config import Settings, SystemSettings
from hub.config.faults import guess_or_list
from hub.connector import Connector
from hub.errors import Misconfigured, Refused, TryLater
from hub.store import DatabaseAway, Store
from hub.sync import Plan
from hub.sync import plan as plan_stream
from hub.sync.page import told
from hub.sync.plan import Example, any_change

app = single()
SIGNS = {"new": "+", "update": "~", "differs": "!", "skipped": "-"}


@app.command()
def plan(
    ctx: typer.Context,
    target: Annotated[str, typer.Argument(metavar="SYSTEM[.STREAM]", help="What is to be planned.")],
    as_json: Json = False,
) -> None:
    """Show what pulling a system, or one of its streams, would do now. Nothing is changed; exit code 0."""
    with opened(ctx) as hub:
        system, streams = _wanted(_settings(hub), target)
        connector = open_connector(system, hub.folder, hub.clock)
        plans = [_planned(hub.store, connector, system.name, stream) for stream in streams]
    if as_json:
        show.json([_data(each) for each in plans])
    else:
        show.say(f"{system.name} ({system.connector})")
        for each in plans:
            if isinstance(each, Plan):
                _show(each)
        works = [each for each in plans if isinstance(each, Plan)]
        what = "Nothing was changed. Do it: hub jobs run JOB" if any_change(works) else "There is nothing to do."
        show.say(what)
    if not all(isinstance(each, Plan) for each in plans):
        raise typer.Exit(NOT_WELL)


def _settings(hub: Hub) -> Settings:
    """Return what the file says, which may not be applied yet; without a file, the revision in force."""
    if hub.text is not None:
        return hub.settings
    configuration = Configuration(hub.store, hub.folder, hub.clock)
    configuration.refresh()
    return configuration.settings


def _wanted(settings: Settings, target: str) -> tuple[SystemSettings, list[str]]:
    name, dot, stream = target.partition(".")
    system = settings.systems.get(name)
    if system is None:
        raise Misconfigured(f"there is no system {name}{guess_or_list(name, tuple(settings.systems))}")
    known = tuple(system.options.streams())
    if not dot:
        return system, list(known)
    if stream not in known:
        raise Misconfigured(f"{name} has no stream {stream}{guess_or_list(stream, known)}")
    return system, [stream]


def _planned(store: Store, connector: Connector, system: str, stream: str) -> Plan | str:
    """Return the plan of a stream, or why there is none: one that cannot be read does not hide the others."""
    try:
        return plan_stream(store, connector, system, stream)
    except DatabaseAway:
        raise
    except (TryLater, Refused) as fault:
        show.remark(f"hub: {system}.{stream} cannot be planned: {fault}")
        return f"{system}.{stream}: {fault}"


def _data(plan: Plan | str) -> Mapping[str, Any]:
    if isinstance(plan, str):
        return {"error": plan}
    return {
        "system": plan.system,
        "stream": plan.stream,
        "entity": plan.entity,
        "counts": dict(plan.counts),
        "sources": plan.sources,
        "examples": plan.examples,
        "unreadable": plan.unreadable,
        "notes": plan.notes,
    }


def _show(plan: Plan) -> None:
    would = words.outcomes(plan.counts) or "nothing to do"
    show.say(f"  {plan.stream}  {would}" + (f"    from {', '.join(plan.sources)}" if plan.sources else ""))
    show.table(("", "", "", ""), [row for each in plan.examples for row in _example_rows(each)])
    rows = [("?", told(each.place), each.message) for each in plan.unreadable]
    show.table(("", "", ""), rows)
    for note in plan.notes:
        show.say(f"    {note}")


def _example_rows(example: Example) -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    for field, (before, after) in example.changes.items():
        first = not rows
        sign, key = (f"    {SIGNS.get(example.outcome, ' ')}", example.key) if first else ("", "")
        value = _value(after) if example.outcome == "new" else f"{_value(before)} -> {_value(after)}"
        rows.append((sign, key, field, value))
    return rows


def _value(value: object) -> str:
    return show.as_json(value, 0).decode().strip()
