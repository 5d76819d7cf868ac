"""The ways through a described list: by page, as `pages` says, and by change mark, as `changes` says."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, cast
from zlib import crc32

from adapters.asking.answers import Answer, Rejected
from adapters.asking.cursors import by_cursor, since_mark
from adapters.asking.http import exact
from adapters.declared import Way
from adapters.reading import pages as walks
from adapters.reading.lists import changed_blocks
from adapters.rest import dates
from adapters.rest.expressions import line, said
from adapters.rest.lists import Changes, Gone, List, Listed, Marked
from adapters.rest.options import StreamSettings
from adapters.rest.pages import HEADER, Cursors, Link, NextAddress, Numbers, Offsets, Whole
from adapters.rest.records import documents, lasting, names_in, whole, with_buyers
from adapters.rest.session import Row, Said, Session, rows_of, truth
from adapters.rows import Spot
from adapters.writing.bulk import portions
from hub.errors import Refused

SPAN = 4
"""Pages with numbers are asked for so many at once: what is to be shown again costs one of them."""
BLOCKS = 20
PORTION = 100
"""Records of a list that comes whole are taken so many at a time."""
_NEXT = re.compile(r"<([^>]*)>[^,]*;\s*rel=\"?next\"?", re.IGNORECASE)

Walked = Iterable[tuple[Sequence[Row], Spot]]


def everything(listed: List, row: str) -> Way[Session]:
    """Walk through the whole list; `row`: an expression over a record, which tells it from others."""
    if isinstance(listed, Marked) and listed.changes and listed.changes.whole:
        return _detailed(listed, _news(listed, listed.changes))
    return _detailed(listed, lambda session, spot: _walk(session, listed, row, {}, spot))


def changed(listed: Listed) -> Mapping[str, Way[Session]]:
    """Walk through what has changed; none, where nothing tells."""
    if listed.changes is None:
        whole = listed.pages.by == "none" and (listed.details or listed.more)
        return {"compared": _detailed(listed, partial(_compared, listed))} if whole else {}
    return {"changed": _detailed(listed, _news(listed, listed.changes))}


def gone(listed: Listed) -> Mapping[str, Way[Session]]:
    """Walk through what the system says it has no more, in rows with the identity as `id`; none, where it says nothing."""
    feed = listed.gone
    if feed is None:
        return {}

    def identities(session: Session, spot: Spot | None) -> Walked:
        walk = _news(feed, feed.changes) if feed.changes else partial(_walk_all, feed)
        for rows, at in walk(session, spot):
            yield [{"id": each} for row in rows for each in _identities(session, feed, row)], at

    return {"gone": Way(identities, anew=feed.changes is None)}


def _identities(session: Session, feed: Gone, row: Row) -> list[str]:
    found = said(feed.id, row, session.functions())
    several = cast("list[Any]", found) if isinstance(found, list) else [found]
    return [_text(each) for each in several if truth(each)]


def _news(listed: Marked, changes: Changes) -> Callable[[Session, Spot | None], Walked]:
    """Return the walk through what has changed that a list's pages allow."""
    ordered = changes.ordered and isinstance(listed.pages, Offsets | Numbers)
    return partial(_by_mark if ordered else _since, listed, changes)


def _detailed(listed: List, walk: Callable[[Session, Spot | None], Walked]) -> Way[Session]:
    """Return a way whose records are whole, though the list may show only their beginning."""
    if not isinstance(listed, Listed) or not listed.details:
        return Way(walk)
    return Way(lambda session, spot: ((whole(session, listed, rows), at) for rows, at in walk(session, spot)))


def _walk_all(listed: Marked, session: Session, spot: Spot | None) -> Walked:
    return _walk(session, listed, listed.row, {}, spot)


def _walk(session: Session, listed: List, row: str, more: Said, spot: Spot | None) -> Walked:
    if isinstance(listed.pages, Whole):
        return _whole(session, listed, row, more, spot)
    if isinstance(listed.pages, Offsets | Numbers):
        fetch = partial(_offset_page, session, listed, row, more)
        return walks.by_offset(fetch, _span(listed), key=partial(_ident, session, row), since=spot)
    return by_cursor(partial(_cursor_page, session, listed, more), spot)


def _whole(session: Session, listed: List, row: str, more: Said, spot: Spot | None) -> Walked:
    """Walk through a list that comes whole, in the order of its identities; on from where it was left."""
    rows = {_place(_ident(session, row, each)): each for each in _all(session, listed, more)}
    rest = [place for place in sorted(rows) if list(place) > (spot or {}).get("after", [])]
    return (([rows[each] for each in some], {"after": list(some[-1])}) for some in portions(rest, PORTION))


