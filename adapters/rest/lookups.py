"""Which tables the expressions of a stream look into: a name that there is not is told when the file is read."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel

from hub.canonical import ENTITIES
from hub.config.faults import guess_or_list, show

Place = tuple[str, ...]
_LOOKUP = re.compile(r"\blookup\(\s*'([^']*)'")
_PURE = frozenset(["fields", "buyers", "reference"])
"""What is made of a document alone, without asking for anything."""


def unknown(stream: BaseModel, words: Collection[str], tables: Collection[str]) -> Iterator[tuple[Place, str]]:
    """Yield where a stream looks into something that there is not, or not there: place in its table, sentence."""
    for place, text in _texts(stream.model_dump(), ()):
        pure = place[0] in _PURE
        known = {*words, *(() if pure else tables), *(ENTITIES if place[0] == "write" else ())}
        for name in _LOOKUP.findall(text):
            if pure and name in tables:
                mend = f"say more.X = {{ value = \"lookup('{name}', ...)\" }} in the stream, and take X here"
                yield place, f"tables.{name} is asked for, which can be done while records are read; {mend}"
            elif name not in known:
                yield place, f"there is no table {show(name)} to look into{guess_or_list(name, sorted(known))}"


def _texts(told: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(told, str):
        yield place, told
    elif isinstance(told, Mapping):
        for name, each in cast("Mapping[str, Any]", told).items():
            yield from _texts(each, (*place, name))
    elif isinstance(told, list | tuple):
        for each in cast("list[Any]", told):
            yield from _texts(each, place)
