"""Texts as the blocks of EditorJS, which shops keep instead of HTML (page "Editor.js: Saved data"). Pure."""

import json
import re

from adapters.eshop.orders import Fields, Raw

_BLOCK = re.compile(r"<(p|h[1-6]|ul|ol)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^>]*>(.*?)</li>", re.DOTALL | re.IGNORECASE)


def blocks(text: str | None) -> str | None:
    """Return HTML, or plain text, as the EditorJS blocks."""
    if not text:
        return None
    found, end = list[Fields](), 0
    for match in _BLOCK.finditer(text):
        found += _paragraphs(text[end : match.start()])
        found.append(_block(match[1].lower(), match[2].strip()))
        end = match.end()
    return json.dumps({"blocks": found + _paragraphs(text[end:])}, ensure_ascii=False)


def _paragraphs(text: str) -> list[Fields]:
    return [_block("p", each.strip()) for each in re.split(r"\n\s*\n", text) if each.strip()]


def _block(tag: str, text: str) -> Fields:
    if tag == "p":
        return {"type": "paragraph", "data": {"text": text}}
    if tag.startswith("h"):
        return {"type": "header", "data": {"text": text, "level": int(tag[1])}}
    items = [each.strip() for each in _ITEM.findall(text)]
    return {"type": "list", "data": {"style": "ordered" if tag == "ol" else "unordered", "items": items}}


def html(description: str) -> str | None:
    """Return EditorJS blocks as HTML; pictures and embedded pages are left out."""
    shown = [_tagged(each["type"], each["data"]) for each in json.loads(description).get("blocks") or ()]
    return "".join(shown) or None


def _tagged(kind: str, data: Raw) -> str:
    if kind == "list":
        tag = "ol" if data.get("style") == "ordered" else "ul"
        items = (each if isinstance(each, str) else each["content"] for each in data["items"])
        return f"<{tag}>{''.join(f'<li>{each}</li>' for each in items)}</{tag}>"
    tag = f"h{data.get('level', 2)}" if kind == "header" else {"paragraph": "p", "quote": "blockquote"}.get(kind)
    return f"<{tag}>{data.get('text', '')}</{tag}>" if tag else ""
