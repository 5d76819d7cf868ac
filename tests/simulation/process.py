"""A process of the hub, its loops taken a step at a time.

What `hub/app/process.py`, `hub/worker/worker.py`, `hub/runlog/runlog.py` and `scheduler/scheduler.py` do with threads
is done here by whoever calls a loop's step; everything below these shells is the hub's own.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hub.app import Configuration, Roles
from hub.app.breakers import Breakers
from hub.app.embedded import StoringPublisher
from hub.broker import Delivery, Publisher
from hub.broker.topology import DEAD, INVALID, RUNLOG
from hub.clock import Clock
from hub.errors import TryLater
from hub.handler import Lost, Outcome
from hub.messages import RunDue, decode
from hub.posting import post
from hub.runlog import store_batch
from hub.store import DatabaseAway, Store, outbox, processes, runs
from hub.worker import Held, Pipeline
from scheduler import Leader, Steps
from scheduler.leader import LENGTH
from tests.simulation.broker import SimConsumer, SimPublisher
from tests.simulation.database import SimStore
from tests.simulation.faults import Crash

if TYPE_CHECKING:
    from tests.simulation.hub import SimHub


@dataclass(slots=True)
class Loop:
    """What one thread of a process does over and over, a step at a time."""

    name: str
    step: Callable[[], None]
    ready: Callable[[], bool] = lambda: True
    weight: int = 4
    at_once: int = 1
    """Threads that do the same."""
    busy: int = 0
    """Of these, how many are in the middle of a step."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass of a leading scheduler that went through: whatever was due when it began has been ticked."""

    began_at: datetime
    began: int
    ended: int
    """In the order of all that happens."""


class SimLeader(Leader):
    """The leader, with its last answer to look at; some believe to lead whatever the database says."""

    led = False
    deluded = False

    def leads(self) -> bool:
        """Return whether this process leads, or believes so."""
        self.led = self.deluded or super().leads()
        return self.led


@dataclass(slots=True)
class Worker:
    """What a worker process has in its hands."""

    pipeline: Pipeline
    consumer: SimConsumer
    breakers: Breakers
    received: list[Delivery] = field(default_factory=list[Delivery])
    """Taken, but the database did not let us claim them yet."""
    todo: list[Held] = field(default_factory=list[Held])
    ended: list[tuple[Held, Outcome]] = field(default_factory=list[tuple[Held, Outcome]])
    unsent: list[outbox.Unsent] = field(default_factory=list[outbox.Unsent])
    carried: dict[int, Held] = field(default_factory=dict[int, Held])
    """By delivery tag: claimed and not settled yet."""
    lost: set[int] = field(default_factory=set[int])
    """Delivery tags of what somebody else has taken over."""


