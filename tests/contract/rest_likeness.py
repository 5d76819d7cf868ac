"""Comparing what two connectors say of one system."""

from typing import Any

from hub.canonical import ENTITIES
from hub.connector import Change, Exchange


def differences(one: Exchange, other: Exchange, stream: str) -> tuple[int, dict[str, Any]]:
    """Return how many records both show, and what they say otherwise of any field.

    What only one of them shows is a difference as well; a field that is left out says nothing.
    """
    ours, theirs = _told(one, stream), _told(other, stream)
    unlike: dict[str, Any] = dict.fromkeys(ours.keys() ^ theirs.keys(), "shown by one only")
    for id_ in ours.keys() & theirs.keys():
        names = ours[id_].keys() | theirs[id_].keys()
        both = {name: (ours[id_].get(name), theirs[id_].get(name)) for name in names}
        said = {name: (one, other) for name, (one, other) in both.items() if one != other}
        unlike |= {id_: said} if said else {}
    return len(ours.keys() & theirs.keys()), unlike


def _told(connector: Exchange, stream: str) -> dict[str, Any]:
    entity, found = connector.streams[stream].entity, dict[str, Any]()
    for page in connector.read(stream, None, full=True):
        for document in page.documents if page.entity == entity else ():
            change = connector.translate(stream, document)
            if isinstance(change, Change):
                fields = {**ENTITIES[entity].valid(change.fields)}
                if fields.get("tracking"):  # shops show parcels in any order
                    fields["tracking"] = sorted(fields["tracking"], key=lambda parcel: parcel["number"])
                found[change.key or document.id] = fields
    return found
