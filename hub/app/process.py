"""A process of the hub: its roles put together, started, watched and stopped."""

import os
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub import log
from hub.app.breakers import Breakers
from hub.app.configuration import Configuration
from hub.app.embedded import StoringPublisher
from hub.app.hub import Hub
from hub.broker import Broker, Consumer, Publisher
from hub.broker.topology import DEAD, INVALID, MAINTENANCE, RUNLOG
from hub.config import KINDS
from hub.errors import Misconfigured, TryLater
from hub.posting import post
from hub.runlog import RunLog
from hub.store import DatabaseAway, outbox, processes, runs
from hub.worker import Pipeline, Worker
from scheduler import Leader, Scheduler, Steps
from scheduler.leader import LENGTH

if TYPE_CHECKING:
    from hub.web.server import Server

logger = log.get("process")

WATCH = 1.0
"""Seconds between two looks at the configuration and the breakers."""
SEEN = 5
"""Looks between two signs of life in the database."""
MOMENT = 1.0
FAREWELL = 4.0
"""Seconds for a consumer to end: with what is left of `drain`, less than compose's `stop_grace_period`."""
RUNLOG_PREFETCH = 1000
MOST_POSTED = 1000
"""Results posted at a time."""


@dataclass(frozen=True, slots=True)
class Roles:
    """What a process is there for."""

    name: str
    """As operators see it: `up`, `scheduler`, `adapter warehouse`, `runlog`."""
    scheduler: bool = False
    kinds: frozenset[str] = field(default_factory=frozenset[str])
    """Of systems that it serves; `maintenance` for the hub's own jobs."""
    runlog: bool = False
    web: bool = False
    """Whether it takes webhook calls, where `hub.web` says."""

    @property
    def need_broker(self) -> bool:
        """Whether there is nothing to do without a broker: a webhook call only becomes a row."""
        return self.scheduler or self.runlog or bool(self.kinds)

    @classmethod
    def everything(cls) -> "Roles":
        """All roles in one process."""
        return cls("up", scheduler=True, kinds=frozenset([*KINDS, MAINTENANCE[0]]), runlog=True, web=True)

    @classmethod
    def of_scheduler(cls) -> "Roles":
        """Ticks and relays."""
        return cls("scheduler", scheduler=True)

    @classmethod
    def of_adapter(cls, kind: str) -> "Roles":
        """Serves the systems of one kind."""
        return cls(f"adapter {kind}", kinds=frozenset([kind]))

    @classmethod
    def of_runlog(cls) -> "Roles":
        """Stores results and does the hub's own jobs, such as pruning."""
        return cls("runlog", kinds=frozenset([MAINTENANCE[0]]), runlog=True)

    @classmethod
    def of_web(cls) -> "Roles":
        """Takes webhook calls."""
        return cls("web", web=True)


