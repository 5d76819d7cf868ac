"""What has been sent on a channel and not yet confirmed: pure bookkeeping, used by the publisher's I/O thread alone."""

from collections.abc import Callable, Sequence
from threading import Event

from hub.broker.publisher import Fate, Outgoing


class Sending:
    """One call's batch on its way: a fate for each message, and one signal for all of them."""

    __slots__ = ("abandoned", "batch", "fates", "left", "next", "over")

    def __init__(self, batch: Sequence[Outgoing]) -> None:
        self.batch = batch
        self.fates = [Fate.UNCONFIRMED] * len(batch)
        self.left = len(batch)
        self.next = 0
        """The first message that has not been sent."""
        self.abandoned = False
        """Nobody waits any more: what has not been sent is not to be sent."""
        self.over = Event()

    def settle(self, index: int, fate: Fate) -> None:
        """Note what became of a message; the last one gives the signal."""
        self.fates[index] = fate
        self.left -= 1
        if not self.left:
            self.over.set()


class Confirms:
    """The messages in flight on one channel, by delivery tag: 1, 2, ... in the order of sending."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[Sending, int]] = {}
        self._last = 0
        self._oldest = 1
        self._returned: set[int] = set()
        self._last_returned = 0

    def __len__(self) -> int:
        return len(self._open)

    def sent(self, sending: Sending, index: int) -> None:
        """Note that a message has gone out."""
        self._last += 1
        self._open[self._last] = (sending, index)

    def returned(self, exchange: str, routing_key: str, body: bytes) -> None:
        """Note that no queue takes a message; its confirm follows, and is not to be believed.

        The broker does not say which one it was. It returns in the order of sending, so it is the first one like it
        since the last that was returned; of two alike in everything, either may bear the blame.
        """
        for tag in range(max(self._oldest, self._last_returned + 1), self._last + 1):
            entry = self._open.get(tag)
            if entry is None:
                continue
            message = entry[0].batch[entry[1]]
            if message.routing_key == routing_key and message.exchange == exchange and message.body == body:
                self._returned.add(tag)
                self._last_returned = tag
                return

    def confirmed(self, tag: int, fate: Fate, *, multiple: bool) -> None:
        """Settle one message, or all up to and including it."""
        if multiple:
            for each in range(self._oldest, tag + 1):
                self._settle(each, fate)
            self._oldest = max(self._oldest, tag + 1)
        else:
            self._settle(tag, fate)
            while self._oldest <= self._last and self._oldest not in self._open:
                self._oldest += 1

    def lost(self, fate_of: Callable[[Outgoing], Fate]) -> None:
        """Settle all that is open: its channel is gone."""
        for sending, index in self._open.values():
            sending.settle(index, fate_of(sending.batch[index]))
        self._open.clear()

    def _settle(self, tag: int, fate: Fate) -> None:
        entry = self._open.pop(tag, None)
        if entry is None:
            return
        if tag in self._returned:
            self._returned.discard(tag)
            fate = Fate.UNROUTABLE
        entry[0].settle(entry[1], fate)
