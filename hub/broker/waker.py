"""Wakes a thread that waits for a socket."""

import contextlib
import socket


class Waker:
    """One end to wait on, one to call: cheap if called again before the sleeper has looked."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        self._called = False

    def fileno(self) -> int:
        """Return what a selector waits for."""
        return self._ours.fileno()

    def wake(self) -> None:
        """Wake the sleeper, from any thread."""
        if not self._called:
            self._called = True
            with contextlib.suppress(OSError):  # full, so it will wake; or closed, so nobody sleeps
                self._theirs.send(b"\0")

    def clear(self) -> None:
        """Forget the calls so far. The sleeper does this before it looks for work, so that none is overlooked."""
        with contextlib.suppress(OSError):
            self._ours.recv(4096)
        self._called = False

    def close(self) -> None:
        """Close both ends."""
        self._ours.close()
        self._theirs.close()
