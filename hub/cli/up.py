"""`hub up`: everything in one process."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer
from rich.status import Status

from hub import log as logs
from hub.app import Hub, Process, Roles, apply, open_hub
from hub.app.health import Health
from hub.app.moving import refuse_left_behind
from hub.cli import show
from hub.cli.call import Json, start_of, who
from hub.cli.commands import single
from hub.cli.following import Following
from hub.cli.main import GOOD, INTERRUPTED, NOT_WELL
from hub.cli.serving import STDERR, HealthAddress, LogTo, Stop, logged, serve, signals
from hub.counting import ago, counted
from hub.errors import TryLater
from hub.store import processes, revisions
from hub.store.alone import LOCK_NAME, Taken, alone

app = single()
LOG_NAME = "hub.log"
PATIENCE = 15.0
"""Seconds that `--until-idle` waits for the broker."""


@app.command()
def up(
    ctx: typer.Context,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when nothing is due; exit code 0 only if all went well.")
    ] = False,
    no_apply: Annotated[bool, typer.Option("--no-apply", help="Leave the revision in force as it is.")] = False,
    health: HealthAddress = None,
    log: LogTo = None,
    as_json: Json = False,
) -> None:
    """Run everything in this process: scheduler, adapters of all kinds, log consumer. Its log goes to hub.log.

    An embedded hub applies hub.toml first. Ctrl-C drains, a second one ends at once.
    """
    start = start_of(ctx)
    target = log or start.config.absolute().parent / LOG_NAME
    with signals() as stop:
        logs.configure(level="critical")
        hub = open_hub(start.config, begins=True)
        try:
            with _alone(hub), logged(target, debug=start.debug):
                if not no_apply:
                    _apply(hub, health, as_json=as_json)
                code = _run(hub, stop, until_idle=until_idle, health=health, as_json=as_json, quiet=target == STDERR)
        finally:
            hub.close()
    raise typer.Exit(code)


@contextmanager
def _alone(hub: Hub) -> Generator[None]:
    """Keep a second `hub up` out of an embedded hub: it would get no work. Raises HubError that names the first."""
    if not hub.embedded:
        yield
        return
    try:
        with alone(hub.folder / LOCK_NAME):
            yield
    except Taken:
        with hub.store.read() as tx:
            latest = max(
                (each for each in processes.find(tx) if tx.now - each.seen_at <= processes.GONE),
                key=lambda each: each.seen_at,
                default=None,
            )
            told = f" ({latest.name}, begun {ago(tx.now - latest.started_at)})" if latest else ""
        raise Taken(
            f"the hub in {hub.folder} is up already{told}; hub.db belongs to one process. "
            "For several, name a database and a broker in hub.toml"
        ) from None


def _apply(hub: Hub, health: str | None, *, as_json: bool) -> None:
    """Apply the file where that is for us to do: to an embedded database, or where nothing was applied yet.

    Raises Misconfigured, and applies nothing, where nothing could listen at the addresses that are to be listened at, or
    what an embedded hub knows would be left behind.
    """
    with hub.store.read() as tx:
        in_force = revisions.in_force(tx)
    if hub.text is None or (in_force is not None and in_force.source == hub.text):
        return
    if in_force is not None and not hub.embedded:
        show.remark(f"{hub.file.name} differs from revision {in_force.number} in force: hub apply")
        return
    refuse_left_behind(hub)
    _refuse_taken(health or hub.settings.hub.health, hub.settings.hub.web)
    applied = apply(hub.store, hub.text, by=who(), note="hub up")
    if applied.number and not as_json:
        show.say(f"Revision {applied.number} of {hub.file.name} is in force now.")


def _refuse_taken(health: str | None, web: str | None) -> None:
    if health:
        Health(health, tuple).stop()
    if web:
        # Imported here: only who takes calls needs the server's libraries.
        from hub.web.server import listen  # noqa: PLC0415

        listen(web).close()


@dataclass(slots=True)
class _Watch:
    """One look after the other, until all is quiet if that is asked for."""

    following: Following
    until_idle: bool
    status: Status | None
    idle: bool = False
    waited: str = ""
    held: bool = False
    """Whether it was at work, and cannot go on."""

    def wait(self, away: TryLater) -> None:
        """Say once what is waited for: before anything can begin, or until it can go on."""
        if str(away) != self.waited:
            self.waited = str(away)
            show.remark(f"hub: {away}; hub up waits for it.       Stop with Ctrl-C.")

    def step(self) -> bool:
        """Look once; returns whether it is over. Raises DatabaseAway."""
        if away := self.following.process.away:
            self.held = True
            self.wait(away)
        elif self.held:
            self.held, self.waited = False, ""
            show.remark("hub: it goes on.")
        before, self.idle = self.idle, self.following.look()
        if self.status is not None:
            _turn(self.status, self.following.status)
        if self.idle and (self.following.news or not before):
            self.following.summarise()
        return self.idle and self.until_idle


def _turn(status: Status, text: str) -> None:
    """Show what is under way, and nothing while there is nothing."""
    if text:
        status.update(text)
        status.start()
    else:
        status.stop()


def _run(hub: Hub, stop: Stop, *, until_idle: bool, health: str | None, as_json: bool, quiet: bool) -> int:
    process = Process(hub, Roles.everything())
    following = Following.of(process, as_json=as_json)
    spinner = show.people().status("starting") if show.people().is_terminal and not (as_json or quiet) else None
    with spinner or nullcontext():
        watch = _Watch(following, until_idle, spinner)
        patience = PATIENCE if until_idle else float("inf")
        greet = partial(_greet, hub, as_json=as_json)
        drained = serve(process, stop, watch.step, health=health, started=greet, waits=watch.wait, patience=patience)
    return _ended(watch, stop, drained=drained, broken=process.broken(), as_json=as_json)


def _ended(watch: _Watch, stop: Stop, *, drained: bool, broken: bool, as_json: bool) -> int:
    following = watch.following
    following.look()
    following.summarise()
    say: Callable[[str], None] = show.remark if as_json else show.say
    if broken:
        show.remark("hub: a part of it has ended by a fault; the log says more")
        return NOT_WELL
    if not drained:
        show.remark("hub: not everything could be ended in time; it goes on where it was with the next hub up")
        return NOT_WELL
    if not watch.until_idle:
        say("The hub has stopped; what was under way goes on where it was with the next hub up.")
        return GOOD
    if stop.asked.is_set() and not watch.idle:
        return INTERRUPTED
    wrong = following.gone_wrong()
    if wrong:
        show.remark(f"hub: {counted(len(wrong), 'run')} did not go well: hub runs show {wrong[0].id}")
        for run in wrong[:5]:
            show.remark(f"  {run.job}: {run.state}; {run.message or 'its system is left alone (breaker open)'}")
        return NOT_WELL
    return GOOD


def _greet(hub: Hub, *, as_json: bool) -> None:
    if as_json:
        return
    database = hub.store.engine.url.database if hub.embedded else "as hub.toml names it"
    name = "hub.db" if hub.embedded else database
    broker = "broker inside this process" if hub.broker_address is None else "broker as hub.toml names it"
    show.say(f"Hub is up: database {name}, {broker}.       Stop with Ctrl-C.")
    if hub.text is None:
        with hub.store.read() as tx:
            show.say(f"There is no {hub.file.name} here: {hub.wanting(revisions.in_force(tx))}.")
