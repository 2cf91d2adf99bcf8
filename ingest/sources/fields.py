"""
Names that tools give to an article's fields, mapped to `RawArticle`.

Known are Dateline's own (`url`, `title`, `text` or `html`, `published_at`, `authors`, `publisher`, `language`) and
those of NewsAPI responses, news-please and newspaper4k dumps. Where two names of one field are present, the first
listed here that is not empty counts.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from index_store import SourceError
from ingest.article import RawArticle
from ingest.dates import RawDate, is_absent

# Compared without case: "publishedAt" is NewsAPI's, "datePublished" schema.org's.
TITLE = ("title", "headline", "title_page", "title_rss")
TEXT = ("maintext", "text", "content", "article_body", "articlebody", "body")
URL = ("url", "canonical_link", "canonical_url", "link")
DATE = (
    *("published_at", "publishedat", "publish_date", "publishdate", "date_publish"),
    *("date_published", "datepublished", "pubdate", "date"),
)
AUTHORS = ("authors", "author", "byline")
PUBLISHER = ("publisher", "source", "meta_site_name", "site_name", "sitename", "source_domain")
LANGUAGE = ("meta_lang", "language", "lang")  # newspaper4k's `language` is a setting, its `meta_lang` the page's own

_CUT = re.compile(r"(?:…|\.\.\.)?\s*\[\+\d{1,9} chars\]\s*$")
_REMOVED = "[Removed]"  # what NewsAPI sends in place of an article that its publisher took back


def raw_article(fields: Mapping[str, Any], *, date_source: str = "record") -> RawArticle:
    """
    Read an article from a record of any of the known kinds; one that has a page instead of a text comes with it unread.

    Args:
        fields: The record; unknown names are ignored.
        date_source: What to call the place of its date.

    Raises:
        SourceError: If a field has the wrong type, the publisher took the article back.
    """
    fields = {name.lower(): value for name, value in fields.items()}
    raw = RawArticle(
        text=_string(fields, TEXT) or "",
        title=_string(fields, TITLE),
        url=_string(fields, URL),
        published_at=_date(fields),
        authors=_authors(fields),
        publisher=_publisher(fields),
        language=_string(fields, LANGUAGE),
        date_source=date_source,
    )
    if raw.text.strip() == _REMOVED:
        raise SourceError("was removed by its publisher")
    if not raw.text.strip():
        return _page_or_summary(raw, fields)
    return _without_cut_mark(raw)


def _page_or_summary(raw: RawArticle, fields: Mapping[str, Any]) -> RawArticle:
    html = _string(fields, ("html",))
    if html:
        return replace(raw, page=html)
    summary = _string(fields, ("description", "summary"))
    if not summary:
        return raw
    return replace(raw, text=summary, warnings=("has no text; its summary is indexed instead",))


def over_page(raw: RawArticle, page: RawArticle) -> RawArticle:
    """Lay what a record says over what its page says."""
    dated = not is_absent(raw.published_at)
    return replace(
        page,
        title=raw.title or page.title,
        url=raw.url or page.url,
        published_at=raw.published_at if dated else page.published_at,
        authors=raw.authors or page.authors,
        publisher=raw.publisher or page.publisher,
        language=raw.language or page.language,
        date_source=raw.date_source if dated else page.date_source,
        date_confidence=raw.date_confidence if dated else page.date_confidence,
    )


def _without_cut_mark(raw: RawArticle) -> RawArticle:
    """Drop the "… [+1234 chars]" that a NewsAPI response ends with."""
    mark = _CUT.search(raw.text, max(0, len(raw.text) - 200))
    if not mark:
        return raw
    return replace(raw, text=raw.text[: mark.start()], warnings=("holds only the beginning of the article",))


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    """Return the first of these fields that holds something, with its name."""
    for name in names:
        value = fields.get(name)
        if value is not None and value not in ([], {}) and not (isinstance(value, str) and not value.strip()):
            return name, value
    return names[0], None


def _string(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    name, value = _first(fields, names)
    if value is None or isinstance(value, str):
        return value
    raise _wrong_type(name, value, "a string")


def _date(fields: Mapping[str, Any]) -> RawDate:
    name, value = _first(fields, DATE)
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    raise _wrong_type(name, value, "a string or a number")


def _authors(fields: Mapping[str, Any]) -> str | tuple[str, ...]:
    name, value = _first(fields, AUTHORS)
    if value is None or isinstance(value, str):
        return value or ()
    entries = value if isinstance(value, list) else [value]
    names = [entry.get("name") if isinstance(entry, dict) else entry for entry in entries]
    if all(entry is None or isinstance(entry, str) for entry in names):
        return tuple(entry for entry in names if entry)
    raise _wrong_type(name, value, "a string or a list of strings")


def _publisher(fields: Mapping[str, Any]) -> str | None:
    name, value = _first(fields, PUBLISHER)
    if isinstance(value, dict):  # NewsAPI: {"id": …, "name": …}
        value = value.get("name")
    if value is None:  # newspaper4k knows no more than the address of the site
        return _host(_string(fields, ("source_url",)))
    if isinstance(value, str):
        return value
    raise _wrong_type(name, value, "a string")


def _host(url: str | None) -> str | None:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def _wrong_type(name: str, value: object, wanted: str) -> SourceError:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    given = kinds.get(type(value), "something else")
    return SourceError(f'has {given} for "{name}", where {wanted} is expected')
