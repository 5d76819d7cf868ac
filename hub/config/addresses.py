"""Addresses of servers, which must not carry a password in plain text."""

import re
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator

from hub.config.faults import Found, Path, guess, refuse, show
from hub.config.secrets import is_reference, read_reference
from hub.config.syntax import as_list, as_table

_PASSWORD_PARAMETER = re.compile(r"[?&;][a-z_]*(password|passwd|pwd|secret|token)=[^&;]", re.IGNORECASE)
_DATABASES = ("postgresql", "postgresql+psycopg", "sqlite")
_BROKERS = ("amqp", "amqps", "memory")
_HIGHEST_PORT = 65535
_NOT_IN_PLAIN = "the address contains a password; secrets stand elsewhere and are named here as env:NAME or file:PATH"


def carries_password(address: str) -> bool:
    """Return whether an address seems to hold a password; when in doubt it does."""
    rest = address.partition("://")[2]
    user, at, _ = rest.rpartition("@")
    if at and not rest.startswith("/") and user.partition(":")[2]:
        return True
    return bool(_PASSWORD_PARAMETER.search(address))


def plain_passwords(value: Any, path: Path = ()) -> Iterator[Found]:
    """Yield the texts anywhere in a file's data that are addresses with a password, whatever key they stand under."""
    table, values = as_table(value), as_list(value)
    for step, inner in table.items() if table is not None else enumerate(values or ()):
        yield from plain_passwords(inner, (*path, step))
    if isinstance(value, str) and "://" in value and carries_password(value):
        yield Found(path, _NOT_IN_PLAIN)


def _read_address(value: str) -> str:
    if is_reference(value):
        return read_reference(value)
    if carries_password(value):
        refuse(_NOT_IN_PLAIN)
    return value


def _check_scheme(value: str, schemes: tuple[str, ...], example: str) -> str:
    if is_reference(value):
        return value
    scheme, separator, _ = value.partition("://")
    if not separator:
        refuse(f"{show(value)} is not an address; it looks like {example}")
    if scheme not in schemes:
        refuse(f"{show(scheme)} is not one of {', '.join(schemes)}{guess(scheme, schemes)}")
    return value


def _check_database(value: str) -> str:
    return _check_scheme(value, _DATABASES, "postgresql+psycopg://hub@host/hub or sqlite:///hub.db")


def _check_broker(value: str) -> str:
    return _check_scheme(value, _BROKERS, "amqps://host/hub")


def _check_web_address(value: str) -> str:
    if is_reference(value):
        return value
    if "://" not in value:
        guessed = f"https://{value}"
        refuse(f"{show(value)} has no scheme; did you mean {show(guessed)}?")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not value.isprintable() or " " in value:
        refuse(f"{show(value)} is not a web address; it looks like https://host.example")
    return value


def _check_listen_address(value: str) -> str:
    host, separator, port = value.rpartition(":")
    good = bool(separator and host) and port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _HIGHEST_PORT
    if not good or " " in value or (":" in host and not host.startswith("[")):
        refuse(f'{show(value)} is not a host and port; write it like "127.0.0.1:8090"')
    return value


Address = Annotated[str, AfterValidator(_read_address)]
"""An address without a password, or a Reference to one that may have it."""

DatabaseAddress = Annotated[str, AfterValidator(_read_address), AfterValidator(_check_database)]
"""The address of a PostgreSQL or SQLite database, or a Reference to it."""

BrokerAddress = Annotated[str, AfterValidator(_read_address), AfterValidator(_check_broker)]
"""The address of a RabbitMQ virtual host, or a Reference to it."""

WebAddress = Annotated[str, AfterValidator(_read_address), AfterValidator(_check_web_address)]
"""An http or https address without a password, or a Reference to one."""

ListenAddress = Annotated[str, AfterValidator(_check_listen_address)]
"""Host and port to listen on, e.g. `127.0.0.1:8090` or `[::1]:8090`."""
