"""What records refer to in an ERP (a country, a currency, a tax): looked up by its name, once, when it is first needed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.erp.models import Model, Models
from adapters.erp.orders import NOTHING, Fields, Unwritable
from adapters.fields import Table, told, written

NO_TAX = 0
"""The number of none."""


class Known:
    """The numbers of what an ERP has."""

    def __init__(self, look_up: Callable[[str], Mapping[str, int]]) -> None:
        """`look_up` returns all that there is of something: its names and numbers."""
        self._look_up = look_up
        self._numbers: dict[str, Mapping[str, int]] = {}

    def number(self, what: str, name: str) -> int:
        """Return the number of one thing; Unwritable if the ERP does not have it."""
        if what not in self._numbers:
            self._numbers[what] = self._look_up(what)
        if name not in self._numbers[what]:
            raise Unwritable(f"{what}-unknown", f"there is no {what} {name} in the ERP; make it there")
        return self._numbers[what][name]

    def any_number(self, what: str, name: str | None) -> int | None:
        """Return the number of one thing, if one is named."""
        return self.number(what, name) if name else None


def known_in(erp: Models, models: Mapping[str, Model], besides: Mapping[str, Mapping[str, int]] | None = None) -> Known:
    """Return what an ERP has in these models. Each tells a `name`, that of taxes their `rate` in per cent, plain.

    One that tells a `company` has things of several, of which those of ours are meant. Of several taxes of one rate it is
    the one in the options, or the first. `besides`: what counts where nothing has that name.
    """

    def look_up(what: str) -> dict[str, int]:
        rows = [(told(models[what].table, row), row["id"]) for row in reversed(erp.search(models[what]))]
        ours = [(thing, id_) for thing, id_ in rows if thing.get("company") in (None, erp.options.company)]
        if what != "tax":
            return {**(besides or {}).get(what, {}), **{thing["name"]: id_ for thing, id_ in ours}}
        return _taxes(ours, erp.options.taxes)

    return Known(look_up)


def _taxes(ours: Sequence[tuple[Fields, int]], chosen: Mapping[str, str]) -> dict[str, int]:
    """Return rate -> tax; `ours`: the first that is to count comes last.

    What is taxed at 0 %, and not named there, has no tax, unless there is just one: exempt and exported are told apart.
    """
    found = {tax["rate"]: id_ for tax, id_ in ours if chosen.get(tax["rate"]) in (None, tax["name"])}
    if NOTHING not in chosen and [tax["rate"] for tax, _ in ours].count(NOTHING) != 1:
        found[NOTHING] = NO_TAX
    return found


def new_address(table: Table, place: Fields, known: Known) -> dict[str, Any]:
    """Return what an ERP is told of a new address; its country is a number there. Raises Unwritable."""
    return written(table, {**place, "country": known.any_number("country", place.get("country"))})
