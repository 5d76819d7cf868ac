"""Finding in Tryton what the hub wrote or means: by the hub's reference, or by what a record is known by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.erp.orders import visible_number
from adapters.erp.tryton.client import Tryton
from adapters.erp.tryton.translate import OURS
from hub.connector import Write

Found = Mapping[str, Sequence[str]]
"""Canonical key -> Tryton's numbers."""


def by_reference(tryton: Tryton, stream: str, writes: Sequence[Write]) -> Found:
    """Return the sales and parties that bear the hub's reference; a double, by the first."""
    wanted = {write.key: OURS + write.reference for write in writes}
    domain = [["code", "in", [*wanted.values()]]]
    if stream == "orders":
        domain[0][0] = "description"
        return _matched(wanted, _told(tryton, "sale.sale", "description", "id", domain))
    return _matched(wanted, _told(tryton, "party.identifier", "code", "party", domain))


def by_nature(tryton: Tryton, stream: str, writes: Sequence[Write]) -> Found:
    """Return sales of an order's channel and number; parties of a VAT id, else of an e-mail address."""
    if stream == "orders":
        numbers = {write.key: visible_number(write.record) for write in writes}
        domain: list[Any] = [["reference", "in", [*numbers.values()]]]
        return _matched(numbers, _told(tryton, "sale.sale", "reference", "id", domain))
    vat_ids = {write.key: write.record["vat_id"] for write in writes if write.record.get("vat_id")}
    domain = [["code_compact", "in", [*vat_ids.values()]]]
    found = _matched(vat_ids, _told(tryton, "party.identifier", "code_compact", "party", domain))
    # Addresses are kept there as they were typed, and `ilike` takes an underscore for any letter.
    emails = {each.key: each.record["email"].casefold() for each in writes if each.record.get("email")}
    left = {key: email for key, email in emails.items() if key not in found}
    domain = [["type", "=", "email"], ["OR", *[["value", "ilike", email] for email in left.values()]]]
    told = _told(tryton, "party.contact_mechanism", "value", "party", domain) if left else []
    return {**found, **_matched(left, [(value.casefold(), id_) for value, id_ in told])}


def _told(tryton: Tryton, model: str, field: str, id_: str, domain: list[Any]) -> list[tuple[str, int]]:
    if not domain[0][2]:
        return []
    return [(row[field], row[id_]) for row in tryton.search(model, f"{field} {id_}", domain)]


def _matched(wanted: Mapping[str, str], told: Iterable[tuple[str, int]]) -> dict[str, list[str]]:
    """Return the keys for whose value something was found."""
    ids: dict[str, dict[str, None]] = {}
    for value, id_ in told:
        ids.setdefault(value, {})[str(id_)] = None
    return {key: [*ids[value]] for key, value in wanted.items() if value in ids}
