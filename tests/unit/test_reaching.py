"""Why a host cannot be reached is told so that an operator can mend it: certificates, proxies."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.asking.http import Api
from hub.clock import SystemClock
from hub.errors import Misconfigured, TryLater


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost's own, with its key, as an ERP in the cellar has it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    building = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    building = building.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    building = building.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = building.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(secret + made)
    return path


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def asked(host: str, port: int) -> Any:
    api = Api("erp", f"https://{host}:{port}", clock=SystemClock(), sleep=lambda _: None)
    try:
        return api.get("/").body
    finally:
        api.close()


def test_a_certificate_of_an_authority_of_ones_own_is_told_with_the_mend(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(TryLater, match=r"certificate is not accepted: self-signed certificate; .* SSL_CERT_FILE"):
        asked("localhost", port)


def test_the_mend_is_one_and_another_host_is_still_not_accepted(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert asked("localhost", port) is None
    with pytest.raises(TryLater, match="not accepted: IP address mismatch") as caught:
        asked("127.0.0.1", port)
    assert "SSL_CERT_FILE" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SSL_CERT_FILE", "/nowhere/authority.pem", "No such file"),
        ("SSL_CERT_FILE", __file__, "no certificate or crl found"),
        ("HTTPS_PROXY", "socks5://127.0.0.1:1", "socksio"),
        ("HTTPS_PROXY", "ftp://hub:pw-secret@proxy.example", "Unknown scheme for proxy URL"),
    ],
)
def test_an_environment_that_cannot_be_used_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
):
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=f"{name}.*{says}") as caught:
        Api("erp", "https://erp.example", clock=SystemClock())
    assert "pw-secret" not in str(caught.value)
