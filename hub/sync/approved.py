"""A run that does only what its plan showed: looked at once more before it begins."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from hub.handler import Cancelled, Handler, Hold, Outcome, Work
from hub.store import Tx, interventions, plans
from hub.sync.planned import in_words, known_of, strays
from hub.sync.planning import plan_system
from hub.sync.system import System

NAMED = 3
"""Of what strays from a plan, so many are told."""


def as_planned(
    handler: Handler, system: Callable[[], System], streams: Sequence[str], full_every: timedelta | None
) -> Handler:
    """Return a handler that ends its run, with nothing changed, if it would do what its plan did not show.

    What was planned and has become needless meanwhile does no harm. A run that has begun goes on without another look,
    slice by slice, until an attempt fails.
    """
    every: Mapping[str, timedelta | None] = dict.fromkeys(streams, full_every)

    def checked(work: Work, hold: Hold) -> Outcome:
        why = _astray(work.plan, system(), streams, hold, every) if work.plan and _to_look_at(work, hold) else None
        return Cancelled(why) if why else handler(work, hold)

    return checked


def _to_look_at(work: Work, hold: Hold) -> bool:
    with hold.reading() as tx:
        run = interventions.find(tx, numbers=[work.run])[0]
    return run.counts is None or bool(run.failures or run.crashes)


def _astray(
    number: str, system: System, streams: Sequence[str], hold: Hold, every: Mapping[str, timedelta | None]
) -> str | None:
    """Return why the run must not begin, if it must not. Raises TryLater or Refused where that cannot be found out."""
    with hold.reading() as tx:
        stored = plans.get(tx, number)
    if stored is None:
        return f"plan {number} is not there any more; hub plan {system.name} makes a new one"

    @contextmanager
    def writing() -> Generator[Tx]:
        with hold.page() as (tx, _):
            yield tx

    planned = plan_system(system, streams, writing, every)
    for each in planned.streams:
        if each.fault is not None:
            raise each.fault
    others = strays(known_of(stored.body), planned.actions)
    if not others:
        return None
    some = "; ".join(
        in_words(each.direction, each.outcome, each.entity, each.key, system.name) for each in others[:NAMED]
    )
    more = f" and {len(others) - NAMED:,} more" if len(others) > NAMED else ""
    return f"plan {number} did not show: {some}{more}. Nothing was changed; plan again: hub plan {system.name}"
