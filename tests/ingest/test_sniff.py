"""What kind of thing was served."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sniff import kind_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "media_type", "kind"),
    [
        ("<?xml version='1.0'?>\n<!-- <html> -->\n<rss version='2.0'>", "text/html", "feed"),
        ("\n\ufeff<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", "application/xml", "feed"),
        ("<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", "", "feed"),
        ('{"version": "https://jsonfeed.org/version/1"}', "application/json", "feed"),
        ('{"items": []}', "application/feed+json", "feed"),
        ('{"items": []}', "application/json", None),
        ("<urlset>", "text/plain", "sitemap"),
        ("<sitemapindex>", "text/xml", "sitemap"),
        ("<opml version='2.0'>", "text/xml", "opml"),
        ("<!DOCTYPE html><html>", "application/xml", "page"),
        ("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", "", "feed"),
        ("<P>Hello", "", "page"),
        ("<x-app><p>", "text/html; charset=utf-8", "page"),
        ("<svg>", "image/svg+xml", None),
        ("https://quay.example/a\n", "text/plain", "text"),
        ("Hello", "text/plain", "text"),
        ("Hello", "", None),
        ("", "text/html", "page"),
        (b"%PDF-1.7", "text/html", "pdf"),
        (b"PK\x03\x04", WORD, "docx"),
        (b"PK\x03\x04", "application/zip", None),
        (b"\x89PNG\x00\x00", "image/png", None),
        (gzip.compress(b"<rss>"), "text/xml", "feed"),
        (gzip.compress(b"<urlset>" + str(list(range(9_000))).encode())[:9_000], "", "sitemap"),
        (b"\x1f\x8b broken", "", None),
        ("<rss>".encode("utf-16"), "", "feed"),
    ],
)
def test_kinds(content: str | bytes, media_type: str, kind: str | None) -> None:
    """The first bytes tell the kind, and what the server says only where they do not."""
    assert kind_of(content if isinstance(content, bytes) else content.encode(), media_type=media_type) == kind


def test_names() -> None:
    """A name tells a list of addresses from a text, and a Word file from another archive."""
    assert kind_of(b"https://quay.example/a", address="https://quay.example/sitemap.txt?a") == "sitemap"
    assert kind_of(b"PK\x03\x04", address="https://quay.example/a.DOCX") == "docx"
    assert kind_of(b"PK\x03\x04", address="http://[bad") is None


@given(st.binary(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_any_bytes(content: bytes, media_type: str, address: str) -> None:
    """Nothing that is served raises."""
    kind_of(content, media_type=media_type, address=address)
    kind_of(gzip.compress(content), media_type=media_type, address=address)
