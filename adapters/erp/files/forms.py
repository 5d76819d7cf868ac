"""What stands in the file of an order: XML, CSV or JSON, as hub.toml describes it. Pure."""

import csv
import io
from collections.abc import Mapping
from typing import Any, cast

import orjson

from adapters.erp.files import xml_form
from adapters.erp.files.expressions import FileFunctions, Scope, each_of, text_of, value_of
from adapters.erp.files.order_files import OrderFiles
from adapters.writing.writes import Unfit


def filled(files: OrderFiles, scope: Scope, functions: FileFunctions) -> bytes:
    """Return the file of an order; the same order gives the same bytes. Raises Unfit."""
    if files.type == "xml":
        return xml_form.filled(files.template, scope, functions, files.encoding)
    text = _json(files.template, scope, functions) if files.type == "json" else _csv(files, scope, functions)
    try:
        return text.encode(files.encoding)
    except UnicodeEncodeError as fault:
        message = f"{fault.object[fault.start : fault.end]!r} cannot be written in {files.encoding}"
        raise Unfit("not-in-encoding", f"{message}; change it in the order, or the encoding in hub.toml") from None


def _csv(files: OrderFiles, scope: Scope, functions: FileFunctions) -> str:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=files.delimiter, lineterminator="\r\n")
    if files.header:
        rows.writerow(files.columns)
    each = list(each_of(files.each, scope, functions)) if files.each else [scope]
    if not each:
        raise Unfit("nothing-in-it", f"{files.each} of this order is empty, and so would be its file")
    for inner in each:
        rows.writerow([text_of(expression, inner, functions) for expression in files.columns.values()])
    return text.getvalue()


def _json(template: Any, scope: Scope, functions: FileFunctions) -> str:
    return orjson.dumps(_made(template, scope, functions), option=orjson.OPT_INDENT_2).decode()


def _made(template: Any, scope: Scope, functions: FileFunctions) -> Any:
    if isinstance(template, Mapping):
        table = cast("Mapping[str, Any]", template)
        return {name: _made(each, scope, functions) for name, each in table.items()}
    if isinstance(template, list):
        return [_made(each, scope, functions) for each in cast("list[Any]", template)]
    return value_of(template, scope, functions)
