"""Structured logs: key and value lines for people at a terminal, JSON for programs; secrets never."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Protocol

import structlog

SECRET_KEYS = re.compile(r"password|passwd|secret|token|authorization|api_?key", re.IGNORECASE)
CREDENTIALS_IN_URL = re.compile(r"(?<=://)([^:/@\s]*):[^/\s]+@")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what looks like a secret: values under telling names, and passwords inside addresses."""
    for name, value in event.items():
        if SECRET_KEYS.search(name):
            event[name] = "***"
        elif isinstance(value, str) and "://" in value:
            event[name] = without_password(value)
    return event


def without_password(address: str) -> str:
    """Return an address (or a text that holds some) without the passwords in it."""
    return CREDENTIALS_IN_URL.sub(r"\1:***@", address)


class Stream(Protocol):
    """Where a log goes."""

    def write(self, line: str, /) -> int:
        """Write a line; may raise OSError."""
        ...

    def flush(self) -> None:
        """Write what is held back; may raise OSError."""
        ...

    def isatty(self) -> bool:
        """Tell whether somebody reads along at a terminal."""
        ...


class Unfailing:
    """A stream that goes on without what cannot be written: a full disk must not end the work that is told of."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._lost = 0

    def write(self, line: str) -> None:
        """Write a line; the first that can be written again says how many could not."""
        told = f'{{"event": "log_lines_lost", "lines": {self._lost}}}\n' if self._lost else ""
        try:
            self._stream.write(told + line)
            self._stream.flush()
        except (OSError, ValueError):  # ValueError: it is closed
            self._lost += 1
        else:
            self._lost = 0

    def flush(self) -> None:
        """Do nothing: each line is flushed as it is written."""


def configure(*, level: str = "info", stream: Stream | None = None) -> None:
    """Set up the log of this process: readable on a terminal, one JSON object a line elsewhere."""
    out = stream or sys.stderr
    unfailing: Any = Unfailing(out)
    renderer: Any = structlog.dev.ConsoleRenderer() if out.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(unfailing),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> Any:
    """Return the logger of one part of the hub."""
    return structlog.get_logger(part=name)
