"""The session with a shop. Threads may share it."""

import threading
from typing import Any

from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.queries import LOGIN
from adapters.graphql import Declined, data_of
from adapters.http import Api, KeyRefused
from hub.clock import Clock
from hub.config import resolve
from hub.errors import TryLater


class Shop:
    """One shop's Admin API: logged in when that is needed, and once more when the session has ended."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        self._name, self._options = name, options
        headers = {"vendure-token": options.channel_token} if options.channel_token else {}
        if options.key is not None:
            headers["vendure-api-key"] = resolve(options.key)
        url, pace, timeout = resolve(options.url), options.requests_per_second, options.timeout
        self._api = Api(name, url, headers=headers, requests_per_second=pace, timeout=timeout, clock=clock)
        self._lock = threading.Lock()
        self._token = ""

    def ask(self, query: str, **variables: object) -> Any:
        """Return the data of a query or mutation; of a mutation, each field is carried out as a whole or not at all.

        Raises TryLater, KeyRefused, Declined, and of a mutation Unanswered.
        """
        used = self._token or self._log_in("")
        try:
            return self._post(query, variables, used)
        except Declined as fault:
            if fault.code != "FORBIDDEN":
                raise
        try:
            return self._post(query, variables, self._log_in(used))
        except Declined as fault:
            if fault.code != "FORBIDDEN":
                raise
            mend = f"give more rights there to the user or key in [systems.{self._name}]"
            raise KeyRefused(f"{self._name}: {fault}; {mend}", status=403) from fault

    def _log_in(self, ended: str) -> str:
        """Return the token of a session that has not ended; another thread may have got one meanwhile."""
        with self._lock:
            if self._options.user and self._options.password and self._token == ended:
                variables = {"user": self._options.user, "password": resolve(self._options.password)}
                try:
                    self._post(LOGIN, variables, "")
                except Declined as fault:
                    mend = f"check user and password in [systems.{self._name}]"
                    raise KeyRefused(f"{self._name}: {fault}; {mend}", status=401) from fault
                if not self._token:
                    mend = "let it have bearer among authOptions.tokenMethod, or give a key"
                    raise KeyRefused(f"{self._name} opens sessions for browsers only; {mend}", status=401)
            return self._token

    def _post(self, query: str, variables: object, token: str) -> Any:
        asks = query is LOGIN or not query.startswith("mutation")
        body = {"query": query, "variables": variables}
        language = {"languageCode": self._options.language.replace("-", "_")}
        headers = {"authorization": f"Bearer {token}"} if token else None
        answer = self._api.send("POST", "admin-api", body, language, repeatable=asks, headers=headers)
        try:
            data = data_of(answer)
        except Declined as fault:
            if asks and fault.code in ("", "INTERNAL_SERVER_ERROR"):
                raise TryLater(f"{self._name}: {fault}") from fault
            raise
        if query is LOGIN:
            self._token = answer.header("vendure-auth-token") or ""
        return data
