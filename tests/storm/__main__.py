"""A real ERP, two real shops, and a hub that is killed, as they are, while customers order.

    python -m tests.storm [--products 5000] [--orders 500] [--seed 1] [--pause 1 4] [--json FILE]

Brings products into both shops, finds that nothing has changed, then has orders placed while SIGKILL hits the hub's
processes, the broker, the database, the shops and the ERP, and answers get lost. Exit code 0 only if every order is
exactly one sale with the right lines and total, each customer one party, and nothing was given up.
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.processes import close_when_ended
from tests.storm.account import faults, stock_differs
from tests.storm.phases import Figures, bring_out, find_nothing, settle, stock_up, storm
from tests.storm.world import World


def weather(
    folder: Path, *, products: int, orders: int, seed: int, pause: tuple[float, float], figures: Figures
) -> list[str]:
    """Go through all phases; returns what is not as it must be."""
    chance = random.Random(seed)
    with World.make(folder) as world:
        skus = stock_up(world, products, figures)
        world.configure(scheduled=False)
        world.hub.start()
        bring_out(world, products, figures)
        find_nothing(world, figures)
        world.configure(scheduled=True)
        world.hub.ok("apply", "--yes")
        storm(world, orders, skus, chance, figures, pause)
        settle(world, orders, figures)
        found = list(faults(world, orders))
        found += [f"wrote although nothing had changed: {name}" for name in QUIET if figures.told[name]["writes"]]
        differing = stock_differs(world)
        found += [f"stock differs: {each}" for each in differing[:10]]
        figures.note("account", faults=len(found))
        return found


QUIET = ("nothing changed", "nothing changed, everything compared")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--products", type=int, default=5000)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--pause", type=float, nargs=2, default=(1.0, 4.0), help="seconds between two blows: least, most"
    )
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--keep", type=Path, help="leave hub.toml and the logs in this folder")
    given = parser.parse_args()
    close_when_ended()
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        found = weather(
            given.keep or Path(folder) / "hub",
            products=given.products,
            orders=given.orders,
            seed=given.seed,
            pause=tuple(given.pause),
            figures=figures,
        )
    if given.json:
        given.json.write_text(json.dumps(figures.told, indent=1), encoding="utf-8")
    for fault in found:
        print("FAULT", fault)
    print("every order is one sale, as it was placed" if not found else f"{len(found)} faults (seed {given.seed})")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
