"""Parties brought to an ERP of models: made, or changed in what differs, with the records that hang on them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.erp.customers import called
from adapters.erp.known import Known, known_in, new_address
from adapters.erp.models import Model, Models, having
from adapters.erp.orders import same_place
from adapters.fields import Table, active, given, told
from adapters.rows import Row
from adapters.writing.bulk import Batch
from hub.connector import Stream, Write, Written

HIDDEN = {"active": False}
"""What children get that are no longer wanted: documents may refer to them."""
PARTIES = Stream(
    "parties", writes=frozenset(["name", "vat_id", "email", "phone", "addresses"]), create="intent", bulk=100
)


@dataclass(frozen=True, slots=True)
class Children:
    """Records that hang on a party, in which the ERP keeps one of our fields: its e-mail address, its addresses."""

    relation: str
    stands_for: Callable[[Row], Hashable | None]
    """A child -> what it says; none, if it says nothing of this field."""
    wanted: Callable[[Any, Known], Mapping[Any, Any]]
    """Our field, if it is not empty -> what children shall say -> their values, should they be new."""
    without: Callable[[Row], Iterable[Hashable]] = lambda _: ()
    """A party -> what it says itself, so that no child has to."""
    several: bool = False
    """Whether our field is a list; one that is not takes the place of the first child alone, which it is read from."""


@dataclass(frozen=True, slots=True)
class PartyForms:
    """How an ERP of models keeps a party."""

    party: Model
    own: Table
    """The ERP's fields of the party itself, each made of one of ours."""
    children: Mapping[str, Children]
    """Our other fields, and `reference`, the hub's own."""
    add: Callable[[Any], Any]
    """Values of a new child -> what the party is told of it."""
    change: Callable[[int, Any], Any]
    """Number of a child, and values that it gets -> what the party is told of it."""
    names: Mapping[str, Model]
    """Of what it refers to, see `known_in`: `country`."""


def typed(relation: str, kind: str) -> Children:
    """Return a field that is kept in children with a `type` and a `value`."""
    return Children(
        relation,
        lambda child: child["value"] if child["type"] == kind else None,
        lambda value, _: {value: {"type": kind, "value": value}},
    )


def addresses(
    relation: str, table: Table, new: Table, without: Callable[[Row], Iterable[Hashable]] = lambda _: ()
) -> Children:
    """Return the addresses that are kept in children. `table`: as they are read; `new`: as they are made."""
    return Children(
        relation,
        lambda child: same_place(told(table, child)),
        lambda places, known: {same_place(each): new_address(new, each, known) for each in places},
        without,
        several=True,
    )


def bring_parties(forms: PartyForms, erp: Models, writes: Sequence[Write]) -> Iterator[Written]:
    """Make the new parties, change the others."""
    known = known_in(erp, forms.names)
    ids = {int(each.id): each.key for each in writes if each.id}
    there = {ids[row["id"]]: row for row in having(erp, forms.party, "id", [*ids])}
    return Batch(writes).make_or_change(
        {key: row["id"] for key, row in there.items()},
        lambda key, write: party_values(forms, known, write, there.get(key)),
        partial(erp.create, forms.party.name),
        partial(erp.change, forms.party.name),
    )


def party_values(forms: PartyForms, known: Known, write: Write, there: Row | None) -> dict[str, Any]:
    """Return what is to be set of a party. `there`: as it stands; one that is new is called by what is known of it."""
    fields = dict(write.fields)
    if not there:
        fields |= {"name": called(fields), "reference": write.reference}
    values = given(forms.own, fields)
    for name, children in forms.children.items():
        if name in fields:
            old = active(there[children.relation]) if there else ()
            wanted: dict[Any, Any] = dict(children.wanted(fields[name], known)) if fields[name] else {}
            for said in children.without(there) if there else ():
                wanted.pop(said, None)
            new, changed = _differing(old, children, wanted)
            commands = [*map(forms.add, new), *(forms.change(*each) for each in changed)]
            values[children.relation] = [*values.get(children.relation, ()), *commands]
    return values


def _differing(
    there: Sequence[Row], children: Children, wanted: Mapping[Any, Any]
) -> tuple[list[Any], list[tuple[int, Any]]]:
    """Return the values of new children, and what others get: those that are no longer wanted are hidden."""
    old = {said: each["id"] for each in there if (said := children.stands_for(each))}
    new = [values for said, values in wanted.items() if said not in old]
    read = [*old.items()] if children.several else [*old.items()][:1]
    gone = [id_ for said, id_ in read if said not in wanted]
    if gone and new and not children.several:  # in its place, so that it stays the first
        return [], [(gone[0], new[0])]
    return new, [(id_, HIDDEN) for id_ in gone]
