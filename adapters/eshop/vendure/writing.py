"""What a Vendure shop is told. Each function looks before it adds, so that it can be repeated, and takes all or none."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from adapters.eshop.orders import Fields, Raw, in_coins, with_tax
from adapters.eshop.prices import check_plain
from adapters.eshop.vendure import queries
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.translate import INVOICE, PARCEL, documents, free, fulfilments, notes
from adapters.http import exact
from adapters.writes import Gone, Unfit, product_of
from hub.connector import Write, Written

STEPS = {"shipped": ("Shipped",), "completed": ("Shipped", "Delivered")}
"""Our status of an order -> the states that its fulfilments have to go through."""


def mark(write: Write) -> str:
    """Return what an article's address ends in: it stands for the hub's reference, and is short."""
    return hashlib.sha256(write.reference.encode()).hexdigest()[:12]


def find_products(shop: Shop, writes: Sequence[Write]) -> dict[str, list[str]]:
    """Return variants by mark, else by SKU, of which Vendure allows doubles."""
    return _search(shop, writes)[0]


def _search(shop: Shop, writes: Sequence[Write]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return key -> variants, and key -> article of ours that has no variant yet."""
    found, unfinished = dict[str, list[str]](), dict[str, str]()
    slugs = [{"slug": {"contains": mark(each)}} for each in writes]
    told: Any = shop.ask(queries.SEARCH, skus=[each.record["sku"] for each in writes], slugs=slugs) if writes else {}
    for each in writes:
        articles = [article for article in told["bySlug"]["items"] if mark(each) in article["slug"]]
        own = [variant["id"] for article in articles for variant in article["variants"]]
        alike = [variant["id"] for variant in told["bySku"]["items"] if variant["sku"] == each.record["sku"]]
        found[each.key] = own or alike
        if articles and not own:
            unfinished[each.key] = articles[0]["id"]
    return found, unfinished


def write_products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Create, change and remove: an article first, then its variant; what lacks its variant is completed."""
    kept = [each for each in writes if not each.remove]
    found, unfinished = _search(shop, [each for each in kept if not each.id])
    for key, ids in found.items():
        if len(ids) > 1:
            raise Unfit("double", f"the shop has {key} {len(ids)} times: {', '.join(ids)}; delete all but one")
    ids = {each.key: each.id or next(iter(found.get(each.key, ())), "") for each in writes}
    there = shop.by_id(queries.VARIANTS, [id_ for id_ in ids.values() if id_])
    terms = _Terms(shop, kept)
    old, new = [each for each in kept if ids[each.key]], [each for each in kept if not ids[each.key]]
    changes = [(_known(there, ids[each.key]), each.fields) for each in old]
    _remove(shop, [there[ids[each.key]] for each in writes if each.remove and ids[each.key] in there])
    rows = [*_change(shop, terms, changes), *_create(shop, terms, new, unfinished)]
    for each, document in zip([*old, *new], documents(shop, rows), strict=True):
        yield Written(each.key, "done", document.id, document)
    yield from (Written(each.key, "done", each.id) for each in writes if each.remove)


def _known(there: Mapping[str, Raw], id_: str) -> Raw:
    if id_ not in there:
        raise Gone
    return there[id_]


def _remove(shop: Shop, variants: Sequence[Raw]) -> None:
    """Delete variants; one without options is its article's only one, and takes it along."""
    if not variants:
        return
    articles = [each["article"]["id"] for each in variants if not each["options"]]
    told = shop.ask(queries.DELETE, a=articles, v=[each["id"] for each in variants if each["options"]])
    for each in (*told["articles"], *told["variants"]):
        if each["result"] != "DELETED":
            raise Unfit("not-deleted", each["message"])


def _change(shop: Shop, terms: "_Terms", changes: Sequence[tuple[Raw, Mapping[str, Any]]]) -> list[Raw]:
    if not changes:
        return []
    articles = [{"id": raw["article"]["id"]} | terms.of_article(fields, raw) for raw, fields in changes]
    variants = [{"id": raw["id"]} | terms.of_variant(fields) for raw, fields in changes]
    return shop.ask(queries.UPDATE_PRODUCTS, a=[each for each in articles if len(each) > 1], v=variants)["done"]


