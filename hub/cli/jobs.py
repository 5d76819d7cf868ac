"""`hub jobs`."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from hub.app import Hub, planning
from hub.app.registry import is_exchange
from hub.cli import show, words
from hub.cli.call import Json, known_job, opened, who
from hub.cli.commands import COMMANDS, group
from hub.cli.runs import as_data, remark_if_idle, wait_for
from hub.counting import ago, counted
from hub.errors import Misconfigured
from hub.store import Tx, interventions, jobs, overview, runs
from hub.sync import scanning
from scheduler import policy
from scheduler.schedule import read_schedule, read_settings
from scheduler.tick import next_due
from scheduler.walltime import EPOCH

app = group(COMMANDS["jobs"])
JobName = Annotated[str, typer.Argument(metavar="JOB", help="SYSTEM.WHAT, as hub jobs lists it.")]
Note = Annotated[str | None, typer.Option("--note", help="Why, for the others.", show_default=False)]
MOST_OCCURRENCES = 1000


@app.command("list")
def list_jobs(ctx: typer.Context, as_json: Json = False) -> None:
    """List the jobs of the configuration in force."""
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            found, last, now = jobs.find(tx), interventions.last_of_each(tx), tx.now
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        show.json([_data(job, last.get(job.name)) for job in found])
        return
    rows = [_row(job, last.get(job.name), zone, now) for job in found]
    show.table(("Job", "Schedule", "Next", "Last run", ""), rows)
    if not found:
        show.say("There are no jobs yet: hub up, or hub apply, makes those of hub.toml.")


@app.command()
def run(
    ctx: typer.Context,
    job: JobName,
    key: Annotated[list[str] | None, typer.Option("--key", help="Only this record; may be repeated.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Compare everything, not only what has changed.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended; exit code 0 if it went well.")] = False,
    as_json: Json = False,
) -> None:
    """Run a job now, even if it is paused."""
    with opened(ctx) as hub:
        with hub.store.write() as tx:
            known = known_job(tx, job)
            if full:
                _compare_everything(hub, tx, known, key)
            number = runs.make(tx, [asked(known, "manual", tx.now, scope=key or None)])[0]
            remark_if_idle(hub, tx)
        if wait:
            wait_for(hub, number, as_json=as_json)
        elif as_json:
            show.json({"run": number, "job": job})
        else:
            show.say(f"Run {words.number(number)} of {job} is due now. What comes of it: hub runs show {number}")


@app.command()
def pause(ctx: typer.Context, job: JobName, note: Note = None, as_json: Json = False) -> None:
    """Pause a job: nothing of it becomes due until it is resumed."""
    with opened(ctx) as hub, hub.store.write() as tx:
        known_job(tx, job)
        changed = jobs.pause(tx, [job], who(), note)
    _say_changed(job, bool(changed), "paused", "was paused before", as_json=as_json)


@app.command()
def resume(ctx: typer.Context, job: JobName, as_json: Json = False) -> None:
    """Resume a paused job, with its next occurrence; what was missed meanwhile stays missed (hub jobs backfill)."""
    with opened(ctx) as hub, hub.store.write() as tx:
        known = known_job(tx, job, to_change=True)
        # Of a job that was not paused the schedule stays where it is: what is due now must not be skipped.
        changed = jobs.resume(tx, {job: next_due(known, tx.now) if known.enabled else None}) if known.paused_at else 0
    _say_changed(job, bool(changed), "resumed", "was not paused", as_json=as_json)


@app.command()
def backfill(
    ctx: typer.Context,
    job: JobName,
    first: Annotated[str, typer.Option("--from", help="A day or an instant, e.g. 2026-11-01 or 2026-11-01T06:00.")],
    last: Annotated[str, typer.Option("--to", help="Likewise; of a day all occurrences are meant.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be made, and make nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Make runs for past occurrences; one that is there already is left alone."""
    with opened(ctx) as hub:
        zone = ZoneInfo(hub.settings.hub.timezone)
        begin, end = max(_instant(first, zone, time.min), EPOCH), _instant(last, zone, time.max)
        if end < begin:
            raise Misconfigured(f"--to {last} lies before --from {max(first, '1970-01-01')}")
        with hub.store.write() as tx:
            known = known_job(tx, job)
            wanted = _occurrences(known, begin, min(end, tx.now))
            there = overview.occurrences(tx, job, begin, end)
            missing = [instant for instant in wanted if instant not in there]
            if not dry_run:
                runs.make(tx, [asked(known, "backfill", tx.now, scheduled_at=instant) for instant in missing])
    if as_json:
        left = [instant for instant in wanted if instant in there]
        show.json({"job": job, "made": [] if dry_run else missing, "missing": missing, "left_alone": left})
        return
    for instant in missing:
        show.say(f"  {words.local(instant, zone)}")
    made = "would be made" if dry_run else "made"
    left_alone = len(wanted) - len(missing)
    there_already = f"; {counted(left_alone, 'occurrence')} had a run already, left alone" if left_alone else ""
    show.say(f"{counted(len(missing), 'run')} of {job} {made}{there_already}.")


