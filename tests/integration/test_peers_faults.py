"""The link that fails on command: each fault is seen by a client as the network's would be."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from tests.peers.faults import Faults, Link
from tests.servers.process import HOST, wait_until


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, on a connection that stays open, and remembers it."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[bytes]]
    port: ClassVar[int]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named by the standard library
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Leaves alone clients that go away."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: cut connections are what is tested."""


@pytest.fixture
def echo() -> Iterator[type[Echo]]:
    class OneEcho(Echo):
        seen: ClassVar[list[bytes]] = []

    with Server((HOST, 0), OneEcho) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        OneEcho.port = server.server_address[1]
        yield OneEcho
        server.shutdown()


@pytest.fixture
def link(echo: type[Echo], new_link: Callable[[int], Link]) -> Link:
    return new_link(echo.port)


@pytest.fixture
def client(link: Link) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(HOST, link.port, timeout=30)
    yield connection
    connection.close()


def post(client: http.client.HTTPConnection, body: bytes) -> bytes:
    client.request("POST", "/", body)
    return client.getresponse().read()


def test_a_link_without_faults_passes_everything_on(client: http.client.HTTPConnection, link: Link):
    large = b"x" * 1_000_000
    assert post(client, large) == large
    assert post(client, b"again") == b"again"
    assert link.connections == 1


def test_a_lost_answer_was_acted_upon(client: http.client.HTTPConnection, link: Link, echo: type[Echo]):
    post(client, b"before")
    link.set(Faults(lose_answers=1, to=b"create"))
    assert post(client, b"read") == b"read"
    with pytest.raises(ConnectionError):
        post(client, b"create")
    assert link.lost == 1
    client.close()
    assert post(client, b"create") == b"create"
    assert echo.seen == [b"before", b"read", b"create", b"create"]


def test_a_refusing_link_opens_again_at_its_port(client: http.client.HTTPConnection, link: Link):
    post(client, b"before")
    link.set(Faults(refuse=True))
    with pytest.raises(ConnectionError):
        post(client, b"open connection")
    client.close()
    with pytest.raises(ConnectionRefusedError):
        post(client, b"new connection")
    client.close()
    link.clear()
    assert post(client, b"after") == b"after"


def test_what_was_held_flows_when_it_is_lifted(client: http.client.HTTPConnection, link: Link, echo: type[Echo]):
    link.set(Faults(hold="down"))
    client.timeout = 0.2
    with pytest.raises(TimeoutError):
        post(client, b"held")
    wait_until("the request to have got through", lambda: bool(echo.seen))
    assert echo.seen == [b"held"]
    client.close()
    client.timeout = 30
    client.request("POST", "/", b"waits")
    link.clear()
    assert client.getresponse().read() == b"waits"


def test_a_share_of_connections_is_reset(link: Link):
    link.set(Faults(reset=0.5))
    outcomes = [try_once(link) for _ in range(40)]
    assert {True, False} == set(outcomes)


def try_once(link: Link) -> bool:
    client = http.client.HTTPConnection(HOST, link.port, timeout=30)
    try:
        return post(client, b"x") == b"x"
    except OSError:
        return False
    finally:
        client.close()


def test_open_connections_can_be_cut(client: http.client.HTTPConnection, link: Link):
    post(client, b"before")
    link.cut()
    with pytest.raises(ConnectionError):
        post(client, b"after")


def test_a_link_that_is_closed_listens_no_more(echo: type[Echo]):
    with Link(echo.port) as link:
        port = link.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), timeout=30)
