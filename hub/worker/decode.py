"""What was delivered: runs that are due, triggers from outside, and what nobody can understand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.broker import Delivery
from hub.broker.topology import TRIGGERS
from hub.config import JobSettings
from hub.errors import InvalidMessage
from hub.messages import RunDue, Trigger, decode, refuse_larger


@dataclass(slots=True)
class Decoded:
    """A batch of deliveries, sorted by what they are."""

    due: list[tuple[Delivery, RunDue]] = field(default_factory=list[tuple[Delivery, RunDue]])
    triggers: list[tuple[Delivery, JobSettings, Trigger]] = field(
        default_factory=list[tuple[Delivery, JobSettings, Trigger]]
    )
    invalid: list[tuple[Delivery, str]] = field(default_factory=list[tuple[Delivery, str]])


def sort(deliveries: Sequence[Delivery], jobs: Mapping[str, JobSettings]) -> Decoded:
    """Decode a batch; whatever cannot be understood is put aside with the reason."""
    decoded = Decoded()
    for delivery in deliveries:
        try:
            refuse_larger(delivery.length)
            # What others may publish is only ever a trigger, however much it looks like a message of our own.
            if delivery.exchange == TRIGGERS:
                decoded.triggers.append((delivery, *_trigger(delivery, jobs)))
            else:
                decoded.due.append((delivery, decode(delivery.body, RunDue)))
        except InvalidMessage as fault:
            decoded.invalid.append((delivery, str(fault)))
    return decoded


def _trigger(delivery: Delivery, jobs: Mapping[str, JobSettings]) -> tuple[JobSettings, Trigger]:
    asked = decode(delivery.body or b"{}", Trigger)
    name = delivery.routing_key
    if asked.job not in (None, name):
        raise InvalidMessage(f"the message asks for {asked.job}, its routing key for {name}; they must be the same")
    job = jobs.get(name)
    if job is None:
        raise InvalidMessage(f"there is no job {name}; the routing key of a trigger is the name of a job")
    if not job.triggers:
        raise InvalidMessage(f'{name} takes no triggers; mend: triggers = true under [jobs."{name}"] in hub.toml')
    return job, asked
