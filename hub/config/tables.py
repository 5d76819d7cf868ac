"""Each table of the file judged by itself, so that a fault in one does not hide those of another."""

import re
from collections.abc import Mapping
from typing import Any

from hub.config.explain import validated
from hub.config.faults import Found, Path, guess_or_list, show
from hub.config.settings import (
    BUILT_IN,
    KINDS,
    PRUNE,
    PRUNE_CRON,
    HubSettings,
    JobSettings,
    Options,
    SystemSettings,
)
from hub.config.syntax import as_list

Connectors = Mapping[tuple[str, str], type[Options]]
"""The connectors there are: (kind, connector) to the model of its options."""

LONGEST_NAME = 60

_NAME = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)
_NAME_RULE = "a name has small letters, digits and hyphens, and begins with a letter"
_COMMON = tuple(name for name in SystemSettings.model_fields if name not in ("name", "options"))
_OF_HUB = tuple(HubSettings.model_fields)
_OF_PRUNE = ("every", "cron", "days", "between")
_GIVEN_BY_NAME = ("name", "system")
_OF_JOB = tuple(name for name in JobSettings.model_fields if name not in _GIVEN_BY_NAME)
_KIND_WORDS = {
    "eshop": "an e-shop",
    "pos": "a till system",
    "mobile": "a mobile system",
    "erp": "an ERP",
    "hrm": "an HR system",
    "warehouse": "a warehouse",
}


def read_hub(table: object) -> HubSettings | list[Found]:
    """Return the table [hub], or its faults."""
    return _not_a_table(table, ("hub",), "[hub]") or validated(HubSettings, _as_table(table), ("hub",), _OF_HUB)


def read_system(name: str, table: object, connectors: Connectors) -> SystemSettings | list[Found]:
    """Return a table [systems.NAME], or its faults."""
    path = ("systems", name)
    found = _bad_name(name, path, "system") + _not_a_table(table, path, "[systems.shop]")
    if not isinstance(table, dict):
        return found
    data = _as_table(table)
    own = {key: data[key] for key in _COMMON if key in data}
    system = validated(SystemSettings, own | {"name": name, "options": {}}, path, _COMMON)
    if isinstance(system, list):
        found += [fault for fault in system if fault.path[2:3] not in (("kind",), ("connector",))]
    model = _options_model(data, path, connectors)
    if isinstance(model, list):
        return found + model
    keys = (*(field.alias or name for name, field in model.model_fields.items()), *_COMMON)
    options = validated(model, {key: value for key, value in data.items() if key not in _COMMON}, path, keys)
    if isinstance(options, list):
        return found + options
    return found if found or isinstance(system, list) else system.model_copy(update={"options": options})


def read_job(name: str, table: object, systems: Mapping[str, SystemSettings | None]) -> JobSettings | list[Found]:
    """Return a table [jobs."SYSTEM.WHAT"], or its faults.

    `systems`: all that the file names; None for those that have faults of their own.
    """
    path = ("jobs", name)
    misplaced = _unquoted(name, table, path) or _not_a_table(table, path, '[jobs."shop.orders"]')
    if misplaced:
        return misplaced
    system_name, _, what = name.partition(".")
    if system_name == BUILT_IN:
        return _read_built_in(name, _as_table(table), path)
    found = _bad_job_name(name, path) or _unknown_system(system_name, path, systems)
    if found:
        return found
    data = {"sync": [what]} | _as_table(table)
    found = _given_by_name(data, path)
    data |= {"name": name, "system": system_name}
    job = validated(JobSettings, data, path, _OF_JOB)
    found += _unknown_streams(data["sync"], systems[system_name], path, is_default="sync" not in _as_table(table))
    if isinstance(job, list):
        return found + job
    return found or job


def bad_name(name: str) -> str | None:
    """Return what is wrong with the name of a system or of what a job does, if anything is."""
    if not _NAME.fullmatch(name):
        return f"{show(name)} cannot be a name: {_NAME_RULE}"
    return f"a name has at most {LONGEST_NAME} characters" if len(name) > LONGEST_NAME else None


