"""How Frappe says no (frappe: exceptions.py, utils/response.py)."""

import json

from tests.fakes.server import Reply

STATUS = {
    "PermissionError": 403,
    "AuthenticationError": 401,
    "DoesNotExistError": 404,
    "NameError": 409,
    "DuplicateEntryError": 409,
}


class No(Exception):
    """Raised for what is not carried out; what was done by then is undone."""

    def __init__(self, kind: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.reply = error(kind, message, status)


def error(kind: str, message: str, status: int | None = None) -> Reply:
    """Return an error: all but a few are 417; the message is JSON in JSON, beside a traceback."""
    trace = f'Traceback (most recent call last):\n  File "apps/frappe/frappe/app.py", line 110\n{kind}: {message}'
    told = json.dumps({"message": message, "title": "Message", "indicator": "red", "raise_exception": 1})
    body = {
        "exception": f"frappe.exceptions.{kind}: {message}",
        "exc_type": kind,
        "exc": json.dumps([trace]),
        "_server_messages": json.dumps([told]),
    }
    return Reply(status or STATUS.get(kind, 417), body)
