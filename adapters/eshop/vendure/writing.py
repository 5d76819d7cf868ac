"""What a Vendure shop is told. Each function looks before it adds, so that it can be repeated, and takes all or none."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from adapters.eshop.vendure import queries
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.translate import INVOICE, PARCEL, Raw, coins, notes, parcels
from adapters.graphql import Declined
from adapters.http import exact
from hub.connector import Write

Done = Iterator[tuple[Write, str, Raw | None]]
"""Each write with the record's identity, and the record as it is now, where the answer shows it."""
GONE = "ENTITY_NOT_FOUND"
STEPS = {"shipped": ("Shipped",), "completed": ("Shipped", "Delivered")}
"""Our status of an order -> the states that its fulfilments have to go through."""


def nothing(*_: object) -> Done:
    """Tell nothing: for what is only read."""
    yield from ()


def records(shop: Shop, query: str, ids: Sequence[str]) -> dict[str, Raw]:
    """Return records by their identity, as far as they are there."""
    asked = {"take": 1000, "filter": {"id": {"in": ids}}}
    return {each["id"]: each for each in shop.ask(query, options=asked)["list"]["items"]} if ids else {}


def _known(there: Mapping[str, Raw], id_: str) -> Raw:
    if id_ not in there:
        raise Declined(f"the shop has no {id_} (any more)", GONE)
    return there[id_]


def _variant(write: Write) -> str:
    return write.id.partition("|")[0] if write.id else write.links["products"][write.record["sku"]]


def put_prices(shop: Shop, _: VendureOptions, writes: Sequence[Write]) -> Done:
    """Set prices, in the form that the channel keeps them in: with its tax or without."""
    asked = {"take": 1000, "filter": {"id": {"in": [_variant(each) for each in writes]}}}
    told = shop.ask(queries.PRICES, options=asked)
    there = {each["id"]: each for each in told["list"]["items"]}
    wanted, precision = told["channel"]["tax_included"], told["money"]["serverConfig"]["moneyStrategyPrecision"]
    changes: list[dict[str, Any]] = []
    for each in writes:
        price, rate = each.record, exact(_known(there, _variant(each))["tax"]["value"])
        ours = wanted if price.get("tax_included") is None else price["tax_included"]
        value = coins(price["amount"], precision, rate, tax_included=ours, wanted=wanted)
        changes.append({"id": _variant(each), "prices": [{"currencyCode": price["currency"], "price": value}]})
    shop.ask(queries.UPDATE_VARIANTS, v=changes)
    yield from ((each, f"{_variant(each)}|{each.record['currency']}", None) for each in writes)


def put_stock(shop: Shop, _: VendureOptions, writes: Sequence[Write]) -> Done:
    """Set what can be had. Vendure takes off what its open orders hold, so that has to lie there as well.

    What they hold is read right before: an order between the two is seen by the next comparison.
    """
    there, changes = records(shop, queries.STOCK, [_variant(each) for each in writes]), list[dict[str, Any]]()
    for each in writes:
        levels = _known(there, _variant(each))["levels"]
        free = sum(level["stockOnHand"] - level["stockAllocated"] for level in levels)
        missing = int(Decimal(each.record["available"]).to_integral_value(ROUND_FLOOR)) - free
        on_hand = (levels[0]["stockOnHand"] if levels else 0) + missing
        changes.append({"id": _variant(each), "trackInventory": "TRUE", "stockOnHand": on_hand})
    shop.ask(queries.UPDATE_VARIANTS, v=changes)
    yield from ((each, _variant(each), None) for each in writes)


def mark(write: Write) -> str:
    """Return what an article's address ends in: it stands for the hub's reference, and is short."""
    return hashlib.sha256(write.reference.encode()).hexdigest()[:12]


