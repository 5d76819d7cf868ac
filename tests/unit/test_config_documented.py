"""docs/settings.md names every key that all hubs, systems and jobs have, with its default."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from hub.config.durations import duration_text
from hub.config.exchange import ExchangeOptions, RangeSettings
from hub.config.schedules import ScheduleSettings
from hub.config.settings import HubSettings, JobSettings, SystemSettings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
GIVEN_OTHERWISE = {"name", "system", "options"}


def rows(heading: str) -> dict[str, str]:
    """Key -> its row, in the part below a heading."""
    part = PAGE.read_text(encoding="utf-8").partition(f"# {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return {name: line for line in lines for name in line.split("|")[1].replace("`", "").replace(" ", "").split(",")}


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("[hub]", HubSettings),
        ("[systems.NAME]", SystemSettings),
        ("[systems.NAME]", ExchangeOptions),
        ("[systems.NAME.range]", RangeSettings),
        ('[jobs."SYSTEM.WHAT"]', JobSettings),
    ],
)
def test_every_key_is_on_the_page_with_its_default(heading: str, model: type[BaseModel]):
    told = rows(heading)
    schedule = set(ScheduleSettings.model_fields) if model is JobSettings else set[str]()
    for name, field in model.model_fields.items():
        if name in GIVEN_OTHERWISE | schedule:
            continue
        assert name in told
        if isinstance(field.default, timedelta):
            assert f"`{duration_text(field.default)}`" in told[name]
        elif isinstance(field.default, bool):
            assert f"`{str(field.default).lower()}`" in told[name]
        elif isinstance(field.default, int | str) and field.default:
            assert f"`{field.default}`" in told[name]
