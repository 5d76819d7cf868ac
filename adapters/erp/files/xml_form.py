"""An order as XML: the ERP's own sample with expressions in braces, filled in element by element. Pure.

Nothing is pasted: values become text nodes and attributes, and are escaped when the document is written.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from xml.dom import minidom
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape, unescape

from defusedxml import DefusedXmlException
from defusedxml.minidom import parseString

from adapters.erp.files.expressions import CHECK, FileFunctions, Scope, each_of, roots, text_of, value_of
from hub.config.faults import refuse, show

EACH, IF = "hub-each", "hub-if"
"""Attributes of a template's elements, which the file does not have: repeated for each item; only where it holds."""
_BRACES = re.compile(r"\{([^{}]*)\}")
_PYTHONS, _REGISTERED = re.compile("^(cp125|iso8859-)"), {"cp125": "windows-125", "iso8859-": "iso-8859-"}
_AS_WRITTEN = re.compile(rf"""\{{[^{{}}]*\}}|(?<={EACH}=")[^"]*|(?<={IF}=")[^"]*""")
"""Expressions, which may hold `&&` and `<` as they are."""
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, escaped or not (Extensible Markup Language, 2.2 Characters)."""


def check(template: str) -> str:
    """Return a template that can be filled in; raises pydantic's error."""
    try:
        root = _root(template)
    except (ExpatError, ValueError, DefusedXmlException) as fault:
        refuse(f"it is not well-formed XML: {fault}")
    for expression in _expressions(root):
        CHECK(expression)
    for text in _texts(root):
        if text.count("{") != text.count("}"):
            refuse(f"{show(text.strip())} has a brace without its other; what stands in braces is an expression")
    return template


def names(template: str) -> frozenset[str]:
    """Return the names that its expressions begin with."""
    found: frozenset[str] = frozenset()
    return found.union(*map(roots, _expressions(_root(template))))


def filled(template: str, scope: Scope, functions: FileFunctions, encoding: str) -> bytes:
    """Return the document; what the encoding does not have is written as a character reference. Raises Unfit.

    `encoding`: as Python calls it; the document names it as IANA's register does (Character Sets).
    """
    document = minidom.Document()
    for element in _filled(_root(template), scope, functions, document):
        document.appendChild(element)
    if encoding == "utf-8-sig":
        return BOM_UTF8 + document.toprettyxml(indent="  ", encoding="utf-8")
    return document.toprettyxml(indent="  ", encoding=_PYTHONS.sub(lambda one: _REGISTERED[one[0]], encoding))


def _root(template: str) -> minidom.Element:
    text = _AS_WRITTEN.sub(lambda one: escape(unescape(one[0])), template.strip())
    root = parseString(text, forbid_dtd=True).documentElement
    assert isinstance(root, minidom.Element), "what is well-formed has an outermost element"
    return root


def _filled(
    template: minidom.Element, scope: Scope, functions: FileFunctions, document: minidom.Document
) -> Iterator[minidom.Element]:
    each = template.getAttribute(EACH)
    for inner in each_of(each, scope, functions) if each else (scope,):
        holds = value_of(template.getAttribute(IF), inner, functions) if template.hasAttribute(IF) else True
        if holds in (None, False, "", [], {}):
            continue
        element = document.createElement(template.tagName)
        for name, text in template.attributes.items():
            if name not in (EACH, IF):
                element.setAttribute(name, _said(text, inner, functions))
        for child in template.childNodes:
            if isinstance(child, minidom.Element):
                for made in _filled(child, inner, functions, document):
                    element.appendChild(made)
            elif isinstance(child, minidom.Text) and child.data.strip():
                element.appendChild(document.createTextNode(_said(child.data.strip(), inner, functions)))
        yield element


def _said(text: str, scope: Scope, functions: FileFunctions) -> str:
    return _FORBIDDEN.sub("", _BRACES.sub(lambda one: text_of(one[1], scope, functions), text))


def _expressions(element: minidom.Element) -> Iterator[str]:
    for name in (EACH, IF):
        if element.hasAttribute(name):
            yield element.getAttribute(name)
    for text in _texts(element, inside=False):
        yield from _BRACES.findall(text)
    for child in element.childNodes:
        if isinstance(child, minidom.Element):
            yield from _expressions(child)


def _texts(element: minidom.Element, *, inside: bool = True) -> Iterator[str]:
    """Yield an element's texts and attributes, with those of the elements inside if wanted."""
    yield from (text for name, text in element.attributes.items() if name not in (EACH, IF))
    for child in element.childNodes:
        if isinstance(child, minidom.Text):
            yield child.data
        elif inside and isinstance(child, minidom.Element):
            yield from _texts(child)
