"""Sitemaps of every kind, whole and broken."""

import gzip
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceError
from ingest.sitemaps import ChildSitemap, Sitemap, SitemapEntry, parse_sitemap

ADDRESS = "https://quay.example/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://quay.example/ferry?a=1&amp;b=2
 </loc><image:image><image:loc>https://quay.example/a.png</image:loc><image:title>A boat</image:title></image:image>
 <news:news><news:publication><news:name>Quay Mail</news:name><news:language>en</news:language></news:publication>
 <news:publication_date>2024-05-06</news:publication_date><news:title>Ferry &amp; bridge</news:title></news:news></url>
<url><loc>/light</loc><lastmod>2024-05-07T08:09:10+02:00</lastmod></url>
<url><loc>ftp://quay.example/no</loc></url><url/>
</urlset>"""
FERRY = SitemapEntry(
    address="https://quay.example/ferry?a=1&b=2",
    news_title="Ferry & bridge",
    published_at="2024-05-06",
    publisher="Quay Mail",
    language="en",
)
LIGHT = SitemapEntry("https://quay.example/light", modified_at="2024-05-07T08:09:10+02:00")


def read(content: str | bytes) -> Sitemap:
    """Parse a sitemap that came from `ADDRESS`."""
    return parse_sitemap(content.encode() if isinstance(content, str) else content, address=ADDRESS)


@pytest.mark.parametrize(
    "content",
    [
        NEWS,
        "\n\ufeff junk" + NEWS,
        NEWS.replace(' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', "").replace("xmlns:news", "xmlns:other"),
        NEWS.replace("a=1&amp;b=2", "a=1&b=2").replace("</urlset>", ""),
        gzip.compress(NEWS.encode()),
        NEWS.encode("utf-16"),
    ],
)
def test_pages(content: str | bytes) -> None:
    """Pages come with their dates and news, whatever the namespaces, also packed and a little broken."""
    assert read(content) == Sitemap(entries=(FERRY, LIGHT))


def test_index() -> None:
    """An index of sitemaps names them with their dates."""
    content = (
        "<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2024-05</lastmod></sitemap><sitemap><loc>/b.xml</loc>"
    )
    assert read(content + "</sitemap></sitemapindex>").children == (
        ChildSitemap("https://quay.example/a.xml.gz", "2024-05"),
        ChildSitemap("https://quay.example/b.xml"),
    )


def test_plain_lists() -> None:
    """A plain list holds an address a line."""
    entries = read("\ufeffhttps://quay.example/a\r\n\nhttps://quay.example/b\n").entries
    assert [entry.address for entry in entries] == ["https://quay.example/a", "https://quay.example/b"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("https://quay.example/a\nHello", "is not a sitemap"),
        ("<rss/>", "is not a sitemap"),
        ("<html><body>", "is not a sitemap"),
        (gzip.compress(b"a" * 51_000_000), "is larger than 50 MB"),
        (b"\x1f\x8b\x08", "is a broken gzip file"),
    ],
)
def test_no_sitemaps(content: str | bytes, why: str) -> None:
    """What is no sitemap is refused with the reason."""
    with pytest.raises(SourceError, match=why):
        read(content)


def test_many_pages() -> None:
    """The first 50,000 pages are read, in seconds."""
    began = time.process_time()
    assert len(read("<urlset>" + "<url><loc>https://quay.example/a</loc></url>" * 50_100).entries) == 50_000
    assert time.process_time() - began < 10


def test_entities_are_not_expanded() -> None:
    """Entities that a sitemap defines are not expanded."""
    doctype = '<!DOCTYPE a [<!ENTITY a "https://quay.example/secret">]>'
    assert read(f"{doctype}<urlset><url><loc>&a;</loc></url><url><loc>/b</loc></url></urlset>").entries[-1].address == (
        "https://quay.example/b"
    )


@given(st.integers(0, len(NEWS)), st.binary(max_size=10))
def test_mutated_sitemaps(at: int, change: bytes) -> None:
    """A sitemap with bytes changed is read, or refused with the reason."""
    content = NEWS.encode()
    with suppress(SourceError):
        read(content[:at] + change + content[at + len(change) :])
