"""`hub check`: looks at everything a hub needs, changes nothing, and says how to mend what is not in order."""

import shutil
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from hub.app.applying import objection
from hub.app.configuration import system_of
from hub.app.former import former_queues
from hub.app.hub import Hub
from hub.app.logins import standing
from hub.app.moving import refuse_left_behind
from hub.app.planning import as_written, known_system
from hub.app.registry import is_exchange, open_connector
from hub.broker import Broker, topology
from hub.broker.topology import MAINTENANCE
from hub.config import Reference, Settings, SystemSettings, duration_text, resolve
from hub.connector import Connector, Exchange, Finding, FromFolders
from hub.counting import ago, counted
from hub.errors import HubError, Misconfigured
from hub.store import DatabaseAway, Tx, breakers, checkpoints, jobs, letters, overview, processes, revisions
from hub.store.migrate import require_current, version
from hub.sync.outgoing import lists_mixed
from scheduler.tick import next_due

ANSWER_WITHIN = 30.0
"""Seconds that a system may take to answer."""
CLOCKS_MAY_DIFFER = timedelta(seconds=5)
LATE = timedelta(seconds=60)
"""What is due longer than this is overdue."""
LEAST_FREE, LEAST_SHARE = 1_000_000_000, 0.05


def check(hub: Hub, system: str | None = None) -> list[Finding]:
    """Return what was found about the hub, or about one of its systems. Raises Misconfigured for one not known."""
    settings = _settings(hub)
    if system is not None:
        one = known_system(settings, system)
        return _told_once([*_secrets_of(one, system), *_systems(hub, {system: one})])
    findings = [*_file(hub), *_secrets_of(settings.hub, "secrets"), _disk(hub), _timezone(settings)]
    findings += _database(hub)
    findings += _broker(hub, settings)
    for name, each in settings.systems.items():
        findings += _secrets_of(each, name)
    return _told_once(findings + _systems(hub, settings.systems))


def _told_once(findings: list[Finding]) -> list[Finding]:
    """Return findings without those that say again what was said: a secret that is missing keeps a system shut, too."""
    said: dict[tuple[str, str], Finding] = {}
    for each in findings:
        said.setdefault((each.subject, each.message), each)
    return [*said.values()]


def _settings(hub: Hub) -> Settings:
    if hub.text is None:
        with suppress(HubError):  # the database has its own finding
            require_current(hub.store)
            return as_written(hub)
    return hub.settings


def _file(hub: Hub) -> Iterator[Finding]:
    if hub.text is None:
        yield Finding("file", good=True, message=f"there is no {hub.file.name} in {hub.folder}: the embedded default")
        return
    yield Finding("file", good=True, message=f"{hub.file.name}, {counted(len(hub.settings.systems), 'system')}")


def _database(hub: Hub) -> list[Finding]:
    try:
        found = version(hub.store)
        with hub.store.read() as tx:
            asked = datetime.now(UTC)
            server, difference = overview.server(tx), tx.now - asked
    except (DatabaseAway, Misconfigured) as away:
        mend = "is it running, is the address in hub.database right, does a firewall stand between?"
        return [Finding("database", good=False, message=str(away), mend=mend)]
    message = f"{server}, schema {found or 'none'}, clock {difference.total_seconds():+.2f} s"
    try:
        require_current(hub.store)
    except Misconfigured as old:
        return [Finding("database", good=False, message=f"{message}: {old}", mend="hub migrate")]
    if abs(difference) > CLOCKS_MAY_DIFFER:
        mend = "set the clocks of this machine and of the database by NTP"
        return [Finding("database", good=False, message=f"{message}: the clocks differ", mend=mend)]
    with hub.store.read() as tx:
        inside = [_revision(hub, tx), *_processes(hub, tx), *_overdue(hub, tx)]
        inside += [*_breakers(tx), *_runs(tx), *_messages(tx)]
    return [Finding("database", good=True, message=message), *inside]


def _revision(hub: Hub, tx: Tx) -> Finding:
    in_force = revisions.in_force(tx)
    if hub.text is None:
        return Finding("revision", good=True, message=f"no {hub.file.name} is there: {hub.wanting(in_force)}")
    if in_force is not None and in_force.source == hub.text:
        return Finding("revision", good=True, message=f"revision {in_force.number} is in force")
    try:
        refuse_left_behind(hub)
        why = objection(tx, hub.settings)
    except Misconfigured as refused:
        why = str(refused)
    if why:
        return Finding("revision", good=False, message=f"{hub.file.name} cannot be applied: {why}")
    if in_force is None:
        mend = "hub up" if hub.embedded else "hub apply"
        return Finding("revision", good=hub.embedded, message="nothing has been applied yet", mend=mend)
    told = f"{hub.file.name} differs from revision {in_force.number} in force"
    return Finding("revision", good=False, message=told, mend="hub apply")


