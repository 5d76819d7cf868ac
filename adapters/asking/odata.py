"""A service of OData 4, whose entity sets are read behind a key: what is asked of it, and how it refuses.

Source: OASIS, "OData Version 4.01. Part 1: Protocol" and "Part 2: URL Conventions".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from adapters.asking.answers import Answer, Rejected, no_data, rows_in
from adapters.asking.checks import Amiss
from adapters.asking.http import Api
from adapters.fields import picked, tree
from adapters.rows import Row
from hub.errors import Refused, TryLater

NEXT = "@odata.nextLink"
SOME = 20
"""Values in one condition."""
PAGE = 100
"""Rows that are asked for at once."""
NONE: Mapping[str, str] = {}


class NotFit(Rejected):
    """The service understood this one request and said no, with a code."""

    @property
    def cause(self) -> str:
        """The code to group by; of one that is a number, its sign says nothing."""
        return f"refused-{str(_told(self.body).get('code') or self.status).removeprefix('-')}"


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

    def as_known(self, ask: Callable[[Mapping[str, str]], Answer]) -> Answer:
        """Carry out a request with headers that say who asks; none, where the interface says so by itself."""
        return ask({})

    def rows(
        self,
        name: str,
        fields: str,
        *only: str,
        key: str,
        size: int = 0,
        order: str = "",
        headers: Mapping[str, str] = NONE,
    ) -> list[dict[str, Any]]:
        """Return the first rows for which all conditions hold, in the order of their key; `size` 0: all.

        `fields`: paths parted by blanks, dots lead into what belongs to a row; a row's `etag` comes along. Pages move, if
        the service leads on by numbers of rows: so each is asked for from the last key on. `order`: another one, for one
        page; `headers`: what else is said with each request.
        """
        wanted, found, after = tree(f"{fields} {key}"), list[dict[str, Any]](), ()
        told = {**headers, "prefer": f"odata.maxpagesize={min(size or PAGE, PAGE)}"}
        while True:
            asked = {**_choice(wanted), "$filter": all_of(*only, *after), "$orderby": order or key}
            query = "&".join(f"{each}={quote(text)}" for each, text in asked.items() if text)  # blanks go as %20
            body = self.ask("GET", f"{self.at(name)}?{query}", headers=told, repeatable=True, entity=False).body
            rows: list[Row] = rows_in(self.name, body, "value")
            found += [picked(row, wanted) | {"etag": row.get("@odata.etag")} for row in rows]
            if NEXT not in body or (size and len(found) >= size):
                return found[: size or None]
            if not rows:
                raise TryLater(f"{self.name} leads on from an empty page of {name}")
            after = (f"{key} gt {literal(rows[-1][key])}",)

    def having(
        self,
        name: str,
        fields: str,
        field: str,
        values: Iterable[Any],
        *only: str,
        key: str,
        headers: Mapping[str, str] = NONE,
    ) -> list[dict[str, Any]]:
        """Return all rows that have one of these values, which are written as `literal` says; see `rows`."""
        wanted, found = list(dict.fromkeys(values)), list[dict[str, Any]]()
        for start in range(0, len(wanted), SOME):
            one = any_of(f"{field} eq {literal(each)}" for each in wanted[start : start + SOME])
            found += self.rows(name, fields, one, *only, key=key, headers=headers)
        return found

    def alike(
        self, name: str, fields: str, field: str, values: Iterable[str], *only: str, key: str
    ) -> list[dict[str, Any]]:
        """Return all rows that have one of these texts, in whatever capitals."""
        return self.having(name, fields, f"tolower({field})", map(str.lower, values), *only, key=key)

    def names(self, name: str, key: str, called: str, *only: str) -> dict[Any, Any]:
        """Return what a table calls things: its key -> another field."""
        return {row[key]: row[called] for row in self.rows(name, called, *only, key=key)}

    def since(self, mark: str, at: datetime) -> str:
        """Return the condition for what has changed then or later; `mark`: the field that says when that was."""
        return f"{mark} ge {literal(at)}"

    def latest(self, name: str, mark: str, *only: str, key: str) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text."""
        newest = self.rows(name, mark, *only, key=key, size=1, order=f"{mark} desc")
        return newest[0][mark] if newest else None

    def check(self, name: str, key: str, value: str | None, *, what: str, option: str) -> None:
        """Raise Amiss, if an option names something that an entity set does not have; `what`: what it is called."""
        if value and not self.having(name, key, key, [value], key=key):
            raise Amiss(f"there is no {what} {value}", f"mend {option} in [systems.{self.name}]")

    def create(self, name: str, values: Mapping[str, Any]) -> Row:
        """Make an entity; returns it as it was stored. What is not there then is something that it names, not the entity."""
        try:
            made: Any = self.ask("POST", self.at(name), values).body
        except NotFit as fault:
            raise NotFit(str(fault), status=HTTPStatus.BAD_REQUEST, body=fault.body) from None
        if not isinstance(made, Mapping):
            raise no_data(self.name, repeatable=False)
        return cast("Row", made)

    def change(self, name: str, key: Any, values: Mapping[str, Any], etag: str = "*") -> None:
        """Set some of an entity's properties; `etag`: only if it stands as it was read."""
        self.ask("PATCH", self.at(entity_of(name, key)), values, headers={"if-match": etag}, repeatable=True)

    def delete(self, name: str, key: Any, etag: str = "*") -> None:
        """Delete an entity; `etag`: see `change`."""
        self.ask("DELETE", self.at(entity_of(name, key)), headers={"if-match": etag})

    def ask(
        self,
        method: str,
        path: str,
        values: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] = NONE,
        repeatable: bool = False,
        entity: bool = True,
    ) -> Answer:
        """Send a request; raises what a refusal means.

        `entity`: what is asked for is one. Nothing else is not there: its address is wrong then, or something before it.
        """
        try:
            return self.as_known(
                lambda known: self.api.send(method, path, values, headers={**headers, **known}, repeatable=repeatable)
            )
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
    """Return a value as conditions and addresses have it: an instant is in UTC, a quote within a text is doubled."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value) if isinstance(value, int | Guid) else "'" + str(value).replace("'", "''") + "'"


def entity_of(name: str, key: Any) -> str:
    """Return where an entity of a set lies, by its key; see `literal`."""
    return f"{name}({quote(literal(key), safe='')})"


def all_of(*conditions: str) -> str:
    """Return what holds where all of these do; empty ones say nothing."""
    return " and ".join(f"({each})" for each in conditions if each)


def any_of(conditions: Iterable[str]) -> str:
    """Return what holds where one of these does."""
    return " or ".join(conditions)


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