def _options_model(table: dict[str, Any], path: Path, connectors: Connectors) -> type[Options] | list[Found]:
    kind, connector = table.get("kind"), table.get("connector")
    found = _bad_word(kind, (*path, "kind"), KINDS)
    names = sorted({name for of_kind, name in connectors if found or of_kind == kind})
    if not names:
        return found or [
            Found((*path, "connector"), f"there is no connector for {_KIND_WORDS[str(kind)]} in this version")
        ]
    found += _bad_word(connector, (*path, "connector"), names, _elsewhere(str(kind), str(connector), connectors))
    return found or connectors[str(kind), str(connector)]


def _bad_word(word: object, path: Path, known: list[str] | tuple[str, ...], hint: str = "") -> list[Found]:
    if word is None:
        listed = f"; one of {', '.join(known)}" if known else ""
        return [Found(path, f"is missing{listed}", doubtful=True)]
    if isinstance(word, str) and word in known:
        return []
    what = path[-1]
    return [Found(path, f"{show(word)} is not a {what}{hint or guess_or_list(str(word), known)}")]


def _elsewhere(kind: str, connector: str, connectors: Connectors) -> str:
    kinds = [of_kind for of_kind, name in connectors if name == connector]
    return f' of {_KIND_WORDS[kind]}; it goes with kind = "{kinds[0]}"' if kinds and kind in KINDS else ""


def _read_built_in(name: str, table: dict[str, Any], path: Path) -> JobSettings | list[Found]:
    if name != PRUNE:
        return [Found(path, f"the hub has no job of this name{guess_or_list(name, (PRUNE,))}")]
    found = [
        Found((*path, key), f"cannot be set for a job of the hub's own; only {', '.join(_OF_PRUNE)} can")
        for key in table
        if key not in _OF_PRUNE and key in JobSettings.model_fields
    ]
    given = {key: value for key, value in table.items() if key in _OF_PRUNE or key not in JobSettings.model_fields}
    timing = {} if "every" in table or "cron" in table else {"cron": PRUNE_CRON}
    job = validated(
        JobSettings, {"name": name, "system": BUILT_IN, "sync": ["prune"]} | timing | given, path, _OF_PRUNE
    )
    if isinstance(job, list):
        return found + job
    return found or job


def _unquoted(name: str, table: object, path: Path) -> list[Found]:
    if "." in name or not isinstance(table, dict):
        return []
    inner = [key for key, value in _as_table(table).items() if isinstance(value, dict)]
    return [Found((*path, key), f'a job\'s name needs quotes: [jobs."{name}.{key}"]') for key in inner]


def _bad_job_name(name: str, path: Path) -> list[Found]:
    system, dot, what = name.partition(".")
    if not dot:
        return [Found(path, f'a job is named for its system and what it does, as in [jobs."SYSTEM.{name}"]')]
    wrong = bad_name(system) or bad_name(what)
    return [Found(path, wrong)] if wrong else []


def _unknown_system(name: str, path: Path, systems: Mapping[str, object]) -> list[Found]:
    if name in systems:
        return []
    return [Found(path, f"there is no system {show(name)}{guess_or_list(name, tuple(systems))}", doubtful=True)]


def _unknown_streams(sync: Any, system: SystemSettings | None, path: Path, *, is_default: bool) -> list[Found]:
    if system is None:
        return []
    known = tuple(system.options.streams())
    return [
        Found(path if is_default else (*path, "sync", position), _no_stream(what, system.kind, known), doubtful=True)
        for position, what in enumerate(as_list(sync) or ())
        if isinstance(what, str) and what not in known
    ]


def _no_stream(what: str, kind: str, known: tuple[str, ...]) -> str:
    return f"nothing called {show(what)} can be synchronised with {_KIND_WORDS[kind]}{guess_or_list(what, known)}"


def _given_by_name(table: dict[str, Any], path: Path) -> list[Found]:
    return [
        Found((*path, key), "there is no such setting; it is part of the job's name")
        for key in _GIVEN_BY_NAME
        if key in table
    ]


def _bad_name(name: str, path: Path, what: str) -> list[Found]:
    if name == BUILT_IN:
        return [Found(path, f"{show(name)} means the hub itself; give the {what} another name")]
    wrong = bad_name(name)
    return [Found(path, wrong)] if wrong else []


def _not_a_table(table: object, path: Path, example: str) -> list[Found]:
    return [] if isinstance(table, dict) else [Found(path, f"is not a table; write {example} above its settings")]


def _as_table(table: Any) -> dict[str, Any]:
    return table
