"""The phases of a storm, each with its figures: bring the catalogue out, find nothing changed, order and kill, account."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from hub.cli.call import known_job
from hub.cli.jobs import asked
from hub.store import Store, interventions, runs
from hub.sync import scanning
from tests.chaos.processes import UNSETTLED
from tests.peers.tryton_office import Article
from tests.servers.process import ServerFailed, wait_until
from tests.storm import shopping
from tests.storm.world import JOBS, SHOPS, World

LONGEST = 3600
"""Seconds that one job may take."""
CALM = 900
"""Seconds after the last blow until everything must be where it belongs."""
IN_STOCK = 100_000
"""Of each product: nobody has to go without."""


@dataclass
class Figures:
    """What was measured, for programs; each is told to people at once."""

    told: dict[str, Any] = field(default_factory=dict[str, Any])

    def note(self, name: str, **figures: Any) -> None:
        """Keep figures and print them."""
        self.told[name] = figures
        print(f"{name}: {', '.join(f'{key} {value}' for key, value in figures.items())}", flush=True)


def stock_up(world: World, products: int, figures: Figures) -> list[str]:
    """Make products in the ERP; returns their SKUs."""
    articles = [Article(f"S{n:05}", f"Storm lamp {n}", f"{n % 90 + 5}.{n % 100:02}", IN_STOCK) for n in range(products)]
    began = time.monotonic()
    world.office.make_products(articles)
    figures.note("made in the ERP", products=products, seconds=round(time.monotonic() - began, 1))
    return [each.sku for each in articles]


def bring_out(world: World, products: int, figures: Figures) -> None:
    """Bring the catalogue into both shops, which work side by side."""
    sync(world, ["erp.catalogue"], "first reading of the ERP", figures)
    sync(world, ["shop-a.catalogue", "shop-b.catalogue"], "products and prices out", figures, products)
    sync(world, ["shop-a.stock", "shop-b.stock"], "stock out", figures, products)
    # What the shops sell must be there, whatever the hub says.
    found = {name: len(there) for name, there in in_shops(world).items()}
    figures.note("products in the shops", **found)


def in_shops(world: World) -> Mapping[str, Sequence[str]]:
    """Return the SKUs that each shop has."""
    statement = "SELECT key FROM binding WHERE entity = 'products' AND gone_at IS NULL AND system = "
    return {shop: [str(key) for (key,) in world.hub.query(f"{statement}'{shop}'")] for shop in SHOPS}


def find_nothing(world: World, figures: Figures) -> None:
    """Synchronise again with nothing changed: what has changed since, then everything."""
    # The customers and orders that the systems were delivered with, and what was written last, have to be behind us.
    for number in (1, 2):
        sync(world, [job for job in JOBS if job.startswith("shop")], f"settling {number}: shops", figures)
        sync(world, [job for job in JOBS if job.startswith("erp")], f"settling {number}: ERP", figures)
    sync(world, [*JOBS], "nothing changed", figures)
    sync(world, [*JOBS], "nothing changed, everything compared", figures, full=True)


def sync(
    world: World, jobs: Sequence[str], name: str, figures: Figures, products: int = 0, *, full: bool = False
) -> None:
    """Run jobs side by side to their end, and note what they cost."""
    for calls in world.calls.values():
        calls.taken()
    ended = _run(world, jobs, full=full)
    taken = {system: calls.taken() for system, calls in world.calls.items()}
    told = {job: {"seconds": round(took, 1), "came to": message} for job, (took, message) in ended.items()}
    for job, (took, _) in ended.items() if products else ():
        told[job]["products a second"] = round(products / took, 1)
    records = sum(int(number.replace(",", "")) for _, came_to in ended.values() for number in COUNT.findall(came_to))
    seconds = max(took for took, _ in ended.values())
    costs = {what: sum(each[what] for each in taken.values()) for what in ("calls", "writes")}
    figures.note(
        name, seconds=round(seconds, 1), records=records, **{"records a second": round(records / seconds)}, **costs
    )
    for job, each in told.items():
        print(f"{'':4}{job:18}{each}", flush=True)
    figures.told[name] |= {"jobs": told, "systems": taken}


COUNT = re.compile(r"([0-9,]+) [a-z]")
"""In what a run came to, e.g. `1,065 identical, 3 told`."""


def _run(world: World, jobs: Sequence[str], *, full: bool) -> Mapping[str, tuple[float, str]]:
    """Ask for runs at once, as `hub jobs run` does; returns for each job the seconds it took and what it came to."""
    store, began = Store(world.hub.database), time.monotonic()
    try:
        with store.write() as tx:
            known = [known_job(tx, name) for name in jobs]
            for job in known if full else ():
                for stream in job.settings["sync"]:
                    scanning.ask(tx, job.system, stream)
            numbers = runs.make(tx, [asked(job, "manual", tx.now) for job in known])
        ended: dict[str, tuple[float, str]] = {}

        def looked() -> bool:
            with store.read() as tx:
                for run in interventions.find(tx, numbers=numbers):
                    if run.ended_at is not None and run.job not in ended:
                        assert run.state == "done", run
                        ended[run.job] = time.monotonic() - began, run.message or ""
            threading.Event().wait(0.05)
            return len(ended) == len(jobs)

        wait_until(f"{', '.join(jobs)} to end", looked, seconds=LONGEST)
    finally:
        store.close()
    return {name: ended[name] for name in jobs}


def storm(
    world: World, orders: int, skus: Sequence[str], chance: random.Random, figures: Figures, pause: tuple[float, float]
) -> None:
    """Order in both shops while blow after blow hits, each target in turn, until all orders are placed."""
    shares = {"shop-a": orders // 2, "shop-b": orders - orders // 2}
    customers = max(orders // 4, 3)
    visits = [
        shopping.vendure(world.systems["shop-a"], shares["shop-a"], skus, customers, random.Random(chance.random())),
        shopping.oscar(world.systems["shop-b"], shares["shop-b"], skus, customers, random.Random(chance.random())),
    ]
    began = time.monotonic()
    with ThreadPoolExecutor(len(visits)) as threads:
        placing = [threads.submit(each.go) for each in visits]
        try:
            blows = _blows(world, chance, pause, lambda: all(each.done() for each in placing))
        except BaseException:
            for each in visits:
                each.stopped.set()
            raise
        for each in placing:
            each.result()
    world.calm()
    print(f"{'':4}{'hit':32}{'times':>6}{'back after, mean':>18}{'longest':>9}")
    for name, took in sorted(blows.items()):
        print(f"{'':4}{name:32}{len(took):6}{sum(took) / len(took):16.1f} s{max(took):7.1f} s")
    figures.note(
        "storm",
        orders=orders,
        seconds=round(time.monotonic() - began, 1),
        blows=sum(map(len, blows.values())),
        **{"visits that failed": sum(each.failed for each in visits)},
    )
    figures.told["storm"]["hit"] = {
        name: {"times": len(took), "back after at most": round(max(took), 2)} for name, took in blows.items()
    }


def _blows(
    world: World, chance: random.Random, pause: tuple[float, float], over: Callable[[], bool]
) -> Mapping[str, Sequence[float]]:
    took: dict[str, list[float]] = {}
    targets = world.blows()
    waiting: list[str] = []
    while not over():
        threading.Event().wait(chance.uniform(*pause))
        world.hub.revive()
        if not waiting:
            waiting = list(targets)
            chance.shuffle(waiting)
        name = waiting.pop()
        began = time.monotonic()
        targets[name]()
        took.setdefault(name, []).append(time.monotonic() - began)
    return took


def settle(world: World, orders: int, figures: Figures) -> None:
    """Wait until every order is a sale, then let nothing new become due, and everything under way end."""
    began = time.monotonic()
    _wait(world, "all orders to be sales", lambda: _brought(world) >= orders)
    brought = time.monotonic() - began
    world.configure(scheduled=False)
    world.hub.ok("apply", "--yes")
    _wait(world, "everything under way to end", lambda: world.hub.count(UNSETTLED) == 0)
    figures.note(
        "calm", **{"all orders are sales after": round(brought, 1), "settled after": round(time.monotonic() - began, 1)}
    )
    sync(world, ["erp.orders", "shop-a.orders", "shop-b.orders"], "once more", figures)
    sync(world, ["erp.catalogue"], "what the ERP has left", figures)
    sync(world, ["shop-a.stock", "shop-b.stock"], "stock, after the orders", figures)
    rescued = world.hub.count("SELECT count(*) FROM result WHERE outcome = 'lost'")
    found = world.hub.count("SELECT count(*) FROM history WHERE what = 'found'")
    states = Counter(
        {str(state): int(str(n)) for state, n in world.hub.query("SELECT state, count(*) FROM run GROUP BY 1")}
    )
    figures.note("recovered", **{"runs rescued": rescued, "creates found again": found, "runs": dict(states)})


def _brought(world: World) -> int:
    return world.hub.count(
        "SELECT count(*) FROM binding WHERE system = 'erp' AND entity = 'orders' AND gone_at IS NULL"
    )


def _wait(world: World, what: str, ready: Callable[[], bool]) -> None:
    def looked() -> bool:
        world.hub.revive()
        threading.Event().wait(0.5)
        return ready()

    try:
        wait_until(what, looked, seconds=CALM)
    except ServerFailed as late:
        late.add_note(str(world.hub.summary()))
        raise
