"""Due times, against an oracle that walks the clock minute by minute and shares no code with what it judges."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.config.schedules import ScheduleSettings
from hub.errors import Misconfigured
from scheduler.schedule import (
    Schedule,
    from_settings,
    jittered,
    last_before,
    next_after,
    public_holidays,
    read_schedule,
    read_settings,
)
from tests.unit.schedule_steps import occurrences

WARSAW = ZoneInfo("Europe/Warsaw")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ZONES = {
    "Europe/Warsaw": range(2015, 2031),
    "America/New_York": range(2015, 2031),
    "Australia/Lord_Howe": range(2015, 2031),  # half an hour
    "Antarctica/Troll": range(2015, 2026),  # two hours
    "America/Santiago": range(2015, 2026),  # at midnight: days that begin at 01:00
    "Europe/Dublin": range(2015, 2026),  # winter time is the special one
    "Africa/Casablanca": range(2015, 2026),  # back and forth around Ramadan
    "America/St_Johns": range(2000, 2011),  # at one minute past midnight
    "Europe/London": range(1940, 1948),  # double summer time
    "Pacific/Apia": range(2010, 2013),  # 30 December 2011 did not happen
    "America/Caracas": range(2006, 2017),  # a new offset, for good
    "Asia/Kolkata": range(2020, 2021),  # never changes
}


@cache
def changes(zone: str) -> list[datetime]:
    """The hours in which a zone's clocks change, or the middle of the years where they do not."""
    found = []
    for year in ZONES[zone]:
        hour = datetime(year, 1, 1, tzinfo=UTC)
        while hour.year == year:
            if hour.astimezone(ZoneInfo(zone)).utcoffset() != (hour + HOUR).astimezone(ZoneInfo(zone)).utcoffset():
                found.append(hour)
            hour += HOUR
    return found or [datetime(year, 7, 1, tzinfo=UTC) for year in ZONES[zone]]


@cache
def numbers(field: str, low: int, high: int) -> set[int]:
    """What a field of a cron line names: stars, steps, ranges and lists of numbers."""
    found: set[int] = set()
    for term in field.split(","):
        body, _, step = term.partition("/")
        first, _, last = (f"{low}-{high}" if body == "*" else body).partition("-")
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return found


def wall_fits(schedule: Schedule, wall: datetime) -> bool:
    """Whether a wall time is named, whatever the clocks do."""
    if schedule.cron:
        minute, hour, _day, month, weekday = schedule.cron.split()
        return (
            wall.minute in numbers(minute, 0, 59)
            and wall.hour in numbers(hour, 0, 23)
            and wall.month in numbers(month, 1, 12)
            and wall.isoweekday() % 7 in numbers(weekday, 0, 6)
        )
    assert schedule.every
    at = schedule.between[0] if schedule.between else time()
    first_weekday = min(schedule.days, default=0) if schedule.every.days % 7 == 0 else 0
    since = (wall.date() - date(1970, 1, 5 + first_weekday)).days
    return wall.time() == at and since % schedule.every.days == 0


