"""The systems of examples/rest, opened as a hub would."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.rest.connector import RestConnector
from adapters.rest.options import RestOptions
from hub.app.registry import OPTIONS
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.config import load
from hub.tokens import Vault

EXAMPLES = Path(__file__).parents[2] / "examples" / "rest"


def described(name: str) -> dict[str, Any]:
    """Return the table [systems.shop] of an example, which a hub would take as it is."""
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    load(text, OPTIONS, source=f"{name}.toml")
    return tomllib.loads(text)["systems"]["shop"]


def connected(table: Mapping[str, Any], vault: Vault | None = None, **options: Any) -> RestConnector:
    """Return the connector of a system; options may be given in other words. `vault`: none, where no token changes."""
    told = {name: value for name, value in {**table, **options}.items() if name not in ("kind", "connector")}
    return RestConnector("shop", RestOptions.model_validate(told), SystemClock(), vault or MemoryVault())
