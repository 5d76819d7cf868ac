"""Column types that mean the same on PostgreSQL and SQLite."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def iso(instant: datetime) -> str:
    """Return an instant as RFC 3339 text in UTC with microseconds, so that texts sort as instants do.

    One without a zone is a fault of ours: ValueError.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""The escape of NUL in JSON, but not an escaped backslash with `u0000` behind it."""


def json_text(value: object) -> str:
    """Return JSON that both databases take.

    PostgreSQL has no place for NUL in a text, neither alone nor within JSON, and nobody has one for half a surrogate
    pair, which Python makes of a file's name that is not UTF-8. What comes from outside may hold them, and must not stop
    a page or come back for ever: they become U+FFFD and a question mark.
    """
    try:
        text = orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except orjson.JSONEncodeError as fault:
        if "surrogates" not in str(fault):
            raise
        text = json.dumps(value, default=_plain, ensure_ascii=False).encode(errors="replace").decode()
    return NUL.sub("\\1\N{REPLACEMENT CHARACTER}", text) if "\\u0000" in text else text


def storable(text: str) -> str:
    """Return a text from outside without what databases refuse (see `json_text`)."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, sortable text on SQLite, which has no such type."""

    impl = sa.String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Choose the column type of the database."""
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(sa.TIMESTAMP(timezone=True) if native else sa.String(27))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        """Bring an instant to the database; one without a zone is a fault of ours."""
        if value is None:
            return None
        text = iso(value)
        return value if dialect.name == "postgresql" else text

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Take an instant from the database, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else datetime.fromisoformat(value)


JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is exactly INTEGER."""
