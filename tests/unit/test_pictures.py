"""What is fetched as a picture is one, is not too large, and comes from where a picture may."""

import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest

from adapters import pictures
from adapters.asking.budgets import budget_of
from adapters.asking.places import forbidden
from adapters.pictures import fetch, tried
from adapters.writing.writes import Unfit
from hub.clock import SystemClock
from tests.contract.picture_server import Pictures, png, serving


@pytest.fixture
def served() -> Iterator[Pictures]:
    with serving() as found:
        yield found


def refused(address: str) -> str:
    with pytest.raises(Unfit) as raised:
        fetch(address, SystemClock())
    assert raised.value.cause == "no-picture"
    return str(raised.value)


def test_a_picture_has_a_name_that_fits_its_type(served: Pictures):
    picture = fetch(served.put("front%20view.jpg", png(1)), SystemClock())
    assert (picture.name, picture.type, picture.content) == ("front view.png", "image/png", png(1))


def test_what_is_none_is_refused(served: Pictures):
    assert "is none of" in refused(served.put("a.png", b"<html>Not found</html>"))
    assert "is none of" in refused(served.put("b.webp", b"RIFF1234WAVE"))
    assert "answered 404" in refused(f"{served.url}/nothing.png")


def test_what_is_too_large_is_refused(served: Pictures, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pictures, "LARGEST", 1024 * 1024)
    assert "larger than 1 MB" in refused(served.put("a.png", png(1) + bytes(1024 * 1024)))


def test_what_takes_too_long_is_refused(served: Pictures, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pictures, "LONGEST", 0.0)
    monkeypatch.setattr(pictures.httpx2, "Client", _patient(pictures.httpx2.Client))
    assert "did not come within 0 s" in refused(served.put("a.png", png(1)))


def deflated(content: bytes) -> bytes:
    """Return a body that has not ended."""
    packing = zlib.compressobj()
    return packing.compress(content) + packing.flush(zlib.Z_SYNC_FLUSH)


UNENDING = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n"
NOTHING = b"\0\0\0\xff\xff"
"""A part of such a body that holds nothing."""


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", id="headers that do not end"),
        pytest.param(UNENDING + deflated(b""), NOTHING, id="a body of nothing"),
        pytest.param(UNENDING + deflated(png(1)), NOTHING, id="a picture and then nothing: cut, it looks whole"),
    ],
)
def test_who_is_never_silent_and_never_ends_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes):
    monkeypatch.setattr(pictures.elsewhere, "PATIENCE", 0.3)
    monkeypatch.setattr(pictures, "LONGEST", 0.2)
    hung_up = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with suppress(OSError), connection:
            connection.recv(10_000)
            connection.sendall(head)
            while not hung_up.wait(0.02):
                connection.sendall(drop)
        hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,), daemon=True)
        dripping.start()
        assert "did not come to an end within 0.5 s" in refused(f"http://127.0.0.1:{server.getsockname()[1]}/a.png")
        assert hung_up.wait(30)


def _patient(client: type) -> object:
    return lambda **given: client(**{**given, "timeout": 10})


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://127.0.0.1/a.png", "http://127.0.0.1:9/a.png", "http://"]
)
def test_what_cannot_be_had_is_refused_and_named(address: str):
    assert address in refused(address)


def test_a_redirect_leads_to_no_other_kind_of_address(served: Pictures):
    served.moved |= {"/a.png": f"{served.url}/b.png", "/c.png": "file:///etc/passwd", "/d.png": f"{served.url}/d.png"}
    served.put("b.png", png(2))
    assert fetch(f"{served.url}/a.png", SystemClock()).content == png(2)
    assert "cannot be fetched" in refused(f"{served.url}/c.png")
    assert "cannot be fetched" in refused(f"{served.url}/d.png")


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]", "[fe80::1]", "100.100.100.200"]
)
def test_no_record_and_no_redirect_leads_to_where_a_cloud_tells_its_secrets(served: Pictures, host: str):
    served.moved["/a.png"] = f"http://{host}/latest/meta-data/iam.png"
    assert "is no place for files" in refused(f"http://{host}/latest/meta-data/iam.png")
    assert "is no place for files" in refused(f"{served.url}/a.png")


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "localhost", "192.168.0.1", "10.0.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"]
)
def test_who_is_outside_cannot_lead_into_our_network(inside: str):
    assert forbidden(inside, "93.184.215.14") == f"93.184.215.14 leads to {inside}, which is not on the internet"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("192.168.0.1", "192.168.0.1"),
        ("192.168.0.1", "10.0.0.1"),
        ("93.184.215.14", "8.8.8.8"),
        ("8.8.8.8", "10.0.0.1"),
    ],
)
def test_records_may_name_hosts_of_our_own_network_and_redirects_may_lead_out(host: str, origin: str):
    assert forbidden(host, origin) is None


def test_what_stands_behind_the_question_mark_is_not_shown(served: Pictures):
    assert "secret" not in refused(f"{served.url}/nothing.png?token=secret")


def test_one_that_cannot_be_had_does_not_stop_the_others(served: Pictures):
    good, bad = served.put("good.png", png(1)), f"{served.url}/nothing.png"
    had, faults = tried([bad, good], lambda address: fetch(address, SystemClock()).name)
    assert (had, [*faults]) == ({good: "good.png"}, [bad])


def test_s22_a_picture_waits_for_its_turn_where_a_system_has_a_budget(
    served: Pictures, monkeypatch: pytest.MonkeyPatch
):
    slept = list[float]()
    monkeypatch.setattr("adapters.asking.budgets.sleep", slept.append)
    address = served.put("a.png", png(1))
    leave = budget_of(address.split("/")[2]).join(0.01)
    for _ in range(2):
        fetch(address, SystemClock())
    leave()
    assert [round(seconds, -1) for seconds in slept] == [0, 100]
