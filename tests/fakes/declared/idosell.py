"""IdoSell, after idosell.readme.io: "products/products/search", "orders/orders/search", version 6."""

from datetime import datetime, timedelta
from typing import Any

from tests.fakes.server import Asked, Reply

KEY = "YXBwbGljYXRpb24xOmtleQ"
BASE = "/api/admin/v6"


def nothing() -> Reply:
    """Nothing found is said by 207 and the code 2."""
    return Reply(207, {"errors": {"faultCode": 2, "faultString": "zwrócono pusty wynik"}})


def product(number: int) -> dict[str, Any]:
    """Return a product, every tenth with two sizes; the name is there in each language."""
    sizes = [("S", "S"), ("L", "L")] if number % 10 == 0 else [("uniw", "uniwersalny")]
    attributes = [
        {"sizeId": id_, "sizePanelName": name, "productSizeCodeExternal": f"I-{number}-{id_}" if len(sizes) > 1 else "",
         "productRetailPrice": 19.9} for id_, name in sizes
    ]  # fmt: skip
    names = [{"langId": lang, "productName": f"{word} {number}", "productLongDescription": "<p>x</p>"}
             for lang, word in (("eng", "Lamp"), ("pol", "Lampa"))]  # fmt: skip
    return {
        "productId": number, "productDisplayedCode": f"I-{number}", "categoryName": "Lampy", "producerName": "Żak",
        "productIsVisible": "y", "productVat": 23, "currencyId": "PLN", "productRetailPrice": 19.9,
        "productDescriptionsLangData": names, "productSizesAttributes": attributes,
        "productImages": [{"productImageLargeUrl": f"https://shop.example/{number}.jpg"}],
    }  # fmt: skip


def order(number: int, changed: datetime) -> dict[str, Any]:
    """Return an order; its dates are those of the shop's clock."""
    billing = {"clientFirstName": "Jan", "clientLastName": "Żak", "clientNip": "5252674798", "clientFirm": "Żak sp. z o.o.",
               "clientStreet": "Prosta 1", "clientZipCode": "00-950", "clientCity": "Warszawa", "clientPhone1": "500100200",
               "clientCountryName": "Polska", "clientCountryId": "1143020003"}  # fmt: skip
    delivery = {f"clientDeliveryAddress{name.removeprefix('client')}": value for name, value in billing.items()}
    delivery |= {"clientDeliveryAddressCountry": "Polska", "clientDeliveryAddressCountryId": "1143020003"}
    line = {"productId": 1, "productName": "Lampa 1", "productCode": "I-1", "versionName": "", "sizeId": "uniw",
            "productSizeCodeExternal": "", "productQuantity": 2, "productVat": 23, "productOrderPrice": 12.3,
            "productOrderPriceNet": 10, "productVatFree": "n", "basketPosition": 1}  # fmt: skip
    money = {"currencyId": "PLN", "orderProductsCost": 24.6, "orderDeliveryCost": 9.99, "orderPayformCost": 0,
             "orderInsuranceCost": 0}  # fmt: skip
    base = {"billingCurrency": "PLN", "orderProductsCost": 24.6, "orderDeliveryCost": 9.99, "orderDeliveryVat": 23,
            "orderPayformCost": 0, "orderPayformVat": 23, "orderInsuranceCost": 0, "orderInsuranceVat": 23}  # fmt: skip
    return {
        "orderId": f"client-{number}", "orderSerialNumber": number, "orderType": "n", "errors": [],
        "clientResult": {"clientBillingAddress": billing, "clientDeliveryAddress": delivery,
                         "clientAccount": {"clientId": number % 3 + 1, "clientEmail": "jan@example.com", "clientPhone1": ""}},
        "orderDetails": {
            "orderStatus": "finished" if number % 2 else "false", "orderAddDate": "2026-07-01 12:00:00",
            "orderChangeDate": str(changed), "clientNoteToOrder": "", "productsResults": [line],
            "payments": {"orderPaymentType": "prepaid", "orderCurrency": money, "orderBaseCurrency": base,
                         "orderWorthCalculateType": "gross", "orderVatExists": "y"},
            "orderSourceResults": {"orderSourceDetails": {"orderSourceType": "shop", "fresh": "n", "fulfillment": "n"}},
            "dispatch": {"courierName": "DPD", "deliveryPackageId": "P-1"},
        },
    }  # fmt: skip


class IdoSell:
    """A shop; pages are numbered from 0."""

    def __init__(self) -> None:
        self.products = [product(number) for number in range(1, 131)]
        self.began = datetime(2026, 7, 1, 12, 0, 0)  # noqa: DTZ001  # the shop's own clock
        self.orders = [order(number, self.began + timedelta(minutes=number)) for number in range(1, 106)]

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        if asked.headers.get("x-api-key") != KEY:
            return Reply(401, {"errors": {"faultCode": 1, "faultString": "Unauthorized"}})
        params: dict[str, Any] = asked.json["params"] if asked.body else {}
        match asked.method, asked.path.removeprefix(BASE):
            case "POST", "/products/products/search":
                return self._page(params, self.products, "results")
            case "GET", "/products/products":
                return self._chosen(self.products, "productId", asked.query["productIds"], "results")
            case "POST", "/orders/orders/search":
                told: dict[str, str] = params["ordersRange"]["ordersDateRange"] if "ordersRange" in params else {}
                if told and told["ordersDateType"] != "modified":
                    return Reply(422, {"errors": {"faultCode": 422, "faultString": "ordersDateType"}})
                begin = told.get("ordersDateBegin", "")
                found = [each for each in self.orders if each["orderDetails"]["orderChangeDate"] >= begin]
                return self._page(params, found[::-1], "Results")
            case "GET", "/orders/orders":
                return self._chosen(self.orders, "orderSerialNumber", asked.query["ordersSerialNumbers"], "Results")
            case _:
                return Reply(404, {"errors": {"faultCode": 404, "faultString": "Not found"}})

    def _chosen(self, rows: list[dict[str, Any]], name: str, value: str, where: str) -> Reply:
        found = [each for each in rows if str(each[name]) == value]
        return Reply(200, {where: found}) if found else nothing()

    def _page(self, params: dict[str, Any], rows: list[dict[str, Any]], where: str) -> Reply:
        number, size = params.get("resultsPage", 0), params.get("resultsLimit", 100)
        if not 1 <= size <= 100:
            return Reply(422, {"errors": {"faultCode": 422, "faultString": "resultsLimit"}})
        page = rows[number * size : (number + 1) * size]
        told = {"resultsNumberAll": len(rows), "resultsNumberPage": -(-len(rows) // size)}
        return Reply(200, {where: page, **told, "resultsPage": number, "resultsLimit": size}) if page else nothing()
