from collections.abc import Iterator

import pytest

from hub.store import Store
from tests.integration.spine import ShiftedClock, Spine


@pytest.fixture
def spine(sqlite_url: str) -> Iterator[Spine]:
    """A hub with an embedded broker and SQLite, whose clock the test may put forward."""
    clock = ShiftedClock()
    made = Spine(Store(sqlite_url, clock), clock)
    yield made
    made.close()
