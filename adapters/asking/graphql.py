"""GraphQL over HTTP: what it says by other means than HTTP's status, and a session with one that wants a login."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

import orjson

from adapters.asking.http import Answer, Api, KeyRefused, Params, Rejected
from adapters.asking.sessions import Session
from hub.errors import TryLater, Unanswered

_FORBIDDEN = ("FORBIDDEN", "UNAUTHENTICATED")
BROKEN = "INTERNAL_SERVER_ERROR"
"""What servers say of all that they did not expect (Vendure, `InternalServerError`; Apollo Server, "Error handling", of
each error without a code): their database is away or locked, or cannot keep a value. What a record is refused for, they
expect, and say by a code of its own, such as USER_INPUT_ERROR."""
_OWN_FAULT = ("", BROKEN)


ON_ERROR = "...on ErrorResult{errorCode message}"
"""What is asked for of errors that are one of the types which a field's answer can have."""


def selection(paths: str, arguments: Mapping[str, str] | None = None) -> str:
    """Return what is asked for by paths that are parted by blanks: of `id lines.sku lines.id`, `id lines{sku id}`.

    A step may be `OURS:THEIRS`, an alias. `arguments`: of fields, by their names: `{"lines": "(first:10)"}`.
    """
    parts = defaultdict[str, list[str]](list)
    for path in paths.split():
        step, _, rest = path.partition(".")
        parts[step].append(rest)
    below = {step: selection(" ".join(rest), arguments) for step, rest in parts.items()}
    given = arguments or {}
    return " ".join(step + given.get(step, "") + (f"{{{told}}}" if told else "") for step, told in below.items())


class Declined(Rejected):
    """The other system understood this one request and said no, with status 200."""

    def __init__(self, message: str, code: str = "") -> None:
        """`code`: the system's own word for it, e.g. USER_INPUT_ERROR; empty where it has none."""
        super().__init__(message, status=200)
        self.code = code

    @property
    def is_gone(self) -> bool:
        """Whether there is no such record."""
        return self.code.endswith("NOT_FOUND")

    @property
    def cause(self) -> str:
        """The system's own word for it, written as the hub's are."""
        return self.code.lower().replace("_", "-") or "declined"


class Broken(Unanswered):
    """The other system broke on a mutation: nobody knows whether it was carried out, or a part of it.

    It may be the record's fault after all. The engine finds that out: what a system that is well breaks on again and
    again is put aside alone, and holds up no other.
    """


def declined(error: Mapping[str, Any]) -> Declined:
    """Return what a mutation's result says against what it was given, with the place of it, a name or a path."""
    where = error.get("field") or error.get("path") or ""
    place = where if isinstance(where, str) else ".".join(where)
    return Declined(f"{place}: {error['message']}" if place else error["message"], error.get("code") or "")


def told_in(name: str, body: Any, *, asks: bool) -> Mapping[str, Any]:
    """Return the body of the answer of the system of this name, if it is GraphQL.

    What stands in its place, such as the notice of a maintenance, is no answer: TryLater of a query, Unanswered of a
    mutation.
    """
    told = cast("Mapping[str, Any]", body) if isinstance(body, Mapping) else dict[str, Any]()
    if told.get("errors") or isinstance(told.get("data"), Mapping):
        return told
    kind = TryLater if asks else Unanswered
    raise kind(
        f"{name} answered something else than GraphQL; is url in [systems.{name}] right, is it being maintained?"
    )


def data_of(answer: Answer) -> Mapping[str, Any]:
    """Return the data of an answer; raises Declined for an error.

    An error may also be one of the types that a field's answer can have: it then has an `errorCode` and a `message`.
    """
    for error in answer.body.get("errors") or ():
        raise Declined(error["message"], error.get("extensions", {}).get("code", ""))
    for result in answer.body["data"].values():
        if isinstance(result, dict) and "errorCode" in result:
            told = cast("Mapping[str, str]", result)
            raise Declined(told.get("transitionError") or told["message"], told["errorCode"])
    return answer.body["data"]


def answered(name: str, answer: Answer, *, asks: bool) -> Mapping[str, Any]:
    """Return the data of an answer of the system of this name.

    `asks`: it was a query, which changes nothing. Raises Declined, KeyRefused, and for a fault of the system's own, which
    may pass, TryLater of a query, Broken of a mutation.
    """
    told_in(name, answer.body, asks=asks)
    try:
        return data_of(answer)
    except Declined as fault:
        if fault.code in _FORBIDDEN:
            raise _refused(name, fault, "give more rights there to the user", 403) from fault
        if asks and fault.code in _OWN_FAULT:
            raise TryLater(f"{name}: {fault}") from fault
        if fault.code == BROKEN:
            raise Broken(f"{name} broke on it: {fault}") from fault
        raise


def _refused(name: str, why: object, mend: str, status: int) -> KeyRefused:
    return KeyRefused(f"{name}: {why}; {mend}, see [systems.{name}]", status=status)


class GraphQl:
    """One endpoint whose sessions are opened by a mutation, and known by a bearer token."""

    def __init__(self, api: Api, path: str, params: Params, login: tuple[str, Mapping[str, Any]], header: str) -> None:
        """`login`: the mutation and its variables; `header`: of its answer, the one that holds the token."""
        self._api, self._path, self._params = api, path, params
        self._login, self._header = login, header
        self.session = Session(self._log_in)

    def ask(self, query: str, **variables: object) -> Any:
        """Return the data of a query or mutation.

        Raises TryLater, KeyRefused, Declined, and of a mutation Unanswered.
        """
        return self.session.carry_out(lambda token: self._ask(query, variables, token))

    def _ask(self, query: str, variables: Mapping[str, object], token: str) -> Any:
        asks = not query.startswith("mutation")
        answer = self._post(query, variables, repeatable=asks, headers={"authorization": f"Bearer {token}"})
        return answered(self._api.name, answer, asks=asks)

    def send_file(self, query: str, path: str, file: tuple[str, bytes, str], **variables: object) -> Any:
        """Carry out a mutation with a file (GraphQL multipart request specification); raises as `ask`.

        `path`: where in the variables it belongs, e.g. `variables.input.file`; there stands nothing. `file`: name, content
        and type.
        """
        told = {
            "operations": orjson.dumps({"query": query, "variables": variables}).decode(),
            "map": orjson.dumps({"0": [path]}).decode(),
        }
        files = {"0": file}

        def send(token: str) -> Any:
            # Without the second header, servers refuse forms that a browser could send from any page.
            headers = {"authorization": f"Bearer {token}", "apollo-require-preflight": "true"}
            answer = self._api.send_files(self._path, told, files, self._params, headers=headers)
            return answered(self._api.name, answer, asks=False)

        return self.session.carry_out(send)

    def _log_in(self) -> str:
        answer = self._post(*self._login, repeatable=True)
        told_in(self._api.name, answer.body, asks=True)
        try:
            data_of(answer)
        except Declined as fault:
            raise _refused(self._api.name, fault, "check user and password", 401) from fault
        token = answer.header(self._header)
        if token is None:
            raise _refused(
                self._api.name, "it opens no sessions for programs", f"let it answer with {self._header}", 401
            )
        return token

    def _post(
        self,
        query: str,
        variables: Mapping[str, Any],
        *,
        repeatable: bool,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        body = {"query": query, "variables": variables}
        return self._api.send("POST", self._path, body, self._params, repeatable=repeatable, headers=headers)
