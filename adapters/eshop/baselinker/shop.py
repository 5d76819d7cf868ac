"""Who speaks to BaseLinker: one address, to which a method and its parameters are sent (page "API documentation")."""

from typing import Any, cast

import orjson

from adapters.asking.answers import no_data
from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.asking.http import KeyRefused, Rejected
from adapters.eshop.baselinker.options import BaseLinkerOptions
from hub.clock import Clock
from hub.config import resolve
from hub.errors import HubError, TryLater

_BLOCKED = "ERROR_BLOCKED_TOKEN"
_MINUTE = 60.0
"""Seconds. Until when a token is blocked, it says in a time zone that it does not name; calls are counted by minutes."""


class Shop:
    """An account."""

    def __init__(self, name: str, options: BaseLinkerOptions, clock: Clock) -> None:
        self.options, self.clock = options, clock
        self._key = resolve(options.key)
        self.api = connected(name, options, clock, auth=HeaderKey("X-BLToken", self._key))

    def call(self, method: str, *, repeatable: bool = True, **parameters: Any) -> dict[str, Any]:
        """Return what a method answers. Raises TryLater, Unanswered, KeyRefused or Rejected.

        `repeatable`: carrying it out twice is as good as once.
        """
        form = {"method": method, "parameters": orjson.dumps(parameters).decode()}
        body = self.api.send_form("connector.php", form, repeatable=repeatable).body
        answer = cast("dict[str, Any]", body) if isinstance(body, dict) else dict[str, Any]()
        match answer.get("status"):
            case "SUCCESS":
                return answer
            case "ERROR":
                raise self._refusal(answer)
            case _:
                raise no_data(self.api.name, repeatable=repeatable)

    def of_catalogue(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return what a method answers for the catalogue; raises as `call`."""
        return self.call(method, inventory_id=self.options.catalogue, **parameters)

    def _refusal(self, answer: dict[str, Any]) -> HubError:
        code, said = str(answer.get("error_code")), str(answer.get("error_message")).replace(self._key, "***")
        message = f"{self.api.name} answered {code}: {said}"
        if code == _BLOCKED:
            self.api.hold(_MINUTE)
            return TryLater(message, after=_MINUTE)
        if "TOKEN" in code:
            return KeyRefused(f"{message}; check the key in [systems.{self.api.name}]", status=401)
        return Rejected(message, status=422, body={code: said})
