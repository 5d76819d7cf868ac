"""The records' fields. Only those a system knows are set; what is stored is `model_dump(exclude_unset=True)`."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from hub.canonical import values

Identifier = Annotated[str, AfterValidator(values.identifier)]
Gtin = Annotated[str, AfterValidator(values.gtin)]
Name = Annotated[str, AfterValidator(values.name)]
Description = Annotated[str, AfterValidator(values.description)]
Quantity = Annotated[str, AfterValidator(values.quantity)]
Amount = Annotated[str, AfterValidator(values.amount)]
Rate = Annotated[str, AfterValidator(values.rate)]
Currency = Annotated[str, AfterValidator(values.currency)]
Unit = Annotated[str, AfterValidator(values.unit)]
TaxCategory = Annotated[str, AfterValidator(values.tax_category)]
Day = Annotated[str, AfterValidator(values.day)]


class Record(BaseModel):
    """What every canonical record is: frozen, exact, and JSON all through."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Product(Record):
    """Something that is bought, kept or sold. Key: sku."""

    sku: Identifier
    gtin: Gtin | None = None
    name: Name | None = None
    description: Description | None = None
    unit: Unit | None = None
    category: Name | None = None
    brand: Name | None = None
    tax_category: TaxCategory | None = None
    tax_rate: Rate | None = None
    """Per cent."""
    weight: Quantity | None = None
    """Kilograms."""
    active: bool | None = None


class Price(Record):
    """What one unit of a product costs on one price list. Key: sku, list, currency."""

    sku: Identifier
    list: Identifier
    currency: Currency
    gtin: Gtin | None = None
    """Of the product, as the price list says it."""
    amount: Amount | None = None
    tax_included: bool | None = None
    minimum_quantity: Quantity | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day."""


class StockLevel(Record):
    """How much of a product lies at one place. Key: sku, location."""

    sku: Identifier
    location: Identifier
    gtin: Gtin | None = None
    """Of the product, as the stock list says it."""
    on_hand: Quantity | None = None
    reserved: Quantity | None = None
    unit: Unit | None = None
