"""Makes a failing plan small: fewer steps, fewer kinds of accidents, fewer processes; every try is the real run."""

from collections.abc import Callable, Iterator

from tests.simulation.plan import Plan

MOST_TRIES = 120


def shrunk(plan: Plan, fails: Callable[[Plan], bool], tries: int = MOST_TRIES) -> Plan:
    """Return the smallest plan found, within so many tries, that still fails."""
    smaller = True
    while smaller and tries > 0:
        smaller = False
        for candidate in candidates(plan):
            tries -= 1
            if fails(candidate):
                plan, smaller = candidate, True
                break
            if tries <= 0:
                break
    return plan


def candidates(plan: Plan) -> Iterator[Plan]:
    """Yield plans a little smaller, the boldest first."""
    for steps in (plan.steps // 2, plan.steps * 3 // 4, plan.steps * 9 // 10, plan.steps - 1):
        if 0 < steps < plan.steps:
            yield plan.evolve(steps=steps)
    for name in ("schedulers", "workers", "runlogs"):
        if getattr(plan, name) > 1 and not plan.embedded:
            yield plan.evolve(**{name: 1})
    for kind in sorted(plan.rates):
        yield plan.without(kind)
