"""What a seed stands for: how many processes, which accidents and how often. Everything else is drawn as it goes."""

import random
from dataclasses import dataclass, field, replace
from typing import Any

RATES: dict[str, float] = {
    # at a point between two effects of a process
    "crash": 0.004,
    "interleave": 0.10,
    "pause": 0.006,
    "moment": 0.02,
    # the database
    "database-away": 0.004,
    "not-committed": 0.004,
    "answer-lost": 0.006,
    # the broker
    "not-taken": 0.03,
    "confirm-lost": 0.03,
    "doubled": 0.06,
    "reordered": 0.25,
    "disconnected": 0.01,
    # between two steps, once in so many
    "restart": 0.004,
    "purge": 0.003,
    "sleep": 0.01,
    "drain": 0.004,
    "jump": 0.008,
    "back": 0.002,
    # when a scheduler starts
    "two-lead": 0.3,
    # what others do
    "away": 0.012,
    "poison": 0.003,
    "refusal": 0.006,
    "surprise": 0.006,
    "operator": 0.025,
    "revision": 0.006,
    "invalid": 0.008,
    "regrown": 0.004,
}
"""Kinds of accidents, and how likely each is where it may happen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A seed, and what of it is made use of; shrinking leaves things out."""

    seed: int
    embedded: bool
    """One process with the broker inside it, which forgets everything when that process crashes."""
    schedulers: int
    workers: int
    runlogs: int
    steps: int
    """Steps with accidents; afterwards everything is well, and has to come right."""
    rates: dict[str, float] = field(default_factory=dict[str, float])

    def without(self, kind: str) -> "Plan":
        """Return the plan without one kind of accident."""
        return self.evolve(rates={name: rate for name, rate in self.rates.items() if name != kind})

    def evolve(self, **changes: Any) -> "Plan":
        """Return the plan with something changed."""
        return replace(self, **changes)

    def told(self) -> str:
        """Return the plan in words."""
        kinds = ", ".join(sorted(self.rates)) or "none"
        if self.embedded:
            return f"one process, embedded broker, {self.steps} steps; accidents: {kinds}"
        return (
            f"{self.schedulers} schedulers, {self.workers} workers, {self.runlogs} log consumers, {self.steps} steps; "
            f"accidents: {kinds}"
        )


def plan_of(seed: int) -> Plan:
    """Return what a seed stands for.

    Each seed leaves some kinds of accidents out and has others more often: two that happen all the time hide each
    other, and what needs one of them many times needs a seed that has little else.
    """
    dice = random.Random(f"plan {seed}")
    rates = {name: rate * dice.choice((0.4, 1, 1, 2.5)) for name, rate in RATES.items() if dice.random() < 0.65}
    return Plan(
        seed=seed,
        embedded=dice.random() < 0.2,
        schedulers=dice.choice((1, 1, 2, 3)),
        workers=dice.choice((1, 2, 2)),
        runlogs=dice.choice((1, 1, 2)),
        steps=dice.choice((150, 250, 400)),
        rates=rates,
    )
