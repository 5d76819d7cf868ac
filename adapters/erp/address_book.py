"""Which of a customer's addresses in an ERP is meant by an order, and which are not there yet. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.erp.orders import Fields, places_of, same_place


@dataclass
class AddressBook:
    """The numbers of addresses, by their spot: their customer, and what stands on them."""

    ids: dict[str, int] = field(default_factory=dict[str, int])

    def note(self, customer: int, address: Fields, id_: int) -> None:
        """Enter an address that is there. A customer's first also stands for that of an order without any."""
        self.ids.setdefault(spot(customer, address), id_)
        self.ids.setdefault(spot(customer, {}), id_)

    def spots(self, customer: int, order: Fields) -> tuple[str, str]:
        """Return where an order's invoice and goods go."""
        billing, shipping = places_of(order)
        return spot(customer, billing), spot(customer, shipping)

    def missing(self, orders: Iterable[tuple[int, Fields]]) -> dict[str, tuple[int, Fields]]:
        """Return the addresses of customers' orders that are not there, by their spot."""
        wanted = {spot(customer, place): (customer, place) for customer, order in orders for place in places_of(order)}
        return {at: address for at, address in wanted.items() if at not in self.ids}


def spot(customer: int, address: Fields) -> str:
    """Return what one address of a customer has and no other."""
    return f"{customer}|{same_place(address)}"
