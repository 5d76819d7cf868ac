"""How GraphQL says a list: a connection, whose rows are its edges' nodes, or its nodes. Pure.

Page "GraphQL Cursor Connections Specification".
"""

from typing import Any, cast

from adapters.rows import Row

PAGE = "pageInfo{hasNextPage endCursor}"
"""What is asked for of a list that goes on."""


def nodes(connection: Any) -> list[Row]:
    """Return the rows of a connection."""
    return connection["nodes"] if "nodes" in connection else [edge["node"] for edge in connection["edges"]]


def page_of(connection: Any) -> tuple[list[Row], str | None]:
    """Return the rows of a page, and the cursor behind them, none on the last page."""
    page = connection["pageInfo"]
    return nodes(connection), page["endCursor"] if page["hasNextPage"] else None


def flat(value: Any) -> Any:
    """Return JSON in which a list within a record is a list, and not the connection it came in; one with `PAGE` stays."""
    if isinstance(value, list):
        return [flat(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    table = cast("dict[str, Any]", value)
    if "pageInfo" not in table and ("nodes" in table or "edges" in table):
        return flat(nodes(table))
    return {name: flat(part) for name, part in table.items()}


def type_of(name: str) -> str:
    """Return the type of a list's rows: `Order` of `orders`."""
    return name[0].upper() + name[1:-1]
