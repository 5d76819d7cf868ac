"""Who speaks to Shopware (developer.shopware.com, pages of "Admin API")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.asking.answers import rows_in
from adapters.asking.auth.oauth2 import by_secret
from adapters.asking.connecting import connected
from adapters.eshop.shopware.options import ShopwareOptions
from hub.clock import Clock
from hub.config import resolve
from hub.counting import counted
from hub.errors import TryLater
from hub.tokens import Vault

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
    """One shop, known by an integration's key (page "Authentication"): a token of it ends after 600 seconds."""

    def __init__(self, name: str, options: ShopwareOptions, clock: Clock, vault: Vault) -> None:
        """`name`: the system's in hub.toml. Raises Misconfigured for a secret that is not to be had."""
        self.options, self.clock, token_url = options, clock, f"{resolve(options.url).rstrip('/')}/api/oauth/token"
        auth = by_secret(name, token_url, options.key, options.secret, vault, clock)
        self.api = connected(name, options, clock, auth=auth, below="/api")

    def search(self, entity: str, **criteria: Any) -> Any:
        """Return the answer to a search; variants have what they inherit (page "Request Headers": `sw-inheritance`)."""
        # Mode 2 counts the records of this page and of the next five: so a page that ends too early shows.
        asked = {"limit": MOST, "total-count-mode": 2, **criteria}
        path, headers = f"search/{entity.replace('_', '-')}", {"sw-inheritance": "1"}
        answer = self.api.send("POST", path, asked, repeatable=True, headers=headers).body
        rows = rows_in(self.api.name, answer, "data")
        promised = min(asked["limit"], answer["total"])
        if len(rows) < promised:
            raise TryLater(f"{self.api.name} shows {len(rows)} of {counted(promised, 'record')} of {entity}")
        return answer

    def carry_out(self, *operations: Operation | str) -> list[Any]:
        """Carry operations out, all or none (SyncService from 6.5 on), and then actions, by their paths.

        Returns the identities of each operation's records. Raises Rejected, which names the field.
        """
        synced = [each for each in operations if isinstance(each, Operation) and each.payload]
        body = {str(at): {"entity": e.entity, "action": e.action, "payload": e.payload} for at, e in enumerate(synced)}
        if body:
            self.api.send("POST", "_action/sync", body, repeatable=all(each.repeatable for each in synced))
        for action in [each for each in operations if isinstance(each, str)]:
            self.api.send("POST", f"_action/{action}", repeatable=True)
        return [[record.get("id") for record in each.payload] for each in synced]
