"""Whether a system answers, for `hub check`."""

from collections.abc import Callable

from hub.connector import Finding
from hub.errors import HubError, Refused


class Amiss(Refused):
    """The system answers, but something there is not as it has to be."""

    def __init__(self, message: str, mend: str) -> None:
        """`mend`: what to do about it."""
        super().__init__(message)
        self.mend = mend


def looked(
    name: str, look: Callable[[], str], mend: str | None = None, helps: type[HubError] = HubError
) -> list[Finding]:
    """Return what a look at a system found: its words, or the fault, with what to do about it if that `helps`."""
    try:
        return [Finding(name, good=True, message=look())]
    except Amiss as fault:
        return [Finding(name, good=False, message=str(fault), mend=fault.mend)]
    except HubError as fault:
        return [Finding(name, good=False, message=str(fault), mend=mend if isinstance(fault, helps) else None)]
