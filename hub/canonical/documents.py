"""Orders, invoices, payments, open items, shipments and returns."""

from typing import Literal

from hub.canonical.field_types import (
    Currency,
    Day,
    Description,
    Email,
    Identifier,
    Instant,
    Many,
    Name,
    OrderStatus,
    Phone,
    Quantity,
    Rate,
    SignedAmount,
    SignedQuantity,
    TaxCategory,
    Unit,
    VatId,
    WebAddress,
)
from hub.canonical.records import Address, Record


class Totals(Record):
    """The sums as the document's source has them: they are kept, whatever our own sum would be."""

    net: SignedAmount | None = None
    """Without tax (EN 16931 BT-109)."""
    tax: SignedAmount | None = None
    """All the tax (BT-110)."""
    gross: SignedAmount
    """With tax (BT-112), before the rounding."""
    rounding: SignedAmount | None = None
    """Added so that the sum to be paid is a round one (BT-114)."""


class Line(Record):
    """A line of an order or invoice. It stands without its product."""

    id: Identifier
    """Stays the same as long as the line is there (BT-126)."""
    sku: Identifier | None = None
    """The product; none for a service, or what is in no catalogue (BT-155)."""
    name: Name | None = None
    """As the document has it (BT-153)."""
    quantity: SignedQuantity
    """Below zero: taken back (BT-129)."""
    unit: Unit | None = None
    """What the quantity counts (BT-130)."""
    unit_price: SignedAmount
    """Of one unit, after the line's discount, with or without tax as the document says (BT-146 where without)."""
    discount: SignedAmount | None = None
    """Taken off a unit already (BT-147)."""
    tax_rate: Rate | None = None
    """Of value added tax (BT-152)."""
    tax_category: TaxCategory | None = None
    """Why the tax is what it is (BT-151)."""
    net: SignedAmount | None = None
    """Of the whole line, without tax (BT-131)."""
    tax: SignedAmount | None = None
    """Of the whole line."""
    gross: SignedAmount | None = None
    """Of the whole line, with tax."""


class Charge(Record):
    """A charge or, below zero, an allowance on a whole document: shipping, a discount, a surcharge."""

    name: Name | None = None
    """As the document has it (BT-97, BT-104)."""
    code: Identifier | None = None
    """As [systems.NAME.shipping] translates it, for shipping."""
    amount: SignedAmount
    """With or without tax as the document says (BT-92, BT-99)."""
    tax_rate: Rate | None = None
    """Of value added tax (BT-96, BT-103)."""


class PaymentState(Record):
    """How a document is paid."""

    method: Identifier | None = None
    """As [systems.NAME.payment] translates it."""
    state: Literal["unpaid", "authorised", "paid", "refunded"] | None = None
    """How far it is paid."""
    reference: Name | None = None
    """The payment provider's number of it."""
    paid_at: Instant | None = None
    """When the money came."""


class Tracking(Record):
    """A parcel on its way."""

    carrier: Name | None = None
    """Who brings it."""
    number: Identifier
    """By which the carrier knows it."""
    address: WebAddress | None = None
    """Where its way can be followed."""


class ShortShipped(Record):
    """A product of which less was sent than ordered, and nothing more will be."""

    sku: Identifier
    """The product."""
    sent: Quantity
    """So much was sent, in all."""


