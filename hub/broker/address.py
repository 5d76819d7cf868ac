"""A broker's address, read once for both clients, so that TLS and credentials mean the same to each."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kombu.transport import TRANSPORT_ALIASES

from hub.errors import Misconfigured

PORTS = {"amqp": 5672, "amqps": 5671}
OPTIONS = ("cacertfile", "certfile", "keyfile", "server_name_indication")
"""What may stand behind the question mark, in RabbitMQ's own words (its page "URI Query Parameters")."""
UNLIKE = (
    "the broker's address is not like amqps://user:password@host:5671/virtual-host; "
    "a password's / ? # % are written %2F %3F %23 %25 there"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a RabbitMQ is and who we are there."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    virtual_host: str
    tls: bool
    options: dict[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        return f"{self.host}:{self.port}, virtual host {self.virtual_host}, user {self.user}"

    @property
    def server_name(self) -> str:
        """The name that the server's certificate must bear."""
        return self.options.get("server_name_indication", self.host)


def is_rabbitmq(url: str) -> bool:
    """Tell whether an address names RabbitMQ rather than another of kombu's transports; raises Misconfigured for none."""
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise Misconfigured(UNLIKE)
    if scheme.split("+")[0] not in TRANSPORT_ALIASES:
        raise Misconfigured(f"the broker's address begins with {scheme}; RabbitMQ is reached by amqp or amqps")
    return scheme in PORTS


def parse(url: str) -> Address:
    """Read amqp(s)://user:password@host:port/virtual-host; raises Misconfigured."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise Misconfigured(UNLIKE) from None
    # What stands there was meant for the password: taken for a host, it would be shown.
    if parts.fragment or "@" in parts.path + parts.query:
        raise Misconfigured(UNLIKE)
    options = dict(parse_qsl(parts.query))
    for name, value in options.items():
        if name not in OPTIONS:
            raise Misconfigured(f'the broker\'s address has an option "{name}"; there are {", ".join(OPTIONS)}')
        if name.endswith("file") and not Path(value).is_file():
            raise Misconfigured(f"the broker's address names {name}={value}, and there is no such file")
    return Address(
        host=parts.hostname or "localhost",
        port=port,
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        tls=parts.scheme == "amqps",
        options=options,
    )


def tls_context(address: Address) -> ssl.SSLContext:
    """Return a context that verifies the server, for pika."""
    context = ssl.create_default_context(cafile=address.options.get("cacertfile"))
    if "certfile" in address.options:
        context.load_cert_chain(address.options["certfile"], address.options.get("keyfile"))
    return context


def tls_options(address: Address) -> dict[str, Any]:
    """Return what makes py-amqp verify the server: unlike ssl=True, the name in its certificate as well."""
    return {
        "ca_certs": address.options.get("cacertfile"),
        "certfile": address.options.get("certfile"),
        "keyfile": address.options.get("keyfile"),
        "cert_reqs": ssl.CERT_REQUIRED,
        "server_hostname": address.server_name,
    }
