"""Webhook calls over HTTP, with a real server and a real database."""

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import structlog

from hub.connector import Call
from hub.errors import Misconfigured
from hub.store import DatabaseAway, Store, interventions
from hub.web import application as web
from hub.web import server as listening
from hub.web.application import LARGEST, application
from hub.web.server import Server
from hub.web.webhooks import Registered
from tests.contract.bell import ring
from tests.contract.test_web_webhooks import JOBS, Office

LIMIT = 30.0
"""Seconds that an answer may take on a machine that is busy with other tests."""


class Away:
    """A database that cannot be reached."""

    def write(self) -> None:
        raise DatabaseAway("no route to the database")


@pytest.fixture
def server(store: Store) -> Iterator[Server]:
    server = Server("127.0.0.1:0", application(store, Office(JOBS)))
    server.start()
    yield server
    server.stop()
    assert not server.alive


def post(server: Server, path: str, call: Call, method: str = "POST") -> tuple[int, str, Mapping[str, str]]:
    request = Request(f"http://127.0.0.1:{server.port}/{path}", call.body, dict(call.headers), method=method)
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode().strip(), dict(answer.headers)
    except HTTPError as refused:
        return refused.code, refused.read().decode().strip(), dict(refused.headers)


def test_a_call_is_answered_when_it_is_stored(server: Server, store: Store):
    assert post(server, "shop", ring("1001"))[:2] == (202, "taken")
    with store.read() as tx:
        assert [each.job for each in interventions.find(tx)] == ["shop.orders"]


def test_many_calls_at_once_make_one_run(server: Server, store: Store):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: post(server, "shop", ring(str(n % 20)))[1], range(40)))
    assert sorted(set(answers)) == ["known", "taken"]
    assert answers.count("taken") == 20
    with store.read() as tx:
        assert [each.stands_for for each in interventions.find(tx)] == [20]


@pytest.mark.parametrize(
    ("path", "call", "method", "status"),
    [
        pytest.param("shop", ring("1", secret="guessed"), "POST", 401, id="forged"),
        pytest.param("kiosk", ring("1"), "POST", 404, id="unknown system"),
        pytest.param("shop", Call({}, b"x" * (LARGEST + 1)), "POST", 413, id="too large"),
        pytest.param("shop", ring("1"), "PUT", 405, id="another method"),
        pytest.param("shop/../other", ring("1"), "POST", 404, id="another path"),
        pytest.param("shop/", ring("1"), "POST", 404, id="a slash too many, not sent on to whatever Host was named"),
    ],
)
def test_what_is_not_taken_leaves_no_trace(
    server: Server, store: Store, path: str, call: Call, method: str, status: int
):
    assert post(server, path, call, method)[0] == status
    with store.read() as tx:
        assert interventions.find(tx) == []


def test_without_a_database_the_caller_is_asked_to_call_again():
    server = Server("127.0.0.1:0", application(Away(), Office(JOBS)))  # type: ignore[arg-type]
    server.start()
    try:
        status, said, headers = post(server, "shop", ring("1001"))
        assert (status, said, headers["retry-after"]) == (503, "not now", "30")
    finally:
        server.stop()


def test_what_breaks_is_told_in_the_hubs_own_log(store: Store):
    class Broken(Office):
        def registered(self, system: str) -> Registered | None:
            raise ZeroDivisionError(system)

    server = Server("127.0.0.1:0", application(store, Broken(JOBS)))
    server.start()
    try:
        with structlog.testing.capture_logs() as lines:
            assert post(server, "shop", ring("1001"))[0] == 500
    finally:
        server.stop()
    assert [(each["event"], each["system"]) for each in lines if each["log_level"] == "error"] == [
        ("webhook_broke", "shop")
    ]


def test_a_flood_of_forged_calls_does_not_fill_the_log(server: Server):
    with structlog.testing.capture_logs() as lines:
        for _ in range(20):
            assert post(server, "shop", ring("1", secret="guessed"))[0] == 401
    assert len(lines) <= 1


def test_an_address_that_is_taken_is_told_in_a_sentence(server: Server):
    with pytest.raises(Misconfigured, match="nothing can listen at"):
        Server(f"127.0.0.1:{server.port}", application(Away(), Office(JOBS)))  # type: ignore[arg-type]


def test_a_call_that_breaks_off_does_not_hold_up_the_others(server: Server, store: Store):
    with socket.create_connection(("127.0.0.1", server.port)) as half:
        half.sendall(b"POST /shop HTTP/1.1\r\nHost: hub\r\nContent-Length: 100\r\n\r\n{")
        assert post(server, "shop", ring("1001"))[0] == 202
    assert post(server, "shop", ring("1002"))[0] == 202
    with store.read() as tx:
        assert [each.stands_for for each in interventions.find(tx)] == [2]


BEGUN = b"POST /shop HTTP/1.1\r\nHost: hub\r\nContent-Length: 2\r\n"
OTHER = b"GET /shop HTTP/1.1\r\nHost: hub\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        pytest.param(b"", [], id="nothing is asked"),
        pytest.param(BEGUN, [], id="a head that does not end"),
        pytest.param(BEGUN + b"\r\n{", [408], id="a body that does not end"),
        pytest.param(OTHER + BEGUN, [405], id="a second call that does not end"),
    ],
)
def test_who_does_not_come_to_the_point_is_hung_up_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, sent: bytes, answers: list[int]
):
    monkeypatch.setattr(web, "PATIENCE", 0.1)
    monkeypatch.setattr(listening, "PATIENCE", 0.1)
    server = Server("127.0.0.1:0", application(store, Office(JOBS)))
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as slow:
            slow.sendall(sent)
            server.start()  # not before: however slow this thread is, all that it sends is there in time
            said = heard(slow)
    finally:
        server.stop()
    assert [int(each.split()[0]) for each in said.split(b"HTTP/1.1 ")[1:]] == answers


def test_a_connection_ends_with_its_call(server: Server):
    """Kept open, it would be closed some day, just when a proxy sends the next call on it: that one would be lost."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as one:
        one.sendall(BEGUN + b"\r\n{}")
        said = heard(one)
    assert b"\r\nconnection: close\r\n" in said.lower()


def test_one_connection_too_many_is_hung_up_on(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "MOST", 0)
    monkeypatch.setattr(listening, "PATIENCE", 10 * LIMIT)
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as one:
        assert heard(one) == b""


def heard(connection: socket.socket) -> bytes:
    """Return all that is said until the other side hangs up."""
    said = b""
    try:
        while part := connection.recv(1000):
            said += part
    except ConnectionResetError:
        pass
    return said
