"""Whether a system answers, for `hub check`."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from adapters.asking.answers import Rejected
from hub.connector import Finding
from hub.errors import HubError, Refused, TryLater

Found = TypeVar("Found")
AWAY = "is url in hub.toml right, is the system up, does a firewall stand between?"
"""What may help where no answer came that says more."""


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
        helped = AWAY if isinstance(fault, TryLater) else mend if isinstance(fault, helps) else None
        return [Finding(name, good=False, message=_told(name, fault), mend=helped, away=fault.system_away)]


def _told(name: str, fault: HubError) -> str:
    """Return a fault in words; that an address is not there is told as such, whatever the system says of it."""
    if isinstance(fault, Rejected) and fault.is_gone and "answered" not in str(fault):
        return f"{name} answered {fault.status}: {fault}"
    return str(fault)


def named(what: str, name: str, there: Mapping[str, Found], where: str) -> Found:
    """Return the one of what is there that an option names. Raises Amiss, which says what there is.

    `what`: what it is called; `where`: where the option stands, such as "as company in [systems.erp]".
    """
    if name not in there:
        raise Amiss(f"there is no {what} {name}", f"name one of these {where}: {', '.join(there)}")
    return there[name]


def all_there(lists: Mapping[str, Mapping[str, str]], named: Iterable[tuple[str, str]]) -> str:
    """Return what a system has, for people to choose from; Amiss, if the options name something else.

    `lists`: what they are called -> identity -> name; `named`: what it is called, and the identity in the options.
    """
    shown = {what: ", ".join(f"{id_} {name}" for id_, name in rows.items()) for what, rows in lists.items()}
    for what, id_ in named:
        if id_ not in lists[what]:
            raise Amiss(f"there is no {what} {id_}", f"name one of these: {shown[what]}")
    return "; ".join(f"{what}: {rows}" for what, rows in shown.items())
