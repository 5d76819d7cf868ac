"""How each shop tells an order of `crossing`: as the sources say that its fake names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.contract.crossing import Part, Placed, Sum, Sums
from tests.fakes.baselinker import orders as baselinker_orders
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

Row = dict[str, Any]
AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
"""In Warsaw and Paris, it is the next day."""
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Shop:
    """A shop, and how an order is placed there."""

    fake: type[Fake]
    place: Callable[[Any, Placed, Sums], str]
    """Returns its identity."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cannot: Callable[[Placed], bool] = lambda _: False
    """What the shop itself does not have."""


def parts(found: Sums) -> list[Sum]:
    return [each for each in (*found.lines, found.shipping, found.fee) if each]


def full(line: Sum) -> Sum:
    return line.full or line


def off(line: Sum, order: Placed) -> Decimal:
    """Return what was taken off a line, as its price is: with tax or without."""
    return full(line).gross - line.gross if order.included else full(line).net - line.net


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


def shopify(shop: Shopify, order: Placed, found: Sums) -> str:
    id_ = shop.place_order(AT)[0]
    values = shop.orders.records[max(shop.orders.records)].values
    values["customer_id"] = (
        values["customer_id"] or max(shop.customers.records, default=0) or int(shop.add("parties").rpartition("/")[2])
    )

    def bag(amount: Decimal) -> Row:
        return {"shopMoney": {"amount": f"{amount}", "currencyCode": order.currency}}

    def taxed(each: Sum) -> list[Row]:
        rate = Decimal(each.part.rate)
        told = {"title": "VAT", "rate": float(rate / 100), "ratePercentage": float(rate), "priceSet": bag(each.tax)}
        return [told] if rate else []

    def amount(each: Sum) -> Decimal:
        return each.gross if order.included else each.net

    def line(number: int, each: Sum) -> Row:
        like, taken, pieces = values["lines"][0], off(each, order), each.part.quantity
        return {
            **like,
            "id": f"{like['id']}{number}",
            "sku": each.part.sku,
            "title": each.part.name,
            "quantity": pieces,
            "currentQuantity": pieces,
            "originalUnitPriceSet": bag(Decimal(each.part.price)),
            "discountAllocations": [{"allocatedAmountSet": bag(taken)}] if taken else [],
            "taxLines": taxed(each),
        }

    lines = [line(number, each) for number, each in enumerate(found.lines)]
    charge = values["charges"][0]
    charges = [
        {**charge, **dict.fromkeys(("discountedPriceSet", "currentDiscountedPriceSet"), bag(amount(each)))}
        | {"title": each.part.name, "taxLines": taxed(each)}
        for each in [found.shipping]
        if each
    ]
    fees = [
        {
            "id": "1",
            "__typename": "AdditionalFee",
            "name": each.part.name,
            "price": bag(amount(each)),
            "taxLines": taxed(each),
        }
        for each in [found.fee]
        if each
    ]
    paid = {"kind": "SALE", "status": "SUCCESS", "processedAt": shop.written(AT)}
    card = [{**paid, "id": "2", "gateway": "gift_card", "paymentId": "g"}] if order.gift_card != "0" else []
    place = {"company": order.company or None, "countryCodeV2": order.country}
    values |= {
        "currencyCode": order.currency,
        "taxesIncluded": order.included,
        "currentTotalPriceSet": bag(found.gross),
        "currentTotalTaxSet": bag(found.tax),
        "lines": lines,
        "charges": charges,
        "additionalFees": fees,
        "billingAddress": values["billingAddress"] | place,
        "transactions": [*card, *values["transactions"]],
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


def saleor(shop: Saleor, order: Placed, found: Sums) -> str:
    id_ = shop.place_order(AT)[0]
    values = shop.orders.records[max(shop.orders.records)].values

    def taxed(net: Decimal, gross: Decimal) -> Row:
        both = {
            name: {"currency": order.currency, "amount": float(amount)}
            for name, amount in (("net", net), ("gross", gross))
        }
        return {"currency": order.currency, **both, "tax": {"currency": order.currency, "amount": float(gross - net)}}

    def line(number: int, each: Sum) -> Row:
        like, whole, pieces = values["lines"][0], full(each), each.part.quantity
        named = {"id": f"{like['id']}{number}", "productName": each.part.name, "productSku": each.part.sku}
        named |= {"variantName": each.part.sku or "", "quantity": pieces, "quantityToFulfill": pieces}
        amounts = {
            "totalPrice": taxed(each.net, each.gross),
            "unitPrice": taxed(each.net / pieces, each.gross / pieces),
        }
        before = {"undiscountedUnitPrice": taxed(whole.net / pieces, whole.gross / pieces)}
        return {**like, **named, **amounts, **before, "taxRate": float(Decimal(each.part.rate) / 100)}

    way = found.shipping or Sum(Part("0"), NOTHING, NOTHING, NOTHING)
    card = Decimal(order.gift_card)
    values |= {
        "total": taxed(found.net * (1 - card / found.gross), found.gross - card),
        "shippingPrice": taxed(way.net, way.gross),
        "shippingTaxRate": float(Decimal(way.part.rate) / 100),
        "displayGrossPrices": order.included,
        "lines": [line(number, each) for number, each in enumerate(found.lines)],
        "giftCards": [{"id": "1"}] if card else [],
    }
    return id_


def ecwid(shop: Ecwid, order: Placed, found: Sums) -> str:
    id_ = shop.place_order(AT)[0]
    record = shop.orders.records[max(shop.orders.records)]
    like = record.values["items"][0]
    way = found.shipping or Sum(Part("0"), NOTHING, NOTHING, NOTHING)

    def amount(each: Sum) -> float:
        return float(each.gross if order.included else each.net)

    def taxes(each: Sum, **more: Any) -> list[Row]:
        told = {"name": "VAT", "value": float(each.part.rate), "total": float(each.tax), **more}
        return [told] if each.part.rate != "0" else []

    def line(number: int, each: Sum) -> Row:
        first = float(way.tax) if not number else 0
        own = taxes(each, taxOnDiscountedSubtotal=float(each.tax), taxOnShipping=first, includeInPrice=order.included)
        coupon = float(off(each, order)) if order.coupon != "0" else 0
        discounts = [{"total": float(each.part.off)}] if each.part.off != "0" else []
        told = {"id": number + 1, "sku": each.part.sku, "name": each.part.name, "price": float(each.part.price)}
        return {
            **like,
            **told,
            "quantity": each.part.quantity,
            "taxes": own,
            "couponAmount": coupon,
            "discounts": discounts,
        }

    fees = [
        {
            "id": "wrap",
            "description": each.part.name,
            "total": amount(each),
            "totalWithoutTax": float(each.net),
            "taxes": taxes(each),
        }
        for each in [found.fee]
        if each
    ]
    record.values |= {
        "total": float(found.gross - Decimal(order.gift_card)),
        "tax": float(found.tax),
        "totalBeforeGiftCardRedemption": float(found.gross),
        "giftCardRedemption": float(order.gift_card),
        "couponDiscount": float(order.coupon),
        "discount": float(sum(Decimal(each.off) for each in order.lines)),
        "pricesIncludeTax": order.included,
        "items": [line(number, each) for number, each in enumerate(found.lines)],
        "shippingOption": {
            "shippingMethodName": way.part.name,
            "shippingRate": float(way.gross),
            "shippingRateWithoutTax": float(way.net),
        },
        "taxesOnShipping": taxes(way),
        "customSurcharges": fees,
        "customerTaxId": order.vat_id,
        "customerTaxIdValid": bool(order.vat_id),
        "billingPerson": record.values["billingPerson"] | {"companyName": order.company, "countryCode": order.country},
    }
    return id_


def baselinker(shop: BaseLinker, order: Placed, found: Sums) -> str:
    lines = [
        baselinker_orders.line(
            number,
            each.part.sku or "",
            each.part.name,
            float(full(each).gross) / each.part.quantity,
            each.part.quantity,
        )
        | {"tax_rate": float(each.part.rate)}
        for number, each in enumerate(found.lines, 1)
    ]
    lines += [
        baselinker_orders.line(90 + number, "", "Discount", -float(full(each).gross - each.gross), 1)
        | {"tax_rate": float(each.part.rate)}
        for number, each in enumerate(found.lines, 1)
        if each.full
    ]
    told = {
        "products": lines,
        "currency": order.currency,
        "invoice_company": order.company,
        "invoice_nip": order.vat_id,
    }
    told |= {
        "delivery_price": float(found.shipping.gross) if found.shipping else 0,
        "invoice_country_code": order.country,
    }
    told |= {"payment_done": float(found.gross), "payment_method": "PayU"}
    return str(shop.place(baselinker_orders.new(AT, shop.clock.now(), "jan@example.com", **told)))


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
