"""Runs seeds: `python -m tests.exchanging --seeds 1000`. Ends with 1 if a rule was broken, and shows the first."""

import argparse
import sys
import time

from tests.exchanging import bugs, postgres
from tests.exchanging.plan import Plan, plan_of
from tests.exchanging.run import Verdict, simulate
from tests.exchanging.search import first_bad, verdict_of, verdicts
from tests.exchanging.shrink import shrunk
from tests.servers.postgres import PostgresServer

EVERY = 50
"""Seeds between two lines of progress."""
MOST_TOLD = 20


def main() -> int:
    """Run what the command line asks for; returns the exit code."""
    told = _arguments()
    seeds = range(told.first, told.first + told.seeds)
    if told.postgres:
        return _on_postgres(seeds)
    if told.bug == "all":
        return _find_all(seeds, told.jobs)
    began = time.monotonic()
    runs = 0
    for number, verdict in enumerate(verdicts(seeds, told.bug, told.jobs), 1):
        runs += verdict.runs
        if not verdict.good:
            _show(verdict, told.bug, verbose=told.verbose)
            return 1
        if told.verbose:
            print(f"seed {verdict.plan.seed}: good, {verdict.runs} runs; {verdict.plan.told()}")
        elif number % EVERY == 0:
            print(f"{number:,} seeds good, {time.monotonic() - began:.0f} s", flush=True)
    seconds = time.monotonic() - began
    print(
        f"{told.seeds:,} seeds good: {runs:,} runs of jobs, {seconds:.0f} s, {told.seeds / seconds:.1f} seeds a second"
    )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.exchanging", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds (default 1000)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--bug", choices=[*bugs.BUGS, "all"], help="plant this bug, or see how soon each is found")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, where runs meet between statements")
    parser.add_argument("--verbose", action="store_true", help="tell of each seed; show the whole trace of a bad one")
    return parser.parse_args()


def _on_postgres(seeds: range) -> int:
    """Run seeds on PostgreSQL, one after the other; shows the first bad one as it is."""
    with PostgresServer() as server:
        make_database = postgres.on(server)
        for number, seed in enumerate(seeds, 1):
            verdict = simulate(plan_of(seed), tracing=True, make_database=make_database)
            if not verdict.good:
                print("\n".join([*_until_well(verdict.trace), *verdict.violations]))
                print(f"again: python -m tests.exchanging --postgres --first {seed} --seeds 1")
                return 1
            if number % (EVERY // 10) == 0:
                print(f"{number:,} seeds good", flush=True)
    return 0


def _find_all(seeds: range, jobs: int) -> int:
    """See how many seeds it takes to find each bug: the rows of the table in README.md."""
    missed = 0
    for name, bug in bugs.BUGS.items():
        found = first_bad(seeds, name, jobs)
        missed += found is None
        print(f"| `{name}` | {bug.what} | {found[0] if found else f'not in {len(seeds)}'} |", flush=True)
    return 1 if missed else 0


def _show(verdict: Verdict, bug: str | None, *, verbose: bool) -> None:
    """Show a bad seed, made as small as it goes."""
    print(f"seed {verdict.plan.seed} breaks a rule: {verdict.violations[0]}\n  shrinking ...", flush=True)
    rule = verdict.violations[0].partition(":")[0]

    def fails(plan: Plan) -> bool:
        return any(each.startswith(rule) for each in verdict_of(plan, bug).violations)

    small = verdict_of(shrunk(verdict.plan, fails), bug, tracing=True)
    print(f"  {small.plan.told()}")
    print("\n".join(f"  {line}" for line in (small.trace if verbose else _until_well(small.trace))))
    for violation in small.violations[:MOST_TOLD]:
        print(f"broken rule: {violation}")
    again = f"python -m tests.exchanging --first {verdict.plan.seed} --seeds 1 --jobs 1"
    print(f"again: {again}{f' --bug {bug}' if bug else ''}")


def _until_well(trace: list[str]) -> list[str]:
    end = next((number for number, line in enumerate(trace) if "everything is well" in line), len(trace))
    return trace[: end + 1]


if __name__ == "__main__":
    sys.exit(main())
