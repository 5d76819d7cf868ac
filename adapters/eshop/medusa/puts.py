"""Writing prices and stock of variants that are there."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.bulk import in_halves
from adapters.eshop.medusa.asked import Row, is_plain, item_of, level_at
from adapters.eshop.medusa.shop import Shop, refusal
from hub.connector import Write, Written
from hub.errors import Refused

_PRICE = ("amount", "currency_code", "min_quantity", "max_quantity", "rules")
_LATER = ("minimum_quantity", "valid_from", "valid_to")


def put_prices(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set prices. The shop replaces all of a variant's prices at once: the others are sent along as they are now."""
    by_variant: dict[str, list[Write]] = {}
    held = shop.tax_included()
    there = shop.of_variants("prices", [variant_of(each) for each in writes])
    for each in writes:
        if why := _unfit(each, held, shop.options.currency):
            yield refusal(each, why, "price-not-possible")
        elif variant_of(each) not in there:
            yield Written(each.key, "gone")
        else:
            by_variant.setdefault(variant_of(each), []).append(each)
    changed = {variant: _prices(there[variant], variant, group) for variant, group in by_variant.items()}
    alone = [variant for variant in changed if len(there[variant]["variants"]) == 1]
    refused = dict(in_halves(alone, partial(_send_alone, shop, there, changed)))
    for variant in changed.keys() - set(alone):
        path = f"products/{there[variant]['id']}/variants/batch"
        refused |= dict(
            in_halves([variant], lambda some, path=path: shop.send(path, _update(changed, some), repeatable=True))
        )
    for variant, group in by_variant.items():
        for each in group:
            why, identity = refused.get(variant), f"{variant}|{each.record['currency']}"
            yield refusal(each, why) if why else Written(each.key, "done", identity)


def _update(changed: Mapping[str, Any], variants: Sequence[str]) -> dict[str, Any]:
    return {"update": [{"id": variant, "prices": changed[variant]} for variant in variants]}


def _send_alone(shop: Shop, there: Mapping[str, Row], changed: Mapping[str, Any], variants: Sequence[str]) -> None:
    """Set the prices of products with one variant, all in one request: ten times faster than one by one.

    A product's variants that are not named here would be deleted; so it is only for products that have no other.
    """
    body = [{"id": there[one]["id"], "variants": _update(changed, [one])["update"]} for one in variants]
    shop.send("products/batch", {"update": body}, repeatable=True)


def variant_of(write: Write) -> str:
    """Return the variant that a price or level belongs to; empty if the shop does not have it."""
    if write.id:
        return write.id.partition("|")[0]
    return write.links.get("products", {}).get(write.record["sku"], "")


def _unfit(write: Write, tax_included: Mapping[str, bool], only: str | None) -> Refused | None:
    """Return why a price cannot be one for everybody, always, in this shop."""
    record = write.record
    if any(record.get(name) not in (None, "1") for name in _LATER):
        return Refused("a price from some quantity or some day on cannot be brought to Medusa yet")
    if only not in (None, record["currency"]):
        return Refused(f"only prices in {only} are exchanged with this shop: see currency in its options")
    told, held = record.get("tax_included"), tax_included.get(record["currency"], False)
    if told is not None and told != held:
        here, there = ("with", "without") if told else ("without", "with")
        return Refused(f"the price is {here} tax, the shop's prices in {record['currency']} are {there} it")
    return None


def _prices(row: Row, variant: str, writes: Sequence[Write]) -> list[dict[str, Any]]:
    """Return all prices of a variant as they shall be. JSON numbers, as the shop takes no texts: exact to 15 digits."""
    new = {each.record["currency"].lower(): float(each.record["amount"]) for each in writes}
    old = next(each for each in row["variants"] if each["id"] == variant)["prices"]
    kept = [price for price in old if not (is_plain(price) and price["currency_code"] in new)]
    stay = [{name: price[name] for name in _PRICE} for price in kept]
    return stay + [{"currency_code": currency, "amount": amount} for currency, amount in new.items()]


def put_stock(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what may be sold. The shop keeps what lies there, and what its open orders have reserved of it."""
    # Asked right before it is written: each order in between raises what is reserved.
    there = shop.of_variants("stock", [variant_of(each) for each in writes])
    location = shop.location()["id"]
    levels: dict[str, dict[str, Any]] = {}
    for each in writes:
        variant = variant_of(each)
        found = [one for one in there.get(variant, {"variants": ()})["variants"] if one["id"] == variant]
        item = item_of(found[0]) if found else None
        if not found:
            yield Written(each.key, "gone")
        elif item is None:
            why = Refused(
                "the shop keeps no stock of this variant, or it is made of several: see Manage inventory there"
            )
            yield refusal(each, why, "stock-not-kept")
        else:
            level = level_at(item, location)
            amount = float(each.fields["available"]) + (level["reserved_quantity"] if level else 0)
            body = {"inventory_item_id": item["id"], "location_id": location, "stocked_quantity": amount}
            levels[variant] = {"way": "update" if level else "create", "body": body, "write": each}
    refused = dict(in_halves(list(levels), partial(_send_levels, shop, levels)))
    for variant, level in levels.items():
        each, why = level["write"], refused.get(variant)
        yield refusal(each, why) if why else Written(each.key, "done", variant)


def _send_levels(shop: Shop, levels: Mapping[str, Any], variants: Sequence[str]) -> None:
    body: dict[str, list[Any]] = {"create": [], "update": []}
    for variant in variants:
        body[levels[variant]["way"]].append(levels[variant]["body"])
    shop.send("inventory-items/location-levels/batch", body, repeatable=not body["create"])