def _processes(hub: Hub, tx: Tx) -> Iterator[Finding]:
    known = processes.find(tx)
    alive = [each for each in known if tx.now - each.seen_at <= processes.GONE]
    for each in known:
        told = f"{each.name}, seen {ago(tx.now - each.seen_at)}" + ("" if each in alive else ": it has not signed off")
        yield Finding("processes", good=True, message=told)
    due = jobs.due(tx, tx.now - processes.GONE, 1000)
    if due and not any(each.role in ("up", "scheduler") for each in alive):
        count = f"{counted(len(due), 'job')} {'is' if len(due) == 1 else 'are'} due"
        mend = "hub up" if hub.embedded else "hub scheduler"
        yield Finding("processes", good=False, message=f"no scheduler is at work, and {count}", mend=mend)
    elif not alive:
        yield Finding("processes", good=True, message="nobody is at work, and nothing is due")


def _overdue(hub: Hub, tx: Tx) -> Iterator[Finding]:
    for job in jobs.due(tx, tx.now - LATE, 20):
        late = duration_text(tx.now - (job.next_due or tx.now))
        mend = "a scheduler has to be at work; see processes"
        yield Finding("jobs", good=False, message=f"{job.name} is overdue by {late}", mend=mend)
    known = jobs.find(tx)
    yield from _far_off(tx, known)
    kinds = {job.system: job.kind for job in known}
    for each in overview.neglected(tx, tx.now - LATE):
        kind = kinds.get(each.system, "")
        serves = "runlog" if kind == MAINTENANCE[0] else f"adapter {kind or 'KIND'}"
        mend = "hub up" if hub.embedded else f"hub {serves}, or hub up"
        told = f"{counted(each.runs, 'run')} of {each.system} due since {each.oldest:%Y-%m-%d %H:%M:%S}Z, and nobody takes it"
        yield Finding("jobs", good=False, message=told, mend=mend)


def _far_off(tx: Tx, known: Sequence[jobs.Job]) -> Iterator[Finding]:
    """Find jobs that wait for a time which a clock that was ahead has planned; it was set back since."""
    for job in known:
        if not job.enabled or job.paused_at is not None or job.next_due is None:
            continue
        with suppress(HubError, ValueError):  # what cannot be read is told by the scheduler
            planned = next_due(job, tx.now)
            if planned is not None and job.next_due > planned:
                told = f"{job.name} waits until {job.next_due:%Y-%m-%d %H:%M}Z, by its schedule it is due at {planned:%Y-%m-%d %H:%M}Z"
                mend = f"a clock was ahead and is set back: hub jobs pause {job.name}, then hub jobs resume {job.name}"
                yield Finding("jobs", good=False, message=told, mend=mend)


def _breakers(tx: Tx) -> Iterator[Finding]:
    for each in breakers.find(tx).values():
        if each.opened_at is not None:
            told = f"is left alone since {each.opened_at:%Y-%m-%d %H:%M:%S}Z: {each.reason}"
            mend = f"hub check {each.system} shows how it answers now; it is asked again by itself"
            yield Finding(each.system, good=False, message=told, mend=mend)


def _runs(tx: Tx) -> Iterator[Finding]:
    """Find runs that were given up: what they were to do was not done, unless a later one has done it."""
    number, since = overview.given_up(tx)
    if since is not None:
        were = "was given up" if number == 1 else "were given up, the first"
        told = f"{counted(number, 'run')} {were} at {since:%Y-%m-%d %H:%M:%S}Z"
        mend = "hub dead lists them with the reason; once that is mended: hub dead replay RUN, or hub dead discard RUN"
        yield Finding("runs", good=False, message=told, mend=mend)


def _messages(tx: Tx) -> Iterator[Finding]:
    """Find messages that nobody understood, or that the broker gave up: what they asked for was not done."""
    if kept := letters.count(tx):
        told = f"{counted(kept, 'message')} {'was' if kept == 1 else 'were'} not understood, or given up by the broker"
        mend = "hub dead lists them with the reason; once their senders are right: hub dead discard ID"
        yield Finding("messages", good=False, message=told, mend=mend)


def _broker(hub: Hub, settings: Settings) -> list[Finding]:
    try:
        broker = hub.broker("hub check")
        pages = resolve(settings.hub.broker_management) if settings.hub.broker_management else None
    except Misconfigured as fault:
        return [Finding("broker", good=False, message=str(fault))]
    wanted = topology([*((each.kind, each.name) for each in settings.systems.values()), MAINTENANCE])
    try:
        return [*broker.inspect(wanted, pages), *_former(hub, broker, settings)]
    finally:
        broker.close()


def _former(hub: Hub, broker: Broker, settings: Settings) -> list[Finding]:
    with suppress(HubError), _current(hub) as tx:  # database and broker have their own findings
        return broker.tidy(former_queues(tx, settings), remove=False)
    return []


