"""A page's HTML → the article it holds, with trafilatura."""

import logging
import re
from typing import Any

from ingest.article import RawArticle
from ingest.cleaning import web_address

_HTML_LANGUAGE = re.compile(r"""<html\b[^>]{0,2000}?\slang\s*=\s*["']?([A-Za-z]{2})\b""", re.IGNORECASE)


def read_page(html: str) -> RawArticle:
    """
    Read the article of a page: its body without comments, and what the page says about it.

    Args:
        html: The whole page, decoded.

    Returns:
        What was found; `text` is empty where the page holds no article. The date is a day, without a time.
    """
    page = _extracted(html)
    title, text = page.get("title"), page.get("text") or ""
    language = _HTML_LANGUAGE.search(html, 0, 10_000)
    return RawArticle(
        text=_without_headline(text, title),
        title=title,
        url=web_address(page.get("url")),  # a bad canonical link is the page's fault, not worth a warning
        published_at=page.get("date"),
        authors=tuple(name for name in (page.get("author") or "").split("; ") if name),
        publisher=page.get("sitename"),
        language=page.get("language") or (language[1] if language else None),
        date_source="page",
    )


def _without_headline(text: str, title: str | None) -> str:
    """Drop a first line that repeats the title, which is kept beside the text."""
    first, _, rest = text.partition("\n")
    return rest if title and first.strip() == title.strip() else text


def _extracted(html: str) -> dict[str, Any]:
    """Run trafilatura; an empty dictionary where it finds nothing or fails on a broken page."""
    import trafilatura  # takes half a second, and only pages need it
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    for library in ("trafilatura", "htmldate"):  # they log to stderr what the caller reports in its own words
        logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        page = trafilatura.bare_extraction(html, with_metadata=True, include_comments=False)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, LxmlError):
        return {}  # broken markup ends in any of these, deep inside the library
    if page is None or isinstance(page, dict):
        return page or {}
    return dict(page.as_dict())
