"""Notes at an order, for what a shop has no field for: its parcels and its invoice. Pure."""

import re
from collections.abc import Sequence

from adapters.eshop.orders import Fields, Raw
from hub.connector import Write

INVOICE, PARCEL = "Invoice: ", "Parcel: "
"""How the notes begin."""
_PARCEL = re.compile(rf"{PARCEL}(\S+)(?: \((.+)\))?")


def notes_of(parcels: Sequence[Raw], invoice: str | None) -> list[str]:
    """Return the notes that tell an order's parcels, each once by its number, and its invoice, if it has one."""
    carriers = {each["number"]: f" ({each['carrier']})" if each.get("carrier") else "" for each in parcels}
    return [PARCEL + number + carrier for number, carrier in carriers.items()] + (
        [INVOICE + invoice] if invoice else []
    )


def withdrawn(write: Write) -> list[Raw]:
    """Return the parcels that an order was told to have, and has no more: their numbers were corrected."""
    now = {each["number"] for each in write.record.get("tracking") or ()}
    return [each for each in write.agreed.get("tracking") or () if each["number"] not in now]


def parcels_in(notes: Sequence[str]) -> list[Fields]:
    """Return the parcels that notes tell of."""
    found = [match.groups() for match in map(_PARCEL.fullmatch, notes) if match]
    return [{"number": number, "carrier": carrier} for number, carrier in found]


def invoice_in(notes: Sequence[str]) -> str | None:
    """Return the invoice that the last note about one tells; `notes`: the oldest first."""
    return next((note.removeprefix(INVOICE) for note in reversed(notes) if note.startswith(INVOICE)), None)
