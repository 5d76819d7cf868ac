"""What a system's document says, in canonical form; or why it cannot be taken. Reads nothing, stores nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from hub import log
from hub.canonical import ENTITIES, FieldFault
from hub.canonical.entity import EntityModel
from hub.connector import Change, Document, Place, Unreadable
from hub.store.types import storable
from hub.sync.system import System

logger = log.get("sync")

NOT_UNDERSTOOD = "not-understood"
UNFIT = "unfit-identity"
"""The cause of what a system calls by an identity that no database keeps: kept as another, it could not be asked for."""
NOTHING: Mapping[str, str] = MappingProxyType({})


class Understood(NamedTuple):
    """A document and what it says."""

    document: Document
    digest: str
    key: str
    """The natural key; empty where the hub gives it."""
    fields: Mapping[str, Any]
    """Valid and JSON-ready. References still hold the system's own identities."""
    place: Place
    reference: str = ""
    """The hub's own, where the document carries it."""
    left_out: Mapping[str, str] = NOTHING
    """Field that the record can do without -> why its value could not be taken."""
    born: str = ""
    """When the system made it, as far as it says so."""


def understand(system: System, stream: str, document: Document, digest: str) -> Understood | Unreadable:
    """Translate a document and check every field; one that breaks the translation stops nothing but itself."""
    entity = ENTITIES[system.connector.streams[stream].entity]
    if not is_kept(document.id):
        message = f"{system.name} calls it {document.id!a}, with a character that no database keeps: rename it there"
        return Unreadable(UNFIT, message, Place(_source(system, entity.name, document)), raw=_told(document))
    try:
        change = system.connector.translate(stream, document)
        if not isinstance(change, Change):
            return change
        fields, left_out = _taken(entity, change.fields)
        key = entity.key(fields, fields) if entity.natural and not change.key else change.key
    except FieldFault as fault:
        at = Place(_source(system, entity.name, document), column=fault.field)
        return Unreadable(fault.cause, fault.message, at, raw=_told(document))
    except Exception as fault:
        logger.exception("not_understood", system=system.name, stream=stream, id=document.id)
        message = f"the connector cannot make sense of it: {type(fault).__name__}: {fault}"
        place = Place(_source(system, entity.name, document))
        return Unreadable(NOT_UNDERSTOOD, message, place, raw=_told(document))
    return Understood(document, digest, key, fields, change.place, change.reference, left_out, change.born)


def is_kept(identity: str) -> bool:
    """Tell whether an identity comes back from the database as it is."""
    return identity.isprintable() or storable(identity) == identity


def _taken(entity: EntityModel, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is valid, and why what the record can do without is not; raises FieldFault for anything else."""
    try:
        return entity.valid(fields), {}
    except FieldFault as fault:
        if fault.field not in entity.dispensable:
            raise
        rest, left_out = _taken(entity, {name: value for name, value in fields.items() if name != fault.field})
        return rest, {fault.field: fault.message} | left_out


def _source(system: System, entity: str, document: Document) -> str:
    return f"{system.name} {entity} {document.id}"


def _told(document: Document) -> dict[str, str]:
    """Return a document as texts, for the operator."""
    return {name: value if isinstance(value, str) else str(value) for name, value in document.raw.items()}
