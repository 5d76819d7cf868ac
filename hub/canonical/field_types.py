"""The types of fields: each a text with one form, checked, and described for the JSON Schema by its standard."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Strict, WithJsonSchema

from hub.canonical import contacts, values

Item = TypeVar("Item")


def _described(title: str, pattern: str | None = None) -> WithJsonSchema:
    schema = {"type": "string", "title": title}
    return WithJsonSchema(schema | {"pattern": f"^{pattern}$"} if pattern else schema)


def _checked(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(check)


_NUMBER = r"[0-9]{1,15}(\.[0-9]{1,6})?"
_MONEY = r"[0-9]{1,15}\.[0-9]{2,6}"

Identifier = Annotated[str, _checked(values.identifier), _described("identifier")]
Gtin = Annotated[str, _checked(values.gtin), _described("GTIN (GS1)", "([0-9]{8}|[0-9]{12,14})")]
Name = Annotated[str, _checked(values.name), _described("text of one line")]
Description = Annotated[str, _checked(values.description), _described("text")]
Quantity = Annotated[str, _checked(values.quantity), _described("decimal, not negative", _NUMBER)]
SignedQuantity = Annotated[str, _checked(values.signed_quantity), _described("decimal", f"-?{_NUMBER}")]
Amount = Annotated[str, _checked(values.amount), _described("money, not negative", _MONEY)]
SignedAmount = Annotated[str, _checked(values.signed_amount), _described("money", f"-?{_MONEY}")]
Rate = Annotated[str, _checked(values.rate), _described("per cent", _NUMBER)]
Currency = Annotated[str, _checked(values.currency), _described("currency (ISO 4217)", "[A-Z]{3}")]
Unit = Annotated[str, _checked(values.unit), _described("unit (UN/ECE Rec 20 and 21)", "[A-Z0-9]{2,3}")]
TaxCategory = Annotated[str, _checked(values.tax_category), _described("tax category (UNCL5305)", "[A-Z]{1,2}")]
Day = Annotated[str, _checked(values.day), _described("date (ISO 8601)", "[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Instant = Annotated[
    str,
    _checked(values.instant),
    _described("instant in UTC (RFC 3339)", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z"),
]
Country = Annotated[str, _checked(contacts.country), _described("country (ISO 3166-1 alpha-2)", "[A-Z]{2}")]
Language = Annotated[
    str,
    _checked(contacts.language),
    _described("language (ISO 639-1)", "[a-z]{2}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?"),
]
VatId = Annotated[str, _checked(contacts.vat_id), _described("VAT id (VIES)", "[A-Z0-9+*]{4,20}")]
Email = Annotated[str, _checked(contacts.email), _described("e-mail address", "[^@]+@[^@]+")]
Phone = Annotated[str, _checked(contacts.phone), _described("phone number")]
WebAddress = Annotated[str, _checked(contacts.web_address), _described("web address", "https?://.+")]

OrderStatus = Literal["pending", "confirmed", "processing", "shipped", "completed", "cancelled"]
"""They only move forward; cancelled is the end from anywhere but completed, unless the shop that cancelled it goes on."""

Many = Annotated[tuple[Item, ...], Strict(strict=False)]
"""A list: JSON has no tuples, so that either is taken."""
