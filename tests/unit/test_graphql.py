"""What is asked for over GraphQL, made of paths."""

import pytest

from adapters.asking.forms import Form
from adapters.asking.graphql import GraphQl, selection
from adapters.asking.http import Api
from adapters.asking.keyed import Faults, KeyedGraphQl
from hub.clock import SystemClock
from hub.errors import TryLater, Unanswered
from tests.unit.http_server import Reply, Server


def test_paths_become_nested_fields_each_asked_for_once():
    assert selection("id lines.sku code:number lines.variant.name id") == "id lines{sku variant{name}} code:number"


def test_a_field_that_is_asked_for_itself_and_below_is_asked_for_below():
    assert selection("options options.name") == "options{name}"


def test_fields_have_their_arguments_wherever_they_are():
    told = selection("orders.lines.id", {"lines": "(first:10)"})
    assert told == "orders{lines(first:10){id}}"


@pytest.mark.parametrize("body", [b'{"status": "maintenance"}', b"[]", b"null", b"", b"OK", b'{"data": null}'])
def test_what_stands_in_the_place_of_an_answer_is_tried_later_and_of_a_mutation_unanswered(body: bytes):
    server = Server(lambda *_: Reply(body=body, headers={}))
    api = Api("shop", server.url, clock=SystemClock(), sleep=lambda _: None)
    logging_in = GraphQl(api, "", {}, ("mutation{login}", {}), "token")
    keyed = KeyedGraphQl(api, "", Faults(lambda _: "", frozenset(), frozenset()))
    says = r"shop answered something else than GraphQL; is url in \[systems\.shop\] right"
    with pytest.raises(TryLater, match=says):
        logging_in.ask("query{list}")
    logging_in.session.token = "known"
    for ask in (lambda: logging_in.ask("mutation{make}"), lambda: keyed.carry_out(Form("make")())):
        with pytest.raises(Unanswered, match=says):
            ask()
    with pytest.raises(TryLater, match=says) as caught:
        keyed.ask(Form("list")())
    assert not isinstance(caught.value, Unanswered)
    api.close()
    server.close()