def is_due(schedule: Schedule, instant: datetime) -> bool:
    local, before = (moment.astimezone(schedule.zone) for moment in (instant, instant - MINUTE))
    if schedule.days and local.weekday() not in schedule.days:
        return False
    if schedule.holidays and local.date() in public_holidays(schedule.holidays, local.year):
        return False
    if schedule.between:
        start, end = schedule.between
        now = local.time()
        if not (start <= now < end if start < end else now >= start or now < end):
            return False
    if schedule.every and schedule.every % DAY:
        return (instant - EPOCH) % schedule.every == timedelta(0)
    minute, hour = schedule.cron.split()[:2] if schedule.cron else ("0", "0")
    every_hour = numbers(hour, 0, 23) == set(range(24))
    rhythm = every_hour or minute.startswith("*") or hour.startswith("*")
    wall, wall_before = local.replace(tzinfo=None), before.replace(tzinfo=None)
    if wall_fits(schedule, wall) and (rhythm or not local.fold):
        return True
    leapt = (wall_before + MINUTE * n for n in range(1, (wall - wall_before) // MINUTE))
    return not every_hour and any(wall_fits(schedule, moment) for moment in leapt)


def all_due(schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    count = (until - after) // MINUTE
    return [instant for n in range(1, count + 1) if is_due(schedule, instant := after + MINUTE * n)]


hours_of_day = st.integers(0, 23)
minutes_of_hour = st.integers(0, 59)


def lists(values: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, sorted(found))))


ranges = st.tuples(hours_of_day, hours_of_day).map(lambda pair: f"{min(pair)}-{max(pair)}")
crons = st.builds(
    "{} {} * {} {}".format,
    st.one_of(st.just("*"), st.sampled_from(["*/5", "*/15", "*/20", "*/7", "10-40/10"]), lists(minutes_of_hour)),
    # the small hours are where clocks change
    st.one_of(
        st.sampled_from(["*", "*/2", "*/3", "0-23", "0-23/2"]), ranges, lists(hours_of_day), lists(st.integers(0, 4))
    ),
    st.sampled_from(["*", "*", "*/2", "3,10,11"]),
    st.sampled_from(["*", "*", "0", "1-5", "*/2", "6"]),
)
intervals = st.one_of(
    st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([timedelta(days=days) for days in (1, 2, 7, 14)] + [timedelta(hours=h) for h in (1, 4, 6, 12, 36)]),
)
times = st.builds(time, hours_of_day | st.integers(0, 4), st.sampled_from([0, 0, 15, 30, 59]))
windows = st.none() | st.tuples(times, times).filter(lambda pair: pair[0] != pair[1])
weekdays = st.frozensets(st.integers(0, 6), max_size=6)
countries = st.sampled_from([None, None, "PL", "US"])


@st.composite
def around_a_change(draw) -> tuple[Schedule, datetime, datetime]:
    zone = draw(st.sampled_from(sorted(ZONES)))
    cron, every = draw(st.one_of(crons.map(lambda cron: (cron, None)), intervals.map(lambda every: (None, every))))
    filters = draw(st.booleans())
    schedule = Schedule(
        cron=cron,
        every=every,
        zone=ZoneInfo(zone),
        days=draw(weekdays) if filters else frozenset(),
        between=draw(windows) if filters else None,
        holidays=draw(countries) if filters else None,
    )
    middle = draw(st.sampled_from(changes(zone)))
    return schedule, middle - DAY - draw(st.integers(0, 600)) * MINUTE, middle + DAY + 6 * HOUR


@settings(max_examples=150)
@given(around_a_change(), st.data())
def test_j05_every_occurrence_around_a_change_is_what_the_clock_on_the_wall_shows(case, data):
    schedule, after, until = case
    expected = all_due(schedule, after, until)
    found = list(occurrences(schedule, after, until))
    assert found == expected
    assert all(earlier < later for earlier, later in pairwise(found))
    # from any instant, not only from the occurrence before
    anywhere = after + timedelta(seconds=data.draw(st.integers(0, int((until - after).total_seconds()))))
    place = bisect_right(expected, anywhere)
    following = next_after(schedule, anywhere)
    if place < len(expected):
        assert following == expected[place]
    else:
        assert following is None or following > until


@settings(max_examples=60)
@given(around_a_change())
def test_j05_years_of_occurrences_only_go_forward_and_keep_to_days_window_and_holidays(case):
    schedule, instant, _ = case
    for _ in range(200):
        found = next_after(schedule, instant)
        if found is None:
            assert schedule.filtered or "3,10,11" in (schedule.cron or "")
            break
        assert found > instant
        assert found.utcoffset() == timedelta(0)
        local = found.astimezone(schedule.zone)
        assert not schedule.days or local.weekday() in schedule.days
        assert not schedule.holidays or local.date() not in public_holidays(schedule.holidays, local.year)
        instant = found


@settings(max_examples=60)
@given(around_a_change(), st.integers(0, 3000))
def test_the_last_before_an_instant_is_the_last_of_all_before_it(case, minutes):
    schedule, since, until = case
    instant = min(since + minutes * MINUTE, until)
    earlier = [found for found in occurrences(schedule, since, until) if found < instant]
    assert last_before(schedule, instant, since) == (earlier[-1] if earlier else since)


def local_times(schedule: Schedule, after: datetime, count: int) -> list[str]:
    found = []
    instant = after.astimezone(UTC)
    for _ in range(count):
        instant = next_after(schedule, instant)
        assert instant
        found.append(instant.astimezone(schedule.zone).strftime("%d %H:%M%z"))
    return found


def test_j05_a_gap_hour_fires_once():
    schedule = Schedule(cron="30 2 * * *", zone=WARSAW)
    before = datetime(2026, 3, 28, 3, tzinfo=WARSAW)
    assert local_times(schedule, before, 2) == ["29 03:00+0200", "30 02:30+0200"]


def test_j05_several_times_in_a_gap_fire_once_together():
    schedule = Schedule(cron="0,20,40 2,3 * * *", zone=WARSAW)
    before = datetime(2026, 3, 29, 1, tzinfo=WARSAW)
    assert local_times(schedule, before, 3) == ["29 03:00+0200", "29 03:20+0200", "29 03:40+0200"]


def test_j05_a_daily_rhythm_whose_only_hour_is_a_gap_fires_once():
    schedule = Schedule(cron="*/15 2 * * *", zone=WARSAW)
    before = datetime(2026, 3, 28, 2, 45, tzinfo=WARSAW)
    assert local_times(schedule, before, 2) == ["29 03:00+0200", "30 02:00+0200"]


def test_j05_an_hourly_rhythm_makes_nothing_extra_of_a_gap():
    schedule = Schedule(cron="30 * * * *", zone=WARSAW)
    before = datetime(2026, 3, 29, 1, tzinfo=WARSAW)
    assert local_times(schedule, before, 3) == ["29 01:30+0100", "29 03:30+0200", "29 04:30+0200"]


def test_j05_a_fold_hour_fires_once():
    schedule = Schedule(cron="30 2 * * *", zone=WARSAW)
    before = datetime(2026, 10, 25, 1, tzinfo=WARSAW)
    assert local_times(schedule, before, 2) == ["25 02:30+0200", "26 02:30+0100"]


def test_j05_asked_within_the_second_pass_of_a_fold_hour_it_never_goes_back():
    schedule = Schedule(cron="30 2 * * *", zone=WARSAW)
    second_pass = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=WARSAW)
    assert local_times(schedule, second_pass, 1) == ["26 02:30+0100"]


