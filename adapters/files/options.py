"""What a table [systems.NAME] says of the folders to which files come."""

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations
from pathlib import Path, PurePath
from typing import Annotated, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pydantic import Field, field_validator, model_validator

from adapters.files.format import Format
from hub.config.durations import Duration, within
from hub.config.faults import refuse, show
from hub.config.schedules import ScheduleSettings
from hub.config.settings import Options

_STREAM = re.compile(r"[a-z][a-z0-9-]{0,59}", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?=/)")
"""Two letters at least: C: is a drive."""


class FolderOptions(Options):
    """Folders of this machine (or mounted on it), and the formats of the files that come there."""

    source: str
    """A path, relative to the folder of hub.toml or absolute, or a file: address."""
    locations: tuple[str, ...] = ()
    """The stock locations there are; empty: any may come."""
    settle: Annotated[Duration, within(timedelta(0), timedelta(hours=1))] = timedelta(seconds=2)
    """A file that nobody has touched for so long is complete."""
    formats: Annotated[dict[str, Format], Field(min_length=1, max_length=200)]

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return the formats; one that is switched off has no schedule."""
        return {name: format_ if format_.enabled else None for name, format_ in self.formats.items()}

    def folder(self, base: Path) -> Path:
        """Return the source as a path; `base`: the folder of hub.toml."""
        path = url2pathname(urlsplit(self.source).path) if self.source.startswith("file:") else self.source
        return base / path

    @field_validator("source")
    @classmethod
    def _check_source(cls, value: str) -> str:
        scheme = _SCHEME.match(value)
        if scheme and scheme[1].lower() != "file":
            refuse(
                f"{scheme[1]}: cannot be read yet, only folders of this machine; mount it, or let files be put there"
            )
        if value.startswith("file:") and urlsplit(value).netloc not in ("", "localhost"):
            refuse(f"{show(value)} names another machine; a file: address has three strokes: file:///srv/warehouse")
        if not value.strip() or "\0" in value:
            refuse('write the folder to which the files come, e.g. "warehouse/out"')
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, format_ in self.formats.items():
            if not _STREAM.fullmatch(name):
                refuse(f"{show(name)}: a format's name has small letters, digits and hyphens", "formats")
            fixed = format_.columns["location"].value if "location" in format_.columns else None
            if fixed is not None and self.locations and fixed not in self.locations:
                refuse(f"{show(fixed)} of format {name} is not one of them", "locations")
        _check_takers(self.formats)
        return self


def _check_takers(formats: Mapping[str, Format]) -> None:
    """Refuse two formats that would take each other's files: a file is taken once, and by one of them only."""
    taking = [(name, format_) for name, format_ in formats.items() if format_.enabled]
    for (name, one), (other, another) in combinations(taking, 2):
        same_folder = PurePath(one.folder or "") == PurePath(another.folder or "")
        if same_folder and (one.matches(another.files) or another.matches(one.files)):
            refuse(
                f"{name} and {other} would take each other's files ({one.files}, {another.files}), and a file is taken "
                "once: let their names or folders differ; what both need has to be delivered twice",
                "formats",
            )
