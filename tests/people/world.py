"""An ERP and shops, all real, people who work there, and the hub's runs in between."""

import os
import urllib.error
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hub.app.configuration import system_of
from hub.app.registry import OPTIONS, open_connector
from hub.app.vault import open_vault
from hub.clock import SystemClock
from hub.config import Settings, load
from hub.handler import Done
from hub.store import Store, migrate
from tests import peers
from tests.contract.tables import Hub
from tests.peers import Peer
from tests.peers.calls import Calls
from tests.peers.faults import Link
from tests.peers.tryton_office import Office
from tests.people import office
from tests.people.chance import Chance
from tests.people.shops import SHOPS, Shop

STREAMS = ("products", "prices", "stock", "parties", "orders")
REFUSED = (AssertionError, urllib.error.HTTPError, IndexError, KeyError, ValueError, TypeError)
"""What somebody meets who wants what cannot be done now; IndexError: there is nothing to do it with."""
SYSTEMS: Mapping[str, str] = {
    "erp": """kind = "erp"
connector = "tryton"
key = "env:PEOPLE_ERP_KEY"
user = "admin"
password = "env:PEOPLE_ERP_PASSWORD"
confirm = "{confirm}"
""",
    "vendure": """kind = "eshop"
connector = "vendure"
user = "superadmin"
password = "env:PEOPLE_VENDURE_PASSWORD"
""",
    "medusa": """kind = "eshop"
connector = "medusa"
key = "env:PEOPLE_MEDUSA_KEY"
sales_channel = "web"
stock_location = "Main"
shipping_profile = "Goods"
""",
    "oscar": """kind = "eshop"
connector = "oscar"
user = "hub"
password = "env:PEOPLE_OSCAR_PASSWORD"
""",
}
SECRETS = {
    "erp": {"PEOPLE_ERP_KEY": "rest_key", "PEOPLE_ERP_PASSWORD": "password"},
    "vendure": {"PEOPLE_VENDURE_PASSWORD": "password"},
    "medusa": {"PEOPLE_MEDUSA_KEY": "secret_key"},
    "oscar": {"PEOPLE_OSCAR_PASSWORD": "password"},
}


