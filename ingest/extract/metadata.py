"""What a page says about its article: every field but the body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from ingest.cleaning import web_address
from ingest.extract.authors import authors
from ingest.extract.json_ld import LinkedData, linked_data
from ingest.extract.markup import MetaTags, Tree, meta_tags, plain, wording
from ingest.extract.page_dates import PageDates, page_dates
from ingest.extract.titles import headline

_SITE_META = ("og:site_name", "application-name", "publisher", "dc.publisher", "apple-mobile-web-app-title")
_LANGUAGE_META = ("og:locale", "language", "dc.language", "inlanguage", "content-language")
_COMMON_HOST_PARTS = re.compile(r"^(?:www\d?|m|mobile|amp|edition)\.")


@dataclass(frozen=True, slots=True)
class Metadata:
    """
    What a page says about its article; None where it is silent.

    Attributes:
        title: The headline, without the site's name.
        headlines: Every wording of the headline on the page, to know it again in the body.
        authors, publisher, section, language: As stated.
        dates: With their source and confidence.
        url: The canonical address.
        is_free: What the page says of access: False behind a paywall, None where it says nothing.
    """

    title: str | None
    headlines: frozenset[str]
    authors: tuple[str, ...]
    dates: PageDates
    publisher: str | None
    section: str | None
    language: str | None
    url: str | None
    is_free: bool | None


def metadata(tree: Tree, *, address: str | None, now: datetime) -> Metadata:
    """Read what a page fetched from `address` says about its article."""
    data, meta = linked_data(tree), meta_tags(tree)
    url = _address(tree, data, meta, fetched=web_address(address))
    names = tuple(_site_names(data, meta))
    known = frozenset(wording(name).replace(" ", "") for name in (*names, *_host_names(url)))
    title, headlines = headline(tree, data, meta, site_names=known)
    return Metadata(
        title=title,
        headlines=headlines,
        authors=authors(tree, data, meta, site_names=known),
        dates=page_dates(tree, data, meta, address=url, now=now),
        publisher=names[0] if names else next(_host_names(url), None),
        section=data.text("articleSection") or next(iter(meta.get("article:section", ())), None),
        language=_language(tree, data, meta),
        url=url,
        is_free=_is_free(data),
    )


def _site_names(data: LinkedData, meta: MetaTags) -> Iterator[str]:
    """Yield what the site is called: by the article's publisher, by its meta tags, by its own description."""
    yield from data.names(data.value("publisher"))
    for name in _SITE_META:
        yield from (value for value in meta.get(name, ()) if not re.search(r"^@|^\d+$|://", value))
    yield from data.names(list(data.publishers))


def _host_names(url: str | None) -> Iterator[str]:
    """Yield the host, and its main label: "quay.example" and "quay"."""
    host = _host(url)
    if host:
        yield host
        yield host.split(".")[0]


def _address(tree: Tree, data: LinkedData, meta: MetaTags, *, fetched: str | None) -> str | None:
    """
    Return the canonical address where it can be trusted, else the one that the page was fetched from.

    A page may name another page of its site, since campaign parameters and mobile versions go that way. It may not
    name another site, where the article was first published, nor the home page, which is a common mistake.
    """
    for stated in _stated_addresses(tree, data, meta):
        url = web_address(_absolute(stated, fetched))
        if url and not _is_home(url) and (fetched is None or _same_site(url, fetched)):
            return url
    return fetched


def _absolute(stated: str, fetched: str | None) -> str | None:
    try:
        return urljoin(fetched or "", stated)
    except ValueError:  # "http://[" and the like
        return None


def _stated_addresses(tree: Tree, data: LinkedData, meta: MetaTags) -> Iterator[str]:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield (link.get("href") or "").strip()
    yield from meta.get("og:url", ())
    stated = data.value("url", "mainEntityOfPage", "@id")
    stated = stated.get("@id") or stated.get("url") if isinstance(stated, dict) else stated
    if isinstance(stated, str):
        yield stated


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def _same_site(url: str, fetched: str) -> bool:
    """Whether both hosts are the same but for "www", "m" and the like, or one is below the other."""
    ours, theirs = _host(url), _host(fetched)
    return ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")


def _host(url: str | None) -> str:
    return _COMMON_HOST_PARTS.sub("", urlsplit(url or "").hostname or "")


def _language(tree: Tree, data: LinkedData, meta: MetaTags) -> str | None:
    root = tree.getroottree().getroot()
    stated = (root.get("lang") or root.get("xml:lang"), data.text("inLanguage"))
    return next(
        (plain(value) for value in (*stated, *(meta[n][0] for n in _LANGUAGE_META if n in meta)) if value), None
    )


def _is_free(data: LinkedData) -> bool | None:
    value = data.value("isAccessibleForFree")
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None
