"""Whether a system answers, for `hub check`."""

from collections.abc import Callable

from hub.connector import Finding
from hub.errors import HubError


def looked(
    name: str, look: Callable[[], str], mend: str | None = None, helps: type[HubError] = HubError
) -> list[Finding]:
    """Return what a look at a system found: its words, or the fault, with what to do about it if that `helps`."""
    try:
        return [Finding(name, good=True, message=look())]
    except HubError as fault:
        return [Finding(name, good=False, message=str(fault), mend=mend if isinstance(fault, helps) else None)]
