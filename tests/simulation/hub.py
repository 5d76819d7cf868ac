"""A whole hub in one thread: processes, broker, database, clock, and the seed that says what happens next."""

import random
from collections.abc import Iterator
from pathlib import Path

from hub.app import Roles
from hub.broker.topology import MAINTENANCE
from hub.config import KINDS
from tests.simulation.broker import Message, SimBroker
from tests.simulation.clock import SimClock
from tests.simulation.database import Database
from tests.simulation.faults import Crash, Faults
from tests.simulation.observer import Observer
from tests.simulation.plan import Plan
from tests.simulation.process import Loop, Process
from tests.simulation.world import World

DEEPEST = 3
"""How many processes may be in the middle of a step, one inside the other."""
AFTERWARDS = (1, 6, 21, 21, 60, 60, 60)
"""Seconds between the first rounds when all is well: enough for every lease to lapse and each job to run again."""
PATIENT = 15
"""Rounds after which time goes faster: only a breaker's rest or a lost message's recall take longer."""
MOST_ROUNDS = 50
MOST_STEPS = 5_000
WORKING = frozenset(["take in", "work", "settle", "post", "store"])
"""Loops that are ready only when there is something to do."""
ALL_KINDS = frozenset([*KINDS, MAINTENANCE[0]])


