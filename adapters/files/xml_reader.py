"""XML, a record at a time and in constant memory; document types, entities and outside references are refused."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from adapters.files.header import Wanted
from adapters.files.records import checked
from adapters.files.rows import LONGEST_ROW, Broken, FileRefused, Row, Table, listed, local_name

PIECE = 1 << 16
DEEPEST = 64
MOST_ELEMENTS = 20_000
"""Within one record."""
MOST_NAMES = 20


def open_xml(path: Path, record: str | None, wanted: Wanted) -> Table:
    """Open a file whose records are elements; raises FileRefused where the wanted names do not come.

    `record` is the records' element, or a path of several such as `shop/products/product`; None: the children of the
    outermost. A column is an element's name below the record, a path (`price/amount`), or an attribute (`@sku`).
    """
    return Table(wanted.titles, checked(_rows(path, record, wanted), wanted, "records"))


def _rows(path: Path, record: str | None, wanted: Wanted) -> Iterator[Row]:
    records = _Records(tuple(record.strip("/").split("/")) if record else None, wanted.titles)
    parser = XMLParser(target=records, forbid_dtd=True)
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                parser.feed(piece)
                yield from records.taken()
                if file.tell() - parser.parser.CurrentByteIndex > LONGEST_ROW:
                    # The parser keeps what is not closed yet, and begins anew with each piece.
                    raise FileRefused("xml-too-large", f"a tag or comment is longer than {LONGEST_ROW:,} bytes")
        parser.close()
        yield from records.taken()
    except DefusedXmlException:
        raise FileRefused(
            "xml-entities", "the file declares a document type or entities, which could hide a bomb; save it without"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        cause = "empty-file" if not records.names and not path.stat().st_size else "file-damaged"
        raise FileRefused(cause, f"this is not well-formed XML: {error}") from None
    if not records.number and len(records.names) > 1:  # more than the outermost
        raise FileRefused(
            "columns-missing", f"no element is called {record!r}; there are {listed(records.names, MOST_NAMES)}"
        )


class _Records:
    """Is told of each element by the parser, and keeps nothing but the record at hand."""

    def __init__(self, record: tuple[str, ...] | None, columns: Sequence[str]) -> None:
        self._record = record
        self._columns: Mapping[str, int] = {column.strip("/"): place for place, column in enumerate(columns)}
        self._path: list[str] = []
        self._within: list[str] = []
        """Paths below the record, from the record itself (an empty one) to the present element."""
        self._texts: list[list[str]] = []
        self._cells: list[str] = []
        self._size = self._elements = 0
        self._rows: list[Row] = []
        self.number = 0
        self.names: dict[str, None] = {}

    def taken(self) -> list[Row]:
        """Hand over the rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        name = local_name(tag)
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise FileRefused("xml-too-deep", f"elements stand more than {DEEPEST} deep inside each other")
        if self._within:
            self._begin_part(f"{self._within[-1]}/{name}" if self._within[-1] else name)
        elif self._is_record():
            self.number += 1
            self._cells = [""] * len(self._columns)
            self._size = self._elements = 0
            self._begin_part("")
        else:
            if len(self.names) < MOST_NAMES and (len(self._path) > 1 or self._record):
                self.names[name] = None
            return
        for attribute, value in attributes.items():
            below = self._within[-1]
            self._keep(f"{below}/@{local_name(attribute)}" if below else f"@{local_name(attribute)}", value)

    def data(self, text: str) -> None:
        """Take text, which comes in pieces."""
        if self._texts:
            self._size += len(text)
            if self._size <= LONGEST_ROW:
                self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        """End an element, and the record where it was the record's own."""
        self._path.pop()
        if not self._within:
            return
        self._keep(self._within.pop() or ".", "".join(self._texts.pop()))
        if not self._within:
            too_long = self._size > LONGEST_ROW
            broken = Broken("too-long", f"the record is longer than {LONGEST_ROW:,} characters") if too_long else None
            self._rows.append(Row(self.number, self._cells, broken))

    def close(self) -> Any:
        """End the document."""

    def _is_record(self) -> bool:
        if self._record is None:
            return len(self._path) == 2  # noqa: PLR2004 - children of the outermost
        return tuple(self._path[-len(self._record) :]) == self._record

    def _begin_part(self, path: str) -> None:
        self._within.append(path)
        self._texts.append([])
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise FileRefused("xml-too-large", f"record {self.number} has more than {MOST_ELEMENTS:,} elements")

    def _keep(self, path: str, text: str) -> None:
        """Keep the first text that a wanted path has."""
        place = self._columns.get(path)
        if place is not None and not self._cells[place]:
            self._size += len(text) if path[-1:] != "." and "@" in path else 0
            self._cells[place] = text.strip()
