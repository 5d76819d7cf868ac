"""What `hub check` says about an ERP's folders."""

import os
from collections.abc import Iterator
from pathlib import Path

from adapters.erp.files.handing import Handing
from adapters.erp.files.options import ErpFilesOptions
from adapters.erp.files.order_files import ORDERS
from adapters.erp.files.refused import refused
from adapters.files.checks import look_at
from hub.clock import Clock
from hub.config.durations import duration_text
from hub.connector import Finding
from hub.counting import counted
from hub.errors import HubError


def findings(system: str, options: ErpFilesOptions, base_folder: Path, clock: Clock) -> list[Finding]:
    """Look at every folder; changes nothing, raises nothing."""
    found = look_at(system, options, base_folder)
    source = options.folder(base_folder)
    if options.orders is not None and source.is_dir():
        found += _orders(f"{system}.{ORDERS}", Handing(source, options.orders), clock)
    return found


def _orders(subject: str, handing: Handing, clock: Clock) -> Iterator[Finding]:
    files = handing.files
    if files.untold:
        message = (
            f"lines are handed out with their prices, and not {', '.join(files.untold)}: the ERP reckons another total"
        )
        yield Finding(subject, good=False, message=message, mend="docs/connectors/file-exchange.md says how")
    for name in filter(None, (files.folder, files.archive, files.errors)):
        path = handing.source / name
        if not path.is_dir():
            yield Finding(subject, good=False, message=f"there is no folder {path}", mend=f"create it: mkdir {path}")
    if not handing.folder.is_dir():
        return
    if not os.access(handing.folder, os.R_OK | os.W_OK | os.X_OK):
        message = f"{handing.folder} does not allow this user to put files there"
        yield Finding(subject, good=False, message=message, mend="give the hub's user the right to write there")
        return
    yield _waiting(subject, handing, clock)
    try:
        _, lying = refused(handing)
    except HubError as error:
        yield Finding(subject, good=False, message=str(error))
        return
    if lying:
        mend = f"hub quarantine list --system {subject.partition('.')[0]}"
        yield Finding(subject, good=False, message=f"the ERP has refused {counted(len(lying), 'file')}", mend=mend)


def _waiting(subject: str, handing: Handing, clock: Clock) -> Finding:
    suffix = handing.files.suffix
    try:
        names = [each for each in handing.folder.iterdir() if each.name.endswith(suffix) and each.name[0] != "."]
        oldest = min((each.stat().st_mtime for each in names), default=None)
    except OSError as error:
        return Finding(subject, good=False, message=f"{handing.folder} cannot be looked into: {error.strerror}")
    message = f"{counted(len(names), 'order')} to be taken by the ERP ({handing.files.folder}/*{suffix})"
    late = oldest is not None and clock.now().timestamp() - oldest > handing.files.taken_within.total_seconds()
    if late:
        message += f"; the oldest has lain there longer than {duration_text(handing.files.taken_within)}"
        return Finding(subject, good=False, message=message, mend="does the ERP's import run? What does it say?")
    return Finding(subject, good=True, message=message)