@dataclass
class World:
    """All that there is; closes what it started."""

    chance: Chance
    hub: Hub
    settings: Settings
    peers: Mapping[str, Peer]
    calls: Mapping[str, Calls]
    stack: ExitStack
    told: Callable[[str], object] = lambda _: None
    dead: list[str] = field(default_factory=list[str])
    """Runs that came to no good end, in words."""

    @classmethod
    def make(cls, folder: Path, seed: int, shops: Sequence[str] = ()) -> Self:
        """Start the systems, and connect a hub to them; which shops, and how they are set up, the seed says."""
        chance = Chance(seed)
        chosen = shops or sorted(chance.some(sorted(SHOPS)))
        with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
            started = threads.map(peers.start, ["tryton", *chosen])
            systems = {name: stack.enter_context(each) for name, each in zip(["erp", *chosen], started, strict=True)}
            calls = {name: Calls() for name in systems}
            links = {n: stack.enter_context(Link(each.port, watch=calls[n])) for n, each in systems.items()}
            for name, each in systems.items():
                os.environ.update({secret: each[fact] for secret, fact in SECRETS[name].items()})
            addresses = {name: link.through(systems[name].url) for name, link in links.items()}
            settings = load(written(addresses, chance), OPTIONS)
            store = Store(f"sqlite:///{(folder / 'hub.db').as_posix()}")
            stack.callback(store.close)
            migrate.migrate(store)
            hub = Hub(store)
            for name in systems:
                connector: Any = open_connector(
                    settings.systems[name], folder, SystemClock(), open_vault(store, None, SystemClock())
                )
                hub.systems[name] = system_of(settings, name, connector)
            office.prepare(Office(systems["erp"]))
            world = cls(chance, hub, settings, systems, calls, stack.pop_all())
        for each in world.shops.values():
            each.prepare()
        return world

    @property
    def shops(self) -> Mapping[str, Shop]:
        """The people of each shop."""
        return {name: SHOPS[name](self.peers[name]) for name in self.peers if name != "erp"}

    @property
    def office(self) -> Office:
        """The people of the ERP."""
        return Office(self.peers["erp"])

    def walk(self, steps: int) -> None:
        """Let people do whatever they do, and the hub run now and then."""
        clerk, shops = self.office, self.shops
        self.run_all(full=False)
        for number in range(steps):
            if self.chance.random() < 0.15:
                self.run_some()
            elif self.chance.random() < 0.5:
                acts = office.ACTS
                (act,) = self.chance.choices([*acts], [*acts.values()])
                self.attempt(number, f"erp: {act.__name__}", act, clerk, self.chance)
            else:
                name = self.chance.choice([*shops])
                acts = shops[name].acts
                (act,) = self.chance.choices([*acts], [*acts.values()])
                self.attempt(number, f"{name}: {act.__name__}", act, self.chance)

    def attempt(self, number: int, what: str, act: Callable[..., object], *given: object) -> None:
        """Have somebody do something, which the system may refuse."""
        try:
            act(*given)
        except REFUSED as refusal:
            self.told(f"{number} {what}: refused: {type(refusal).__name__} {' '.join(str(refusal).split())[:150]}")
        else:
            self.told(f"{number} {what}")

    def run_some(self) -> None:
        """Run some streams of some systems, in any order."""
        for name in self.chance.some([*self.peers], 4):
            streams = self.chance.some(STREAMS, 5) if self.chance.random() < 0.4 else [*STREAMS]
            self.run(name, *streams, full=self.chance.random() < 0.2)

    def run(self, system: str, *streams: str, full: bool = False) -> str:
        """Carry out a run; return what it came to."""
        try:
            outcome = self.hub.run(system, *streams, full=full)
            came_to = outcome.message or "" if isinstance(outcome, Done) else str(outcome)
            if not isinstance(outcome, Done):
                self.dead.append(f"{system} {streams}: {outcome}")
        except Exception as fault:  # noqa: BLE001  # whatever it is, people would find a dead run
            came_to = f"{type(fault).__name__}: {fault}"
            self.dead.append(f"{system} {' '.join(streams)}: {came_to}")
        self.told(f"    {system}{' full' if full else ''} {' '.join(streams)}: {came_to}")
        return came_to

    def run_all(self, *, full: bool) -> Mapping[str, str]:
        """Run everything once; return what it came to."""
        return {name: self.run(name, *STREAMS, full=full) for name in self.peers}

    def writes(self) -> Mapping[str, Any]:
        """Return system -> what the hub has written since the last time, by call."""
        written = {name: dict(each.writes) for name, each in self.calls.items() if each.writes}
        for each in self.calls.values():
            each.taken()
        return written

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stack.close()


def written(addresses: Mapping[str, str], chance: Chance) -> str:
    """Return hub.toml: each system with the settings that somebody may have chosen."""
    confirm = chance.choice(("processing", "processing", "quotation", "confirmed"))
    texts = chance.choice(["", *addresses])
    parts = list[str]()
    for name, url in addresses.items():
        parts.append(f'[systems.{name}]\nurl = "{url}"\n{SYSTEMS[name].format(confirm=confirm)}')
        if name != "erp":
            products = chance.choice(("", "active", "active && category"))
            buffer = chance.choice((0, 0, 1))
            zero = chance.choice(("true", "false", "false"))
            of_range = f'price_list = "standard"\nbuffer = {buffer}\nzero_prices = {zero}\n'
            parts.append(f"[systems.{name}.range]\n{of_range}" + (f'products = "{products}"\n' if products else ""))
            if texts == name:
                parts.append(f'[systems.{name}.owner]\n"products.description" = "{name}"\n')
        parts.append(f'[jobs."{name}.all"]\nsync = {list(STREAMS)}\n'.replace("'", '"'))
    return "\n".join(parts)
