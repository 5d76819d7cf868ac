"""The hub and the systems in one thread: who takes a step next, what happens in the middle of it, and the end."""

import random
import traceback
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hub import scope
from hub.config.exchange import ExchangeOptions, RangeSettings
from hub.errors import LeaseLost, Refused, TryLater
from hub.handler import Done, Work
from hub.store import bindings, quarantine
from hub.sync import System, exchanger
from hub.sync.ahead import AHEAD, as_it_comes
from tests.exchanging.connector import LIST, SimConnector
from tests.exchanging.database import Database
from tests.exchanging.faults import Crash, Faults
from tests.exchanging.hold import SimHold
from tests.exchanging.job import Job
from tests.exchanging.peer import Peer
from tests.exchanging.plan import DEALS, GOODS, Plan
from tests.exchanging.users import TWIN, Users
from tests.simulation.clock import SimClock

DEEPEST = 3
"""How many runs may be in the middle of something, one inside the other."""
STREAMS = ("parties", "products", "prices", "stock", "orders")
FULL_EVERY = timedelta(hours=6)
BEFORE = 40
"""What users do before there is a hub, where systems have been at work for some time."""
READING = "reading "
LONG = 4
"""Times as likely as anywhere else is a change of the very list that is being read, between two of its pages."""
RESET = 0.04
"""How likely it is with each step, where shops are set otherwise."""
BACKED_UP, RESTORED = 0.1, 0.1
"""How likely they are with each step, where the hub's database is restored."""
HINTS_LATE = (0, 0, 5, 60, 600, 30_000)
"""Seconds that a webhook may be under way: the last is behind the next full scan."""
SOON, LATER = 70.0, 7 * 3600.0
"""Seconds between two rounds in the end: enough for what is late; and enough for full scans."""
MOST_ROUNDS = 12
"""Rounds of either sort within which nothing must be left to do."""
BETWEEN = 0.5
"""How likely it is that another run comes between two statements of one, where the database lets it."""
FLIPS = 3
STATE = {
    "records": "SELECT name, revision FROM entity ORDER BY name",
    "bindings": "SELECT id, key, seen, sent, digest, owed, flips, parked_at, gone_at FROM binding ORDER BY id",
    "intents": "SELECT system, entity, key, made_at FROM intent ORDER BY system, entity, key",
    "losers": "SELECT count(*) FROM conflict",
    "history": "SELECT count(*) FROM history",
    "quarantine": "SELECT id, cause, again FROM quarantine WHERE state = 'open' ORDER BY id",
    "checkpoints": "SELECT system, stream, value FROM checkpoint WHERE stream NOT LIKE '%/full' ORDER BY system, stream",
}
"""What a run goes by, less when it was last looked at: where a round leaves all of it alone, so does the next."""


Item = TypeVar("Item")


def _some_ahead(pages: Generator[Item]) -> Generator[Item]:
    """Read the next pages before one is stored, as many as the reading thread does."""
    waiting: list[Item] = []
    for page in pages:
        waiting.append(page)
        if len(waiting) > AHEAD:
            yield waiting.pop(0)
    yield from waiting


