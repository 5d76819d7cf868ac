"""Which runs a statement touches: found without walking the table, and locked in the order of their ids.

Workers, relays and rescuers change the same runs at the same time. All of them lock rows in one order, so that two of
them never wait for each other in a circle.
"""

from typing import Any

import sqlalchemy as sa

from hub.store.schema import run

IN_TURN = run.c.id + sa.literal_column("0", sa.Integer)
"""The order of the ids, as an expression: SQLite would otherwise walk the whole table rather than sort a few rows."""


def literal(word: str) -> sa.ColumnElement[str]:
    """Return one of our own words as a part of the statement: behind a parameter, planners miss the partial indexes."""
    assert word.isalpha(), "only words of the schema, never anything from outside"
    return sa.literal_column(f"'{word}'", sa.Text)


def in_state(state: str) -> sa.ColumnElement[bool]:
    """Tell whether a run is in a state, in the form of the partial indexes."""
    return run.c.state == literal(state)


def named(given: sa.FromClause, state: str, *columns: sa.ColumnElement[Any]) -> sa.CTE:
    """Lock the runs that are named by id and generation, if they are in a state; with these columns besides the id.

    If `given` has jobs, too, only the runs of those jobs.
    """
    # As expressions: a planner that trusts old statistics would otherwise walk the index of all that are waiting, or
    # of all runs of a job, instead of looking up those that are named.
    nothing = sa.literal_column("''", sa.Text)
    same = (run.c.id == given.c.id) & (run.c.generation == given.c.generation)
    if "job" in given.c:
        same &= run.c.job + nothing == given.c.job
    return (
        sa.select(run.c.id, *columns)
        .join_from(run, given, same)
        .where(run.c.state + nothing == literal(state))
        .order_by(run.c.id)
        .with_for_update(of=run)
        .cte("there")
    )


def ids_where(*conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    """Lock the runs that meet conditions; for `id IN (...)`."""
    locked = sa.select(run.c.id).where(*conditions).order_by(IN_TURN).with_for_update(of=run)
    # Inside its parentheses: the driver of SQLite does not count the rows of a statement that begins with WITH.
    there = locked.cte("there", nesting=True)
    return sa.select(there.c.id)