def test_j05_rhythm_goes_on_through_the_fold():
    schedule = Schedule(cron="*/15 * * * *", zone=WARSAW)
    instants = list(occurrences(schedule, *(datetime(2026, 10, day, 12, tzinfo=UTC) for day in (24, 26))))
    assert len(instants) == 48 * 4
    assert {later - earlier for earlier, later in pairwise(instants)} == {15 * MINUTE}


def test_j05_an_hourly_rhythm_goes_on_through_the_fold():
    schedule = Schedule(cron="0 * * * *", zone=WARSAW)
    before = datetime(2026, 10, 25, 1, 30, tzinfo=WARSAW)
    assert local_times(schedule, before, 3) == ["25 02:00+0200", "25 02:00+0100", "25 03:00+0100"]


def test_j05_half_an_hour_of_daylight_saving():
    schedule = Schedule(cron="15 2 * * *", zone=LORD_HOWE)
    assert local_times(schedule, datetime(2026, 10, 4, tzinfo=LORD_HOWE), 2) == ["04 02:30+1100", "05 02:15+1100"]
    schedule = Schedule(cron="45 1 * * *", zone=LORD_HOWE)
    assert local_times(schedule, datetime(2026, 4, 5, tzinfo=LORD_HOWE), 2) == ["05 01:45+1100", "06 01:45+1030"]


def test_j05_a_day_that_did_not_happen_is_made_up_for_once():
    apia = ZoneInfo("Pacific/Apia")
    schedule = Schedule(cron="0 9 * * *", zone=apia)
    before = datetime(2011, 12, 29, 12, tzinfo=apia)
    assert local_times(schedule, before, 2) == ["31 00:00+1400", "31 09:00+1400"]


