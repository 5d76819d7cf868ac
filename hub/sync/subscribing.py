"""Looking after a system's webhooks: registered, and switched on again where it has switched them off (PAINS S8)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from hub.connector import Hooks, Subscription
from hub.handler import Done, Handler, Hold, Outcome, Work


@dataclass(frozen=True, slots=True)
class Wanted:
    """The webhooks that a system should have."""

    hooks: Hooks
    address: str
    """Where it is to call."""
    secret: str = field(repr=False)
    streams: Collection[str]
    """Of which there is a job."""
    resigned: bool = False
    """Whether the secret takes another's place: what is registered is given it."""

    @property
    def topics(self) -> list[str]:
        """The system's words for what it is to tell."""
        return sorted(topic for topic, stream in self.hooks.topics.items() if stream in self.streams)


def keeper(wanted: Callable[[], Wanted | str]) -> Handler:
    """Return the handler of a job `SYSTEM.webhooks`. `wanted` returns a sentence where nothing can be done, and why."""

    def keep(_work: Work, hold: Hold) -> Outcome:
        ours = wanted()
        return Done(ours if isinstance(ours, str) else _in_order(ours, hold))

    return keep


def _in_order(wanted: Wanted, hold: Hold) -> str:
    there = _of_ours(wanted, wanted.hooks.subscriptions())
    asleep = [each for each in there if not each.active]
    for each in asleep:
        wanted.hooks.revive(each, wanted.secret)
        hold.tell(f"the system had switched off its webhook {each.topic}; it is on again", "warning")
    if wanted.resigned:
        for each in (one for one in there if one.active):
            wanted.hooks.sign(each, wanted.secret)
        hold.tell(
            "the webhooks that are registered have been given webhook_secret; webhook_secret_before may go, unless the "
            "system signs with a secret of its own, as Shopify does"
        )
    missing = [topic for topic in wanted.topics if topic not in {each.topic for each in there}]
    for topic in missing:
        wanted.hooks.subscribe(topic, wanted.address, wanted.secret)
        hold.tell(f"the webhook {topic} was registered")
    counts = {"in order": len(there) - len(asleep), "switched on again": len(asleep), "registered": len(missing)}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "it has no webhooks to register"


def _of_ours(wanted: Wanted, there: Sequence[Subscription]) -> list[Subscription]:
    return [each for each in there if each.address == wanted.address and each.topic in wanted.topics]