@dataclass(slots=True)
class World:
    """All that is simulated."""

    plan: Plan
    tracing: bool = False
    trace: list[str] = field(default_factory=list[str])
    broken: list[str] = field(default_factory=list[str])
    runs: int = 0
    steps: int = 0
    clock: SimClock = field(default_factory=SimClock)
    peers: dict[str, Peer] = field(default_factory=dict[str, Peer])
    jobs: list[Job] = field(default_factory=list[Job])
    judge: Callable[[], list[str]] = list
    """Tells which rules are broken."""
    make_database: "Callable[[World], Database]" = lambda world: Database(world.clock, world.next)
    faults: Faults = field(init=False)
    dice: random.Random = field(init=False)
    database: Database = field(init=False)
    users: Users = field(init=False)
    ranges: dict[str, RangeSettings] = field(default_factory=dict[str, RangeSettings])
    """What each system gets, as it is set now."""
    first: Mapping[str, str] = field(default_factory=dict[str, str])
    """The products that the ERP had before there was a hub: SKU -> identity."""
    forgotten: set[str] = field(default_factory=set[str])
    """SKUs that the ERP had no more when the database was restored: nobody knows since that a shop has them from the hub."""
    _operator: random.Random = field(init=False)
    _keeper: random.Random = field(init=False)
    _meeting: random.Random = field(init=False)
    _seq: int = 0
    _numbers: int = 0
    _stack: list[Job] = field(default_factory=list[Job])

    def __post_init__(self) -> None:
        plan = self.plan
        self.faults = Faults(plan)
        self.dice = random.Random(f"steps {plan.seed}")
        self.peers = {each.name: Peer(each, self.clock) for each in plan.systems}
        self.users = Users(plan, self.peers, self.faults, self.next, self._webhook, random.Random(f"users {plan.seed}"))
        parts = (GOODS, DEALS) if plan.parted else (GOODS | DEALS,)
        streams = [tuple(each for each in STREAMS if each in plan.entities & part) for part in parts]
        streams *= 2 if plan.twice else 1
        self.jobs = [Job(name, some, run=self._number()) for name in self.peers for some in streams]
        lists = {each.name: None if each.kind == "erp" or each.any_list else LIST for each in plan.systems}
        self.ranges = {name: RangeSettings(price_list=price_list) for name, price_list in lists.items()}
        self._operator = random.Random(f"operator {plan.seed}")
        self._keeper = random.Random(f"keeper {plan.seed}")
        self._meeting = random.Random(f"meeting {plan.seed}")
        self.database = self.make_database(self)

    def next(self) -> int:
        """Return the next number in the order of all that happens."""
        self._seq += 1
        return self._seq

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    # What the hub is told

    def _webhook(self, peer: Peer, table: str, number: str) -> None:
        """Have a system tell that something has changed: soon or late, and perhaps once more at another time."""
        if table not in self.plan.entities or not self.faults.happens("webhook"):
            return
        for _ in range(2 if self.faults.happens("webhook-twice") else 1):
            comes = self.clock.now() + timedelta(seconds=self.faults.of("webhook").choice(HINTS_LATE))
            told = tuple(scope.named(table, [number]))
            self.jobs.append(Job(peer.name, (table,), told, self._number(), not_before=comes))

    def _gather(self, now: datetime) -> None:
        """Let hints that have come before their run begins be one run, as the hub's triggers are."""
        first: dict[str, Job] = {}
        for each in self.jobs:
            if each.scope is None or each.begun or each.not_before > now:
                continue
            one = first.setdefault(each.name, each)
            if one is not each:
                one.scope, each.done = tuple(dict.fromkeys((*(one.scope or ()), *each.scope))), True
        self.jobs = [each for each in self.jobs if not each.done]

    def system(self, name: str, connector: SimConnector) -> System:
        """Return what the engine is told of a system."""
        options = ExchangeOptions(
            url="http://simulated.example",
            range=self.ranges[name],
            flips=FLIPS,
        )
        ahead = _some_ahead if connector.peer.traits.ahead else as_it_comes
        return System(
            name,
            connector.peer.traits.kind,
            connector,
            options,
            self.owners,
            self._takes_orders,
            self.plan.entities,
            ahead,
        )

    @property
    def _takes_orders(self) -> Mapping[str, bool]:
        erps = [name for name, peer in self.peers.items() if peer.traits.kind == "erp"]
        return dict.fromkeys(erps, "stock" in self.plan.entities) if "orders" in self.plan.entities else {}

    @property
    def owners(self) -> Mapping[str, str]:
        """Return the fields whose owner is configured."""
        return {"products.description": self.plan.owner} if self.plan.owner else {}

    # Steps

    def go_wrong(self) -> None:
        """Take the steps of the plan, with accidents."""
        while self.steps < self.plan.steps and not self.broken:
            self.step()

    def step(self) -> None:
        """Let something happen."""
        self.steps += 1
        for each in self.peers.values():
            each.come_due()
        if self.plan.reset and self._operator.random() < RESET:
            self.say("operator", self._set_otherwise())
        if self.plan.restored and not self._stack:
            self._keep()
        cast = self.dice.random()
        if cast < 0.5:
            self.say("users", self.users.go_on())
        elif cast < 0.6 and not self._stack:
            self.clock.move(self.dice.choice((0.5, 3.0, 10.0, 40.0, 70.0, 300.0, 7200.0)))
        else:
            ready = self._ready()
            if ready:
                self.run(self.dice.choice(ready))

    def _keep(self) -> None:
        """Back the database up now and then, and restore it."""
        cast = self._keeper.random()
        if cast < BACKED_UP:
            self.database.back_up()
            self.say("keeper", "backup")
        elif cast > 1 - RESTORED and self.database.restore():
            there = {row.fields["sku"] for row in self.peers["erp"].rows("products").values()}
            self.forgotten |= {e.value for e in self.users.entered if (e.system, e.field) == ("erp", "sku")} - there
            self.say("keeper", "the database is restored")

    def _set_otherwise(self) -> str:
        """Have an operator set a shop's range otherwise: runs under way go on by what was set when they began."""
        shop = self._operator.choice([each for each in self.plan.systems if each.kind == "eshop"])
        named = self._operator.choice((None, LIST)) if shop.any_list else LIST
        self.ranges[shop.name] = RangeSettings(price_list=named, buffer=self._operator.choice((0, 1, 3)))
        return f"{shop.name} gets {self.ranges[shop.name]}"

    def _ready(self) -> list[Job]:
        now = self.clock.now()
        self._gather(now)
        return [each for each in self.jobs if each.not_before <= now and not each.busy]

    def run(self, job: Job) -> None:
        """Carry out a job's run; whatever comes of it ends here."""
        self.runs += 1
        peer = self.peers[job.system]
        generation = job.generation
        busy, job.busy, job.begun = job.busy, True, True
        self._stack.append(job)
        told = f" for {[each.rpartition(scope.PARTED)[2] for each in job.scope]}" if job.scope else ""
        self.say(job.name, f"run {job.run} begins{told}")
        connector = SimConnector(peer, self.faults, self.point, self.plan.entities, self._owns())
        peer.guards.append(connector.guard)
        hold = SimHold(
            self.database.store,
            self.faults,
            self.point,
            lambda: job.generation == generation,
            lambda text: self.say(job.name, text),
        )
        work = Work(job.run, generation, job.name, job.system, "schedule", None, job.scope)
        handler = exchanger(lambda: self.system(job.system, connector), job.streams, FULL_EVERY)
        try:
            outcome = handler(work, hold)
            if isinstance(outcome, Done) and job.generation == generation:
                self.say(job.name, f"run {job.run} is done: {outcome.message}")
                job.run, job.done = self._number(), job.scope is not None
        except Crash:
            job.not_before = self.clock.now() + timedelta(seconds=self.dice.choice((0, 20)))
        except LeaseLost as fault:
            self.say(job.name, f"stopped: {fault}")
        except TryLater as fault:
            self.say(job.name, f"later: {fault}, after {fault.after}")
            job.not_before = self.clock.now() + timedelta(seconds=fault.after or self.dice.choice((0, 30)))
        except Refused as fault:
            self.broken.append(f"a run is refused: {job.name}: {fault}")
        except Exception as fault:  # noqa: BLE001  # any fault of ours is a finding
            place = traceback.extract_tb(fault.__traceback__)[-1]
            where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            self.broken.append(f"a run fails: {job.name}: {type(fault).__name__}: {fault} ({where})")
            if self.tracing:
                self.trace += traceback.format_exc().splitlines()
        finally:
            peer.guards[:] = [each for each in peer.guards if each is not connector.guard]
            self._stack.pop()
            job.busy = busy
            if job.generation == generation:
                job.generation += 1

    def _owns(self) -> frozenset[str]:
        return frozenset(["description"] if self.plan.owner else [])

    # Accidents

    def point(self, what: str) -> None:
        """Let something happen between two effects of a run."""
        if not self.faults.on or not self._stack:
            return
        job = self._stack[-1]
        if self.faults.happens("crash"):
            self.say(job.name, f"crashed {what}")
            raise Crash
        if self.faults.happens("moment"):
            self.clock.move(self.faults.of("moment").uniform(0.1, 3))
        if what.startswith(READING) and any(self.faults.happens("interleave") for _ in range(LONG)):
            self.say("users", self.users.meddle(self.peers[job.system], what.removeprefix(READING)))
        if len(self._stack) < DEEPEST and self.steps < self.plan.steps:
            if not any(self.peers[job.system].guards) and self.faults.happens("stall"):
                self.say(job.name, f"stands still {what}, while it is taken over")
                self.run(job)
                self.say(job.name, "goes on")
            elif self.faults.happens("interleave"):
                self.say(job.name, f"waits {what}, while")
                for _ in range(self.faults.of("interleave").randint(1, 3)):
                    self.step()
                self.say(job.name, "goes on")

    def between(self, statement: str) -> None:
        """Let another job's run come between two statements of one."""
        if not self.faults.on or len(self._stack) != 1 or self._meeting.random() >= BETWEEN:
            return
        if others := self._ready():
            self.say(self._stack[-1].name, f"waits before {' '.join(statement.split())[:80]}, while")
            self.run(self._meeting.choice(others))

    # The end

    def begin(self) -> None:
        """Let the systems work before there is a hub; have it know the ERP's twins before anybody speaks of them."""
        self.faults.on = False
        for _ in range(BEFORE if self.plan.stocked else 0):
            self.say("users", self.users.go_on())
            self.clock.move(self.dice.choice((3.0, 40.0, 300.0, 7200.0)))
        if self.plan.twins:
            for number in range(2):
                self.peers["erp"].add("parties", {"name": f"Twin {number}", "email": TWIN})
            self.run(next(each for each in self.jobs if "parties" in each.streams))
        self.first = {row.fields["sku"]: row.id for row in self.peers["erp"].rows("products").values()}
        self.faults.on = True

    def come_right(self) -> None:
        """Let everything be well from now on, until nothing is left to do."""
        self.faults.on = False
        if self.plan.reset:
            self.say("operator", self._set_otherwise())
        self.say("world", "from here on everything is well")
        if not self._settles(SOON):
            return
        if self.plan.prompt:
            self.broken = [f"only a full scan finds it: {each}" for each in self.judge()]
        if self.broken or not self._settles(LATER):
            return
        undoing = [each for each in self.peers.values() if each.undoing]
        if undoing:
            self.broken = [f"while something is undone: {each}" for each in self.judge()]
        for each in undoing:
            each.undoing = False
        if undoing and not self.broken:
            self.say("world", "nothing is undone any more")
            self._settles(LATER)

    def _settles(self, seconds: float) -> bool:
        """Take rounds until one changes nothing at all, so that none after it would; returns whether it came to that."""
        moves: list[str] = []
        for _ in range(MOST_ROUNDS):
            self.clock.move(seconds)
            self._release()
            before = self._state()
            self._round()
            if self.broken:
                return False
            moves = [name for name, now in self._state().items() if now != before[name]]
            if not moves and all(each.is_quiet for each in self.peers.values()):
                return True
        self.broken.append(f"there is always something left to do: {', '.join(moves)} never stand still")
        return False

    def _round(self) -> None:
        self._gather(datetime.max.replace(tzinfo=UTC))
        for job in list(self.jobs):
            job.not_before = self.clock.now()
            for _ in range(3):
                number = job.run
                self.run(job)
                if job.run != number:
                    break
        self.jobs = [each for each in self.jobs if not each.done]

    def _state(self) -> dict[str, Any]:
        """Return what must not move any more: requests to write, and all that a run goes by."""
        kept = {name: self.database.ask(text) for name, text in STATE.items()}
        return {"writes": sum(each.writes for each in self.peers.values()), **kept}

    def _release(self) -> None:
        """Have an operator release what was parked or stopped by a brake, where nothing goes on undoing."""
        for row in self.database.ask("SELECT id, system, entity, identity, cause FROM quarantine WHERE state = 'open'"):
            if row.cause == "flips" and not self.peers[row.system].undoing:
                identity = row.identity.removeprefix("flips:")
                self.database.write(lambda tx, row=row, it=identity: bindings.release(tx, row.system, row.entity, [it]))
                self.database.write(lambda tx, row=row: quarantine.close(tx, [row.id], "discarded"))
            elif row.cause in ("mass-delete", "brake", "unanswered", "breaks"):
                self.database.write(lambda tx, row=row: quarantine.again(tx, [row.id]))

    def say(self, who: str, what: str) -> None:
        """Note what happens, for people."""
        if self.tracing:
            indent = "  " * len(self._stack)
            self.trace.append(f"{self.steps:4} {self.clock.now():%d %H:%M:%S} {indent}{who}: {what}")
