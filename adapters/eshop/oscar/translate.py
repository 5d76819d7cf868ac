"""The shop's documents -> canonical fields: a table of each. Pure."""

from decimal import Decimal
from operator import itemgetter

from adapters.eshop import translating
from adapters.eshop.orders import Fields, Raw
from adapters.eshop.oscar.options import OscarOptions
from adapters.eshop.translating import by_table, in_one, number
from adapters.fields import Field, as_it_is, first, fixed, or_none, part, parts, table, told, written
from adapters.rates import rate_about

PRODUCT = table(
    "sku=upc description active=is_public images",
    category=Field("categories", first(as_it_is)),
    attributes=Field("attributes", lambda rows: {each["name"]: str(each["value"]) for each in rows}),
)
IF_ANY = table(name=Field("title", or_none), variant_of=Field("parent", str))
"""A variant may have no title of its own."""
PRICE = table("sku=upc list currency=record.price_currency amount=record.price")
STOCK = table("sku=upc on_hand=record.num_in_stock reserved=record.num_allocated")
ADDRESS = table(
    "street=line1 street_more=line2 city=line4 region=state postcode country phone=phone_number",
    name=in_one("", "first_name", "last_name"),
)
USES = {use: part(f"{use}_address", ADDRESS | table(use=fixed(use))) for use in ("billing", "shipping")}
PARTY = table("email", addresses=Field("", lambda raw: [*written(USES, raw).values()]))
GONE = "A product that is not in the shop any more"
"""The name of a line of which nothing else is known."""
LINE = table(
    "id sku quantity net=price_excl_tax gross=price_incl_tax",
    name=Field("", lambda raw: raw["title"] or (None if raw["sku"] else GONE)),
    full_gross=Field("", lambda raw: number(raw["price_incl_tax_excl_discounts"]) / raw["quantity"]),
)
SHIPPING = table("name=shipping_method code=shipping_code net=shipping_excl_tax gross=shipping_incl_tax")
COIN = Decimal("0.01")
NO_SHIPPING = (None, "", "no-shipping-required")
ORDER = table(
    "number currency email placed_at=date_placed party=buyer net=total_excl_tax gross=total_incl_tax "
    "note=shipping_address.notes",
    billing_address=part("billing_address", ADDRESS),
    shipping_address=part("shipping_address", ADDRESS),
    tax_included=fixed(True),
    lines=parts("lines", LINE, where=itemgetter("quantity")),
    shipping=Field("", lambda raw: [] if raw["shipping_code"] in NO_SHIPPING else [told(SHIPPING, raw)]),
    surcharges=parts("surcharges", table("name net=excl_tax gross=incl_tax")),
    rounding=fixed("line"),
)
stock, party = by_table(STOCK, translating.stock), by_table(PARTY, translating.party)


def product(raw: Raw, _: OscarOptions) -> Fields:
    """Return a product; the first of several categories is its category."""
    return told(PRODUCT, raw) | written(IF_ANY, raw)


def price(raw: Raw, options: OscarOptions) -> Fields:
    """Return a price."""
    return told(PRICE, raw) | {"tax_included": options.tax_included}


def order(raw: Raw, options: OscarOptions) -> Fields:
    """Return an order; its prices are those with tax, already less all discounts, its rates those by which sums differ."""
    fields = told(ORDER, raw)
    for part_ in (*fields["lines"], *fields["shipping"], *fields["surcharges"]):
        net, gross, slack = number(part_["net"]), number(part_["gross"]), COIN * part_.get("quantity", 1)
        part_["tax_rate"] = rate_about(net, gross, options.tax_rates, slack)
    return translating.order(fields | {"status": options.status.get(raw["status"])}, options)
