"""Which deliveries of one channel are unacknowledged, and how to acknowledge some with few frames: pure."""

from collections.abc import Iterable
from typing import Any


class Unacknowledged:
    """Delivery tags in the order they came."""

    def __init__(self, *, multiple: bool) -> None:
        """`multiple`: whether the transport can acknowledge all up to a tag; its tags then count upwards."""
        self._multiple = multiple
        self._open: dict[Any, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def delivered(self, tag: Any) -> None:
        """Note a delivery."""
        self._open[tag] = None

    def acknowledge(self, tags: Iterable[Any]) -> list[tuple[Any, bool]]:
        """Return what to send, as tag and `multiple`: one frame for all that leave none open before them.

        Tags that are not open are left out: acknowledging one twice would close the channel.
        """
        known = [tag for tag in tags if self.settle(tag)]
        if not self._multiple:
            return [(tag, False) for tag in known]
        known.sort()
        first_open = next(iter(self._open), None)
        together = [tag for tag in known if first_open is None or tag < first_open]
        alone = [(tag, False) for tag in known[len(together) :]]
        return [(together[-1], len(together) > 1), *alone] if together else alone

    def settle(self, tag: Any) -> bool:
        """Take a tag off the list; False if it was not on it."""
        if tag not in self._open:
            return False
        del self._open[tag]
        return True
