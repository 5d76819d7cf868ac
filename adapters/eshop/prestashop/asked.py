"""What is asked of the shop's catalogue and customers, and the documents that are made of its answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from adapters.eshop.categories import Categories
from adapters.eshop.prestashop.images import address, ids_of
from adapters.eshop.prestashop.shop import Shop
from adapters.eshop.slugs import slug
from adapters.eshop.variants import full_name
from adapters.fields import at
from adapters.rows import Row
from hub.connector import Document

PRODUCT = "id reference ean13 name description active weight id_tax_rules_group link_rewrite"
COMBINATION = "id reference ean13 weight"
SOLD = "[id,id_product,reference,price]"
CUSTOMER = "id email firstname lastname company"
ADDRESS = "id alias company firstname lastname vat_number address1 address2 postcode city phone phone_mobile"


def picked(row: Row, names: str) -> dict[str, Any]:
    """Return the fields of a row that count; versions differ in what they have."""
    return {name: row[name] for name in names.split() if name in row}


def text(value: Any, language: str) -> str:
    """Return a text in one language; a shop with a single one does not name it (`WebserviceOutputJSON`)."""
    if isinstance(value, list):
        texts = cast("list[Row]", value)
        return next((each["value"] for each in texts if str(each["id"]) == language), None) or ""
    return value or ""


def identity(product: object, combination: object = None) -> str:
    """Return a product's identity; of a combination both numbers."""
    return f"{product}-{combination}" if combination else str(product)


def product_rows(shop: Shop, ids: Sequence[str], display: str = "full") -> list[Row]:
    """Return the products that these identities lie in."""
    return shop.some("products", [id_.partition("|")[0].partition("-")[0] for id_ in ids], display=display)


def combinations_of(shop: Shop, ids: Iterable[str], display: str = "full") -> Mapping[str, list[Row]]:
    """Return product -> its combinations."""
    found: Mapping[str, list[Row]] = defaultdict(list)
    for row in shop.some("combinations", ids, by="id_product", display=display):
        found[str(row["id_product"])].append(row)
    return found


def each_sold(shop: Shop, rows: Sequence[Row], display: str = "full") -> Iterator[tuple[Row, Row | None]]:
    """Yield what can be bought: products that stand alone, and of the others each combination with its product."""
    combinations = combinations_of(shop, [row["id"] for row in rows], display)
    for row in rows:
        if row["id"] not in combinations:
            yield row, None
        for combination in combinations.get(row["id"], ()):
            yield row, combination


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product, with what it has from its article."""
    settings = shop.configuration()
    tree = categories(shop, settings)
    language, pairs = settings["PS_LANG_DEFAULT"], list(each_sold(shop, rows))
    chosen = _options(shop, [each for _, each in pairs if each], language)
    for row, combination in pairs:
        product = picked(row, PRODUCT)
        product |= {name: text(row.get(name), language) for name in ("name", "description", "link_rewrite")}
        raw: dict[str, Any] = {"product": product, "unit": settings["PS_WEIGHT_UNIT"], "combination": None}
        raw["category"] = tree.paths.get(str(row["id_category_default"]))
        raw["images"] = [address(shop.url, each) for each in (combination and ids_of(combination)) or ids_of(row)]
        if combination:
            options = chosen[combination["id"]]
            raw["combination"] = picked(combination, COMBINATION) | {"options": options}
            raw["title"] = full_name(product["name"], ", ".join(options.values()), "")
        yield Document(identity(row["id"], combination and combination["id"]), raw)


def _options(shop: Shop, combinations: Sequence[Row], language: str) -> dict[str, dict[str, str]]:
    """Return combination -> what tells it from the others: `{"Size": "L"}`."""
    ids = {each["id"]: associated(each, "product_option_values") for each in combinations}
    shown = "[id,name,id_attribute_group]"
    values = {
        row["id"]: row
        for row in shop.some("product_option_values", [each for own in ids.values() for each in own], display=shown)
    }
    groups = {str(row["id_attribute_group"]) for row in values.values()}
    names = {row["id"]: row["name"] for row in shop.some("product_options", sorted(groups), display="[id,name]")}

    def pair(value: Row) -> tuple[str, str]:
        return text(names.get(str(value["id_attribute_group"])), language), text(value["name"], language)

    return {id_: dict(pair(values[each]) for each in own if each in values) for id_, own in ids.items()}


def associated(row: Row, name: str) -> list[str]:
    """Return the numbers of what belongs to a record; what there is nothing of, the shop leaves out."""
    found: list[Row] = at(row, f"associations.{name}") or []
    return sorted(str(each["id"]) for each in found)


def categories(shop: Shop, settings: Mapping[str, str]) -> Categories:
    """Return the tree below the shop's home; what stands above that is nobody's category."""
    language, home = settings["PS_LANG_DEFAULT"], settings["PS_HOME_CATEGORY"]
    above = (home, settings["PS_ROOT_CATEGORY"])
    rows = shop.all("categories", "[id,id_parent,name]")
    shown = [{"id": each["id"], "above": str(each["id_parent"]), "name": text(each["name"], language)} for each in rows]

    def make(name: str, path: str, parent: str | None) -> str:
        fields = {"id_parent": parent or home, "active": 1, "name": name, "link_rewrite": slug(path)}
        return str(shop.create("categories", fields, language)["id"])

    return Categories([each for each in shown if each["id"] not in above], "above", make)


def prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product: what it costs everybody, without tax, before specific prices."""
    (currency,) = currencies(shop, [shop.configuration()["PS_CURRENCY_DEFAULT"]]).values()
    for row, combination in each_sold(shop, rows, SOLD):
        raw = {"sku": (combination or row)["reference"], "price": row["price"], "currency": currency}
        raw["impact"] = combination["price"] if combination else "0"
        yield Document(f"{identity(row['id'], combination and combination['id'])}|{currency}", raw)


