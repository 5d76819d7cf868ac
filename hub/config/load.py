"""From the text of `hub.toml` to typed settings, or to all of its faults at once."""

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from hub.config.addresses import plain_passwords
from hub.config.exchange import ExchangeOptions
from hub.config.faults import Fault, Faults, Found, guess_or_list, place_of
from hub.config.lines import line_numbers, line_of
from hub.config.owners import owner_faults
from hub.config.settings import HubSettings, JobSettings, Settings, SystemSettings, implied_jobs
from hub.config.syntax import Parsed, as_table, parse, unusable
from hub.config.tables import Connectors, bad_name, read_hub, read_job, read_system

LARGEST = 5_000_000
"""Bytes of a configuration file; what is larger is some other file."""

_TABLES = ("hub", "systems", "jobs")
_PLACES_NO_ORDERS = "says from when on a shop's orders are taken; write it in the table of the shop"
_GETS_NO_ORDERS = "says which orders a system gets, and only an ERP gets any; write it under the ERP's range"


def load(text: str, connectors: Connectors, *, source: str = "hub.toml") -> Settings:
    """Return what the text says; raises Faults with everything that is wrong with it."""
    text = text.removeprefix("\ufeff")
    if not _is_storable(text):
        raise Faults([Fault(None, "", "the text is not Unicode: it has characters that no file can hold")], source)
    parsed = parse(text)
    if not parsed.readable:
        raise Faults(parsed.faults, source)
    judged = list(unusable(parsed.data)) or _judged(parsed.data, connectors)
    if isinstance(judged, Settings) and not parsed.faults:
        return judged
    raise Faults(_placed(parsed, [] if isinstance(judged, Settings) else judged), source)


def load_file(path: FilePath, connectors: Connectors) -> Settings:
    """Return what a file says, the embedded default if there is none; raises Faults."""
    text = read_text(path)
    return Settings() if text is None else load(text, connectors, source=path.name)


def read_text(path: FilePath) -> str | None:
    """Return the text of a configuration file, None if there is none; raises Faults if it is no text."""
    if path.is_dir():
        raise Faults([Fault(None, "", "this is a folder, not a file")], path.name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Faults([Fault(None, "", f"the file cannot be read: {reason}")], path.name) from None
    text = _decoded(content, path.name)
    if not text.strip():  # an editor that broke off, a full disk: applied, it would take every system away
        mend = "write what the hub shall do into it, or delete it; hub config export shows what is in force"
        raise Faults([Fault(None, "", f"the file is empty; {mend}")], path.name)
    return text


def _decoded(content: bytes, source: str) -> str:
    if len(content) > LARGEST:
        raise Faults([Fault(None, "", f"more than {LARGEST:,} bytes are too much for a configuration")], source)
    # What stands in a configuration begins with an ASCII letter, of which UTF-16 makes two bytes, one of them zero.
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:2].count(0) == 1:
        raise Faults([_other_encoding(1, "UTF-16")], source)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Faults([_other_encoding(line, "another encoding")], source) from None


def _other_encoding(line: int, told: str) -> Fault:
    mend = "save the file as UTF-8 (in most editors: Save as, Encoding)"
    return Fault(line, "", f"this is not UTF-8 but {told}; {mend}")


def _judged(data: dict[str, Any], connectors: Connectors) -> Settings | list[Found]:
    found = [
        Found((key,), f"there is no such table{guess_or_list(key, _TABLES)}") for key in data if key not in _TABLES
    ]
    hub = _kept(read_hub(data.get("hub", {})), found)
    named = _tables_of(data, "systems", found)
    systems = {name: _kept(read_system(name, table, connectors), found) for name, table in named.items()}
    jobs = {
        name: _kept(read_job(name, table, systems), found) for name, table in _tables_of(data, "jobs", found).items()
    }
    settings = Settings(hub=hub or HubSettings(), systems=_good(systems), jobs=_good(jobs))
    found += _disagreements(settings, data)
    blamed = {one.path for one in found}
    found += [one for one in plain_passwords(data) if one.path not in blamed]
    return found or settings


def _kept(judged: "HubSettings | SystemSettings | JobSettings | list[Found]", found: list[Found]) -> Any:
    """Return what is good; put aside what is not."""
    if isinstance(judged, list):
        found += judged
        return None
    return judged


def _good(judged: dict[str, Any]) -> dict[str, Any]:
    return {name: settings for name, settings in judged.items() if settings is not None}


def _tables_of(data: dict[str, Any], key: str, found: list[Found]) -> dict[str, Any]:
    tables = as_table(data.get(key, {}))
    if tables is not None:
        return tables
    example = "[systems.shop]" if key == "systems" else '[jobs."shop.orders"]'
    found.append(Found((key,), f"is not a table; write {example}"))
    return {}


def _disagreements(settings: Settings, data: dict[str, Any]) -> Iterator[Found]:
    """Yield what is wrong between tables that are right by themselves."""
    has_holidays = "holidays" in (as_table(data.get("hub")) or {})
    for job in settings.jobs.values():
        if job.holidays == "skip" and not has_holidays:
            yield Found(("jobs", job.name, "holidays"), _NEEDS_COUNTRY, doubtful=True)
    yield from owner_faults(settings.systems, as_table(data.get("systems")) or {})
    for system in settings.systems.values():
        if isinstance(system.options, ExchangeOptions) and system.options.range.orders and system.kind != "erp":
            yield Found(("systems", system.name, "range", "orders"), _GETS_NO_ORDERS)
        if isinstance(system.options, ExchangeOptions) and system.options.orders_from and system.kind == "erp":
            yield Found(("systems", system.name, "orders_from"), _PLACES_NO_ORDERS)
        for job in implied_jobs(system):
            wrong = bad_name(job.sync[0])
            if wrong:
                yield Found(("systems", system.name, job.sync[0]), wrong)
            if job.holidays == "skip" and not has_holidays:
                yield Found(("systems", system.name, job.sync[0], "holidays"), _NEEDS_COUNTRY, doubtful=True)


_NEEDS_COUNTRY = 'needs to know whose holidays; write holidays = "PL" (or another country) under [hub]'


def _placed(parsed: Parsed, found: list[Found]) -> Iterator[Fault]:
    yield from parsed.faults
    lines = line_numbers(parsed.text)
    for one in found:
        # What is missing may stand in a line that could not be read.
        if not (one.doubtful and parsed.faults):
            path = _as_written(one.path, lines)
            yield Fault(line_of(lines, path), place_of(path), one.message)


def _as_written(path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """Return the path of a stream as the file has it: its connector alone knows under which key it keeps streams."""
    match path:
        case ("systems", name, stream, *rest) if path[:3] not in lines:
            below = (known for known in lines if known[:2] == ("systems", name) and known[3:] == (stream,))
            written = next(below, path[:3])
            return (*written, *rest)
        case _:
            return path


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
