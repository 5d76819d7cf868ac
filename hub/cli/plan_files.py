"""The plan of a system that delivers files, and has no records of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from hub.app import Hub
from hub.app.registry import open_connector
from hub.cli import show, words
from hub.cli.values import quoted
from hub.config import Settings, SystemSettings
from hub.connector import Connector
from hub.errors import HubError, Refused, TryLater
from hub.store import DatabaseAway, Store
from hub.sync import Plan
from hub.sync import plan as plan_stream
from hub.sync.page import told
from hub.sync.plan import Example, any_change

SIGNS = {"new": "+", "update": "~", "differs": "!", "skipped": "-"}


def plan_files(
    hub: Hub, settings: Settings, system: SystemSettings, chosen: Sequence[str], *, as_json: bool
) -> list[HubError]:
    """Show what pulling some streams of a system would do; returns why some of them could not be read."""
    connector = cast("Connector", open_connector(system, hub.folder, hub.clock, hub.vault))
    made = {each: _planned(hub.store, connector, system.name, each) for each in chosen}
    if as_json:
        show.json([_data(system.name, *each) for each in made.items()])
    else:
        show.say(f"{system.name} ({system.connector})")
        works = [each for each in made.values() if isinstance(each, Plan)]
        for each in works:
            _show(each)
        _say_what_next(settings, works, faulty=len(works) < len(made))
    return [each for each in made.values() if not isinstance(each, Plan)]


def _say_what_next(settings: Settings, works: Sequence[Plan], *, faulty: bool) -> None:
    # Two streams may have one job, and one that could not be read may have anything to do.
    jobs = dict.fromkeys(_job_of(settings, each.system, each.stream) for each in works if any_change(each))
    if jobs:
        show.say(f"Nothing was changed. Do it: {', '.join(f'hub jobs run {job}' for job in jobs)}")
    else:
        show.say("Nothing was changed." if faulty else "There is nothing to do.")


def _job_of(settings: Settings, system: str, stream: str) -> str:
    of_system = [job for job in settings.all_jobs().values() if job.system == system]
    return next((job.name for job in of_system if stream in job.sync), "JOB")


def _planned(store: Store, connector: Connector, system: str, stream: str) -> Plan | HubError:
    """Return the plan of a stream, or why there is none: one that cannot be read does not hide the others."""
    try:
        return plan_stream(store, connector, system, stream)
    except DatabaseAway:
        raise
    except (TryLater, Refused) as fault:
        show.remark(f"hub: {system}.{stream} cannot be planned: {fault}")
        return fault


def _data(system: str, stream: str, plan: Plan | HubError) -> Mapping[str, Any]:
    if not isinstance(plan, Plan):
        return {"system": system, "stream": stream, "error": f"{system}.{stream}: {plan}"}
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
        value = quoted(after) if example.outcome == "new" else f"{quoted(before)} -> {quoted(after)}"
        rows.append((sign, key, field, value))
    return rows
