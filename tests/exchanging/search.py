"""Many seeds at a time, on several cores; and how many it takes to find a planted bug."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.exchanging import bugs
from tests.exchanging.plan import Plan, plan_of
from tests.exchanging.run import Verdict, simulate

MISFITS = ("AttributeError", "ImportError", "NameError", "TypeError")
"""How a run fails whose code has been replaced by what does not fit it."""


def verdict_of(plan: Plan, bug: str | None = None, *, tracing: bool = False) -> Verdict:
    """Run one plan, with a planted bug or as the code is."""
    with bugs.planted(bug):
        return simulate(plan, tracing=tracing)


def verdicts(seeds: Sequence[int], bug: str | None = None, jobs: int = 2) -> Iterator[Verdict]:
    """Yield the verdict of each seed, in their order."""
    plans = [plan_of(seed) for seed in seeds]
    if jobs == 1:
        yield from (verdict_of(plan, bug) for plan in plans)
        return
    # Spawned, not forked: the same everywhere, Windows included.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(partial(verdict_of, bug=bug), plans, chunksize=4)
        finally:
            pool.shutdown(cancel_futures=True)


def first_bad(seeds: Sequence[int], bug: str | None = None, jobs: int = 1) -> tuple[int, Verdict] | None:
    """Return how many seeds it took until a rule was broken, and the verdict; None if none was.

    Raises RuntimeError if a planted bug does not fit the code any more: what it breaks by that, it does not prove.
    """
    for number, verdict in enumerate(verdicts(seeds, bug, jobs), 1):
        for each in verdict.violations:
            if bug and any(f" {name}: " in each for name in MISFITS):
                raise RuntimeError(f"the planted bug {bug} does not fit the code any more: {each}")
        if not verdict.good:
            return number, verdict
    return None
