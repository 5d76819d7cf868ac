from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.config import HubSettings, JobSettings, ScheduleSettings, duration_text, in_window, load, read_duration
from tests.unit.config_examples import CONNECTORS, DEPOT, SHOP


def test_a_format_with_an_interval_implies_a_job():
    job = load('[hub]\ntimezone = "Europe/Warsaw"\n' + DEPOT, CONNECTORS).all_jobs()["depot.stock"]
    assert (job.system, job.sync, job.every) == ("depot", ("stock",), timedelta(minutes=15))
    assert (job.timezone, job.attempts) == ("Europe/Warsaw", 5)


def test_a_table_under_jobs_wins_over_the_implied_schedule():
    text = DEPOT.replace("source", "attempts = 7\nsource") + '[jobs."depot.stock"]\ncron = "0 6 * * *"\n'
    job = load(text, CONNECTORS).all_jobs()["depot.stock"]
    assert (job.every, job.cron, job.attempts) == (None, "0 6 * * *", 7)


def test_a_stream_without_a_schedule_implies_no_job():
    assert set(load(SHOP, CONNECTORS).all_jobs()) == {"hub.prune"}


def test_pruning_is_built_in_and_may_be_given_another_time():
    built_in = load('[hub]\ntimezone = "Europe/Warsaw"', CONNECTORS).all_jobs()["hub.prune"]
    assert (built_in.system, built_in.sync, built_in.cron) == ("hub", ("prune",), "30 3 * * *")
    assert built_in.timezone == "Europe/Warsaw"
    moved = load('[jobs."hub.prune"]\nevery = "6h"\ndays = "sat,sun"', CONNECTORS).all_jobs()["hub.prune"]
    assert (moved.every, moved.cron, moved.days) == (timedelta(hours=6), None, "sat,sun")


def test_a_job_may_keep_its_own_time_zone_and_attempts():
    text = SHOP + '[jobs."shop-pl.orders"]\ntimezone = "Asia/Tokyo"\nattempts = 2\n'
    job = load(text, CONNECTORS).all_jobs()["shop-pl.orders"]
    assert (job.timezone, job.attempts, job.is_timed) == ("Asia/Tokyo", 2, False)


def test_what_a_job_does_need_not_be_a_stream():
    text = SHOP + '[jobs."shop-pl.morning-2"]\nsync = ["orders", "stock"]\n'
    assert load(text, CONNECTORS).jobs["shop-pl.morning-2"].sync == ("orders", "stock")


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        HubSettings().workers = 3  # pyright: ignore[reportAttributeAccessIssue]


DURATIONS = st.integers(1, 10_000_000).map(lambda seconds: timedelta(seconds=seconds))


@given(DURATIONS, st.none() | st.just("mon-sat"), st.none() | st.just("22:00-06:00"))
def test_a_schedule_survives_the_database(every: timedelta, days: str | None, between: str | None):
    schedule = ScheduleSettings(every=every, days=days, between=between, catchup=every)
    assert ScheduleSettings.model_validate(schedule.model_dump(mode="json")) == schedule
    assert ScheduleSettings.model_validate_json(schedule.model_dump_json()) == schedule


def test_a_job_survives_the_database_and_knows_its_schedule():
    job = JobSettings(name="a.b", system="a", sync=("b",), every=timedelta(minutes=5), full_every=timedelta(days=7))
    assert JobSettings.model_validate(job.model_dump(mode="json")) == job
    assert job.model_dump(mode="json")["full_every"] == "7d"
    assert job.schedule() == ScheduleSettings(every=timedelta(minutes=5))


@given(DURATIONS)
def test_a_duration_is_read_as_it_is_written(duration: timedelta):
    assert read_duration(duration_text(duration)) == duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("1h30m", 5400), ("7d", 604_800), ("0s", 0), (" 5m ", 300)]
)
def test_durations_as_people_write_them(text, seconds):
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "5", "m", "5 m", "30m1h", "1.5h", "-5m", "5min", "99999d", "٣m", True, None])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError):
        ScheduleSettings.model_validate({"every": text} if text is not None else {"catchup": None})


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-sat", {0, 1, 2, 3, 4, 5}),
        ("mon,wed,fri", {0, 2, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Sat, Sun", {5, 6}),
        ("mon-sun", set(range(7))),
        ("tue-tue", {1}),
        (None, set(range(7))),
    ],
)
def test_weekdays(text, days):
    assert ScheduleSettings(days=text).weekdays() == days


@pytest.mark.parametrize("text", ["", "mon-", "-mon", "mon,,tue", "monday", "mo", "mon-tue-wed", "0"])
def test_what_is_no_weekday(text):
    with pytest.raises(ValueError):
        ScheduleSettings(days=text)


def test_a_window_may_cross_midnight():
    start, end = ScheduleSettings(between="22:00-06:00").window() or (time(), time())
    assert (start, end) == (time(22), time(6))
    assert [in_window(start, end, time(hour)) for hour in (21, 22, 0, 5, 6)] == [False, True, True, True, False]


def test_a_window_may_end_at_midnight():
    start, end = ScheduleSettings(between="6:00 - 24:00").window() or (time(), time())
    assert [in_window(start, end, time(hour)) for hour in (0, 5, 6, 23)] == [False, False, True, True]


@pytest.mark.parametrize("cron", ["0 0 L * *", "0 9 * * MON#1", "*/5 8-18 * * 1-5", "0  3 * * sun"])
def test_cron_expressions_are_kept_as_five_fields(cron):
    assert ScheduleSettings(cron=cron).cron == " ".join(cron.split())


@pytest.mark.parametrize(
    "cron", ["", "* * * * * *", "0 0 31 2 *", "0 25 * * *", "0 0 * * 8", "x * * * *", "0 0 * * 1#6", "*/0 * * * *"]
)
def test_what_is_no_cron_expression(cron):
    with pytest.raises(ValueError):
        ScheduleSettings(cron=cron)


@pytest.mark.parametrize("country", ["PL", "DE-BY", "US"])
def test_countries_whose_holidays_are_known(country):
    assert HubSettings(holidays=country).holidays == country
