"""
XML feeds made fit for feedparser: only the elements that we read, each within bounds, in well-formed XML.

Given what a stranger serves, feedparser can be held up for hours (a byline of a megabyte, thousands of namespaces, SGML
that never ends) and stopped by errors of any kind. Given what this makes, it takes linear time.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from index_store import SourceError
from ingest.loose_xml import ILLEGAL, Element, local_name, tree

MOST_ENTRIES = 5_000
_MOST_PARTS = 200  # elements read of one entry
_LONGEST_VALUE = 2_000  # characters of what is neither a title nor a text
_LONGEST_TEXT = 2_000_000

_ATOM, _RSS1 = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"
_RDF, _XML = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/XML/1998/namespace"
_XHTML = "http://www.w3.org/1999/xhtml"
_MODULES: dict[str | None, str] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "at": "http://purl.org/atompub/tombstones/1.0",
}
_CORE = (
    *(_ATOM, _RSS1, "http://purl.org/atom/ns#", "http://my.netscape.com/rdf/simple/0.9/"),
    *("http://blogs.law.harvard.edu/tech/rss", "http://backend.userland.com/rss", "http://backend.userland.com/rss2"),
)
_PREFIXES = {
    **dict.fromkeys((namespace.rstrip("/#").lower() for namespace in _CORE), ""),
    **{namespace.rstrip("/#").lower(): prefix for prefix, namespace in _MODULES.items()},
}
_ENTRIES = frozenset({"item", "entry"})
_GROUPS = frozenset({"channel", "author", "items", *_ENTRIES})
_TEXTS = frozenset({"title", "description", "summary", "content", "content:encoded", "dc:title", "dc:description"})
_VALUES = frozenset(
    {
        *("link", "id", "guid", "category", "language", "ttl", "name", "email", "feedburner:origlink"),
        *("pubdate", "published", "issued", "updated", "modified", "created", "lastbuilddate"),
        *("dc:creator", "dc:date", "dc:subject", "dc:language", "dcterms:issued", "dcterms:modified"),
        *("dcterms:created", "sy:updateperiod", "sy:updatefrequency"),
    }
)
_VOID = frozenset({"", "br", "hr", "img", "input", "wbr", "source"})  # HTML reads "</br>" as another line break
_ATTRIBUTES = (
    *("href", "rel", "type", "mode", "src", "term", "label", "version", "isPermaLink", "ispermalink", "isPermalink"),
    *(f"{{{_XML}}}base", f"{{{_XML}}}lang", f"{{{_RDF}}}about"),
)

_ENTRY_END = re.compile(r"</(?:[\w-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"<?[^\s<>()]+@[^\s<>()]+>?")


class CleanFeed(NamedTuple):
    """
    What a feed holds, ready for feedparser.

    Attributes:
        xml: Well-formed, in UTF-8, without document type.
        withdrawn: Keys of entries that the feed says are gone (RFC 6721), each with the date as found.
        skipped: Entries beyond the first `MOST_ENTRIES`.
    """

    xml: bytes
    withdrawn: tuple[tuple[str, str | None], ...]
    skipped: int


def clean_feed(text: str) -> CleanFeed:
    """
    Read the XML of a feed.

    Raises:
        SourceError: If it is not XML, or none that holds a feed.
    """
    from lxml import etree  # type: ignore[import-untyped]

    text, cut_off = _first_entries(text)
    root = tree(text)
    kind = local_name(root)
    if not _is_feed(root, kind):
        raise SourceError("is not a feed")
    default = {"feed": _ATOM, "rdf": _RSS1}.get(kind)
    names = {"feed": f"{{{_ATOM}}}feed", "rdf": f"{{{_RDF}}}RDF"}
    prefixes = _MODULES | {"rdf": _RDF} | ({None: default} if default else {})
    copy = etree.Element(names.get(kind, kind), nsmap=prefixes)
    copier = _Copier(home=_namespace(root), default=default)
    copier.copy_attributes(root, copy)
    copier.copy_parts(root, copy)
    withdrawn = tuple(_withdrawn(root))
    skipped = copier.skipped + cut_off
    return CleanFeed(etree.tostring(copy, encoding="utf-8", xml_declaration=True), withdrawn, skipped)


def _first_entries(text: str) -> tuple[str, int]:
    """Cut the text behind the last entry that is read, before it costs anything; returns how many there are behind."""
    ends = [match.end() for match in islice(_ENTRY_END.finditer(text), MOST_ENTRIES)]
    if len(ends) < MOST_ENTRIES:
        return text, 0
    return text[: ends[-1]], sum(1 for _ in _ENTRY_END.finditer(text, ends[-1]))


def _is_feed(root: Element, kind: str) -> bool:
    if kind == "rdf":  # also used for what has nothing to do with news
        return any(local_name(child) in {"channel", "item"} for child in root)
    return kind in {"rss", "feed", "channel"}


class _Copier:
    """Copies what is read from one tree into another, and counts entries."""

    def __init__(self, *, home: str, default: str | None) -> None:
        self._home = home  # the namespace of the root is that of the feed, whatever it is called
        self._default = default
        self._entries = 0
        self.skipped = 0

    def copy_parts(self, group: Element, copy: Element) -> None:
        """Copy the known children of a group of elements; the nesting ends where that of the tree does."""
        parts = 0
        for child in group:
            name = self._name(child)
            if name in _ENTRIES:
                self._copy_entry(child, copy, name)
            elif parts < _MOST_PARTS and name in _GROUPS:
                self._copy_group(child, copy, name)
            elif parts < _MOST_PARTS and (name in _TEXTS or name in _VALUES):
                self._copy_leaf(child, copy, name)
            elif local_name(copy) not in _ENTRIES:
                self._copy_entries_inside(child, copy)
            parts += name not in _ENTRIES

    def _copy_entries_inside(self, element: Element, copy: Element) -> None:
        """Copy the entries that an element swallowed whose end tag is missing; all else inside it belongs to it."""
        for child in element:
            name = self._name(child)
            if name in _ENTRIES:
                self._copy_entry(child, copy, name)
            else:
                self._copy_entries_inside(child, copy)

    def _copy_entry(self, entry: Element, copy: Element, name: str) -> None:
        self._entries += 1
        if self._entries <= MOST_ENTRIES:
            self._copy_group(entry, copy, name)
        else:
            self.skipped += 1

    def _copy_group(self, group: Element, copy: Element, name: str) -> None:
        made = self._made(group, copy, name)
        made.text = _person(group.text)  # "author" is a group in Atom and a value in RSS
        self.copy_parts(group, made)

    def _copy_leaf(self, leaf: Element, copy: Element, name: str) -> None:
        made = self._made(leaf, copy, name)
        if name == "dc:creator":
            made.text = _person("".join(leaf.itertext()))
        elif name not in _TEXTS:
            made.text = _characters("".join(leaf.itertext()), _LONGEST_VALUE)
        elif len(leaf) or (leaf.get("type") or "").lower() in {"xhtml", "application/xhtml+xml"}:
            made.text = _characters(_inner_html(leaf), _LONGEST_TEXT)
            made.set("type", "html" if self._default == _ATOM else "text/html")
        else:
            made.text = _characters(leaf.text, _LONGEST_TEXT)

    def _made(self, element: Element, copy: Element, name: str) -> Element:
        from lxml import etree

        prefix, _, local = name.rpartition(":")
        namespace = _MODULES[prefix] if prefix else self._default
        made = etree.SubElement(copy, f"{{{namespace}}}{local}" if namespace else local)
        self.copy_attributes(element, made)
        return made

    def copy_attributes(self, element: Element, made: Element) -> None:
        """Copy the attributes that are read."""
        for name in _ATTRIBUTES:  # asked by name: going through all takes lxml quadratic time
            value = element.get(name)
            if value is not None and len(value) <= _LONGEST_VALUE:
                made.set(name, _characters(value, _LONGEST_VALUE))

    def _name(self, element: Element) -> str:
        """Return the name of an element as we write it: "title", "dc:date"; empty for what is not read."""
        namespace, local = _namespace(element), local_name(element)
        if not local:  # a reference to an entity that is defined nowhere
            return ""
        if namespace == _XHTML and local == "body" and self._home != _XHTML:
            return "content:encoded"
        if namespace in {"", self._home}:
            prefix = element.tag.rpartition("}")[2].rpartition(":")[0].lower()  # of one declared nowhere
            prefix = "" if prefix in {"", "atom"} else prefix
        else:
            prefix = _PREFIXES.get(namespace, "?")
        return f"{prefix}:{local}" if prefix else local


def _namespace(element: Element) -> str:
    """Return an element's namespace, without the ending that feeds write or forget; empty where it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0].rstrip("/#").lower() if isinstance(tag, str) and tag.startswith("{") else ""


def _characters(text: str | None, limit: int) -> str:
    """Cut to the limit, without the characters that XML forbids, for which repaired XML can hold references."""
    return ILLEGAL.sub("", (text or "")[:limit])


def _person(text: str | None) -> str:
    """Return the name beside a mail address, "mail (name)" in RSS; feedparser knows no endings of five letters."""
    return _MAIL_ADDRESS.sub("", _characters(text, _LONGEST_VALUE)).strip(" ()\r\n\t")


def _inner_html(element: Element) -> str:
    """Return what is inside an element as HTML, names without namespaces."""
    from lxml import etree

    parts = [_escaped(element.text)]
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner is element:
            continue
        name = local_name(inner)
        if event == "start":
            parts += (f"<{name}>", _escaped(inner.text)) if name else ()
        else:
            parts += ("" if name in _VOID else f"</{name}>", _escaped(inner.tail))
    return "".join(parts)


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")


def _withdrawn(root: Element) -> Iterator[tuple[str, str | None]]:
    for element in root.iterchildren():
        if local_name(element) == "deleted-entry" and element.get("ref"):
            yield element.get("ref")[:_LONGEST_VALUE], element.get("when")
