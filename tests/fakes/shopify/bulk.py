"""Bulk operations (usage: perform bulk operations with the GraphQL Admin API): a query's answer as lines, by address."""

import json
import re
from typing import TYPE_CHECKING

from graphql import execute_sync, parse, validate

from tests.fakes.server import Asked, Reply
from tests.fakes.shopify.asking import Info, Row, said
from tests.fakes.shopify.schema import SCHEMA

if TYPE_CHECKING:
    from tests.fakes.shopify.shop import Shopify

AT_ONCE = 5
WORK = ("CREATED", "RUNNING", "COMPLETED")


def run(shop: "Shopify", _info: Info, query: str, groupObjects: bool) -> Row:  # noqa: N803
    """Mutation "bulkOperationRunQuery": no variables, connections by their edges, at most five of them."""
    if "$" in query or "nodes{" in query:
        return said("Bulk queries take no variables, and their connections edges.", "query", code="INVALID_QUERY")
    if not 0 < query.count("edges{") <= AT_ONCE:
        return said("Bulk queries must contain at least one connection, and five at most.", "query", code="INVALID")
    if sum(each["turn"] < 2 for each in shop.bulks) >= AT_ONCE:
        message = "A bulk query operation for this app and shop is already in progress"
        return said(message, "query", code="OPERATION_IN_PROGRESS")
    document = parse(_by_nodes(query))
    if errors := validate(SCHEMA, document):
        return said(f"Invalid bulk query: {errors[0].message}", "query", code="INVALID_QUERY")
    told = execute_sync(SCHEMA, document, shop.root())
    assert told.data, told.errors
    assert groupObjects, "children come anywhere behind their parents otherwise"
    (listed,) = told.data.values()
    lines = [line for row in listed["nodes"] for line in _lines(row)]
    shop.bulks.append({"lines": lines, "turn": 0})
    return {"bulkOperation": shown(shop, len(shop.bulks)), "userErrors": []}


def _by_nodes(query: str) -> str:
    """Return the query as it is asked page by page; how long lists within records are, a bulk operation does not heed."""
    query = re.sub(r"\b(products|media|variants)\b(\([^)]*\))?\{", r"\1(first:250){", query)
    out, depth, open_at, at = "", 0, list[int](), 0
    while at < len(query):
        if query.startswith("edges{node{", at):
            out, depth, at = out + "nodes{", depth + 2, at + len("edges{node{")
            open_at.append(depth)
            continue
        char = query[at]
        if char == "}" and open_at and depth == open_at[-1]:
            open_at.pop()
            depth -= 1  # that of the node goes with that of the edges
        else:
            out += char
            depth += {"{": 1, "}": -1}.get(char, 0)
        at += 1
    return out


def _lines(row: Row) -> list[Row]:
    """Return a record without its lists, and behind it what stands in them."""
    lists = {name: value["nodes"] for name, value in row.items() if isinstance(value, dict) and "nodes" in value}
    own = {name: value for name, value in row.items() if name not in lists}
    return [own, *({**each, "__parentId": row["id"]} for rows in lists.values() for each in rows)]


def shown(shop: "Shopify", id_: int) -> Row:
    """Object "BulkOperation": each look finds it a step further; of one that failed only a part can be had."""
    kept = shop.bulks[id_ - 1]
    status = WORK[min(kept["turn"], 2)]
    kept["turn"] += 1
    status = shop.bulk_fate if status == "COMPLETED" else status
    address = f"{shop.server.url}/bulk/{id_}.jsonl"
    told = {"__typename": "BulkOperation", "id": f"gid://shopify/BulkOperation/{id_}", "status": status}
    told |= {"objectCount": str(len(kept["lines"])), "errorCode": "TIMEOUT" if status == "FAILED" else None}
    return told | {
        "url": address if status == "COMPLETED" else None,
        "partialDataUrl": address if status == "FAILED" else None,
    }


def download(shop: "Shopify", asked: Asked, id_: str) -> Reply:
    """Give the lines."""
    assert "x-shopify-access-token" not in asked.headers, "the storage is not the shop's"
    lines = shop.bulks[int(id_.removesuffix(".jsonl")) - 1]["lines"]
    return Reply(200, b"".join(json.dumps(each).encode() + b"\n" for each in lines), {"content-type": "text/plain"})
