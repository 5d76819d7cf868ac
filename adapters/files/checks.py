"""What `hub check` says about a system's folders of files."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from adapters.files.format import Format
from adapters.files.options import FolderOptions
from adapters.files.taking import DONE, FAILED, TAKING, Folder
from hub.connector import Finding
from hub.counting import counted
from hub.errors import HubError

LEAST_FREE = 200_000_000
"""Bytes below which a disk counts as full."""


def look_at(system: str, options: FolderOptions, base_folder: Path) -> list[Finding]:
    """Look at the source and each format's folder; changes nothing, raises nothing."""
    source = options.folder(base_folder)
    if not source.is_dir():
        mend = f"create it: mkdir {source}" if not source.exists() else "name a folder as source"
        return [Finding(system, good=False, message=f"there is no folder {source}", mend=mend, away=True)]
    findings = [_disk(system, source)]
    for name, format_ in options.formats.items():
        if format_.enabled:
            findings.extend(_format(f"{system}.{name}", source, format_))
    return findings


def _disk(system: str, source: Path) -> Finding:
    try:
        free = shutil.disk_usage(source).free
    except OSError as error:
        message = f"{source} cannot be asked for its space: {error.strerror}"
        return Finding(system, good=False, message=message, away=True)
    if free < LEAST_FREE:
        return Finding(system, good=False, message=f"only {free:,} bytes are free at {source}", mend="make room there")
    return Finding(system, good=True, message=f"{source}, {free // 1_000_000_000:,} GB free")


def _format(subject: str, source: Path, format_: Format) -> Iterator[Finding]:
    path = source / (format_.folder or "")
    if not path.is_dir():
        yield Finding(subject, good=False, message=f"there is no folder {path}", mend=f"create it: mkdir {path}")
        return
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            subject,
            good=False,
            message=f"{path} does not allow this user to read files and move them away",
            mend="give the hub's user the right to read and write there",
        )
        return
    yield from _inner(subject, path)
    notes: list[str] = []
    folder = Folder(path, subject)
    try:
        come = [file for file in folder.look(notes) if format_.matches(file.path.name)]
        left_over = folder.left_over()
    except HubError as error:
        yield Finding(subject, good=False, message=str(error))
        return
    failed = len(list((path / FAILED).glob("*.reason.txt")))
    said = [f"{counted(len(come), 'file')} to come in ({format_.files})"]
    said += [f"{len(left_over)} under way"] if left_over else []
    said += [f"{failed} in {FAILED}/"] if failed else []
    yield Finding(subject, good=True, message=", ".join(said))
    for note in notes:
        yield Finding(subject, good=False, message=note)


def _inner(subject: str, path: Path) -> Iterator[Finding]:
    """Tell of the folders into which files are moved, which whoever set them up may have given other rights."""
    for inner in (path / TAKING, path / DONE, path / FAILED):
        if inner.exists() and not (inner.is_dir() and os.access(inner, os.R_OK | os.W_OK | os.X_OK)):
            message = f"{inner} is no folder into which this user can move files"
            mend = "give the hub's user the right to read and write there, or take it away: the hub makes it"
            yield Finding(subject, good=False, message=message, mend=mend)
