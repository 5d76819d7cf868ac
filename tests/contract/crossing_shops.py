"""How each shop tells an order of `crossing`: as the sources say that its fake names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.contract.crossing import AT, NOTHING, Part, Placed, Row, Sum, Sums, full, off, parts
from tests.contract.crossing_hosted import baselinker, ecwid, saleor, shopify
from tests.fakes.baselinker.shop import BaseLinker
from tests.fakes.ecwid import Ecwid
from tests.fakes.fake import Fake
from tests.fakes.magento import Magento
from tests.fakes.prestashop.shop import PrestaShop
from tests.fakes.saleor import Saleor
from tests.fakes.shopify import Shopify
from tests.fakes.shopware import orders as shopware_orders
from tests.fakes.shopware.shop import Shop as Shopware
from tests.fakes.woocommerce import WooCommerce


@dataclass(frozen=True)
class Shop:
    """A shop, and how an order is placed there."""

    fake: type[Fake]
    place: Callable[[Any, Placed, Sums], str]
    """Returns its identity."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cannot: Callable[[Placed], bool] = lambda _: False
    """What the shop itself does not have."""


def woocommerce(shop: WooCommerce, order: Placed, found: Sums) -> str:
    id_ = shop.place_order(AT)[0]
    values = shop.posts.records[int(id_)].values

    def item(each: Sum, **more: Any) -> Row:
        shop.uploads += 1
        rate = [{"id": int(each.part.rate), "total": str(each.tax), "subtotal": str(full(each).tax)}]
        amounts = {"total": str(each.net), "total_tax": str(each.tax)}
        return {"id": shop.uploads, **amounts, "taxes": rate if each.part.rate != "0" else [], "meta_data": [], **more}

    def line(each: Sum) -> Row:
        before = {"subtotal": str(full(each).net), "subtotal_tax": str(full(each).tax)}
        return item(each, name=each.part.name, sku=each.part.sku, quantity=each.part.quantity, **before)

    rates = sorted({each.part.rate for each in parts(found)} - {"0"})
    values |= {
        "total": str(found.gross),
        "total_tax": str(found.tax),
        "prices_include_tax": order.included,
        "currency": order.currency,
        "line_items": [line(each) for each in found.lines],
        "shipping_lines": [
            item(each, method_id="flat", method_title=each.part.name) for each in [found.shipping] if each
        ],
        "fee_lines": [item(each, name=each.part.name, tax_class="") for each in [found.fee] if each],
        "tax_lines": [
            {"id": int(rate), "rate_id": int(rate), "label": "VAT", "compound": False, "rate_percent": float(rate)}
            for rate in rates
        ],
        "billing": values["billing"] | {"company": order.company, "country": order.country},
        "meta_data": [{"id": 1, "key": "_nip", "value": order.vat_id}] if order.vat_id else [],
        "date_paid_gmt": "2026-11-20T23:31:00",
    }
    return id_


def prestashop(shop: PrestaShop, order: Placed, found: Sums) -> str:
    id_ = shop.place_order(AT)[0]
    tables = shop.tables
    values = tables["orders"].records[int(id_)].values
    for each in [each.id for each in tables["order_details"].there() if each.values["id_order"] == id_]:
        tables["order_details"].remove(each)
    known = {each.values["rate"]: each.id for each in tables["taxes"].there()}

    def tax(rate: str) -> list[int]:
        name = f"{float(rate):.3f}"
        if name not in known:
            known[name] = tables["taxes"].add({"rate": name}).id
        return [known[name]] if rate != "0" else []

    def both(name: str, net: Decimal, gross: Decimal) -> Row:
        return {f"{name}_tax_incl": f"{gross:.6f}", f"{name}_tax_excl": f"{net:.6f}"}

    for each in found.lines:
        own = full(each) if order.coupon != "0" else each
        told = {"product_reference": each.part.sku or "", "product_name": each.part.name, "taxes": tax(each.part.rate)}
        whose = {"id_order": id_, "product_id": "0", "product_attribute_id": "0"}
        amounts = both("total_price", own.net, own.gross)
        tables["order_details"].add({**whose, "product_quantity": str(each.part.quantity), **amounts, **told})
    nothing = Sum(Part("0"), NOTHING, NOTHING, NOTHING)
    coupon = [sum((getattr(each, name) for each in found.coupon.values()), NOTHING) for name in ("net", "gross")]
    shipping, fee = found.shipping or nothing, found.fee or nothing
    codes = {each.values["iso_code"]: each.id for each in tables["currencies"].there()}
    if order.currency not in codes:
        codes[order.currency] = tables["currencies"].add({"iso_code": order.currency}).id
    values |= {
        **both("total_paid", found.net, found.gross),
        **both("total_shipping", shipping.net, shipping.gross),
        **both("total_wrapping", fee.net, fee.gross),
        **both("total_discounts", coupon[0], coupon[1]),
        "carrier_tax_rate": f"{float(shipping.part.rate):.3f}",
        "round_type": "2",
        "id_currency": str(codes[order.currency]),
    }
    address = tables["addresses"].records[int(values["id_address_invoice"])].values
    countries = {each.values["iso_code"]: each.id for each in tables["countries"].there()}
    if order.country not in countries:
        countries[order.country] = tables["countries"].add({"iso_code": order.country}).id
    told = {"company": order.company, "vat_number": order.vat_id, "id_country": str(countries[order.country])}
    address |= told
    return id_


