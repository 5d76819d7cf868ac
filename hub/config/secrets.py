"""Secrets are references in the configuration; their values are read only where they are used."""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from hub.config.faults import refuse
from hub.errors import Misconfigured

LARGEST = 64 * 1024
"""Bytes of a secret's file; keys and certificates are far smaller."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PREFIXES = ("env:", "file:")


class Reference(str):
    """Where a secret is to be found: `env:NAME` or `file:PATH`. Text, that never holds the secret itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Reference({str(self)!r})"


def is_reference(text: str) -> bool:
    """Return whether a text says where something is to be found instead of being it."""
    return text.startswith(_PREFIXES)


def read_reference(value: object) -> Reference:
    """Return a value as a reference; raises pydantic's error, which never shows the value if it may be a secret."""
    if not isinstance(value, str) or not is_reference(value):
        refuse("a secret must not stand in this file; keep it elsewhere and write env:NAME or file:PATH here")
    kind, _, rest = value.partition(":")
    if kind == "env" and not _NAME.fullmatch(rest):
        refuse("after env: comes the name of an environment variable: letters, digits, underscores")
    if kind == "file" and not (rest.isprintable() and _is_whole(rest)):
        refuse("after file: comes the whole path of a file, e.g. file:/run/secrets/name")
    return Reference(value)


Secret = Annotated[
    Reference,
    PlainValidator(read_reference),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^(env|file):"}),
]
"""The type of an option that holds a secret: only a reference is accepted."""


def resolve(reference: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return what a reference stands for; a text that is no reference is returned as it is.

    A file's trailing line ends are taken off. Raises Misconfigured, which names the reference and never the value.
    """
    if reference.startswith("env:"):
        return _from_environment(reference.removeprefix("env:"), environ)
    if reference.startswith("file:"):
        return _from_file(reference.removeprefix("file:"))
    return reference


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name)
    if value is None:
        raise Misconfigured(f"env:{name}: the environment variable {name} is not set for this process")
    if not value:
        raise Misconfigured(f"env:{name}: the environment variable {name} is empty")
    return value


def _from_file(name: str) -> str:
    value = _read(name).rstrip("\r\n")
    if not value:
        raise Misconfigured(f"file:{name}: the file is empty")
    return value


def _read(name: str) -> str:
    path = Path(name)
    try:
        if path.is_dir():
            raise Misconfigured(f"file:{name}: this is a folder, not a file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Misconfigured(f"file:{name}: there is no such file") from None
    except PermissionError:
        raise Misconfigured(f"file:{name}: this process may not read the file") from None
    except (OSError, ValueError):
        raise Misconfigured(f"file:{name}: the file cannot be read") from None
    if len(content) > LARGEST:
        raise Misconfigured(f"file:{name}: more than {LARGEST:,} bytes are too much for a secret")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misconfigured(f"file:{name}: the file is not UTF-8 text") from None


def _is_whole(path: str) -> bool:
    # One file serves Linux and Windows machines alike, so either form is right on both.
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