class Order(Record):
    """What a customer ordered. Key: given by the hub: the channel and its number."""

    channel: Identifier
    """The system it was placed in."""
    number: Identifier
    """As the customer knows it."""
    placed_at: Instant | None = None
    """When the customer ordered."""
    party: Identifier | None = None
    """A reference: key of the party."""
    name: Name | None = None
    """The buyer's, as the order itself says it."""
    email: Email | None = None
    """The buyer's, as the order itself says it."""
    phone: Phone | None = None
    """The buyer's, as the order itself says it."""
    vat_id: VatId | None = None
    """The buyer's, as the order itself says it."""
    billing_address: Address | None = None
    """Where the invoice goes."""
    shipping_address: Address | None = None
    """Where the goods go."""
    currency: Currency | None = None
    """Of all amounts."""
    tax_included: bool | None = None
    """Whether line prices and charges hold the tax."""
    lines: Many[Line] | None = None
    """What was ordered."""
    shipping: Many[Charge] | None = None
    """What the way costs."""
    discounts: Many[Charge] | None = None
    """On the whole order, each below zero."""
    payment: PaymentState | None = None
    """How it is paid, and whether."""
    totals: Totals | None = None
    """As the channel has them."""
    rounding: Literal["line", "total"] | None = None
    """Whether taxes are rounded on each line and then added up, or added up and then rounded."""
    status: OrderStatus | None = None
    """How far it is; only moves forward."""
    tracking: Many[Tracking] | None = None
    """The parcels."""
    invoice: Identifier | None = None
    """Number of the invoice for it."""
    short_shipped: Many[ShortShipped] | None = None
    """Of what less was sent than ordered, where the ERP has closed it: the rest will not be sent (UN/EDIFACT 4221, CP)."""
    note: Description | None = None
    """What the customer wrote."""


class Invoice(Record):
    """An invoice or credit note, in the terms of EN 16931. Key: given by the hub."""

    number: Identifier
    """The invoice's own (BT-1)."""
    kind: Literal["invoice", "credit-note", "pro-forma"]
    """What it is (BT-3)."""
    issued_on: Day | None = None
    """Its date (BT-2)."""
    due_on: Day | None = None
    """The last day to pay (BT-9)."""
    party: Identifier | None = None
    """A reference: key of the party (the buyer, BG-7)."""
    order: Identifier | None = None
    """A reference: key of the order (BT-13)."""
    preceding: Identifier | None = None
    """Number of the invoice that a credit note is for (BT-25)."""
    currency: Currency | None = None
    """Of all amounts (BT-5)."""
    tax_included: bool | None = None
    """Whether line prices and charges hold the tax."""
    lines: Many[Line] | None = None
    """What is charged (BG-25)."""
    charges: Many[Charge] | None = None
    """On the whole document; allowances below zero (BG-20, BG-21)."""
    totals: Totals | None = None
    """As its source has them (BG-22)."""
    rounding: Literal["line", "total"] | None = None
    """Whether taxes are rounded on each line and then added up, or added up and then rounded."""
    note: Description | None = None
    """What stands below the lines (BT-22)."""


class Payment(Record):
    """Money that came or went. Key: given by the hub."""

    number: Identifier | None = None
    """Its number in the system that booked it."""
    party: Identifier | None = None
    """A reference: key of the party."""
    order: Identifier | None = None
    """A reference: key of the order."""
    invoice: Identifier | None = None
    """A reference: key of the invoice."""
    amount: SignedAmount
    """What came; below zero: what went."""
    currency: Currency | None = None
    """Of the amount."""
    method: Identifier | None = None
    """As [systems.NAME.payment] translates it."""
    paid_at: Instant | None = None
    """When the money came or went."""
    reference: Name | None = None
    """The payment provider's number, or the text of the transfer."""


class OpenItem(Record):
    """What a party still owes, or is owed. Key: given by the hub."""

    number: Identifier
    """Of the document that is not paid."""
    party: Identifier | None = None
    """A reference: key of the party."""
    invoice: Identifier | None = None
    """A reference: key of the invoice."""
    amount: SignedAmount
    """What it was."""
    open: SignedAmount
    """What is left of it; below zero: owed to the party."""
    currency: Currency | None = None
    """Of both amounts."""
    due_on: Day | None = None
    """The last day to pay."""


class Shipment(Record):
    """What was sent. Key: given by the hub."""

    number: Identifier
    """The delivery note's."""
    order: Identifier | None = None
    """A reference: key of the order."""
    shipped_at: Instant | None = None
    """When it left."""
    tracking: Many[Tracking] | None = None
    """The parcels."""
    lines: Many[Line] | None = None
    """What is in it."""


class Return(Record):
    """What came back. Key: given by the hub."""

    number: Identifier
    """Its own."""
    order: Identifier | None = None
    """A reference: key of the order."""
    reason: Name | None = None
    """Why, in the customer's words."""
    returned_at: Instant | None = None
    """When it came back."""
    lines: Many[Line] | None = None
    """What came."""
