"""Where an address may lead that stands in a record or in a redirect: not everywhere, as strangers may have written it."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254")))
"""Where clouds tell machines their secrets, beside the link-local addresses (Alibaba Cloud, Amazon EC2)."""


def forbidden(host: str, origin: str) -> str | None:
    """Return why a host must not be asked, none if it may; `origin`: the host that the record names.

    Hosts of our own network may be named by records: an ERP's pictures lie there. But nobody outside may lead us there,
    and nobody at all to where a cloud's machine is told its secrets.
    """
    there = _addresses(host)
    if any(each.is_link_local or each in METADATA for each in there):
        return f"{host} is no place for files"
    if host != origin and any(not each.is_global for each in there) and all(map(_is_global, _addresses(origin))):
        return f"{origin} leads to {host}, which is not on the internet"
    return None


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global


def _addresses(host: str) -> list[IPv4Address | IPv6Address]:
    """Return a host's addresses; none, if only a proxy knows them."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    plain = (ip_address(str(each[4][0]).partition("%")[0]) for each in found)
    return [(isinstance(each, IPv6Address) and each.ipv4_mapped) or each for each in plain]
