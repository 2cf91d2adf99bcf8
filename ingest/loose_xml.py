"""
XML as the web serves it → a tree: repaired where it is broken, and nothing in it expanded or fetched.

Everything before the first element is dropped before the parser sees it: junk, comments, and a document type with
the entities it defines. What is left cannot grow. libxml2 repairs the rest and ends at 256 levels of nesting.
"""

import re
from html.entities import html5
from typing import Any, TypeAlias

from index_store import SourceError

Element: TypeAlias = Any  # lxml brings no types

_MOST_TAGS = 500_000  # of a tree, which takes about 200 bytes for each
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*(\d+));?")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+);)(?:(\w{1,40});)?")
_NAME = re.compile(r"<([A-Za-z_][\w.:-]{0,80})")
_LONGEST_JUNK = 10_000
_CDATA = "<![CDATA["
PARSER_OPTIONS = {
    "recover": True,
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
}


def root_start(text: str) -> int:
    """Return where the first element begins, after declarations, comments and junk; -1 where there is none."""
    declared = text.find("<?xml ", 0, _LONGEST_JUNK)  # what comes before may look like elements: "<b>Warning</b>"
    at = text.find("<", max(declared, 0))
    while at >= 0 and not _NAME.match(text, at):
        end = text.find("-->" if text.startswith("<!--", at) else ">", at)
        at = text.find("<", end) if end >= 0 else -1
    return at


def root_name(text: str) -> str:
    """Return the name of the first element in lower case, without its prefix; empty where there is none."""
    start = root_start(text)
    match = _NAME.match(text, start) if start >= 0 else None
    return match[1].rpartition(":")[2].lower() if match else ""


def tidied(text: str, *, most_tags: int) -> bytes:
    """
    Return the text from its first element on, in UTF-8, with what no parser takes made harmless.

    Entities of HTML become their characters, other ampersands that begin nothing are escaped, and characters that
    XML forbids go, also as numbers. Other than those, CDATA sections keep what they hold.

    Raises:
        SourceError: If it holds no element, or more than `most_tags` tags.
    """
    start = root_start(text)
    if start < 0:
        raise SourceError("is not XML")
    if text.count("<") > most_tags:
        raise SourceError(f"has more than {most_tags:,} elements, the most that are read of a file")
    head, *sections = _NUMBER.sub(_legal_number, ILLEGAL.sub("", text[start:])).split(_CDATA)
    parts = [_AMPERSAND.sub(_escaped, head)]
    for section in sections:
        inside, end, outside = section.partition("]]>")
        parts += (_CDATA, inside, end, _AMPERSAND.sub(_escaped, outside))
    return "".join(parts).encode()


def tree(text: str) -> Element:
    """
    Parse XML, repairing what can be repaired.

    Returns:
        The root, an lxml element; elements whose prefix is declared nowhere keep it in their name ("dc:date").

    Raises:
        SourceError: If nothing can be read.
    """
    from lxml import etree  # type: ignore[import-untyped]  # takes 30 ms, and only what comes from the web needs it

    parser = etree.XMLParser(encoding="utf-8", remove_pis=True, remove_comments=True, **PARSER_OPTIONS)
    try:
        root = etree.fromstring(tidied(text, most_tags=_MOST_TAGS), parser)
    except etree.LxmlError as error:
        raise SourceError("is not XML") from error
    if root is None:
        raise SourceError("is not XML")
    return root


def local_name(element: Element) -> str:
    """Return an element's name in lower case, without namespace or prefix; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _legal_number(match: re.Match[str]) -> str:
    """Write a character reference in decimal; libxml2 lets some through that it cannot decode itself afterwards."""
    hexadecimal, decimal = match.groups()
    if len(hexadecimal or decimal) > 7:
        return ""
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return "" if code > 0x10FFFF or ILLEGAL.match(chr(code)) else f"&#{code};"


def _escaped(match: re.Match[str]) -> str:
    name = match[1]
    return html5.get(f"{name};") or f"&amp;{name};" if name else "&amp;"
