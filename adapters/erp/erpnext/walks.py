"""Ways through the lists of a Frappe site."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from adapters.declared import Source, Way
from adapters.erp.erpnext.client import PAGE, ErpNext, Filters
from adapters.reading import pages
from adapters.reading.windows import by_key
from adapters.rows import Row

LATE = timedelta(minutes=2)
"""A change may become visible so long after its mark: a transaction's marks are from before its end."""
LONG_AGO = "1970-01-02 00:00:00.000000"
Only = Callable[[ErpNext], Filters]
"""What the records are chosen by, in one site."""


def always(filters: Filters) -> Only:
    """Return what records are chosen by in every site."""
    return lambda _: filters


ALL = always(())


def everything(doctype: str, fields: str, only: Only = ALL) -> Way[ErpNext]:
    """Walk through all there is, by its name: that order stands still, and a name is there only once."""

    def walk(erp: ErpNext, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        chosen = only(erp)

        def fetch(after: str) -> Sequence[Row]:
            beyond = [["name", ">", after]] if after else []
            return erp.rows(doctype, fields, [*chosen, *beyond], size=PAGE)

        return by_key(fetch, PAGE, spot or {"after": ""})

    return Way(walk)


def source(doctype: str, fields: str, only: Only = ALL) -> Source[ErpNext]:
    """Return all there is of a doctype."""
    return Source(everything(doctype, fields, only), lambda erp, ids: erp.some(doctype, fields, "name", ids, only(erp)))


def changed(doctype: str, fields: str, only: Only = ALL) -> Way[ErpNext]:
    """Walk through what has changed, by `modified`: the site's own local time, to the microsecond."""

    def walk(erp: ErpNext, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        chosen, order = only(erp), "modified asc, name asc"

        def fetch(mark: str | None, offset: int, size: int) -> Sequence[Row]:
            filters = [*chosen, *([["modified", ">=", mark]] if mark else [])]
            return erp.rows(doctype, f"modified {fields}", filters, size=size, order_by=order, limit_start=offset)

        return pages.by_mark(
            fetch,
            PAGE,
            since=spot,
            key=itemgetter("id"),
            mark=itemgetter("modified"),
            earlier=lambda mark: earlier(mark, erp.zone),
            moment=datetime.fromisoformat,
        )

    return Way(walk)


def changed_from_now(doctype: str, fields: str, only: Only = ALL) -> Way[ErpNext]:
    """Walk through what has changed since the first time, when only the latest mark is looked at: the rest is shown elsewhere."""
    later = changed(doctype, fields, only)

    def walk(erp: ErpNext, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return later.walk(erp, spot) if spot else [((), {"mark": _newest(erp, doctype)})]

    return Way(walk)


def shipped() -> Way[ErpNext]:
    """Walk through what has changed of shipments, which changes neither orders nor delivery notes, if they are read."""
    later = changed_from_now("Shipment", "awb_number")

    def walk(erp: ErpNext, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        if erp.options.shipments:
            yield from later.walk(erp, spot)

    return Way(walk)


def deleted(doctype: str) -> Way[ErpNext]:
    """Walk through the names of what was deleted (frappe/core/doctype/deleted_document), if the key may read that."""
    later = changed_from_now("Deleted Document", "deleted_name", always([["deleted_doctype", "=", doctype]]))

    def walk(erp: ErpNext, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        if erp.options.deletions:
            for rows, place in later.walk(erp, spot):
                yield [{"id": row["deleted_name"]} for row in rows], place

    return Way(walk)


def _newest(erp: ErpNext, doctype: str) -> str:
    rows = erp.rows(doctype, "modified", size=1, order_by="modified desc, name desc")
    return rows[0]["modified"] if rows else LONG_AGO


def earlier(mark: str, zone: ZoneInfo) -> str:
    """Take a mark back by as much as records may become visible late; by an hour more where clocks were set back."""
    at = datetime.fromisoformat(mark) - LATE
    once, again = (at.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return str(at - max(once - again, timedelta()))
