"""Python's search for cyclic garbage, set for work in pages."""

import gc

NEW, YOUNG, OLD = 50_000, 20, 20
"""New objects before Python looks at them, and how many such looks come before one at the older objects."""


def relax() -> None:
    """Have Python look for cycles less often: a page makes tens of thousands of objects, and none of them is in a cycle.

    By default it looks after every 700, which takes a third of an import's time.
    """
    gc.set_threshold(NEW, YOUNG, OLD)
