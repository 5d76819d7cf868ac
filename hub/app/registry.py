"""The connectors there are: what each is told in hub.toml, and how one is opened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from hub.clock import Clock
from hub.config import Connectors, Options, SystemSettings
from hub.config.exchange import ExchangeOptions
from hub.connector import Connector, Exchange
from hub.tokens import Vault

Opener = Callable[[SystemSettings, Path, Clock, Vault], Connector | Exchange]


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """A product that the hub can speak to; what it is made of is imported when hub.toml names it."""

    model: Callable[[], type[Options]]
    open: Opener

    @property
    def options(self) -> type[Options]:
        """The model of its table in hub.toml."""
        return self.model()


def _type(package: str, name: str, *also: Literal["folder", "vault"]) -> ConnectorType:
    """Return the type of a package with `options.NAMEOptions` and `connector.NAMEConnector`.

    `also`: what its connector is given beside the system's name, the options and the clock.
    """

    def part(module: str) -> Any:
        return getattr(import_module(f"{package}.{module}"), f"{name}{module.title()}")

    def opened(system: SystemSettings, folder: Path, clock: Clock, vault: Vault) -> Connector | Exchange:
        before, behind = [folder] * ("folder" in also), [vault] * ("vault" in also)
        return part("connector")(system.name, system.options, *before, clock, *behind)

    return ConnectorType(lambda: part("options"), opened)


SQL, REST = _type("adapters.sql", "Sql", "folder"), _type("adapters.rest", "Rest", "vault")
TYPES: dict[tuple[str, str], ConnectorType] = {
    ("warehouse", "files"): _type("adapters.warehouse", "Files", "folder"),
    ("erp", "business-central"): _type("adapters.erp.businesscentral", "BusinessCentral", "vault"),
    ("erp", "dolibarr"): _type("adapters.erp.dolibarr", "Dolibarr"),
    ("erp", "erpnext"): _type("adapters.erp.erpnext", "ErpNext"),
    ("erp", "files"): _type("adapters.erp.files", "ErpFiles", "folder"),
    ("erp", "odoo"): _type("adapters.erp.odoo", "Odoo"),
    ("erp", "rest"): REST,
    ("erp", "sap-business-one"): _type("adapters.erp.sapb1", "SapB1"),
    ("erp", "sql"): SQL,
    ("erp", "tryton"): _type("adapters.erp.tryton", "Tryton"),
    ("eshop", "baselinker"): _type("adapters.eshop.baselinker", "BaseLinker"),
    ("eshop", "ecwid"): _type("adapters.eshop.ecwid", "Ecwid"),
    ("eshop", "magento"): _type("adapters.eshop.magento", "Magento"),
    ("eshop", "medusa"): _type("adapters.eshop.medusa", "Medusa"),
    ("eshop", "oscar"): _type("adapters.eshop.oscar", "Oscar"),
    ("eshop", "prestashop"): _type("adapters.eshop.prestashop", "PrestaShop"),
    ("eshop", "rest"): REST,
    ("eshop", "saleor"): _type("adapters.eshop.saleor", "Saleor"),
    ("eshop", "shopify"): _type("adapters.eshop.shopify", "Shopify"),
    ("eshop", "shopware"): _type("adapters.eshop.shopware", "Shopware", "vault"),
    ("eshop", "sql"): SQL,
    ("eshop", "vendure"): _type("adapters.eshop.vendure", "Vendure"),
    ("eshop", "woocommerce"): _type("adapters.eshop.woocommerce", "WooCommerce"),
}


class _Models(Mapping[tuple[str, str], type[Options]]):
    """The options of each type."""

    def __getitem__(self, key: tuple[str, str]) -> type[Options]:
        return TYPES[key].options

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(TYPES)

    def __len__(self) -> int:
        return len(TYPES)


OPTIONS: Connectors = _Models()


def is_exchange(system: SystemSettings) -> bool:
    """Return whether a system has records of its own, so that its connector is an `Exchange`."""
    return isinstance(system.options, ExchangeOptions)


def open_connector(system: SystemSettings, folder: Path, clock: Clock, vault: Vault) -> Connector | Exchange:
    """Open the connector of a system.

    `folder`: where hub.toml lies, relative paths count from there; `vault`: where its tokens are kept.
    """
    return TYPES[system.kind, system.connector].open(system, folder, clock, vault)
