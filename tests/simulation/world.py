"""What others do: warehouses deliver files, systems change and go away, foreign programs trigger, operators intervene.

Everything is noted as it is done: this is what the checker goes by.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hub.app import apply
from hub.broker import Outgoing
from hub.store import interventions, jobs, runs
from scheduler.tick import next_due
from tests.simulation.broker import SimBroker
from tests.simulation.database import Database
from tests.simulation.faults import Faults
from tests.simulation.folder import Exporter
from tests.simulation.scripted import System
from tests.simulation.settings import SCHEDULED, TRIGGERED, JobPlan, Jobs, changed, first_jobs, in_order, text

STREAMS = {"shop": ("orders", "stock", "catalogue"), "erp": ("parties",)}


@dataclass(frozen=True, slots=True)
class Act:
    """What an operator did to a job."""

    seq: int
    at: datetime
    latest: datetime
    """The latest time that the clock had ever shown; `at` is earlier when it was set back."""
    what: str
    """applied, paused or resumed."""
    job: str
    plan: JobPlan | None = None
    """As it is configured from now on; none: it is not."""


@dataclass(slots=True)
class World:
    """All that is outside the hub."""

    database: Database
    broker: SimBroker
    faults: Faults
    folder: Path
    dice: random.Random
    embedded: bool
    exporters: dict[str, Exporter] = field(default_factory=dict[str, Exporter])
    systems: dict[str, System] = field(default_factory=dict[str, System])
    jobs: Jobs = field(default_factory=dict[str, JobPlan])
    acts: list[Act] = field(default_factory=list[Act])
    paused: set[str] = field(default_factory=set[str])
    cancelled: set[int] = field(default_factory=set[int])
    replayed: set[int] = field(default_factory=set[int])
    triggers: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """(when, job): triggers that the broker took."""
    manual: int = 0
    invalid: int = 0
    """Messages nobody can understand that the broker took."""
    _unsent: list[Outgoing] = field(default_factory=list[Outgoing])
    _number: int = 0

    def __post_init__(self) -> None:
        self.systems = {name: System(name, random.Random(self.dice.random())) for name in STREAMS}

    def begin(self) -> None:
        """Set up the warehouse and the first configuration."""
        (self.folder / "in").mkdir()
        for job, prefix in (("depot.stock", "STAN"), ("depot.extra", "EXTRA")):
            exporter = Exporter(self.folder / "in", prefix, self.database.clock, random.Random(self.dice.random()))
            self.exporters[job] = exporter
            self.database.clock.moved.append(exporter.go_on)
        self.apply(first_jobs(self.dice))

    # What happens by itself

    def go_on(self) -> str | None:
        """Let something happen out there; returns what."""
        self._send()
        if self.faults.happens("operator"):
            return self._intervene()
        if self.faults.happens("revision"):
            self.apply(changed(self.jobs, self.dice))
            return "an operator applied another revision"
        if not self.embedded and self.faults.happens("invalid"):
            return self._send_invalid()
        if mood := self._mood():
            return mood
        if self.dice.random() < 0.5:
            exporter = self.dice.choice(list(self.exporters.values()))
            return exporter.deliver(over_another=self.faults.happens("regrown"))
        return self._change()

    def _change(self) -> str:
        system = self.systems[self.dice.choice(("shop", "shop", "erp"))]
        stream = self.dice.choice(STREAMS[system.name])
        system.change(stream)
        job = f"{system.name}.{stream}"
        if job == TRIGGERED or (job == "shop.orders" and self.dice.random() < 0.5):
            self._trigger(job)
            return f"{job} changed, and asks for a run"
        return f"{job} changed"

    def _mood(self) -> str | None:
        for mood in ("away", "poison", "refusal", "surprise"):
            if not self.faults.happens(mood):
                continue
            system = self.dice.choice(list(self.systems.values()))
            if mood == "away":
                system.away = not system.away
            elif mood == "poison":
                system.poison = self.dice.randint(1, 6)
            else:
                system.mood = mood
            return f"{system.name}: {mood}"
        return None

    # What others publish

    def _trigger(self, job: str) -> None:
        self._number += 1
        body = orjson.dumps({"version": 1, "reason": f"trigger {self._number}"})
        if self.embedded:
            # Nobody else reaches the embedded broker: this is the console's way.
            self._ask(job, "trigger")
            return
        message = Outgoing("hub.triggers", job, body)
        self._unsent += [message] * self.dice.choice((1, 1, 1, 2, 5))
        self._send()

    def _send_invalid(self) -> str:
        self._number += 1
        number = f"{self._number}".encode()
        exchange, key, body = self.dice.choice(
            (
                ("hub.triggers", "shop.orders", b"{" + number),
                ("hub.triggers", "shop.nonsense", b'{"reason": "' + number + b'"}'),
                ("hub.triggers", "shop.catalogue", b'{"keys": ' + number + b"}"),
                ("hub.jobs", "shop", b'{"version": 1, "run": "' + number + b'"}'),
            )
        )
        self._unsent.append(Outgoing(exchange, key, body, headers={"invalid": 1}))
        self._send()
        return "somebody publishes what nobody can understand"

    def _send(self) -> None:
        """Publish what waits; foreign programs also try until it is confirmed."""
        for message in list(self._unsent):
            if self.broker.away or not self.broker.put(message):
                continue
            self._unsent.remove(message)
            if message.headers:
                self.invalid += 1
            else:
                self.triggers.append((self.database.next(), message.routing_key))

    # What operators do

    def apply(self, wanted: Jobs) -> None:
        """Apply a revision."""
        self._number += 1
        self.database.who = "operator"
        apply(self.database.store, text(wanted, self._number), by="operator")
        for name in sorted({*self.jobs, *wanted}):
            self._act("applied", name, wanted.get(name))
            if name not in wanted:
                self.paused.discard(name)
        self.jobs = wanted

    def _act(self, what: str, job: str, plan: JobPlan | None = None) -> None:
        clock = self.database.clock
        self.acts.append(Act(self.database.next(), clock.now(), clock.latest, what, job, plan))

    def _intervene(self) -> str:
        deeds = (self._pause, self._pause, self._cancel, self._cancel, self._replay, self._hurry, self._run_now)
        self.database.who = "operator"
        return f"an operator {self.dice.choice(deeds)()}"

    def _pause(self) -> str:
        name = self.dice.choice([name for name in SCHEDULED if name in self.jobs])
        if name in self.paused:
            self.resume(name)
            return f"resumed {name}"
        with self.database.store.write() as tx:
            jobs.pause(tx, [name], "operator", None)
        self.paused.add(name)
        self._act("paused", name)
        return f"paused {name}"

    def resume(self, name: str) -> None:
        """Resume a paused job."""
        with self.database.store.write() as tx:
            jobs.resume(tx, {job.name: next_due(job, tx.now) for job in jobs.find(tx, [name])})
        self.paused.discard(name)
        self._act("resumed", name)

    def _some_run(self, *states: str) -> int | None:
        rows = self.database.ask("SELECT id, job, state FROM run ORDER BY id")
        # A cancelled run of a job without a schedule would take its change with it, as the operator wanted.
        found = [row.id for row in rows if row.state in states and row.job in SCHEDULED]
        return self.dice.choice(found) if found else None

    def _cancel(self) -> str:
        number = self._some_run("waiting", "running")
        if number is None:
            return "found nothing to cancel"
        with self.database.store.write() as tx:
            interventions.cancel(tx, number, "operator")
        self.cancelled.add(number)
        return f"cancelled run {number}"

    def _replay(self) -> str:
        number = self._some_run("dead")
        if number is None:
            return "found nothing to replay"
        with self.database.store.write() as tx:
            interventions.replay(tx, [number], "operator")
        self.replayed.add(number)
        return f"replayed run {number}"

    def _hurry(self) -> str:
        number = self._some_run("waiting")
        if number is None:
            return "found nothing to hurry"
        with self.database.store.write() as tx:
            interventions.hurry(tx, number)
        return f"hurried run {number}"

    def _run_now(self) -> str:
        name = self.dice.choice(sorted(self.jobs))
        self._ask(name, "manual")
        self.manual += 1
        return f"asked for a run of {name}"

    def _ask(self, name: str, cause: str) -> None:
        with self.database.store.write() as tx:
            told: dict[str, Any] = {"cause": cause, "not_before": tx.now, "overlap": self.jobs[name].overlap}
            told["reason"] = cause if cause == "trigger" else None
            new = runs.NewRun(job=name, system=name.partition(".")[0], **told)
            if cause == "trigger":
                runs.trigger(tx, new)
                self.triggers.append((self.database.next(), name))
            else:
                runs.make(tx, [new])

    # The end

    def come_right(self) -> None:
        """Put all in order: everybody is there again, files are complete, every job is on."""
        for exporter in self.exporters.values():
            exporter.finish()
        for system in self.systems.values():
            system.away, system.mood, system.poison = False, None, 0
        self.apply(in_order(self.jobs))
        for name in sorted(self.paused):
            self.database.who = "operator"
            self.resume(name)
        self._send()

    def settle_left(self) -> None:
        """Send what is not sent yet, replay what is dead, and put away what belongs to jobs that are no more."""
        self._send()
        self.database.who = "operator"
        dead = self.database.ask("SELECT id, job FROM run WHERE state = 'dead'")
        self.replayed |= {row.id for row in dead}
        with self.database.store.write() as tx:
            interventions.replay(tx, [row.id for row in dead if row.job in self.jobs], "operator")
            interventions.discard(tx, [row.id for row in dead if row.job not in self.jobs], "operator")

    def sent_all(self) -> bool:
        """Return whether all that others wanted to publish is published."""
        return not self._unsent
