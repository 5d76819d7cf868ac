from collections.abc import Mapping
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from adapters.http import Rejected
from adapters.lists import changed_blocks, in_pages
from adapters.writes import one_by_one
from hub.connector import Document, Write, Written


def documents(ids: set[int]) -> list[Document]:
    return [Document(str(id_), {"id": id_}) for id_ in ids]


@given(st.sets(st.integers(0, 200)), st.sets(st.integers(0, 200)), st.integers(1, 20), st.integers(0, 5))
def test_s17_a_whole_list_that_was_broken_off_goes_on_and_says_complete_at_its_end(
    ids: set[int], gone: set[int], size: int, after: int
):
    shown: set[str] = set()
    since: Mapping[str, Any] | None = None
    for number, page in enumerate(in_pages("products", documents(ids), None, size)):
        shown.update(each.id for each in page.documents)
        since = orjson.loads(orjson.dumps(page.checkpoint))
        if number == after:
            break
    if not page.complete:
        rest = list(in_pages("products", documents(ids - gone), since, size))
        assert [each.complete for each in rest] == [False] * (len(rest) - 1) + [True]
        again = {each.id for page in rest for each in page.documents}
        assert not shown & again
        shown |= again
    assert {str(id_) for id_ in ids - gone} <= shown


def blocks(rows: Mapping[int, str], since: Mapping[str, Any] | None, *, full: bool = False):
    def told(id_: int) -> dict[str, Any]:
        return {"id": id_, "status": rows[id_]}

    for block, before, after in changed_blocks(rows, int, told, since, full=full, size=5):
        yield block, before, orjson.loads(orjson.dumps(after))


@given(
    st.dictionaries(st.integers(0, 60), st.text(max_size=2)), st.dictionaries(st.integers(0, 60), st.text(max_size=2))
)
def test_s12_only_blocks_in_which_something_changed_are_shown(first: dict[int, str], then: dict[int, str]):
    since: Mapping[str, Any] | None = None
    shown: list[int] = []
    for block, before, after in blocks(first, since):
        assert before == (since or {})
        shown += block
        since = after
    assert shown == sorted(first)
    assert list(blocks(first, since)) == []
    news = {id_ for block, _, _ in blocks(first | then, since) for id_ in block}
    changed = {id_ for id_ in then if first.get(id_) != then[id_]}
    assert changed <= news
    assert {id_ // 5 for id_ in news} == {id_ // 5 for id_ in changed}


def test_s17_a_full_pass_over_blocks_goes_on_where_it_was():
    rows = dict.fromkeys(range(23), "new")
    first, *rest = blocks(rows, None, full=True)
    assert [id_ for block, _, _ in blocks(rows, first[2], full=True) for id_ in block] == list(range(5, 23))
    assert rest


def test_s18_one_refusal_does_not_stop_the_others():
    def carry_out(write: Write) -> Written:
        if write.key == "a":
            raise Rejected("upc: taken", status=400, body={"upc": ["taken"]})
        if write.key == "b":
            raise Rejected("no such thing", status=404)
        return Written(write.key, "done", id="1")

    outcomes = list(one_by_one([Write(key, {}, {}) for key in "abc"], carry_out))
    assert [(each.outcome, each.cause) for each in outcomes] == [
        ("refused", "refused-upc"),
        ("gone", "refused"),
        ("done", ""),
    ]
    assert outcomes[0].message == "upc: taken"
