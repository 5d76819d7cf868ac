"""What records refer to in an ERP (a country, a currency, a tax): looked up by its name, once, when it is first needed."""

from collections.abc import Callable, Mapping

from adapters.erp.orders import Unwritable


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
