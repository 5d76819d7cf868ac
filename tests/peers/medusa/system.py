"""Medusa 2.17 on PostgreSQL: how it is filled and served."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

from tests.peers.install import NODE, run
from tests.peers.medusa.seed import PASSWORD, SEEDED, USER, fill
from tests.peers.system import Place, System
from tests.servers.process import HOST

HERE = Path(__file__).parent


def medusa(place: Place, *arguments: str) -> list[str | Path]:
    """Return a command of Medusa's own."""
    return [NODE, place.app / "node_modules" / "@medusajs" / "cli" / "cli.js", *arguments]


def environment(place: Place) -> dict[str, str]:
    """Return what Medusa and its settings are read with."""
    return {
        "DATABASE_URL": f"{place.database}?sslmode=disable",
        "NODE_ENV": "production",
        "MEDUSA_DISABLE_TELEMETRY": "true",
    }


def prepare(place: Place) -> None:
    """Make the tables, and the first user."""
    shutil.copy(HERE / "medusa-config.js", place.app)
    run(medusa(place, "db:migrate"), cwd=place.app, env=environment(place))
    run(medusa(place, "user", "-e", USER, "-p", PASSWORD), cwd=place.app, env=environment(place))


def facts(place: Place) -> dict[str, Any]:
    """Return what a client of the shop has to know."""
    seeded = json.loads((place.data / SEEDED).read_text(encoding="utf-8"))
    key = seeded["secret_key"]
    return {
        "url": place.root,
        "user": USER,
        "password": PASSWORD,
        "authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
        "database": place.database,
        **seeded,
    }


MEDUSA = System(
    name="medusa",
    title="Medusa 2.17, a shop with REST",
    folder=HERE,
    prepare=prepare,
    fill=fill,
    command=lambda place: medusa(place, "start", "--host", HOST, "--port", str(place.port)),
    environment=environment,
    facts=facts,
    postgres=True,
)
