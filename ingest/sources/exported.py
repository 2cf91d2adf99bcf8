"""Lines that `dateline export` wrote: read back to the very articles that they were."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ingest.article import Origin, RawArticle, article_id
from ingest.cleaning import LONGEST_ADDRESS, single_line, web_address
from ingest.sources.fields import raw_article

_CONFIDENCES = {"high", "medium", "low"}
_LONGEST_DATE_SOURCE = 40


def is_exported(fields: Mapping[str, Any]) -> bool:
    """Whether a record is of `dateline export`: it knows its article's id, which nobody else makes of an address."""
    url = fields.get("url")
    is_address = isinstance(url, str) and len(url) <= LONGEST_ADDRESS and url.isprintable()
    return is_address and fields.get("article_id") == article_id(fields["url"])


def exported_article(fields: Mapping[str, Any], origin: Origin) -> tuple[RawArticle, Origin]:
    """
    Read an article as it was exported.

    Its address may be that of a local file, which other records may not name; its text is whole, however it ends.

    Raises:
        SourceError: If a field has the wrong type.
    """
    raw = raw_article(fields)
    raw = replace(
        raw,
        text=fields["text"] if isinstance(fields.get("text"), str) else raw.text,
        authors=_as_names(raw.authors),
        date_source=_date_source(fields.get("date_source")),
        date_confidence=_confidence(fields.get("date_confidence")),
        modified_at=_string(fields.get("modified_at")),
        section=_string(fields.get("section")),
        warnings=(),
    )
    if web_address(raw.url):
        return raw, origin
    return replace(raw, url=None), Origin(origin.source, fields["url"])


def _as_names(authors: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Keep a single name from being read as a byline of several: "Marsh, Reed and Daughters"."""
    return (*authors, "") if isinstance(authors, tuple) else authors


def _date_source(value: object) -> str:
    return single_line(value, limit_chars=_LONGEST_DATE_SOURCE) if isinstance(value, str) else "record"


def _confidence(value: object) -> str:
    return value if isinstance(value, str) and value in _CONFIDENCES else "high"


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
