"""Asking a WooCommerce shop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.asking.answers import rows_in
from adapters.asking.auth.oauth1 import OAuth1
from adapters.asking.connecting import connected
from adapters.eshop.woocommerce.options import WooCommerceOptions
from adapters.reading import pages
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.clock import Clock
from hub.config import resolve
from hub.counting import counted
from hub.errors import Unanswered

PAGE = 100
"""The most that `per_page` and a batch may be (pages "Pagination" and "Batch update products")."""

SECOND = timedelta(seconds=1)


class Shop:
    """A shop's REST API. Lists in addresses are joined by commas: PHP numbers others before the signature is checked."""

    def __init__(self, name: str, options: WooCommerceOptions, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        self._api = connected(name, options, clock, auth=auth_of(options, clock), below="/wp-json/wc/v3")

    def rows(self, path: str, **params: Any) -> tuple[list[Row], int | None]:
        """Return a part of a list, and how many there are in all: as it is kept, not as the shop's pages show it.

        Otherwise descriptions come as WordPress lays them out, and prices as plugins make them (code: get_product_data).
        """
        answer = self._api.get(path, {"context": "edit", **params})
        total = answer.header("x-wp-total")
        return rows_in(self.name, answer.body), int(total) if total else None

    def all(self, path: str, **params: Any) -> Iterator[Row]:
        """Yield a list that is not long."""

        def fetch(offset: int, size: int) -> tuple[Sequence[Row], int | None]:
            return self.rows(path, orderby="id", order="asc", offset=offset, per_page=size, **params)

        yield from pages.everything(fetch, PAGE)

    def some(self, path: str, ids: Sequence[str], **params: Any) -> list[Row]:
        """Return the rows of these ids, as far as they are there; what lies in the trash is not."""
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_.isdigit()]
        parts = (self.rows(path, include=",".join(part), per_page=PAGE, **params) for part in portions(wanted, PAGE))
        return [row for rows, _ in parts for row in rows]

    def setting(self, group: str, name: str) -> str:
        """Return one of the shop's settings."""
        return self._api.get(f"settings/{group}/woocommerce_{name}").body["value"]

    def look(self, path: str) -> Any:
        """Return what lies at a path."""
        return self._api.get(path).body

    def send(self, method: str, path: str, body: object = None, *, repeatable: bool = False) -> Any:
        """Send a record or a command; return the answer."""
        return self._api.send(method, path, body, repeatable=repeatable).body

    def batch(self, path: str, create: Sequence[Row], update: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
        """Create and update at once; return what became of each, in their order: the row, or one with an `error`."""
        copies = any("image" in each or "images" in each for each in update)  # made anew each time it is asked for
        body = {"create": create, "update": update}
        answer = self.send("POST", f"{path}/batch", body, repeatable=not create and not copies)
        told = [*answer.get("create", ()), *answer.get("update", ())]
        if len(told) != len(create) + len(update):
            raise Unanswered(f"{self.name} answered for {len(told)} of {counted(len(create) + len(update), 'record')}")
        return told


def auth_of(options: WooCommerceOptions, clock: Clock) -> tuple[str, str] | OAuth1:
    """Return how the shop knows us: over http it would not even look at HTTP Basic (page "Authentication over HTTP")."""
    key, secret = resolve(options.key), resolve(options.secret)
    basic = resolve(options.url).startswith("https://") and not options.signed
    return (key, secret) if basic else OAuth1(key, secret, clock)


def _everything(_: Shop) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Listing:
    """A list of the shop; ordered by id, it stands still."""

    path: str
    chosen: Callable[[Shop], Mapping[str, str]] = _everything
    """Parameters that make it a part of a longer one."""
    size: int = PAGE

    def page(
        self, shop: Shop, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[list[Row], int | None]:
        """Return rows, and how many there are in all; since a whole second (page "List all products", parameters).

        `modified_after` leaves out what bears the mark itself. With `dates_are_gmt` it is taken as it is written only if
        it names no zone; otherwise the shop turns it into its own local time.
        """
        given: dict[str, Any] = {"order": "asc", "offset": offset, "per_page": size, **self.chosen(shop)}
        if since:
            after = (pages.instant(since) - SECOND).replace(tzinfo=None, microsecond=0).isoformat()
            given |= {"modified_after": after, "dates_are_gmt": "true"}
        return shop.rows(self.path, orderby="modified" if mark else "id", **given)

    def last(self, shop: Shop) -> list[Row]:
        """Return the row that was changed last, if there is any."""
        return shop.rows(self.path, orderby="modified", order="desc", per_page=1)[0]

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return rows by their identities."""
        return shop.some(self.path, ids)