def test_j05_local_mean_time_does_not_disturb():
    amsterdam = ZoneInfo("Europe/Amsterdam")  # 19 min 32 s ahead until 1937
    schedule = Schedule(cron="0 12 * * *", zone=amsterdam)
    found = list(occurrences(schedule, datetime(1936, 1, 1, tzinfo=UTC), datetime(1942, 1, 1, tzinfo=UTC)))
    assert len(found) == 6 * 365 + 2
    assert all(instant.astimezone(amsterdam).time() == time(12) for instant in found)


def test_an_interval_keeps_its_distance_through_both_changes():
    schedule = Schedule(every=timedelta(hours=6), zone=WARSAW)
    found = list(occurrences(schedule, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)))
    assert len(found) == 365 * 4
    assert {instant.hour for instant in found} == {0, 6, 12, 18}


def test_whole_days_keep_their_time_of_day():
    schedule = Schedule(every=DAY, zone=WARSAW)
    before = datetime(2026, 10, 23, 12, tzinfo=WARSAW)
    assert local_times(schedule, before, 3) == ["24 00:00+0200", "25 00:00+0200", "26 00:00+0100"]


def test_whole_days_come_when_their_window_opens():
    schedule = Schedule(every=DAY, between=(time(6), time(22)), zone=WARSAW)
    before = datetime(2026, 11, 3, 12, tzinfo=WARSAW)
    assert local_times(schedule, before, 2) == ["04 06:00+0100", "05 06:00+0100"]


def test_j05_whole_days_whose_time_of_day_is_leapt_over_come_right_after():
    schedule = Schedule(every=DAY, between=(time(2, 30), time(22)), zone=WARSAW)
    before = datetime(2026, 3, 28, 12, tzinfo=WARSAW)
    assert local_times(schedule, before, 2) == ["29 03:00+0200", "30 02:30+0200"]


def test_whole_weeks_come_on_monday_or_on_the_first_weekday_named():
    before = datetime(2026, 11, 3, 12, tzinfo=UTC)  # a Tuesday
    weekly = next_after(Schedule(every=7 * DAY), before)
    fortnightly = list(occurrences(Schedule(every=14 * DAY, days=frozenset({4})), before, before + 40 * DAY))
    assert weekly
    assert weekly.date() == date(2026, 11, 9)
    assert {instant.weekday() for instant in fortnightly} == {4}
    assert fortnightly[1] - fortnightly[0] == 14 * DAY


def test_whole_days_count_from_their_anchor():
    anchor = datetime(2026, 1, 2, 7, 30, tzinfo=WARSAW).astimezone(UTC)
    schedule = Schedule(every=3 * DAY, zone=WARSAW, anchor=anchor)
    assert next_after(schedule, anchor - INSTANT) == anchor
    before = datetime(2026, 3, 27, 12, tzinfo=WARSAW)
    assert local_times(schedule, before, 2) == ["30 07:30+0200", "02 07:30+0200"]


def test_a_window_takes_its_start_and_leaves_its_end():
    schedule = Schedule(every=HOUR, between=(time(6), time(8)))
    before = datetime(2026, 11, 3, tzinfo=UTC)
    assert [found.hour for found in occurrences(schedule, before, before + DAY)] == [6, 7]


def test_j05_a_window_within_the_fold_hour_opens_twice():
    schedule = Schedule(every=20 * MINUTE, between=(time(2), time(2, 30)), zone=WARSAW)
    before = datetime(2026, 10, 25, tzinfo=WARSAW)
    assert local_times(schedule, before, 4) == ["25 02:00+0200", "25 02:20+0200", "25 02:00+0100", "25 02:20+0100"]


def test_a_window_over_midnight_goes_by_the_calendar_day():
    schedule = Schedule(every=HOUR, between=(time(22), time(2)), days=frozenset({4}))
    before = datetime(2026, 11, 1, tzinfo=UTC)
    found = list(occurrences(schedule, before, before + 7 * DAY))
    assert [(instant.weekday(), instant.hour) for instant in found] == [(4, 0), (4, 1), (4, 22), (4, 23)]


def test_public_holidays_are_left_out():
    schedule = Schedule(cron="0 8 * * *", zone=WARSAW, holidays="PL")
    before = datetime(2026, 11, 10, 12, tzinfo=WARSAW)  # 11 November is Independence Day
    assert local_times(schedule, before, 2) == ["12 08:00+0100", "13 08:00+0100"]


