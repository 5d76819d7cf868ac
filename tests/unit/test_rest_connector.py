"""A described system in each manner of turning pages, saying who one is, and telling what became of a write."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from adapters.rest.connector import RestConnector
from adapters.rest.options import RestOptions
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.connector import Change, Unreadable, Write
from hub.errors import Refused, TryLater
from tests.unit.http_server import Asked, Reply, Server

COUNT, SIZE = 23, 5
FIELDS = {"sku": "sku", "name": "name"}


class Shop:
    """A shop that shows its goods in every manner, each under a path of its own."""

    def __init__(self) -> None:
        self.rows = {n: {"id": n, "sku": f"S{n}", "name": f"Lamp {n}", "at": 1000 + n} for n in range(1, COUNT + 1)}
        self.deleted = list[dict[str, Any]]()
        self.server = Server(self.reply)
        self.after: Callable[[], None] = lambda: None

    def reply(self, _: int, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = json.loads(asked.body) if asked.body else {}
        reply = getattr(self, parts.path.strip("/").split("/")[0])(parts.path, query, body)
        self.after()
        return reply

    def listed(self, query, start, size):
        since = int(query.get("since", 0))
        rows = [row for row in self.rows.values() if row["at"] >= since]
        rows.sort(key=lambda row: row["at"] if "since" in query or query.get("sort") == "at" else row["id"])
        return rows[start : start + size], len(rows)

    def offset(self, _path, query, _body):
        rows, total = self.listed(query, int(query["offset"]), int(query["limit"]))
        return said({"rows": rows, "total": total})

    def page(self, _path, query, _body):
        start = (int(query["page"]) - 1) * int(query["per_page"])
        rows, total = self.listed(query, start, int(query["per_page"]))
        counted: Any = {"X-Total": str(total)}
        return said(rows, **counted) if rows else said({"detail": "Invalid page."}, status=404)

    def cursor(self, _path, query, _body):
        start = int(query.get("cursor", 0))
        rows, total = self.listed(query, start, SIZE)
        return said({"rows": rows, "next": start + SIZE, "more": start + SIZE < total})

    def link(self, _path, query, _body):
        start = int(query.get("start", 0))
        rows, total = self.listed(query, start, SIZE)
        more = f'<{self.server.url}/link?start={start + SIZE}>; rel="next"' if start + SIZE < total else ""
        return said(rows, Link=f'<{self.server.url}/link>; rel="first"' + (f", {more}" if more else ""))

    def next(self, _path, query, _body):
        start = int(query.get("start", 0))
        rows, total = self.listed(query, start, SIZE)
        return said({"rows": rows, "next": f"/next?start={start + SIZE}" if start + SIZE < total else None})

    def none(self, path, query, _body, /):
        ident = path.rpartition("/")[2]
        if ident.isdecimal():
            return said(self.rows[int(ident)]) if int(ident) in self.rows else said({}, status=404)
        return said(list(reversed(self.listed(query, 0, COUNT)[0])))

    def deletions(self, _path, query, _body):
        rows = [row for row in self.deleted if row["gone_at"] >= int(query.get("since", 0))]
        return said(rows[int(query["offset"]) :][: int(query["limit"])])

    def delete(self, number: int, at: int) -> None:
        self.deleted.append({"product": number, "gone_at": at, "parts": [f"{self.rows.pop(number)['id']}"]})

    def graphql(self, _path, _query, body):
        if "broken" in body["query"]:
            return said({"errors": [{"message": "no such field", "extensions": {"code": "BAD_QUERY"}}], "data": None})
        told = body["variables"]
        start = int(told.get("after") or 0)
        rows, total = self.listed({}, start, told["first"])
        info = {"endCursor": str(start + len(rows)), "hasNextPage": start + len(rows) < total}
        return said({"data": {"products": {"nodes": rows, "pageInfo": info}}})

    def bulk(self, _path, _query, body, /):
        if any(item["name"] == "breaks" for item in body):
            return said({"message": "all of it is refused"}, status=422)
        return said([{"error": "no"} if item["name"] == "bad" else {"id": 900 + n} for n, item in enumerate(body)])


def said(body, *, status=200, **headers):
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **headers})


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.server.close()


def opened(shop: Shop, stream: dict, **more) -> RestConnector:
    told = {"url": shop.server.url, "streams": {"products": {"fields": FIELDS, **stream}}, **more}
    return RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())


GRAPHQL = "query ($first: Int!, $after: String) { products(first: $first, after: $after) { nodes { id } } }"
MANNERS = {
    "offset": {
        "path": "offset",
        "list": "rows",
        "pages": {"by": "offset", "size": SIZE, "total": "total"},
        "changes": {"param": "since", "mark": "at", "form": "epoch", "late": "1s"},
    },
    "page": {
        "path": "page",
        "pages": {"by": "page", "size": SIZE, "total": "header:X-Total"},
        "changes": {"param": "since", "mark": "at", "form": "epoch", "late": "1s", "params": {"sort": "at"}},
    },
    "cursor": {
        "path": "cursor",
        "list": "rows",
        "pages": {"by": "cursor", "next": "next", "more": "more"},
        "changes": {"param": "since", "mark": "at", "form": "epoch", "late": "1s"},
    },
    "link": {"path": "link", "pages": {"by": "link"}},
    "next": {"path": "next", "list": "rows", "pages": {"by": "next"}},
    "none": {"path": "none"},
    "graphql": {
        "path": "graphql",
        "query": GRAPHQL,
        "list": "data.products.nodes",
        "pages": {
            "by": "cursor",
            "param": "after",
            "next": "data.products.pageInfo.endCursor",
            "more": "data.products.pageInfo.hasNextPage",
            "size": SIZE,
            "size_param": "first",
        },
    },
}


@pytest.mark.parametrize("manner", MANNERS)
def test_everything_is_shown_once_in_whichever_manner_pages_are_turned(shop: Shop, manner: str):
    pages = list(opened(shop, MANNERS[manner]).read("products", None, full=True))
    ids = [each.id for page in pages for each in page.documents]
    assert sorted(ids, key=int) == [str(n) for n in range(1, COUNT + 1)]
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]


def test_what_a_record_is_known_by_tells_it_from_others_in_the_list_too(shop: Shop):
    for row in shop.rows.values():
        row["code"] = f"C{row.pop('id')}"
    shop.listed = lambda query, start, size: ([*shop.rows.values()][start : start + size], COUNT)
    pages = opened(shop, {**MANNERS["offset"], "id": "code"}).read("products", None, full=True)
    assert len({each.id for page in pages for each in page.documents}) == COUNT


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"id": "nr"}, "a record has no nr, .*; say id = .* It has: id, sku, name, at"),
        ({"changes": {"param": "since", "mark": "moved", "form": "epoch"}}, "a record has no moved, .* It has: id,"),
        ({"path": "none/999", "pages": {"by": "none"}}, "shop answered 404 at none/999$"),
        ({"list": "items"}, r"offset: list \(items\) leads to nothing in the answer; .* It has: rows, total"),
        ({"pages": {"by": "offset", "size": SIZE, "total": "sum"}}, r"total \(sum\) leads to no number .* rows, total"),
    ],
)
def test_a_name_that_the_system_does_not_have_is_said_with_those_that_it_has(shop: Shop, wrong, says):
    connector = opened(shop, {**MANNERS["offset"], **wrong})
    with pytest.raises(Refused, match=says):
        list(connector.read("products", None, full=False))


@pytest.mark.parametrize("manner", MANNERS)
def test_s17_a_scan_goes_on_from_the_checkpoint_of_any_page(shop: Shop, manner: str):
    connector = opened(shop, MANNERS[manner])
    pages = list(connector.read("products", None, full=True))
    for number, page in enumerate(pages[:-1]):
        rest = list(connector.read("products", json.loads(json.dumps(page.checkpoint)), full=True))
        shown = {each.id for part in (pages[: number + 1], rest) for page in part for each in page.documents}
        assert len(shown) == COUNT


@pytest.mark.parametrize("manner", ["offset", "page", "none"])
def test_s25_rows_that_move_up_while_pages_are_turned_are_not_passed_by(shop: Shop, manner: str):
    """Each answer is followed by a deletion at the front."""
    kept = {str(n) for n in range(8, COUNT + 1)}
    doomed = iter(range(1, 8))

    def delete_one() -> None:
        shop.rows.pop(next(doomed, 0), None)

    shop.after = delete_one
    pages = list(opened(shop, MANNERS[manner]).read("products", None, full=True))
    assert kept <= {each.id for page in pages for each in page.documents}


@pytest.mark.parametrize("manner", ["offset", "page", "cursor"])
def test_s13_what_changed_is_read_from_the_mark_and_nothing_is_passed_by(shop: Shop, manner: str):
    connector = opened(shop, MANNERS[manner])
    *_, last = connector.read("products", None, full=False)
    shop.rows[3] |= {"at": 2000, "name": "New"}
    *pages, last = connector.read("products", last.checkpoint, full=False)
    assert "3" in {each.id for page in pages for each in page.documents}
    for _ in range(2):
        *pages, last = connector.read("products", last.checkpoint, full=False)
    assert {each.id for page in pages for each in page.documents} == {"3"}


FEED = {
    "path": "deletions",
    "row": "product",
    "id": "parts",
    "pages": {"by": "offset", "size": SIZE},
    "changes": {"param": "since", "mark": "gone_at", "form": "epoch", "late": "1s"},
}


def test_s15_what_the_system_says_is_gone_is_passed_on_once_it_happens(shop: Shop):
    connector = opened(shop, MANNERS["offset"] | {"gone": FEED})
    for number in range(1, 9):
        shop.delete(number, at=1000 + number)
    *pages, last = connector.read("products", None, full=False)
    assert [id_ for page in pages for id_ in page.gone] == [str(number) for number in range(1, 9)]
    assert not {id_ for page in pages for id_ in page.gone} & {each.id for page in pages for each in page.documents}
    shop.delete(9, at=2000)
    *pages, last = connector.read("products", last.checkpoint, full=False)
    assert "9" in [id_ for page in pages for id_ in page.gone]
    *pages, last = connector.read("products", last.checkpoint, full=False)
    assert [id_ for page in pages for id_ in page.gone] == ["9"]


def test_s15_a_feed_without_marks_is_read_whole_each_time(shop: Shop):
    feed = {name: value for name, value in FEED.items() if name != "changes"}
    connector = opened(shop, MANNERS["offset"] | {"gone": feed})
    shop.delete(3, at=1)
    for _ in range(2):
        *pages, last = connector.read("products", None, full=False)
        assert [id_ for page in pages for id_ in page.gone] == ["3"]
        assert "gone" not in last.checkpoint


def test_a_full_scan_needs_no_feed_of_what_is_gone(shop: Shop):
    shop.delete(3, at=1)
    pages = list(opened(shop, MANNERS["offset"] | {"gone": FEED}).read("products", None, full=True))
    assert pages[-1].complete
    assert not any(page.gone for page in pages)


def test_what_is_gone_is_not_fetched(shop: Shop):
    connector = opened(shop, MANNERS["none"])
    assert [each.id for each in connector.fetch("products", ["3", "99", "5"])] == ["3", "5"]


def test_a_query_that_the_system_does_not_understand_is_refused_in_its_words(shop: Shop):
    with pytest.raises(Refused, match="no such field"):
        list(opened(shop, MANNERS["graphql"] | {"query": "query { broken }"}).read("products", None, full=True))


def test_a_list_that_does_not_lead_to_records_says_where(shop: Shop):
    with pytest.raises(Refused, match="offset: list does not lead to a list of records"):
        list(opened(shop, MANNERS["offset"] | {"list": "total"}).read("products", None, full=True))


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "basic", "user": "env:K"}, "authorization", "Basic c2VjcmV0LWtleTo="),
        ({"type": "bearer", "token": "env:K"}, "authorization", "Bearer secret-key"),
        ({"type": "bearer", "token": "env:K", "prefix": "token "}, "authorization", "token secret-key"),
        ({"type": "api-key", "key": "env:K", "name": "X-Shop"}, "x-shop", "secret-key"),
        ({"type": "api-key", "key": "env:K", "name": "k", "where": "query"}, "", "k=secret-key"),
        ({"type": "oauth1", "key": "env:K", "secret": "env:K"}, "authorization", 'oauth_consumer_key="secret-key"'),
    ],
)
def test_the_key_goes_where_the_system_looks_for_it(shop: Shop, monkeypatch, auth, header, value):
    monkeypatch.setenv("K", "secret-key")
    assert opened(shop, MANNERS["none"], auth=auth).check()[0].good
    asked = shop.server.asked[0]
    assert value in (asked.headers[header] if header else asked.path)


def test_a_secret_that_the_system_repeats_is_not_shown(shop: Shop, monkeypatch):
    monkeypatch.setenv("K", "secret-key")
    shop.none = lambda *_: said({"message": "the key secret-key has ended"}, status=401)
    auth = {"type": "api-key", "key": "env:K", "name": "k", "where": "query"}
    (finding,) = opened(shop, MANNERS["none"], auth=auth).check()
    assert (finding.good, "secret-key" in finding.message) == (False, False)


# Writing

BULK = {
    "body": {"name": "name"},
    "create": {"path": "bulk", "bulk": 10, "outcomes": "@", "error": "answer.error", "id": "answer.id"},
    "find": [{"value": "sku", "field": "sku"}],
}


def written(shop: Shop, *names: str):
    connector = opened(shop, MANNERS["none"] | {"write": BULK | {"create": BULK["create"] | {"body": {"sku": "sku"}}}})
    fields = [{"sku": f"T{n}", "name": name} for n, name in enumerate(names)]
    return {each.key: each for each in connector.write("products", [Write(one["sku"], one, one) for one in fields])}


def test_s18_each_outcome_of_many_is_told_apart(shop: Shop):
    done = written(shop, "good", "bad", "fine")
    assert [(each.outcome, each.id) for each in done.values()] == [("done", "900"), ("refused", None), ("done", "902")]
    assert done["T1"].message == "no"


def test_s18_of_many_that_are_refused_as_one_it_is_found_by_halves(shop: Shop):
    done = written(shop, "good", "breaks", "fine", "bad")
    assert [done[f"T{n}"].outcome for n in range(4)] == ["done", "refused", "done", "refused"]
    assert "all of it is refused" in done["T1"].message


def test_s06_an_answer_that_says_nothing_of_some_leaves_them_unknown(shop: Shop):
    shop.bulk = lambda *_: said([{"id": 1}])
    assert [each.outcome for each in written(shop, "one", "two").values()] == ["done", "unknown"]


def test_a_change_says_only_what_has_changed(shop: Shop):
    shop.none = lambda *_: said({"id": 3})
    write = {"body": {"title": "name", "texts.long": "description"}, "update": {"method": "PATCH", "path": "none/{id}"}}
    connector = opened(shop, MANNERS["none"] | {"write": write})
    record = {"sku": "S3", "name": "New", "description": "Long"}
    (done,) = connector.write("products", [Write("S3", {"description": None}, record, id="3")])
    assert (done.outcome, done.id) == ("done", "3")
    assert json.loads(shop.server.asked[-1].body) == {"texts": {"long": None}}
    assert connector.streams["products"].writes == {"name", "description"}


STATES = [
    {"method": "PATCH", "path": "none/{id}", "body": {"live": "active"}},
    {"path": "none/{id}/names", "body": {"code": "sku", "text": "name", "sort": "category"}, "tells": ["name"]},
]


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"active": False}, ["PATCH /none/3"]),
        ({"name": "New"}, ["GET /none/3", "POST /none/3/names"]),
        ({"name": "New", "active": True}, ["PATCH /none/3", "GET /none/3", "POST /none/3/names"]),
        ({"name": "Lamp 3"}, ["GET /none/3"]),  # the record shows it already, and a POST must not come twice
        ({"category": "Lamps"}, []),
    ],
)
def test_of_several_requests_those_are_made_that_tell_what_has_changed(shop: Shop, changed, asked):
    shop.none = lambda *_: said({"id": 3, "sku": "S3", "name": "Lamp 3"})
    connector = opened(shop, MANNERS["none"] | {"write": {"update": STATES}})
    record = {"sku": "S3", "name": "New", "category": "Lamps", "active": True}
    (done,) = connector.write("products", [Write("S3", changed, record | changed, id="3")])
    assert [f"{each.method} {each.path}" for each in shop.server.asked] == asked
    assert (done.outcome, done.cause) == (("done", "") if asked else ("refused", "no-update"))
    assert connector.streams["products"].writes == {"name", "active"}


def test_a_second_key_goes_into_a_header_and_is_not_shown(shop: Shop, monkeypatch):
    monkeypatch.setenv("PARTNER", "part-ner-9")
    shop.none = lambda *_: said({"message": "part-ner-9 is not known"}, status=403)
    connector = opened(shop, MANNERS["none"], headers={"X-Partner": "env:PARTNER", "X-Plain": "p"})
    (finding,) = connector.check()
    assert shop.server.asked[-1].headers["x-partner"] == "part-ner-9"
    assert "*** is not known" in finding.message
    assert "part-ner-9" not in finding.message


def test_a_secret_in_a_header_is_a_reference():
    told = {"url": "https://x.example", "headers": {"X-Api-Key": "abc"}, "streams": {"products": {"fields": FIELDS}}}
    with pytest.raises(ValidationError, match="a secret must not stand in this file"):
        RestOptions.model_validate(told)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"changes": {"param": "since", "mark": "moved"}}, "shop: offset: a record has no moved"),
        ({"changes": {"param": "since", "mark": "name"}}, "shop: offset: name: .* is not a time"),
        (
            {"id": "number", "row": "id"},
            r"shop: offset: id \(number\) does not say what a record is known by. It has: id",
        ),
        ({"each": "variants"}, r"no record has each \(variants\). It has: id, sku"),
    ],
)
def test_a_check_looks_at_every_list_and_at_its_marks(shop: Shop, wrong, says):
    good = opened(shop, MANNERS["offset"])
    assert good.check()[0].message == f"answers, and shows at first {SIZE} products"
    bad = {**MANNERS["offset"], "fields": FIELDS, "entity": "products", **wrong}
    told = {"url": shop.server.url, "streams": {"products": {"fields": FIELDS, **MANNERS["none"]}, "others": bad}}
    connector = RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())
    (finding,) = connector.check()
    assert not finding.good
    assert re.search(says, finding.message)


def test_a_check_says_where_no_page_follows(shop: Shop):
    manner = {**MANNERS["cursor"], "fields": FIELDS}
    ends = {**manner, "entity": "products", "pages": {"by": "cursor", "next": "meta.nxt"}}
    told = {"products": manner, "others": ends}
    options = RestOptions.model_validate({"url": shop.server.url, "streams": told})
    (finding,) = RestConnector("shop", options, SystemClock(), MemoryVault()).check()
    assert finding.message == f"answers, and shows at first {SIZE} products, {SIZE} others with no page behind them"


def test_a_page_that_is_said_to_follow_and_is_not_named_is_no_end(shop: Shop):
    pages = {**MANNERS["cursor"]["pages"], "next": "meta.nxt"}
    connector = opened(shop, {**MANNERS["cursor"], "pages": pages})
    with pytest.raises(Refused, match=r"cursor: next \(meta.nxt\) leads to nothing, though more \(more\) says"):
        list(connector.read("products", None, full=True))


def test_what_a_system_says_with_status_200_is_said_with_its_name(shop: Shop):
    shop.none = lambda *_: said({"ok": False, "error": {"text": "bad token"}})
    told = {"products": {**MANNERS["none"], "fields": FIELDS}}
    options = RestOptions.model_validate({"url": shop.server.url, "error": "error.text", "streams": told})
    (finding,) = RestConnector("shop", options, SystemClock(), MemoryVault()).check()
    assert finding.message == "shop says: bad token"


@pytest.mark.parametrize(("list_", "cause"), [("nothing", "missing-key"), ("[sku]", "wrong-type")])
def test_a_key_without_a_text_waits_with_its_name(shop: Shop, list_, cause):
    fields = {"sku": "sku", "list": list_, "currency": "'EUR'"}
    told = {"url": shop.server.url, "streams": {"prices": {"fields": fields, **MANNERS["none"]}}}
    connector = RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())
    (document, *_), *_ = [page.documents for page in connector.read("prices", None, full=True)]
    unread = connector.translate("prices", document)
    assert isinstance(unread, Unreadable)
    assert unread.cause == cause
    assert unread.message.startswith("list")


def test_a_buyer_without_an_identity_is_told_by_its_place(shop: Shop):
    orders = {"fields": {"number": "sku"}, "buyers": {"document": "{email: sku}"}, **MANNERS["none"]}
    told = {"url": shop.server.url, "streams": {"orders": orders, "parties": {"path": "none"}}}
    connector = RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())
    with pytest.raises(Refused, match=r"buyers: id \(id\)"):
        list(connector.read("orders", None, full=True))


def test_what_is_looked_for_must_have_exactly_that_value(shop: Shop):
    connector = opened(shop, MANNERS["none"] | {"write": BULK})
    wanted = [Write(sku, {}, {"sku": sku}) for sku in ("S2", "S99")]
    assert connector.find("products", wanted) == {"S2": ["2"], "S99": ()}


def test_a_document_that_cannot_be_mapped_waits_with_its_field(shop: Shop):
    connector = opened(shop, MANNERS["none"] | {"fields": FIELDS | {"name": "join(' ', name)"}})
    (document,) = connector.fetch("products", ["3"])
    told = connector.translate("products", document)
    assert isinstance(told, Unreadable)
    assert (told.cause, told.place.column) == ("not-mapped", "name")
    good = opened(shop, MANNERS["none"]).translate("products", document)
    assert isinstance(good, Change)
    assert good.fields == {"sku": "S3", "name": "Lamp 3"}


def test_a_system_that_is_away_is_tried_later(shop: Shop):
    told = {"url": "http://127.0.0.1:9", "timeout": "1s", "streams": {"products": {"fields": FIELDS}}}
    connector = RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())
    with pytest.raises(TryLater):
        list(connector.read("products", None, full=True))


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        ({"fields": {"name": "name"}}, "sku is missing"),
        ({"fields": FIELDS | {"colour": "c"}}, 'products have no field "colour"'),
        ({"fields": FIELDS | {"name": "nam("}}, "is not complete"),
        ({"fields": FIELDS | {"active": True}}, "a constant is written in quotes within the quotes"),
        ({"entity": "prodcts"}, 'did you mean "products"'),
        ({"write": {"create": {"path": "x", "id": "answer.id"}}}, "a lost answer would double it"),
        ({"write": {"create": {"path": "x"}, "find": [{"value": "sku", "field": "sku"}]}}, "needs id"),
        ({"path": "a/{id"}, "a brace without its other"),
        ({"of": "orders"}, 'there is no stream "orders" with buyers'),
        ({"buyers": {"document": "x"}}, 'there is no stream "parties"'),
        ({"changes": {"param": "s", "mark": "at", "form": "epoc"}}, 'did you mean "epoch"'),
        ({"gone": {"path": "deleted"}}, "without changes everything is read each time"),
        ({"pages": {"by": "offset", "total": "a..b"}}, "cannot be understood"),
        ({"fields": FIELDS | {"name": "date(at, 'epoc')"}}, 'did you mean "epoch"'),
        (
            {"fields": FIELDS | {"name": "lookup('colous', c)"}},
            'no table "colous" to look into; did you mean "colours"',
        ),
        ({"fields": FIELDS | {"name": "lookup('groups', g)"}}, "more.X = "),
        ({"more": {"x": {"value": "lookup('products', g)"}}}, 'there is no table "products" to look into'),
        ({"write": {"body": {"title": "nmae"}}}, 'is made of no field of products; did you mean "name"'),
        ({"write": {"update": {"body": {"a": "name"}, "tells": ["nmae"]}}}, 'no field "nmae"; did you mean "name"'),
        ({"write": {"update": [{"bulk": 2}, {"path": "x"}]}}, "none can carry many records at once"),
    ],
)
def test_a_mistake_is_refused_in_words(stream, says):
    tables = {"words": {"colours": {"r": "red"}}, "tables": {"groups": {"path": "groups"}}}
    told = {"url": "https://x.example", "streams": {"products": {"fields": FIELDS, **stream}}, **tables}
    with pytest.raises(ValidationError) as caught:
        RestOptions.model_validate(told)
    assert says in str(caught.value)


def test_what_is_not_known_of_a_new_record_is_not_said(shop: Shop):
    shop.none = lambda *_: said({"id": 3})
    body = {"title": "name", "status": "active && 'live' || 'draft'"}
    create = {"path": "none", "id": "answer.id", "body": {"code": "sku", "kind": "'goods'"}}
    write = {"body": body, "create": create, "find": BULK["find"]}
    connector = opened(shop, MANNERS["none"] | {"write": write})
    (done,) = connector.write("products", [Write("S3", {"name": "New"}, {"sku": "S3", "name": "New"})])
    assert done.id == "3"
    assert json.loads(shop.server.asked[-1].body) == {"title": "New", "code": "S3", "kind": "goods"}


def test_a_price_is_put_at_its_product_and_one_without_is_gone(shop: Shop):
    shop.none = lambda *_: said({"ok": True})
    put = {"path": "none/{lookup('products', sku)}/price", "id": "joined('|', [lookup('products', sku), currency])"}
    prices = {
        "path": "none",
        "fields": {"sku": "sku", "list": "'web'", "currency": "cur", "amount": "money(price)"},
        "write": {"body": {"price": "to_number(amount)", "cur": "currency"}, "put": put},
    }
    told = {"url": shop.server.url, "streams": {"prices": prices}}
    connector = RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())
    record = {"sku": "S1", "list": "web", "currency": "EUR", "amount": "9.50"}
    linked = Write("S1|web|EUR", {"amount": "9.50"}, record, links={"products": {"S1": "77"}})
    done, gone = connector.write("prices", [linked, Write("S2|web|EUR", {"amount": "1.00"}, record | {"sku": "S2"})])
    assert (done.outcome, done.id, gone.outcome) == ("done", "77|EUR", "gone")
    assert shop.server.asked[-1].path == "/none/77/price"
    assert json.loads(shop.server.asked[-1].body) == {"price": 9.5, "cur": "EUR"}
    assert (connector.streams["prices"].create, connector.streams["prices"].writes) == ("put", {"amount"})
