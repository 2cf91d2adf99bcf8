"""What a page says in JSON-LD: its schema.org article, with references inside the page resolved."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from ingest.extract.markup import Tree, plain, wording
from ingest.json_values import whole_number

Value: TypeAlias = Any  # whatever JSON holds
Node: TypeAlias = Mapping[str, Any]

_MOST_SCRIPTS = 40
_LONGEST_SCRIPT = 2_000_000
_MOST_NODES = 2_000
_MOST_NAMES = 50
_WRAPPER = re.compile(r"^(?:\s|//|/\*|\*/|<!\[CDATA\[|<!--)+")
_TRAILING_COMMA = re.compile(r",(\s{0,100}[}\]])")
_INNER = ("@graph", "mainEntity", "mainEntityOfPage")
_KINDS = (  # most telling first; a page has many WebPages and Reviews that are not what it is about
    re.compile(r"newsarticle$|^report$|^liveblogposting$|^analysis|^opinion"),
    re.compile(r"article$|posting$"),
    re.compile(r"^claimreview$"),
    re.compile(r"^webpage$"),
)
_DECODER = json.JSONDecoder(strict=False, parse_int=whole_number)


@dataclass(frozen=True, slots=True)
class LinkedData:
    """
    A page's JSON-LD.

    Attributes:
        articles: The descriptions of the page's article, most telling first; empty where there is none.
        by_id: Every node that has an `@id`.
        publishers: Organisations and web sites that the page describes beside the article.
    """

    articles: tuple[Node, ...] = ()
    by_id: Mapping[str, Node] | None = None
    publishers: tuple[Node, ...] = ()

    def value(self, *names: str) -> Value:
        """Return the first of these properties that any description of the article fills."""
        for article in self.articles:
            for name in names:
                if article.get(name) not in (None, "", [], {}):
                    return article[name]
        return None

    def text(self, *names: str) -> str | None:
        """Return the first of these properties as one string; the first where it is a list."""
        value = self.value(*names)
        value = value[0] if isinstance(value, list) else value
        return plain(value) or None if isinstance(value, str) else None

    def names(self, value: Value) -> tuple[str, ...]:
        """Return the names of persons or organisations: strings, objects, references to objects, or a list of them."""
        return tuple(islice(self._names(value, depth=0), _MOST_NAMES))

    def _names(self, value: Value, *, depth: int) -> Iterator[str]:
        if isinstance(value, str):
            if plain(value):
                yield plain(value)
        elif isinstance(value, list) and depth < 3:
            for entry in value:
                yield from self._names(entry, depth=depth + 1)
        elif isinstance(value, dict) and depth < 3:
            yield from self._names(self._name(value), depth=depth + 1)

    def _name(self, node: Node) -> Value:
        described = node if node.get("name") else (self.by_id or {}).get(str(node.get("@id")), node)
        parts = (described.get("givenName"), described.get("familyName"))
        return described.get("name") or " ".join(part for part in parts if isinstance(part, str))


def linked_data(tree: Tree) -> LinkedData:
    """Read a page's JSON-LD; what is broken in it is left out."""
    nodes = tuple(islice((node for block in _blocks(tree) for node in _nodes(block, depth=0)), _MOST_NODES))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and node.get("name")}
    ranked = sorted((node for node in nodes if _rank(node) < len(_KINDS)), key=_rank)
    publishers = tuple(node for node in nodes if re.search(r"organization$|^website$", _kind(node)))
    return LinkedData(_same_article(ranked), by_id, publishers)


def _blocks(tree: Tree) -> Iterator[Value]:
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    for script in islice(scripts, _MOST_SCRIPTS):
        text = _WRAPPER.sub("", (script.text or "")[: _LONGEST_SCRIPT + 1])
        if not text or len(text) > _LONGEST_SCRIPT:
            continue
        for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
            try:
                yield _DECODER.raw_decode(attempt)[0]
            except (ValueError, RecursionError):
                continue
            break


def _nodes(value: Value, *, depth: int) -> Iterator[Node]:
    """Yield the objects that stand for themselves, not those that only describe a part of another."""
    if depth > 4:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _nodes(entry, depth=depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in _INNER:
            yield from _nodes(value.get(name), depth=depth + 1)
        for name in ("author", "publisher"):  # others refer to them by @id
            yield from (entry for entry in (value.get(name),) if isinstance(entry, dict))


def _kind(node: Node) -> str:
    kind = node.get("@type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    return kind.lower().rpartition("/")[2] if isinstance(kind, str) else ""


def _rank(node: Node) -> int:
    kind = _kind(node)
    return next((rank for rank, pattern in enumerate(_KINDS) if pattern.search(kind)), len(_KINDS))


def _same_article(ranked: list[Node]) -> tuple[Node, ...]:
    """Keep the most telling description, and those that bear the same headline."""
    if not ranked:
        return ()
    first = ranked[0]
    return (first, *(node for node in ranked[1:] if _headline(node) and _headline(node) == _headline(first)))


def _headline(node: Node) -> str:
    headline = node.get("headline") or node.get("name")
    return wording(headline[:500]) if isinstance(headline, str) else ""
