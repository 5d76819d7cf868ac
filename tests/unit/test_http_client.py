import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.utils import format_datetime

import pytest
import structlog

from adapters.asking import bodies, budgets
from adapters.asking.http import Api, KeyRefused, Rejected
from hub.clock import SystemClock
from hub.errors import Misconfigured, Refused, TryLater, Unanswered
from tests.unit.http_server import Asked, Reply, Server

CLOCK = SystemClock()


class Slept:
    """Waits for nothing, and notes for how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@contextmanager
def talking(*replies: Reply, sleep=None, **options) -> Iterator[tuple[Api, Server]]:
    """An Api and the server that answers it with these replies in turn, the last one again and again."""
    server = Server(lambda number, _asked: replies[min(number, len(replies) - 1)])
    api = Api("shop", server.url, clock=CLOCK, sleep=sleep or Slept(), **options)
    try:
        yield api, server
    finally:
        api.close()
        server.close()


BUSY = Reply(429, b'{"message": "slow down"}')
BROKEN = Reply(500, b'{"message": "database is locked"}')
SILENT = Reply(hang_up=True)


def test_what_was_asked_for_comes_parsed_with_its_headers():
    reply = Reply(body=b'{"price": 0.1}', headers={"content-type": "application/json", "X-Total": "3"})
    with talking(reply, headers={"X-Key": "k"}, auth=("hub", "pw")) as (api, server):
        answer = api.get("/products", {"page": 2, "tag": "a b"})
    assert (answer.status, answer.body, answer.header("x-total")) == (200, {"price": 0.1}, "3")
    assert server.asked[0].path == "/products?page=2&tag=a+b" or server.asked[0].path == "/products?page=2&tag=a%20b"
    assert server.asked[0].headers["x-key"] == "k"
    assert server.asked[0].headers["authorization"].startswith("Basic ")


def test_what_is_sent_is_json_and_an_empty_answer_is_none():
    with talking(Reply(204, b"")) as (api, server):
        assert api.send("patch", "/products/1", {"name": "Lampa stojąca"}).body is None
    assert (server.asked[0].method, server.asked[0].headers["content-type"]) == ("PATCH", "application/json")
    assert server.asked[0].body == '{"name":"Lampa stojąca"}'.encode()


def test_paths_are_below_the_address_and_whole_addresses_of_the_host_keep_our_port():
    with talking(Reply()) as (_, server):
        api = Api("shop", f"{server.url}/api/", clock=CLOCK)
        api.get("admin/products/")
        api.get("http://127.0.0.1:1/api/next?page=2", [("a", 1), ("a", 2)])
        with pytest.raises(Refused, match=r"another host, elsewhere\.example"):
            api.get("https://elsewhere.example/api")
        api.close()
    assert [asked.path for asked in server.asked] == ["/api/admin/products/", "/api/next?page=2&a=1&a=2"]


def test_s22_a_429_without_retry_after_is_repeated_with_growing_pauses():
    slept = Slept()
    with talking(BUSY, BUSY, Reply(), sleep=slept) as (api, server):
        assert api.get("/").status == 200
    assert len(server.asked) == 3
    assert 0.3 <= slept.seconds[0] <= 0.6 <= slept.seconds[1] <= 0.9


def test_s22_retry_after_is_honoured_in_seconds_and_as_a_date():
    in_20_seconds = format_datetime(CLOCK.now() + timedelta(seconds=20), usegmt=True)
    for value, least, most in (("7", 7, 7), (in_20_seconds, 17, 20)):
        slept = Slept()
        with talking(Reply(429, b"", {"retry-after": value}), Reply(), sleep=slept) as (api, server):
            assert api.get("/").status == 200
        assert len(server.asked) == 2
        assert least <= slept.seconds[0] <= most


def test_s22_a_host_that_asked_for_a_pause_gets_it_from_all_who_speak_to_it():
    slept = Slept()
    with talking(Reply(429, b"", {"retry-after": "9"}), Reply()) as (api, server):
        api.get("/")
        other = Api("other", server.url, clock=CLOCK, sleep=slept)
        other.get("/")
        other.close()
    assert [round(seconds) for seconds in slept.seconds] == [9]


def test_s22_a_long_retry_after_is_left_to_the_relay():
    slept = Slept()
    with (
        talking(Reply(429, b"", {"retry-after": "3600"}), sleep=slept) as (api, server),
        pytest.raises(TryLater, match="shop answered 429") as caught,
    ):
        api.get("/")
    assert (caught.value.after, len(server.asked), slept.seconds) == (3600, 1, [])


def test_s22_a_429_never_ends_in_more_than_a_few_requests():
    with talking(BUSY) as (api, server), pytest.raises(TryLater, match="429: slow down"):
        api.get("/")
    assert len(server.asked) == 4


def test_a_write_that_was_not_carried_out_is_sent_again():
    with talking(BUSY, Reply(201)) as (api, server):
        assert api.send("POST", "/orders", {"n": 1}).status == 201
    assert [asked.body for asked in server.asked] == [b'{"n":1}', b'{"n":1}']


@pytest.mark.parametrize("reply", [SILENT, BROKEN, Reply(502, b"<html><h1>Bad Gateway</h1>", {})])
def test_s06_a_write_that_may_have_been_carried_out_is_never_sent_again(reply: Reply):
    with talking(reply, Reply()) as (api, server):
        with pytest.raises(Unanswered, match="shop"):
            api.send("POST", "/orders", {"n": 1})
        assert len(server.asked) == 1


@pytest.mark.parametrize("reply", [SILENT, BROKEN, Reply(503, b"", {"retry-after": "1"})])
def test_what_may_be_repeated_is_repeated(reply: Reply):
    with talking(reply, Reply(), reply, Reply()) as (api, server):
        assert api.get("/").status == 200
        assert api.send("PUT", "/products/1", {"n": 1}, repeatable=True).status == 200
    assert len(server.asked) == 4


def test_what_stays_broken_is_tried_later_not_unanswered():
    with talking(BROKEN) as (api, _), pytest.raises(TryLater, match="500: database is locked") as caught:
        api.get("/")
    assert not isinstance(caught.value, Unanswered)


def test_silence_ends_with_the_time_out():
    never = threading.Event()
    with talking(Reply(late=never), timeout=timedelta(seconds=0.2)) as (api, server):
        with pytest.raises(Unanswered, match=r"silent for 0\.2 s"):
            api.send("POST", "/orders", {})
        never.set()
        assert len(server.asked) == 1


def test_nobody_there_is_tried_later_even_for_a_write():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        slept = Slept()
        api = Api("shop", f"http://127.0.0.1:{taken.getsockname()[1]}", clock=CLOCK, sleep=slept)
        with pytest.raises(TryLater, match="shop cannot be reached: nobody listens at that address") as caught:
            api.send("POST", "/orders", {})
        api.close()
    assert not isinstance(caught.value, Unanswered)
    assert len(slept.seconds) == 3


def test_https_where_only_http_is_spoken_is_told_as_such():
    server = Server(lambda _number, _asked: Reply())
    api = Api("shop", server.url.replace("http:", "https:"), clock=CLOCK, sleep=Slept())
    with pytest.raises(TryLater, match="shop cannot be reached: it speaks http there, not https"):
        api.get("/orders")
    api.close()
    server.close()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"upc": ["Product with this UPC already exists."]}', "upc: Product with this UPC already exists."),
        (b'{"status": 400, "message": "No address.", "description": ""}', "No address."),
        (b'{"type": "invalid_data", "message": "Invalid", "errors": [{"path": "x"}]}', "Invalid; errors.path: x"),
        (b'["too late"]', "too late"),
        (b"<html><head><title>x</title></head><body><h1>Not\n Found</h1></body>", "Not Found"),
        (b"", "shop answered 422"),
    ],
)
def test_a_refusal_speaks_in_the_systems_words(body: bytes, words: str):
    with talking(Reply(422, body, {})) as (api, server):
        with pytest.raises(Rejected) as caught:
            api.send("POST", "/", {})
        assert len(server.asked) == 1
    assert (caught.value.status, str(caught.value)) == (422, words)


@pytest.mark.parametrize("status", [400, 404, 409, 410])
def test_a_refusal_is_not_repeated_and_keeps_its_body(status: int):
    with talking(Reply(status, b'{"code": 7}')) as (api, server):
        with pytest.raises(Rejected) as caught:
            api.get("/")
        assert len(server.asked) == 1
    assert (caught.value.status, caught.value.body) == (status, {"code": 7})


def test_what_is_gone_is_none_to_who_looks_it_up():
    with talking(Reply(404, b"{}"), Reply(body=b"[1]"), Reply(400, b'"bad"')) as (api, _):
        assert api.look_up("/1") is None
        assert api.look_up("/2") == [1]
        with pytest.raises(Rejected, match="bad"):
            api.look_up("/3")


@pytest.mark.parametrize(("status", "mend"), [(401, "check the key"), (403, "more rights")])
def test_a_refused_key_says_where_to_mend_it(status: int, mend: str):
    with talking(Reply(status, b'{"detail": "no"}')) as (api, _), pytest.raises(KeyRefused, match=mend) as caught:
        api.get("/")
    assert "[systems.shop]" in str(caught.value)
    assert caught.value.status == status


@pytest.mark.parametrize("headers", [{"content-type": "text/html"}, {"content-type": "application/json"}, {}])
def test_a_proxys_page_is_not_taken_for_data(headers: dict[str, str]):
    page = Reply(200, b"<html><style>p{}</style><body><p>The shop is being mended</p></body>", headers)
    with talking(page) as (api, server):
        with pytest.raises(TryLater, match='something else than data: "The shop is being mended"'):
            api.get("/")
        with pytest.raises(Unanswered, match="being mended"):
            api.send("POST", "/orders", {})
        assert len(server.asked) == 5
    with talking(page, Reply(body=b"[1]")) as (api, _):
        assert api.get("/").body == [1]


def test_other_text_stays_text():
    with talking(Reply(body=b"a;b\n1;2", headers={"content-type": "text/csv"})) as (api, _):
        assert api.get("/").body == "a;b\n1;2"


def test_redirects_are_followed_within_the_system_only_and_never_for_a_write():
    moved = Reply(301, b"", {"location": "/new/?page=2"})
    with talking(moved, Reply(body=b"[2]"), moved) as (api, server):
        assert api.get("/old").body == [2]
        assert server.asked[1].path == "/new/?page=2"
        with pytest.raises(Refused, match="mend url in"):
            api.send("POST", "/old", {}, repeatable=True)
    with (
        talking(Reply(302, b"", {"location": "https://evil.example/?secret=1"})) as (api, _),
        pytest.raises(Refused, match=r"is at https://evil\.example/;"),
    ):
        api.get("/")
    with talking(Reply(302, b"", {"location": "/"})) as (api, server):
        with pytest.raises(Refused):
            api.get("/")
        assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["http://\x7f/", "//[::1"])
def test_a_redirect_to_no_address_is_a_refusal(location: str):
    with (
        talking(Reply(302, b"", {"location": location})) as (api, _),
        pytest.raises(Refused, match="answered 302, and leads to no address"),
    ):
        api.get("/")


def test_a_next_page_that_is_no_address_is_a_refusal():
    with talking(Reply()) as (api, server):
        for address in ("/orders/1\n2", f"{server.url}:x/orders?page=2"):
            with pytest.raises(Refused, match="no address"):
                api.get(address)
        assert server.asked == []


def test_cookies_are_not_kept():
    with talking(Reply(headers={"set-cookie": "sessionid=1; Path=/", "content-type": "application/json"})) as (
        api,
        server,
    ):
        api.get("/")
        api.get("/")
    assert "cookie" not in server.asked[1].headers


def test_proxies_of_the_environment_are_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch):
    with talking(Reply()) as (_, proxy), talking(Reply()) as (_, server):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        here = Api("here", server.url, clock=CLOCK)
        there = Api("there", "http://shop.example/api", clock=CLOCK)
        here.get("/")
        there.get("/products")
        here.close()
        there.close()
    assert [asked.path for asked in server.asked] == ["/"]
    assert [asked.path for asked in proxy.asked] == ["http://shop.example/api/products"]


def test_secrets_are_never_logged_or_said(caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    echo = Reply(401, b'{"message": "the key abcdef-secret of hub:pw-secret is wrong"}')
    with structlog.testing.capture_logs() as lines:
        with talking(echo, headers={"X-Api-Key": "abcdef-secret"}, auth=("hub", "pw-secret")) as (api, server):
            with pytest.raises(KeyRefused) as caught:
                api.get("/a", {"consumer_key": "q-secret", "access_token": "t-secret", "page": "2"})
            with pytest.raises(KeyRefused):
                api.send("POST", f"{server.url}/b?api_key=u-secret", {"password": "b-secret"})
        said = f"{lines} {caplog.text} {caught.value} {caught.value.__cause__}"
    assert "secret" not in said
    shown = {name: lines[0][name] for name in ("system", "method", "path", "query", "status")}
    query = "consumer_key=***&access_token=***&page=2"
    assert shown == {"system": "shop", "method": "GET", "path": "/a", "query": query, "status": 401}
    assert lines[0]["log_level"] == "debug"


def test_a_key_that_cannot_stand_in_a_header_is_named_not_shown():
    with pytest.raises(Misconfigured, match="header X-Key holds characters") as caught:
        Api("shop", "http://shop.example", headers={"X-Key": "top-secret\n"}, clock=CLOCK)
    assert "secret" not in str(caught.value)


def test_a_user_and_password_in_a_secret_address_are_used_and_not_shown():
    with talking(Reply(500)) as (_, server):
        address = server.url.replace("http://", "http://hub:pw-secret@")
        api = Api("shop", address, clock=CLOCK, sleep=Slept())
        with structlog.testing.capture_logs() as lines, pytest.raises(TryLater) as caught:
            api.get("/")
        api.close()
    assert server.asked[0].headers["authorization"].startswith("Basic ")
    assert "secret" not in f"{lines} {caught.value}"


def test_many_threads_share_one_client():
    with talking(Reply(body=b"[1]")) as (api, server):
        answers: list[object] = []
        threads = [threading.Thread(target=lambda: answers.append(api.get("/").body)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert answers == [[1]] * 8
    assert len(server.asked) == 8


def test_no_more_requests_a_second_than_allowed_whoever_asks():
    with talking(Reply()) as (_, server):
        waits: list[float] = []

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            budgets.sleep(seconds)

        apis = [Api("a", server.url, requests_per_second=rate, clock=CLOCK, sleep=sleep) for rate in (20, 1000)]
        began = CLOCK.monotonic()
        threads = [threading.Thread(target=lambda api=api: [api.get("/") for _ in range(5)]) for api in apis]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        took = CLOCK.monotonic() - began
        assert len(server.asked) == 10
        assert took >= 9 / 20  # ten requests, a twentieth of a second apart
        apis[0].close()  # the slower one is gone, the other's pace holds
        apis[1].get("/")  # after the other's last turn
        waits.clear()
        for _ in range(5):
            apis[1].get("/")
        assert sum(waits) < 1 / 20
        apis[1].close()


def test_the_request_that_was_noted_is_what_the_server_got():
    with talking(Reply()) as (api, server):
        api.send("DELETE", "/products/1")
    assert server.asked == [Asked("DELETE", "/products/1", server.asked[0].headers, b"")]
    assert server.asked[0].headers["user-agent"] == "hubwerk"


def test_an_answer_without_end_is_given_up_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "LARGEST", 100_000)
    small = gzip.compress(b"0" * 10_000_000)
    bomb = Reply(body=small, headers={"content-type": "application/json", "content-encoding": "gzip"})
    assert len(small) < bodies.LARGEST
    with talking(bomb) as (api, server):
        with pytest.raises(Refused, match="shop answered with more than 100,000 bytes"):
            api.get("/")
        with pytest.raises(Unanswered, match="shop answered with more than 100,000 bytes"):
            api.send("POST", "/", {})
    assert len(server.asked) == 2


def test_an_answer_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "LONGEST", -1.0)
    with talking(Reply()) as (api, _), pytest.raises(Refused, match="has not come to the end of its answer"):
        api.get("/")


def test_an_answer_that_goes_on_with_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch):
    """Unpacked, there is no part of it: only on the line something comes, so that it is not silent either."""
    monkeypatch.setattr(bodies, "LONGEST", 0.2)
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with suppress(OSError), connection:
            connection.recv(10_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n\x78\x9c")
            while not over.wait(0.02):
                connection.sendall(b"\0\0\0\xff\xff")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        api = Api("shop", f"http://127.0.0.1:{server.getsockname()[1]}", clock=CLOCK)
        with pytest.raises(Refused, match="has not come to the end of its answer within"):
            api.get("/")
        api.close()
    over.set()
