"""Who speaks to Shopware (developer.shopware.com, pages of "Admin API")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.asking.connecting import connected
from adapters.asking.sessions import Session
from adapters.eshop.shopware.options import ShopwareOptions
from hub.clock import Clock
from hub.config import resolve
from hub.errors import TryLater

MOST = 500
"""Records in an answer (`shopware.api.max_limit`)."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What the Sync API is to do with records of one sort (page "Bulk Payloads")."""

    entity: str
    payload: Sequence[Mapping[str, Any]]
    action: str = "upsert"
    repeatable: bool = True


class Shop:
    """One shop, known by an integration's key."""

    def __init__(self, name: str, options: ShopwareOptions, clock: Clock) -> None:
        """`name`: the system's in hub.toml. Raises Misconfigured for a secret that is not to be had."""
        self.options, self.clock = options, clock
        self.api = connected(name, options, clock, below="/api")
        keys = {"client_id": resolve(options.key), "client_secret": resolve(options.secret)}
        self._login = {"grant_type": "client_credentials", **keys}
        self._session = Session(self._log_in)

    def _log_in(self) -> str:
        """Return a token, which ends after 600 seconds (page "Authentication")."""
        return self.api.send("POST", "oauth/token", self._login, repeatable=True).body["access_token"]

    def send(
        self, path: str, body: object = None, repeatable: bool = True, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send something, and return the answer. Raises as `Api.send`."""

        def sent(token: str) -> Any:
            known = {"authorization": f"Bearer {token}", **(headers or {})}
            return self.api.send("POST", path, body, repeatable=repeatable, headers=known).body

        return self._session.carry_out(sent)

    def search(self, entity: str, **criteria: Any) -> Any:
        """Return the answer to a search; variants have what they inherit (page "Request Headers": `sw-inheritance`)."""
        # Mode 2 counts the records of this page and of the next five: so a page that ends too early shows.
        asked = {"limit": MOST, "total-count-mode": 2, **criteria}
        answer = self.send(f"search/{entity.replace('_', '-')}", asked, headers={"sw-inheritance": "1"})
        promised = min(asked["limit"], answer["total"])
        if len(answer["data"]) < promised:
            raise TryLater(f"{self.api.name} shows {len(answer['data'])} of {promised} records of {entity}")
        return answer

    def carry_out(self, *operations: Operation | str) -> list[Any]:
        """Carry operations out, all or none (SyncService from 6.5 on), and then actions, by their paths.

        Returns the identities of each operation's records. Raises Rejected, which names the field.
        """
        synced = [each for each in operations if isinstance(each, Operation) and each.payload]
        body = {str(at): {"entity": e.entity, "action": e.action, "payload": e.payload} for at, e in enumerate(synced)}
        if body:
            self.send("_action/sync", body, all(each.repeatable for each in synced))
        for action in [each for each in operations if isinstance(each, str)]:
            self.send(f"_action/{action}")
        return [[record.get("id") for record in each.payload] for each in synced]
