"""Allegro, after developer.allegro.pl: "Authentication and authorization", "Get seller's offers", "Get the user's orders"."""

import base64
import itertools
import re
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.server import Asked, Reply

KIND = "application/vnd.allegro.public.v1+json"
AGENT = re.compile(r"[\w-]+/[\d.]+ \(\+https://\S+\)")
"""Tutorial "Basic information": name/version (+address)."""
CLIENT, SECRET, FIRST = "a1b2c3client", "s3cr3t-of-the-app", "r0-refresh-of-the-login"


def error(status: int, code: str, message: str) -> Reply:
    """Return an error as all resources write it."""
    told = {"code": code, "message": message, "details": None, "path": None, "userMessage": message}
    return Reply(status, {"errors": [told]})


def offer(number: int) -> dict[str, Any]:
    """Return an offer as the list shows it."""
    return {
        "id": str(7_000_000_000 + number), "name": f"Lampa {number}", "category": {"id": "257931"},
        "primaryImage": {"url": f"https://a.allegroimg.com/original/{number}"}, "stats": {"watchersCount": number},
        "sellingMode": {"format": "BUY_NOW", "price": {"amount": "19.90", "currency": "PLN"}, "startingPrice": None},
        "saleInfo": {"currentPrice": None, "biddersCount": 0}, "isFulfillment": False, "stock": {"available": 5, "sold": number},
        "publication": {"status": "ACTIVE", "endedBy": None}, "external": {"id": f"L-{number}"} if number else None,
    }  # fmt: skip


def checkout_form(number: int, status: str = "READY_FOR_PROCESSING") -> dict[str, Any]:
    """Return an order."""
    pln = {"currency": "PLN"}
    person = {"firstName": "Jan", "lastName": "Żak"}
    home = {"street": "Prosta 1", "city": "Warszawa", "countryCode": "PL"}
    buyer = {**person, "id": f"b{number % 3}", "email": f"8awgqyk6a5+{number}@allegromail.pl", "login": f"jan{number}",
             "companyName": None, "guest": False, "phoneNumber": None, "address": {**home, "postCode": "00-950"}}  # fmt: skip
    line = {
        "id": f"l{number}", "offer": {"id": "7000000001", "name": "Lampa 1", "external": {"id": "L-1"}}, "quantity": 2,
        "originalPrice": {**pln, "amount": "19.90"}, "price": {**pln, "amount": "17.90"},
        "selectedAdditionalServices": [], "deposit": None, "discounts": [],
        "tax": {"rate": "23.00", "subject": "GOODS"}, "boughtAt": f"2026-11-02T06:00:{number % 60:02}.000Z",
    }  # fmt: skip
    return {
        "id": f"29738e61-7f6a-11e8-ac45-{number:012}", "messageToSeller": None, "buyer": buyer, "status": status,
        "payment": {"id": f"p{number}", "type": "ONLINE", "provider": "P24", "finishedAt": "2026-11-02T06:05:00.000Z",
                    "paidAmount": {**pln, "amount": "45.79"}},
        "fulfillment": {"status": "NEW", "shipmentSummary": {"lineItemsSent": "NONE"}, "provider": {"id": "SELLER"}},
        "delivery": {"address": {**person, **home, "zipCode": "00-950", "companyName": None, "phoneNumber": "500100200"},
                     "method": {"id": "m1", "name": "Paczkomat"}, "cost": {**pln, "amount": "9.99"},
                     "pickupPoint": {"id": "POP-WAR1", "name": "Paczkomat POP-WAR1"}, "smart": False},
        "invoice": {"required": True, "address": {**home, "zipCode": "00-950", "naturalPerson": None,
                                                  "company": {"name": "Żak sp. z o.o.", "taxId": "5252674798",
                                                              "ids": [{"type": "PL_NIP", "value": "5252674798"}],
                                                              "vatPayerStatus": "ACTIVE"}}},
        "lineItems": [line], "surcharges": [], "summary": {"totalToPay": {**pln, "amount": "45.79"}},
        "updatedAt": f"2026-11-02T07:{number % 60:02}:00.000Z", "revision": f"r{number}",
    }  # fmt: skip


