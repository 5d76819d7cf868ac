"""A new customer as any ERP takes one: its number, what it is called, whether it is a company. Pure."""

from adapters.erp.orders import Fields


def number_of(reference: str) -> str:
    """Return a number of 15 letters, made of the hub's reference, so that there can be no second of it."""
    return f"H{reference.removeprefix('hub-')[:14].upper()}"


def called(record: Fields) -> str:
    """Return the name, or what else is known of somebody without any: ERPs demand one."""
    return record.get("name") or record.get("email") or record.get("phone") or "-"


def is_company(record: Fields) -> bool:
    """Tell whether it is one; where that is not said, whether it has a VAT number."""
    company: bool | None = record.get("company")
    return bool(record.get("vat_id")) if company is None else company
