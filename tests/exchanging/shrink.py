"""Makes a failing plan small: fewer steps, fewer kinds of accidents, plainer systems; every try is the real run."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.exchanging.plan import DEALS, GOODS, Plan, Traits

MOST_TRIES = 150


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
    if plan.rates:
        yield plan.evolve(rates={})
    for steps in (plan.steps // 2, plan.steps * 3 // 4, plan.steps * 9 // 10, plan.steps - 1):
        if 0 < steps < plan.steps:
            yield plan.evolve(steps=steps)
    for part in (GOODS, DEALS):
        if part < plan.entities:
            yield plan.evolve(entities=part, owner=plan.owner if part == GOODS else None)
    if len(plan.systems) > 2:
        yield plan.evolve(systems=plan.systems[:2])
    yield from (
        plan.evolve(**{name: False}) for name in ("stocked", "twice", "reset", "returns") if getattr(plan, name)
    )
    if plan.owner:
        yield plan.evolve(owner=None)
    yield from _plainer(plan)
    for kind in sorted(plan.rates):
        yield plan.without(kind)


def _plainer(plan: Plan) -> Iterator[Plan]:
    """Make one trait of one system as it is in a plain one."""
    for place, traits in enumerate(plan.systems):
        plain = Traits(traits.name, traits.kind)
        for name in Traits.__dataclass_fields__:
            if getattr(traits, name) != getattr(plain, name):
                easier = replace(traits, **{name: getattr(plain, name)})
                yield plan.evolve(systems=(*plan.systems[:place], easier, *plan.systems[place + 1 :]))
