"""How Odoo's methods are called: by JSON-RPC up to version 18, by JSON-2 from 19 on; and what its errors mean.

Sources: Odoo documentation, "External RPC API" (deprecated since 19) and "External JSON-2 API"; odoo/odoo:
odoo/service/model.py (what is tried again, and what an error of the database becomes) and odoo/http.py.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol, cast

from adapters.asking.answers import first_words, no_data
from adapters.asking.http import Api, KeyRefused, Rejected
from hub.errors import HubError, Refused, TryLater, Unanswered

JSON2_SINCE = 19
BUSY = ("SerializationFailure", "DeadlockDetected", "LockNotAvailable", "ConcurrencyError", "LockError")
"""Odoo has tried five times, and rolled back each time; or, from 19 on, somebody holds the record (odoo/exceptions.py)."""
STATUS = {
    "odoo.exceptions.AccessDenied": HTTPStatus.UNAUTHORIZED,
    "odoo.exceptions.AccessError": HTTPStatus.FORBIDDEN,
    "odoo.exceptions.MissingError": HTTPStatus.NOT_FOUND,
}
"""Of HTTP, that JSON-2 would answer; all others are of the request."""

FAULTS = ("builtins.ValueError", "builtins.TypeError", "builtins.KeyError", "builtins.AttributeError")
"""Of Python, about what was asked for; JSON-2 answers 500 to all that is no error of Odoo's own (odoo/http.py)."""


class Calls(Protocol):
    """One of Odoo's interfaces."""

    def call(
        self, model: str, method: str, given: Mapping[str, Any], ids: Sequence[int] | None = None, *, repeatable: bool
    ) -> Any:
        """Call a method, of these records if it is not the model's own; raises what `Api` raises."""
        ...


def calls_of(api: Api, interface: str, database: str, user: str | None, key: str) -> Calls:
    """Return the interface that is wanted; `auto`: the one that belongs to the server's version."""
    if interface == "json2" or (interface == "auto" and version(api) >= JSON2_SINCE):
        return Json2(api, database, key)
    if not user:
        raise Refused(f"JSON-RPC needs a user; give user, the login, in [systems.{api.name}]")
    return JsonRpc(api, database, user, key)


def version(api: Api) -> int:
    """Return the server's major version; where JSON-RPC has been taken away, the first that is sure to be without."""
    try:
        told = _asked(api, "common", "version", [], repeatable=True)
    except Rejected as fault:
        if fault.is_gone:
            return JSON2_SINCE
        raise
    return int(re.sub(r"\D", "", str(told["server_version_info"][0])))  # "saas~18" on odoo.com


def says_no(_status: int, body: Any) -> bool:
    """Say whether an answer of 500 means that the request is not to be carried out; it has been rolled back."""
    return isinstance(body, Mapping) and cast("Mapping[str, Any]", body).get("name") in FAULTS


class JsonRpc:
    """JSON-RPC: the key stands for the password, errors come with status 200."""

    def __init__(self, api: Api, database: str, user: str, key: str) -> None:
        self._api, self._database, self._user, self._key = api, database, user, key
        self._uid: int | None = None

    def call(
        self, model: str, method: str, given: Mapping[str, Any], ids: Sequence[int] | None = None, *, repeatable: bool
    ) -> Any:
        """Call a method; the values of a `create` are not taken by their name here."""
        named = dict(given)
        args = [named.pop("vals_list")] if method == "create" else [] if ids is None else [list(ids)]
        return self._ask("object", "execute_kw", [self._login(), self._key, model, method, args, named], repeatable)

    def _login(self) -> int:
        if self._uid is None:
            uid = self._ask("common", "authenticate", [self._user, self._key, {}], repeatable=True)
            if not uid:
                raise _key_refused(self._api.name, "does not accept user and key", HTTPStatus.UNAUTHORIZED)
            self._uid = uid
        return int(self._uid or 0)

    def _ask(self, service: str, method: str, args: Sequence[Any], repeatable: bool) -> Any:
        return _asked(self._api, service, method, [self._database, *args], repeatable=repeatable, secret=self._key)


class Json2:
    """JSON-2: the key as a bearer token, each argument by its name, errors with a status of HTTP."""

    def __init__(self, api: Api, database: str, key: str) -> None:
        self._api = api
        self._headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": database}

    def call(
        self, model: str, method: str, given: Mapping[str, Any], ids: Sequence[int] | None = None, *, repeatable: bool
    ) -> Any:
        """Call a method."""
        body = {**given, **({} if ids is None else {"ids": list(ids)})}
        path = f"json/2/{model}/{method}"
        try:
            return self._api.send("POST", path, body, repeatable=repeatable, headers=self._headers).body
        except Rejected as refusal:
            if refusal.status != HTTPStatus.CONFLICT:  # of LockError alone (odoo/exceptions.py)
                raise
            raise TryLater(f"{self._api.name} is busy: {refusal}") from None


def _asked(
    api: Api, service: str, method: str, args: Sequence[Any], *, repeatable: bool, secret: str | None = None
) -> Any:
    params = {"service": service, "method": method, "args": args}
    body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
    told: Any = api.send("POST", "jsonrpc", body, repeatable=repeatable).body
    answer = cast("Mapping[str, Any]", told) if isinstance(told, Mapping) else dict[str, Any]()
    if "jsonrpc" not in answer:
        raise no_data(api.name, repeatable=repeatable)
    if error := answer.get("error"):
        raise fault(api.name, error, repeatable=repeatable, secret=secret)
    return answer.get("result")


def fault(name: str, error: Mapping[str, Any], *, repeatable: bool, secret: str | None = None) -> HubError:
    """Return what an error of JSON-RPC means. `data.name` is the exception; its traceback, in `debug`, is not shown."""
    data: Mapping[str, Any] = error.get("data") or {}
    kind = str(data.get("name") or "")
    said = str(data.get("message") or error.get("message") or kind)
    words = first_words(said.replace(secret, "***") if secret else said)
    status = STATUS.get(kind, HTTPStatus.UNPROCESSABLE_ENTITY)
    if kind.rpartition(".")[2] in BUSY:
        return TryLater(f"{name} is busy: {words}")
    if kind.startswith("psycopg2."):
        return (TryLater if repeatable else Unanswered)(f"{name}'s database does not answer: {words}")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return _key_refused(name, f"says: {words}", status)
    return Rejected(words, status=status)


def _key_refused(name: str, what: str, status: int) -> KeyRefused:
    mend = "check user and key in" if status == HTTPStatus.UNAUTHORIZED else "give more rights to the user in"
    return KeyRefused(f"{name} {what}; {mend} [systems.{name}]", status=status)
