"""The connectors there are: what each is told in hub.toml, and how one is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from adapters.erp.dolibarr.options import DolibarrOptions
from adapters.erp.erpnext.options import ErpNextOptions
from adapters.erp.files.options import ErpFilesOptions
from adapters.erp.odoo.options import OdooOptions
from adapters.erp.sapb1.options import SapB1Options
from adapters.erp.tryton.options import TrytonOptions
from adapters.eshop.baselinker.options import BaseLinkerOptions
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.magento.options import MagentoOptions
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.oscar.options import OscarOptions
from adapters.eshop.prestashop.options import PrestaShopOptions
from adapters.eshop.saleor.options import SaleorOptions
from adapters.eshop.shopify.options import ShopifyOptions
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.woocommerce.options import WooCommerceOptions
from adapters.rest.options import RestOptions
from adapters.sql.options import SqlOptions
from adapters.warehouse import FilesConnector, FilesOptions
from hub.clock import Clock
from hub.config import Connectors, Options, SystemSettings
from hub.config.exchange import ExchangeOptions
from hub.connector import Connector, Exchange
from hub.tokens import Vault

Opener = Callable[[SystemSettings, Path, Clock, Vault], Connector | Exchange]


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """A product that the hub can speak to."""

    options: type[Options]
    open: Opener


def _files(system: SystemSettings, folder: Path, clock: Clock, _vault: Vault) -> Connector:
    options: Any = system.options
    return FilesConnector(system.name, options, folder, clock)


def _exchange(path: str, *, tokens: bool = False) -> Opener:
    """Return the opener of a connector: `package.module:Class`, imported only where a system of it is opened.

    `tokens`: it is given the vault as well.
    """
    module, _, name = path.partition(":")

    def opened(system: SystemSettings, _folder: Path, clock: Clock, vault: Vault) -> Exchange:
        more = (vault,) if tokens else ()
        return getattr(import_module(module), name)(system.name, system.options, clock, *more)

    return opened


def _beside(path: str) -> Opener:
    """Return the opener of a connector whose files, where it has some, lie where hub.toml does."""
    module, _, name = path.partition(":")

    def opened(system: SystemSettings, folder: Path, clock: Clock, _vault: Vault) -> Exchange:
        return getattr(import_module(module), name)(system.name, system.options, folder, clock)

    return opened


_SQL = _beside("adapters.sql.connector:SqlConnector")
_REST = _exchange("adapters.rest.connector:RestConnector", tokens=True)
TYPES: dict[tuple[str, str], ConnectorType] = {
    ("warehouse", "files"): ConnectorType(FilesOptions, _files),
    ("erp", "dolibarr"): ConnectorType(DolibarrOptions, _exchange("adapters.erp.dolibarr.connector:DolibarrConnector")),
    ("erp", "odoo"): ConnectorType(OdooOptions, _exchange("adapters.erp.odoo.connector:OdooConnector")),
    ("erp", "tryton"): ConnectorType(TrytonOptions, _exchange("adapters.erp.tryton.connector:TrytonConnector")),
    ("erp", "erpnext"): ConnectorType(ErpNextOptions, _exchange("adapters.erp.erpnext.connector:ErpNextConnector")),
    ("erp", "sap-business-one"): ConnectorType(SapB1Options, _exchange("adapters.erp.sapb1.connector:SapB1Connector")),
    ("eshop", "baselinker"): ConnectorType(
        BaseLinkerOptions, _exchange("adapters.eshop.baselinker.connector:BaseLinkerConnector")
    ),
    ("eshop", "ecwid"): ConnectorType(EcwidOptions, _exchange("adapters.eshop.ecwid.connector:EcwidConnector")),
    ("eshop", "magento"): ConnectorType(MagentoOptions, _exchange("adapters.eshop.magento.connector:MagentoConnector")),
    ("eshop", "medusa"): ConnectorType(MedusaOptions, _exchange("adapters.eshop.medusa.connector:MedusaConnector")),
    ("eshop", "oscar"): ConnectorType(OscarOptions, _exchange("adapters.eshop.oscar.connector:OscarConnector")),
    ("eshop", "prestashop"): ConnectorType(
        PrestaShopOptions, _exchange("adapters.eshop.prestashop.connector:PrestaShopConnector")
    ),
    ("erp", "files"): ConnectorType(ErpFilesOptions, _beside("adapters.erp.files.connector:ErpFilesConnector")),
    ("erp", "sql"): ConnectorType(SqlOptions, _SQL),
    ("eshop", "sql"): ConnectorType(SqlOptions, _SQL),
    **{(kind, "rest"): ConnectorType(RestOptions, _REST) for kind in ("erp", "eshop")},
    ("eshop", "saleor"): ConnectorType(SaleorOptions, _exchange("adapters.eshop.saleor.connector:SaleorConnector")),
    ("eshop", "shopify"): ConnectorType(ShopifyOptions, _exchange("adapters.eshop.shopify.connector:ShopifyConnector")),
    ("eshop", "shopware"): ConnectorType(
        ShopwareOptions, _exchange("adapters.eshop.shopware.connector:ShopwareConnector", tokens=True)
    ),
    ("eshop", "vendure"): ConnectorType(VendureOptions, _exchange("adapters.eshop.vendure.connector:VendureConnector")),
    ("eshop", "woocommerce"): ConnectorType(
        WooCommerceOptions, _exchange("adapters.eshop.woocommerce.connector:WooCommerceConnector")
    ),
}
OPTIONS: Connectors = {key: each.options for key, each in TYPES.items()}


def is_exchange(system: SystemSettings) -> bool:
    """Return whether a system has records of its own, so that its connector is an `Exchange`."""
    return isinstance(system.options, ExchangeOptions)


def open_connector(system: SystemSettings, folder: Path, clock: Clock, vault: Vault) -> Connector | Exchange:
    """Open the connector of a system.

    `folder`: where hub.toml lies, relative paths count from there; `vault`: where its tokens are kept.
    """
    return TYPES[system.kind, system.connector].open(system, folder, clock, vault)