class SimHub:
    """What is simulated, and the one place that decides what happens next."""

    def __init__(self, plan: Plan, folder: Path, *, tracing: bool = False) -> None:
        """`folder`: an empty one, for the warehouse's files."""
        self.plan = plan
        self.folder = folder
        self.dice = random.Random(f"steps {plan.seed}")
        self.faults = Faults(plan)
        self.clock = SimClock()
        self.database = Database(self.clock)
        self.broker = SimBroker(self.faults, self.dice)
        self.observer = Observer(self.database)
        self.world = World(
            self.database, self.broker, self.faults, folder, random.Random(f"world {plan.seed}"), plan.embedded
        )
        self.steps = 0
        self.trace: list[str] | None = [] if tracing else None
        self.processes: list[Process] = []
        self._stack: list[tuple[Process, Loop]] = []
        self._started = 0

    def begin(self) -> None:
        """Apply the first configuration, and start all processes."""
        self.world.begin()
        self.processes = [self._new(roles) for roles in self._roles()]

    # Processes

    def _roles(self) -> Iterator[Roles]:
        if self.plan.embedded:
            yield Roles.everything()
            return
        for _ in range(self.plan.schedulers):
            yield Roles.of_scheduler()
        for _ in range(self.plan.workers):
            yield Roles("worker", kinds=ALL_KINDS)
        for _ in range(self.plan.runlogs):
            yield Roles("runlog", runlog=True)

    def _new(self, roles: Roles) -> Process:
        self._started += 1
        return Process(self, f"{roles.name}-{self._started}", roles)

    def _follow_up(self, *, at_once: bool = False) -> None:
        """Start processes anew that have crashed or ended, after a while."""
        for place, process in enumerate(self.processes):
            if process.drained() and not process.dead:
                self.say(process.name, "ended as it was told")
                process.die()
            in_use = any(each is process for each, _ in self._stack)
            if process.dead and not in_use and (at_once or self.dice.random() < 0.2):
                self.processes[place] = self._new(process.roles)

    def current(self) -> Process:
        """Return the process that is in the middle of a step."""
        return self._stack[-1][0]

    # Steps

    def go_wrong(self) -> None:
        """Take the steps of the plan, with accidents."""
        while self.steps < self.plan.steps:
            self._between()
            self.step()
            self._follow_up()

    def step(self) -> None:
        """Let something happen: mostly a step of some process."""
        self.steps += 1
        cast = self.dice.random()
        if cast < 0.12:
            what = self.world.go_on()
            self.say("world", what or "")
        elif cast < 0.22 and not self._stack:
            self.clock.move(self.dice.choice((0.3, 1.0, 3.0, 3.0, 8.0, 8.0, 25.0, 60.0)))
        else:
            self._one_of(self._possible())

    def _possible(self) -> list[tuple[Process, Loop]]:
        return [
            (process, loop)
            for process in self.processes
            if not process.dead and not process.sleeps
            for loop in process.loops
            if loop.busy < loop.at_once and loop.ready()
        ]

    def _one_of(self, possible: list[tuple[Process, Loop]]) -> None:
        if possible:
            weights = [loop.weight for _, loop in possible]
            self.run(*self.dice.choices(possible, weights)[0])

    def run(self, process: Process, loop: Loop) -> None:
        """Take one step of a loop; whatever comes of it ends here."""
        self.say(process.name, loop.name)
        loop.busy += 1
        self._stack.append((process, loop))
        try:
            loop.step()
        except Crash:
            pass
        except Exception as fault:  # noqa: BLE001  # any fault of ours is a finding
            self.observer.broke(process.name, loop.name, fault)
            process.die()
        finally:
            self._stack.pop()
            loop.busy -= 1

    # Accidents

    def point(self, process: Process, what: str) -> None:
        """Let something happen between two effects of a process."""
        if process.dead:
            raise Crash
        if self.faults.happens("crash"):
            self.say(process.name, f"crashed {what}")
            process.killed()
        if self.faults.happens("moment"):
            self.clock.move(self.faults.of("moment").uniform(0.1, 4))
        if len(self._stack) < DEEPEST and self.steps < self.plan.steps:
            if self.faults.happens("pause"):
                self._pause(process, what)
            elif self.faults.happens("interleave"):
                self._interleave(process, what)
        if process.dead:
            raise Crash

    def _interleave(self, process: Process, what: str) -> None:
        self.say(process.name, f"waits {what}, while")
        dice = self.faults.of("interleave")
        doing = self._stack[-1][1].name
        for _ in range(dice.randint(1, 4)):
            # Who does the same at the same moment is who gets in the way.
            rivals = [(other, loop) for other, loop in self._possible() if other is not process and loop.name == doing]
            if rivals and dice.random() < 0.4:
                self.steps += 1
                self.run(*dice.choice(rivals))
            else:
                self.step()
        self.say(process.name, "goes on")

    def _pause(self, process: Process, what: str) -> None:
        """Stop a process, or one thread of it, for longer than a lease."""
        dice = self.faults.of("pause")
        whole = dice.random() < 0.7
        self.say(process.name, f"{'stands still' if whole else 'hangs'} {what}, while")
        process.sleeps += whole
        for _ in range(dice.randint(3, 25)):
            self.clock.move(dice.uniform(1, 12))
            self.step()
            self._follow_up()
        process.sleeps -= whole
        self.say(process.name, "goes on")

    def _between(self) -> None:
        """Let accidents happen that need nobody in the middle of a step."""
        happens = self.faults.happens
        if happens("restart"):
            self.say("broker", "goes down")
            self.broker.restart()
        elif self.broker.away and self.dice.random() < 0.1:
            self.say("broker", "is back")
            self.broker.away = False
        if happens("purge"):
            self._purge()
        if happens("drain"):
            self.dice.choice(self.processes).drain()
        if happens("jump"):
            self.say("clock", "much time passes")
            self.clock.move(self.faults.of("jump").uniform(120, 7200))
        if happens("back"):
            self.say("clock", "is set back")
            self.clock.set_back(self.faults.of("back").uniform(1, 1800))
        if happens("disconnected"):
            for consumer in list(self.broker.consumers):
                consumer.lose()

    def _purge(self) -> None:
        """Have somebody empty the queues of work in RabbitMQ's pages: what the relay has put there is lost."""
        for name, queue in self.broker.queues.items():
            if not name.startswith("hub.runlog"):
                queue[:] = [message for message in queue if message.exchange != "hub.jobs" or message.headers]
        self.say("broker", "its queues of work are purged")

    # The end

    def come_right(self) -> bool:
        """Let everything be well from now on; returns whether the hub got all its work done within a bounded time."""
        self.faults.on = False
        self.say("world", "from here on everything is well")
        self.broker.away = False
        if self.clock.now() < self.clock.latest:
            self.clock.move((self.clock.latest - self.clock.now()).total_seconds())
        self.world.come_right()
        for process in self.processes:
            process.sleeps = 0
        for seconds in AFTERWARDS:
            self._round()
            self.clock.move(seconds)
        for number in range(MOST_ROUNDS):
            self._round()
            if self._idle():
                return True
            self.world.settle_left()
            self.clock.move(20 if number < PATIENT else 300)
        return False

    def _round(self) -> None:
        """Take every process round once, then let them work until nothing is left to do."""
        self._follow_up(at_once=True)
        for process in self.processes:
            for loop in list(process.loops):
                if loop.ready():
                    self.run(process, loop)
        for _ in range(MOST_STEPS):
            possible = [(process, loop) for process, loop in self._possible() if loop.name in WORKING]
            if not possible:
                return
            self.run(*possible[0])

    def served_queues(self) -> list[tuple[str, list[Message]]]:
        """Return the queues that somebody consumes; those of a system that was taken out are left to operators."""
        left = [] if "erp.parties" in self.world.jobs else ["hub.erp.erp"]
        return [(name, queue) for name, queue in self.broker.queues.items() if name not in left]

    def _idle(self) -> bool:
        open_runs = self.database.ask("SELECT count(*) FROM run WHERE state IN ('waiting', 'running', 'dead')")
        unsent = self.database.ask("SELECT count(*) FROM outbox")
        waiting = sum(len(queue) for _, queue in self.served_queues())
        waiting += sum(each.held() for each in self.broker.consumers)
        return not (open_runs[0][0] or unsent[0][0] or waiting) and self.world.sent_all()

    def say(self, who: str, what: str) -> None:
        """Note what happens, for people."""
        if self.trace is not None and what:
            indent = "  " * len(self._stack)
            self.trace.append(f"{self.steps:4} {self.clock.now():%d %H:%M:%S} {indent}{who}: {what}")
