"""`hub dead`: runs that were given up, and messages that nobody could understand or deliver."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from hub.cli import show, words
from hub.cli.call import Json, Most, Yes, ask, known_job, opened, who
from hub.cli.commands import COMMANDS, group
from hub.cli.main import NOT_WELL
from hub.cli.numbers import whole
from hub.cli.runs import as_data, known_run, remark_if_idle, show_run
from hub.counting import counted
from hub.errors import Misconfigured
from hub.store import interventions, letters, overview, results

app = group(COMMANDS["dead"])
LETTER = "m"
"""Before the number of a message, so that it is not taken for that of a run."""
ALL = 100_000
SAY_WHICH = "say which: their IDs, or --all"
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="As hub dead lists them: 12, m3.")]
Runs = Annotated[list[str] | None, typer.Argument(metavar="[RUN]...", help="As hub dead lists them.")]
JobOption = Annotated[str | None, typer.Option("--job", help="With --all: only of this job.", show_default=False)]


@app.command("list")
def list_dead(ctx: typer.Context, most: Most = 100, as_json: Json = False) -> None:
    """List dead runs, then messages that are invalid or were given up by the broker, each with its reason."""
    with opened(ctx) as hub:
        with hub.store.read() as tx:
            dead, kept, now = interventions.find(tx, states=("dead",), most=most), letters.find(tx, most=most), tx.now
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        found = [{"kind": "run", "id": str(run.id), "reason": run.message, "run": as_data(run)} for run in dead]
        found += [{"kind": "message", "id": _id(each), "reason": each.reason, "message": asdict(each)} for each in kept]
        show.json(found)
        return
    rows: list[Sequence[object]] = [
        (run.id, "run", run.job, words.local(run.ended_at, zone, now), run.message) for run in dead
    ]
    rows += [(_id(k), k.queue, k.routing_key, words.local(k.last_at, zone, now), _reason(k)) for k in kept]
    show.table(("ID", "What", "Of", "When", "Why"), rows)
    if not rows:
        show.say("Nothing was given up.")
    elif dead:
        show.say("Try again: hub dead replay RUN    Put away: hub dead discard ID")


@app.command("show")
def show_one(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="ID", help="As hub dead lists it: 12, m3.")],
    as_json: Json = False,
) -> None:
    """Show a dead run with its history, or a message with its text."""
    runs, messages = _sorted([number])
    with opened(ctx) as hub, hub.store.read() as tx:
        zone = ZoneInfo(hub.settings.hub.timezone)
        if runs:
            run, history = known_run(tx, runs[0]), results.history(tx, runs[0])
            if as_json:
                show.json({**as_data(run), "deliveries": history})
            else:
                show_run(run, history, zone)
            return
        found = letters.find(tx, state=None, number=messages[0])
    if not found:
        raise Misconfigured(f"there is no message {number}; hub dead lists what there is")
    if as_json:
        show.json(found[0])
    else:
        _show_letter(found[0], zone)


@app.command()
def replay(
    ctx: typer.Context,
    numbers: Runs = None,
    everything: Annotated[bool, typer.Option("--all", help="All dead runs.")] = False,
    job: JobOption = None,
    as_json: Json = False,
) -> None:
    """Hand dead runs on anew, with all their attempts."""
    runs, messages = _sorted(numbers or [])
    if messages:
        raise Misconfigured("a message that was not understood cannot be replayed; its sender has to send a right one")
    with opened(ctx) as hub, hub.store.write() as tx:
        if job is not None:
            known_job(tx, job)
        if everything:
            runs = overview.dead_numbers(tx, job)
        elif not runs:
            raise Misconfigured(SAY_WHICH)
        replayed = interventions.replay(tx, runs, who())
        if replayed:
            remark_if_idle(hub, tx)
    _report({"replayed": replayed}, len(set(runs)), len(replayed), "handed on anew", as_json=as_json)


@app.command()
def discard(
    ctx: typer.Context,
    numbers: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="All dead runs and all messages.")] = False,
    job: JobOption = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put dead runs and messages away for good; they are pruned like anything else that has ended."""
    runs, messages = _sorted(numbers or [])
    with opened(ctx) as hub:
        if everything:
            with hub.store.read() as tx:
                runs = overview.dead_numbers(tx, job)
                messages = [each.id for each in letters.find(tx, most=ALL)] if job is None else []
        elif not numbers:
            raise Misconfigured(SAY_WHICH)
        count = len(set(runs)) + len(set(messages))
        if everything and not as_json:
            ask(f"Discard {counted(count, 'entry')}?", yes=yes)
        with hub.store.write() as tx:
            gone = interventions.discard(tx, runs, who())
            put_away = letters.discard(tx, messages)
    done = {"runs": gone, "messages": put_away}
    _report(done, count, len(gone) + put_away, "put away", as_json=as_json)


def _report(data: Mapping[str, Any], wanted: int, done: int, what: str, *, as_json: bool) -> None:
    if as_json:
        show.json(data)
    else:
        show.say(f"{counted(done, 'entry')} {what}.")
    if done < wanted:
        show.remark(f"hub: {wanted - done} of these were not there, or not given up")
        raise typer.Exit(NOT_WELL)


def _sorted(ids: Sequence[str]) -> tuple[list[int], list[int]]:
    """Tell the numbers of runs from those of messages."""
    runs: list[int] = []
    messages: list[int] = []
    for each in ids:
        number = whole(each.removeprefix(LETTER))
        if number is None:
            raise Misconfigured(f"{each} is no ID; hub dead lists them: 12 is a run, {LETTER}3 a message")
        (messages if each.startswith(LETTER) else runs).append(number)
    return runs, messages


def _id(letter: letters.Kept) -> str:
    return f"{LETTER}{letter.id}"


def _reason(letter: letters.Kept) -> str:
    return letter.reason + (f" ({letter.times:,} times)" if letter.times > 1 else "")


def _show_letter(letter: letters.Kept, zone: ZoneInfo) -> None:
    show.pairs(
        [
            ("Message", f"{_id(letter)} from {letter.queue}, {letter.state}"),
            ("Reason", letter.reason),
            ("Exchange", letter.exchange),
            ("Routing key", letter.routing_key),
            ("Times", f"{letter.times:,}"),
            ("First", words.local(letter.first_at, zone)),
            ("Last", words.local(letter.last_at, zone)),
            *((f"  {name}", value) for name, value in letter.headers.items()),
        ]
    )
    show.say()
    show.say(letter.body)
