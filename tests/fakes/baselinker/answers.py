"""How BaseLinker answers: always 200; whether it is an error, the answer says itself (page "API documentation")."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.server import Reply


class Failed(Exception):
    """Raised instead of an answer. The codes of most errors are listed nowhere; they are named like these."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def success(body: Mapping[str, Any]) -> Reply:
    """Return an answer that says yes."""
    return Reply(200, {"status": "SUCCESS", **body})


def error(code: str, message: str) -> Reply:
    """Return an answer that says no."""
    return Reply(200, {"status": "ERROR", "error_message": message, "error_code": code})


def mapped(rows: Mapping[str, Any]) -> Any:
    """Return a map as PHP sends it: one that is empty is a list."""
    return dict(rows) or []
