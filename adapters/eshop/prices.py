"""Which prices a shop can be told."""

from adapters.writes import Unfit
from hub.connector import Write

_LATER = ("minimum_quantity", "valid_from", "valid_to")


def check_plain(write: Write) -> None:
    """Refuse a price that is not everybody's, from the first unit on and always: it would take the place of that one."""
    if any(write.record.get(name) not in (None, "1") for name in _LATER):
        raise Unfit("price-not-possible", "a price from some quantity or some day on cannot be brought to this shop")
