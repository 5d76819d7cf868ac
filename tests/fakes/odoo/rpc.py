"""How it is called: JSON-RPC and JSON-2; what a caller may do with a model, and how errors come back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.odoo.orm import OdooError, Values
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.odoo.erp import Odoo

DENIED = OdooError("odoo.exceptions.AccessDenied", "Access Denied")


def json_rpc(erp: "Odoo", asked: Asked) -> Reply:
    """rpc: Calling methods. Errors come with 200 (odoo/http.py, JsonRPCDispatcher)."""
    params = asked.json["params"]
    try:
        result = _service(erp, params["service"], params["method"], params["args"])
    except OdooError as error:
        told = {"name": error.name, "debug": "Traceback (most recent call last): ...", "message": str(error)}
        body: Values = {
            "code": 200,
            "message": "Odoo Server Error",
            "data": {**told, "arguments": [str(error)], "context": {}},
        }
        return Reply(200, {"jsonrpc": "2.0", "id": asked.json["id"], "error": body})
    return Reply(200, {"jsonrpc": "2.0", "id": asked.json["id"], "result": result})


def _service(erp: "Odoo", service: str, method: str, args: Sequence[Any]) -> Any:
    if (service, method) == ("common", "version"):
        told = [erp.version, 0, 0, "final", 0, ""]
        return {"server_version": f"{erp.version}.0", "server_version_info": told, "protocol_version": 1}
    database, user, key, *rest = args
    if database != erp.database:
        message = f'FATAL:  database "{database}" does not exist'
        raise OdooError("psycopg2.OperationalError", message)
    if (service, method) == ("common", "authenticate"):
        return erp.uid if (user, key) == (erp.login, erp.key) else False
    if (user, key) != (erp.uid, erp.key):
        raise DENIED
    model, name, given, *named = rest
    kwargs = dict(named[0]) if named else {}
    context = kwargs.pop("context", {})
    if name == "create":
        return _carried_out(erp, model, name, None, {"vals_list": given[0], **kwargs}, context)
    return _carried_out(erp, model, name, given[0] if given else None, kwargs, context)


def json2(erp: "Odoo", asked: Asked, model: str, method: str) -> Reply:
    """json2: API. Each argument by its name; a status of HTTP."""
    scheme, _, key = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or key != erp.key or asked.headers.get("x-odoo-database") != erp.database:
        return _error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
    given: Values = dict(asked.json)
    ids, context = given.pop("ids", None), given.pop("context", {})
    try:
        return Reply(200, _carried_out(erp, model, method, ids, given, context))
    except OdooError as error:
        return _error(error.status, error.name, str(error))


def _error(status: int, name: str, message: str) -> Reply:
    debug = "Traceback (most recent call last): ..."
    told: Values = {"name": name, "message": message, "arguments": [message, status], "context": {}, "debug": debug}
    return Reply(status, told)


def _carried_out(
    erp: "Odoo", model: str, method: str, ids: Sequence[int] | None, given: Values, context: Mapping[str, Any]
) -> Any:
    """One call is one transaction (json2: Transaction)."""
    orm = erp.orm
    if model not in orm.tables:
        raise OdooError("odoo.exceptions.UserError", f"Object {model} doesn't exist")
    if not {*context.get("allowed_company_ids", [1])} <= erp.companies:
        raise OdooError("odoo.exceptions.AccessError", "Access to unauthorized or invalid companies.")
    if method == "fields_get":
        return _fields(erp, model)
    if method == "search_read":
        domain, fields = given.pop("domain"), given.pop("fields")
        return orm.read(model, domain, fields, given.pop("order"), given.pop("limit", None), dict(context))
    if method == ("has_access" if erp.version >= 18 else "check_access_rights"):  # orm: models.py; the other is gone
        assert not ids, "only of models"
        return (model, given["operation"]) not in orm.no_rights
    before = orm.snapshot()
    try:
        return _write(erp, model, method, ids, given)
    except OdooError:
        orm.restore(before)
        raise


def _write(erp: "Odoo", model: str, method: str, ids: Sequence[int] | None, given: Values) -> Any:
    if method == "create":
        return erp.orm.create(model, given["vals_list"])
    assert ids is not None, "this is a method of records"
    if method == "write":
        return erp.orm.write(model, ids, given["vals"])
    if model == "sale.order" and method in ("action_confirm", "action_cancel"):
        return getattr(erp.sales, method)(ids)
    raise OdooError("builtins.AttributeError", f"The method '{model}.{method}' does not exist")


def _fields(erp: "Odoo", model: str) -> Values:
    """orm: fields_get, with `attributes` type and relation."""
    orm = erp.orm
    names = dict(orm.columns[model])
    if model == "product.product":
        names = orm.columns["product.template"] | names
    return {
        name: {"type": column.type, **({"relation": column.relation} if column.relation else {})}
        for name, column in names.items()
    }
