"""An import format: which files, how they are written, and which of their columns is which field of ours."""

import codecs
import re
from collections.abc import Mapping
from fnmatch import translate as pattern_of
from functools import cached_property
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any, ClassVar, Literal, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from adapters.files.encodings import ACCEPTED
from adapters.files.header import ROWS_TO_LOOK_AT, Wanted, column_position
from adapters.files.nested import BETWEEN, nested_checks
from adapters.files.reading import Spelling, reading_of
from adapters.files.rows import MOST_COLUMNS, same_title
from hub.canonical import values
from hub.canonical.entity import ENTITIES, Check, EntityModel
from hub.config.durations import within
from hub.config.faults import guess_or_list, refuse, show
from hub.config.schedules import ScheduleSettings

FileType = Literal["csv", "xlsx", "xls", "ods", "xml", "jsonl"]
SHEETS = frozenset({"xlsx", "xls", "ods"})
TYPE_OF_ENDING: Mapping[str, FileType] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".xml": "xml",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
ID = "id"
"""Stands among the columns of records without a natural key: what they are called in the files."""
MOST_BYTES = 2_000_000_000
MOST_BYTES_OF_SHEETS = 100_000_000
"""Unpacked, as they are read whole."""


class Column(BaseModel):
    """Where a field comes from: a column, or a value that is the same in each row."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    column: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """The column's title, its number or letter where there is no header, an XML path, or a JSON key."""
    value: str | None = None
    values: dict[str, str] = Field(default_factory=dict[str, str], max_length=1000)
    """Words in the file -> what they mean."""

    @field_validator("value", mode="before")
    @classmethod
    def _read_value(cls, value: object) -> object:
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int | float) else value

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.column is None) == (self.value is None):
            refuse('a field has either column = "..." or value = "..."')
        return self


def below(folder: str) -> str:
    """Return a folder that lies below the source; raises pydantic's error for one that leads out of it."""
    for path in (PurePosixPath(folder), PureWindowsPath(folder)):
        if path.is_absolute() or path.drive or path.root or ".." in path.parts or "\0" in folder:
            refuse(f"{show(folder)} leads out of the source; a folder lies below it")
    return folder


def _read_column(value: object) -> object:
    if isinstance(value, str):
        return {"column": value}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"column": str(value)}
    return value


_HOLDING = frozenset(name.partition(BETWEEN)[0] for entity in ENTITIES.values() for name in nested_checks(entity.model))
"""The fields that hold records."""


def _flat(value: object) -> object:
    """Return columns by their full names: `tracking.number = "..."` is a table within a table to TOML."""
    if not isinstance(value, Mapping):
        return value
    flat: dict[str, Any] = {}
    for name, column in cast("Mapping[str, Any]", value).items():
        inner: Mapping[str, Any] = cast("Mapping[str, Any]", column) if isinstance(column, Mapping) else {}
        if name in _HOLDING and not {*inner} <= {*Column.model_fields}:
            flat |= {f"{name}{BETWEEN}{below}": each for below, each in inner.items()}
        else:
            flat[name] = column
    return flat


Columns = Annotated[
    dict[str, Annotated[Column, BeforeValidator(_read_column)]], BeforeValidator(_flat), Field(min_length=1)
]


