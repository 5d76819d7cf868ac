"""How the Service Layer is spoken to: its session, its dates of changes, and what else it has beside OData 4.

Sources: SAP, "Working with SAP Business One Service Layer", version 10.0; what was seen of running systems stands in
github.com/operator-ita/b1sl-python, docs/18-sap-version-quirks.md.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from adapters.asking.answers import Answer, Rejected, no_data
from adapters.asking.connecting import connected
from adapters.asking.odata import Service, any_of, entity_of
from adapters.asking.sessions import Session
from adapters.erp.sapb1.options import SapB1Options
from adapters.reading.local_time import earliest_at, instant_of
from hub.clock import Clock
from hub.config import resolve
from hub.errors import Refused

_COOKIES = re.compile(r"\b(B1SESSION|ROUTEID)=([^;,\s]+)")
_BLIND = {"B1S-CaseInsensitive": "true"}
"""To capitals, which HANA tells apart otherwise."""
_REPLACE = {"B1S-ReplaceCollectionsOnPatch": "true"}


class ServiceLayer(Service):
    """One company. Raises what `Service` raises."""

    def __init__(self, name: str, options: SapB1Options, clock: Clock) -> None:
        super().__init__(name, connected(name, options, clock, below="/b1s/v2"))
        self.options, self.clock = options, clock
        # Logins at the same time fail (seen: code 299): one for all threads. It ends after 30 minutes without use.
        self._session = Session(self._log_in)

    def _log_in(self) -> str:
        """Return both cookies: behind a load balancer, ROUTEID leads to the node that knows the session."""
        user, password = resolve(self.options.user), resolve(self.options.password)
        known = {"CompanyDB": self.options.company, "UserName": user, "Password": password}
        try:
            answer = self.api.send("POST", "Login", known, repeatable=True)
        except Rejected as fault:  # it says nothing of what was asked for
            why = f"{self.name} answered {fault.status}: {fault}"
            raise Refused(f"{why}; mend url and company in [systems.{self.name}]") from None
        told: Any = answer.body
        body = cast("Mapping[str, Any]", told) if isinstance(told, Mapping) else dict[str, Any]()
        if "SessionId" not in body:
            raise no_data(self.name)
        cookies = dict[str, str](_COOKIES.findall(answer.header("set-cookie") or ""))
        cookies.setdefault("B1SESSION", body["SessionId"])
        # The session comes last: that is the part which is kept out of messages.
        return "; ".join(f"{name}={cookies[name]}" for name in ("ROUTEID", "B1SESSION") if name in cookies)

    def as_known(self, ask: Callable[[Mapping[str, str]], Answer]) -> Answer:
        """Carry out a request within a session."""
        return self._session.carry_out(lambda cookie: ask({"cookie": cookie}))

    def alike(
        self, name: str, fields: str, field: str, values: Iterable[str], *only: str, key: str
    ) -> list[dict[str, Any]]:
        """Return all rows that have one of these texts, in whatever capitals: by a header, as it has no `tolower`."""
        return self.having(name, fields, field, values, *only, key=key, headers=_BLIND)

    def since(self, mark: str, at: datetime) -> str:
        """Return the condition for what has changed then or later; `mark`: see `lists.MARKS`."""
        local = earliest_at(at, self.options.place)
        return any_of(_since(date, time, local) for date, time in _pairs(mark))

    def latest(self, name: str, mark: str, *_only: str, key: str) -> str | None:
        """Return the latest change mark that there is, also of rows that are not meant, as RFC 3339 text in UTC."""
        told = list[str]()
        for date, time in _pairs(mark):
            order = f"{date} desc,{time} desc"
            for row in self.rows(name, f"{date} {time}", f"{date} ne null", key=key, size=1, order=order):
                told.append(f"{row[date][:10]}T{row[time] or '00:00:00'}")
        return max((instant_of(each, self.options.place) for each in told), default=None)

    def change(
        self,
        name: str,
        key: Any,
        values: Mapping[str, Any],
        etag: str = "",
        *,
        replace: bool = False,
        repeatable: bool = True,
    ) -> None:
        """Set some of an entity's properties; `etag`: only if it stands as it was read.

        Collections are merged with what is there, or `replace` it. What is added to one must not be sent twice.
        """
        headers = ({"if-match": etag} if etag else {}) | (_REPLACE if replace else {})
        self.ask("PATCH", entity_of(name, key), values, headers=headers, repeatable=repeatable)

    def cancel(self, name: str, key: Any) -> None:
        """Cancel a document."""
        self.ask("POST", f"{entity_of(name, key)}/Cancel")


def _pairs(mark: str) -> list[tuple[str, str]]:
    return [(date, time) for date, _, time in (each.partition(",") for each in mark.split())]


def _since(date: str, time: str, local: datetime) -> str:
    """Of a date, hours count for nothing, and of a time only hours and minutes (guide, "Filter")."""
    return f"{date} gt '{local:%Y-%m-%d}' or ({date} eq '{local:%Y-%m-%d}' and {time} ge '{local:%H:%M}:00')"
