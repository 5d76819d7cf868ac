"""PAINS S16: what stands in the place of a list does not pass for a system that has no records."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.app.registry import OPTIONS, open_connector
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.config import load
from hub.errors import TryLater
from tests.unit.http_server import Asked, Reply, Server

KEYS = 'key = "env:K"\nsecret = "env:K"\n'
SYSTEMS = {
    "woocommerce": ("eshop", KEYS),
    "prestashop": ("eshop", 'key = "env:K"\n'),
    "magento": ("eshop", 'token = "env:K"\n'),
    "medusa": ("eshop", 'key = "env:K"\n'),
    "oscar": ("eshop", 'user = "hub"\npassword = "env:K"\n'),
    "ecwid": ("eshop", 'key = "env:K"\n'),
    "shopware": ("eshop", KEYS + 'channel = "web"\n'),
    "tryton": ("erp", 'key = "env:K"\n'),
    "erpnext": ("erp", KEYS + 'company = "Lumo"\n'),
    "dolibarr": ("erp", 'key = "env:K"\ncurrency = "PLN"\nzone = "Europe/Warsaw"\n'),
}
FIRST = {
    "odoo": ("erp", 'key = "env:K"\nuser = "hub"\ndatabase = "lumo"\n'),
    "odoo 19": ("erp", 'key = "env:K"\ndatabase = "lumo"\ninterface = "json2"\n'),
    "sap-business-one": ("erp", 'user = "hub"\npassword = "env:K"\ncompany = "LUMO"\nzone = "Europe/Warsaw"\n'),
    "baselinker": ("eshop", 'key = "env:K"\ncatalogue = 1\nprice_group = 1\ncurrency = "PLN"\nwarehouse = "bl_1"\n'),
}
"""Those that are asked for something else before their lists: a version, a session, what fields there are."""
NOTICES = [b'{"status": "maintenance"}', b"{}", b"", b"null", b"OK"]
"""Each with status 200."""


@pytest.fixture(params=NOTICES, ids=["a notice", "an empty object", "an empty page", "null", "a word"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    def reply(_: int, asked: Asked) -> Reply:
        token = b'{"access_token": "t", "expires_in": 600}'
        return Reply(body=token) if asked.path.endswith("/oauth/token") else Reply(body=request.param, headers={})

    server = Server(reply)
    yield server
    server.close()


def connected(name: str, url: str) -> Any:
    kind, more = (SYSTEMS | FIRST)[name]
    settings = load(
        f'[systems.it]\nkind = "{kind}"\nconnector = "{name.partition(" ")[0]}"\nurl = "{url}"\n{more}', OPTIONS
    )
    return open_connector(settings.systems["it"], Path(), SystemClock(), MemoryVault())


@pytest.mark.parametrize("name", SYSTEMS)
def test_s16_a_notice_is_no_empty_list(server: Server, name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("K", "k")
    with pytest.raises(TryLater, match="it answered without its list; is url in"):
        list(connected(name, server.url).read("parties", None, full=True))


@pytest.mark.parametrize("name", FIRST)
def test_s16_a_notice_is_no_first_answer_either(server: Server, name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("K", "k")
    with pytest.raises(TryLater, match=r"it answered something else than data; is url in \[systems.it\] right"):
        list(connected(name, server.url).read("products", None, full=True))
