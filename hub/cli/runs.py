"""`hub runs`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import typer

from hub.app import Hub
from hub.cli import show, words
from hub.cli.call import Json, Most, opened, who
from hub.cli.commands import COMMANDS, group
from hub.cli.main import NOT_WELL
from hub.cli.numbers import listed
from hub.config.faults import guess_or_list
from hub.errors import Misconfigured
from hub.messages import CameTo
from hub.store import Tx, breakers, interventions, processes, results
from hub.store.interventions import Shown

app = group(COMMANDS["runs"])
Number = Annotated[
    int, typer.Argument(metavar="RUN", parser=listed("run", "hub runs"), help="Its number, as hub runs lists it.")
]
STATES = ("waiting", "running", "done", "dead", "cancelled", "skipped", "discarded")
OUTCOMES: tuple[str, ...] = get_args(CameTo)
AT_WORK = timedelta(seconds=30)
LOOK_AGAIN = 0.2


@app.command("list")
def list_runs(
    ctx: typer.Context,
    job: Annotated[str | None, typer.Option("--job", help="Only of this job.", show_default=False)] = None,
    system: Annotated[str | None, typer.Option("--system", help="Only of this system.", show_default=False)] = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help=f"Only in this state: {', '.join(STATES)}.")
    ] = None,
    most: Most = 50,
    as_json: Json = False,
) -> None:
    """List runs, the latest first."""
    if unknown := set(state or ()) - set(STATES):
        raise Misconfigured(f"{min(unknown)} is not a state; there are {', '.join(STATES)}")
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            found, now = interventions.find(tx, job=job, system=system, states=state or (), most=most), tx.now
            resting = left_alone(tx, found)
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json([as_data(each) for each in found])
        return
    if not found:
        chosen = ", ".join(each for each in (job, system, *(state or ())) if each)
        show.say(f"There are no runs{f' with {chosen}' if chosen else ' yet'}.")
        return
    rows = [_row(each, zone, now) for each in found]
    show.table(("Run", "Job", "Cause", "State", "When", "Took", "Came to"), rows, right=("Run", "Took"))
    for each in resting:
        show.remark(each)


@app.command("show")
def show_one(
    ctx: typer.Context,
    run: Number,
    records: Annotated[bool, typer.Option("--records", help="And what each record came to.")] = False,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", help=f"Only these records: {', '.join(OUTCOMES)}."),
    ] = None,
    most: Most = 1000,
    as_json: Json = False,
) -> None:
    """Show a run: how it stands, each of its deliveries, its log, and what its records came to."""
    if outcome is not None and outcome not in OUTCOMES:
        raise Misconfigured(f"{outcome} is no outcome of a record{guess_or_list(outcome, OUTCOMES)}")
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            shown = known_run(tx, run)
            history = results.history(tx, run)
            wanted = records or outcome is not None
            came_to = results.records(tx, run, outcome=outcome, most=most) if wanted else []
            resting = left_alone(tx, [shown])
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json({**as_data(shown), "deliveries": history, **({"records": came_to} if wanted else {})})
        return
    show_run(shown, history, zone)
    for each in resting:
        show.remark(each)
    if wanted:
        rows = [tuple(each.get(name) for name in ("outcome", "entity", "key", "cause", "place")) for each in came_to]
        show.say()
        show.table(("Outcome", "Entity", "Key", "Cause", "Place"), rows)


@app.command()
def cancel(ctx: typer.Context, run: Number, as_json: Json = False) -> None:
    """Cancel a run: at once if it waits, with its next page if it is running."""
    with opened(ctx) as hub, hub.store.write() as tx:
        worker = known_run(tx, run).worker
        state = interventions.cancel(tx, run, who())
    if as_json:
        show.json({"run": run, "state": state})
    elif state:
        show.say(f"Run {run} is cancelled." if state == "cancelled" else f"Run {run} ends with the page it is at.")
    if state == "running":
        show.remark(f"If that page never ends, because its system does not answer, say, {frees(worker)}.")
    if state is None:
        if not as_json:
            show.say(f"Run {run} had ended already.")
        raise typer.Exit(NOT_WELL)


@app.command()
def hurry(ctx: typer.Context, run: Number, as_json: Json = False) -> None:
    """Let a run that waits for its time, such as a retry, go out now."""
    with opened(ctx) as hub, hub.store.write() as tx:
        known_run(tx, run)
        hurried = interventions.hurry(tx, run)
        remark_if_idle(hub, tx)
    if as_json:
        show.json({"run": run, "hurried": hurried})
    else:
        show.say(f"Run {run} goes out now." if hurried else f"Run {run} does not wait for its time.")
    if not hurried:
        raise typer.Exit(NOT_WELL)


def frees(worker: str | None) -> str:
    """Say what ends a run that hangs within a page."""
    return f"a restart of {worker or 'its process'} frees the job: the run is taken up again, and ends as cancelled"


def known_run(tx: Tx, number: int) -> Shown:
    """Return a run; raises Misconfigured if there is none of that number."""
    found = interventions.find(tx, numbers=[number])
    if not found:
        raise Misconfigured(f"there is no run {number}; what ended long ago is pruned. hub runs lists what there is")
    return found[0]


def left_alone(tx: Tx, found: Sequence[Shown]) -> list[str]:
    """Say which systems that runs wait for are left alone, and why."""
    waited_for = {each.system for each in found if each.state == "waiting"}
    resting = [each for name, each in sorted(breakers.find(tx).items()) if name in waited_for and each.opened_at]
    return [f"{each.system} is left alone, and its runs wait: {each.reason}" for each in resting]


def as_data(run: Shown) -> Mapping[str, Any]:
    """Return a run as JSON-ready data."""
    return asdict(run)


def remark_if_idle(hub: Hub, tx: Tx) -> None:
    """Say so if nobody is at work who could carry out what was asked for."""
    if not any(tx.now - each.seen_at <= AT_WORK for each in processes.find(tx)):
        what = "hub up" if hub.embedded else "hub up, or hub scheduler and hub adapter KIND"
        show.remark(f"Nobody is at work at present; it is done once somebody is: {what}")


def wait_for(hub: Hub, number: int, *, as_json: bool) -> None:
    """Wait until a run has ended; show it, and exit with 1 unless it went well."""
    run, history = until_ended(hub, number)
    if as_json:
        show.json({**as_data(run), "deliveries": history})
    else:
        show_run(run, history, ZoneInfo(hub.settings.hub.timezone))
    if not went_well(run):
        raise typer.Exit(NOT_WELL)


def went_well(run: Shown) -> bool:
    """Return whether a run that has ended did what it was made for."""
    return run.state in ("done", "skipped")


def until_ended(hub: Hub, number: int) -> tuple[Shown, Sequence[Mapping[str, Any]]]:
    """Wait until a run has ended; returns it, with its deliveries."""
    with show.aside().status(f"Run {number}") as status:
        while True:
            with hub.store.read() as tx:
                run = known_run(tx, number)
                history = results.history(tx, number)
            if run.ended_at is not None and history:
                return run, history
            status.update(f"Run {number} is {run.state}  {words.outcomes(run.counts)}")
            time.sleep(LOOK_AGAIN)


def show_run(run: Shown, history: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
    """Write all that is known of a run."""
    stands_for = f"{run.stands_for:,} occurrences or triggers" if run.stands_for > 1 else None
    show.pairs(
        [
            ("Run", f"{run.id} of {run.job} ({run.cause})"),
            ("State", run.state),
            ("Message", run.message),
            ("Records", words.outcomes(run.counts)),
            ("Occurrence", words.local(run.scheduled_at, zone)),
            ("Stands for", stands_for),
            ("Reason", run.reason),
            ("Not before", words.local(run.not_before, zone) if run.ended_at is None else None),
            ("Waits for", "the run of this job that is open" if run.blocked else None),
            ("Started", words.local(run.started_at, zone)),
            ("Ended", words.local(run.ended_at, zone)),
            ("Failures", run.failures or None),
            ("Worker", run.worker),
            ("To be cancelled", _to_be_cancelled(run)),
        ]
    )
    for each in history:
        _show_delivery(each, zone, said=run.message)


def _to_be_cancelled(run: Shown) -> str | None:
    if run.cancel_by is None or run.ended_at is not None:
        return None
    return f"by {run.cancel_by}, with its next page; if none comes, {frees(run.worker)}"


def _show_delivery(result: Mapping[str, Any], zone: ZoneInfo, said: str | None) -> None:
    """Write what a delivery came to; `said`: the run's own message, which is not said twice."""
    ended = datetime.fromisoformat(result["ended_at"])
    counts = words.outcomes(result.get("counts"))
    message = result.get("message")
    told = [result["outcome"], counts, message if message not in (counts, said) else None]
    again = (
        f"again at {words.local(datetime.fromisoformat(result['next_at']), zone)}" if result.get("next_at") else None
    )
    show.say()
    show.say(f"{words.local(ended, zone)}  " + "; ".join(str(part) for part in (*told, again) if part))
    show.say(f"  attempt {result['attempt']}, by {result.get('worker') or 'nobody'}")
    for line in result.get("lines", ()):
        level = "" if line["level"] == "info" else f"{line['level']}: "
        show.say(f"  {words.local(datetime.fromisoformat(line['at']), zone)}  {level}{line['text']}")


def _row(run: Shown, zone: ZoneInfo, now: datetime) -> tuple[object, ...]:
    when = run.ended_at or run.started_at or run.not_before
    took = words.seconds(run.ended_at - run.started_at) if run.ended_at and run.started_at else ""
    counts = words.outcomes(run.counts)
    told = counts if counts and run.state in ("done", "running") else (run.message or "")
    return run.id, run.job, run.cause, run.state, words.local(when, zone, now), took, told
