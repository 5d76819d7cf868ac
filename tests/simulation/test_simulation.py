"""A short set of seeds, and every planted bug found; `make simulate` runs many more."""

import pytest

from tests.simulation import bugs
from tests.simulation.plan import Plan, plan_of
from tests.simulation.run import simulate
from tests.simulation.search import first_bad, verdict_of
from tests.simulation.shrink import shrunk

SEEDS = range(1, 13)
MOST = 40
"""Seeds within which a planted bug must be found."""
BEGIN = {
    "no-dedupe": 197,
    "trigger-into-started": 15,
    "breaker-never-probed": 18,
    "settle-any-generation": 9,
    "advance-before-row": 9,
    "file-moved-before-commit": 6,
    "file-taken-while-written": 5,
    "never-recalled": 4,
    "mark-any-generation": 3,
    "checkpoint-before-page": 3,
}
"""Where to begin looking for what takes some seeds from the first; wherever it stands, `MOST` is the limit."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_breaks_no_rule(seed: int):
    verdict = simulate(plan_of(seed))
    assert verdict.good, f"seed {seed}: {verdict.violations}"
    assert verdict.runs > 0


@pytest.mark.parametrize("name", bugs.BUGS)
def test_a_planted_bug_is_found(name: str):
    begin = BEGIN.get(name, 1)
    assert first_bad(range(begin, begin + MOST), name) is not None, bugs.BUGS[name].what


def test_the_same_seed_comes_to_the_same_end():
    one, other = (simulate(plan_of(3), tracing=True) for _ in range(2))
    assert one.trace == other.trace
    assert one.accidents == other.accidents


def test_a_failing_plan_is_made_smaller_and_still_fails():
    def fails(plan: Plan) -> bool:
        return not verdict_of(plan, "overlap-ignored").good

    small = shrunk(plan_of(1), fails, tries=5)
    assert small.steps < plan_of(1).steps
    assert fails(small)
