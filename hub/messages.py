"""What goes over the wire: JSON with a version, described by docs/asyncapi.yaml. References, never payloads."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from hub.errors import InvalidMessage

VERSION = 1
LARGEST = 1_000_000
"""Bytes. A message carries references; RabbitMQ itself refuses above 16 MiB."""
ROOM = LARGEST - 10_000
"""Bytes for the records of a `RecordsDone`; what stands beside them is short."""
FRAME, WIDEST = 100, 6
"""Bytes: what JSON needs for a record beside its texts, and the most that it needs for one of their characters."""
LONGEST = 10_000
"""Characters that are kept of each text of a record whose texts may fit into no message."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Number = Annotated[int, Field(ge=0, lt=2**31)]
Count = Annotated[int, Field(gt=-(2**63), lt=2**63)]
"""As large as the database's columns: what is larger would end the thread that is to store it, each time it comes."""


class Message(BaseModel):
    """What every message has."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1] = VERSION


class RunDue(Message):
    """A run is due: to `hub.jobs`, from the relay to the system's queue."""

    run: Id
    generation: Number
    job: Name


class Trigger(Message):
    """An external system asks for a run: to `hub.triggers`, the job's name as routing key."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    job: Name | None = None
    """May be left out: the routing key names the job."""
    keys: tuple[Name, ...] = Field(default=(), max_length=10_000, strict=False)
    """Only these records, where the job can do that; empty: everything that has changed."""
    reason: str | None = Field(default=None, max_length=500)


CameTo = Literal["new", "update", "differs", "skipped", "quarantined", "deleted", "found", "created", "told", "removed"]


class RecordOutcome(BaseModel):
    """What became of one record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str | None
    outcome: CameTo
    """The last four happened in the system: found there, created, told what has changed, removed."""
    cause: str | None = None
    place: str | None = None


class LogLine(BaseModel):
    """One line a run wrote about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    level: Literal["info", "warning", "error"]
    text: str


class RecordsDone(Message):
    """The records of one page, or some of them: to `hub.results`. Identical records are only counted."""

    kind: Literal["records"] = "records"
    run: Id
    generation: Number
    part: Number
    """1, 2, ...: unique within (run, generation)."""
    job: Name
    entity: str
    counts: dict[str, Count]
    """Of the whole page; where it takes several messages, the first has them."""
    records: tuple[RecordOutcome, ...] = Field(strict=False)


class Result(Message):
    """What one delivery of a run came to: to `hub.results`. Its identity is (run, generation)."""

    kind: Literal["result"] = "result"
    run: Id
    generation: Number
    job: Name
    system: Name
    cause: str
    outcome: Literal["done", "handed-on", "later", "dead", "cancelled", "skipped", "lost"]
    attempt: Number
    worker: str | None
    scheduled_at: AwareDatetime | None
    started_at: AwareDatetime | None
    ended_at: AwareDatetime
    counts: dict[str, Count]
    """Of this delivery: new, identical, update, differs, skipped, quarantined."""
    message: str | None
    """Why, in one sentence, for an operator; of a run that is done, what all its deliveries came to."""
    next_at: AwareDatetime | None = None
    lines: tuple[LogLine, ...] = Field(default=(), strict=False)


M = TypeVar("M", bound=Message)


def encode(message: Message) -> bytes:
    """Return the message as JSON; half a surrogate pair, as in a file's name that is not UTF-8, is a question mark."""
    try:
        return orjson.dumps(message.model_dump(mode="python"))
    except orjson.JSONEncodeError:
        return json.dumps(message.model_dump(mode="json"), ensure_ascii=False).encode(errors="replace")


def in_messages(records: Iterable[RecordOutcome]) -> list[tuple[RecordOutcome, ...]]:
    """Return records in their order, in as many portions as it takes for each to fit into a message."""
    portions: list[list[RecordOutcome]] = []
    left = 0
    for each in records:
        record = each if _most_bytes(each) <= ROOM else _shortened(each)
        size = _most_bytes(record)
        if size > left:
            portions.append([])
            left = ROOM
        portions[-1].append(record)
        left -= size
    return [tuple(portion) for portion in portions]


def _most_bytes(record: RecordOutcome) -> int:
    # A bound: to encode each record for its size as well would take as long as all else that is done for the message.
    return FRAME + WIDEST * (len(record.key or "") + len(record.cause or "") + len(record.place or ""))


def _shortened(record: RecordOutcome) -> RecordOutcome:
    texts = {"key": record.key, "cause": record.cause, "place": record.place}
    return record.model_copy(update={name: text and text[:LONGEST] for name, text in texts.items()})


def refuse_larger(length: int) -> None:
    """Raise InvalidMessage if a message has more bytes than one may have."""
    if length > LARGEST:
        raise InvalidMessage(f"{length:,} bytes are more than a message may have ({LARGEST:,})")


def decode(body: bytes | memoryview | str, kind: type[M]) -> M:
    """Read a message of one kind; raises InvalidMessage with what is wrong and where."""
    refuse_larger(len(body))
    try:
        return kind.model_validate_json(bytes(body) if isinstance(body, memoryview) else body)
    except ValidationError as fault:
        first: Any = fault.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise InvalidMessage(f"{place}: {first['msg']}" if place else str(first["msg"])) from None
