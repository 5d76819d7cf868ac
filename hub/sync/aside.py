"""What cannot be brought to a system is put aside: it waits in quarantine with its cause, and the rest goes on."""

from collections.abc import Mapping
from typing import Any

from hub.store import Tx, quarantine
from hub.store.types import json_text
from hub.sync.digest import digest
from hub.sync.system import Flow
from hub.sync.unanswered import UNANSWERED


def put_aside(
    tx: Tx,
    flow: Flow,
    run: int,
    key: str,
    cause: str,
    message: str,
    *,
    needs: Mapping[str, str] | None = None,
    again: bool = False,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Put a record that cannot be brought into quarantine. `again`: it is tried once more without being asked.

    `told`: what it was told of. One that was discarded stays away as long as that is the same; else, as `message` is.
    What was not answered comes back: it is looked for all the same, and rests only while it waits here.
    """
    entity, about = flow.stream.entity, json_text(message if told is None else told)
    version = None if cause == UNANSWERED else digest(about.encode())
    caught = quarantine.Caught(
        system=flow.system.name,
        stream=flow.name,
        identity=f"push:{key}",
        entity=entity,
        key=key,
        cause=cause,
        message=message,
        place={"source": f"to {flow.system.name}: {entity} {key}", "version": version},
        raw={},
        needs=needs,
        again=again,
        run=run,
    )
    quarantine.put(tx, [caught])
