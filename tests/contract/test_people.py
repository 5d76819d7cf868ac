"""A short walk of people at work in real systems; `python -m tests.people` takes longer ones."""

from pathlib import Path

import pytest

from tests.people.__main__ import walk


@pytest.mark.timeout(600)
def test_whatever_people_do_all_systems_agree_or_it_is_seen_why_not(tmp_path: Path) -> None:
    assert walk(tmp_path, seed=1, steps=40, shops=("oscar", "vendure")) == []
