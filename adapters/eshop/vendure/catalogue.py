"""Products, prices and stock: what a Vendure shop is asked for and told, all or none, in a way that can be repeated."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from adapters.asking.forms import send
from adapters.asking.http import exact
from adapters.eshop.orders import Fields, in_coins, with_tax
from adapters.eshop.putting import Pairs, pieces
from adapters.eshop.telling import without
from adapters.eshop.variants import as_shown, for_article
from adapters.eshop.vendure import assets, queries
from adapters.eshop.vendure.client import Listing, Shop
from adapters.eshop.vendure.translate import PRICE, RECORDS, VARIANT, alike
from adapters.eshop.vendure.translate import STOCK as LEVELS
from adapters.fields import Field, asked, below, emptied, given, table, written
from adapters.reading.walks import found
from adapters.rows import Row
from adapters.writing.prices import in_decimals
from adapters.writing.writes import Unfit, done, known
from hub.connector import Write, Written

VARIANTS, ARTICLES = (
    Listing("productVariants", VARIANT),
    Listing("products", f"id updatedAt {below('variants', VARIANT)}"),
)
PRICES = Listing("productVariants", f"{PRICE} outOfStockThreshold", 1000, money=True)
STOCK = Listing("productVariants", f"id {asked(LEVELS)}", 1000)
LYING = replace(STOCK, asked=f"{STOCK.asked} levels:stockLevels.stockLocationId prices.price outOfStockThreshold")
"""Beside how much there is of a variant, where it lies, and whether it can be sold."""
HELD = Listing("productVariants", f"{VARIANT} {below('article:product.assets', 'id tags.value')}")
"""Beside what a variant shows, the pictures of its article."""
HELD_BACK = {"outOfStockThreshold": 1_000_000_000, "useGlobalOutOfStockThreshold": False}
"""Of a variant that has no price yet: Vendure gives it one of 0.00, for which it would be sold as soon as it has stock."""
RELEASED = {"outOfStockThreshold": 0, "useGlobalOutOfStockThreshold": True}
"""As Vendure makes variants."""
TEXTS = table(name=Field("name", emptied), description=Field("description", emptied))
ENABLED = table("enabled=active")


def mark(write: Write) -> str:
    """Return what an article's address ends in: it stands for the hub's reference, and is short."""
    return hashlib.sha256(write.reference.encode()).hexdigest()[:12]


def search(shop: Shop, writes: Sequence[Write]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return key -> variants, and key -> article of ours that has no variant yet.

    Variants are found by mark, else by SKU, of which Vendure allows doubles.
    """
    variants, unfinished = dict[str, list[str]](), dict[str, str]()
    slugs = [{"slug": {"contains": mark(each)}} for each in writes]
    told: Any = shop.ask(queries.SEARCH, skus=[each.record["sku"] for each in writes], slugs=slugs) if writes else {}
    for each in writes:
        articles = [article for article in told["bySlug"]["items"] if mark(each) in article["slug"]]
        own = [variant["id"] for article in articles for variant in article["variants"]]
        alike = [variant["id"] for variant in told["bySku"]["items"] if variant["sku"] == each.record["sku"]]
        variants[each.key] = own or alike
        if articles and not own:
            unfinished[each.key] = articles[0]["id"]
    return variants, unfinished


