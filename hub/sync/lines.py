"""Which of our products the lines of a system's documents name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.store import Tx, bindings, records
from hub.store.bindings import Binding
from hub.sync.system import Flow
from hub.sync.understanding import Understood

SOLD = "products"
Line = Mapping[str, Any]
_CALLED = ("sku", "name")
"""What a line calls its product."""


def by_our_products(tx: Tx, flow: Flow, said: Sequence[Understood]) -> Sequence[Understood]:
    """Put our SKUs in the place of those by which the system knows products that have others by now."""
    skus = {line["sku"] for each in said for line in _lines(each) if line.get("sku")}
    ours = bindings.called(tx, flow.system.name, SOLD, skus)
    if not ours:
        return said

    def named(line: Line) -> Line:
        return {**line, "sku": ours[line["sku"]]} if line.get("sku") in ours else line

    return [_with(each, [named(line) for line in _lines(each)]) for each in said]


def as_they_were(tx: Tx, flow: Flow, said: Sequence[Understood], bound: Mapping[str, Binding]) -> Sequence[Understood]:
    """Let lines that are the same but for a SKU, which names no product of ours, be of the product that they were of.

    Systems show what was sold as it is now: without a SKU once it was deleted there, or under one that it was given
    after its stream was read last. That is no change of the order.
    """
    if "lines" not in flow.entity.fields:
        return said
    doubtful = {each.document.id: [*_doubtful(each, bound.get(each.document.id))] for each in said}
    skus = {line["sku"] for pairs in doubtful.values() for line, _ in pairs if line.get("sku")}
    known = records.by_keys(tx, SOLD, skus) if skus else {}

    def kept(each: Understood) -> Understood:
        pairs = doubtful[each.document.id]
        before = {line["id"]: was for line, was in pairs if line.get("sku") not in known}
        return _with(each, [before.get(line["id"], line) for line in _lines(each)]) if before else each

    return [kept(each) for each in said]


def _doubtful(said: Understood, bound: Binding | None) -> Iterator[tuple[Line, Line]]:
    """Yield lines that differ from what they were in what they call their product, with what they were."""
    before = {line["id"]: line for line in (bound.seen.get("lines") or () if bound else ())}
    for line in _lines(said) if before else ():
        was = before.get(line["id"])
        if was and was.get("sku") and was["sku"] != line.get("sku") and _is_same(line, was):
            yield line, was


def _is_same(line: Line, was: Line) -> bool:
    """Tell whether two lines agree in all but the SKU; and, where there is none any more, the name."""
    apart = _CALLED if not line.get("sku") else _CALLED[:1]
    return all(line.get(name) == was.get(name) for name in {*line, *was} - {*apart})


def _lines(said: Understood) -> Sequence[Line]:
    return said.fields.get("lines") or ()


def _with(said: Understood, told: Sequence[Line]) -> Understood:
    """Return a document with other lines."""
    return said._replace(fields={**said.fields, "lines": told}) if told else said