def _all(session: Session, listed: List, more: Said) -> list[Row]:
    """Return a list that comes whole; orders know the buyer as the latest of his orders, by its identity, shows him."""
    rows = _rows(session, listed, _asked(session, listed, more))
    if not isinstance(listed, Listed):
        return rows
    return with_buyers(session, listed, sorted(rows, key=lambda row: _place(_ident(session, listed.row, row))))


def _place(ident: str) -> tuple[int, str]:
    """Return a place in an order in which numbers stand as they count."""
    return len(ident), ident


def _span(listed: List) -> int:
    """Return how many rows are asked for at once."""
    if isinstance(listed.pages, Numbers):
        return SPAN * listed.pages.size
    return listed.pages.size if isinstance(listed.pages, Offsets) else 0


def _offset_page(
    session: Session, listed: List, row: str, more: Said, offset: int, size: int
) -> tuple[list[Row], int | None]:
    """Return rows from an offset on, and how many there are in all."""
    pages = listed.pages
    if isinstance(pages, Numbers):
        return _numbered(session, listed, pages, row, more, offset, size)
    if not isinstance(pages, Offsets):
        raise TypeError(pages)
    answer = _asked(session, listed, {**more, pages.param: offset, **_sized(pages.size_param, size)})
    return _shown(session, listed, pages.total, answer)


def _numbered(
    session: Session, listed: List, pages: Numbers, row: str, more: Said, offset: int, size: int
) -> tuple[list[Row], int | None]:
    """Return the rows of all pages that lie between an offset and its end.

    The last page is asked for first: rows that move up meanwhile are then shown twice, and none is passed over. Each
    counts once, so that the rows are those that lie there as the first page is asked for.
    """
    first, end = offset // pages.size, -(-(offset + size) // pages.size)
    if first == 0:
        rows, total = _number(session, listed, pages, more, 0)
        if len(rows) < pages.size:
            return rows[offset:], total
    found = [_number(session, listed, pages, more, number) for number in reversed(range(first, end))]
    rows = list({_ident(session, row, each): each for some, _ in found for each in reversed(some)}.values())[::-1]
    skipped = offset - first * pages.size
    return rows[skipped : skipped + size], found[-1][1]


def _number(session: Session, listed: List, pages: Numbers, more: Said, number: int) -> tuple[list[Row], int | None]:
    told = {**more, pages.param: pages.first + number, **_sized(pages.size_param, pages.size)}
    try:
        answer = _asked(session, listed, told)
    except Rejected as fault:
        if number == 0 or fault.status != HTTPStatus.NOT_FOUND:
            raise
        return [], None  # some systems have no page behind the last
    return _shown(session, listed, pages.total, answer)


def _cursor_page(session: Session, listed: List, more: Said, cursor: str | None) -> tuple[list[Row], str | None]:
    """Return the rows of a page, and what leads to the next."""
    pages = listed.pages
    told = {**more, **_sized(getattr(pages, "size_param", None), getattr(pages, "size", 0))}
    if isinstance(pages, Link | NextAddress) and cursor:
        answer = session.follow(cursor)
    elif isinstance(pages, Cursors) and cursor:
        answer = _asked(session, listed, {**told, pages.param: cursor})
    else:
        answer = _asked(session, listed, told)
    return _rows(session, listed, answer), _next(session, listed, answer)


def _next(session: Session, listed: List, answer: Answer) -> str | None:
    pages = listed.pages
    if isinstance(pages, Link):
        found = _NEXT.search(answer.header("link") or "")
        return found[1] if found else None
    if isinstance(pages, Cursors) and pages.more and not truth(said(pages.more, answer.body, session.functions())):
        return None
    if isinstance(pages, Cursors | NextAddress):
        following = said(pages.next, answer.body, session.functions())
        if isinstance(pages, Cursors) and pages.more and not truth(following):
            why = f"next ({pages.next}) leads to nothing, though more ({pages.more}) says that a page follows"
            raise Refused(f"{session.name}: {listed.path}: {why}. {names_in(answer.body)}")
        return _text(following) if truth(following) else None
    return None


def _by_mark(listed: Marked, changes: Changes, session: Session, spot: Spot | None) -> Walked:
    def ask(mark: str | None, offset: int, size: int) -> Sequence[Row]:
        return _offset_page(session, listed, listed.row, _later(session, changes, mark), offset, size)[0]

    # One page at a time: of rows of one mark, several requests may each show another order.
    return walks.by_mark(
        ask,
        listed.pages.size if isinstance(listed.pages, Numbers) else _span(listed),
        since=spot,
        key=partial(_ident, session, listed.row),
        mark=partial(_mark, session, listed, changes),
        earlier=_earlier(changes),
        moment=_moment(changes),
    )