def _disk(hub: Hub) -> Finding:
    usage = shutil.disk_usage(hub.folder)
    message = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB are free at {hub.folder}"
    low = usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE
    return Finding("disk", good=not low, message=message, mend="make room there" if low else None)


def _timezone(settings: Settings) -> Finding:
    zone = settings.hub.timezone
    now = datetime.now(ZoneInfo(zone))
    return Finding("time zone", good=True, message=f"{zone}, {now:%Y-%m-%d %H:%M:%S %z}")


def _secrets_of(settings: BaseModel, subject: str) -> Iterator[Finding]:
    """Look whether secrets can be had; says how long they are, never what they are."""
    for reference in sorted(set(_references(settings))):
        try:
            value = resolve(reference)
        except Misconfigured as fault:
            is_file = reference.startswith("file:")
            mend = "put it there, readable for the hub's user" if is_file else "set it where the hub's processes start"
            yield Finding(subject, good=False, message=str(fault), mend=mend)
        else:
            edge = "" if value == value.strip() else ", with a blank or a line break at an end"
            yield Finding(subject, good=True, message=f"{reference}, {counted(len(value), 'character')}{edge}")


def _references(value: object) -> Iterator[Reference]:
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _references(getattr(value, name))
    elif isinstance(value, Mapping):
        for inner in cast("Mapping[Any, object]", value).values():
            yield from _references(inner)
    elif isinstance(value, tuple | list):
        for inner in cast("list[object]", value):
            yield from _references(inner)


def _systems(hub: Hub, systems: Mapping[str, SystemSettings]) -> list[Finding]:
    """Ask all systems at the same time; one that does not answer keeps nobody waiting for ever."""
    asked = {name: _asked(lambda each=each: _system(hub, each)) for name, each in systems.items()}
    findings: list[Finding] = []
    for name, answer in asked.items():
        try:
            findings += answer.result(ANSWER_WITHIN)
        except TooLong:
            findings.append(Finding(name, good=False, message=f"has not answered within {ANSWER_WITHIN:.0f} s"))
    return findings


def _asked(question: Callable[[], list[Finding]]) -> "Future[list[Finding]]":
    answer: Future[list[Finding]] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except Exception as fault:  # noqa: BLE001  # belongs to whoever asked
            answer.set_exception(fault)

    threading.Thread(target=ask, name="check", daemon=True).start()
    return answer


def _system(hub: Hub, settings: SystemSettings) -> list[Finding]:
    try:
        login = _login(hub, settings)
        if any(not each.good for each in login):
            return login
        connector = open_connector(settings, hub.folder, hub.clock, hub.vault)
        return [*login, *connector.check(), *_folders(hub, settings, connector), *_prices(hub, settings, connector)]
    except HubError as fault:
        return [Finding(settings.name, good=False, message=str(fault))]


@contextmanager
def _current(hub: Hub) -> Generator[Tx]:
    """Read what the hub knows. Raises DatabaseAway, and Misconfigured where the database is not as this program needs it."""
    require_current(hub.store)
    with hub.store.read() as tx:
        yield tx


def _folders(hub: Hub, settings: SystemSettings, connector: Connector | Exchange) -> Iterator[Finding]:
    """Look whether folders are those from which files were taken before."""
    if not isinstance(connector, FromFolders):
        return
    with suppress(HubError), _current(hub) as tx:  # the database has its own finding, as has what cannot be read
        for stream in settings.options.streams():
            fault = connector.unmounted(stream, checkpoints.get(tx, settings.name, stream).value)
            if fault is not None:
                mend = "mount it; if files are to come there from now on, the first one ends this"
                yield Finding(f"{settings.name}.{stream}", good=False, message=fault, mend=mend)


def _prices(hub: Hub, settings: SystemSettings, connector: Connector | Exchange) -> Iterator[Finding]:
    """Look whether prices that are not everybody's go out to a shop for which no price list is named."""
    if not is_exchange(settings):
        return
    system = system_of(_settings(hub), settings.name, cast("Exchange", connector))
    stream = system.stream_of("prices")
    if stream is None or stream not in system.reads:
        return
    with suppress(HubError), _current(hub) as tx:  # the database has its own finding
        mixed = lists_mixed(tx, system.flow(stream))
        if mixed is not None:
            mend = f"name the list that is the shop's: price_list under [systems.{settings.name}.range], then hub apply"
            yield Finding(settings.name, good=False, message=mixed, mend=mend)


def _login(hub: Hub, settings: SystemSettings) -> list[Finding]:
    """Look at the login, where a system takes one: without it there is nothing to ask."""
    login = standing(hub, settings)
    if login is None:
        return []
    end = f"{login.ends_at:%Y-%m-%d %H:%M:%S}Z" if login.ends_at else ""
    if login.needed:
        told = f"the login has ended at {end}" if end else "nobody has logged in yet"
        return [Finding(settings.name, good=False, message=told, mend=login.mend)]
    return [Finding(settings.name, good=True, message=f"the login ends at {end}" if end else "login: no end is named")]
