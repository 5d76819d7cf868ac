"""When a job is due and what happens to its occurrences: stored as JSON with the job, read by the scheduler."""

from datetime import time, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hub.config.calendars import Between, Cron, Days, Timezone, cron_times, in_window, weekdays, window
from hub.config.durations import LONGEST, Duration, duration_text, within
from hub.config.faults import refuse

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


class ScheduleSettings(BaseModel):
    """When a job is due. With neither `every` nor `cron` it runs only when it is triggered or started by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    every: Annotated[Duration, within(SECOND, LONGEST)] | None = None
    cron: Cron | None = None
    days: Days | None = None
    between: Between | None = None
    """An occurrence at its start belongs to the window, one at its end does not."""
    timezone: Timezone | None = None
    """None: the hub's. `Settings.all_jobs` fills it in."""
    holidays: Literal["skip", "run"] = "run"
    jitter: Annotated[Duration, within(timedelta(0), DAY)] = timedelta(0)
    """At most this much is added to each occurrence."""
    overlap: Literal["skip", "buffer-one", "allow"] = "skip"
    catchup: Annotated[Duration, within(timedelta(0), LONGEST)] = timedelta(hours=1)
    """How late a missed occurrence may still run."""
    coalesce: bool = True

    @property
    def is_timed(self) -> bool:
        """Whether the job is due by itself."""
        return self.every is not None or self.cron is not None

    def weekdays(self) -> frozenset[int]:
        """Return the weekdays on which the job may be due, Monday as 0."""
        return weekdays(self.days) if self.days else frozenset(range(7))

    def window(self) -> tuple[time, time] | None:
        """Return both ends of the day's window, or None for the whole day; see `in_window`."""
        return window(self.between) if self.between else None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.every is not None and self.cron is not None:
            refuse("a schedule has every or cron, not both; leave one of them out", "cron")
        if self.every is not None and self.jitter >= self.every:
            refuse(f"{duration_text(self.jitter)} is not shorter than every = {duration_text(self.every)}", "jitter")
        limits = self.window()
        if self.cron and limits and not any(in_window(*limits, moment) for moment in cron_times(self.cron)):
            refuse(f'"{self.between}" leaves out every time at which cron = "{self.cron}" is due', "between")
        return self
