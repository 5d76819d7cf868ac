"""What becomes of a button that Tryton does not press, as a real one was seen to answer."""

from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest

from adapters.asking.http import Rejected
from adapters.erp.tryton.client import Tryton
from adapters.erp.tryton.options import TrytonOptions
from hub.clock import SystemClock
from hub.errors import HubError, TryLater, Unanswered
from tests.unit.http_server import Reply, Server

Press = Callable[[HTTPStatus, str], object]


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    """Press a button that is answered by this status and these words."""
    monkeypatch.setenv("ERP_SECRET", "secret-word")
    servers: list[Server] = []

    def pressed(status: HTTPStatus, words: str) -> object:
        page = f"<!doctype html><title>{status.value} {status.phrase}</title><h1>{status.phrase}</h1><p>{words}</p>"
        server = Server(
            lambda _, _asked: Reply(status, page.encode(), {"content-type": "text/html", "retry-after": "3600"})
        )
        servers.append(server)
        given = {"url": server.url, "key": "env:ERP_SECRET", "user": "hub", "password": "env:ERP_SECRET"}
        return Tryton("erp", TrytonOptions.model_validate(given), SystemClock()).press("sale.sale", "quote", [1])

    yield pressed
    for each in servers:
        each.close()


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (HTTPStatus.BAD_REQUEST, Rejected),  # a UserError
        (HTTPStatus.CONFLICT, Rejected),  # a UserWarning
        (HTTPStatus.LOCKED, TryLater),  # a ConcurrencyException
        (HTTPStatus.INTERNAL_SERVER_ERROR, Unanswered),  # of the database
    ],
)
def test_only_what_tryton_says_no_to_is_refused(press: Press, status: HTTPStatus, means: type[HubError]):
    """A database that was away for a moment is no fault of the order's."""
    with pytest.raises(means, match='No "W005" in stock') as caught:
        press(status, "No &#34;W005&#34; in stock")
    assert type(caught.value) is means
