"""GraphQL requests as data: what is sent, and what comes back."""

import pytest
from graphql import parse

from adapters.asking.edges import flat
from adapters.asking.forms import Form, answers, request
from adapters.asking.graphql import Declined
from adapters.asking.keyed import check

CHANGE = Form("productUpdate", "id:ID! input:ProductInput!", "errors{message}")


def test_many_forms_are_one_request():
    text, variables = request("mutation", [CHANGE(id="1", input={"name": "a"}), CHANGE(id="2", input={})])
    assert parse(text)
    assert variables == {"id0": "1", "input0": {"name": "a"}, "id1": "2", "input1": {}}
    assert text.startswith("mutation($id0:ID!,$input0:ProductInput!,$id1:ID!,$input1:ProductInput!){c0:productUpdate(")


def test_what_is_not_given_is_not_declared():
    listed = Form("products", "after:String filter:Filter", "edges{node{id}}", "first:100")
    assert request("query", [listed()]) == ("query{c0:products(first:100){edges{node{id}}}}", {})
    text, _ = request("query", [listed(after="x")])
    assert text == "query($after0:String){c0:products(first:100,after:$after0){edges{node{id}}}}"


def test_answers_come_in_the_order_of_their_forms():
    calls = [CHANGE() for _ in range(11)]
    assert answers({f"c{n}": n for n in reversed(range(11))}, calls) == list(range(11))


@pytest.mark.parametrize("inner", [{"edges": [{"node": {"name": "a"}}]}, {"nodes": [{"name": "a"}]}])
def test_a_list_within_a_record_is_a_list_and_a_page_stays_one(inner: dict[str, object]):
    page = {"edges": [{"node": {"above": inner}}], "pageInfo": {"hasNextPage": False}}
    assert flat(page) == {"edges": [{"node": {"above": [{"name": "a"}]}}], "pageInfo": {"hasNextPage": False}}


@pytest.mark.parametrize(
    "result",
    [
        {"errors": [{"field": "name", "message": "too long", "code": "INVALID"}]},
        {"results": [{"errors": []}, {"errors": [{"path": "name", "message": "too long", "code": "INVALID"}]}]},
    ],
)
def test_what_a_mutation_finds_fault_with_is_declined(result: dict[str, object]):
    with pytest.raises(Declined, match="name: too long") as caught:
        check(result)
    assert caught.value.cause == "invalid"
