"""What can go wrong, named by what happens next."""


class HubError(Exception):
    """Something went wrong."""

    system_away = False
    """Whether the other side, whatever it were asked, would answer no better: it is down, or does not let us in."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class TryLater(HubError):
    """The other side is not able to answer now."""

    system_away = True

    def __init__(self, message: str | None = None, *, after: float | None = None) -> None:
        """`after`: seconds that the other side asked to be left alone, if it did."""
        super().__init__(message)
        self.after = after


class Unanswered(TryLater):
    """The request went out, but no answer came: nobody knows whether it was carried out."""


class Refused(HubError):
    """The other side understood and said no; a retry cannot help."""

    def __init__(self, message: str | None = None, *, system_away: bool = False) -> None:
        """`system_away`: it does not let us in, and says no to everything until somebody mends that."""
        super().__init__(message)
        self.system_away = system_away


class Misconfigured(HubError):
    """The configuration has to be mended first; nothing was changed."""


class LeaseLost(HubError):
    """The run was handed to somebody else; this worker stops and changes nothing more."""


class RunCancelled(HubError):
    """An operator cancelled the run."""


class InvalidMessage(HubError):
    """The message cannot be understood; it is kept with the reason and never retried."""