class Process:
    """The threads of a process. `start` waits for the broker; `stop` drains."""

    def __init__(self, hub: Hub, roles: Roles) -> None:
        """Raises DatabaseAway: without a database there is nothing to do."""
        self.name = f"hub {roles.name} @ {socket.gethostname()} ({os.getpid()})"
        self.roles = roles
        self.hub = hub
        self.configuration = Configuration(hub.store, hub.folder, hub.clock)
        self.configuration.refresh()
        self.broker: Broker = hub.broker(self.name)
        published = self.broker.publisher()
        self.publisher: Publisher = StoringPublisher(published, hub.store) if self.broker.embedded else published
        self.stopping = threading.Event()
        self.started = threading.Event()
        self.database_seen = hub.clock.monotonic()
        """When the database last answered, in monotonic seconds."""
        self.away: DatabaseAway | None = None
        """Why the last sign of life could not be written, if it could not: on a full disk, one can read all the same."""
        self.scheduler: Scheduler | None = None
        self.worker: Worker | None = None
        self.worker_consumer: Consumer | None = None
        self.runlog: RunLog | None = None
        self.runlog_consumer: Consumer | None = None
        self.web: Server | None = None
        self._pipeline: Pipeline | None = None
        self._breakers: Breakers | None = None
        self._watcher = threading.Thread(target=self._watch, name=f"{self.name} watch", daemon=True)
        self._prober = threading.Thread(target=self._probe, name=f"{self.name} probe", daemon=True)

    def start(self, patience: float = float("inf"), waits: Callable[[TryLater], None] = lambda _: None) -> None:
        """Declare what is needed at the broker, waiting until it is there, and start all threads.

        `waits` is called whenever the broker is not there. Raises TryLater if it is not there after `patience` seconds.
        """
        if self.roles.web:
            self._start_web()
        if self.roles.need_broker and not self._declare(self.hub.clock.monotonic() + patience, waits):
            return
        if self.broker.embedded:
            # What this process's last life published died with it.
            with self.hub.store.write() as tx:
                runs.recall_all(tx)
        if self.roles.runlog:
            self._start_runlog()
        if self.roles.kinds:
            self._start_worker()
        if self.roles.scheduler:
            self._start_scheduler()
        self._watcher.start()
        self._prober.start()
        self.started.set()
        logger.info("started", process=self.name, revision=self.configuration.number)

    def _declare(self, until: float, waits: Callable[[TryLater], None]) -> bool:
        while not self.stopping.is_set():
            try:
                self.broker.declare(self.configuration.topology())
            except TryLater as away:
                if self.hub.clock.monotonic() >= until:
                    raise
                logger.warning("broker_away", message=str(away), next_try_in_s=WATCH)
                waits(away)
                self.stopping.wait(WATCH)
            else:
                return True
        return False

    def _start_scheduler(self) -> None:
        # A lead outlives a process that was killed: no longer than the leases of the runs that it held.
        length = min(LENGTH, self.configuration.settings.hub.lease)
        leader = Leader(self.hub.store, self.name, self.hub.clock, length)
        steps = Steps(self.hub.store, self.publisher, leader, self.hub.clock, self._redeclare)
        self.scheduler = Scheduler(steps, self.name)
        self.scheduler.start()

    def _start_web(self) -> None:
        address = self.configuration.settings.hub.web
        if address is None:
            if not self.roles.need_broker:
                raise Misconfigured('web under [hub] says where webhook calls are taken, e.g. web = "127.0.0.1:8091"')
            return
        # Imported here: only who takes calls needs the server's libraries.
        from hub.web.application import application  # noqa: PLC0415
        from hub.web.server import Server  # noqa: PLC0415

        self.web = Server(address, application(self.hub.store, self.configuration))
        self.web.start()

    def _redeclare(self) -> None:
        try:
            self.broker.declare(self.configuration.topology())
        except (TryLater, Misconfigured) as fault:
            logger.warning("queues_not_declared", message=str(fault), see="hub check")

    def _start_worker(self) -> None:
        settings = self.configuration.settings.hub
        queues = self.configuration.queues(self.roles.kinds).values()
        consumer = self.broker.consumer(queues, settings.prefetch)
        pipeline = Pipeline(
            name=self.name,
            store=self.hub.store,
            publisher=self.publisher,
            duties=self.configuration,
            clock=self.hub.clock,
            acknowledge=consumer.ack,
            lease=settings.lease,
            slice=settings.slice,
        )
        self._pipeline = pipeline
        self._breakers = Breakers(self.hub.store, self.configuration, pipeline, self.roles.kinds)
        self.worker = Worker(pipeline, consumer, threads=settings.workers, prefetch=settings.prefetch)
        self.worker_consumer = consumer
        self.worker.start()

    def _start_runlog(self) -> None:
        self.runlog_consumer = self.broker.consumer([RUNLOG, INVALID, DEAD], RUNLOG_PREFETCH)
        self.runlog = RunLog(self.hub.store, self.runlog_consumer, self.hub.clock, self.name)
        self.runlog.start()

    def broken(self) -> bool:
        """Return whether a thread has ended by a fault of ours: the process should end, its work is rescued."""
        return any(each is not None and each.broken.is_set() for each in (self.scheduler, self.worker, self.runlog))

    def post_left(self) -> int:
        """Post what waits in the outbox, now rather than with the relay's next look; returns how many were confirmed.

        Raises DatabaseAway.
        """
        with self.hub.store.read() as tx:
            unsent = outbox.waiting(tx, MOST_POSTED)
        return post(self.hub.store, self.publisher, unsent)

    def stop(self, limit: float) -> bool:
        """Drain and end within `limit` seconds and a few; returns whether all that was under way was settled or handed on.

        The runs have the time first: what the others leave undone, because the broker takes nothing now, say, is in the
        database, and somebody else goes on with it.
        """
        self.stopping.set()
        deadline = self.hub.clock.monotonic() + limit
        drained = True
        if self.web is not None:
            self.web.stop()
        if self.worker is not None:
            drained = self.worker.stop(self._left(deadline))
        if self.scheduler is not None:
            self.scheduler.stop(self._left(deadline))
        if self.runlog is not None:
            self.runlog.stop(self._left(deadline))
        self.broker.close(FAREWELL)
        self._sign_off()
        logger.info("stopped", process=self.name, drained=drained)
        return drained

    def _left(self, deadline: float) -> float:
        """Return the seconds that are left, and a moment in any case."""
        return max(MOMENT, deadline - self.hub.clock.monotonic())

    def _sign_off(self) -> None:
        try:
            with self.hub.store.write() as tx:
                processes.ended(tx, self.name)
        except DatabaseAway as away:
            logger.warning("not_signed_off", message=str(away))

    def _watch(self) -> None:
        looks = 0
        while not self.stopping.wait(WATCH):
            for step in (self._sign_on, self._follow) if looks % SEEN == 0 else (self._follow,):
                self._tried(step)
            looks += 1

    def _probe(self) -> None:
        # On a thread of its own: a system that is silent would hold up the signs of life, and newer revisions.
        while self._breakers is not None and not self.stopping.wait(WATCH):
            self._tried(self._breakers.probe)

    def _tried(self, step: Callable[[], None]) -> None:
        try:
            step()
        except TryLater as away:
            logger.warning("watch_put_off", message=str(away))
        except BaseException:  # also what a library panics with: without these threads no breaker closes
            logger.exception("watch_broke")

    def _sign_on(self) -> None:
        try:
            with self.hub.store.write() as tx:
                processes.seen(tx, self.name, self.roles.name)
        except DatabaseAway as away:
            self.away = away
            raise
        self.away = None

    def _follow(self) -> None:
        newer = self.configuration.refresh()
        self.database_seen = self.hub.clock.monotonic()
        if newer and self.roles.need_broker:
            self._take_up()
        if self._breakers is not None and self.worker_consumer is not None:
            resting = self._breakers.look()
            self.worker_consumer.want(self._wanted(resting))

    def _take_up(self) -> None:
        """Go by a newer revision. The number of threads and the prefetch count stay until the next start."""
        if self._pipeline is not None:
            settings = self.configuration.settings.hub
            self._pipeline.lease, self._pipeline.slice = settings.lease, settings.slice
        self._redeclare()

    def _wanted(self, resting: Collection[str]) -> list[str]:
        """Return the queues to consume: those of systems whose breaker is open are left, for operators to see."""
        queues = self.configuration.queues(self.roles.kinds)
        return [queue for system, queue in queues.items() if system not in resting]