def _since(listed: Marked, changes: Changes, session: Session, spot: Spot | None) -> Walked:
    def walk(mark: str | None, within: Spot | None) -> Walked:
        return _walk(session, listed, listed.row, _later(session, changes, mark), within)

    marks = partial(_mark, session, listed, changes)
    return since_mark(walk, mark=marks, moment=_moment(changes), earlier=_earlier(changes), since=spot)


def _compared(listed: Listed, session: Session, spot: Spot | None) -> Walked:
    """Walk through those parts of a whole list in which something is otherwise than before."""
    rows = _all(session, listed, {})
    idents = [_ident(session, listed.row, row) for row in rows]
    decimal = all(ident.isdecimal() for ident in idents)
    numbers = [int(ident) if decimal else crc32(ident.encode()) for ident in idents]
    numbered = [{"id": number, "row": row} for number, row in zip(numbers, rows, strict=True)]
    blocks = changed_blocks(
        numbered, lambda each: lasting(session, listed, each["row"]), spot, BLOCKS if decimal else 2**20
    )
    return (([each["row"] for each in block], after) for block, after in blocks)


def _later(session: Session, changes: Changes, mark: str | None) -> dict[str, Any]:
    """Return what is said to get what bears a mark or a later one, in the order of the marks."""
    if mark is None:
        return dict(changes.params)
    value = int(mark) if changes.form in dates.SECONDS else mark
    return {**changes.params, changes.param: line(changes.value, {"mark": value}, session.functions())}


def _mark(session: Session, listed: Marked, changes: Changes, row: Row) -> str:
    found, where = said(changes.mark, row, session.functions()), f"{session.name}: {listed.path}"
    if not truth(found):
        raise Refused(f"{where}: a record has no {changes.mark}, by which changes are known. {names_in(row)}")
    try:
        dates.moment(_text(found), changes.form, changes.pattern)
    except ValueError as fault:
        raise Refused(f"{where}: {changes.mark}: {fault}; see changes in its table") from fault
    return _text(found)


def _moment(changes: Changes) -> Callable[[str], Any]:
    return partial(dates.moment, form=changes.form, pattern=changes.pattern)


def _earlier(changes: Changes) -> Callable[[str], str]:
    # A second more: marks may be cut to whole ones, or only what is later than the mark be shown.
    by = changes.late + timedelta(seconds=1)
    return lambda mark: dates.earlier(mark, by, changes.form, changes.pattern)


def _asked(session: Session, listed: List, told: Said) -> Answer:
    return session.ask(listed, told, {}, session.functions())


def _rows(session: Session, listed: List, answer: Answer) -> list[Row]:
    found = said(listed.list, answer.body, session.functions())
    if found is None and truth(answer.body):
        why = f"{session.name}: {listed.path}: list ({listed.list}) leads to nothing in the answer"
        raise Refused(
            f"{why}; where it is left out when there are none: {listed.list} || `[]`. {names_in(answer.body)}"
        )
    return rows_of(found, f"{session.name}: {listed.path}")


def look(stream: str, told: StreamSettings, session: Session) -> str:
    """Say what a list shows at first; raises Refused where its records are not as its table says."""
    follows = True
    if isinstance(told.pages, Cursors | NextAddress | Link):
        rows, following = _cursor_page(session, told, {}, None)
        follows = following is not None
    else:
        rows = next((rows for rows, _ in _walk(session, told, told.row, {}, None)), ())
    if rows and told.changes:
        _mark(session, told, told.changes, rows[0])
    if rows and told.each and told.each not in told.more and not any(told.each in row for row in rows):
        raise Refused(f"{session.name}: {told.path}: no record has each ({told.each}). {names_in(rows[0])}")
    if not (told.details or told.more):
        next(documents(session, told, rows[:1], session.functions()), None)
    return f"{len(rows) or 'no'} {stream}{'' if follows or not rows else ' with no page behind them'}"


def _ident(session: Session, row: str, raw: Row) -> str:
    found = said(row, raw, session.functions())
    if not truth(found):
        why = f"{session.name}: a record has no {row}, by which it is told from others"
        raise Refused(f"{why}; say id = ... (or row = ...) in its table. {names_in(raw)}")
    return _text(found)


def _shown(session: Session, listed: List, where: str | None, answer: Answer) -> tuple[list[Row], int | None]:
    """Return the rows of a page, and how many there are in all; a count that is not there would be missed by nobody."""
    rows = _rows(session, listed, answer)
    if where is None:
        return rows, None
    name = where.removeprefix(HEADER)
    found = answer.header(name) if name != where else said(where, answer.body, session.functions())
    if str(found).isdecimal():
        return rows, int(str(found))
    if rows:
        why = f"{session.name}: {listed.path}: total ({where}) leads to no number in the answer"
        raise Refused(f"{why}. {names_in(answer.body)}")
    return rows, None


def _sized(param: str | None, size: int) -> dict[str, int]:
    return {param: size} if param else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else exact(value)
