"""Orders, deliveries and invoices: what they come to, cancelling, and what people make of orders."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record, Table
from tests.fakes.sapb1.schemas import Wrong

if TYPE_CHECKING:
    from tests.fakes.sapb1.company import SapB1

Values = dict[str, Any]
LOCAL, FOREIGN = "EUR", "$"
"""Currencies have codes of the company's own."""
RATES = {"S0": 0, "S1": 23, "S2": 8}
ORDER, DELIVERY, INVOICE = 17, 15, 13
"""sdk, BoObjectTypes: what BaseType says."""


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _number(value: object) -> Decimal:
    return Decimal(str(value or 0))


def new_order(company: "SapB1", given: Values) -> Record:
    """Make an order; refuse what the business logic refuses."""
    customer = company.partner(given.get("CardCode"))
    if customer is None or customer.values["CardType"] != "cCustomer":
        raise Wrong(-5002, "Enter valid customer code  [ORDR.CardCode]")
    if not given.get("DocDueDate"):
        raise Wrong(-5002, "Enter due date  [ORDR.DocDueDate]")
    if given.get("DocCurrency", LOCAL) not in (LOCAL, FOREIGN):
        raise Wrong(-10, f"Currency '{given['DocCurrency']}' is not defined")
    if given.get("DocCurrency") == FOREIGN and customer.values.get("Currency") != "##":
        raise Wrong(-5002, "Select a currency that is the same as the business partner's")
    if not given.get("DocumentLines"):
        raise Wrong(-5002, "No lines  [ORDR.DocEntry]")
    for place in (name for name in given.get("AddressExtension", {}) if name.endswith("Country")):
        company.check_country(given["AddressExtension"][place])
    lines = [_line(company, number, line) for number, line in enumerate(given["DocumentLines"])]
    told = {"DocumentStatus": "bost_Open", "Cancelled": "tNO", "Confirmed": "tYES", "Rounding": "tNO"}
    values = {"RoundingDiffAmount": 0, **told, **given, "DocumentLines": lines}
    if company.approves:
        company.drafts.add(values)
        raise Wrong(-2028, "No matching records found (ODBC -2028)")
    return company.orders.add(values)


def _line(company: "SapB1", number: int, line: Values) -> Values:
    """KBA 3697554: what is given of amounts is replaced by what is reckoned from the price."""
    if company.item(line.get("ItemCode")) is None:
        raise Wrong(-5002, "Enter valid code  [DocumentLines.ItemCode]")
    if line.get("VatGroup") not in RATES:
        raise Wrong(-5002, "Enter valid tax code  [DocumentLines.VatGroup]")
    rate = Decimal(RATES[line["VatGroup"]]) / 100
    gross = line.get("PriceAfterVAT")
    price = _number(gross) / (1 + rate) if gross is not None else _number(line.get("UnitPrice"))
    if price < 0:
        raise Wrong(-5002, "Enter a price that is not negative  [DocumentLines.UnitPrice]")
    price = _rounded(price, company.price_decimals)
    own = {"LineNum": number, "UnitPrice": float(price), "LineStatus": "bost_Open", "BaseType": -1}
    return {"ItemDescription": "", **line, **own, "LineTotal": float(_rounded(price * _number(line["Quantity"]), 2))}


def total(values: Values) -> float:
    """Tax is reckoned for each line."""
    sums = [(_number(line["LineTotal"]), RATES[line["VatGroup"]]) for line in values["DocumentLines"]]
    gross = sum((net + _rounded(net * rate / 100, 2) for net, rate in sums), Decimal())
    local = values.get("DocCurrency", LOCAL) == LOCAL
    rounding = _number(values["RoundingDiffAmount"]) if local and values["Rounding"] == "tYES" else Decimal()
    return float(gross + rounding)


def shown(company: "SapB1", record: Record) -> Values:
    values = record.values
    come = total(values)
    foreign = values.get("DocCurrency", LOCAL) != LOCAL
    amounts = {"DocTotal": round(come * 0.9, 2), "DocTotalFc": come} if foreign else {"DocTotal": come, "DocTotalFc": 0}
    date, time = company.local(record.modified)
    marks = {"UpdateDate": date, "UpdateTime": time, "CreationDate": company.local(record.created)[0]}
    return {
        "DocCurrency": LOCAL,
        "RoundingDiffAmountFc": 0,
        **values,
        **amounts,
        **marks,
        "DocEntry": record.id,
        "DocNum": 1000 + record.id,
    }