def _create(shop: Shop, terms: "_Terms", writes: Sequence[Write], made: Mapping[str, str]) -> list[Raw]:
    if not writes:
        return []
    articles = {each.key: made[each.key] for each in writes if each.key in made}
    missing = [each for each in writes if each.key not in made]
    if missing:
        inputs = {f"a{number}": terms.new_article(each) for number, each in enumerate(missing)}
        told = shop.ask(queries.create_articles(len(missing)), **inputs)
        articles |= {each.key: told[f"a{number}"]["id"] for number, each in enumerate(missing)}
    fixed = {each.key: {"productId": articles[each.key], "sku": each.record["sku"]} for each in writes}
    variants = [terms.of_variant(_named(each)) | fixed[each.key] | {"trackInventory": "TRUE"} for each in writes]
    return shop.ask(queries.CREATE_VARIANTS, v=variants)["done"]


def _named(write: Write) -> Mapping[str, Any]:
    return {"name": write.record["sku"], **write.fields}


class _Terms:
    """Our fields in the shop's own terms: its language, categories and taxes."""

    def __init__(self, shop: Shop, writes: Sequence[Write]) -> None:
        told = shop.ask(queries.TERMS, facet=shop.options.category_facet)
        zone, facets = told["activeChannel"]["zone"], told["facets"]["items"]
        rates = [each for each in told["taxRates"]["items"] if each["enabled"] and each["zone"] == zone]
        self.shop, self.facet = shop, shop.options.category_facet
        self.taxes = {Decimal(exact(each["value"])): each["category"]["id"] for each in rates}
        self.categories = {value["name"]: value["id"] for each in facets for value in each["values"]}
        wanted = {each.fields["category"] for each in writes if each.fields.get("category")}
        if unknown := sorted(wanted - self.categories.keys()):
            self._add_categories(facets[0]["id"] if facets else self._new_facet(), unknown)

    def _new_facet(self) -> str:
        facet = {"code": self.facet, "isPrivate": False, **self.texts(name=self.facet)}
        return self.shop.ask(queries.CREATE_FACET, input=facet)["made"]["id"]

    def _add_categories(self, facet: str, names: Sequence[str]) -> None:
        values = [{"facetId": facet, "code": name, **self.texts(name=name)} for name in names]
        made = self.shop.ask(queries.CREATE_VALUES, input=values)["made"]
        self.categories |= {each["name"]: each["id"] for each in made}

    def texts(self, **texts: str | None) -> Fields:
        """Return texts in the shop's language."""
        return {"translations": [{"languageCode": self.shop.language, **texts}]}

    def of_article(self, fields: Mapping[str, Any], raw: Raw | None = None) -> Fields:
        """Return what is set at the article. If its variant is the only one, it has its name and state as well."""
        alone, others = raw is None or not raw["options"], raw["article"]["facetValues"] if raw else ()
        texts = [name for name in ("name", "description") if name in fields and (alone or name != "name")]
        made = self.texts(**{name: fields[name] or "" for name in texts}) if texts else {}
        if fields.get("active") is not None and (alone or fields["active"]):
            made["enabled"] = fields["active"]
        if "category" in fields:
            kept = [each["id"] for each in others if each["facet"]["code"] != self.facet]
            made["facetValueIds"] = kept + [self.categories[name] for name in [fields["category"]] if name]
        return made

    def new_article(self, write: Write) -> Fields:
        """Return an article that is not there yet, with our mark in its address."""
        fields = _named(write)
        made = self.of_article({"description": "", **fields})
        made["translations"][0]["slug"] = f"{fields['name']}-{mark(write)}"
        return made

    def of_variant(self, fields: Mapping[str, Any]) -> Fields:
        """Return what is set at the variant."""
        made = self.texts(name=fields["name"]) if "name" in fields else {}
        if fields.get("active") is not None:
            made["enabled"] = fields["active"]
        if fields.get("tax_rate") is not None:
            rate = Decimal(fields["tax_rate"])
            if rate not in self.taxes:
                raise Unfit("no-tax-rate", f"the shop's tax zone has no rate of {rate} %; add it")
            made["taxCategoryId"] = self.taxes[rate]
        return made


