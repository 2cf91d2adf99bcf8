"""A page parsed once for everything that reads it, and refused where reading it would take minutes."""

import logging
import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import islice
from typing import Any, TypeAlias

from index_store import SourceError

Tree: TypeAlias = Any  # an lxml.html.HtmlElement; lxml comes without types
MetaTags: TypeAlias = Mapping[str, tuple[str, ...]]

MOST_ELEMENTS = 25_000  # long live blogs have 15,000; a body of 25,000 takes about three seconds to read
_LONGEST_VALUE = 2_000
_MOST_META_TAGS = 500
_LONG_PARAGRAPH_CHARS = 200
_BYLINE_ELEMENTS = 150
_MOST_LINKS = 3_000
_LEAST_HEADLINE_BLANKS = 5  # six words; fewer are menus, or subheadings with an anchor
_MOST_ATTRIBUTES = 20_000  # the parser's time grows with their square
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{40000,}")
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)


def parsed(html: str) -> Tree | None:
    """
    Parse a page; None where there is nothing to parse.

    Raises:
        SourceError: If it has too many elements or attributes to be read in reasonable time.
    """
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from trafilatura import load_html  # takes half a second, and only pages need it

    if any(tag[0].count(" ") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(html)):
        raise SourceError("has a tag with thousands of attributes, which no article has; save it as text")
    for library in ("trafilatura", "htmldate"):  # they log to stderr what the caller reports in its own words
        logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        tree = load_html(html)
    except (ValueError, TypeError, LxmlError):
        return None
    if tree is not None and sum(1 for _ in islice(tree.iter(), MOST_ELEMENTS + 1)) > MOST_ELEMENTS:
        raise SourceError(f"has more than {MOST_ELEMENTS:,} HTML elements, too many for an article; save it as text")
    return tree


def meta_tags(tree: Tree) -> MetaTags:
    """Return what the `<meta>` tags say, by property, name or itemprop in lower case, in the page's order."""
    found: dict[str, tuple[str, ...]] = {}
    for tag in islice(tree.iter("meta"), _MOST_META_TAGS):
        value = plain(tag.get("content") or "")
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").strip().lower()
        if name and value:
            found[name] = (*found.get(name, ()), value)
    return found


def plain(text: str) -> str:
    """Return a value from an attribute or from JSON on one line, without the tags and entities some sites leave in."""
    text = text[:_LONGEST_VALUE]
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return " ".join(text.replace("\u00ad", "").split())


def text_of(element: Tree) -> str:
    """Return the visible text of an element on one line."""
    return plain(" ".join(islice(element.itertext(), 200)))


def wording(text: str) -> str:
    """Return the words alone, in lower case: what is left equal when marks and spaces differ."""
    return " ".join(_WORD.findall(text.casefold()))


def byline_area(tree: Tree) -> Iterator[Tree]:
    """Yield the elements that follow the headline, up to the first long paragraph: here stand byline and date."""
    headline = next(tree.iter("h1"), None)
    if headline is None:
        return
    for element in islice(headline.xpath("following::*"), _BYLINE_ELEMENTS):
        if element.tag == "p" and len(element.text_content()) > _LONG_PARAGRAPH_CHARS:
            return
        yield element


def link_texts(tree: Tree) -> frozenset[str]:
    """Return the wording of the links that are long enough to be headlines of other articles."""
    texts = (wording(text_of(link)) for link in islice(tree.iter("a"), _MOST_LINKS))
    return frozenset(text for text in texts if text.count(" ") >= _LEAST_HEADLINE_BLANKS)


def beginning(tree: Tree) -> str:
    """Return the first texts on the page, whatever they are: all there is to judge a page by that has no body."""
    elements = islice(tree.iter("h1", "h2", "p", "li", "div", "span", "button", "label", "a"), 400)
    return "\n".join(text for text in (plain(element.text or "") for element in elements) if text)