def currencies(shop: Shop, ids: Iterable[Any]) -> dict[str, str]:
    """Return currency -> its code."""
    return {row["id"]: row["iso_code"] for row in shop.some("currencies", ids, display="[id,iso_code]")}


def levels(shop: Shop, ids: Sequence[str]) -> list[Row]:
    """Return the stock levels of products, with those of all their combinations."""
    return shop.some("stock_availables", [id_.partition("-")[0] for id_ in ids], by="id_product")


def stock(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product; the sum that stands at a product with combinations is none of them."""
    ids = [row["id_product"] for row in rows]
    there = {row["id"]: row for row in shop.some("products", ids, display="[id,reference]")}
    sold = {
        identity(row["id"], each and each["id"]): each or row for row, each in each_sold(shop, [*there.values()], SOLD)
    }
    for row in rows:
        attribute = row["id_product_attribute"] if str(row["id_product_attribute"]) != "0" else None
        id_ = identity(row["id_product"], attribute)
        if id_ in sold:
            yield Document(id_, {"sku": sold[id_]["reference"], "quantity": row["quantity"]})


def parties(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each customer, with the addresses that are in use; guests are customers, too."""
    theirs: Mapping[str, list[Row]] = defaultdict(list)
    found = shop.some("addresses", [row["id"] for row in rows], by="id_customer")
    for row, shown in zip(found, located(shop, found), strict=True):
        if str(row.get("deleted") or 0) == "0":
            theirs[str(row["id_customer"])].append(shown)
    for row in rows:
        yield Document(row["id"], picked(row, CUSTOMER) | {"addresses": theirs.get(row["id"], [])})


def customers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each customer who is still there: the shop keeps those who were deleted, and marks them."""
    return parties(shop, [row for row in rows if str(row["deleted"]) == "0"])


def located(shop: Shop, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return addresses with the codes of their countries and the names of their states."""
    countries = shop.some("countries", [row["id_country"] for row in rows], display="[id,iso_code]")
    states = shop.some("states", [row["id_state"] for row in rows], display="[id,name]")
    codes, names = {each["id"]: each["iso_code"] for each in countries}, {each["id"]: each["name"] for each in states}

    def shown(row: Row) -> dict[str, Any]:
        place = {"country": codes.get(str(row["id_country"])), "region": names.get(str(row["id_state"]))}
        return picked(row, ADDRESS) | place

    return [shown(row) for row in rows]
