"""A short set of seeds, and planted bugs found; `python -m tests.exchanging` runs many more, and looks for all bugs."""

import pytest

from tests.exchanging import bugs
from tests.exchanging.plan import plan_of
from tests.exchanging.postgres import on
from tests.exchanging.run import simulate
from tests.exchanging.search import first_bad
from tests.servers.postgres import PostgresServer

SEEDS = range(1, 9)
FOUND_SOON = ("watermark-by-the-clock", "no-find", "late-status-taken", "rows-at-the-mark-left-out", "no-read-back")
MEETING = 112
MOST = 25
"""Seeds within which these planted bugs must be found."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_breaks_no_rule(seed: int):
    verdict = simulate(plan_of(seed))
    assert verdict.good, f"seed {seed}: {verdict.violations}"
    assert verdict.runs > 0


@pytest.mark.parametrize("name", FOUND_SOON)
def test_a_planted_bug_is_found(name: str):
    assert first_bad(range(1, 1 + MOST), name) is not None, bugs.BUGS[name].what


def test_the_same_seed_comes_to_the_same_end():
    one, other = (simulate(plan_of(3), tracing=True) for _ in range(2))
    assert one.trace == other.trace
    assert one.accidents == other.accidents


def test_runs_that_meet_between_two_statements_break_no_rule(postgres: PostgresServer):
    verdict = simulate(plan_of(MEETING), tracing=True, make_database=on(postgres))
    assert verdict.good, verdict.violations
    assert any("waits before" in each for each in verdict.trace)


def test_nobody_changes_what_the_engine_has_looked_at_in_order_to_write():
    assert simulate(plan_of(8)).accidents["guarded"], "the simulator does not notice the engine's last look any more"