def asked(
    job: jobs.Job,
    cause: str,
    now: datetime,
    *,
    scope: Collection[str] | None = None,
    scheduled_at: datetime | None = None,
    plan: str | None = None,
) -> runs.NewRun:
    """Return a run of a job that somebody asks for; `plan`: it is to do only what this one showed."""
    return runs.NewRun(
        job=job.name,
        system=job.system,
        cause=cause,
        not_before=now,
        scheduled_at=scheduled_at,
        overlap=job.settings["schedule"].get("overlap", "skip"),
        reason=f"asked by {who()}",
        scope=list(scope) if scope else None,
        plan=plan,
    )


def _compare_everything(hub: Hub, tx: Tx, job: jobs.Job, keys: Collection[str] | None) -> None:
    from adapters.files.options import FolderOptions  # noqa: PLC0415  slow to import, and few commands ask for it

    if keys:
        raise Misconfigured("--full means everything, --key some records; leave one of them out")
    system = planning.in_force(hub).systems[job.system]
    if not is_exchange(system) or isinstance(system.options, FolderOptions):
        raise Misconfigured(f"{job.system} has no records of its own to compare with; a file is read whole anyway")
    for stream in job.settings["sync"]:
        scanning.ask(tx, job.system, stream)


def _occurrences(job: jobs.Job, first: datetime, last: datetime) -> list[datetime]:
    schedule = read_schedule(job.settings["schedule"], country=job.settings.get("country"))
    if schedule is None:
        raise Misconfigured(f"{job.name} has no schedule, so that it has no occurrences; hub jobs run {job.name}")
    found = policy.backfill(schedule, first, last, MOST_OCCURRENCES + 1)
    if len(found) > MOST_OCCURRENCES:
        raise Misconfigured(f"these are more than {MOST_OCCURRENCES:,} occurrences; take a shorter time")
    return list(found)


def _instant(text: str, zone: ZoneInfo, of_day: time) -> datetime:
    """Read a day or an instant, in the hub's time zone where it names none."""
    try:
        if "T" not in text and " " not in text.strip():
            return datetime.combine(date.fromisoformat(text.strip()), of_day, zone).astimezone(UTC)
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misconfigured(
            f'"{text}" is no day and no instant; write it like 2026-11-01 or 2026-11-01T06:00'
        ) from None


def _data(job: jobs.Job, last: interventions.Shown | None) -> Mapping[str, Any]:
    names = ("name", "system", "kind", "enabled", "next_due", "paused_at", "paused_by", "paused_note", "settings")
    data = {name: getattr(job, name) for name in names}
    return {**data, "schedule": _schedule(job), "last_run": as_data(last) if last else None}


def _schedule(job: jobs.Job) -> str:
    return words.schedule(read_settings(job.settings["schedule"]))


def _row(job: jobs.Job, last: interventions.Shown | None, zone: ZoneInfo, now: datetime) -> tuple[object, ...]:
    when = words.local(last.ended_at or last.started_at or last.not_before, zone, now) if last else ""
    ended = f"{last.state} {when}" if last else "never"
    return job.name, _schedule(job), _next(job, zone, now), ended, _state(job)


def _next(job: jobs.Job, zone: ZoneInfo, now: datetime) -> str:
    if not job.enabled or job.paused_at is not None or job.next_due is None:
        return ""
    late = now - job.next_due
    return words.local(job.next_due, zone, now) if late < timedelta(seconds=1) else f"due {ago(late)}"


def _state(job: jobs.Job) -> str:
    if not job.enabled:
        return "switched off (enabled = false)"
    if job.paused_at is None:
        return ""
    return f"paused by {job.paused_by}" + (f": {job.paused_note}" if job.paused_note else "")


def _say_changed(job: str, changed: bool, done: str, before: str, *, as_json: bool) -> None:
    if as_json:
        show.json({"job": job, "changed": changed})
    else:
        show.say(f"{job} is {done} now." if changed else f"{job} {before}.")