def create(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Make an article, then its variant. What is there already is changed, what lacks its variant is completed."""
    there, articles = search(shop, writes)
    for key, ids in there.items():
        if len(ids) > 1:
            raise Unfit("double", f"the shop has {key} {len(ids)} times: {', '.join(ids)}; delete all but one")
    yield from change(shop, [replace(each, id=id_) for each in writes for id_ in there[each.key]])
    new = {each.key: each for each in writes if not there[each.key]}
    if not new:
        return
    terms, missing = _Terms(shop, writes), [key for key in new if key not in articles]
    if missing:
        forms = [queries.CREATE_ARTICLE(input=terms.new_article(new[key])) for key in missing]
        made = send(shop.ask, "mutation", forms)
        articles |= {key: article["id"] for key, article in zip(missing, made, strict=True)}
    fixed = {key: {"productId": articles[key], "sku": each.record["sku"], **HELD_BACK} for key, each in new.items()}
    variants = [terms.of_variant(new[key].fields) | fixed[key] | {"trackInventory": "TRUE"} for key in new]
    made = shop.ask(queries.CREATE_VARIANTS, v=variants)["done"]
    yield from terms.outcomes(list(new.values()), made)


def change(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Change variants, and the articles they stand under."""
    if not writes:
        return
    there = found(HELD)(shop, [each.id or "" for each in writes])
    pairs, terms = [(known(there, each.id), each.fields) for each in writes], _Terms(shop, writes)
    articles = [{"id": row["article"]["id"]} | terms.of_article(fields, row) for row, fields in pairs]
    variants = [{"id": row["id"]} | terms.of_variant(fields, row["assets"]) for row, fields in pairs]
    told = shop.ask(queries.UPDATE_PRODUCTS, a=[each for each in articles if len(each) > 1], v=variants)
    yield from terms.outcomes(writes, told["done"])


def remove(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Delete variants; one without options is its article's only one, and takes it along."""
    rows = VARIANTS.some(shop, [each.id or "" for each in writes])
    articles = [each["article"]["id"] for each in rows if not each["options"]]
    told = shop.ask(queries.DELETE, a=articles, v=[each["id"] for each in rows if each["options"]])
    for each in (*told["articles"], *told["variants"]):
        if each["result"] != "DELETED":
            raise Unfit("not-deleted", each["message"])
    yield from done(writes)


class _Terms:
    """Our fields in the shop's own terms: its language, categories and taxes."""

    def __init__(self, shop: Shop, writes: Sequence[Write]) -> None:
        self.shop, self.facet = shop, shop.options.category_facet
        told = shop.ask(queries.TERMS, facet=self.facet)
        zone, facets = told["activeChannel"]["zone"], alike(told["facets"]["items"], self.facet, "code")[:1]
        self.facet = facets[0]["code"] if facets else self.facet
        rates = [each for each in told["taxRates"]["items"] if each["enabled"] and each["zone"] == zone]
        self.taxes = {Decimal(exact(each["value"])): each["category"]["id"] for each in rates}
        self.pictures, self._faults = assets.uploaded(shop, writes)
        self.categories = {value["name"]: value["id"] for each in facets for value in each["values"]}
        wanted = {each.fields["category"] for each in writes if each.fields.get("category")}
        if unknown := sorted(wanted - self.categories.keys()):
            self._add_categories(facets, unknown)

    def _add_categories(self, facets: Sequence[Row], names: Sequence[str]) -> None:
        new = {"code": self.facet, "isPrivate": False, **self.texts({"name": self.facet})}
        facet = facets[0] if facets else self.shop.ask(queries.CREATE_FACET, input=new)["made"]
        self.facet = facet["code"]
        values = [{"facetId": facet["id"], "code": name, **self.texts({"name": name})} for name in names]
        made = self.shop.ask(queries.CREATE_VALUES, input=values)["made"]
        self.categories |= {each["name"]: each["id"] for each in made}

    def texts(self, fields: Row, **more: str) -> Fields:
        """Return those of some fields that are texts, in the shop's language."""
        texts = given(TEXTS, fields) | more
        return {"translations": [{"languageCode": self.shop.language, **texts}]} if texts else {}

    def of_article(self, fields: Row, row: Row) -> Fields:
        """Return what is set at the article of a variant; it keeps its values of other facets."""
        alone = not row["options"]
        shared = for_article(fields, alone=alone)
        made = self.texts(shared) | written(ENABLED, shared)
        if alone:
            made |= assets.given(fields, self.pictures, row["article"]["assets"])
        if "category" in fields:
            kept = [each["id"] for each in row["article"]["facetValues"] if each["facet"]["code"] != self.facet]
            made["facetValueIds"] = kept + [self.categories[name] for name in [fields["category"]] if name]
        return made

    def new_article(self, write: Write) -> Fields:
        """Return an article that is not there yet, with our mark in its address."""
        fields = {"description": "", **write.fields}
        made = self.of_article(fields, {"options": (), "article": {"facetValues": (), "assets": ()}})
        return made | self.texts(fields, slug=f"{fields['name']}-{mark(write)}")

    def of_variant(self, fields: Row, held: Sequence[Row] = ()) -> Fields:
        """Return what is set at the variant. `held`: the assets that it has."""
        made = self.texts({name: fields[name] for name in fields if name == "name"}) | written(ENABLED, fields)
        made |= assets.given(fields, self.pictures, held)
        if fields.get("tax_rate") is not None:
            rate = Decimal(fields["tax_rate"])
            if rate not in self.taxes:
                raise Unfit("no-tax-rate", f"the shop's tax zone has no rate of {rate} %; add it")
            made["taxCategoryId"] = self.taxes[rate]
        return made

    def outcomes(self, writes: Sequence[Write], rows: Sequence[Row]) -> Iterator[Written]:
        """Yield that all is done, but for the pictures that could not be had."""
        return without(as_shown(writes, RECORDS(self.shop, rows)), writes, self._faults)


def put_prices(shop: Shop, pairs: Pairs) -> None:
    """Set prices, in the form that the channel keeps them in: with its tax or without."""
    shop.ask(queries.UPDATE_VARIANTS, v=[_price(write.record, row) for write, row in pairs])


def _price(price: Row, row: Row) -> Fields:
    wanted, precision = row["tax_included"], row["precision"]
    held = wanted if price.get("tax_included") is None else price["tax_included"]
    amount = with_tax(Decimal(price["amount"]), exact(row["tax"]["value"]), held=held, wanted=wanted)
    told = {"currencyCode": price["currency"], "price": in_coins(in_decimals(amount, precision), precision)}
    return {"id": row["id"], "prices": [told], **_released(row)}


def _released(row: Row) -> Fields:
    """Return what lets a variant be sold that we have held back; what somebody else has set there stays."""
    return RELEASED if row["outOfStockThreshold"] == HELD_BACK["outOfStockThreshold"] else {}


def put_stock(shop: Shop, pairs: Pairs) -> None:
    """Set what can be had. Vendure takes off what its open orders hold, so that has to lie there as well."""
    place = shop.stock_location()
    shop.ask(queries.UPDATE_VARIANTS, v=[_level(write.record, row, place) for write, row in pairs])


def _level(stock: Row, row: Row, place: str) -> Fields:
    """Return what has to lie at a place, whatever lies at others; below zero, if it is more there than can be had.

    `stockOnHand` of the variant itself would be that of the shop's first place, which need not be the channel's, and
    Vendure refuses it where it is less than the variant's `outOfStockThreshold`.
    """
    free = sum(level["stockOnHand"] - level["stockAllocated"] for level in row["levels"])
    there = sum(level["stockOnHand"] for level in row["levels"] if level["stockLocationId"] == place)
    level = {"stockLocationId": place, "stockOnHand": there + pieces(stock) - free}
    priced = _released(row) if any(each["price"] for each in row["prices"]) else {}
    return {"id": row["id"], "trackInventory": "TRUE", "stockLevels": [level], **priced}
