"""Opens a file of any type as a table; each type has a reader of its own."""

from pathlib import Path

from adapters.files.csv_reader import Dialect, open_csv
from adapters.files.format import SHEETS, TYPE_OF_ENDING, Format
from adapters.files.jsonl_reader import open_jsonl
from adapters.files.rows import FileRefused, Table
from adapters.files.xml_reader import open_xml

_SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX and ODS begin, and XLS."""


def open_table(path: Path, name: str, settings: Format) -> Table:
    """Open a file that was delivered as `name`; raises FileRefused, later too, while the rows are read."""
    type_ = settings.type_of(name)
    if type_ is None:
        known = " ".join(sorted(TYPE_OF_ENDING))
        raise FileRefused("unknown-type", f"its name does not end in one of {known}; name the type in the format")
    size = path.stat().st_size
    largest = settings.largest(type_)
    if size > largest:
        raise FileRefused("too-large", f"{size:,} bytes are more than the {largest:,} that are taken (max_bytes)")
    wanted = settings.wanted()
    if type_ in SHEETS:
        from adapters.files.sheet_reader import open_sheet  # noqa: PLC0415 - its library is needed for sheets only

        return open_sheet(path, settings.sheet, wanted, largest)
    with path.open("rb") as file:
        if file.read(4) in _SHEETS:
            mend = "let its name end in .xlsx, .ods or .xls, or name the type in the format"
            raise FileRefused("not-text", f"this is a sheet, whatever its name says; {mend}")
    if type_ == "xml":
        return open_xml(path, settings.record, wanted)
    if type_ == "jsonl":
        return open_jsonl(path, wanted)
    quote = None if settings.quote == "none" else settings.quote
    return open_csv(path, Dialect(settings.encoding, settings.delimiter, quote), wanted)
