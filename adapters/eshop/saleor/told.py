"""Our fields -> what a Saleor shop is told. Nothing doubles: a new product bears the hub's reference, unique there."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.asking.edges import PAGE
from adapters.asking.forms import Filled, Form
from adapters.eshop.editorjs import blocks
from adapters.eshop.notes import notes_of, withdrawn
from adapters.eshop.putting import pieces
from adapters.eshop.saleor.shop import Shop
from adapters.eshop.saleor.sums import sent
from adapters.eshop.saleor.translate import OF_VARIANT, notes
from adapters.eshop.variants import check_shown, for_article
from adapters.fields import Field, given, table
from adapters.rows import Row
from adapters.writing.prices import check_sort
from hub.connector import Subscription, Write

_ERRORS = "errors{field message code}"
_OF_MANY = "errors{path message code}"
BY_REFERENCE = Form("productVariant", "externalReference:String!", "id externalReference")
CREATE = Form(
    "productBulkCreate",
    "products:[ProductBulkCreateInput!]!",
    f"results{{product{{variants{{{OF_VARIANT}}}}} {_OF_MANY}}} {_OF_MANY}",
    "errorPolicy:REJECT_EVERYTHING",
)
HOOKS = Form("app", gives="webhooks{id targetUrl isActive asyncEvents{eventType}}")
CATEGORIES = Form("categories", "after:String", f"edges{{node{{id name parent{{id}}}}}} {PAGE}", "first:100")
CATEGORY = Form("categoryCreate", "input:CategoryInput! parent:ID", f"category{{id}} {_ERRORS}")
_mutation = partial(Form, gives=_ERRORS)
UPDATE = _mutation("productUpdate", "id:ID! input:ProductInput!")
UPDATE_VARIANT = _mutation("productVariantUpdate", "id:ID! input:ProductVariantInput!")
LIST = _mutation("productChannelListingUpdate", "id:ID! input:ProductChannelListingUpdateInput!")
REMOVE = _mutation("productDelete", "id:ID!")
REMOVE_VARIANT = _mutation("productVariantDelete", "id:ID!")
PRICE = _mutation("productVariantChannelListingUpdate", "id:ID! input:[ProductVariantChannelListingAddInput!]!")
STOCK = _mutation("productVariantStocksUpdate", "variantId:ID! stocks:[StockInput!]!")
CONFIRM = _mutation("orderConfirm", "id:ID!")
CANCEL = _mutation("orderCancel", "id:ID!")
FULFIL = _mutation("orderFulfill", "order:ID! input:OrderFulfillInput!")
TRACK = _mutation("orderFulfillmentUpdateTracking", "id:ID! input:FulfillmentUpdateTrackingInput!")
NOTE = _mutation("updateMetadata", "id:ID! input:[MetadataInput!]!")
SUBSCRIBE = _mutation("webhookCreate", "input:WebhookCreateInput!")
REHOOK = _mutation("webhookUpdate", "id:ID! input:WebhookUpdateInput!")
ARTICLE = table(name=Field("name", lambda name: name or ""), description=Field("description", blocks))
VARIANT = table(weight=Field("weight", lambda weight: weight and {"unit": "kg", "value": float(weight)}))
PRODUCT = frozenset(["name", "description", "category", "active", "weight"])
TOPICS = {
    **dict.fromkeys([f"PRODUCT_VARIANT_{event}" for event in ("CREATED", "UPDATED", "DELETED")], "products"),
    **dict.fromkeys(["CUSTOMER_CREATED", "CUSTOMER_UPDATED"], "parties"),
    **dict.fromkeys(
        [f"ORDER_{event}" for event in ("CREATED", "UPDATED", "CANCELLED", "FULFILLED", "FULLY_PAID")], "orders"
    ),
}
"""Enum "WebhookEventTypeAsyncEnum" -> the stream."""
PAYLOADS = {"products": "productVariant", "parties": "user", "orders": "order"}
"""Stream -> the field of an event's payload."""
Tree = Mapping[str, str]
"""Paths of categories -> their identities."""


def channel(shop: Shop) -> Row:
    """Return the argument that chooses our channel's orders."""
    return {"channel": shop.options.channel}


def new(known: tuple[Row, Tree], writes: Sequence[Write]) -> Filled:
    """Return what makes products of one variant each, listed in our channel: all or none."""
    return CREATE(products=[_product(*known, each) for each in writes])


def _product(terms: Row, tree: Tree, write: Write) -> Row:
    fields, known_as = write.fields, {"externalReference": write.reference}
    own: Row = {"sku": write.record["sku"], "attributes": (), "trackInventory": True}
    shown = _shown(terms, active=fields.get("active") is not False) | {"visibleInListings": True}
    return {
        **known_as,
        **given(ARTICLE, fields),
        **_category(fields, tree),
        "productType": terms["type"],
        "channelListings": [shown],
        "variants": [{**known_as, **own, **given(VARIANT, fields)}],
    }


def _shown(terms: Row, *, active: bool) -> dict[str, Any]:
    return {"channelId": terms["id"], "isPublished": active, "isAvailableForPurchase": active}


def _category(fields: Row, tree: Tree) -> dict[str, Any]:
    return {"category": fields["category"] and tree[fields["category"]]} if "category" in fields else {}


