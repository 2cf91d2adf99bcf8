"""When a page says its article was published and last changed, with where it says so and how sure that is."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from ingest.dates import publication_date
from ingest.extract.json_ld import LinkedData
from ingest.extract.markup import MetaTags, Tree, byline_area, text_of

_CLOCK_SKEW = timedelta(hours=24)
_AGREEMENT = timedelta(days=2)
_LONGEST_DATE_CHARS = 100
_MOST_SHOWN = 10  # reading one that is written out takes a hundredth of a second
_META_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time", "datepublished"),
    *("parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "pub_date"),
    *("cxenseparse:recs:publishtime", "citation_publication_date", "publishdate", "publish-date", "publication_date"),
    *("pubdate", "article.published", "article.created", "rnews:datepublished", "datecreated"),
)
_META_VAGUE = ("date", "dc.date", "dcterms.date", "article_date_original", "originalpublicationdate")
_META_MODIFIED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified"),
    *("dcterms.modified", "last-modified", "last_modified", "lastmod"),
)
_DAY_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?![0-9])")
_PUBLISHED_LABEL = re.compile(r"^(?:first\s+)?(?:published|posted)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageDates:
    """
    The dates of a page, as they stand there.

    Attributes:
        published_at, modified_at: As written; None where nothing can be read.
        source: "json-ld", "meta", "page" or "address".
        confidence: "high" where the publisher states it for machines, "medium" where it stands in the page or two
            statements differ, "low" where it was searched for in the text.
    """

    published_at: str | None = None
    source: str = ""
    confidence: str = ""
    modified_at: str | None = None


def page_dates(tree: Tree, data: LinkedData, meta: MetaTags, *, address: str | None, now: datetime) -> PageDates:
    """Choose the first date that can be read and does not lie in the future, from the surest place on."""
    stated = [found for found in _stated(data, meta) if _is_past(found.published_at, now)]
    if stated:
        best = _precise(stated[0], stated[1:])
    else:
        shown = (found for found in _shown(tree, address) if _is_past(found.published_at, now))
        best = next(shown, None) or _searched(tree, now)
    written = (data.text("dateModified"), *(meta[name][0] for name in _META_MODIFIED if name in meta))
    modified = next((text for text in written if text and _is_past(text, now)), None)
    return PageDates(best.published_at, best.source, best.confidence, modified)


def _stated(data: LinkedData, meta: MetaTags) -> Iterator[PageDates]:
    """Yield what the page states for machines, the surest first."""
    yield PageDates(data.text("datePublished"), "json-ld", "high")
    for name in _META_PUBLISHED:
        yield PageDates(meta.get(name, (None,))[0], "meta", "high")
    for name in _META_VAGUE:
        yield PageDates(meta.get(name, (None,))[0], "meta", "medium")
    yield PageDates(data.text("dateCreated", "uploadDate"), "json-ld", "medium")


def _shown(tree: Tree, address: str | None) -> Iterator[PageDates]:
    """Yield what the page shows its readers near the headline, and the day in its address."""
    marked = (e for e in tree.iter("time", "span", "abbr", "div", "p") if "datepublished" in _property(e))
    for element in islice(marked, _MOST_SHOWN):
        yield PageDates(element.get("datetime") or element.get("content") or text_of(element), "page", "high")
    near = (e for e in byline_area(tree) if e.tag == "time" or _PUBLISHED_LABEL.match((e.text or "").strip()[:20]))
    for element in islice(near, _MOST_SHOWN):
        yield PageDates(element.get("datetime") or text_of(element), "page", "medium")
    day = _DAY_IN_PATH.search(address or "")
    yield PageDates("-".join(day.groups()) if day else None, "address", "medium")


def _property(element: Tree) -> str:
    return (element.get("itemprop") or "").lower()


def _precise(best: PageDates, others: list[PageDates]) -> PageDates:
    """Take the time of day from another statement of the same day; doubt a date that another one contradicts."""
    published = publication_date(best.published_at)
    for other in others:
        moment = publication_date(other.published_at)
        if published is None or moment is None or other.confidence != "high":
            continue
        if abs(moment - published) > _AGREEMENT:
            return PageDates(best.published_at, best.source, "medium")
        if _is_day_alone(published) and not _is_day_alone(moment) and moment.date() == published.date():
            return other
    return best


def _is_day_alone(moment: datetime) -> bool:
    return not (moment.hour or moment.minute or moment.second)


def _is_past(written: str | None, now: datetime) -> bool:
    moment = publication_date(written) if written and len(written) <= _LONGEST_DATE_CHARS else None
    return moment is not None and moment <= now + _CLOCK_SKEW


def _searched(tree: Tree, now: datetime) -> PageDates:
    """Search the page for a full date that looks like its publication, as a last resort."""
    from htmldate import find_date

    try:
        day = find_date(deepcopy(tree), extensive_search=False, original_date=True, max_date=now + timedelta(days=1))
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError):
        return PageDates()  # it fails in many ways on what only looks like a date
    if not day or not _is_past(day, now) or _is_ambiguous(day, tree):
        return PageDates()
    return PageDates(day, "page", "low")


def _is_ambiguous(day: str, tree: Tree) -> bool:
    """Whether the page writes this day as 05/06/2025, of which the search can only guess what is the month."""
    from lxml.etree import tostring  # type: ignore[import-untyped]

    year, month, number = (int(part) for part in day.split("-"))
    pattern = rf"(?<!\d)(?:0?{number}([/-])0?{month}|0?{month}([/-])0?{number})[/-]{year}(?!\d)"
    return number != month <= 12 and number <= 12 and bool(re.search(pattern, tostring(tree, encoding="unicode")))
