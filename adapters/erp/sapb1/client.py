"""How the Service Layer is spoken to: its session, its lists, its errors.

Sources: SAP, "Working with SAP Business One Service Layer", version 10.0; what was seen of running systems stands in
github.com/operator-ita/b1sl-python, docs/18-sap-version-quirks.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from adapters.asking.answers import Answer, no_data, rows_in
from adapters.asking.connecting import connected
from adapters.asking.http import Rejected
from adapters.asking.odata import all_of, literal
from adapters.asking.sessions import Session
from adapters.erp.sapb1.options import SapB1Options
from adapters.rows import Row
from adapters.writing.bulk import portions
from adapters.writing.writes import Gone, Unfit
from hub.clock import Clock
from hub.config import resolve
from hub.errors import TryLater

PAGE = 100
"""Rows that are asked for at once; by itself it gives 20."""
SOME = 20
"""Values in one condition."""
_COOKIES = re.compile(r"\b(B1SESSION|ROUTEID)=([^;,\s]+)")


class ServiceLayer:
    """One company. Raises what `Api` raises, and of refusals Gone or Unfit."""

    def __init__(self, name: str, options: SapB1Options, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        self._api = connected(name, options, clock, below="/b1s/v2")
        # Logins at the same time fail (seen: code 299): one for all threads. It ends after 30 minutes without use.
        self._session = Session(self._log_in)

    def _log_in(self) -> str:
        """Return both cookies: behind a load balancer, ROUTEID leads to the node that knows the session."""
        user, password = resolve(self.options.user), resolve(self.options.password)
        known = {"CompanyDB": self.options.company, "UserName": user, "Password": password}
        answer = self._api.send("POST", "Login", known, repeatable=True)
        told: Any = answer.body
        body = cast("Mapping[str, Any]", told) if isinstance(told, Mapping) else dict[str, Any]()
        if "SessionId" not in body:
            raise no_data(self.name)
        cookies = dict[str, str](_COOKIES.findall(answer.header("set-cookie") or ""))
        cookies.setdefault("B1SESSION", body["SessionId"])
        # The session comes last: that is the part which is kept out of messages.
        return "; ".join(f"{name}={cookies[name]}" for name in ("ROUTEID", "B1SESSION") if name in cookies)

    def rows(
        self, name: str, fields: str, *only: str, key: str, size: int = 0, blind: bool = False
    ) -> list[dict[str, Any]]:
        """Return the first rows for which all conditions hold, in the order of their key; `size` 0: all.

        `fields`: parted by commas; `blind`: to capitals, which HANA tells apart otherwise. The system leads on by the number of rows, which move: so each page is asked for from
        the last key on.
        """
        found, after = list[dict[str, Any]](), ()
        while True:
            body = self._list(name, {"$select": fields, "$filter": all_of(*only, *after), "$orderby": key}, blind=blind)
            rows: list[Row] = rows_in(self.name, body, "value")
            found += [{each: row.get(each) for each in fields.split(",")} | {"id": row[key]} for row in rows]
            if "@odata.nextLink" not in body or (size and len(found) >= size):
                return found[: size or None]
            if not rows:
                raise TryLater(f"{self.name} leads on from an empty page of {name}")
            after = (f"{key} gt {literal(rows[-1][key])}",)

    def last(self, name: str, fields: str) -> Row | None:
        """Return the row that these fields, parted by commas, are highest of, the first of them first."""
        order = ",".join(f"{field} desc" for field in fields.split(","))
        known = f"{fields.partition(',')[0]} ne null"
        body = self._list(name, {"$select": fields, "$filter": known, "$orderby": order, "$top": "1"})
        return next(iter(rows_in(self.name, body, "value")), None)

    def having(
        self, name: str, fields: str, field: str, values: Iterable[Any], *only: str, key: str, blind: bool = False
    ) -> Iterator[Row]:
        """Yield all rows that have one of these values; `blind`: see `rows`."""
        for some in portions(list(dict.fromkeys(values)), SOME):
            one = any_of(f"{field} eq {literal(each)}" for each in some)
            yield from self.rows(name, fields, one, *only, key=key, blind=blind)

    def names(self, name: str, key: str, called: str, *only: str) -> dict[Any, str]:
        """Return what a table of names calls things."""
        return {row[key]: row[called] for row in self.rows(name, f"{key},{called}", *only, key=key)}

    def create(self, name: str, values: Mapping[str, Any]) -> Row:
        """Make an entity; returns it as it was stored. What is not there then is something that it names."""
        try:
            made: Any = self._send("POST", name, values).body
        except Gone as fault:
            raise Unfit("refused-2028", str(fault)) from None
        if not isinstance(made, Mapping):
            raise no_data(self.name, repeatable=False)
        return cast("Row", made)

    def change(
        self, name: str, key: Any, values: Mapping[str, Any], *, replace: bool = False, repeatable: bool = True
    ) -> None:
        """Set some of an entity's properties.

        Collections are merged with what is there, or `replace` it. What is added to one must not be sent twice.
        """
        headers = {"B1S-ReplaceCollectionsOnPatch": "true"} if replace else {}
        self._send("PATCH", f"{name}({quote(literal(key), safe='')})", values, headers, repeatable=repeatable)

    def cancel(self, name: str, key: Any) -> None:
        """Cancel a document."""
        self._send("POST", f"{name}({quote(literal(key), safe='')})/Cancel", None)

    def _list(self, name: str, told: Mapping[str, str], *, blind: bool = False) -> Mapping[str, Any]:
        """Ask for a page; blanks go as %20, as OData wants them."""
        path = f"{name}?{'&'.join(f'{each}={quote(text)}' for each, text in told.items() if text)}"
        headers = {"Prefer": f"odata.maxpagesize={PAGE}"} | ({"B1S-CaseInsensitive": "true"} if blind else {})
        return self._tried(lambda cookie: self._api.get(path, headers={**headers, "Cookie": cookie})).body

    def _send(
        self, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None, *, repeatable: bool = False
    ) -> Answer:
        def send(cookie: str) -> Answer:
            return self._api.send(
                method, path, body, repeatable=repeatable, headers={**(headers or {}), "Cookie": cookie}
            )

        return self._tried(send)

    def _tried(self, ask: Callable[[str], Answer]) -> Answer:
        try:
            return self._session.carry_out(ask)
        except Rejected as fault:
            raise _meant(fault) from None


def any_of(conditions: Iterable[str]) -> str:
    """Return what holds where one of these does."""
    return " or ".join(conditions)


def _meant(fault: Rejected) -> Exception:
    """Return a refusal in the system's own words; 412: somebody else has changed it meanwhile (code -2039)."""
    body: Any = fault.body
    said: Any = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    told = cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else dict[str, Any]()
    message = str(told.get("message") or fault)
    if fault.status == HTTPStatus.PRECONDITION_FAILED:
        return TryLater(message)
    return Gone(message) if fault.is_gone else Unfit(f"refused{told.get('code', '')}", message)
