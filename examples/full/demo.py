"""What `make demo-full` does: lets a real ERP and two real shops speak through a hub, and shows it, step by step.

Every step is asked of the systems themselves: the demo ends with 1 at the first that is not as it says.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from stage import NotSo, Stage, say
from systems import ShopA, ShopB, Shown

from tests.peers.tryton_office import Article, Office
from tests.servers.process import ServerFailed

FOLDER = Path("demo-full")
LAMPS = [Article(f"LAMP-{n}", f"Desk lamp {n}", f"{n}9.90", 10 * n) for n in range(1, 6)]
FOR_PROFESSIONALS = Article("PRO-1", "Film light", "199.00", 5)
TWICE = Article("LAMP-9", "Floor lamp", "99.00", 9)
KEPT_BACK = 2
"""Of each product in shop-b, as hub.toml says."""
EMAIL, NAME = "eva@example.com", "Eva Zupan"
CUSTOMER = "ana@example.com"
"""Was in shop-a from the beginning."""
PHONES = {"shop-a": "+38641111111", "erp": "+38642222222"}
PLAN_LINES = 20
JOBS = 8
"""As many stand in hub.toml."""


class Walk:
    """The walk-through."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.office = Office(stage.systems["erp"])
        self.shop_a, self.shop_b = ShopA(stage.systems["shop-a"]), ShopB(stage.systems["shop-b"])

    def go(self) -> None:
        """Take all steps. Raises NotSo at the first that fails."""
        steps = (self.erp, self.plan, self.first_sync, self.orders, self.price, self.stock, self.ship)
        for step in (*steps, self.conflict, self.quarantine, self.nothing_changed):
            step()

    def erp(self) -> None:
        """The ERP joins."""
        head("The ERP alone: its products, prices and stock come in")
        self.office.make_products([*LAMPS, FOR_PROFESSIONALS, TWICE])
        self.shop_a.add_twice(TWICE.sku, "floor lamp (old)")
        say(f"  In Tryton: {len(LAMPS) + 2} new products. In shop-a somebody has entered {TWICE.sku} twice, by hand.")
        self.stage.configure(shops=False)
        self.stage.hub_up()
        self.stage.wait("the ERP's stock to come in", self._erp_is_in)
        self._say_runs("erp.catalogue")

    def _erp_is_in(self) -> bool:
        products = self.office.rows("product.product", [["code", "!=", None]], "code")
        return self.stage.count("SELECT count(*) FROM record WHERE entity = 'stock'") == len(products)

    def plan(self) -> None:
        """What would be done, before it is done."""
        head("Both shops are added to hub.toml. Before anything is written there: hub plan shop-a")
        self.stage.configure(shops=True)
        before = self.shop_a.products()
        lines = self.stage.hub("plan", "shop-a").splitlines()
        say("\n".join(f"  {line.rstrip()}" for line in lines[:PLAN_LINES]))
        if len(lines) > PLAN_LINES + 1:
            say(f"    ... and {len(lines) - PLAN_LINES - 1} more lines")
        say(f"  {lines[-1]}")
        check(self.shop_a.products() == before, "the plan has changed something in shop-a")

    def first_sync(self) -> None:
        """Everything goes out."""
        head("hub apply: the running hub takes the shops up, and the first sync begins")
        self.stage.hub("apply", "--yes")
        everywhere = [f"W{n:03}" for n in range(1, 6)] + [each.sku for each in LAMPS]
        for name, wanted in (("shop-a", [*everywhere, FOR_PROFESSIONALS.sku]), ("shop-b", everywhere)):
            seconds = self.stage.wait(f"the catalogue in {name}", lambda n=name, w=wanted: self._is_out(n, w))
            say(f"  {name}: {len(wanted)} products with the ERP's names, prices and stock after {seconds:.1f} s")
        check(FOR_PROFESSIONALS.sku not in self.shop_b.products(), "shop-b has what is for professionals")
        say(f"  {FOR_PROFESSIONALS.sku} is not in shop-b's range, and {KEPT_BACK} of each product are kept back there.")
        self._say_runs("shop-a.catalogue", "shop-b.catalogue")

    def _is_out(self, name: str, skus: list[str]) -> bool:
        wanted = self._in_erp(skus, KEPT_BACK if name == "shop-b" else 0)
        there = (self.shop_a if name == "shop-a" else self.shop_b).products()
        return all(there.get(sku) == shown for sku, shown in wanted.items())

    def _in_erp(self, skus: list[str], kept_back: int) -> dict[str, Shown]:
        rows = self.office.rows("product.product", [["code", "in", skus]], "code", "name", "list_price_used")
        levels = self.office.available([row["id"] for row in rows])
        return {
            row["code"]: Shown(row["name"], row["list_price_used"], max(int(levels[row["id"]]) - kept_back, 0))
            for row in rows
        }

    def orders(self) -> None:
        """What is ordered in a shop becomes a sale."""
        head("Somebody orders in both shops: the orders become sales in Tryton, of one customer")
        began = time.monotonic()
        placed = {
            "shop-a": self.shop_a.order({"LAMP-1": 2, "LAMP-2": 1}, EMAIL, NAME),
            "shop-b": self.shop_b.order({"LAMP-3": 1, "W001": 4}, EMAIL, NAME),
        }
        self.stage.wait("both orders in Tryton", lambda: len(self._processed()) == len(placed))
        seconds = time.monotonic() - began
        sales = {sale["reference"]: sale for sale in self._processed()}
        for shop, number in placed.items():
            sale = sales[f"{shop} {number}"]
            lines = ", ".join(
                f"{line['quantity']:g} x {line['product.']['code'] if line['product.'] else line['description']}"
                for line in sale["lines"]
            )
            say(f"  {shop} order {number:18} -> sale {sale['number']}: {lines}; {sale['total_amount']} EUR")
        say(f"  Both were there {seconds:.1f} s after the first was placed.")
        check(len({sale["party"] for sale in sales.values()}) == 1, "the customer is in Tryton twice")
        quantities = {
            line["product."]["code"]: line["quantity"]
            for s in sales.values()
            for line in s["lines"]
            if line["product."]
        }
        check(quantities == {"LAMP-1": 2, "LAMP-2": 1, "LAMP-3": 1, "W001": 4}, f"the sales hold {quantities}")
        self.sale = sales[f"shop-a {placed['shop-a']}"]
        self.number = placed["shop-a"]

    def _processed(self) -> list[dict[str, Any]]:
        return [sale for sale in self.office.sales() if sale["state"] == "processing"]

    def price(self) -> None:
        """A price goes out."""
        head("A price is changed in Tryton: LAMP-1 now costs 17.50 without tax")
        self.office.set_price("LAMP-1", "17.50")
        self._say_seen("17.50", lambda shown: shown.price == Decimal("17.50"))

    def stock(self) -> None:
        """Stock goes out."""
        head("Stock is counted in Tryton: of LAMP-4 there are only 7")
        self.office.set_stock("LAMP-4", 7)
        self._say_seen("7, and 5 where two are kept back", lambda shown: shown.available in (7, 5), "LAMP-4")

    def _say_seen(self, what: str, fits: Callable[[Shown], bool], sku: str = "LAMP-1") -> None:
        began = time.monotonic()
        for name, shop in (("shop-a", self.shop_a), ("shop-b", self.shop_b)):
            self.stage.wait(f"{sku} in {name}", lambda shop=shop: fits(shop.products()[sku]))
            say(f"  {name} shows {what:34} after {time.monotonic() - began:.1f} s")

    def ship(self) -> None:
        """What becomes of an order goes back."""
        head(f"Tryton ships sale {self.sale['number']}: the shop is told")
        self.office.ship(self.sale["id"], "00359-17")
        seconds = self.stage.wait(
            "the parcel in shop-a", lambda: self.shop_a.sent(self.number) == ("Shipped", ["00359-17"])
        )
        say(f"  shop-a: order {self.number} is Shipped, parcel 00359-17, after {seconds:.1f} s")
        say("  shop-b takes no word about its orders: its interface cannot change them.")

    def conflict(self) -> None:
        """Both sides change one field."""
        head("A conflict: the customer's phone is changed in shop-a and in Tryton, before either hears of the other")
        self.stage.hub("jobs", "pause", "erp.orders", "--note", "for the demo")
        self.shop_a.set_phone(CUSTOMER, PHONES["shop-a"])
        self.office.set_phone(CUSTOMER, PHONES["erp"])
        self.stage.hub("jobs", "resume", "erp.orders")
        self.stage.wait("the conflict to be seen", self._conflict_is_kept)
        check(self.office.phone(CUSTOMER) == PHONES["erp"], "Tryton's phone number was overwritten")
        say("  hub records show party " + CUSTOMER)
        say(
            "\n".join(
                f"    {line.rstrip()}" for line in self.stage.hub("records", "show", "party", CUSTOMER).splitlines()
            )
        )

    def _conflict_is_kept(self) -> bool:
        stands = "SELECT count(*) FROM record WHERE entity = 'parties' AND fields LIKE ?"
        lost = "SELECT count(*) FROM conflict WHERE field = 'phone' AND \"values\" LIKE ?"
        found = [self.stage.count(stands, f"%{PHONES['erp']}%"), self.stage.count(lost, f"%{PHONES['shop-a']}%")]
        return found == [1, 1]

    def quarantine(self) -> None:
        """What cannot be brought waits."""
        head(f"What could not be brought waits, with its cause: {TWICE.sku} is in shop-a twice")
        *waiting, see = self.stage.hub("quarantine").splitlines()
        say("\n".join(f"  {line.rstrip()}" for line in [*waiting, see]))
        others = [line for line in waiting[1:] if TWICE.sku not in line]
        check(len(waiting) > 1 and not others, f"not only {TWICE.sku} waits: {others}")
        say("  Everything else has gone its way.")

    def nothing_changed(self) -> None:
        """A sync with nothing to do writes nothing."""
        head("Nothing has changed since: every job runs again, and writes nothing")
        seconds, taken = 0.0, dict[str, int]()
        for _ in range(5):
            last = self.stage.count("SELECT max(id) FROM run")
            self.stage.taken()
            began = time.monotonic()
            self.stage.wait("every job to run again", lambda last=last: self._all_ran_since(last))
            seconds, taken = time.monotonic() - began, self.stage.taken()
            if not taken["writes"]:
                break
        say(
            f"  In {seconds:.1f} s each of {JOBS} jobs ran at least once: {taken['calls']} calls, {taken['writes']} writes."
        )
        check(not taken["writes"], f"{taken['writes']} writes although nothing has changed")

    def _all_ran_since(self, last: int) -> bool:
        done = "SELECT count(DISTINCT job) FROM run WHERE id > ? AND state = 'done'"
        return self.stage.count(done, last) >= JOBS

    def _say_runs(self, *jobs: str) -> None:
        """Tell what the first runs of some jobs came to that did anything."""
        done = self.stage.hub_json("runs", "--state", "done", "--most", "500")
        for job in jobs:
            came_to = (run["message"] for run in reversed(done) if run["job"] == job and run["counts"])
            say(f"  {job:18} {next(came_to, 'nothing yet')}")


