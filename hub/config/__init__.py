"""From the user's `hub.toml` to typed settings: validated whole, every fault reported at once with its place.

This package imports errors and libraries only: no adapters (their option models are handed in as a registry), no
store, no broker. It reads secrets only in `resolve`, which is called where a secret is used.
"""

from hub.config.addresses import Address, WebAddress
from hub.config.calendars import in_window
from hub.config.difference import Changed, difference
from hub.config.durations import Duration, duration_text, read_duration, within
from hub.config.faults import Fault, Faults, refuse
from hub.config.load import load, load_file, read_text
from hub.config.schedules import ScheduleSettings
from hub.config.secrets import Reference, Secret, resolve
from hub.config.settings import (
    BUILT_IN,
    KINDS,
    PRUNE,
    HubSettings,
    JobSettings,
    Kind,
    Options,
    Settings,
    SystemSettings,
)
from hub.config.starter import starter
from hub.config.tables import Connectors

__all__ = [
    "BUILT_IN",
    "KINDS",
    "PRUNE",
    "Address",
    "Changed",
    "Connectors",
    "Duration",
    "Fault",
    "Faults",
    "HubSettings",
    "JobSettings",
    "Kind",
    "Options",
    "Reference",
    "ScheduleSettings",
    "Secret",
    "Settings",
    "SystemSettings",
    "WebAddress",
    "difference",
    "duration_text",
    "in_window",
    "load",
    "load_file",
    "read_duration",
    "read_text",
    "refuse",
    "resolve",
    "starter",
    "within",
]
