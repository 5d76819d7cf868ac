"""What a system answers over HTTP, and what it means: pure."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from html import unescape
from http import HTTPStatus
from typing import Any, cast

import orjson

from hub.errors import Refused, TryLater, Unanswered

LONGEST_WORDS = 300
LONGEST_PAGE = 100_000
"""Characters of a page, of which so few words are said."""
# What is never closed goes on to the end: looked for anew at each beginning, it would keep all threads for minutes.
_TAG = re.compile(
    r"<(script|style|title)\b.*?(?:</\1>|\Z)|<head\b.*?(?:</head>|(?=<body\b)|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")
_PLACEHOLDER = re.compile(r"%(\w+)")
_TELLING = ("message", "detail", "error_description", "description", "error", "title")
"""The keys under which systems say what is wrong, the most telling first."""
_NO_FIELD = (*_TELLING, "status", "type")
"""Members of an answer that says no which name no field (RFC 9457; Medusa's errors)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that says yes (2xx)."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any
    """Parsed JSON; text, if it is something else; None, if there is none.

    JSON numbers with decimals are floats here, which lose nothing up to 15 digits: see `exact`.
    """

    def header(self, name: str) -> str | None:
        """Return a header's value, if it is there."""
        return self.headers.get(name.lower())


class Rejected(Refused):
    """The other system understood this one request and said no."""

    def __init__(self, message: str, *, status: int, body: Any = None) -> None:
        """`status`: of HTTP, e.g. 404; `body`: what came with it, parsed if it is JSON."""
        super().__init__(message)
        self.status = status
        self.body = body

    @property
    def is_gone(self) -> bool:
        """Whether there is no such record."""
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    @property
    def cause(self) -> str:
        """A short word to group refusals by: the first field that the system finds fault with, if it names some."""
        body = self.body
        first = next(iter(cast("Mapping[str, Any]", body)), "") if isinstance(body, Mapping) else ""
        error = next(iter(_errors(body)), dict[str, Any]())
        first = _pointed(error) or error.get("code") or first
        return f"refused-{first}" if first and first not in _NO_FIELD else "refused"


class KeyRefused(Refused):
    """The other system does not accept our key, or the key may not do this."""

    def __init__(self, message: str, *, status: int) -> None:
        """`status`: 401 for a key that is not accepted, 403 for one that may not do this."""
        super().__init__(message, system_away=status == HTTPStatus.UNAUTHORIZED)
        self.status = status


class NotJson(ValueError):
    """The answer is not JSON, although it says so or comes as a page for people."""


def exact(value: float | Decimal | str) -> str:
    """Return a number from JSON as a plain decimal string: 0.1 is `0.1`, 1e-7 is `0.0000001`, 100.0 is `100`.

    A float is taken for the shortest decimal number that means it, which is the one that stood in the JSON as long as
    that had no more than 15 digits. Text that is no number is returned as it is: the canonical model refuses it, with
    the reason.
    """
    if isinstance(value, float):
        text = repr(value)
        return (format(Decimal(text), "f") if "e" in text else text).removesuffix(".0")
    if type(value) is int:
        return str(value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return str(value)
    return format(number, "f") if number.is_finite() else str(value)


def parsed(content: bytes, content_type: str) -> Any:
    """Return a body: JSON parsed, other text as text, nothing as None; raises NotJson."""
    content = content.removeprefix(BOM_UTF8)  # a reader of JSON may ignore it (RFC 8259, 8.1)
    if not content.strip():
        return None
    declared = "json" in content_type.lower()
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        text = content.decode("utf-8", "replace")
        if declared and _SURROGATE.search(text):
            with suppress(ValueError, RecursionError):
                return _whole(text)
        if declared or "html" in content_type.lower() or text.lstrip()[:1] == "<":
            raise NotJson(first_words(text)) from None
        return text


def _whole(text: str) -> Any:
    """Return JSON in which a letter was cut in half, as JavaScript cuts an emoji: it must not keep all others away.

    JSON allows that (RFC 8259, 8.2), no database does. What is left of the letter becomes U+FFFD.
    """
    return orjson.loads(_HALF.sub("\N{REPLACEMENT CHARACTER}", json.dumps(json.loads(text), ensure_ascii=False)))


def rows_in(name: str, body: Any, member: str = "") -> list[Any]:
    """Return the list that an answer of the system of this name holds, as a whole or under a member's name.

    TryLater, if it holds none: what stands in its place, such as the notice of a maintenance or an empty page, must not
    pass for a system that has no records (PAINS S16).
    """
    found = cast("Mapping[str, Any]", body).get(member) if member and isinstance(body, Mapping) else body
    if not isinstance(found, list):
        raise TryLater(f"{name} answered without its list; is url in [systems.{name}] right, is it being maintained?")
    return cast("list[Any]", found)


def no_data(name: str, *, repeatable: bool = True) -> TryLater:
    """Return the error for what stands in an answer's place, such as the notice of a maintenance or a proxy's login.

    `repeatable`: what was asked for changes nothing; of anything else nobody knows whether it was carried out.
    """
    message = f"{name} answered something else than data; is url in [systems.{name}] right, is it being maintained?"
    return (TryLater if repeatable else Unanswered)(message)


def words(body: Any) -> str:
    """Return what a refusal says in the system's own words, in one line; empty if it says nothing."""
    return first_words("; ".join(_said(body)))


def _errors(body: Any) -> list[Mapping[str, Any]]:
    """Return the errors of an answer in the manner of JSON:API ("Error Objects")."""
    errors = cast("Mapping[str, Any]", body).get("errors") if isinstance(body, Mapping) else None
    return [each for each in cast("list[Any]", errors) if isinstance(each, Mapping)] if isinstance(errors, list) else []


def _pointed(error: Mapping[str, Any]) -> str:
    """Return the field at the end of such an error's pointer, if it has one."""
    source = error.get("source")
    return (
        str(cast("Mapping[str, Any]", source).get("pointer", "")).rpartition("/")[2]
        if isinstance(source, Mapping)
        else ""
    )


def _said(body: Any, where: str = "") -> Iterator[str]:
    if any(map(_pointed, errors := _errors(body))):
        for error in errors:
            yield from _said({**error, "source": None}, _pointed(error))
    elif isinstance(body, Mapping):
        table = cast("Mapping[str, Any]", body)
        told = [table[key] for key in _TELLING if isinstance(table.get(key), str) and table[key]]
        if told:
            yield _at(where, filled(told[0], table.get("parameters")))
        for key, value in table.items():
            if not told or not (isinstance(value, str) or key == "parameters"):
                yield from _said(value, f"{where}.{key}" if where else str(key))
    elif isinstance(body, list):
        for value in cast("list[Any]", body):
            yield from _said(value, where)
    elif isinstance(body, str) and body.strip():
        yield _at(where, body)


def filled(text: str, parameters: Any) -> str:
    """Return a message with what its placeholders stand for: `%1`, or `%name`.

    Magento tells both apart from each other (page "HTTP status codes", error format); a list may also hold the values
    of names, in the order of these.
    """
    if isinstance(parameters, Mapping):
        named = {str(name): str(value) for name, value in cast("Mapping[Any, Any]", parameters).items()}
    elif isinstance(parameters, list):
        values = [str(value) for value in cast("list[Any]", parameters)]
        names = [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if not name.isdigit()]
        named = dict(zip(names, values, strict=False)) | {str(at): value for at, value in enumerate(values, 1)}
    else:
        return text
    return _PLACEHOLDER.sub(lambda found: named.get(found[1], found[0]), text)


def _at(where: str, text: str) -> str:
    return f"{where}: {text}" if where else text


def first_words(text: str) -> str:
    """Return the beginning of a text or page in one line, without tags."""
    line = " ".join(unescape(_TAG.sub(" ", text[:LONGEST_PAGE])).split())
    return line if len(line) <= LONGEST_WORDS else f"{line[:LONGEST_WORDS]}..."


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header means (RFC 9110: seconds or a date), none if it says nothing."""
    if not value:
        return None
    try:
        return max(0.0, float(value)) if value.strip().isdigit() else max(0.0, (_date(value) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _date(value: str) -> datetime:
    when = parsedate_to_datetime(value)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
