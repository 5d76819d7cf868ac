"""What documents name, in our words: the keys of other records in the place of the system's identities."""

from collections.abc import Iterable, Sequence

from hub.canonical import ENTITIES
from hub.connector import Unreadable
from hub.store import Tx, bindings
from hub.sync.lines import by_our_products
from hub.sync.taken import Taken
from hub.sync.understanding import Understood


def resolved(tx: Tx, said: Sequence[Understood], taken: Taken) -> Iterable[Understood]:
    """Put our keys in the place of the system's identities of other records; what these are missing waits for them."""
    flow = taken.flow
    names = {name: entity for name, entity in flow.entity.references.items() if not ENTITIES[entity].natural}
    if not names:
        return said
    said = by_our_products(tx, flow, said)
    resolved: list[Understood] = []
    found = {
        name: bindings.by_ids(tx, flow.system.name, entity, {e.fields[name] for e in said if e.fields.get(name)})
        for name, entity in names.items()
    }
    for each in said:
        given = {name: each.fields[name] for name in names if each.fields.get(name)}
        missing = next((name for name, identity in given.items() if identity not in found[name]), None)
        if missing is None:
            keys = {name: found[name][identity].key for name, identity in given.items()}
            resolved.append(each._replace(fields={**each.fields, **keys}))
            continue
        entity, identity = names[missing], given[missing]
        message = f"waits for {entity} {identity} of {flow.system.name}, which has not come yet"
        why = Unreadable(f"waits-for-{entity}", message, each.place)
        taken.put_aside(each.document, each.digest, why, needs={"entity": entity, "id": identity})
    return resolved