class Process:
    """One process, from its start to its end or its crash."""

    def __init__(self, hub: "SimHub", name: str, roles: Roles) -> None:
        self.hub = hub
        self.name = name
        self.roles = roles
        self.dead = False
        self.sleeps = 0
        """Steps for which it does nothing: a stopped machine, a full swap."""
        self.stopping = False
        self.store: Store = SimStore(hub.database, name, hub.faults, self.point)
        self.clock: Clock = hub.clock
        published = SimPublisher(hub.broker, hub.faults, self.point, hub.observer.confirmed)
        self.publisher: Publisher = StoringPublisher(published, self.store) if hub.plan.embedded else published
        self.configuration = Configuration(self.store, hub.folder, hub.clock)
        self.consumers: list[SimConsumer] = []
        self.worker: Worker | None = None
        self._log_received: list[Delivery] = []
        self.loops = [Loop("start", self._start, weight=8)]

    def point(self, what: str) -> None:
        """Let something happen here, between two effects."""
        self.hub.point(self, what)

    def die(self) -> None:
        """Be gone from here on: what was not acknowledged is delivered again."""
        if not self.dead:
            self.dead = True
            for consumer in self.consumers:
                consumer.close()
            if self.hub.plan.embedded:
                self.hub.broker.forget()

    def killed(self) -> None:
        """Die, and unwind whoever is in the middle of something."""
        self.die()
        raise Crash

    # Start and end

    def _start(self) -> None:
        try:
            self.configuration.refresh()
            self._declare()
            if self.hub.plan.embedded:
                with self.store.write() as tx:
                    runs.recall_all(tx)
        except TryLater:
            return
        self.loops.remove(next(loop for loop in self.loops if loop.name == "start"))
        self.loops.append(Loop("watch", self._watch, weight=1))
        if self.roles.scheduler:
            self._start_scheduler()
        if self.roles.kinds:
            self._start_worker()
        if self.roles.runlog:
            self._start_runlog()

    def _declare(self) -> None:
        if self.hub.broker.away:
            raise TryLater
        self.hub.broker.declare(self.configuration.topology())

    def drain(self) -> None:
        """Take nothing new, let runs hand on, settle, and end: SIGTERM."""
        self.stopping = True

    def drained(self) -> bool:
        """Return whether all that was held is settled."""
        work = self.worker
        left = bool(work and (work.todo or work.ended or work.unsent or work.received))
        return self.stopping and not left and not any(loop.busy for loop in self.loops)

    # The scheduler

    def _start_scheduler(self) -> None:
        length = min(LENGTH, self.configuration.settings.hub.lease)
        leader = SimLeader(self.store, self.name, self.clock, length)
        leader.deluded = self.hub.faults.happens("two-lead")
        steps = Steps(self.store, self.publisher, leader, self.clock, self._restore)
        self.loops.append(Loop("schedule", lambda: self._schedule(steps, leader), lambda: not self.stopping, weight=3))

    def _restore(self) -> None:
        with suppress(TryLater):
            self._declare()

    def _schedule(self, steps: Steps, leader: SimLeader) -> None:
        began_at, began = self.clock.now(), self.hub.database.next()
        try:
            steps.once()
        except DatabaseAway:
            return
        if leader.led:
            self.hub.observer.passes.append(Pass(began_at, began, self.hub.database.next()))

    # The worker

    def _start_worker(self) -> None:
        consumer = SimConsumer(self.hub.broker, self.name, self.hub.faults, self.point, self._acknowledged)
        settings = self.configuration.settings.hub
        pipeline = Pipeline(
            name=self.name,
            store=self.store,
            publisher=self.publisher,
            duties=self.configuration,
            clock=self.clock,
            acknowledge=consumer.ack,
            lease=settings.lease,
            slice=settings.slice,
            stopping=lambda: self.stopping,
        )
        work = Worker(pipeline, consumer, Breakers(self.store, self.configuration, pipeline, self.roles.kinds))
        pipeline.to_post = work.unsent.append
        self.worker = work
        self.consumers.append(consumer)
        consumer.wanted = sorted(self.configuration.queues(self.roles.kinds).values())
        self.loops += [
            Loop("take in", self._take_in, lambda: bool(work.received) or (not self.stopping and consumer.ready())),
            Loop("work", self._work, lambda: bool(work.todo), at_once=2, weight=6),
            Loop("settle", self._settle, lambda: bool(work.ended)),
            Loop("post", self._post, lambda: bool(work.unsent)),
            Loop("keep", self._keep, lambda: bool(work.pipeline.held or work.pipeline.unkept), weight=2),
        ]

    def _working(self) -> Worker:
        assert self.worker is not None
        return self.worker

    def _take_in(self) -> None:
        work = self._working()
        if not work.received:
            work.received = work.consumer.take(self.hub.dice.randint(1, 6))
        try:
            held = work.pipeline.receive(work.received)
        except DatabaseAway:
            return
        work.received = []
        work.todo += held
        work.carried |= {each.delivery.tag: each for each in held}

    def _work(self) -> None:
        work = self._working()
        held = work.todo.pop(self.hub.dice.randrange(len(work.todo)))
        outcome = work.pipeline.carry_out(held)
        if isinstance(outcome, Lost):
            work.lost.add(held.delivery.tag)
        work.ended.append((held, outcome))

    def _settle(self) -> None:
        work = self._working()
        batch = list(work.ended)
        try:
            work.unsent += work.pipeline.settle(batch)
        except DatabaseAway:
            return
        del work.ended[: len(batch)]
        for held, _ in batch:
            work.carried.pop(held.delivery.tag, None)

    def _post(self) -> None:
        work = self._working()
        batch = work.unsent[:]
        work.unsent.clear()
        try:
            post(self.store, self.publisher, batch)
        except DatabaseAway:
            return  # the relay posts what is left

    def _keep(self) -> None:
        try:
            self._working().pipeline.keep()
        except DatabaseAway:
            return

    def _acknowledged(self, delivery: Delivery) -> None:
        """Tell the observer what was acknowledged: a run's message, and whether it was being carried out."""
        work = self._working()
        if delivery.exchange != "hub.jobs" or "invalid" in delivery.headers:
            return
        held = work.carried.get(delivery.tag)
        carried = held is not None and held.delivery is delivery and delivery.tag not in work.lost
        self.hub.observer.acknowledged(decode(delivery.body, RunDue), self.name, carried=carried)

    # The log consumer

    def _start_runlog(self) -> None:
        consumer = SimConsumer(self.hub.broker, self.name, self.hub.faults, self.point, lambda _delivery: None)
        consumer.wanted = [RUNLOG, INVALID, DEAD]
        self.consumers.append(consumer)

        def ready() -> bool:
            return not self.stopping and (bool(self._log_received) or consumer.ready())

        self.loops.append(Loop("store", lambda: self._store(consumer), ready))

    def _store(self, consumer: SimConsumer) -> None:
        received = self._log_received or consumer.take(self.hub.dice.randint(1, 20))
        self._log_received = received
        try:
            store_batch(self.store, received, consumer.ack)
        except DatabaseAway:
            return
        self._log_received = []

    # All of them

    def _watch(self) -> None:
        try:
            with self.store.write() as tx:
                processes.seen(tx, self.name, self.roles.name)
            if self.configuration.refresh():
                self._declare()
            if self.worker is not None:
                self.worker.breakers.probe()
                resting = self.worker.breakers.look()
                queues: dict[str, str] = self.configuration.queues(self.roles.kinds)
                self.worker.consumer.wanted = wanted(queues, resting)
        except TryLater:
            return


def wanted(queues: dict[str, str], resting: frozenset[str]) -> Sequence[str]:
    """Return the queues to consume, without those of systems that are left alone."""
    return sorted(queue for system, queue in queues.items() if system not in resting)
