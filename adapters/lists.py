"""Reading a system that knows neither pages nor change marks: a list comes whole, and is compared."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any, TypeVar

import orjson

from hub.connector import Document, Page

Row = TypeVar("Row")


def in_pages(
    entity: str, documents: Iterable[Document], since: Mapping[str, Any] | None, size: int = 500
) -> Generator[Page, None, None]:
    """Yield a full scan of documents that are all there, in the order of their ids; from where a former one broke off."""
    found = sorted(documents, key=_place)
    rest = [each for each in found if _place(each) > (since or {}).get("after", [])]
    for start in range(0, len(rest), size):
        shown = rest[start : start + size]
        yield Page(entity, (), (), {"after": _place(shown[-1])}, documents=shown, total=len(found))
    yield Page(entity, (), (), {}, complete=True)


def _place(document: Document) -> list[Any]:
    """Return a place in an order in which numbers stand as they count."""
    return [len(document.id), document.id]


def changed_blocks(
    rows: Iterable[Row],
    key: Callable[[Row], int],
    told: Callable[[Row], Mapping[str, Any]],
    since: Mapping[str, Any] | None,
    *,
    full: bool,
    size: int = 20,
) -> Iterator[tuple[Sequence[Row], dict[str, Any], dict[str, Any]]]:
    """Yield the blocks in which a row is new, gone or changed, each with the checkpoints before and after it.

    For a list that shows only a part of each record, whose rest costs a request: `told` is what it shows, without what
    moves by itself. `full`: all blocks, with checkpoints of their own.
    """
    spot: dict[str, Any] = dict(since or {})
    for number, group in groupby(sorted(rows, key=key), key=lambda row: key(row) // size):
        block = list(group)
        digest = blake2b(orjson.dumps([told(row) for row in block]), digest_size=8).hexdigest()
        if number <= spot.get("after", -1) if full else spot.get(str(number)) == digest:
            continue
        after = {"after": number} if full else spot | {str(number): digest}
        yield block, spot, after
        spot = after
