"""Who owns which field, as the tables [systems.NAME.owner] say together."""

from collections.abc import Collection, Iterator, Mapping

from hub.canonical import ENTITIES
from hub.config.exchange import ExchangeOptions
from hub.config.faults import Found, guess_or_list, show
from hub.config.settings import SystemSettings


def owner_faults(systems: Mapping[str, SystemSettings], named: Collection[str]) -> Iterator[Found]:
    """Yield what is wrong with owners: a field or a system that is not there, a field with two owners.

    `named`: all systems that the file names, those that have faults of their own too.
    """
    owned: dict[str, tuple[str, str]] = {}
    nothing: Mapping[str, str] = {}
    for system in systems.values():
        given = system.options.owner if isinstance(system.options, ExchangeOptions) else nothing
        for name, owner in given.items():
            path = ("systems", system.name, "owner", name)
            wrong = _wrong_field(name)
            if wrong:
                yield Found(path, wrong)
            if owner not in named:
                yield Found(
                    path, f"there is no system {show(owner)}{guess_or_list(owner, tuple(named))}", doubtful=True
                )
            before, by = owned.setdefault(name, (owner, system.name))
            if before != owner:
                yield Found(path, f"is given to {show(owner)} here, and to {show(before)} under [systems.{by}.owner]")


def _wrong_field(name: str) -> str | None:
    entity, _, field = name.partition(".")
    if entity not in ENTITIES:
        return f"nothing is called {show(entity)}{guess_or_list(entity, tuple(ENTITIES))}"
    fields, keys = ENTITIES[entity].fields, (*ENTITIES[entity].key_fields, *ENTITIES[entity].more_key_fields)
    if field not in fields:
        return f"{entity} have no field {show(field)}{guess_or_list(field, tuple(sorted(fields)))}"
    if field in keys:
        return f"{entity} are told from one another by {show(field)}, which stays with whoever they come from"
    return None
