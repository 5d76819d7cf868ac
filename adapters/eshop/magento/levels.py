"""Stock of a shop whose Inventory (MSI) is switched off: a level at each product (code: StockRegistry, StockItem).

What is ordered is off it at once, so that what it says may be sold. Levels can be asked for only one by one.
"""

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote

from adapters.asking.http import Rejected
from adapters.eshop.magento.shop import Shop
from adapters.writing.writes import product_of
from hub.connector import Write, Written
from hub.errors import Refused


def kept(shop: Shop, skus: Iterable[str]) -> dict[str, float]:
    """Return what may be sold of products whose stock is kept."""
    told = {sku: shop.look_up(f"stockItems/{quote(sku, safe='')}") for sku in skus}
    return {sku: row["qty"] for sku, row in told.items() if row and row["manage_stock"]}


def put(shop: Shop, write: Write) -> Written:
    """Set what may be sold.

    At none the shop itself takes a product out of stock, but for one that may be sold beyond that (source:
    StockItemRepository, save; StockStateProvider, verifyStock).
    """
    sku, level = product_of(write), Decimal(write.record["available"])
    # The product has one level; which number it has, the shop finds by the SKU.
    path = f"products/{quote(sku, safe='')}/stockItems/1"
    body = {"qty": float(level), **({"is_in_stock": True} if level else {})}
    shop.send("PUT", path, {"stockItem": body}, repeatable=True)
    return Written(write.key, "done", sku)


def check(shop: Shop) -> None:
    """Refuse the option `stock_items` where it does not say what the shop has."""
    if shop.options.stock_items:
        return
    try:
        shop.rows("inventory/source-items", size=1, order="")
    except Rejected as fault:
        if not fault.is_gone:
            raise
        raise Refused("Inventory (MSI) is switched off in the shop; set stock_items = true") from fault
    shop.rows(f"inventory/export-stock-salable-qty/website/{shop.options.website}", size=1, order="")