class Allegro:
    """A seller's account."""

    def __init__(self) -> None:
        self.offers = [offer(number) for number in range(230)]
        self.forms = [checkout_form(1, "FILLED_IN"), *(checkout_form(number) for number in range(2, 110))]
        self.refresh, self.access = FIRST, ""
        self.reach = 10_000
        """No page of orders may go beyond (allegro-api#4027)."""
        self._numbers = itertools.count(1)

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        if asked.path == "/auth/oauth/token":
            return self._token(asked)
        if asked.headers.get("authorization") != f"Bearer {self.access}":
            return Reply(401, {"error": "invalid_token", "error_description": "Invalid access token"})
        if asked.headers.get("accept") != KIND:
            return error(406, "NotAcceptableException", "Not acceptable representation requested")
        if not AGENT.fullmatch(asked.headers.get("user-agent", "")):  # which answer that gets is not documented
            return error(403, "AccessDenied", "User-Agent")
        if asked.body and asked.headers.get("content-type") != KIND:
            return error(415, "UnsupportedMediaType", "Unsupported media type")
        return self._resource(asked, [part for part in asked.path.split("/") if part])

    def _token(self, asked: Asked) -> Reply:
        """Each refresh token may be used once."""
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        both = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {both}":
            return Reply(401, {"error": "invalid_client", "error_description": "Bad client credentials"})
        if form != {"grant_type": "refresh_token", "refresh_token": self.refresh}:
            return Reply(400, {"error": "invalid_grant", "error_description": "Invalid refresh token"})
        number = next(self._numbers)
        self.refresh, self.access = f"refresh-{number}", f"access-{number}"
        told = {"access_token": self.access, "refresh_token": self.refresh, "token_type": "bearer"}
        return Reply(200, told | {"expires_in": 43199, "scope": "allegro:api:sale:offers:read"})

    def _resource(self, asked: Asked, parts: list[str]) -> Reply:
        query = asked.query
        match asked.method, parts:
            case "GET", ["me"]:
                return Reply(200, {"id": "1", "login": "seller"})
            case "GET", ["sale", "offers"]:
                wanted = [each for each in self.offers[::-1] if query.get("offer.id", each["id"]) == each["id"]]
                return self._page(query, wanted, "offers", 1000)
            case "GET", ["order", "checkout-forms"]:
                if int(query.get("offset", 0)) + int(query.get("limit", 100)) > self.reach:
                    message = f"Offset and limit parameters exceed maximal result size of {self.reach} items"
                    return error(422, "VALIDATION_ERROR", message)
                return self._page(query, self._forms(query), "checkoutForms", 100)
            case "GET", ["order", "checkout-forms", id_]:
                found = [each for each in self.forms if each["id"] == id_]
                return Reply(200, found[0]) if found else error(404, "NOT_FOUND", "Checkout form not found")
            case "PUT", ["order", "checkout-forms", id_, "fulfillment"]:
                next(each for each in self.forms if each["id"] == id_)["fulfillment"] |= asked.json
                return Reply(204)
            case "PATCH", ["sale", "product-offers", id_]:
                found = next(each for each in self.offers if each["id"] == id_)
                for name, value in asked.json.items():
                    found[name] = found[name] | value if isinstance(value, dict) else value
                return Reply(200, {"id": id_})
            case _:
                return error(404, "NOT_FOUND", f"No resource {asked.path}")

    def _forms(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return orders, the newest first if no order is asked for; their mark is moved by buyers only."""
        forms = [each for each in self.forms if each["updatedAt"] >= query.get("updatedAt.gte", "")]
        if query.get("sort") == "updatedAt":
            return sorted(forms, key=lambda each: each["updatedAt"])
        return sorted(forms, key=lambda each: each["lineItems"][0]["boughtAt"], reverse=True)

    def _page(self, query: dict[str, str], rows: list[dict[str, Any]], name: str, most: int) -> Reply:
        start, size = int(query.get("offset", 0)), int(query.get("limit", 20))
        if not 1 <= size <= most:
            return error(422, "VALIDATION_ERROR", f"limit must be between 1 and {most}")
        page = rows[start : start + size]
        return Reply(200, {name: page, "count": len(page), "totalCount": len(rows)})