def magento(shop: Magento, order: Placed, found: Sums) -> str:
    id_ = shop.place_order(AT)[0]
    values = shop.orders.records[int(id_)].values
    like = values["items"][1]

    def line(number: int, each: Sum) -> Row:
        whole, taken = full(each), off(each, order)
        held = whole.tax - each.tax if order.included else NOTHING
        told = {
            "row_total": whole.net,
            "row_total_incl_tax": whole.gross,
            "tax_amount": each.tax,
            "discount_amount": taken,
            "discount_tax_compensation_amount": held,
            "tax_percent": Decimal(each.part.rate),
        }
        named = {"item_id": 10 * int(id_) + number, "name": each.part.name, "qty_ordered": each.part.quantity}
        return {
            **like,
            **{name: float(amount) for name, amount in told.items()},
            **named,
            "sku": each.part.sku or "SET-1",
        }

    way = found.shipping or Sum(Part("0"), NOTHING, NOTHING, NOTHING)
    values |= {
        "order_currency_code": order.currency,
        "grand_total": float(found.gross - Decimal(order.gift_card)),
        "tax_amount": float(found.tax),
        "shipping_amount": float(way.net),
        "shipping_tax_amount": float(way.tax),
        "shipping_incl_tax": float(way.gross),
        "items": [line(number, each) for number, each in enumerate(found.lines)],
        "total_paid": float(found.gross),
        "customer_taxvat": order.vat_id or None,
    }
    rates = [{"percent": float(way.part.rate), "amount": float(way.tax)}] if way.part.rate != "0" else []
    values["billing_address"] |= {"company": order.company, "country_id": order.country}
    values["extension_attributes"] |= {
        "item_applied_taxes": [{"type": "shipping", "applied_taxes": rates}],
        **({"gift_cards_amount": float(order.gift_card)} if order.gift_card != "0" else {}),
    }
    return id_


def shopware(shop: Shopware, order: Placed, found: Sums) -> str:
    status = "gross" if order.included else "net"
    exempt = not order.included and not found.tax

    def amount(each: Sum) -> str:
        return str(each.gross if order.included else each.net)

    def line(each: Sum) -> shopware_orders.Line:
        own = full(each) if order.coupon != "0" else each
        rates = {each.part.rate: amount(own)}
        kind = "product" if each.part.sku else "custom"
        return shopware_orders.Line(each.part.name, amount(own), rates, each.part.sku, each.part.quantity, kind)

    lines = [line(each) for each in found.lines]
    if found.coupon:
        rates = {rate: f"-{amount(each)}" for rate, each in found.coupon.items()}
        total = str(sum(map(Decimal, rates.values())))
        lines.append(shopware_orders.Line("Coupon", total, rates, None, type="promotion"))
    way = {found.shipping.part.rate: amount(found.shipping)} if found.shipping else {"23": "0"}
    status = "tax-free" if exempt else status
    id_ = shop.order_of(lines, at=AT, status=status, calculation="horizontal", shipping=way, guest=True)
    values = shop.record("orders", id_).values
    values["currency"] = {"apiAlias": "currency", "isoCode": order.currency}
    values["orderCustomer"] |= {"company": order.company or None, "vatIds": [order.vat_id] if order.vat_id else None}
    values["billingAddress"]["country"]["iso"] = order.country
    return id_


def foreign(order: Placed) -> bool:
    return order.currency != "PLN"


SHOPS: Mapping[str, Shop] = {
    "woocommerce": Shop(WooCommerce, woocommerce, {"vat_id_meta": "_nip"}, lambda order: order.gift_card != "0"),
    "shopify": Shop(Shopify, shopify, cannot=lambda order: bool(order.vat_id)),
    "prestashop": Shop(PrestaShop, prestashop, cannot=lambda order: order.gift_card != "0"),
    "magento": Shop(
        Magento, magento, {"prices_include_tax": True}, lambda order: bool(order.fee) or not order.included
    ),
    "magento without tax": Shop(Magento, magento, cannot=lambda order: bool(order.fee) or order.included),
    "shopware": Shop(
        Shopware,
        shopware,
        cannot=lambda order: order.gift_card != "0" or bool(order.fee) or order.currency in ("JPY", "KWD"),
    ),
    "saleor": Shop(Saleor, saleor, cannot=lambda order: bool(order.fee) or bool(order.vat_id)),
    "ecwid": Shop(Ecwid, ecwid, cannot=foreign),
    "baselinker": Shop(
        BaseLinker,
        baselinker,
        {"delivery_tax_rate": "23"},
        lambda order: not order.included or bool(order.fee) or order.gift_card != "0",
    ),
}
