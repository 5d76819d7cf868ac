"""A plan as one page for a browser: everything in one file, readable without scripts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from pathlib import Path

from hub.cli import words
from hub.cli.plan_words import IN, OUT, lost_row
from hub.cli.values import quoted
from hub.errors import Misconfigured
from hub.sync.ownership import owner_of
from hub.sync.planned import Action, StreamPlan, SystemPlan

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --told: #b26b00; --new: #1a7f37; --lost: #c62828 }
@media (prefers-color-scheme: dark) { :root { --told: #e3a33c; --new: #57c26f; --lost: #ff7b72 } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line) }
td { overflow-wrap: anywhere } td.key { font-weight: 600; white-space: nowrap }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; padding: .4rem .8rem }
summary { cursor: pointer; font-weight: 600 }
code { background: var(--soft); padding: .1rem .3rem; border-radius: .2rem }
.before { text-decoration: line-through; opacity: .7 } .why { opacity: .7; font-size: .9em }
.new, .created { color: var(--new) } .told, .update { color: var(--told) }
.conflict, .quarantined, .removed, .deleted { color: var(--lost) }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page loads nothing and runs nothing, whatever a system has put into a record's text."""
OPEN_AT_MOST = 30
"""Records of a part that is shown unfolded."""


def write(path: Path, plan: SystemPlan, connector: str, owners: Mapping[str, str]) -> None:
    """Write the page; raises Misconfigured if that cannot be."""
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(page(plan, connector, owners, datetime.now(UTC)))
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror or error}") from None


def page(plan: SystemPlan, connector: str, owners: Mapping[str, str], made_at: datetime) -> Iterable[str]:
    """Yield the page in parts."""
    title = escape(f"Plan {plan.id} of {plan.system}")
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="referrer" content="no-referrer">\n'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>\n<body>\n'
    yield f"<h1>{title} ({escape(connector)})</h1>\n"
    yield f"<p>Made {made_at:%Y-%m-%d %H:%M:%S} UTC. Nothing was changed. {_what_next(plan)}</p>\n"
    yield from _overview(plan)
    for direction, heading in (("out", f"To {plan.system}"), ("in", f"From {plan.system}")):
        chosen = [each for each in plan.actions if each.direction == direction]
        if chosen:
            yield f"<h2>{escape(heading)}</h2>\n"
            yield from _parts(chosen, plan.system, owners)
    yield "</body></html>\n"


def _what_next(plan: SystemPlan) -> str:
    if plan.faults:
        return "It cannot be done: not everything could be planned."
    return f"Do it: <code>hub apply-plan {plan.id}</code>" if plan.does else "There is nothing to do."


def _overview(plan: SystemPlan) -> Iterable[str]:
    yield "<table><tr><th>Stream</th><th>goes there</th><th>comes from there</th><th>as it was</th></tr>\n"
    for each in plan.streams:
        cells = [each.stream, _counted(each, "out", OUT), _counted(each, "in", IN), words.number(each.identical)]
        if each.fault is not None:
            cells[1:] = [f"cannot be planned: {each.fault}", "", ""]
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"
    yield "</table>\n"
    notes = [f"{each.stream}: {note}" for each in plan.streams for note in each.notes]
    yield from (f"<p>{escape(note)}</p>\n" for note in notes)


def _counted(stream: StreamPlan, direction: str, names: Mapping[str, str]) -> str:
    return ", ".join(f"{count:,} {names.get(each, each)}" for each, count in stream.counts(direction).items())


def _parts(actions: list[Action], system: str, owners: Mapping[str, str]) -> Iterable[str]:
    ordered = sorted(actions, key=lambda each: (each.entity, each.outcome, each.cause))
    names = {**OUT, **IN} if actions[0].direction == "in" else OUT
    for (entity, outcome, cause), group in groupby(ordered, key=lambda each: (each.entity, each.outcome, each.cause)):
        found = list(group)
        unfolded = " open" if len(found) <= OPEN_AT_MOST else ""
        what = f"{names.get(outcome, outcome)}{f' ({cause})' if cause else ''}"
        yield f'<details{unfolded}><summary class="{escape(outcome)}">{escape(entity)}: {len(found):,} {escape(what)}'
        yield "</summary>\n<table>\n"
        for each in found:
            yield from _record(each, system, owners)
        yield "</table></details>\n"


def _record(action: Action, system: str, owners: Mapping[str, str]) -> Iterable[str]:
    rows = [*_lost(action, system, owners), *_changes(action, owners)]
    if action.message:
        rows.append(("", escape(action.message), ""))
    for number, (name, value, why) in enumerate(rows or [("", "", "")]):
        key = escape(action.key) if number == 0 else ""
        yield f'<tr><td class="key">{key}</td><td>{escape(name)}</td><td>{value}</td><td class="why">{escape(why)}</td>'
        yield "</tr>\n"


def _lost(action: Action, system: str, owners: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    for each in action.lost:
        name, value, why = lost_row(each, system, owners, action.entity)
        yield name, escape(value), why.strip("()")


def _changes(action: Action, owners: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    lost = {each.field for each in action.lost}
    is_new = action.outcome in ("new", "created")
    for name, (before, after) in action.changes.items():
        if name in lost or (is_new and after is None):
            continue
        now = escape(quoted(after, None))
        value = now if is_new else f'<span class="before">{escape(quoted(before, None))}</span> &rarr; {now}'
        yield name, value, "" if is_new else f"{owner_of(action.entity, name, owners)} owns it"
