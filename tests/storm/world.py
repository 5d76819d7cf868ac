"""The world of a storm: an ERP and two shops, all real, a hub of several processes between them, links in the way."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests import peers
from tests.chaos.processes import Hub
from tests.peers import Peer
from tests.peers.calls import Calls
from tests.peers.faults import Faults, Link
from tests.peers.tryton_office import Office
from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

PRODUCT_OF = {"erp": "tryton", "shop-a": "vendure", "shop-b": "oscar"}
SHOPS = ("shop-a", "shop-b")
TOML = """
[hub]
company = "storm"
database = "env:HUB_DATABASE"
broker = "env:HUB_BROKER"
lease = "5s"
slice = "{slice}"

[systems.erp]
kind = "erp"
connector = "tryton"
url = "{erp}"
key = "env:ERP_KEY"
user = "admin"
password = "env:ERP_PASSWORD"
timeout = "2m"
attempts = 100

[systems.shop-a]
kind = "eshop"
connector = "vendure"
url = "{shop_a}"
user = "superadmin"
password = "env:SHOP_A_PASSWORD"
attempts = 100
range = {{ price_list = "standard" }}

[systems.shop-b]
kind = "eshop"
connector = "oscar"
url = "{shop_b}"
user = "hub"
password = "env:SHOP_B_PASSWORD"
attempts = 100
range = {{ price_list = "standard" }}
"""
JOBS: Mapping[str, tuple[str, str]] = {
    "erp.catalogue": ('["products", "prices", "stock"]', "10s"),
    "erp.orders": ('["parties", "orders"]', "3s"),
    "shop-a.catalogue": ('["products", "prices"]', "60s"),
    "shop-a.stock": ('["stock"]', "30s"),
    "shop-a.orders": ('["parties", "orders"]', "3s"),
    "shop-b.catalogue": ('["products", "prices"]', "5m"),
    "shop-b.stock": ('["stock"]', "60s"),
    "shop-b.orders": ('["orders"]', "3s"),
}
"""What each takes, and how often while it storms."""
JOB = """
[jobs."{name}"]
sync = {sync}
retry_first = "1s"
retry_longest = "10s"
"""
PROCESSES = {
    "scheduler": ["scheduler"],
    "adapter erp": ["adapter", "erp"],
    "adapter eshop": ["adapter", "eshop"],
    "runlog": ["runlog"],
}
QUEUES = (
    *("hub.erp.erp", "hub.eshop.shop-a", "hub.eshop.shop-b"),
    *("hub.runlog", "hub.invalid", "hub.dead", "hub.maintenance.hub"),
)
LOST = (b"sale.sale/create", b"sale.sale.quote", b"sale.sale.process", b"party.party/create")
"""Calls to the ERP whose answers get lost."""


@dataclass
class World:
    """Systems, links and the hub; closes all it started."""

    hub: Hub
    systems: Mapping[str, Peer]
    links: Mapping[str, Link]
    calls: Mapping[str, Calls]
    stack: ExitStack

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Start everything but the hub. Raises ServerFailed."""
        with ExitStack() as stack:
            postgres = stack.enter_context(PostgresServer(durable=True))
            rabbit = stack.enter_context(RabbitServer())
            systems = {name: stack.enter_context(peers.start(product)) for name, product in PRODUCT_OF.items()}
            calls = {name: Calls() for name in systems}
            links = {n: stack.enter_context(Link(each.port, watch=calls[n])) for n, each in systems.items()}
            secrets = {
                "ERP_KEY": systems["erp"]["rest_key"],
                "ERP_PASSWORD": systems["erp"]["password"],
                "SHOP_A_PASSWORD": systems["shop-a"]["password"],
                "SHOP_B_PASSWORD": systems["shop-b"]["password"],
            }
            hub = Hub(folder, postgres, rabbit, PROCESSES, QUEUES, secrets)
            return cls(hub, systems, links, calls, stack.pop_all())

    def configure(self, *, scheduled: bool) -> None:
        """Write hub.toml; its jobs run at intervals, or only when they are asked for."""
        addresses = {name.replace("-", "_"): link.through(self.systems[name].url) for name, link in self.links.items()}
        jobs = [
            JOB.format(name=name, sync=sync) + (f'every = "{every}"\n' if scheduled else "")
            for name, (sync, every) in JOBS.items()
        ]
        self.hub.configure(TOML.format(**addresses, slice="20s" if scheduled else "15m") + "".join(jobs))

    @property
    def office(self) -> Office:
        """Somebody who works with the ERP."""
        return Office(self.systems["erp"])

    def blows(self) -> Mapping[str, Callable[[], None]]:
        """Return what may hit, by name: each returns when what it hit is back."""
        processes = {name: (lambda name=name: self.hub.kill(name)) for name in (*PROCESSES, "broker", "database")}
        systems = {name: (lambda name=name: self._strike(name)) for name in PRODUCT_OF}
        lost = {f"answer to {at.decode()}": (lambda at=at: self._lose(at)) for at in LOST}
        return {**processes, **systems, **lost}

    def _strike(self, name: str) -> None:
        self.systems[name].kill()
        self.systems[name].start()

    def _lose(self, call: bytes) -> None:
        """Let the next answer of the ERP to a call get lost."""
        self.links["erp"].set(Faults(lose_answers=1, to=call))

    def calm(self) -> None:
        """Let all links be well."""
        for link in self.links.values():
            link.clear()

    def close(self) -> None:
        """End everything."""
        self.hub.stop()
        self.stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