class Format(ScheduleSettings):
    """A table [systems.NAME.formats.FORMAT]. With `every` or `cron` it has a job of its own."""

    importable: ClassVar[tuple[str, ...]] = tuple(sorted(name for name, each in ENTITIES.items() if each.natural))
    """The entities that may come by such files."""

    entity: str
    files: str
    enabled: bool = True
    folder: str | None = None
    """Below the system's source."""
    type: FileType | None = None
    """None: by each file's ending."""
    encoding: str | None = None
    """None: found out, file by file."""
    delimiter: str | None = None
    quote: str = '"'
    header: Annotated[int, within(1, ROWS_TO_LOOK_AT)] | Literal["none"] | None = None
    """None: the first row in which all the columns' titles stand."""
    sheet: str | Annotated[int, within(1, 1000)] | None = None
    record: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal["", " ", ".", ",", "'"] | None = None
    decimals: Annotated[int, within(0, 6)] | None = None
    """Amounts are rounded to so many; None: they are not rounded."""
    date: str = "YYYY-MM-DD"
    columns: Columns
    key: tuple[str, ...] = ()
    """Empty: the entity's own."""
    empty: Literal["keep", "clear"] = "keep"
    """What an empty cell does to its field: nothing, or empty it."""
    policy: Literal["insert", "update", "upsert", "review"] = "upsert"
    page: Annotated[int, within(1, 10_000)] = 1000
    """Rows that are stored in one transaction."""
    max_bytes: Annotated[int, within(1, 1_000_000_000_000)] | None = None
    """None: 2 GB; sheets 100 MB, unpacked."""

    @property
    def record_kind(self) -> EntityModel:
        """What the rows are."""
        return ENTITIES[self.entity]

    @property
    def telling(self) -> tuple[str, ...]:
        """The columns that tell one record from another."""
        return self.record_kind.key_fields or (ID,)

    @cached_property
    def checks(self) -> Mapping[str, Check | None]:
        """What may stand in one cell, and how it is checked: fields, those of a record within, what it is called."""
        entity = self.record_kind
        called: Mapping[str, Check | None] = {} if entity.natural else {ID: values.identifier}
        return {**entity.checks, **nested_checks(entity.model), **called}

    def matches(self, name: str) -> bool:
        """Tell whether a file's name fits the pattern; capitals do not count."""
        return re.fullmatch(pattern_of(self.files.casefold()), name.casefold()) is not None

    def type_of(self, name: str) -> FileType | None:
        """Return the type of a file, or None where its ending does not say."""
        return self.type or TYPE_OF_ENDING.get(PurePosixPath(name).suffix.casefold())

    def largest(self, type_: FileType) -> int:
        """Return how many bytes a file may have."""
        return self.max_bytes or (MOST_BYTES_OF_SHEETS if type_ in SHEETS else MOST_BYTES)

    def key_fields(self) -> tuple[str, ...]:
        """Return the fields that make the key, in the entity's order."""
        entity = self.record_kind
        return entity.key_fields + tuple(name for name in entity.more_key_fields if not self.key or name in self.key)

    def spelling(self) -> Spelling:
        """Return how the files write numbers and dates."""
        return Spelling(self.decimal, self.thousands, self.decimals, self.date)

    def wanted(self) -> Wanted:
        """Return the columns that a file must have, in the order of `columns`."""
        titles = {name: column.column for name, column in self.columns.items() if column.column is not None}
        keys = tuple(title for name, title in titles.items() if name in self.telling)
        return Wanted(tuple(titles.values()), keys, 0 if self.header == "none" else self.header)

    @field_validator("entity")
    @classmethod
    def _check_entity(cls, value: str) -> str:
        if value not in cls.importable:
            refuse(f"{show(value)} is nothing that can be imported{guess_or_list(value, cls.importable)}")
        return value

    @field_validator("files")
    @classmethod
    def _check_files(cls, value: str) -> str:
        if not value.strip() or len(value) > 200:  # noqa: PLR2004 - longer than a file's name
            refuse('a pattern for files\' names looks like "STAN_*.csv"')
        if "/" in value or "\\" in value:
            refuse(f"{show(value)} names a folder; put that into folder = and only the file's name here")
        return value

    @field_validator("folder")
    @classmethod
    def _check_folder(cls, value: str | None) -> str | None:
        return None if value is None else below(value)

    @field_validator("encoding")
    @classmethod
    def _check_encoding(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            name = codecs.lookup(value).name
        except (LookupError, ValueError):
            name = ""
        if name not in ACCEPTED:
            refuse(f"{show(value)} is not an encoding of text files{guess_or_list(value, sorted(ACCEPTED))}")
        return name

    @field_validator("delimiter")
    @classmethod
    def _check_delimiter(cls, value: str | None) -> str | None:
        if value in ("tab", "TAB", "\\t"):
            return "\t"
        if value is not None and (len(value) != 1 or value.isalnum() or value in '"\r\n\0 '):
            refuse(f'{show(value)} cannot part columns; one of ";" "," "|" or "tab" does')
        return value

    @field_validator("quote")
    @classmethod
    def _check_quote(cls, value: str) -> str:
        if value not in ('"', "'", "none"):
            refuse(f"""{show(value)} is not a quotation mark; use '"', "'" or "none\"""")
        return value

    @field_validator("date")
    @classmethod
    def _check_date(cls, value: str) -> str:
        parts = sorted(re.findall("Y+|M+|D+", value))
        rest = re.sub("YYYY|YY|MM|DD", "", value)
        if parts not in (["DD", "MM", "YYYY"], ["DD", "MM", "YY"]) or re.search("[A-Za-z0-9]", rest):
            refuse(f'{show(value)} is not a form of dates; write it like "DD.MM.YYYY" or "YYYY-MM-DD"')
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            refuse(f"{show(self.decimal)} is the decimal sign already", "thousands")
        _check_columns(self)
        _check_key(self)
        return self


def _check_columns(settings: Format) -> None:
    entity = settings.record_kind
    for name, column in settings.columns.items():
        if name in entity.fields and name not in settings.checks:
            inner = [each for each in settings.checks if each.startswith(f"{name}{BETWEEN}")]
            refuse(f"{show(name)} of {entity.name} does not fit into one cell{guess_or_list(name, inner)}", "columns")
        if name not in settings.checks:
            known = sorted(settings.checks)
            refuse(f"{show(name)} is not a field of {entity.name}{guess_or_list(name, known)}", "columns")
        if column.value is not None:
            _check_fixed(settings, name, column.value)
    missing = [name for name in settings.telling if name not in settings.columns]
    if missing:
        name = missing[0]
        refuse(
            f"{name} is missing, and {entity.name} are told apart by {', '.join(settings.telling)}; "
            f'write {name} = "title of its column" or {name} = {{ value = "..." }}',
            "columns",
        )
    _check_titles(settings)


def _check_titles(settings: Format) -> None:
    titles = [column.column for column in settings.columns.values() if column.column is not None]
    if not titles:
        refuse("no field comes from a column", "columns")
    if settings.header == "none":
        for title in titles:
            if column_position(title) is None:
                refuse(
                    f'there is no header, so {show(title)} must be a number (1 to {MOST_COLUMNS}) or letters ("A")',
                    "columns",
                )
    twice = {
        same_title(title) for title in titles if sum(same_title(title) == same_title(other) for other in titles) > 1
    }
    if twice:
        refuse(f"{show(min(twice))} is used for two fields", "columns")


def _check_fixed(settings: Format, name: str, value: str) -> None:
    try:
        reading_of(settings.checks[name], name, settings.spelling())(value)
    except PydanticCustomError as error:
        refuse(f"{name}: {error.message()}", "columns")


def _check_key(settings: Format) -> None:
    entity = settings.record_kind
    possible = entity.key_fields + entity.more_key_fields
    for name in settings.key:
        if name not in possible:
            refuse(f"{show(name)} cannot tell {entity.name} apart{guess_or_list(name, possible)}", "key")
    left_out = [name for name in entity.key_fields if settings.key and name not in settings.key]
    if left_out:
        refuse(f"{left_out[0]} is missing; {entity.name} are told apart by {', '.join(entity.key_fields)}", "key")
