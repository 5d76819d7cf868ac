"""Who speaks to Shopware: searches, the Sync API, states of orders, files (pages "Search Criteria", "Bulk Payloads")."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from adapters.asking.auth.oauth2 import OAuth2, OAuth2Settings
from adapters.asking.connecting import connected
from adapters.asking.http import Rejected
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.pictures import Picture
from hub.clock import Clock
from hub.config import resolve
from hub.errors import TryLater
from hub.tokens import Vault

Operation = Mapping[str, Any]


class Shop:
    """One shop, known by an integration's key (page "Authentication": client credentials; a token ends after 600 s)."""

    def __init__(self, name: str, options: ShopwareOptions, clock: Clock, vault: Vault) -> None:
        """`name`: the system's in hub.toml. Raises Misconfigured for a secret that is not to be had."""
        self.options, self.clock = options, clock
        token_url, secret = f"{resolve(options.url).rstrip('/')}/api/oauth/token", options.secret
        login = OAuth2Settings(
            type="oauth2", token_url=token_url, client_id=options.key, client_secret=secret, client_by="body"
        )
        self.api = connected(name, options, clock, auth=OAuth2(name, login, vault, clock), below="/api")

    def ask(self, entity: str, criteria: Mapping[str, Any]) -> Any:
        """Return the answer to a search; variants have what they inherit (page "Request Headers": `sw-inheritance`)."""
        path, headers = f"search/{entity.replace('_', '-')}", {"sw-inheritance": "1"}
        return self.api.send("POST", path, criteria, repeatable=True, headers=headers).body

    def search(self, entity: str, criteria: Mapping[str, Any]) -> list[Any]:
        """Return the rows of a page; `total-count-mode` 2 counts those of this page, and some more."""
        answer = self.ask(entity, {"limit": 500, "total-count-mode": 2, **criteria})
        rows, promised = answer["data"], min(criteria.get("limit", 500), answer["total"])
        if len(rows) < promised:
            raise TryLater(f"{self.api.name} shows {len(rows)} of {promised} records of {entity}")
        return rows

    def sync(self, *operations: Operation, repeatable: bool = True) -> None:
        """Carry operations out, all or none (from 6.5 on). Raises Rejected, which names the field."""
        body = {str(at): each for at, each in enumerate(operations) if each["payload"]}
        try:
            self.api.send("POST", "_action/sync", body, repeatable=repeatable) if body else None
        except Rejected as fault:
            raise _named(fault) from fault

    def move(self, entity: str, id_: str, transition: str) -> None:
        """Move the state of an order or delivery; nothing happens if it is that one already (StateMachineRegistry)."""
        self.api.send("POST", f"_action/{entity}/{id_}/state/{transition}", repeatable=True)

    def upload(self, media: str, picture: Picture) -> None:
        """Give a medium its file (MediaUploadController)."""
        name, _, extension = picture.name.rpartition(".")
        told, headers = {"extension": extension, "fileName": name}, {"content-type": picture.type}
        path = f"_action/media/{media}/upload"
        self.api.send("POST", path, picture.content, told, repeatable=True, headers=headers)


def upsert(entity: str, records: Iterable[Mapping[str, Any]]) -> Operation:
    """Return an operation that makes or changes records."""
    return {"entity": entity, "action": "upsert", "payload": [*records]}


def delete(entity: str, records: Iterable[Mapping[str, Any]]) -> Operation:
    """Return an operation that deletes records."""
    return {"entity": entity, "action": "delete", "payload": [*records]}


def _named(fault: Rejected) -> Rejected:
    """Return a refusal that names the field, or the code, of its first error (ErrorResponseFactory)."""
    body: Any = fault.body
    for error in body.get("errors", ()) if isinstance(body, dict) else ():
        pointer = (error.get("source") or {}).get("pointer", "")
        field = pointer.rpartition("/")[2] or error["code"]
        words = str(fault).removeprefix("errors: ")
        return Rejected(f"{field}: {words}", status=HTTPStatus.UNPROCESSABLE_ENTITY, body={field: words})
    return fault
