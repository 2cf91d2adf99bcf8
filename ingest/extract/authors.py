"""Who wrote a page's article: names that stand for people or newsrooms, from the most to the least telling place."""

import re
from collections.abc import Iterable

from ingest.cleaning import author_names
from ingest.extract.json_ld import LinkedData
from ingest.extract.markup import MetaTags, Tree, byline_area, text_of, wording

_META = (
    *("author", "authors", "article:author", "article:author_name", "og:author", "og:article:author", "byl"),
    *("dc.creator", "dc.creator.aut", "dcterms.creator", "parsely-author", "sailthru.author", "citation_author"),
    *("mrf:authors", "cxenseparse:author", "creator"),
)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|[@#<>{}=_]|\d{3}|^\W*$"  # addresses, handles, markup, telephone numbers
    r"|^(?:by|von|par|por|di|\w{0,9}admin|administrator|author|editor|root|user|webmaster|unknown|none|null|undefined)$",
    re.IGNORECASE,
)
_ROLE = re.compile(  # what follows a name: "Ada Quist, Harbour Correspondent", "Ada Quist | Staff Writer"
    r"^(?:\S+\s+){0,5}(?:editor|reporter|correspondent|writer|journalist|columnist|producer|contributor|redakteur(?:in)?"
    r"|reporterin|autorin?|korrespondent(?:in)?|journaliste|redactora?|periodista)s?(?:\s+(?:at|for|in|of)\s+.{1,60})?$",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(r"^(?:(?:par|por)\s+|(?:von|di|door|av|af)\s+(?=\S+\s+\S))", re.IGNORECASE)  # but "Von Trapp"
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|in|i)?|auteurs?|autori|writers?|columnists?|reporters?|journalists?|contributors?"
    r"|by|byline|profiles?|people|person|staff|team|redaktion|redaktor(?:en)?)/(?:[^/?#]{1,80}/){0,2}[^/?#]{2,100}",
    re.IGNORECASE,
)
_LONGEST_NAME_CHARS = 60
_MOST_NAME_WORDS = 6


def authors(tree: Tree, data: LinkedData, meta: MetaTags, *, site_names: frozenset[str]) -> tuple[str, ...]:
    """
    Name the authors.

    JSON-LD is believed first, then meta tags, then links to author pages under the headline, then what trafilatura
    makes of the byline. The site's own name counts only where its JSON-LD gives it and no place names anybody else.
    """
    stated = _names(data.names(data.value("author", "creator")))
    people = _others(stated, site_names)
    if people:
        return people
    for name in _META:
        people = _others(_names(meta.get(name, ())), site_names)
        if people:
            return people
    return _linked_authors(tree, site_names) or stated or _others(_names(_read_byline(tree)), site_names)


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """Read bylines, or one string a name, without addresses, and without roles beside a name."""
    names = tuple(n for n in author_names(tuple(_LEAD_IN.sub("", name) for name in given)) if _is_name(n))
    return tuple(name for name in names if not _ROLE.match(name)) or names  # "Harbour staff writer" may be all there is


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME_CHARS and len(name.split()) <= _MOST_NAME_WORDS and not _NOT_A_NAME.search(name)


def _others(names: Iterable[str], site_names: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in names if wording(name).replace(" ", "") not in site_names)


def _linked_authors(tree: Tree, site_names: frozenset[str]) -> tuple[str, ...]:
    """Read the links under the headline that lead to pages about their authors."""
    links = (element for element in byline_area(tree) if element.tag == "a")
    texts = (text_of(a) for a in links if a.get("rel") == "author" or _AUTHOR_PAGE.search((a.get("href") or "")[:300]))
    return _others(_names(tuple(dict.fromkeys(text for text in texts if text))), site_names)


def _read_byline(tree: Tree) -> tuple[str, ...]:
    from trafilatura.metadata import extract_author

    return tuple((extract_author(tree) or "").split("; "))
