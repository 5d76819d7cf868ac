"""What is asked for over GraphQL, made of paths."""

from adapters.asking.graphql import selection


def test_paths_become_nested_fields_each_asked_for_once():
    assert selection("id lines.sku code:number lines.variant.name id") == "id lines{sku variant{name}} code:number"


def test_a_field_that_is_asked_for_itself_and_below_is_asked_for_below():
    assert selection("options options.name") == "options{name}"


def test_fields_have_their_arguments_wherever_they_are():
    told = selection("orders.lines.id", {"lines": "(first:10)"})
    assert told == "orders{lines(first:10){id}}"