def head(text: str) -> None:
    """Begin a step."""
    say()
    say(text)


def check(good: bool, otherwise: str) -> None:
    """Raise NotSo with what is wrong."""
    if not good:
        raise NotSo(otherwise)


def where(stage: Stage) -> None:
    """Tell where to look and what to try."""
    hub = os.path.relpath(Path(sys.executable).with_name("hub"), FOLDER)
    erp, shop_a, shop_b = (stage.systems[name] for name in ("erp", "shop-a", "shop-b"))
    head("Where things are, until Ctrl-C")
    say(f"  erp      {erp.url}   Tryton, for its own client or by REST; {erp['user']} / {erp['password']}")
    say(f"  shop-a   {shop_a['admin_api']}   Vendure's GraphQL; {shop_a['user']} / {shop_a['password']}")
    say(
        f"  shop-b   {shop_b.url.removesuffix('/api')}/dashboard/   django-oscar's pages; hub@example.com / {shop_b['password']}"
    )
    say("  hub.toml names the ports of relays before them, which count the hub's calls.")
    say(f"  In another terminal:  cd {FOLDER} && . ./secrets.env && {hub} runs")
    say("     jobs, quarantine list, records show order NUMBER, systems show shop-a, plan shop-b, check ...")


def main() -> int:
    """Walk through; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the walk-through")
    once = parser.parse_args().once
    began = time.monotonic()
    say("An ERP and two shops, all real, are started. The first time they are installed as well: two to four minutes.")
    with Stage(FOLDER) as stage:
        try:
            stage.start_systems()
            stage.lay_out()
            Walk(stage).go()
        except (NotSo, ServerFailed, AssertionError) as fault:
            say(f"\nThat did not go well: {fault}")
            return 1
        except KeyboardInterrupt:
            return 130
        head(f"All of it is so, as the systems themselves say, after {time.monotonic() - began:.0f} s.")
        if once:
            return 0
        where(stage)
        return stage.stay()


if __name__ == "__main__":
    sys.exit(main())
