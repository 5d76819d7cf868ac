"""A login that ends some day. Threads may share it."""

import threading
from collections.abc import Callable
from typing import TypeVar

from adapters.asking.http import KeyRefused

Answered = TypeVar("Answered")


class Session:
    """Logs in when that is needed, and once more, for all threads together, when the session has ended."""

    def __init__(self, log_in: Callable[[], str]) -> None:
        """`log_in` returns the token by which the system knows us."""
        self.token = ""
        self._log_in = log_in
        self._lock = threading.Lock()

    def carry_out(self, request: Callable[[str], Answered]) -> Answered:
        """Carry out a request with the token; a request that is refused for it was not carried out, and is repeated."""
        used = self.token or self._renewed("")
        try:
            return request(used)
        except KeyRefused:
            return request(self._renewed(used))

    def _renewed(self, ended: str) -> str:
        """Return another token than the one that has ended; another thread may have got one meanwhile."""
        with self._lock:
            if self.token == ended:
                self.token = self._log_in()
            return self.token