def changes(known: tuple[Row, Tree], write: Write, row: Row) -> Iterator[Filled]:
    """Yield what changes a variant, and the article it stands under."""
    (terms, tree), fields, id_ = known, write.fields, row["product"]["id"]
    alone = len(row["product"]["variants"]) == 1
    check_shown(fields, alone=alone)
    shared = for_article(fields, alone=alone)
    if article := given(ARTICLE, shared) | _category(shared, tree):
        yield UPDATE(id=id_, input=article)
    if own := given(VARIANT, fields):
        yield UPDATE_VARIANT(id=row["id"], input=own)
    if shared.get("active") is not None:
        yield LIST(id=id_, input={"updateChannels": [_shown(terms, active=shared["active"])]})


def removal(_: object, __: Write, row: Row) -> Iterator[Filled]:
    """Yield what deletes a variant; an article that has no others goes with it."""
    alone = len(row["product"]["variants"]) == 1
    yield REMOVE(id=row["product"]["id"]) if alone else REMOVE_VARIANT(id=row["id"])


def price(terms: Row, write: Write, row: Row) -> Filled:
    """Return what sets a price in our channel."""
    check_sort(write, currency=terms["currencyCode"], included=terms["tax_included"])
    return PRICE(id=row["id"], input=[{"channelId": terms["id"], "price": write.record["amount"]}])


def level(terms: Row, write: Write, row: Row) -> Filled:
    """Return what sets what can be had in our warehouse: Saleor takes off what orders hold, so that lies there as well."""
    ours = terms["warehouse"]
    held = sum(each["quantityAllocated"] for each in row["stocks"] or () if each["warehouse"]["id"] == ours)
    return STOCK(variantId=row["id"], stocks=[{"warehouse": ours, "quantity": pieces(write.record) + held}])


def is_closed(row: Row) -> bool:
    """Whether an order is cancelled in the shop."""
    return row["status"] in ("CANCELED", "EXPIRED")


def cancelled(_: Shop, row: Row, __: Write) -> Iterator[Filled]:
    """Yield what cancels an order."""
    if not is_closed(row):
        yield CANCEL(id=row["id"])


def confirmed(_: Shop, row: Row, __: Write) -> Iterator[Filled]:
    """Yield what confirms an order that waits for it."""
    if row["status"] == "UNCONFIRMED":
        yield CONFIRM(id=row["id"])


def shipped(shop: Shop, row: Row, write: Write) -> Iterator[Filled]:
    """Yield what sends all that is not sent yet, from where it is held for the order."""
    yield from confirmed(shop, row, write)
    left = [each for each in row["lines"] if each["quantityToFulfill"] > 0]
    if left:
        ours = shop.terms()["warehouse"]
        lines = [{"orderLineId": each["id"], "stocks": _places(each, ours)} for each in left]
        told = {"lines": lines, "notifyCustomer": shop.options.tell_customers, "allowStockToBeExceeded": True}
        tracked = {"trackingNumber": _numbers(write)[0]} if _numbers(write) else {}
        yield FULFIL(order=row["id"], input=told | tracked)


STATUS = {
    "confirmed": confirmed,
    "processing": confirmed,
    "shipped": shipped,
    "completed": shipped,
    "cancelled": cancelled,
}
"""Our status -> what brings an order there."""


def _places(line: Row, ours: str) -> list[Row]:
    """Return where a line is sent from: where it is held, the rest from our warehouse."""
    places, left = dict[str, int](), line["quantityToFulfill"]
    for each in line["allocations"] or ():
        taken = min(left, each["quantity"])
        places[each["warehouse"]["id"]], left = taken, left - taken
    places[ours] = places.get(ours, 0) + left
    return [{"warehouse": id_, "quantity": quantity} for id_, quantity in places.items() if quantity]


def _numbers(write: Write) -> list[str]:
    return [each["number"] for each in write.record.get("tracking") or ()]


def noted(shop: Shop, row: Row, write: Write) -> Iterator[Filled]:
    """Yield what notes all parcels and the invoice; what was sent before without a number, or with a wrong one, gets one."""
    old = ["", *(each["number"] for each in withdrawn(write))]
    numbers, bare = _numbers(write), [each for each in sent(row) if (each["trackingNumber"] or "") in old]
    if numbers and bare:
        told = {"trackingNumber": numbers[0], "notifyCustomer": shop.options.tell_customers}
        yield TRACK(id=bare[-1]["id"], input=told)
    wanted = notes_of(write.record.get("tracking") or (), write.record.get("invoice"))
    if wanted != notes(row):
        yield NOTE(id=row["id"], input=[{"key": "hub", "value": "\n".join(wanted)}])


def registered(app: Row) -> Iterator[Subscription]:
    """Yield the webhooks of an app."""
    for row in app["webhooks"]:
        for each in row["asyncEvents"]:
            yield Subscription(row["id"], each["eventType"], row["targetUrl"], row["isActive"])


def subscription(topic: str, address: str, secret: str) -> Filled:
    """Return what registers a webhook. It tells which record, and when, so that each call differs."""
    told = f"...on {topic.title().replace('_', '')}{{{PAYLOADS[TOPICS[topic]]}{{id}}}}"
    known = {"name": f"Hub: {topic}", "targetUrl": address, "secretKey": secret, "isActive": True}
    return SUBSCRIBE(input={**known, "asyncEvents": [topic], "query": f"subscription{{event{{issuedAt {told}}}}}"})


def meant(topic: str, body: Row) -> list[str]:
    """Return which record a call speaks of."""
    return [body[PAYLOADS[TOPICS[topic]]]["id"]]
