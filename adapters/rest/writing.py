"""What a described system is told, and how records are looked for that it may have already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.asking.http import Rejected, exact
from adapters.rest.expressions import Unmapped, address, filled, line, said
from adapters.rest.functions import RestFunctions
from adapters.rest.options import StreamSettings, written_fields
from adapters.rest.records import asked, documents, fetched, fields, sized, whole
from adapters.rest.session import Row, Session, given, nested, rows_of, truth
from adapters.rest.tables import Tables, looked_up
from adapters.rest.tellings import NOW, Action, Sign, Writing, spoken
from adapters.rest.ways import everything
from adapters.writing.bulk import portions
from adapters.writing.prices import check_described
from adapters.writing.writes import Gone, Unfit, all_or_none, known, one_by_one
from hub.canonical import ENTITIES, FieldFault
from hub.connector import Document, Write, Written


def write(told: StreamSettings, session: Session, writes: Sequence[Write]) -> Iterator[Written]:
    """Carry writes out, each by the action that is meant for it."""
    tables, by_action = Tables(session), dict[str, list[Write]]()
    for each in writes:
        by_action.setdefault(_action_of(told.write or Writing(), each), []).append(each)
    for name, some in by_action.items():
        actions = told.write.actions(name) if told.write else ()
        if not actions:
            yield from (_cannot(each, name) for each in some)
        elif (bulk := actions[0].bulk) is None:
            yield from one_by_one(some, partial(_carry_out, session, told, actions, tables))
        else:
            for portion in portions(some, bulk):
                yield from all_or_none(partial(_together, told=told, action=actions[0], tables=tables))(
                    session, portion
                )


def _action_of(writing: Writing, each: Write) -> str:
    if each.remove:
        return "remove"
    return "put" if writing.put else "update" if each.id else "create"


def _cannot(each: Write, name: str) -> Written:
    return Written(each.key, "refused", each.id, cause=f"no-{name}", message=f"write.{name} is not described")


def _carry_out(
    session: Session, told: StreamSettings, actions: Sequence[Action], tables: Tables, each: Write
) -> Written:
    """Carry out a write by one request; of several, by those that tell what has changed, in their order."""
    updates = told.write.updates if told.write else ()
    meant = [one for one in actions if len(actions) == 1 or one not in updates or _tells(told, one, each)]
    if not meant:
        raise Unfit("no-update", f"no write.update is made of {', '.join(sorted(each.fields))}")
    done, now = Written(each.key, "done", each.id), None
    for action in meant:
        now = now or _now(session, told, action, each)
        if written := _send(session, told, action, each, now, tables.functions(each.links)):
            done, now = written, None
            if each.remove:
                break
    if not done.id:
        raise Unfit(f"no-{_action_of(told.write or Writing(), each)}", "no request is meant for it: see where")
    return done


def _now(session: Session, told: StreamSettings, action: Action, each: Write) -> Document | None:
    """Return a record as the system shows it now, if the action is made of it, or must not come twice; raises Gone."""
    if not action.looks and not _shows(told, action, each):
        return None
    functions = looked_up(session)
    rows = fetched(session, told, [each.id or ""], functions)
    return known({one.id: one for one in documents(session, told, rows, functions)}, each.id)


def _tells(told: StreamSettings, action: Action, each: Write) -> frozenset[str]:
    """Return what has changed of what the request of an update tells."""
    writing = told.write or Writing()
    shared = spoken(writing.body) if action in writing.updates[:1] else ()
    return action.fields.union(shared) & each.fields.keys()


def _send(
    session: Session,
    told: StreamSettings,
    action: Action,
    each: Write,
    now: Document | None,
    functions: RestFunctions,
) -> Written | None:
    """Send what an action is made of; none, if it is not meant for this record as it is now."""
    if now and (names := _shows(told, action, each)) and _is_shown(session, told, now, each, names):
        return Written(each.key, "done", each.id, now)
    done = None
    for data in _meant(session, action, {**context(each), NOW: now and now.raw}, functions):
        path, body, headers = _request(told, action, each, data, functions)
        answer = session.send(action, path, body, headers)
        done = _written(session, told, action, each, {**data, "answer": answer.body}, functions)
    return done


def _meant(session: Session, action: Action, data: dict[str, Any], functions: RestFunctions) -> Iterator[Row]:
    """Yield what each request of an action is made of; raises Gone or Unfit."""
    try:
        for name, more in action.more.items():
            if more.value is None and address(more.path, data, functions) is None:
                raise Gone(_not_there(more.path))
            data[name] = asked(session, more, data, functions)
        if action.refuse and truth(why := said(action.refuse, data, functions)):
            raise Unfit("not-possible", str(why))
        if action.where and not truth(said(action.where, data, functions)):
            return
        items = said(action.each, data, functions) or () if action.each else [None]
    except Unmapped as fault:
        raise Unfit("not-mapped", str(fault)) from fault
    yield from ({**data, "item": item} for item in items)


def _not_there(path: str) -> str:
    return f"{path} is not there: what stands in braces says nothing of this record"


def _shows(told: StreamSettings, action: Action, each: Write) -> frozenset[str]:
    """Return by which fields the record shows that an update was done which adds something, such as a parcel.

    It may have come before, and its answer was lost.
    """
    adds = told.write and action in told.write.updates and each.id and not action.may_repeat
    return _tells(told, action, each) & told.fields.keys() if adds else frozenset()


def _is_shown(session: Session, told: StreamSettings, now: Document, each: Write, names: Iterable[str]) -> bool:
    """Return whether the record shows already all that is told of some fields; raises Unfit."""
    shown = fields(told, now.raw, session.functions())
    try:
        there = ENTITIES[told.entity].valid({name: shown.get(name) for name in names})
    except FieldFault as fault:
        why = f"{fault}; so it cannot be seen whether it was told before"
        raise Unfit(fault.cause, why) from fault
    return all((there[name] or None) == (each.fields[name] or None) for name in names)


def _together(
    session: Session, writes: Sequence[Write], *, told: StreamSettings, action: Action, tables: Tables
) -> Iterator[Written]:
    """Carry writes out in one request; raises Rejected, if the system takes none of them."""
    functions = [tables.functions(each.links) for each in writes]
    told_ = [_request(told, action, each, context(each), own) for each, own in zip(writes, functions, strict=True)]
    items = [body for _, body, _ in told_]
    path, _, headers = told_[0]
    body: Any = nested({}, {action.list: items}) if action.list else items
    answer = session.send(action, path, body, headers).body
    if action.outcomes is None:
        for each, own in zip(writes, functions, strict=True):
            yield _written(session, told, action, each, {**context(each), "answer": None}, own)
        return
    outcomes = rows_of(said(action.outcomes, answer, functions[0]), f"{session.name}: outcomes")
    for each, outcome, own in zip(writes, outcomes, functions, strict=False):
        data = {**context(each), "answer": outcome}
        yield from one_by_one([each], lambda one, d=data, f=own: _written(session, told, action, one, d, f))
    yield from (Written(each.key, "unknown") for each in writes[len(outcomes) :])


def _request(
    told: StreamSettings, action: Action, each: Write, data: Row, functions: RestFunctions
) -> tuple[str, Any, dict[str, str]]:
    """Return path, body and headers of a write; raises Gone or Unfit."""
    if told.entity == "prices":
        check_described(each, told.fields, written_fields(told))
    try:
        path = address(action.path, data, functions)
        body = _body(told, action, each, data, functions)
        headers = {name: str(line(value, data, functions)) for name, value in action.headers.items()}
    except Unmapped as fault:
        raise Unfit("not-mapped", f"{fault.field}: {fault}" if fault.field else str(fault)) from fault
    if path is None:
        raise Gone(_not_there(action.path))
    return path, body or None, headers


def context(each: Write) -> dict[str, Any]:
    """Return what expressions of a write speak of: our record, and what the hub and the system know it by."""
    own = {"id": (each.id or "").partition("|")[0] or None, "parts": (each.id or "").split("|")}
    return {**own, "hub_reference": each.reference, **each.record, **each.fields}


def _body(told: StreamSettings, action: Action, each: Write, data: Row, functions: RestFunctions) -> dict[str, Any]:
    """Return what is set: of the shared body what is made of fields that are given, of what is new less what is empty."""
    writing = told.write or Writing()
    shared: Mapping[str, Any] = {} if each.remove or action in writing.updates[1:] else writing.body
    if not writing.put:
        shared = {path: value for path, value in shared.items() if each.fields.keys() & {*spoken(value)}}
    values = {path: filled(value, data, functions, path) for path, value in {**shared, **action.body}.items()}
    empties = each.id and not writing.put and not action.each
    return nested({}, values if empties else given(values))


def _written(
    session: Session, told: StreamSettings, action: Action, each: Write, data: Row, functions: RestFunctions
) -> Written:
    """Return what became of a write, as its `answer` says; raises Rejected."""
    wrong = action.error and said(action.error, data, functions)
    if truth(wrong):
        raise Rejected(str(wrong), status=422, body=data["answer"])
    found = said(action.id, data, functions) if action.id else None
    id_ = found if isinstance(found, str) else exact(found) if found is not None else each.id
    if not id_:
        return Written(each.key, "unknown", message=f"the answer has no {action.id}")
    if each.remove or action.document is None:
        return Written(each.key, "done", id_)
    rows = rows_of(said(action.document, data, functions), "document")
    shown = {one.id: one for one in documents(session, told, rows, functions)}
    return Written(each.key, "done", id_, shown.get(id_))


# Finding


def find(told: StreamSettings, session: Session, wanted: Sequence[Write]) -> dict[str, Sequence[str]]:
    """Look for records by each sign in turn; what the first finds counts."""
    found: dict[str, Sequence[str]] = {each.key: () for each in wanted}
    functions = looked_up(session)
    for sign in told.write.find if told.write else ():
        values = {each.key: said(sign.value, context(each), functions) for each in wanted if not found[each.key]}
        values = {key: value for key, value in values.items() if truth(value)}
        there = _signed(session, told, sign, list(values.values()), functions)
        found |= {key: there[value] for key, value in values.items() if value in there}
    return found


def _signed(
    session: Session, told: StreamSettings, sign: Sign, values: Sequence[Any], functions: RestFunctions
) -> dict[Any, list[str]]:
    """Return value -> the identities of the documents that have it."""
    there: dict[Any, list[str]] = {value: [] for value in values}
    for each in documents(session, told, list(_candidates(session, told, sign, values, functions)), functions):
        value = said(sign.field, each.raw, functions)
        if value in there and each.id not in there[value]:
            there[value].append(each.id)
    return {value: ids for value, ids in there.items() if ids}


def _candidates(
    session: Session, told: StreamSettings, sign: Sign, values: Sequence[Any], functions: RestFunctions
) -> Iterator[Row]:
    """Yield the rows among which they may be."""
    if not values:
        return
    if sign.param is None and sign.path is None:
        yield from (row for some, _ in everything(told, told.row).walk(session, None) for row in some)
        return
    request = told.model_copy(update={"path": sign.path}) if sign.path else told
    for some in portions(list(dict.fromkeys(values)), sign.many):
        told_ = {sign.param: list(some) if sign.many > 1 else some[0]} if sign.param else {}
        answer = session.ask(request, {**sized(told), **told_}, {"value": some[0]}, functions)
        rows = rows_of(said(told.list, answer.body, functions), f"{session.name}: find")
        yield from whole(session, told, rows) if told.details else rows
