"""A Medusa document -> canonical fields: a table of each. Pure."""

from collections.abc import Sequence
from operator import itemgetter

from adapters.eshop import translating
from adapters.eshop.orders import Raw, plain, rate_of
from adapters.eshop.translating import by_table, in_one, number
from adapters.eshop.variants import full_name
from adapters.fields import Field, as_it_is, first, fixed, or_none, part, parts, table, words

STATUS = words(cancelled="canceled", completed="completed archived")
PAID = words(authorised="authorized", paid="captured partially_refunded", refunded="refunded")
SINGLE = "Default variant"
"""What Medusa's own pages call the variant of a product that has no options."""
PERSON = in_one("", "first_name", "last_name")
PRODUCT = table(
    "alone=product.alone title=product.title sku=variant.sku name=variant.title description=product.description",
    gtin=Field("variant.ean", or_none),
    active=Field("product.status", lambda status: status == "published"),
    category=Field("product.categories", first(as_it_is)),
    images=Field("product.images", lambda images: [each["url"] for each in sorted(images, key=itemgetter("rank"))]),
    variant_of=Field("product", lambda raw: raw["external_id"] or raw["handle"]),
    options=Field("variant.options", lambda options: {each["option"]["title"]: each["value"] for each in options}),
)
ADDRESS = table(
    "company street=address_1 street_more=address_2 city postcode=postal_code region=province country=country_code phone",
    name=PERSON,
)
PARTY = table(
    "company_name email phone",
    person=PERSON,
    addresses=parts("addresses", ADDRESS | table("id", use=fixed("other"))),
)
SUMS = table(
    "gross=total",
    net=Field("", lambda raw: number(raw["subtotal"]) - number(raw["discount_subtotal"])),
    tax_rate=Field("tax_lines.rate", rate_of),
)
"""Of a line or of shipping, after its adjustments: what promotions took off."""
LINE = SUMS | table(
    "id sku=variant_sku quantity",
    name=Field("", lambda raw: full_name(raw["product_title"] or raw["title"], raw["variant_title"], SINGLE)),
)


def _progress(items: Sequence[Raw]) -> str:
    """Return how far the items have come; what needs no shipping may be delivered without having been sent."""
    details = [each["detail"] for each in items if each["quantity"]]
    sent = [max(each["shipped_quantity"], each["delivered_quantity"]) >= each["quantity"] for each in details]
    if sent and all(sent):
        return "shipped"
    return "processing" if any(each["fulfilled_quantity"] for each in details) else "pending"


CREDIT = table("name=reference", amount=Field("amount", lambda amount: plain(-number(amount))))
ORDER = table(
    "placed_at=created_at party=customer_id email gross=total tax=tax_total "
    "tracking=metadata.tracking invoice=metadata.invoice labels=fulfillments.labels.tracking_number",
    number=Field("display_id", str),
    billing_address=part("billing_address", ADDRESS | table(use=fixed("billing"))),
    shipping_address=part("shipping_address", ADDRESS | table(use=fixed("shipping"))),
    currency=Field("currency_code", str.upper),
    tax_included=Field("items.is_tax_inclusive", any),
    lines=parts("items", LINE, where=itemgetter("quantity")),
    shipping=parts("shipping_methods", SUMS | table("name code=name")),
    discounts=parts("credit_lines", CREDIT, where=itemgetter("amount")),
    paid=Field("payment_status", lambda status: PAID.get(status, "unpaid")),
    payments=parts("payment_collections.payments", table("method=provider_id reference=id paid_at=captured_at")),
    rounding=fixed("total"),
    status=Field("", lambda raw: STATUS.get(raw["status"]) or _progress(raw["items"])),
)
product = by_table(PRODUCT, translating.product)
party, order = by_table(PARTY, translating.party), by_table(ORDER, translating.order)
price = by_table(table("sku currency amount tax_included"), translating.price)
stock = by_table(table("sku on_hand=stocked_quantity reserved=reserved_quantity"), translating.stock)