def change_order(company: "SapB1", record: Record, given: Values) -> None:
    if record.values["DocumentStatus"] != "bost_Open":
        raise Wrong(-5006, "Document is closed; it cannot be changed  [ORDR.DocStatus]")
    new = [line for line in given.get("DocumentLines", ()) if "LineNum" not in line]
    assert len(new) == len(given.get("DocumentLines", ())), (
        "lines with a LineNum are changed (blog); nobody does so yet"
    )
    there = record.values["DocumentLines"]
    lines = [*there, *(_line(company, len(there) + at, line) for at, line in enumerate(new))]
    company.orders.change(record.id, {**given, "DocumentLines": lines})


def cancel(company: "SapB1", record: Record) -> None:
    """sdk, Documents.Cancel: not of what is closed."""
    if record.values["DocumentStatus"] != "bost_Open":
        raise Wrong(-5006, "Document is already closed  [ORDR.DocStatus]")
    company.orders.change(record.id, {"Cancelled": "tYES", "DocumentStatus": "bost_Close"})


# What people do there. None of it moves the order's mark.


def deliver(company: "SapB1", order: int, parcel: str = "", *, whole: bool = True, less: float = 0) -> int:
    """Make a delivery of an order; `whole`: nothing of it is open then; `less`: so much of its first line is not in it."""
    told = {"TrackingNumber": parcel, "TransportationCode": 1 if parcel else None}
    if whole:
        company.orders.change(order, {"DocumentStatus": "bost_Close"}, marked=False)
    made = _drawn(company, company.deliveries, ORDER, company.orders.records[order], told)
    first = company.deliveries.records[made].values["DocumentLines"][0]
    first["Quantity"] -= less
    return made


def close(company: "SapB1", order: int) -> None:
    """Close an order by hand (sdk, Documents: Close)."""
    company.orders.change(order, {"DocumentStatus": "bost_Close"})


def invoice(company: "SapB1", delivery: int) -> int:
    """Make an invoice of a delivery."""
    company.deliveries.change(delivery, {"DocumentStatus": "bost_Close"}, marked=False)
    return _drawn(company, company.invoices, DELIVERY, company.deliveries.records[delivery], {})


def bill(company: "SapB1", order: int) -> int:
    """Make an invoice of an order, which delivers it as well."""
    company.orders.change(order, {"DocumentStatus": "bost_Close"}, marked=False)
    return _drawn(company, company.invoices, ORDER, company.orders.records[order], {})


def bill_ahead(company: "SapB1", order: int) -> int:
    """Make a reserve invoice of an order, which closes it: its goods leave with deliveries of the invoice (help: A/R Reserve
    Invoice).
    """
    company.orders.change(order, {"DocumentStatus": "bost_Close"}, marked=False)
    return _drawn(company, company.invoices, ORDER, company.orders.records[order], {"ReserveInvoice": "tYES"})


def deliver_billed(company: "SapB1", invoice: int, parcel: str, *, whole: bool = True) -> int:
    """Make a delivery of a reserve invoice; `whole`: it is Delivered then, and was Paid before."""
    state = "bost_Delivered" if whole else "bost_Paid"
    company.invoices.change(invoice, {"DocumentStatus": state}, marked=False)
    told = {"TrackingNumber": parcel, "TransportationCode": 1}
    return _drawn(company, company.deliveries, INVOICE, company.invoices.records[invoice], told)


def _drawn(company: "SapB1", table: Table, sort: int, base: Record, told: Values) -> int:
    drawn = {"BaseType": sort, "BaseEntry": base.id}
    lines = [{**line, **drawn, "BaseLine": line["LineNum"]} for line in base.values["DocumentLines"]]
    day = company.local(company.clock.now())[0]
    about = {
        "CancelStatus": "csNo",
        "DocDate": day,
        "DocumentStatus": "bost_Open",
        "Cancelled": "tNO",
        "Rounding": "tNO",
        "RoundingDiffAmount": 0,
        "ReserveInvoice": "tNO",
    }
    return table.add({"CardCode": base.values["CardCode"], **about, **told, "DocumentLines": lines}).id
