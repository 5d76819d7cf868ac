"""People at work in a real ERP and real shops, at random, with the hub's runs in between.

    python -m tests.people [--seed 1] [--seeds 1] [--steps 100] [--shops vendure oscar] [--trace]

Exit code 0 only if, once everybody is quiet, all systems agree, or it can be seen where they do not.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hub import log
from tests.chaos.processes import close_when_ended
from tests.people.account import Account
from tests.people.judge import faults, losers, settle
from tests.people.shops import SHOPS
from tests.people.world import World


def walk(
    folder: Path, *, seed: int, steps: int, shops: Sequence[str] = (), told: Callable[[str], object] = lambda _: None
) -> list[str]:
    """Go through a seed; returns what is not as it must be."""
    with World.make(folder, seed, shops) as world:
        world.told = told
        world.walk(steps)
        found, account = list(settle(world)), Account(world)
        found += faults(account)
        for each in account.waiting:
            told(f"waiting: {each['system']} {each['entity']} {each['key']} {each['cause']}: {each['message'][:300]}")
        return [*found, *losers(world)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.people", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first")
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--shops", nargs="+", choices=SHOPS, default=(), help="otherwise the seed says which")
    parser.add_argument("--trace", action="store_true", help="say what is done")
    given = parser.parse_args()
    close_when_ended()
    log.configure(level="error")
    bad = 0
    for seed in range(given.seed, given.seed + given.seeds):
        with tempfile.TemporaryDirectory() as folder:
            told = (lambda text: print(text, flush=True)) if given.trace else (lambda _: None)
            found = walk(Path(folder), seed=seed, steps=given.steps, shops=given.shops, told=told)
        bad += bool(found)
        print(f"seed {seed}: {'all agree' if not found else f'{len(found)} faults'}", flush=True)
        for fault in found:
            print(f"  FAULT {fault}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
