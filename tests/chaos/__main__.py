"""Kill any of five processes, the broker or the database at random moments of an import, and compare with a quiet one.

    python -m tests.chaos [--kills 50] [--rows 200000] [--seed 1]

Prints what was killed and what came of it; exit code 0 only if the records, their versions and the runs are the same as
without the kills, and nothing is in hub.dead.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tests.chaos.processes import close_when_ended
from tests.chaos.world import PROCESSES, World
from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

TARGETS = [*PROCESSES, "broker", "database"]
IMPORT_LIMIT = 600
"""Seconds."""


def disturbed(world: World, kills: int, chance: random.Random) -> Counter[str]:
    """Import file after file while killing, until all kills are made; returns what was killed how often."""
    # Every target in turn, in random order, so that none is left out by chance.
    targets = [TARGETS[number % len(TARGETS)] for number in range(kills)]
    chance.shuffle(targets)
    world.drop_file()
    for number, target in enumerate(targets, 1):
        threading.Event().wait(chance.uniform(0.05, 2.5))
        if world.files_done() == world.versions:
            world.drop_file()
        world.hub.revive()
        began = time.monotonic()
        world.hub.kill(target)
        print(f"  {number:3}  killed {target:12} back after {time.monotonic() - began:4.1f} s", flush=True)
    return Counter(targets)


def undisturbed(world: World, files: int) -> float:
    """Import the same files in peace; returns the seconds that the first took."""
    first = 0.0
    for number in range(files):
        world.drop_file()
        took = world.wait_settled(IMPORT_LIMIT)
        first = first if number else took
    return first


def faults(world: World, expected: tuple[int, str]) -> list[str]:
    """What is not as it is without the kills."""
    found: list[str] = []
    if world.records() != expected:
        found.append(f"records {world.records()} are not {expected}")
    if dead := world.hub.query("SELECT id, state, message FROM run WHERE state NOT IN ('done', 'skipped')"):
        found.append(f"runs that did not end well: {dead}")
    if letters := world.hub.query("SELECT queue, reason, body FROM letter"):
        found.append(f"letters: {letters}")
    if left := world.hub.left_in_dead_queue():
        found.append(f"{left} messages are in hub.dead")
    double = "SELECT job, scheduled_at FROM run WHERE scheduled_at IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
    if doubles := world.hub.query(double):
        found.append(f"occurrences that ran twice: {doubles}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    close_when_ended()
    chance = random.Random(given.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresServer(durable=True) as postgres,
        RabbitServer() as rabbit,
    ):
        world = World.make(Path(folder) / "killed", postgres, rabbit, given.rows)
        world.hub.start()
        try:
            began = time.monotonic()
            killed = disturbed(world, given.kills, chance)
            settled = world.wait_settled(IMPORT_LIMIT)
            took = time.monotonic() - began
            print(f"settled {settled:.1f} s after the last kill", flush=True)
        finally:
            world.hub.stop()
        quiet = World.make(Path(folder) / "quiet", postgres, rabbit, given.rows)
        quiet.hub.start()
        try:
            first = undisturbed(quiet, world.versions)
            expected = quiet.records()
        finally:
            quiet.hub.stop()
        found = faults(world, expected)
        rescued = world.hub.query("SELECT count(*) FROM result WHERE outcome = 'lost'")[0][0]
        print(
            f"{sum(killed.values())} kills ({', '.join(f'{n} {name}' for name, n in sorted(killed.items()))})\n"
            f"{world.versions} files of {given.rows:,} rows in {took:.0f} s; one in peace: {first:.1f} s\n"
            f"{expected[0]:,} records, {rescued} runs rescued, runs by state: {world.summary()['runs']}"
        )
    for fault in found:
        print("FAULT", fault)
    print("the same as undisturbed" if not found else f"{len(found)} faults (seed {given.seed})")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
