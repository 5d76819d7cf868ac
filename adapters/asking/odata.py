"""A service of OData 4, whose entity sets are read behind a key: what is asked of it, and how it refuses.

Source: OASIS, "OData Version 4.01. Part 1: Protocol" and "Part 2: URL Conventions".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from adapters.asking.answers import Answer, Rejected, no_data, rows_in
from adapters.asking.http import Api
from adapters.fields import picked, tree
from adapters.rows import Row
from hub.errors import Refused, TryLater

NEXT = "@odata.nextLink"
SOME = 20
"""Values in one condition."""
PAGE = 100
"""Rows that are asked for at once."""


class NotFit(Rejected):
    """The service understood this one request and said no, with a code."""

    @property
    def cause(self) -> str:
        """The code to group by."""
        return f"refused-{_told(self.body).get('code') or self.status}"


class Service:
    """A service of OData 4. Raises what `Api` raises; of what others have changed meanwhile, TryLater."""

    noise = re.compile(r"(?!)")
    """What is left out of refusals: parts that are others each time."""

    def __init__(self, name: str, api: Api) -> None:
        """`name`: the system's in hub.toml."""
        self.name, self.api = name, api

    def at(self, path: str) -> str:
        """Return where an entity set lies."""
        return path

    def rows(
        self, name: str, fields: str, *only: str, key: str, size: int = 0, order: str = ""
    ) -> list[dict[str, Any]]:
        """Return the first rows for which all conditions hold, in the order of their key; `size` 0: all.

        `fields`: paths parted by blanks, dots lead into what belongs to a row; a row's `etag` comes along. Pages move, if
        the service leads on by numbers of rows: so each is asked for from the last key on. `order`: another one, for one
        page.
        """
        wanted, found, after = tree(f"{fields} {key}"), list[dict[str, Any]](), ()
        while True:
            asked = {**_choice(wanted), "$filter": all_of(*only, *after), "$orderby": order or key}
            query = "&".join(f"{each}={quote(text)}" for each, text in asked.items() if text)  # blanks go as %20
            body = self._page(f"{self.at(name)}?{query}", min(size or PAGE, PAGE))
            rows: list[Row] = rows_in(self.name, body, "value")
            found += [picked(row, wanted) | {"etag": row.get("@odata.etag")} for row in rows]
            if NEXT not in body or (size and len(found) >= size):
                return found[: size or None]
            if not rows:
                raise TryLater(f"{self.name} leads on from an empty page of {name}")
            after = (f"{key} gt {literal(rows[-1][key])}",)

    def having(
        self, name: str, fields: str, field: str, values: Iterable[Any], *only: str, key: str
    ) -> list[dict[str, Any]]:
        """Return all rows that have one of these values, which are written as `literal` says."""
        wanted, found = list(dict.fromkeys(values)), list[dict[str, Any]]()
        for start in range(0, len(wanted), SOME):
            one = " or ".join(f"{field} eq {literal(each)}" for each in wanted[start : start + SOME])
            found += self.rows(name, fields, one, *only, key=key)
        return found

    def create(self, name: str, values: Mapping[str, Any]) -> Row:
        """Make an entity; returns it as it was stored. What is not there then is something that it names, not the entity."""
        where = self.at(name)
        try:
            made: Any = self._tried(lambda: self.api.send("POST", where, values), entity=True).body
        except NotFit as fault:
            raise NotFit(str(fault), status=HTTPStatus.BAD_REQUEST, body=fault.body) from None
        if not isinstance(made, Mapping):
            raise no_data(self.name, repeatable=False)
        return cast("Row", made)

    def change(self, name: str, id_: str, values: Mapping[str, Any], etag: str = "*") -> None:
        """Set some of an entity's properties; `etag`: only if it stands as it was read."""
        where, match = self.at(f"{name}({id_})"), {"if-match": etag}
        self._tried(lambda: self.api.send("PATCH", where, values, headers=match, repeatable=True), entity=True)

    def delete(self, name: str, id_: str, etag: str = "*") -> None:
        """Delete an entity; `etag`: see `change`."""
        where, match = self.at(f"{name}({id_})"), {"if-match": etag}
        self._tried(lambda: self.api.send("DELETE", where, headers=match), entity=True)

    def _page(self, path: str, size: int) -> Any:
        return self._tried(lambda: self.api.get(path, headers={"prefer": f"odata.maxpagesize={size}"})).body

    def _tried(self, ask: Callable[[], Answer], *, entity: bool = False) -> Answer:
        """`entity`: what is asked for is one. Nothing else is not there: its address is wrong then, or something before it."""
        try:
            return ask()
        except Rejected as fault:
            told = _told(fault.body)
            said = self.noise.sub("", str(told.get("message") or fault))
            if fault.status in (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED):
                raise TryLater(f"{self.name}: {said}") from None
            if fault.is_gone and not (entity and told):
                raise Refused(
                    f"{self.name} answered {fault.status}: {said}; mend url in [systems.{self.name}]"
                ) from None
            raise NotFit(said, status=fault.status, body=fault.body) from None


class Guid(str):
    """An identity that stands in conditions without quotes."""

    __slots__ = ()


def literal(value: Any) -> str:
    """Return a value as conditions have it; a quote within is doubled."""
    return str(value) if isinstance(value, int | Guid) else "'" + str(value).replace("'", "''") + "'"


def all_of(*conditions: str) -> str:
    """Return what holds where all of these do; empty ones say nothing."""
    return " and ".join(f"({each})" for each in conditions if each)


def _choice(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return what asks for a `tree` of paths."""
    within = [f"{name}($select={','.join(_names(rest))})" for name, rest in wanted.items() if rest]
    return {"$select": ",".join(_names(wanted)), "$expand": ",".join(within)}


def _names(wanted: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, rest in wanted.items() if not rest)


def _told(body: Any) -> Mapping[str, Any]:
    """Return the error of an answer ("Error Response Body")."""
    error: Any = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    return cast("Mapping[str, Any]", error) if isinstance(error, Mapping) else {}
