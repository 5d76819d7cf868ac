"""How a host is reached: clients by what the environment says of proxies and certificates, and why it cannot be."""

import ipaddress
import socket
import ssl
from typing import Any

import httpx2

from hub.errors import Misconfigured
from hub.log import without_password

_UNKNOWN_ISSUERS = frozenset((18, 19, 20, 21))
"""OpenSSL's codes (page "X509_STORE_CTX_get_error") for a certificate that nobody vouches for whom we know."""


def open_client(url: httpx2.URL, **options: Any) -> httpx2.Client:
    """Return a client for an address; proxies of the environment are used, except for this machine itself.

    Raises Misconfigured if the environment names proxies or certificates that cannot be used.
    """
    direct = {f"all://{_host(url)}": None} if is_loopback(url.host) else None
    try:
        return httpx2.Client(mounts=direct, **options)
    except (OSError, ValueError, ImportError, httpx2.InvalidURL) as fault:
        raise Misconfigured(
            "the environment of this process names a certificate file (SSL_CERT_FILE, SSL_CERT_DIR) or a proxy "
            f"(HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) that cannot be used: {without_password(str(fault))}"
        ) from None


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def in_plain_words(fault: BaseException | None) -> str | None:
    """Return what kept us from connecting, where an operator would not understand the machine's own words."""
    while fault is not None:
        if isinstance(fault, socket.gaierror) and fault.errno == socket.EAI_NONAME:
            return "no host has that name"
        if isinstance(fault, ConnectionRefusedError):
            return "nobody listens at that address and port"
        if isinstance(fault, ssl.SSLCertVerificationError):
            return _of_certificate(fault)
        if isinstance(fault, ssl.SSLError) and fault.reason == "WRONG_VERSION_NUMBER":
            return "it speaks http there, not https"
        fault = fault.__cause__ or fault.__context__
    return None


def _of_certificate(fault: ssl.SSLCertVerificationError) -> str:
    said = f"its certificate is not accepted: {fault.verify_message.rstrip('.')}"
    mend = "; if an authority of your own has signed it, name that one's in SSL_CERT_FILE (docs/connecting.md)"
    return said + mend if fault.verify_code in _UNKNOWN_ISSUERS else said


def _host(url: httpx2.URL) -> str:
    return f"[{url.host}]" if ":" in url.host else url.host
