"""`hub plan`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.app import Hub
from hub.app import planning as plans
from hub.app.applying import objection
from hub.app.moving import refuse_left_behind
from hub.cli import plan_files, plan_page, plan_words, show
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.cli.main import code_of
from hub.config import Settings
from hub.config.faults import guess_or_list
from hub.counting import counted
from hub.errors import HubError, Misconfigured
from hub.store import quarantine
from hub.sync import System
from hub.sync.planned import StreamPlan, SystemPlan

app = single()


@app.command()
def plan(
    ctx: typer.Context,
    target: Annotated[str, typer.Argument(metavar="SYSTEM[.STREAM]", help="What is to be planned.")],
    everything: Annotated[bool, typer.Option("--all", help="Every record, not only some of each outcome.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with everything.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what synchronising a system, or one of its streams, would do now, and do nothing.

    1 if that cannot be told, 3 if only because the system cannot be reached now.
    """
    with opened(ctx) as hub:
        refuse_left_behind(hub)
        settings = plans.as_written(hub)
        with hub.store.read() as tx:
            why = objection(tx, settings)
        if why:
            show.remark(f"hub: what follows goes by a {hub.file.name} that cannot be applied as it stands: {why}")
        name, _, stream = target.partition(".")
        exchange = plans.exchange_of(hub, settings, name)
        if exchange is not None:
            faults = _exchange(hub, settings, exchange, stream, html, everything=everything, as_json=as_json)
        elif html is not None:
            raise Misconfigured(f"{name} delivers files; a page is made of systems with records of their own")
        else:
            system = settings.systems[name]
            chosen = streams_of(name, tuple(system.options.streams()), stream)
            faults = plan_files.plan_files(hub, settings, system, chosen, as_json=as_json)
    if faults:
        raise typer.Exit(min(map(code_of, faults)))


def streams_of(name: str, known: tuple[str, ...], stream: str) -> list[str]:
    """Return what is to be planned: one stream, or all. Raises Misconfigured."""
    if stream and stream not in known:
        raise Misconfigured(f"{name} has no stream {stream}{guess_or_list(stream, known)}")
    return [stream] if stream else list(known)


def _exchange(
    hub: Hub, settings: Settings, system: System, stream: str, html: Path | None, *, everything: bool, as_json: bool
) -> list[HubError]:
    streams_of(system.name, tuple(system.connector.streams), stream)
    chosen = [stream] if stream else plans.synchronised(settings, system)
    planned = plans.make(hub, settings, system, chosen)
    if planned.can_be_done:
        plans.keep(hub, planned)
    title = settings.systems[system.name].connector
    if html is not None:
        plan_page.write(html, planned, title, system.owners)
    if as_json:
        show.json(data(planned))
    else:
        for line in plan_words.overview(planned, title):
            show.say(line)
        for heading, rows in plan_words.examples(planned, system.owners, everything=everything):
            show.say(f"  {heading}")
            show.table(("", "", "", "", ""), rows)
        for each in planned.streams:
            for note in each.notes:
                show.say(f"  {each.stream}: {note}")
        _say_what_next(planned, stream, html)
        _say_what_waits(hub, system.name, chosen)
    for each in planned.streams:
        if each.fault is not None:
            show.remark(f"hub: {system.name}.{each.stream} cannot be planned: {each.fault}")
    return planned.faults


def _say_what_next(planned: SystemPlan, stream: str, html: Path | None) -> None:
    if not planned.does:
        nothing = f"There is nothing to do; what goes which way: hub systems show {planned.system}"
        show.say("Nothing was changed." if planned.faults else nothing)
        return
    entity = stream or next(each.stream for each in planned.streams if any(a.does for a in each.actions))
    closer = f"{html} has it all." if html else f"Look closer: hub plan {planned.system}.{entity} --html plan.html"
    do_it = f" Do it: hub apply-plan {planned.id}   " if planned.can_be_done else ""
    show.say(f"Nothing was changed.{do_it} {closer}")


def _say_what_waits(hub: Hub, system: str, streams: Sequence[str]) -> None:
    """Say what a run would leave where it is."""
    with hub.store.read() as tx:
        waiting = sum(each.count for each in quarantine.groups(tx, system) if each.stream in streams)
    if waiting:
        show.say(f"In quarantine: {counted(waiting, 'record')}, see hub quarantine list --system {system}")


def data(planned: SystemPlan) -> Mapping[str, Any]:
    """Return a plan for programs; without an ID where there is nothing that `hub apply-plan` could do."""
    return {
        "id": planned.id if planned.can_be_done else None,
        "system": planned.system,
        "streams": [_stream_data(each) for each in planned.streams],
        "actions": planned.actions,
    }


def _stream_data(each: StreamPlan) -> Mapping[str, Any]:
    known = each.fault is None
    return {
        "stream": each.stream,
        "entity": each.entity,
        "out": dict(each.counts("out")) if known else None,
        "in": dict(each.counts("in")) if known else None,
        "identical": each.identical if known else None,
        "notes": each.notes,
        "error": None if known else str(each.fault),
    }
