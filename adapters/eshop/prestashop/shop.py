"""Asking a PrestaShop shop (developer documentation, "Webservice"; `classes/webservice/` of PrestaShop/PrestaShop)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from httpx2 import URL

from adapters.asking.answers import rows_in
from adapters.asking.connecting import connected
from adapters.asking.http import Answer, KeyRefused, Rejected
from adapters.eshop.prestashop import told
from adapters.eshop.prestashop.options import PrestaShopOptions
from adapters.fields import at
from adapters.pictures import Picture
from adapters.reading.windows import by_key
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.clock import Clock
from hub.config import resolve

PAGE = 100
MANY = 50
"""Values in one address."""
LATE = timedelta(minutes=2)
"""A change may become visible so long after its mark."""
NODES = {"categories": "category", "order_histories": "order_history"}
"""Resources whose records are not called by their name less the s."""
PATCHES = 8
"""The first version that takes a part of a record (PrestaShop#27952)."""
MISHAPS = range(2, 16)
"""Codes of faults in PHP itself (`webserviceErrorHandler`): what was asked may have been carried out all the same."""
CONFIGURED = (
    "PS_TIMEZONE|PS_LANG_DEFAULT|PS_CURRENCY_DEFAULT|PS_WEIGHT_UNIT|PS_HOME_CATEGORY|PS_ROOT_CATEGORY|PS_OS_PAYMENT|"
    "PS_OS_WS_PAYMENT|PS_OS_OUTOFSTOCK_PAID|PS_OS_PREPARATION|PS_OS_SHIPPING|PS_OS_DELIVERED|PS_OS_CANCELED|PS_OS_REFUND|"
    "PS_ORDER_RETURN"
)
"""The settings that count here, as a filter."""


class Shop:
    """A shop. Numbers are text all through, lists come in the order of their numbers."""

    def __init__(self, name: str, options: PrestaShopOptions, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        self._api = connected(name, options, clock, auth=(resolve(options.key), ""), below="/api", refuses=says_no)
        self.url = str(URL(resolve(options.url)).copy_with(username=None, password=None)).rstrip("/")
        self.version = ""
        """As the last answer says it; empty before the first."""

    def rows(self, resource: str, display: str = "full", **params: Any) -> list[Row]:
        """Return a part of a list. Of several languages each text is a list; nothing at all comes as `[]`."""
        asked = {"display": display, **params}
        body = self._asked("GET", resource, params=asked).body
        found: Sequence[Row] = [] if body == [] else rows_in(self.name, body, resource)
        return [{**row, "id": str(row["id"])} for row in found]

    def some(self, resource: str, values: Iterable[Any], by: str = "id", display: str = "full") -> list[Row]:
        """Return all rows that have one of these values, text without `|`, brackets and quotes; what is 0 is nobody."""
        wanted = [each for each in dict.fromkeys(map(str, values)) if each not in ("", "0")]
        lists = (self.all(resource, display, **{f"filter[{by}]": listed(part)}) for part in portions(wanted, MANY))
        return [row for rows in lists for row in rows]

    def all(self, resource: str, display: str = "full", **params: Any) -> Iterator[Row]:
        """Yield a list that is not long."""

        def fetch(after: int) -> list[Row]:
            return self.after(resource, after, display, **params)

        for rows, _ in by_key(fetch, PAGE, None):
            yield from rows

    def after(self, resource: str, after: int, display: str = "full", **params: Any) -> list[Row]:
        """Return the next rows with higher numbers; those that are chosen by their numbers stand on one page."""
        later = {"filter[id]": f">[{after}]"} if int(after) else {}
        return self.rows(resource, display, sort="[id_ASC]", limit=PAGE, **params, **later)

    def configuration(self) -> dict[str, str]:
        """Return the settings that count here."""
        rows = self.rows("configurations", "[id,name,value]", **{"filter[name]": f"[{CONFIGURED}]"})
        return {row["name"]: row["value"] for row in rows if row["value"] is not None}

    def zone(self) -> ZoneInfo:
        """Return the time zone of the shop's dates, which do not name it."""
        return ZoneInfo(self.configuration()["PS_TIMEZONE"])

    def create(self, resource: str, fields: Mapping[str, Any], language: str = "", params: Row | None = None) -> Row:
        """Make a record; returns it."""
        node = node_of(resource)
        return self._asked("POST", resource, told.xml(node, fields, language), params).body[node]

    def change(
        self, resource: str, row: Row, changes: Mapping[str, Any], language: str = "", params: Row | None = None
    ) -> None:
        """Change a record that was just read: a part of it where the shop takes parts, otherwise the whole."""
        partly = int(self.version.partition(".")[0] or 0) >= PATCHES
        fields = {"id": row["id"], **changes} if partly else told.whole(row, changes, language)
        content = told.xml(node_of(resource), fields, language)
        self._asked("PATCH" if partly else "PUT", f"{resource}/{row['id']}", content, params, repeatable=True)

    def add_picture(self, product: str, picture: Picture) -> None:
        """Add a picture to a product (page "Image management"); what is answered is not the same in all versions."""
        path, files = f"images/products/{product}", {"image": picture.part}
        self._permitted(lambda: self._api.send_files(path, {}, files, {"output_format": "JSON"}))

    def delete(self, resource: str, id_: str) -> None:
        """Delete a record for good."""
        self._asked("DELETE", f"{resource}/{id_}", repeatable=True)

    def _asked(
        self, method: str, path: str, body: bytes | None = None, params: Mapping[str, Any] | None = None, **how: bool
    ) -> Answer:
        given = {"output_format": "JSON", **(params or {})}
        if method == "GET":
            return self._permitted(lambda: self._api.get(path, given))
        headers = {"content-type": "text/xml"}
        return self._permitted(lambda: self._api.send(method, path, body, given, headers=headers, **how))

    def _permitted(self, ask: Callable[[], Answer]) -> Answer:
        """Ask; a right that the key has not is a 405 here, which names resource and method."""
        try:
            answer = ask()
        except Rejected as fault:
            if fault.status != HTTPStatus.METHOD_NOT_ALLOWED:
                raise
            mend = f"tick it for the key of [systems.{self.name}] under Advanced Parameters > Webservice"
            raise KeyRefused(f"{fault}; {mend}", status=fault.status) from None
        self.version = answer.header("psws-version") or self.version
        return answer


def says_no(_status: int, body: Any) -> bool:
    """Return whether an answer of 500 is a refusal: the shop tells what it could not save, or not delete, by it."""
    errors = at(body, "errors") if isinstance(body, Mapping) else None
    codes: list[Any] = at(errors, "code") if isinstance(errors, list) else []
    return bool(codes) and not any(code in MISHAPS for code in codes)


def listed(values: Sequence[str]) -> str:
    """Return a filter for one of some values (page "List options"); a single one with a comma would be a range."""
    return f"[{'|'.join([*values, *values] if ',' in values[0] else values)}]"


def node_of(resource: str) -> str:
    """Return what one record of a resource is called."""
    return NODES.get(resource, resource.removesuffix("s"))


def utc(local: str, zone: ZoneInfo) -> str | None:
    """Return an instant as RFC 3339 has it; none for the shop's zero date."""
    if not local or local.startswith("0000"):
        return None
    when = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    return when.isoformat().replace("+00:00", "Z")


def earlier(mark: str, zone: ZoneInfo) -> str:
    """Return a mark shortly before; where clocks are set back, before the hour that comes twice began."""
    local = datetime.fromisoformat(mark)
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return str(local - LATE - max(first - second, timedelta()))
