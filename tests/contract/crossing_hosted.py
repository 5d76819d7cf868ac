"""How shops that are services tell an order of `crossing`: as the sources say that their fakes name."""

from decimal import Decimal
from typing import Any

from tests.contract.crossing import AT, NOTHING, Part, Placed, Row, Sum, Sums, full, off
from tests.fakes.baselinker import orders as baselinker_orders
from tests.fakes.baselinker.shop import BaseLinker
from tests.fakes.ecwid import Ecwid
from tests.fakes.saleor import Saleor
from tests.fakes.shopify import Shopify


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
