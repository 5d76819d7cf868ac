"""The typed settings: what a valid `hub.toml` says. Frozen; made by `hub.config.load`."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, field_validator, model_validator

from hub.config.addresses import BrokerAddress, DatabaseAddress, ListenAddress, WebAddress
from hub.config.calendars import Country, Timezone
from hub.config.durations import Duration, duration_text, within
from hub.config.faults import refuse, show
from hub.config.schedules import DAY, SECOND, ScheduleSettings
from hub.config.secrets import Secret

Kind = Literal["eshop", "pos", "mobile", "erp", "hrm", "warehouse"]
KINDS: tuple[str, ...] = get_args(Kind)

BUILT_IN = "hub"
"""The name that stands for the hub itself where a system's name is expected."""
PRUNE = "hub.prune"
PRUNE_CRON = "30 3 * * *"
ATTEMPTS = 5

MINUTE = timedelta(minutes=1)


class Frozen(BaseModel):
    """What all settings have in common: they do not change, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HubSettings(Frozen):
    """The table [hub]: the company, and how the hub itself runs."""

    company: Annotated[str, Field(max_length=200)] = ""
    timezone: Timezone = "UTC"
    language: str = "en"
    """Two letters (ISO 639-1), with a country behind a hyphen where that matters: `en`, `pl`, `pt-BR`."""
    database: DatabaseAddress | None = None
    """None: SQLite, `hub.db` beside the file."""
    broker: BrokerAddress | None = None
    """None: inside this process."""
    broker_management: WebAddress | None = None
    """RabbitMQ's management API, which `hub check` looks at."""
    token_key: Secret | None = None
    """Seals the tokens of systems with OAuth 2 in the database: 32 bytes in base64; of several, parted by blanks, the
    first seals and all open."""
    retention_days: Annotated[int, within(5, 30, "5 to 30 days are kept")] = 10
    history_days: Annotated[int, within(30, 3650, "30 to 3,650 days are kept")] = 365
    """Of what befell records, of values that lost, and of records that are gone everywhere."""
    health: ListenAddress | None = None
    web: ListenAddress | None = None
    """Where webhook calls are taken; none: nowhere."""
    web_address: WebAddress | None = None
    """How others reach that: the public address, behind which each system's name comes."""
    lease: Annotated[Duration, within(3 * SECOND, 60 * MINUTE)] = 30 * SECOND
    """How long a run is held without a heartbeat before it is rescued."""
    slice: Annotated[Duration, within(SECOND, 15 * MINUTE, "brokers give up on a message after 30m")] = 3 * MINUTE
    drain: Annotated[Duration, within(timedelta(0), 15 * MINUTE)] = 25 * SECOND
    workers: Annotated[int, within(1, 256)] = 8
    """Threads of an adapter process; no system has more of them than it leaves free."""
    prefetch: Annotated[int, within(1, 10_000)] = 200
    """Messages that a process holds at a time."""
    holidays: Country | None = None

    @field_validator("language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        language, _, country = value.partition("-")
        letters = value.replace("-", "", 1)
        if not (letters.isascii() and letters.isalpha() and len(language) == 2 and len(country) in (0, 2)):  # noqa: PLR2004 - codes of two letters
            refuse(f'{show(value)} is not a language; write it like "en" or "pl"')
        return value


class Options(Frozen):
    """What a connector has to be told. Each connector inherits from it: the keys of its system's table."""

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return what can be synchronised, each with the schedule that its own options give it, if they do.

        A stream `stock` of the system `depot` with a schedule means a job `depot.stock`.
        """
        return {}


class SystemSettings(Frozen):
    """A table [systems.NAME]."""

    name: str
    kind: Kind
    connector: str
    options: SerializeAsAny[Options]
    breaker_failures: Annotated[int, within(1, 1000)] = 5
    """Failures in a row after which the hub stops asking the system for a while."""
    attempts: Annotated[int, within(1, 100)] = ATTEMPTS
    """For its jobs, where they do not say otherwise."""


class JobSettings(ScheduleSettings):
    """A table [jobs."SYSTEM.WHAT"], or a job that is implied by a system's own options, or built in."""

    name: str
    system: str
    sync: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    enabled: bool = True
    triggers: bool = False
    """Whether others may ask for a run, from outside."""
    pause_on_failure: bool = False
    attempts: Annotated[int, within(1, 100)] | None = None
    """None: the system's. `Settings.all_jobs` fills it in."""
    retry_first: Annotated[Duration, within(SECOND, DAY)] = 30 * SECOND
    retry_longest: Annotated[Duration, within(SECOND, 7 * DAY)] = 30 * MINUTE
    full_every: Annotated[Duration, within(MINUTE, 366 * DAY)] | None = None
    """How often everything is compared, and not only what has changed."""

    def schedule(self) -> ScheduleSettings:
        """Return when the job is due, without the rest: what is stored with it."""
        return ScheduleSettings.model_validate(self.model_dump(include=set(ScheduleSettings.model_fields)))

    @model_validator(mode="after")
    def _agree_on_retries(self) -> Self:
        if self.retry_first > self.retry_longest:
            longest = duration_text(self.retry_longest)
            refuse(f"{duration_text(self.retry_first)} is longer than retry_longest = {longest}", "retry_first")
        if len(set(self.sync)) < len(self.sync):
            refuse("something is named twice", "sync")
        return self


class Settings(Frozen):
    """The whole configuration. The default is the embedded hub, with no systems."""

    hub: HubSettings = HubSettings()
    systems: dict[str, SystemSettings] = Field(default_factory=dict[str, SystemSettings])
    jobs: dict[str, JobSettings] = Field(default_factory=dict[str, JobSettings])
    """Only those that stand under [jobs]; see `all_jobs`."""

    def all_jobs(self) -> dict[str, JobSettings]:
        """Return every job: built in, implied by the systems' options, configured; the later of a name wins.

        Time zone and attempts are filled in.
        """
        implied = {job.name: job for system in self.systems.values() for job in implied_jobs(system)}
        return {name: self._completed(job) for name, job in ({PRUNE: prune_job()} | implied | self.jobs).items()}

    def _completed(self, job: JobSettings) -> JobSettings:
        system = self.systems.get(job.system)
        attempts = job.attempts or (system.attempts if system else ATTEMPTS)
        return job.model_copy(update={"timezone": job.timezone or self.hub.timezone, "attempts": attempts})


def implied_jobs(system: SystemSettings) -> Iterator[JobSettings]:
    """Yield a job for each stream that has a schedule of its own."""
    for stream, schedule in system.options.streams().items():
        if schedule is not None and schedule.is_timed:
            timing = schedule.model_dump(include=set(ScheduleSettings.model_fields))
            yield JobSettings(name=f"{system.name}.{stream}", system=system.name, sync=(stream,), **timing)


def prune_job() -> JobSettings:
    """Return the built-in job that prunes the run log, every night unless the file says otherwise."""
    return JobSettings(name=PRUNE, system=BUILT_IN, sync=("prune",), cron=PRUNE_CRON)
