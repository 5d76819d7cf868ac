from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.cli import show, words
from hub.config import ScheduleSettings

WARSAW = ZoneInfo("Europe/Warsaw")
NOON = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)


def test_numbers_have_their_thousands_set_apart():
    assert words.outcomes({"quarantined": 14, "new": 2398}) == "2,398 new, 14 quarantined"
    assert words.outcomes({"new": 0, "sent": 2}) == "2 sent"
    assert words.outcomes(None) == ""


def test_instants_are_in_the_hubs_time_zone_and_short_today():
    assert words.local(NOON, WARSAW) == "2026-11-02 12:00:00"
    assert words.local(NOON, WARSAW, NOON + timedelta(hours=2)) == "12:00:00"
    assert words.local(NOON, WARSAW, NOON + timedelta(hours=12)) == "2026-11-02 12:00:00"
    assert words.local(None, WARSAW) == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "only when asked for"),
        ({"every": "90m", "days": "mon-sat", "between": "06:00-22:00"}, "every 1h30m, mon-sat, 06:00-22:00"),
        ({"cron": "15 2 * * *", "holidays": "skip"}, "cron 15 2 * * *, not on holidays"),
        ({"every": "1h", "jitter": "5m", "overlap": "allow"}, "every 1h, up to 5m later, may overlap itself"),
    ],
)
def test_schedules_in_words(settings: dict[str, str], said: str):
    assert words.schedule(ScheduleSettings.model_validate(settings)) == said


def test_text_from_outside_cannot_steer_the_terminal():
    assert show.plain("a\x1b[31mred\rb\x07") == "a\ufffd[31mred\ufffdb\ufffd"
    assert show.plain("Światło\nLampa") == "Światło\nLampa"
    assert show.plain(None) == ""
