"""`hub quarantine retry`."""

import typer

from hub.cli import show
from hub.cli.call import Json, opened
from hub.cli.choosing import Cause, Everything, Numbers, Stream, System, all_of, nothing
from hub.cli.main import NOT_WELL
from hub.counting import counted
from hub.store import Tx, jobs, overview
from hub.store.quarantine import Entry
from hub.sync import retrying


def retry(
    ctx: typer.Context,
    numbers: Numbers = None,
    system: System = None,
    stream: Stream = None,
    cause: Cause = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """Have entries tried again with the next run of their stream; what was parked is taken up again."""
    with opened(ctx) as hub, hub.store.write() as tx:
        known = overview.waiting_numbers(tx, system=system, stream=stream, cause=cause)
        narrowed = everything or cause is not None or system is not None
        tried = retrying.retry(tx, numbers or all_of(known, everything=narrowed))
        names = sorted({name for each in tried.again for name in _jobs_of(tx, each)})
    if as_json:
        show.json(tried)
    else:
        if not (numbers or known):
            show.say(nothing(system, stream, cause))
            return
        show.say(f"{counted(len(tried.again), 'entry')} to be tried again with the next run.")
        if tried.released:
            show.say(f"{counted(len(tried.released), 'record')} taken up again.")
        for job in names:
            show.say(f"Now: hub jobs run {job}")
        for entry in tried.left:
            show.remark(f"{entry.id} cannot be tried again: mend it at its source; {entry.system} delivers it anew")
        if tried.closed:
            show.remark(f"Not open: {', '.join(map(str, tried.closed))}")
    if tried.left or tried.closed:
        raise typer.Exit(NOT_WELL)


def _jobs_of(tx: Tx, entry: Entry) -> list[str]:
    of_system = [job for job in jobs.find(tx) if job.system == entry.system]
    return [job.name for job in of_system if entry.stream in job.settings["sync"]]
