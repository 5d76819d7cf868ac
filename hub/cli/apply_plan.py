"""`hub apply-plan`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from hub.app import Hub
from hub.app import planning as plans
from hub.cli import show, words
from hub.cli.call import Json, known_job, opened
from hub.cli.commands import single
from hub.cli.jobs import asked
from hub.cli.main import NOT_WELL
from hub.cli.runs import as_data, remark_if_idle, show_run, until_ended, went_well
from hub.config import Settings
from hub.errors import Misconfigured
from hub.store import plans as stored_plans
from hub.store import runs
from hub.store.plans import StoredPlan

app = single()
NAMED = 10
"""Of what differs, so many lines."""


@app.command("apply-plan")
def apply_plan(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="ID", help="As hub plan says it.")],
    as_json: Json = False,
) -> None:
    """Do what a plan showed: run its jobs, one after the other, and wait until they have ended.

    Refused if something else would be done by now; each run looks again before it begins.
    """
    with opened(ctx) as hub:
        plan = _known(hub, number)
        settings = plans.in_force(hub)
        names = plans.jobs_for(settings, plan)
        _refuse_stale(hub, plan, settings, as_json=as_json)
        well, told = True, list[Mapping[str, Any]]()
        for name in names:
            run, history = until_ended(hub, _made(hub, name, plan))
            told.append({**as_data(run), "deliveries": history})
            if not as_json:
                show_run(run, history, ZoneInfo(hub.settings.hub.timezone))
            well = went_well(run)
            if not well:
                break
    if as_json:
        show.json(told)
    if not well:
        raise typer.Exit(NOT_WELL)


def _made(hub: Hub, job: str, plan: StoredPlan) -> int:
    with hub.store.write() as tx:
        made = runs.make(tx, [asked(known_job(tx, job), "manual", tx.now, plan=plan.id)])[0]
        remark_if_idle(hub, tx)
    return made


def _known(hub: Hub, number: str) -> StoredPlan:
    with hub.store.read() as tx:
        plan = stored_plans.get(tx, number)
    if plan is None:
        raise Misconfigured(f"there is no plan {number}; plans are kept as long as results. hub plan SYSTEM makes one")
    return plan


def _refuse_stale(hub: Hub, plan: StoredPlan, settings: Settings, *, as_json: bool) -> None:
    system = plans.exchange_of(hub, settings, plan.system)
    if system is None:
        raise Misconfigured(f"{plan.system} delivers files by now; hub plan {plan.system}")
    now = plans.make(hub, settings, system, list(plan.body["streams"]))
    for each in now.streams:
        if each.fault is not None:
            raise each.fault
    differs = plans.difference(plan, now)
    if differs is None:
        return
    message = (
        f"plan {plan.id} is not what would be done now; nothing was changed. hub plan {plan.system} makes a new one"
    )
    if as_json:
        show.json({"error": message, "more": differs.more, "fewer": differs.fewer})
    else:
        _say("not in the plan, and would be done now", differs.more)
        _say("in the plan, and would not be done any more", differs.fewer)
        show.remark(f"hub: {message}")
    raise typer.Exit(NOT_WELL)


def _say(title: str, lines: Sequence[str]) -> None:
    if lines:
        show.say(f"{words.number(len(lines))} {title}:")
        for line in lines[:NAMED]:
            show.say(f"  {line}")
        if len(lines) > NAMED:
            show.say(f"  ... and {len(lines) - NAMED:,} more")
