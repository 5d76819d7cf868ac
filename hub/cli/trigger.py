"""`hub trigger`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hub.app import Hub
from hub.broker import Fate, Outgoing
from hub.broker.topology import TRIGGERS
from hub.cli import show
from hub.cli.call import Json, known_job, opened, who
from hub.cli.commands import single
from hub.cli.runs import remark_if_idle
from hub.errors import InvalidMessage, Misconfigured, Refused, TryLater
from hub.messages import VERSION, Trigger, decode, encode
from hub.store import runs

app = single()
LIMIT = 5.0
"""Seconds to wait for the broker to confirm."""


@app.command()
def trigger(
    ctx: typer.Context,
    job: Annotated[str, typer.Argument(metavar="JOB", help="SYSTEM.WHAT, as hub jobs lists it.")],
    key: Annotated[list[str] | None, typer.Option("--key", help="Only this record; may be repeated.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for the history.", show_default=False)] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="By a message to the exchange hub.triggers, as another system does.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask for a run of a job, as another system would. While one waits, more triggers coalesce into it."""
    with opened(ctx) as hub:
        if publish:
            _publish(hub, job, _message(key or (), reason))
            _say({"job": job, "published": True}, f"A trigger for {job} is published.", as_json=as_json)
            return
        with hub.store.write() as tx:
            known = known_job(tx, job)
            if not known.enabled:
                raise Misconfigured(f"{job} is switched off (enabled = false); hub jobs run {job} runs it all the same")
            wanted = runs.NewRun(
                job=job,
                system=known.system,
                cause="trigger",
                not_before=tx.now,
                overlap=known.settings["schedule"].get("overlap", "skip"),
                reason=reason or f"triggered by {who()}",
                scope=key or None,
            )
            number = runs.trigger(tx, wanted)
            remark_if_idle(hub, tx)
    _say({"job": job, "run": number}, f"Run {number} of {job} answers this trigger.", as_json=as_json)


def _message(keys: Sequence[str], reason: str | None) -> bytes:
    """Return a trigger that adapters take; raises Misconfigured where they would not."""
    body = encode(Trigger.model_construct(version=VERSION, job=None, keys=tuple(keys), reason=reason))
    try:
        decode(body, Trigger)
    except InvalidMessage as fault:
        raise Misconfigured(f"this trigger would not be taken: {fault}") from None
    return body


def _publish(hub: Hub, job: str, body: bytes) -> None:
    """Publish a trigger. Raises Misconfigured for one that would be put aside as invalid."""
    if hub.broker_address is None:
        raise Misconfigured("the broker inside a process cannot be reached from another; leave out --publish")
    with hub.store.read() as tx:
        if not known_job(tx, job).settings.get("triggers"):
            mend = f'triggers = true under [jobs."{job}"], then hub apply'
            raise Misconfigured(f"{job} takes no triggers by messages; mend: {mend}; or leave out --publish")
    broker = hub.broker("hub trigger")
    try:
        fate = broker.publisher(limit=LIMIT).publish([Outgoing(TRIGGERS, job, body)])[0]
    finally:
        broker.close()
    if fate is Fate.UNCONFIRMED:
        raise TryLater("the broker has not confirmed the trigger; it may or may not have come")
    if fate is not Fate.CONFIRMED:
        raise Refused(f"the broker did not take it ({fate.value}): hub check looks at its queues")


def _say(data: object, text: str, *, as_json: bool) -> None:
    if as_json:
        show.json(data)
    else:
        show.say(text)