def search(shop: Shop, writes: Sequence[Write]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return key -> variants, by mark, else by SKU (Vendure allows doubles); and key -> article without a variant."""
    slugs = [{"slug": {"contains": mark(each)}} for each in writes]
    told: Any = shop.ask(queries.SEARCH, skus=[each.record["sku"] for each in writes], slugs=slugs) if writes else {}
    found, unfinished = dict[str, list[str]](), dict[str, str]()
    for each in writes:
        alike = [variant["id"] for variant in told["bySku"]["items"] if variant["sku"] == each.record["sku"]]
        articles = [article for article in told["bySlug"]["items"] if mark(each) in article["slug"]]
        own = [variant["id"] for article in articles for variant in article["variants"]]
        found[each.key] = own or alike
        if articles and not own:
            unfinished[each.key] = articles[0]["id"]
    return found, unfinished


def write_products(shop: Shop, options: VendureOptions, writes: Sequence[Write]) -> Done:
    """Create, change and remove: an article first, then its variant; what lacks its variant is completed."""
    found, unfinished = search(shop, [each for each in writes if not each.id])
    for key, ids in found.items():
        if len(ids) > 1:
            raise Declined(f"the shop has {key} {len(ids)} times: {', '.join(ids)}; delete all but one", "DOUBLE")
    ids = {each.key: each.id or next(iter(found[each.key]), "") for each in writes}
    there = records(shop, queries.VARIANTS, [id_ for id_ in ids.values() if id_])
    terms = _Terms(shop, options, [each for each in writes if not each.remove])
    old = [(each, _known(there, ids[each.key])) for each in writes if ids[each.key] and not each.remove]
    new = [each for each in writes if not ids[each.key]]
    _remove(shop, [there[ids[each.key]] for each in writes if each.remove and ids[each.key] in there])
    told = [*_update(shop, terms, old), *_create(shop, terms, new, unfinished)]
    yield from ((each, raw["id"], raw) for each, raw in zip([*(each for each, _ in old), *new], told, strict=True))
    yield from ((each, ids[each.key], None) for each in writes if each.remove)


def _remove(shop: Shop, variants: Sequence[Raw]) -> None:
    """Delete variants; one without options is its article's only one, and takes it along."""
    articles = [each["article"]["id"] for each in variants if not each["options"]]
    told = shop.ask(queries.DELETE, a=articles, v=[each["id"] for each in variants if each["options"]])
    for each in (*told["articles"], *told["variants"]):
        if each["result"] != "DELETED":
            raise Declined(each["message"], "NOT_DELETED")


def _update(shop: Shop, terms: "_Terms", pairs: Sequence[tuple[Write, Raw]]) -> list[Raw]:
    changes = [(raw, *terms.inputs(write.fields, raw)) for write, raw in pairs]
    articles = [{"id": raw["article"]["id"]} | article for raw, article, _ in changes if article]
    variants = [{"id": raw["id"]} | variant for raw, _, variant in changes]
    return shop.ask(queries.UPDATE_PRODUCTS, a=articles, v=variants)["done"] if pairs else []


def _create(shop: Shop, terms: "_Terms", writes: Sequence[Write], made: Mapping[str, str]) -> list[Raw]:
    if not writes:
        return []
    inputs = {each.key: terms.inputs({"name": each.record["sku"], **each.record}) for each in writes}
    missing = [each for each in writes if each.key not in made]
    for each in missing:
        text = inputs[each.key][0]["translations"][0]
        text |= {"slug": f"{text['name']}-{mark(each)}", "description": text.get("description", "")}
    if missing:
        articles = {f"a{n}": inputs[each.key][0] for n, each in enumerate(missing)}
        told = shop.ask(queries.create_articles(len(missing)), **articles)
        made = {**made, **{each.key: told[f"a{n}"]["id"] for n, each in enumerate(missing)}}
    rest = [{"productId": made[each.key], "sku": each.record["sku"], "trackInventory": "TRUE"} for each in writes]
    variants = [inputs[each.key][1] | more for each, more in zip(writes, rest, strict=True)]
    return shop.ask(queries.CREATE_VARIANTS, v=variants)["done"]


class _Terms:
    """Our fields in the shop's own terms: its languages, categories and taxes."""

    def __init__(self, shop: Shop, options: VendureOptions, writes: Sequence[Write]) -> None:
        told = shop.ask(queries.TERMS, facet=options.category_facet)
        self.language, self.facet = options.language.replace("-", "_"), options.category_facet
        zone = told["activeChannel"]["zone"]
        rates = [each for each in told["taxRates"]["items"] if each["enabled"] and each["zone"] == zone]
        self.taxes = {Decimal(exact(each["value"])): each["category"]["id"] for each in rates}
        facets = told["facets"]["items"]
        self.categories = {value["name"]: value["id"] for each in facets for value in each["values"]}
        wanted = {each.record["category"] for each in writes if each.record.get("category")}
        if unknown := sorted(wanted - self.categories.keys()):
            if not facets:
                facet = {"code": self.facet, "isPrivate": False, "translations": self._texts({"name": self.facet})}
                facets = [shop.ask(queries.CREATE_FACET, input=facet)["made"]]
            facet = facets[0]["id"]
            values = [{"facetId": facet, "code": each, "translations": self._texts({"name": each})} for each in unknown]
            made = shop.ask(queries.CREATE_VALUES, input=values)["made"]
            self.categories |= {each["name"]: each["id"] for each in made}

    def _texts(self, fields: Mapping[str, Any], *names: str) -> list[dict[str, str]]:
        texts = {name: fields[name] or "" for name in names or fields if name in fields}
        return [{"languageCode": self.language} | texts] if texts else []

    def inputs(self, fields: Mapping[str, Any], raw: Raw | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is set at the article and at its variant. One without options has its article's name and state."""
        alone = raw is None or not raw["options"]
        article: dict[str, Any] = {}
        variant: dict[str, Any] = {}
        if texts := self._texts(fields, "name", "description") if alone else self._texts(fields, "description"):
            article["translations"] = texts
        if texts := self._texts(fields, "name"):
            variant["translations"] = texts
        if fields.get("active") is not None:
            variant["enabled"] = fields["active"]
            article |= {"enabled": fields["active"]} if alone or fields["active"] else {}
        if "category" in fields:
            others = (
                [each["id"] for each in raw["article"]["facetValues"] if each["facet"]["code"] != self.facet]
                if raw
                else []
            )
            article["facetValueIds"] = others + [self.categories[name] for name in [fields["category"]] if name]
        if fields.get("tax_rate") is not None:
            if Decimal(fields["tax_rate"]) not in self.taxes:
                raise Declined(f"the shop's tax zone has no rate of {fields['tax_rate']} %; add it", "NO_TAX_RATE")
            variant["taxCategoryId"] = self.taxes[Decimal(fields["tax_rate"])]
        return article, variant


def write_orders(shop: Shop, _: VendureOptions, writes: Sequence[Write]) -> Done:
    """Bring each order to what it shall be; of what was done half, the rest."""
    there = records(shop, queries.ORDERS, [each.id or "" for each in writes])
    for each in writes:
        _write_order(shop, each, _known(there, each.id or ""))
        yield each, each.id or "", None


def _write_order(shop: Shop, write: Write, order: Raw) -> None:
    status, wanted = write.fields.get("status"), write.record.get("tracking") or ()
    if order["state"] == "Cancelled" and status != "cancelled":
        raise Declined("it is cancelled in the shop", "CANCELLED")
    if status == "cancelled" and order["state"] != "Cancelled":
        shop.ask(queries.CANCEL, id=order["id"])
    sent = [each for each in order["fulfillments"] or () if each["state"] != "Cancelled"]
    if status in STEPS or write.fields.get("tracking"):
        sent += _fulfil(shop, order, sent, wanted[0] if wanted else {})
    for each in sent:
        for state in STEPS.get(status or "", ()):
            if each["state"] not in (state, "Delivered"):
                shop.ask(queries.MOVE, id=each["id"], state=state)
    # A fulfilment has one number, which cannot be changed: notes tell the others.
    known = {each["number"] for each in parcels(order)} | {each["trackingCode"] for each in sent}
    told = [
        each["number"] + (f" ({each['carrier']})" if each.get("carrier") else "")
        for each in wanted
        if each["number"] not in known
    ]
    told = [PARCEL + each for each in told] + [INVOICE + each for each in [write.fields.get("invoice")] if each]
    for note in told:
        if note not in notes(order):
            shop.ask(queries.NOTE, input={"id": order["id"], "note": note, "isPublic": True})


def _fulfil(shop: Shop, order: Raw, sent: Sequence[Raw], parcel: Mapping[str, str]) -> list[Raw]:
    """Put all that is in no fulfilment yet into a new one."""
    rest = {line["id"]: line["quantity"] for line in order["lines"]}
    for line in (line for each in sent for line in each["lines"]):
        rest[line["orderLineId"]] -= line["quantity"]
    lines = [{"orderLineId": id_, "quantity": quantity} for id_, quantity in rest.items() if quantity > 0]
    number = parcel.get("number", "")
    told = {"method": parcel.get("carrier") or "hub", "trackingCode": number}
    handler = {"code": "manual-fulfillment", "arguments": [{"name": each, "value": told[each]} for each in told]}
    made = shop.ask(queries.FULFIL, input={"lines": lines, "handler": handler})["done"] if lines else None
    return [made | {"trackingCode": number}] if made else []
