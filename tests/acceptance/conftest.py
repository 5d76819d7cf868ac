"""A home for a hub, for each test or for a whole module."""

from pathlib import Path

import pytest

from tests.acceptance.hubs import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder with a configuration and nothing else."""
    return Home(tmp_path).configure()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A hub that has imported one file, with a mistake in it; for tests that only look."""
    home = Home(tmp_path_factory.mktemp("imported")).configure()
    home.deliver("STAN_1.csv", ["0012;MAG1;5", "0013;MAG1;viele", "0014;MAG1;7,5"])
    home.said = home.run("up", "--until-idle")
    return home
