"""Products, prices, stock and parties. Only the fields a system knows are set: `model_dump(exclude_unset=True)`."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, model_validator

from hub.canonical.field_types import (
    Amount,
    Country,
    Currency,
    Day,
    Description,
    Email,
    Gtin,
    Identifier,
    Language,
    Many,
    Name,
    Phone,
    Quantity,
    Rate,
    SignedQuantity,
    TaxCategory,
    Unit,
    VatId,
    WebAddress,
)


class Record(BaseModel):
    """What every canonical record is: frozen, exact, and JSON all through."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_none(cls, values: Any) -> Any:
        """Text without a character says nothing, unless the field must say something."""
        if not isinstance(values, dict):
            return values
        fields = cls.model_fields
        return {
            name: None
            if isinstance(value, str) and not value.strip() and name in fields and not fields[name].is_required()
            else value
            for name, value in cast("Mapping[str, Any]", values).items()
        }


class PackageGtin(Record):
    """A GTIN of a package."""

    gtin: Gtin
    """As it is printed on the package."""
    unit: Unit | None = None
    """What the package is: a carton, a pallet ..."""
    factor: Quantity
    """Units of the product in the package."""


class Product(Record):
    """Something that is bought, kept or sold. Key: sku."""

    sku: Identifier
    """Our article number."""
    gtin: Gtin | None = None
    """Of one unit, as it is scanned at the till (EAN, UPC)."""
    name: Name | None = None
    """As customers read it."""
    description: Description | None = None
    """The long text; may have several lines or be HTML."""
    unit: Unit | None = None
    """What quantities, prices and stock count."""
    gtins: Many[PackageGtin] | None = None
    """Further GTINs, each of a package of so many units."""
    category: Name | None = None
    """The path in the category tree, its steps joined by ` > `."""
    brand: Name | None = None
    """The maker's or trade mark's name."""
    tags: Many[Name] | None = None
    """Words to choose by, e.g. `web`."""
    attributes: dict[Name, Name] | None = None
    """What else is known of it, by its name: `{"Colour": "red"}`."""
    images: Many[WebAddress] | None = None
    """The first is the main one."""
    variant_of: Identifier | None = None
    """What all variants of one article have in common; none: the product stands for itself."""
    options: dict[Name, Name] | None = None
    """What tells a variant from the others of its article: `{"Size": "L"}`."""
    tax_category: TaxCategory | None = None
    """Why the tax is what it is."""
    tax_rate: Rate | None = None
    """Of value added tax: `23` for 23 %."""
    weight: Quantity | None = None
    """Of one unit, in kilograms."""
    active: bool | None = None
    """Whether it may be sold."""


class Price(Record):
    """What one unit of a product costs on one price list. Key: sku, list, currency."""

    sku: Identifier
    """The product."""
    list: Identifier
    """The price list."""
    currency: Currency
    """Of the amount."""
    gtin: Gtin | None = None
    """Of the product, as the price list says it."""
    amount: Amount | None = None
    """For one unit."""
    tax_included: bool | None = None
    """Whether the amount holds the tax."""
    minimum_quantity: Quantity | None = None
    """The price holds from so many units on."""
    valid_from: Day | None = None
    """The first day."""
    valid_to: Day | None = None
    """The last day."""


class StockLevel(Record):
    """How much of a product lies at one place. Key: sku, location."""

    sku: Identifier
    """The product."""
    location: Identifier
    """The warehouse, or a place in it."""
    gtin: Gtin | None = None
    """Of the product, as the stock list says it."""
    on_hand: SignedQuantity | None = None
    """What lies there; below zero: what was sold and has not been booked in."""
    reserved: Quantity | None = None
    """What is promised to orders."""
    buffer: Quantity | None = None
    """What must stay."""
    available: SignedQuantity | None = None
    """What may be sold: on hand less reserved less buffer; below zero, as some systems have it, nothing may."""
    unit: Unit | None = None
    """What the quantities count."""


class Address(Record):
    """Where somebody is, or something goes."""

    id: Identifier | None = None
    """The system's own, where it has one."""
    use: Literal["billing", "shipping", "other"] | None = None
    """What the party uses it for."""
    name: Name | None = None
    """The person."""
    company: Name | None = None
    """The company, where the address names one."""
    street: Name | None = None
    """Street and number."""
    street_more: Name | None = None
    """A second line: flat, building, entrance."""
    city: Name | None = None
    """The town."""
    postcode: Name | None = None
    """As the country's post writes it."""
    region: Name | None = None
    """State, province or county, where addresses need one."""
    country: Country | None = None
    """Where it is."""
    phone: Phone | None = None
    """For the carrier."""


class Contact(Record):
    """A person at a company."""

    name: Name | None = None
    """First name and surname."""
    role: Name | None = None
    """What the person does there."""
    email: Email | None = None
    """The person's own."""
    phone: Phone | None = None
    """The person's own."""


class Party(Record):
    """Somebody we deal with. Key: given by the hub."""

    number: Identifier | None = None
    """The head office's number."""
    name: Name | None = None
    """Of the company, or of the person."""
    company: bool | None = None
    """A company, not a person."""
    customer: bool | None = None
    """Buys from us."""
    supplier: bool | None = None
    """Sells to us."""
    vat_id: VatId | None = None
    """With the country's letters in front, as VIES has it."""
    email: Email | None = None
    """The main one; parties are matched by it."""
    phone: Phone | None = None
    """The main one; parties are matched by it."""
    language: Language | None = None
    """That we write in."""
    addresses: Many[Address] | None = None
    """All that are known."""
    contacts: Many[Contact] | None = None
    """The people there."""
    payment_days: Quantity | None = None
    """Days to pay."""
    credit_limit: Amount | None = None
    """The most that may be open at a time."""
    currency: Currency | None = None
    """Of the credit limit, and of what is agreed."""
    price_list: Identifier | None = None
    """The price list whose prices hold for the party."""
    blocked: bool | None = None
    """Nothing may be sold to the party."""
    consents: dict[Name, bool] | None = None
    """What the party has agreed to: `{"newsletter": true}`."""
