"""GraphQL with a key that lasts, where mutations say under `errors` what is wrong with what they were given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.asking.cursors import rows_of
from adapters.asking.edges import page_of
from adapters.asking.forms import Filled, Form, answers, request
from adapters.asking.graphql import Declined, declined, told_in
from adapters.asking.http import Api, KeyRefused
from adapters.rows import Row
from hub.errors import TryLater, Unanswered


@dataclass(frozen=True, slots=True)
class Faults:
    """What a system's errors of a whole request mean, by its own word for each."""

    word: Callable[[Row], str]
    """An error -> the word."""
    key: frozenset[str]
    """The key is not accepted, or may not do this."""
    request: frozenset[str]
    """The request was understood, and declined. Whatever has another word is the system's own fault."""


class KeyedGraphQl:
    """One endpoint. Threads may share it."""

    def __init__(self, api: Api, path: str, faults: Faults) -> None:
        self.name = api.name
        self._api, self._path, self._faults = api, path, faults

    def ask(self, *forms: Filled) -> list[Any]:
        """Return what came of some queries. Raises TryLater, KeyRefused or Declined."""
        return self._send("query", forms)

    def ask_each(self, form: Form, name: str, values: Sequence[object]) -> list[Any]:
        """Return what came of a query for each value of an argument, as far as anything did."""
        return [each for each in self.ask(*(form(**{name: value}) for value in values)) if each]

    def carry_out(self, *forms: Filled) -> list[Any]:
        """Carry out mutations, one after the other; return what came of each.

        Raises Declined for the first that is, though the others are carried out; TryLater, KeyRefused, Unanswered.
        """
        made = self._send("mutation", forms) if forms else []
        for result in made:
            check(result)
        return made

    def all(self, form: Form, **values: object) -> list[Row]:
        """Return all rows of a connection, page by page; it takes `after`, and gives its page's end."""
        return list(rows_of(lambda after: page_of(*self.ask(form(**values, **({"after": after} if after else {}))))))

    def _send(self, kind: str, forms: tuple[Filled, ...]) -> list[Any]:
        text, variables = request(kind, forms)
        body = {"query": text, "variables": variables}
        answer = self._api.send("POST", self._path, body, repeatable=kind == "query")
        told = told_in(self.name, answer.body, asks=kind == "query")
        for error in told.get("errors") or ():
            raise self._fault(error, kind)
        return answers(told["data"], forms)

    def _fault(self, error: Row, kind: str) -> Exception:
        word, message = self._faults.word(error), f"{self.name}: {error['message']}"
        if word in self._faults.key:
            return KeyRefused(f"{message}; check the key in [systems.{self.name}] and its rights there", status=403)
        if word in self._faults.request:
            return Declined(error["message"], word)
        return (TryLater if kind == "query" else Unanswered)(message)


def check(result: Mapping[str, Any]) -> None:
    """Raise Declined for the first error of a mutation's result, or of what it holds (`results`, of many at once)."""
    within = [error for each in result.get("results") or () for error in each["errors"] or ()]
    for error in [*(result.get("errors") or ()), *within]:
        raise declined(error)
