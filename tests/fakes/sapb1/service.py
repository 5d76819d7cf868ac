"""What the Service Layer answers: logins, reading, making, changing, cancelling."""

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.sapb1 import documents, odata, partners
from tests.fakes.sapb1.schemas import Wrong, check
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.sapb1.company import SapB1

COMPANY, USER, PASSWORD = "SBODEMO", "hub", "9m2-Kestrel-44"


def log_in(company: "SapB1", asked: Asked) -> Reply:
    """guide: "Login and Logout"; seen: what is refused has these codes, and the cookie no path."""
    given = asked.json
    if given.get("CompanyDB") != COMPANY:
        return odata.error(401, -306, "Fail to NONE-SSO login from SLD.")
    if (given.get("UserName"), given.get("Password")) != (USER, company.password):
        return odata.error(401, -304, "Fail to NONE-SSO login from SLD.")
    session, node = secrets.token_hex(16), f".node{len(company.sessions) % 3 + 1}"
    company.sessions[session] = node
    # One header of a name is all that a dictionary holds, but capitals tell two of them apart.
    cookies = {"Set-Cookie": f"B1SESSION={session};HttpOnly;", "set-cookie": f"ROUTEID={node}; path=/b1s"}
    return Reply(200, {"SessionId": session, "Version": "1000290", "SessionTimeout": 30}, cookies)


def log_out(company: "SapB1", asked: Asked) -> Reply:
    company.sessions.pop(cookies(asked).get("B1SESSION", ""), None)
    return Reply(204)


def read(company: "SapB1", asked: Asked, target: str) -> Reply:
    """A list, or one entity by its key."""
    name, key = _target(target)
    found = company.rows(name)
    if found is None:
        return odata.error(400, -1, "Service Not Found")
    entity, rows = found
    if key is None:
        return odata.listed(asked, name, entity, rows)
    row = next((row for row in rows if _key(entity, row) == key), None)
    return Reply(200, row) if row else odata.error(404, -2028, "No matching records found (ODBC -2028)")


def create(company: "SapB1", asked: Asked, name: str) -> Reply:
    """guide: "Create Entities": 201, with the entity."""
    sorts = {"BusinessPartners": "BusinessPartner", "Orders": "Document"}
    if name not in sorts:
        return odata.error(400, -1, "Service Not Found")
    try:
        check(sorts[name], asked.json)
        if name == "Orders":
            return Reply(201, documents.shown(company, documents.new_order(company, asked.json)))
        return Reply(201, company.with_marks(partners.new_partner(company, asked.json)))
    except Wrong as wrong:
        return refusal(wrong)


def change(company: "SapB1", asked: Asked, target: str) -> Reply:
    """seen: 204 without a body; of what is not there, another message than that of reading."""
    name, key = _target(target)
    record = company.record(name, key or "")
    if record is None:
        return odata.error(404, -2028, f"Entity with value('{key}') does not exist")
    try:
        if name == "Orders":
            check("Document", asked.json)
            documents.change_order(company, record, asked.json)
        else:
            check("BusinessPartner", asked.json)
            replace = asked.headers.get("b1s-replacecollectionsonpatch") == "true"
            partners.change_partner(company, record, asked.json, replace=replace)
    except Wrong as wrong:
        return refusal(wrong)
    return Reply(204)


def cancel(company: "SapB1", _asked: Asked, target: str) -> Reply:
    """guide: "Actions": 204."""
    name, key = _target(target)
    record = company.record(name, key or "")
    if name != "Orders" or record is None:
        return odata.error(404, -2028, "No matching records found (ODBC -2028)")
    try:
        documents.cancel(company, record)
    except Wrong as wrong:
        return refusal(wrong)
    return Reply(204)


def refusal(wrong: Wrong) -> Reply:
    """seen: what is not there is 404, all else 400."""
    return odata.error(404 if wrong.code == -2028 else 400, wrong.code, str(wrong))


def _target(target: str) -> tuple[str, str | None]:
    """`Items('A-1')` -> Items, A-1."""
    found = re.fullmatch(r"(\w+)\((?:'(.*)'|(\d+))\)", target)
    if not found:
        return target, None
    return found[1], found[3] or found[2].replace("''", "'")


def _key(entity: str, row: Mapping[str, Any]) -> str:
    names = {"Item": "ItemCode", "BusinessPartner": "CardCode", "Document": "DocEntry"}
    return str(row[names.get(entity, next(iter(row)))])


def cookies(asked: Asked) -> dict[str, str]:
    pairs = [each.strip().partition("=") for each in asked.headers.get("cookie", "").split(";")]
    return {name: value for name, _, value in pairs}