def test_a_part_of_a_country_has_its_own_holidays():
    epiphany = date(2026, 1, 6)
    assert epiphany in public_holidays("DE-BY", 2026)
    assert epiphany not in public_holidays("DE-BE", 2026)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(cron="0 0 30 2 *"),
        Schedule(cron="0 12 * * *", between=(time(6), time(7))),
        Schedule(every=MINUTE, between=(time(6), time(6))),
        Schedule(cron="0 12 * * 1", days=frozenset({1})),
        Schedule(every=6 * HOUR, between=(time(1), time(2))),
    ],
    ids=str,
)
def test_what_can_never_be_due_ends_in_none(schedule):
    assert next_after(schedule, datetime(2026, 11, 3, tzinfo=UTC)) is None


def test_a_leap_day_on_a_monday_is_found_decades_ahead():
    schedule = Schedule(cron="0 6 29 2 *", days=frozenset({0}))
    assert next_after(schedule, datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2044, 2, 29, 6, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["0 0 32 1 *", "61 * * * *", "* * * *", "0 0 0 * * *", "nonsense", ""])
def test_a_bad_cron_line_is_refused_with_its_text(cron):
    with pytest.raises(Misconfigured, match="cron"):
        Schedule(cron=cron)


@pytest.mark.parametrize("timing", [{}, {"every": HOUR, "cron": "* * * * *"}, {"every": timedelta(0)}])
def test_a_schedule_that_means_nothing_is_refused(timing):
    with pytest.raises(Misconfigured):
        Schedule(**timing)


def test_an_unknown_country_is_refused():
    with pytest.raises(Misconfigured, match="XX"):
        public_holidays("XX", 2026)


@given(
    st.text(max_size=40),
    st.integers(0, 10**9).map(lambda second: EPOCH + timedelta(seconds=second)),
    st.integers(0, 3600),
)
def test_jitter_is_within_its_bounds_and_the_same_everywhere(job, occurrence, seconds):
    schedule = Schedule(every=HOUR, jitter=timedelta(seconds=seconds))
    shift = jittered(schedule, job, occurrence) - occurrence
    assert timedelta(0) <= shift <= schedule.jitter
    assert jittered(schedule, job, occurrence.astimezone(LORD_HOWE)) == occurrence + shift


def test_jitter_does_not_change_between_versions_or_processes():
    schedule = Schedule(every=HOUR, jitter=HOUR)
    occurrence = datetime(2026, 11, 3, 12, tzinfo=UTC)
    shifts = {job: jittered(schedule, job, occurrence) - occurrence for job in ("depot.stock", "shop-pl.orders")}
    assert shifts == {
        "depot.stock": timedelta(seconds=2720, microseconds=520305),
        "shop-pl.orders": timedelta(seconds=2430, microseconds=256388),
    }


def test_stored_settings_become_a_schedule():
    given = {"every": "15m", "days": "mon-sat", "between": "06:00-24:00", "timezone": "Europe/Warsaw"}
    configured = ScheduleSettings.model_validate({**given, "holidays": "skip", "jitter": "30s"})
    stored = configured.model_dump(mode="json")
    assert read_settings(stored) == configured
    assert read_schedule(stored, country="PL") == Schedule(
        every=15 * MINUTE,
        days=frozenset(range(6)),
        between=(time(6), time(0)),
        zone=WARSAW,
        holidays="PL",
        jitter=timedelta(seconds=30),
    )


def test_settings_without_a_time_make_no_schedule():
    assert from_settings(ScheduleSettings()) is None


def test_holidays_without_a_country_are_refused_with_the_mend():
    with pytest.raises(Misconfigured, match=r"hub\.holidays"):
        from_settings(ScheduleSettings(every=HOUR, holidays="skip"))


@settings(max_examples=100)
@given(crons)
def test_whatever_cron_settings_accept_can_be_scheduled(cron):
    try:
        accepted = ScheduleSettings(cron=cron)
    except ValueError:
        assume(False)
    schedule = from_settings(accepted)
    assert schedule
    assert next_after(schedule, datetime(2026, 11, 3, tzinfo=UTC)) is not None
