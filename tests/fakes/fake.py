"""What a fake system is made of, and what the contract of misbehaving systems asks of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from hub.config.exchange import ExchangeOptions
from hub.connector import Call, Exchange
from tests.contract.store_steps import StandingClock
from tests.fakes.server import Asked, Reply, Server

Handler = Callable[..., Reply]
"""(fake, request, the parts of the path that its route names, in their order) -> the answer."""


class Connected(Exchange, Protocol):
    """A connector that says what it was opened with, as all of the hub's own do."""

    @property
    def name(self) -> str: ...

    @property
    def options(self) -> ExchangeOptions: ...


class Fake:
    """A system in memory: inherit from it, declare routes, and say how each stream's records are acted on.

    Streams are those of the connector, identities those of its documents: a test acts here as a user of the system
    would, behind the connector's back. Patterns are searched in `Asked.text`.
    """

    routes: ClassVar[Mapping[str, Handler]] = {}
    """`GET /products/{id}` -> the function that answers; the first that fits counts."""
    writes: ClassVar[str] = r"\A(POST|PUT|PATCH|DELETE) "
    """The pattern of all requests that change something."""
    creates: ClassVar[Mapping[str, str]] = {}
    """Stream -> the pattern of the request that makes its records."""
    lists: ClassVar[Mapping[str, str]] = {}
    """Stream -> the pattern of the request for a page of its list."""
    tells_total: ClassVar[bool] = True
    """Whether a list says how many records there are."""
    comes_whole: ClassVar[bool] = False
    """Whether lists come whole, not in pages."""
    postcode: ClassVar[str] = "00-950"
    """Of the address of `place_order`."""

    environment: Mapping[str, str]
    """The key as environment variables, which `connect` refers to."""
    wrong_key: Mapping[str, Any]
    """Options for `connect` with which it turns us away; they refer to the environment variable WRONG_KEY."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        """The system's own: it stands until a test moves it, and is far from the machine's."""
        self._routes = [(_pattern(route), handler) for route, handler in self.routes.items()]
        self.server = Server(self.answer)

    def close(self) -> None:
        """End it; raises what went wrong in the fake itself."""
        self.server.close()

    def answer(self, asked: Asked) -> Reply:
        """Answer one request: whether the key is good is looked at before anything else."""
        if refused := self.refusal(asked):
            return refused
        for pattern, handler in self._routes:
            if found := pattern.fullmatch(f"{asked.method} {asked.path}"):
                return handler(self, asked, *found.groups())
        return self.nothing_there(asked)

    # How the vendor's interface answers

    def refusal(self, asked: Asked) -> Reply | None:
        """Return how a request without the right key is refused; none, if the key is good."""
        raise NotImplementedError

    def nothing_there(self, asked: Asked) -> Reply:
        """Return the answer to a request for which there is no route."""
        raise NotImplementedError

    def without_rows(self, reply: Reply) -> Reply:
        """Return a page of a list without its rows; the count of all stays as it is."""
        return Reply(reply.status, [], reply.headers)

    # What the contract asks

    def connect(self, **options: Any) -> Connected:
        """Open a connector with the key as it was when the fake began; options may be given in other words."""
        raise NotImplementedError

    def secrets(self) -> Sequence[str]:
        """Return what must never be shown."""
        return [*self.environment.values()]

    def rotate_key(self) -> None:
        """Make the key that connectors have worthless."""
        raise NotImplementedError

    def add(self, stream: str) -> str:
        """Add a record, marked with the present; return its identity."""
        raise NotImplementedError

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        """Change something of a record that the connector reads; not `marked`: its change mark does not move."""
        raise NotImplementedError

    def touch(self, stream: str, id_: str) -> None:
        """Move the change mark of a record in which nothing changes."""
        raise NotImplementedError

    def remove(self, stream: str, id_: str) -> None:
        """Take a record away, as a user does: to the trash, where there is one."""
        raise NotImplementedError

    def count(self, stream: str) -> int:
        """Return how many records of a stream there are."""
        raise NotImplementedError

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        """Add an order, placed then; return its identity and its totals, by our names: net, tax, gross.

        Its lines, each rounded, do not add up to these totals. One line is of the SKU `00042`, another of a product that
        is gone; the postcode is `postcode`.
        """
        raise NotImplementedError

    def call(self, stream: str, id_: str, secret: str) -> Call:
        """Return the webhook call that says that a record has changed, signed with a secret."""
        raise NotImplementedError

    def switch_off_webhooks(self) -> None:
        """Switch off all webhooks, as after deliveries that failed."""
        raise NotImplementedError

    def complete(self, order: str) -> None:
        """Bring an order to its end, as a user does."""
        raise NotImplementedError


def _pattern(route: str) -> re.Pattern[str]:
    """`GET /products/{id}` -> a pattern whose groups are the parts that are named; `{id*}`: slashes and all."""
    parts = re.split(r"(\{\w+\*?\})", route)
    named = ["(.+)" if part.endswith("*}") else "([^/]+)" if part[:1] == "{" else re.escape(part) for part in parts]
    return re.compile("".join(named))
