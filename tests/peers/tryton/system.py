"""Tryton 8.2 on SQLite: how it is filled and served."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from tests.peers.install import run
from tests.peers.system import Place, System
from tests.servers.process import HOST

MODULES = (
    *("party", "product", "sale", "stock", "account", "account_invoice", "account_invoice_stock"),
    *("account_dunning", "account_dunning_email", "sale_subscription", "sale_point", "sale_price_list"),
    *("company", "timesheet", "web_shop"),
)
DATABASE = "peer"
USER, PASSWORD = "admin", "admin-secret-1"
REST_KEY = "hub-rest-key-0123456789"


def environment(place: Place) -> dict[str, str]:
    """Return Tryton's settings: SECTION__OPTION behind its prefix."""
    return {
        "TRYTOND_DATABASE__URI": "sqlite://",
        "TRYTOND_DATABASE__PATH": str(place.data),
        "TRYTOND_WEB__LISTEN": f"{HOST}:{place.port}",
        "TRYTOND_SESSION__MAX_AGE": "864000",
    }


def prepare(place: Place) -> None:
    """Make the database with its modules, and fill it from within: its users' interface cannot make a company."""
    (place.data / f"{DATABASE}.sqlite").touch()
    secret = place.data / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    admin = [place.app / "bin" / "trytond-admin", "-d", DATABASE, "--all", "--activate-dependencies", "-l", "en"]
    run(
        [*admin, "-u", *MODULES, "--email", "admin@example.com", "-p"],
        env={**environment(place), "TRYTONPASSFILE": str(secret)},
    )
    seed = Path(__file__).with_name("seed.py")
    run([place.app / "bin" / "python", seed, DATABASE, REST_KEY], env=environment(place))
    with contextlib.closing(sqlite3.connect(place.data / f"{DATABASE}.sqlite")) as database, database:
        # Only a person at Tryton's own client may do this.
        database.execute("UPDATE res_user_application SET state = 'validated'")


def facts(place: Place) -> dict[str, Any]:
    """Return what a client of Tryton has to know."""
    url = f"{place.root}/{DATABASE}"
    return {
        "url": url,
        "rest": f"{url}/rest/model",
        "rpc": f"{url}/rpc/",
        "database": DATABASE,
        "user": USER,
        "password": PASSWORD,
        "rest_key": REST_KEY,
        "authorization": f"bearer {REST_KEY}",
        "company": 1,
    }


TRYTON = System(
    name="tryton",
    title="Tryton 8.2, an ERP with a till",
    folder=Path(__file__).parent,
    prepare=prepare,
    command=lambda place: [place.app / "bin" / "trytond", "-d", DATABASE],
    environment=environment,
    ready=f"/{DATABASE}/rest/model/party.party",
    facts=facts,
)
