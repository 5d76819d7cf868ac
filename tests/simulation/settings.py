"""The hub.toml of a simulation, and how operators change it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

EVERY = (1, 2, 5, 10, 15, 60)
"""Minutes."""
TRIGGERED = "shop.stock"
"""Has no schedule: whatever it misses stays missed until somebody asks again."""
SCHEDULED = ("depot.stock", "depot.extra", "shop.orders", "shop.catalogue", "erp.parties")
BASE = ("depot.stock", "depot.extra", "shop.orders", "shop.catalogue", TRIGGERED)
"""Jobs that are never taken out."""


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job as it is configured."""

    every: int | None = None
    """Minutes; none: only on request."""
    catchup: int = 60
    """Minutes."""
    coalesce: bool = True
    overlap: str = "skip"
    triggers: bool = False
    enabled: bool = True

    def lines(self) -> list[str]:
        """Return the job's settings as TOML."""
        timing = [f'every = "{self.every}m"'] if self.every else []
        return [
            *timing,
            f'catchup = "{self.catchup}m"',
            f"coalesce = {str(self.coalesce).lower()}",
            f'overlap = "{self.overlap}"',
            f"triggers = {str(self.triggers).lower()}",
            f"enabled = {str(self.enabled).lower()}",
            'retry_first = "20s"',
            'retry_longest = "5m"',
            "attempts = 3",
        ]


Jobs = Mapping[str, JobPlan]


def first_jobs(dice: random.Random) -> Jobs:
    """Return the jobs that a hub begins with."""
    jobs = {name: _timed(dice) for name in SCHEDULED}
    jobs["shop.orders"] = replace(jobs["shop.orders"], triggers=True)
    jobs[TRIGGERED] = JobPlan(triggers=True)
    if dice.random() < 0.5:
        del jobs["erp.parties"]
    return jobs


def _timed(dice: random.Random) -> JobPlan:
    every = dice.choice(EVERY)
    catchup = dice.choice((0, 10, 60, 240))
    # Without coalescing a tick takes up a hundred occurrences, the next tick goes on; ours never has more.
    return JobPlan(
        every=every,
        catchup=catchup,
        coalesce=dice.random() < 0.7 or catchup / every > 60,
        overlap=dice.choice(("skip", "skip", "buffer-one", "allow")),
    )


def changed(jobs: Jobs, dice: random.Random) -> Jobs:
    """Return the jobs with something changed."""
    name = dice.choice(SCHEDULED)
    if name == "erp.parties" and name in jobs:
        return {each: plan for each, plan in jobs.items() if each != name}
    if name not in jobs:
        return {**jobs, name: _timed(dice)}
    plan = jobs[name]
    new = (
        replace(plan, enabled=not plan.enabled) if dice.random() < 0.4 else replace(_timed(dice), enabled=plan.enabled)
    )
    return {**jobs, name: replace(new, triggers=plan.triggers)}


def in_order(jobs: Jobs) -> Jobs:
    """Return the jobs, all switched on, and due so often that nobody need wait for it."""
    often = {"enabled": True, "every": 2, "catchup": 60, "coalesce": True}
    return {name: replace(plan, **often) if plan.every else plan for name, plan in jobs.items()}


def text(jobs: Jobs, comment: int = 0) -> str:
    """Return the hub.toml; `comment` makes two of the same content differ."""
    lines = [
        f"# {comment}",
        "[hub]",
        'company = "Simulated"',
        'lease = "20s"',
        'slice = "10s"',
        "[systems.depot]",
        'kind = "warehouse"',
        'connector = "files"',
        'source = "in"',
        "breaker_failures = 3",
    ]
    for name, pattern in (("stock", "STAN_*.csv"), ("extra", "EXTRA_*.csv")):
        columns = '{ sku = "Indeks", location = "Magazyn", on_hand = "Stan" }'
        lines += [
            f"[systems.depot.formats.{name}]",
            'entity = "stock"',
            f'files = "{pattern}"',
            'decimal = ","',
            "page = 3",
            f"columns = {columns}",
        ]
    lines += _scripted("shop", "eshop", ("orders", "stock", "catalogue"))
    if "erp.parties" in jobs:
        lines += _scripted("erp", "erp", ("parties",))
    for name, plan in sorted(jobs.items()):
        lines += [f'[jobs."{name}"]', *plan.lines()]
    return "\n".join([*lines, '[jobs."hub.prune"]', 'every = "6h"', ""])


def _scripted(name: str, kind: str, streams: tuple[str, ...]) -> list[str]:
    has = ", ".join(f'"{stream}"' for stream in streams)
    head = [f"[systems.{name}]", f'kind = "{kind}"', 'connector = "scripted"', "breaker_failures = 3"]
    return [*head, f"has = [{has}]"]
