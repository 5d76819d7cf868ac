"""Asking a system that is described in hub.toml, and telling it something."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from urllib.parse import urljoin

from adapters.asking.answers import Answer, Rejected
from adapters.asking.auth.settings import open_auth
from adapters.asking.connecting import connected
from adapters.asking.graphql import answered
from adapters.rest.expressions import address, said
from adapters.rest.functions import RestFunctions
from adapters.rest.lists import Request
from adapters.rest.options import RestOptions
from adapters.rest.tellings import Action
from hub.clock import Clock
from hub.config import Reference, resolve
from hub.errors import Refused
from hub.tokens import Vault

Row = Mapping[str, Any]
Said = Mapping[str, Any]
"""Parameter, or path in the body -> what is said there."""


class Session:
    """The system's interface. Threads may share it."""

    def __init__(self, name: str, options: RestOptions, vault: Vault, clock: Clock) -> None:
        self.name, self.options, self._base = name, options, resolve(options.url)
        auth = open_auth(name, options.auth, vault, clock)
        headers = {header: resolve(value) for header, value in options.headers.items()}
        secrets = [headers[header] for header, value in options.headers.items() if isinstance(value, Reference)]
        self._api = connected(name, options, clock, headers=headers, auth=auth, secrets=secrets)

    def close(self) -> None:
        """Give the connections back."""
        self._api.close()

    def ask(self, request: Request, more: Said, data: Row, functions: RestFunctions) -> Answer:
        """Ask for something; `more` is said beside what the request says, `data` is what its path is made of.

        Raises TryLater, Rejected or KeyRefused.
        """
        path = address(request.path, data, functions)
        if path is None:
            raise Refused(f"{self.name}: {request.path} cannot be asked for, as what stands in braces is not there")
        if not request.in_body:
            return self._checked(self._got(path, given({**request.params, **more})))
        told = graphql(request.query, {**request.params, **more}) if request.query else nested(request.body, more)
        params = None if request.query else given(request.params)
        answer = self._api.send("POST", path, told, params, repeatable=True)
        return self._checked(answer, graphql=request.query is not None)

    def _got(self, path: str, params: Mapping[str, Any]) -> Answer:
        try:
            return self._api.get(path, params)
        except Rejected as fault:
            if not fault.is_gone:
                raise
            told = f"{self.name} answered {fault.status}"
            said = str(fault).removeprefix(told)
            raise Rejected(
                f"{told} at {path}" + (f": {said}" if said else ""), status=fault.status, body=fault.body
            ) from fault

    def follow(self, where: str) -> Answer:
        """Ask for an address that the system itself has named. Raises as `ask`."""
        return self._checked(self._api.get(where if "://" in where else urljoin(self._base, where)))

    def send(self, action: Action, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Send something. Raises Unanswered, TryLater, Rejected or KeyRefused."""
        told = graphql(action.query, body) if action.query else body
        repeat = action.may_repeat
        answer = self._api.send(action.method, path, told, given(action.params), repeatable=repeat, headers=headers)
        return self._checked(answer, graphql=action.query is not None, asks=False)

    def _checked(self, answer: Answer, *, graphql: bool = False, asks: bool = True) -> Answer:
        """Return an answer that says yes all through; raises what it says otherwise."""
        if graphql:
            answered(self.name, answer, asks=asks)
        body = answer.body
        wrong = self.options.error and body and said(self.options.error, body, self.functions())
        if truth(wrong):
            raise Rejected(f"{self.name} says: {wrong}", status=answer.status, body=body)
        return answer

    def without_address(self, value: Any) -> Any:
        """Return JSON in which addresses of the system itself begin behind its own: host and port may change."""
        if isinstance(value, Mapping):
            return {name: self.without_address(each) for name, each in cast("Row", value).items()}
        if isinstance(value, list):
            return [self.without_address(each) for each in cast("list[Any]", value)]
        return value.removeprefix(self._base) if isinstance(value, str) else value

    def functions(self, tables: Callable[[str], Row] | None = None) -> RestFunctions:
        """Return what expressions may call; `tables`: looked into beside the words of hub.toml."""
        words: Mapping[str, Row] = {
            "payment": self.options.payment,
            "shipping": self.options.shipping,
            **self.options.words,
        }
        return RestFunctions(lambda name: words[name] if name in words or tables is None else tables(name))


def given(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without those that say nothing; several values are repeated."""
    return {name: _repeated(value) for name, value in params.items() if value is not None}


def _repeated(value: Any) -> Any:
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value


def graphql(query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a GraphQL request; names of variables may be paths."""
    return {"query": query, "variables": nested({}, variables)}


def nested(body: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with what is told, each at its path, whose steps are parted by dots."""
    whole = {name: _copied(value) for name, value in body.items()}
    for path, value in told.items():
        *steps, last = path.split(".")
        place = whole
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    return whole


def _copied(value: Any) -> Any:
    return nested(cast("Mapping[str, Any]", value), {}) if isinstance(value, Mapping) else value


def truth(value: Any) -> bool:
    """Return whether an expression holds, as JMESPath has it: nothing, false and what is empty do not."""
    return value is not None and value is not False and value not in ("", [], {})


def rows_of(found: Any, where: str) -> list[Row]:
    """Return the records of a list; raises Refused where there is something else."""
    if isinstance(found, Mapping):
        found = [found]
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in cast("Iterable[object]", found)):
        raise Refused(f"{where}: list does not lead to a list of records")
    return cast("list[Row]", found)
