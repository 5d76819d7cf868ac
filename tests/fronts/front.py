"""What a real system behind a server of ours is made of, and how requests are passed on."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from http.client import HTTPConnection
from typing import Any, ClassVar

from hub.clock import SystemClock
from tests.contract.store_steps import StandingClock
from tests.fakes.fake import Fake
from tests.fakes.server import Asked, Reply
from tests.peers import Peer
from tests.servers.process import HOST

OF_THE_LINK = {"accept-encoding", "connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
"""Headers that each of the two connections has for itself."""
LONGEST = 60
"""Seconds that the system may take for an answer."""
PLACED: dict[int, tuple[str, Mapping[str, str], datetime]] = {}
"""Port of a system -> the order that was placed there for the tests, its totals, and when."""


class RunningClock(StandingClock):
    """The machine's clock, which no test can move."""

    def now(self) -> datetime:
        return SystemClock().now()

    def move(self, **length: float) -> datetime:
        raise AssertionError("a real system's clock cannot be moved")


class Front(Fake):
    """A real system behind a server of ours: inherit from it, and say how each stream's records are acted on.

    What tests do here goes to the system itself, past the server and so past its faults.
    """

    system: ClassVar[str]
    """The fixture that starts the system."""
    adding: ClassVar[Mapping[str, Callable[[Any], str]]] = {}
    """Stream -> what adds a record and returns its identity."""
    changing: ClassVar[Mapping[str, Callable[[Any, str], object]]] = {}
    """Stream -> what changes something that the connector reads of a record."""
    removing: ClassVar[Mapping[str, Callable[[Any, str], object]]] = {}
    several: ClassVar[int] = 4
    """Records of a stream that come in several pages."""
    wrong_login: ClassVar[Mapping[str, str]]
    """Headers by which the system turns a request away."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        super().__init__()
        self.clock = RunningClock()
        self.most: int | None = None
        """Rows of a page that a full scan gets at most; none: as many as it asks for."""
        self._locked = False

    def answer(self, asked: Asked) -> Reply:
        asked = self.shortened(asked, self.most) if self.most else asked
        return passed_on(self.peer.port, self.locked_out(asked) if self._locked else asked)

    def shortened(self, asked: Asked, most: int) -> Asked:
        """Return a request for a page of a full scan that asks for fewer rows: any system may give fewer."""
        return asked

    def locked_out(self, asked: Asked) -> Asked:
        """Return a request as it would be with a key that is worth nothing."""
        return replace(asked, headers={**asked.headers, **self.wrong_login})

    def rotate_key(self) -> None:
        self._locked = True

    def shown(self, id_: str) -> str:
        """Return what an answer that shows a record has of its identity."""
        return f'"{id_}"'

    def add(self, stream: str) -> str:
        return self.adding[stream](self)

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        """Return an order as a fake's, placed when it was first asked for: tests only look at it, or bring it to its end."""
        if self.peer.port not in PLACED:
            PLACED[self.peer.port] = (*self.buy(), at)
        return PLACED[self.peer.port][:2]

    def placed_at(self) -> datetime:
        """Return when that was."""
        return PLACED[self.peer.port][2]

    def buy(self) -> tuple[str, Mapping[str, str]]:
        """Place such an order."""
        raise NotImplementedError

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        self.changing[stream](self, id_)

    def remove(self, stream: str, id_: str) -> None:
        self.removing[stream](self, id_)


def passed_on(port: int, asked: Asked) -> Reply:
    """Ask the system itself; its answer as it came."""
    with closing(HTTPConnection(HOST, port, timeout=LONGEST)) as connection:
        told = {name: value for name, value in asked.headers.items() if name not in OF_THE_LINK}
        connection.request(asked.method, asked.target, asked.body or None, told)
        answer = connection.getresponse()
        content = answer.read()
    headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in OF_THE_LINK}
    return Reply(answer.status, content, headers)
