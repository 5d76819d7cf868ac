"""How the plan of a system with records of its own is told on a terminal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hub.cli import show, words
from hub.cli.values import in_line, quoted
from hub.store.history import Conflict
from hub.sync.ownership import owner_of
from hub.sync.planned import Action, StreamPlan, SystemPlan

EXAMPLES = 5
"""Of each outcome."""
FIELDS = 4
"""Of a record that is new."""
SIGNS = {
    "created": "+",
    "new": "+",
    "told": "~",
    "update": "~",
    "found": "=",
    "conflict": "!",
    "removed": "-",
    "deleted": "-",
    "gone": "-",
    "skipped": ".",
}
OUT = {"created": "new", "told": "changed", "found": "found there", "removed": "taken away"}
IN = {"new": "new", "update": "changed", "conflict": "conflict", "deleted": "deleted", "gone": "gone there"}
Row = tuple[str, str, str, str, str]


def overview(plan: SystemPlan, title: str) -> list[str]:
    """Return the counts, what goes out beside what comes in."""
    system = plan.system
    going = _block(plan.streams, "out", OUT)
    coming = _block(plan.streams, "in", IN)
    left = [f"{system} ({title}) would get", *going] if going else []
    right = [f"from {system} would come", *coming] if coming else []
    if not (left and right):
        return [f"  {line}" for line in left or right]
    width = max(map(len, left)) + 4
    if width + max(map(len, right)) + 2 > show.people().width:
        return [f"  {line}" for line in (*left, *right)]
    lines = max(len(left), len(right))
    pairs = zip(left + [""] * (lines - len(left)), right + [""] * (lines - len(right)), strict=True)
    return [f"  {one:<{width}}{other}".rstrip() for one, other in pairs]


def _block(streams: Sequence[StreamPlan], direction: str, names: Mapping[str, str]) -> list[str]:
    counts: dict[str, Counter[str]] = {}
    for each in streams:
        for action in each.actions:
            if action.direction == direction:
                counts.setdefault(action.entity, Counter())[action.outcome] += 1
    width = max((len(entity) for entity in counts), default=0)
    order = [*names, "waits", "quarantined", "skipped"]
    return [
        f"{entity:<{width}}   "
        + "   ".join(f"{found[each]:,} {names.get(each, each)}" for each in order if found[each])
        for entity, found in counts.items()
    ]


def examples(plan: SystemPlan, owners: Mapping[str, str], *, everything: bool) -> list[tuple[str, list[Row]]]:
    """Return what would become of some records, or of all: a heading, and rows of sign, record, field, value, remark."""
    parts: list[tuple[str, list[Row]]] = []
    for direction, word in (("out", "to"), ("in", "from")):
        chosen = _some([each for each in plan.actions if each.direction == direction], None if everything else EXAMPLES)
        rows = [row for each in chosen for row in _rows(each, plan.system, owners, everything=everything)]
        if rows:
            parts.append((f"{word} {plan.system}", rows))
    return parts


def _some(actions: Iterable[Action], most: int | None) -> list[Action]:
    """Return the first of each outcome; what is only skipped is no example."""
    if most is None:
        return list(actions)
    seen: Counter[tuple[str, str]] = Counter()
    chosen: list[Action] = []
    for each in actions:
        seen[each.entity, each.outcome] += 1
        if seen[each.entity, each.outcome] <= most and each.outcome != "skipped":
            chosen.append(each)
    return chosen


def _rows(action: Action, system: str, owners: Mapping[str, str], *, everything: bool) -> list[Row]:
    sign = SIGNS.get(action.outcome, "?")
    record = f"{words.one_of(action.entity)} {action.key}".strip()
    told = _told(action, system, owners, everything=everything)
    return [
        (f"  {sign}" if number == 0 else "", record if number == 0 else "", *each) for number, each in enumerate(told)
    ]


def _told(action: Action, system: str, owners: Mapping[str, str], *, everything: bool) -> list[tuple[str, str, str]]:
    if action.message:
        return [("", action.message, "")]
    if action.outcome in ("new", "created"):
        return [_new(action, None if everything else FIELDS)]
    lost = {each.field: each for each in action.lost}
    rows = [lost_row(each, system, owners, action.entity) for each in action.lost]
    rows += [
        (name, f"{quoted(before)} -> {quoted(after)}", _owned(action.entity, name, owners))
        for name, (before, after) in action.changes.items()
        if name not in lost
    ]
    return rows or [("", _bare(action), "")]


def _new(action: Action, most: int | None) -> tuple[str, str, str]:
    known = [(name, after) for name, (_, after) in action.changes.items() if after not in (None, "", [])]
    shown = known if most is None else known[:most]
    more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    longest = None if most is None else 32
    return "", ", ".join(f"{name} {quoted(value, longest)}" for name, value in shown) + more, ""


def lost_row(lost: Conflict, system: str, owners: Mapping[str, str], entity: str) -> tuple[str, str, str]:
    """Return both values of a conflict, and whose would be kept aside."""
    by_system = lost.lost_by == system
    ours, theirs = ("stands", "lost") if by_system else ("lost", "stands")
    value = f"hub {quoted(lost.values[ours])}  {system} {quoted(lost.values[theirs])}"
    loser = f"{system}'s" if by_system else "the hub's"
    return lost.field, value, f"({owner_of(entity, lost.field, owners)} owns it: {loser} would be kept aside)"


def _owned(entity: str, name: str, owners: Mapping[str, str]) -> str:
    return f"({owner_of(entity, name, owners)} owns it)"


def _bare(action: Action) -> str:
    told = {
        "found": f"is there already, as {action.external_id}: bound, not made",
        "removed": "is taken away",
        "deleted": "is gone there, and deleted",
        "gone": "is gone there",
        "skipped": "is not wanted",
        "told": "is written again",
    }
    return told.get(action.outcome, in_line(action.cause))
