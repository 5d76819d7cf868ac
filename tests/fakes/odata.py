"""What services of OData have alike: conditions, orders, sizes of pages (OASIS, "OData Version 4.01").

What a vendor's service refuses, or does otherwise, stands in its own fake.
"""

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from tests.fakes.server import Asked

Row = Mapping[str, Any]
Known = Callable[[str], str]
"""Returns the name of a property, if there is one of that name; otherwise raises what the service answers."""
Condition = tuple[Callable[[Row], bool], set[str]]
"""Whether it holds for a row, and the properties that it is on."""
WORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}


class Filter:
    """`$filter` (Part 2, "System Query Option $filter"): or, and, parentheses, comparisons, functions of texts."""

    token: ClassVar[re.Pattern[str]] = re.compile(r"\s*('(?:[^']|'')*'|[\w.:+-]+|[(),])")
    functions: ClassVar[Collection[str]] = tuple(FUNCTIONS)

    def __init__(self, text: str) -> None:
        self.tokens = list[str]()
        at = 0
        while text[at:].strip():
            found = self.token.match(text, at)
            if not found:
                raise self.unclear()
            self.tokens.append(found[1])
            at = found.end()
        self.holds = self.either()[0] if self.tokens else lambda _: True
        if self.tokens:
            raise self.unclear()

    # What services do differently

    def unclear(self) -> Exception:
        """Return what is raised for what cannot be understood."""
        raise NotImplementedError

    def known(self, name: str) -> str:
        """See `Known`."""
        raise NotImplementedError

    def value(self, name: str, token: str) -> Any:
        """Return what a property is compared with. Raises what the service answers for another type."""
        raise NotImplementedError

    def there(self, name: str, row: Row) -> Any:
        """Return what is compared of a row."""
        return row[name]

    def compares(self, there: Any, word: str, wanted: Any) -> bool:
        """Tell whether a comparison holds."""
        return WORDS[word](there, wanted)

    def operand(self) -> tuple[str, Callable[[Row], Any]]:
        """Return the property that comes next, and what is compared of it."""
        name = self.known(self.next())
        return name, lambda row: self.there(name, row)

    def check(self, word: str, parts: Sequence[Condition]) -> None:
        """Raise what the service answers, if it does not join these conditions by this word."""

    # What they do alike

    def either(self) -> Condition:
        """Return what conditions that are joined by `or` come to."""
        return self.joined("or", lambda: self.joined("and", self.one, all), any)

    def next(self, *wanted: str) -> str:
        """Take the next part, which has to be one of these."""
        if not self.tokens or (wanted and self.tokens[0] not in wanted):
            raise self.unclear()
        return self.tokens.pop(0)

    def joined(self, word: str, part: Callable[[], Condition], how: Callable[[list[bool]], bool]) -> Condition:
        """Return what conditions that are joined by a word come to."""
        parts = [part()]
        while self.tokens[:1] == [word]:
            self.next()
            parts.append(part())
        self.check(word, parts)
        return lambda row: how([holds(row) for holds, _ in parts]), set[str]().union(*(names for _, names in parts))

    def one(self) -> Condition:
        """Return a condition."""
        if self.tokens[:1] == ["("]:
            self.next()
            inner = self.either()
            self.next(")")
            return inner
        if self.tokens and self.tokens[0] in self.functions:
            return self._function(FUNCTIONS[self.next()])
        name, there = self.operand()
        word = self.next(*WORDS)
        wanted = self.value(name, self.next())
        return lambda row: self.compares(there(row), word, wanted), {name}

    def _function(self, test: Callable[[str, str], bool]) -> Condition:
        self.next("(")
        name = self.known(self.next())
        self.next(",")
        wanted = self.value(name, self.next())
        self.next(")")
        return lambda row: test(str(self.there(name, row) or ""), str(wanted)), {name}


def text_of(token: str) -> str:
    """Return the text that a literal means: a quote within is doubled (Part 2, "URL Syntax")."""
    return token[1:-1].replace("''", "'") if token.startswith("'") else token


def ordered(rows: Sequence[Row], order: str, known: Known) -> list[Row]:
    """`$orderby`: nothing comes first going up, and last going down (Part 1, "System Query Option $orderby")."""
    found = list(rows)
    for field, *way in reversed([each.split() for each in order.split(",") if each.strip()]):
        name = known(field)
        found.sort(key=lambda row, name=name: (row.get(name) is not None, row.get(name)), reverse=way == ["desc"])
    return found


def wanted_size(asked: Asked, default: int) -> int:
    """Return how many rows a page may have (Part 1, "Preference maxpagesize")."""
    found = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("prefer", ""))
    return int(found[1]) if found else default


def query_of(options: Mapping[str, str]) -> str:
    """Return options as a link has them."""
    return "&".join(f"{name}={quote(value)}" for name, value in options.items())