def put_prices(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set prices, in the form that the channel keeps them in: with its tax or without."""
    there = shop.by_id(queries.PRICES, [product_of(each) for each in writes])
    changes = [_price(each, _known(there, product_of(each))) for each in writes]
    shop.ask(queries.UPDATE_VARIANTS, v=changes)
    yield from (Written(each.key, "done", f"{product_of(each)}|{each.record['currency']}") for each in writes)


def _price(write: Write, row: Raw) -> Fields:
    check_plain(write)
    price, wanted = write.record, row["tax_included"]
    held = wanted if price.get("tax_included") is None else price["tax_included"]
    amount = with_tax(Decimal(price["amount"]), exact(row["tax"]["value"]), held=held, wanted=wanted)
    told = {"currencyCode": price["currency"], "price": in_coins(amount, row["precision"])}
    return {"id": row["id"], "prices": [told]}


def put_stock(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what can be had. Vendure takes off what its open orders hold, so that has to lie there as well.

    What they hold is read right before: an order between the two is seen by the next comparison.
    """
    there = shop.by_id(queries.STOCK, [product_of(each) for each in writes])
    changes = [_level(each, _known(there, product_of(each))) for each in writes]
    shop.ask(queries.UPDATE_VARIANTS, v=changes)
    yield from (Written(each.key, "done", product_of(each)) for each in writes)


def _level(write: Write, row: Raw) -> Fields:
    missing = int(Decimal(write.record["available"]).to_integral_value(ROUND_FLOOR)) - free(row)
    on_hand = missing + (row["levels"][0]["stockOnHand"] if row["levels"] else 0)
    return {"id": row["id"], "trackInventory": "TRUE", "stockOnHand": on_hand}


def write_order(shop: Shop, write: Write) -> Written:
    """Bring an order to what it shall be; of what was done half, the rest."""
    order = _known(shop.by_id(queries.ORDERS, [write.id or ""]), write.id or "")
    status, wanted = write.fields.get("status"), write.record.get("tracking") or ()
    if status != "cancelled" and order["state"] == "Cancelled":
        raise Unfit("cancelled", "it is cancelled in the shop")
    if status == "cancelled" and order["state"] != "Cancelled":
        shop.ask(queries.CANCEL, id=order["id"])
    if status in STEPS:
        _send(shop, order, wanted[0] if wanted else None, STEPS[status])
    # A fulfilment has one number, which cannot be changed, and no place for an invoice: notes tell them all.
    carriers = {each["number"]: f" ({each['carrier']})" if each.get("carrier") else "" for each in wanted}
    told = [PARCEL + number + carrier for number, carrier in carriers.items()]
    told += [INVOICE + number for number in [write.fields.get("invoice")] if number]
    for note in told:
        if note not in notes(order):
            shop.ask(queries.NOTE, input={"id": order["id"], "note": note, "isPublic": True})
    return Written(write.key, "done", order["id"])


def _send(shop: Shop, order: Raw, parcel: Raw | None, steps: Iterable[str]) -> None:
    """Put all that is in no fulfilment yet into a new one, and move them all on."""
    sent = fulfilments(order)
    rest = {line["id"]: line["quantity"] for line in order["lines"]}
    for line in (line for each in sent for line in each["lines"]):
        rest[line["orderLineId"]] -= line["quantity"]
    lines = [{"orderLineId": id_, "quantity": quantity} for id_, quantity in rest.items() if quantity > 0]
    if lines:
        known = parcel or {}
        told = {"method": known.get("carrier") or "hub", "trackingCode": known.get("number", "")}
        handler = {"code": "manual-fulfillment", "arguments": [{"name": name, "value": told[name]} for name in told]}
        sent.append(shop.ask(queries.FULFIL, input={"lines": lines, "handler": handler})["done"])
    for each in sent:
        for state in steps:
            if each["state"] not in (state, "Delivered"):
                shop.ask(queries.MOVE, id=each["id"], state=state)
