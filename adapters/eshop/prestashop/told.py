"""What a PrestaShop shop is told, as XML (page "Create a resource"; `WebserviceRequest::saveEntityFromXml`). Pure."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, cast

Fields = Mapping[str, Any]
READ_ONLY = frozenset(["manufacturer_name", "quantity", "type", "position_in_category", "associations", "new"])
DERIVED = frozenset(["id_default_image", "id_default_combination"])
"""Of a product: the shop refuses the first if they are sent back, and makes others of itself (`Product`, web service)."""
TEXTS = re.compile(
    "name|description|description_short|link_rewrite|meta_title|meta_description|meta_keywords|available_now|"
    "available_later|delivery_in_stock|delivery_out_stock"
)
"""A product's and a category's fields that stand there in each language."""
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xml(node: str, fields: Fields, language: str) -> bytes:
    """Return one record; texts are plain, in the language of this number, or as the shop shows those of several."""
    parts = "".join(_element(name, value, language) for name, value in fields.items() if value is not None)
    return f'<?xml version="1.0" encoding="UTF-8"?><prestashop><{node}>{parts}</{node}></prestashop>'.encode()


def whole(row: Fields, changes: Fields, language: str) -> Fields:
    """Return all that is sent back of a record when some of it changes: what is left out, the shop would empty."""
    kept = {name: value for name, value in row.items() if name not in READ_ONLY | DERIVED}
    return kept | {name: _merged(kept.get(name), value, language) for name, value in changes.items()}


def _merged(there: Any, new: Any, language: str) -> Any:
    """Return a text with those of the other languages."""
    if not isinstance(there, list):
        return new
    texts = cast("list[Fields]", there)
    return [{"id": language, "value": new}, *(each for each in texts if str(each["id"]) != language)]


def _element(name: str, value: Any, language: str) -> str:
    if name == "associations":
        return f"<{name}>{''.join(_association(each, ids) for each, ids in value.items())}</{name}>"
    if isinstance(value, list) or TEXTS.fullmatch(name):
        texts = cast("list[Fields]", value) if isinstance(value, list) else [{"id": language, "value": value}]
        told = "".join(f'<language id="{each["id"]}">{_text(each["value"])}</language>' for each in texts)
        return f"<{name}>{told}</{name}>"
    return f"<{name}>{_text(value)}</{name}>"


def _association(name: str, ids: Sequence[str]) -> str:
    """`categories` -> its `category` nodes; only the number counts."""
    return f"<{name}>{''.join(f'<category><id>{id_}</id></category>' for id_ in ids)}</{name}>"


def _text(value: object) -> str:
    return escape(_NOT_XML.sub("", "" if value is None else str(value)))
