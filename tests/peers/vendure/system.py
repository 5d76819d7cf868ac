"""Vendure 3.6 on SQLite: how it is filled and served."""

from pathlib import Path
from typing import Any

from tests.peers.install import NODE
from tests.peers.system import Place, System
from tests.peers.vendure.seed import fill

HERE = Path(__file__).parent
USER = PASSWORD = "superadmin"


def environment(place: Place) -> dict[str, str]:
    """Return what `server.js` is told."""
    return {
        "PORT": str(place.port),
        "DATABASE": str(place.data / "vendure.sqlite"),
        "VENDURE_DISABLE_TELEMETRY": "true",
    }


def facts(place: Place) -> dict[str, Any]:
    """Return what a client of the shop has to know."""
    key = place.data / "api-key"
    return {
        "url": place.root,
        "admin_api": f"{place.root}/admin-api",
        "shop_api": f"{place.root}/shop-api",
        "user": USER,
        "password": PASSWORD,
        "api_key": key.read_text(encoding="utf-8"),
        "api_key_header": "vendure-api-key",
    }


VENDURE = System(
    name="vendure",
    title="Vendure 3.6, a shop with GraphQL",
    folder=HERE,
    fill=fill,
    command=lambda _: [NODE, HERE / "server.js"],
    environment=environment,
    facts=facts,
)
