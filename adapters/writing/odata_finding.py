"""Looking for records in a service of OData (`adapters.asking.odata`) by what they are known by; capitals do not count."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from adapters.asking.odata import Service
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from hub.connector import Write


def finding(key: str, signs: Sequence[Sign]) -> Callable[[Service, Sequence[Write]], Mapping[str, Sequence[str]]]:
    """Make a function that looks by the first sign that finds any; `key`: the field by which lists are ordered."""

    def find(service: Service, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        def ask(sign: Sign, values: Sequence[str]) -> Iterator[Row]:
            called, fields = {value.lower(): value for value in values}, f"{sign.id} {sign.field}"
            for row in service.having(sign.model, fields, f"tolower({sign.field})", called, *sign.only, key=key):
                yield {**row, sign.field: called.get(row[sign.field].lower())}

        return by_signs(wanted, signs, ask)

    return find
