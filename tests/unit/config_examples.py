"""Option models and texts for the tests of hub.config: connectors of our own, so that no adapter is needed."""

from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from pydantic import Field

from hub.config import Connectors, Duration, Fault, Faults, Options, ScheduleSettings, Secret, WebAddress, load, within


class Format(Options):
    entity: Literal["products", "prices", "stock"]
    files: str
    delimiter: str = ","
    decimal: str = "."
    encoding: str | None = None
    every: Duration | None = None
    holidays: Literal["skip", "run"] = "run"
    key: tuple[str, ...]
    policy: Literal["insert", "update", "upsert", "review"] = "upsert"
    header: Annotated[int, within(1, 100)] | Literal["none"] | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class Files(Options):
    source: str
    key_file: Secret | None = None
    formats: dict[str, Format] = Field(default_factory=dict)

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        return {
            name: ScheduleSettings(every=made.every, holidays=made.holidays) if made.every else None
            for name, made in self.formats.items()
        }


class Shop(Options):
    url: WebAddress
    key: Secret
    secret: Secret
    owner: dict[str, str] = Field(default_factory=dict)

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        return dict.fromkeys(("orders", "parties", "products", "stock"))


CONNECTORS: Connectors = {("warehouse", "files"): Files, ("eshop", "woocommerce"): Shop}

SHOP = """
[systems.shop-pl]
kind = "eshop"
connector = "woocommerce"
url = "https://sklep.kowalski.example"
key = "env:SHOP_PL_KEY"
secret = "file:/run/secrets/shop_pl_secret"
"""

DEPOT = """
[systems.depot]
kind = "warehouse"
connector = "files"
source = "sftp://hub@depot.example/out"

[systems.depot.formats.stock]
entity = "stock"
files = "STAN_*.csv"
every = "15m"
key = ["sku", "location"]
columns = { sku = "Indeks", location = "Magazyn" }
"""


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(Faults) as raised:
        load(text, CONNECTORS)
    return raised.value.faults


def only_fault(text: str) -> tuple[int | None, str, str]:
    (fault,) = faults_of(text)
    return fault.line, fault.place, fault.message
