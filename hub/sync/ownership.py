"""Which way each field goes between the hub and a system, and who wins when both sides have changed it. Pure."""

from collections.abc import Mapping
from typing import Any, Literal

from hub.connector import Stream

Direction = Literal["in", "out", "both"]
"""Seen from the hub: `in` comes from the system, `out` goes to it."""
ALL = "*"
BOTH: Direction = "both"
LED = frozenset(["products", "prices", "stock"])
OWNER_KIND = "erp"
"""Who owns what nobody else does."""
CHANNEL = "orders"
"""The content of an order belongs to the channel it was placed in."""

_FOLLOWS: Mapping[str, Direction] = {ALL: "out"}
_LEADS: Mapping[str, Direction] = {ALL: "in"}
_SHARES: Mapping[str, Direction] = {ALL: "both"}
_ERPS_OWN = ("tracking", "invoice", "short_shipped")
"""What becomes of an order in the ERP."""
_CHANNEL_ORDERS: Mapping[str, Direction] = {ALL: "in", "status": "both", **dict.fromkeys(_ERPS_OWN, "out")}
_ERP_ORDERS: Mapping[str, Direction] = {ALL: "out", "status": "both", **dict.fromkeys(_ERPS_OWN, "in")}

DEFAULTS: Mapping[str, Mapping[str, Mapping[str, Direction]]] = {
    "erp": {
        "products": _LEADS,
        "prices": _LEADS,
        "stock": _LEADS,
        "parties": _SHARES,
        "orders": _ERP_ORDERS,
        "invoices": _LEADS,
        "open-items": _LEADS,
        "shipments": _LEADS,
        "payments": _FOLLOWS,
        "returns": _FOLLOWS,
    },
    "eshop": {
        "products": _FOLLOWS,
        "prices": _FOLLOWS,
        "stock": _FOLLOWS,
        "parties": _SHARES,
        "orders": _CHANNEL_ORDERS,
        "invoices": _FOLLOWS,
        "shipments": _FOLLOWS,
        "payments": _LEADS,
        "returns": _LEADS,
    },
}
"""Kind of system -> entity -> field (or all others) -> direction. What a connector cannot do is taken off."""


def direction(
    kind: str, name: str, entity: str, field: str, stream: Stream, owners: Mapping[str, str]
) -> Direction | None:
    """Return which way a field goes; None: not at all. `owners`: ENTITY.FIELD -> system, as configured."""
    wanted = _default(kind, entity, field)
    owner = owners.get(f"{entity}.{field}")
    if owner is not None and ((owner == name and wanted == "out") or (owner != name and wanted == "in")):
        # The owner may change the field, and so it reaches everybody who would otherwise only have told it.
        wanted = BOTH
    return _possible(wanted, comes=stream.reads, goes=field in stream.writes)


def _default(kind: str, entity: str, field: str) -> Direction | None:
    fields: Mapping[str, Direction] = DEFAULTS.get(kind, {}).get(entity, {})
    return fields[field] if field in fields else fields.get(ALL)


def _possible(wanted: Direction | None, *, comes: bool, goes: bool) -> Direction | None:
    if wanted == "both":
        return "both" if comes and goes else "in" if comes else "out" if goes else None
    if wanted == "in":
        return "in" if comes else None
    return "out" if wanted == "out" and goes else None


def leads(kind: str, entity: str) -> bool:
    """Return whether a record is gone everywhere when a system of a kind has it no more.

    Parties and documents are never: a customer who is removed in one shop is still everybody else's.
    """
    return entity in LED and _default(kind, entity, ALL) == "in"


def follows(kind: str, entity: str) -> bool:
    """Return whether a system of a kind has only what the hub gives it: what it has otherwise is its own affair.

    That it may change some field, as an owner, makes no difference to which records there are.
    """
    return entity in LED and _default(kind, entity, ALL) == "out"


def wins(kind: str, name: str, entity: str, field: str, record: Mapping[str, Any], owners: Mapping[str, str]) -> bool:
    """Return whether a system's value stands when the hub's has been changed, too."""
    owner = owners.get(f"{entity}.{field}")
    if owner is not None:
        return owner == name
    if entity == CHANNEL:
        return record.get("channel") == name
    return kind == OWNER_KIND


def owner_of(entity: str, field: str, owners: Mapping[str, str]) -> str:
    """Return who wins, in words: a system's name, or what stands for one."""
    owner = owners.get(f"{entity}.{field}")
    return owner or ("the order's channel" if entity == CHANNEL else OWNER_KIND)
