"""GraphQL over HTTP: what it says by other means than HTTP's status."""

from collections.abc import Mapping
from typing import Any, cast

from adapters.http import Answer, Rejected


class Declined(Rejected):
    """The other system understood this one request and said no, with status 200."""

    def __init__(self, message: str, code: str = "") -> None:
        """`code`: the system's own word for it, e.g. USER_INPUT_ERROR; empty where it has none."""
        super().__init__(message, status=200)
        self.code = code


def data_of(answer: Answer) -> Mapping[str, Any]:
    """Return the data of an answer; raises Declined for an error.

    An error may also be one of the types that a field's answer can have: it then has an `errorCode` and a `message`.
    """
    for error in answer.body.get("errors") or ():
        raise Declined(error["message"], error.get("extensions", {}).get("code", ""))
    for result in answer.body["data"].values():
        if isinstance(result, dict) and "errorCode" in result:
            told = cast("Mapping[str, str]", result)
            raise Declined(told.get("transitionError") or told["message"], told["errorCode"])
    return answer.body["data"]
