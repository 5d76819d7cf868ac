"""Expressions (JMESPath) by which a record is chosen, or told: checked when the file is read, compiled once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import IncompleteExpressionError, JMESPathError, ParseError
from jmespath.functions import Functions
from jmespath.lexer import Lexer
from jmespath.parser import ParsedResult
from pydantic import AfterValidator

from hub.config.faults import guess_or_list, refuse, show

LONGEST = 2_000
_EXAMPLE = "an expression looks like \"contains(tags, 'web')\""
_MOST_COMPILED = 1024
_STEPS = frozenset(
    {"subexpression", "index_expression", "flatten", "projection", "filter_projection", "value_projection"}
)
"""From what is found on to something within it."""
_COMPARES = frozenset({"eq", "ne", "lt", "lte", "gt", "gte"})


def found(expression: str, data: Any, functions: Functions) -> Any:
    """Return what an expression says of data; raises ValueError where a function is handed what it does not take."""
    return compiled(expression).search(data, options=jmespath.Options(custom_functions=functions))


def holds(expression: str, fields: Mapping[str, Any]) -> bool:
    """Tell whether an expression holds for a record's fields.

    False, null and what is empty do not hold. A function that is handed a field without a value, or of another type,
    does not hold either: `contains(tags, 'web')` of a product without tags.
    """
    try:
        found = compiled(expression).search(fields)
    except ValueError:  # JMESPath's own errors are; and a slice by steps of zero
        return False
    return found is not None and found is not False and found not in ("", [], {})


@lru_cache(_MOST_COMPILED)
def compiled(expression: str) -> ParsedResult:
    """Return an expression ready for use; raises JMESPathError where it cannot be read."""
    return jmespath.compile(expression)


def constants(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names whose expression says the same of every record, with what that is: `"'PLN'"` says PLN."""
    parsed = {name: compiled(each).parsed for name, each in fields.items() if isinstance(each, str)}
    return {name: node["value"] for name, node in parsed.items() if node["type"] == "literal"}


def expressions(functions: type[Functions] = Functions, *, of_records: bool = False) -> AfterValidator:
    """Return the check of expressions that may call these functions; `of_records`: over our own, whose numbers are text."""

    def check(value: str) -> str:
        return _check_expression(value, functions.FUNCTION_TABLE, of_records=of_records)

    return AfterValidator(check)


def _check_expression(value: str, known: Mapping[str, Mapping[str, Any]], *, of_records: bool) -> str:
    if len(value) > LONGEST:
        refuse(f"{len(value):,} characters are more than the {LONGEST:,} of an expression")
    if not value.strip():
        refuse(f"it is empty; {_EXAMPLE}")
    try:
        _check_functions(compiled(value).parsed, known)
        _check_comparisons(compiled(value).parsed, of_records=of_records)
        _check_nots(compiled(value).parsed)
        _check_quotes(value)
    except IncompleteExpressionError:
        refuse(f"{show(value)} is not complete: something is missing at its end")
    except ParseError as error:
        refuse(_unreadable(value, error.lex_position))
    except JMESPathError as error:
        refuse(f"{show(value)} is not an expression: {error}")
    except RecursionError:
        refuse(f"{show(value)} has too many parentheses within one another")
    return value


def _unreadable(value: str, position: int) -> str:
    if value[position : position + 1] == "=":
        mend = '; "equal" is written =='
    elif value[position : position + 1] in {"'", '"', "`"}:
        mend = "; the quotation mark there is not closed, or does not belong there"
    else:
        mend = f"; {_EXAMPLE}"
    return f"{show(value)} cannot be understood from character {position + 1} on: {show(value[position:])}{mend}"


def below(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the parts of a parsed expression's node that are nodes: those of a slice are its numbers."""
    return [child for child in node["children"] if isinstance(child, Mapping)]


def _check_functions(node: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse functions that there are not: they would be noticed only when a record comes that far."""
    if node["type"] == "function_expression":
        _check_call(node["value"], len(node["children"]), known)
    for child in below(node):
        _check_functions(child, known)


def _check_call(name: str, given: int, known: Mapping[str, Mapping[str, Any]]) -> None:
    if name not in known:
        refuse(f"there is no function {show(name)}{guess_or_list(name, sorted(known))}")
    wanted: Sequence[Mapping[str, Any]] = known[name]["signature"]
    more = bool(wanted) and wanted[-1].get("variadic", False)
    if given < len(wanted) or (given > len(wanted) and not more):
        refuse(f"the function {name} takes {len(wanted)}{' or more' if more else ''}, but is given {given}")


def _check_comparisons(node: Mapping[str, Any], *, of_records: bool) -> None:
    """Refuse comparisons that can never hold: JMESPath orders numbers only ("Ordering Operators"), without a word."""
    for child in below(node):
        _check_comparisons(child, of_records=of_records)
    if node["type"] != "comparator":
        return
    ordering = node["value"] not in ("eq", "ne")
    literals = [each["value"] for each in node["children"] if each["type"] == "literal"]
    numbers = [each for each in literals if isinstance(each, int | float) and not isinstance(each, bool)]
    if ordering and len(numbers) < len(literals):
        refuse(f"{show(str(literals[0]))} is no number, and only numbers are more or less; one is written `30`")
    names = [each["children"][-1] if each["type"] == "subexpression" else each for each in node["children"]]
    fields = [each["value"] for each in names if each["type"] == "field"]
    if of_records and fields and (ordering or numbers):
        refuse(f"{fields[0]} is text, as all numbers of records are, and is compared as one by to_number({fields[0]})")


def _check_nots(node: Mapping[str, Any]) -> None:
    """Refuse `!a.b`, which JMESPath reads as `(!a).b`, and which says nothing then."""
    for child in below(node):
        _check_nots(child)
    first = next(iter(below(node)), node)
    if node["type"] in _STEPS and first["type"] == "not_expression":
        name = first["children"][0].get("value") or "a"
        refuse(f"!{name}. ... is read as (!{name}). ..., which is nothing; write !({name}. ...)")


def _check_quotes(value: str) -> None:
    """Refuse a word in double quotes behind a comparison: to JMESPath it is the name of a field."""
    for sign, token in pairwise(Lexer().tokenize(value)):
        if sign["type"] in _COMPARES and token["type"] == "quoted_identifier" and token["value"].isidentifier():
            refuse(
                f"\"{token['value']}\" in double quotes is the name of a field; a text is written '{token['value']}'"
            )


Expression = Annotated[str, expressions(of_records=True)]
"""A JMESPath expression that can be read. Numbers are text in records: `to_number(weight) > `30``."""
