"""Asking a Magento shop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import quote

from adapters.asking import waiting
from adapters.asking.answers import rows_in
from adapters.asking.auth.oauth1 import OAuth1
from adapters.asking.http import Api
from adapters.eshop.magento.options import MagentoOptions
from adapters.fields import at
from adapters.rows import Row
from hub.clock import Clock
from hub.config import resolve
from hub.counting import counted
from hub.errors import TryLater, Unanswered

Filter = tuple[str, str, object]
"""Field, condition, value (page "Search using REST APIs"); several must all hold."""
PAGE = 100
LATELY = 300.0
"""Seconds."""
Made = TypeVar("Made")
EVERYWHERE = "all"
"""What the address says for the default scope."""
ACCEPTED = "accepted"
OPEN = 4
"""Of an operation (page "Bulk operation status endpoints")."""


class Shop:
    """A shop's REST API in one scope."""

    def __init__(self, name: str, options: MagentoOptions, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        self._lately: dict[object, tuple[float, Any]] = {}
        auth = auth_of(options, clock)
        headers = {} if auth else {"authorization": f"Bearer {resolve(options.token)}"}
        pace, timeout = options.requests_per_second, options.timeout
        self._store = quote(options.store, safe="")
        url = f"{resolve(options.url).rstrip('/')}/rest"
        self._api = Api(
            name, url, headers=headers, auth=auth, requests_per_second=pace, timeout=timeout, clock=clock
        )  # fmt: skip

    def rows(
        self,
        path: str,
        *filters: Filter,
        order: str = "entity_id",
        down: bool = False,
        size: int = PAGE,
        fields: str = "",
        scope: str = "",
    ) -> tuple[list[Row], int]:
        """Return the first rows of a list, and how many there are in all; `fields`: what is shown of them; `scope`: see `get`.

        Never a later page: behind the last, the shop shows the last one again (magento2#3787, #26986).
        """
        params: dict[str, Any] = {"searchCriteria[pageSize]": size, "searchCriteria[currentPage]": 1}
        if order:
            params["searchCriteria[sortOrders][0][field]"] = order
            params["searchCriteria[sortOrders][0][direction]"] = "DESC" if down else "ASC"
        for number, names in enumerate(filters):
            where = f"searchCriteria[filter_groups][{number}][filters][0]"
            told = zip(("field", "condition_type", "value"), names, strict=True)
            params |= {f"{where}[{name}]": value for name, value in told}
        if fields:
            params["fields"] = f"items[{fields}],total_count"
        body = self.get(path, params, scope=scope)
        total = at(body, "total_count") if isinstance(body, Mapping) else None
        return rows_in(self.name, None if total is None else at(body, "items") or []), int(total or 0)

    def page(self, path: str, *filters: Filter, **how: Any) -> list[Row]:
        """Return the first rows of a list, as many as a page holds; TryLater, if the shop shows less than it counts."""
        rows, total = self.rows(path, *filters, **how)
        if len(rows) < min(total, PAGE):
            raise TryLater(f"{self.name} says that it has {counted(total, 'record')} more, but shows only {len(rows)}")
        return rows

    def all(self, path: str, *filters: Filter, by: tuple[str, str], fields: str = "") -> Iterator[Row]:
        """Yield a whole list; `by`: the field that numbers it, and what rows call that."""
        field, shown = by
        after = 0
        while True:
            rows = self.page(path, *filters, (field, "gt", after), order=field, fields=fields)
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1][shown]

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, scope: str = "") -> Any:
        """Return what lies at a path; `scope`: instead of the store view in the options."""
        return self._api.get(f"{scope or self._store}/V1/{path}", params).body

    def look_up(self, path: str) -> Any:
        """Return what lies at a path, or None if there is no such thing."""
        return self._api.look_up(f"{self._store}/V1/{path}")

    def send(self, method: str, path: str, body: object = None, *, repeatable: bool = False) -> Any:
        """Send a record or a command; return the answer."""
        return self._api.send(method, f"{self._store}/V1/{path}", body, repeatable=repeatable).body

    def config(self) -> Row:
        """Return how the store view is set up: unit of weight, where images are; of the default scope, the first one's."""
        rows = self.get("store/storeConfigs")
        return next((row for row in rows if row["code"] == self.options.store), rows[0])

    def currency(self) -> str:
        """Return the currency of prices in the default scope, which the first store view has as its base."""
        return self.get("store/storeConfigs")[0]["base_currency_code"]

    def lately(self, ask: Callable[["Shop"], Made]) -> Made:
        """Return what `ask` gives, or gave a short time ago: for what is long, and the same for many pages."""
        now = self.clock.monotonic()
        asked, made = self._lately.get(ask, (now - LATELY, None))
        if now - asked >= LATELY:
            made = ask(self)
            self._lately[ask] = now, made
        return cast("Made", made)

    def forget(self, ask: Callable[["Shop"], Any]) -> None:
        """Forget what `ask` gave: it has changed."""
        self._lately.pop(ask, None)

    def bulk(self, path: str, items: Sequence[Row]) -> list[Row]:
        """Hand many over to the shop's queue; return what became of each, in their order (page "Bulk endpoints").

        `status` 1 done, 2 to be tried again, 3 to be mended, 4 not carried out yet, 5 rejected; `result_message`.
        """
        answer = self._api.send("POST", f"{self._store}/async/bulk/V1/{path}", items).body
        told = sorted(answer["request_items"], key=lambda each: each["id"])
        if len(told) != len(items):
            raise Unanswered(f"{self.name} took {len(told)} of {counted(len(items), 'record')} into its queue")
        took = sum(each["status"] == ACCEPTED for each in told)
        carried_out = iter(self._outcomes(answer["bulk_uuid"], took))
        rejected = {"status": 5}
        return [
            next(carried_out)
            if each["status"] == ACCEPTED
            else rejected | {"result_message": each.get("error_message")}
            for each in told
        ]

    def _outcomes(self, uuid: str, number: int) -> list[Row]:
        """Wait until all that was taken is carried out, but not for ever."""
        patience = self.options.patience.total_seconds()

        def done(rows: Sequence[Row]) -> bool:
            return len(rows) == number and all(each["status"] != OPEN for each in rows)

        rows = waiting.until(done, lambda: self._operations(uuid), patience, self.clock)
        return rows if len(rows) == number else [{"status": OPEN}] * number

    def _operations(self, uuid: str) -> list[Row]:
        try:
            rows = self.get(f"bulk/{uuid}/detailed-status")["operations_list"]
        except TryLater as fault:
            raise Unanswered(f"{fault}; what was handed over may be carried out", after=fault.after) from fault
        return sorted(rows, key=lambda each: each["id"])


def auth_of(options: MagentoOptions, clock: Clock) -> OAuth1 | None:
    """Return what signs requests (page "OAuth-based authentication"); none: the token alone is enough.

    Since 2.4.4 that has to be allowed: Stores > Configuration > Services > OAuth > Consumer Settings.
    """
    if not (options.consumer_key and options.consumer_secret and options.token_secret):
        return None
    key, secret = resolve(options.consumer_key), resolve(options.consumer_secret)
    token = resolve(options.token), resolve(options.token_secret)
    return OAuth1(key, secret, clock, token=token, in_header=True)
