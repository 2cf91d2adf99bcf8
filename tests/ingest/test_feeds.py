"""Feeds of every kind: what is read of them, however they are served."""

import gzip
import json

import pytest
from feed_samples import ADDRESS, ATOM, RDF, RSS

from index_store import SourceError
from ingest.feeds import Feed, FeedEntry, parse_feed

JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Quay Mail",
    "home_page_url": "https://quay.example/",
    "language": "en",
    "authors": [{"name": "Ada Quist"}],
    "items": [
        {
            "id": 17,
            "url": "/ferry",
            "title": "Ferry",
            "content_html": "<p>Runs again.</p>",
            "date_published": "2024-05-06T07:08:09Z",
            "date_modified": "2024-05-07T07:08:09Z",
            "tags": ["harbour", "traffic"],
        },
        {"id": "b", "external_url": "https://other.example/b", "summary": "1 < 2", "author": {"name": "Bo Lind"}},
        "no entry",
        {"title": ["no text"]},
    ],
}


def read(content: str | bytes, **told: str) -> Feed:
    """Parse a feed that came from `ADDRESS`."""
    return parse_feed(content.encode() if isinstance(content, str) else content, address=ADDRESS, **told)


def reason(content: str | bytes, **told: str) -> str:
    """Return why this is no feed."""
    with pytest.raises(SourceError) as caught:
        read(content, **told)
    return caught.value.message


def titles(content: str | bytes, **told: str) -> list[str]:
    """Return the titles of the entries."""
    return [entry.title for entry in read(content, **told).entries]


def rss(inner: str) -> str:
    """Wrap an entry's elements into an RSS feed without declared namespaces."""
    return f"<rss version='2.0'><channel><title>Quay</title><item>{inner}</item></channel></rss>"


def test_rss() -> None:
    """RSS 2.0 gives everything that it tells, and pictures' titles and links are not taken for the article's."""
    feed = read(RSS)
    assert (feed.title, feed.address_of_site, feed.language) == ("Quay Mail", "https://quay.example/", "en-GB")
    assert feed.update_every_s == 1800
    first, second = feed.entries
    assert first == FeedEntry(
        key="q-17",
        address="https://quay.example/ferry?a=1&b=2",
        title="Ferry & bridge open",
        authors=("Ada Quist",),
        published_at="Mon, 06 May 2024 07:08:09 GMT",
        html="<p>The ferry runs again &amp; hourly.</p><p>It costs two crowns.</p>",
        is_full=True,
        section="Harbour",
        language="en-GB",
    )
    assert (second.key, second.address) == ("https://quay.example/light", "https://quay.example/light")
    assert (second.authors, second.is_full, second.published_at) == (("Bo Lind",), False, None)


def test_atom() -> None:
    """Atom gives everything that it tells, the feed's author where an entry has none, and what was withdrawn."""
    feed = read(ATOM)
    assert (feed.title, feed.update_every_s) == ("Quay & Shore", None)
    first, second, gone = feed.entries
    assert first.address == "https://quay.example/blog/2024/ferry"
    assert (first.published_at, first.updated_at) == ("2024-05-06T07:08:09Z", "2024-05-07T00:00:00Z")
    assert (first.authors, first.section, first.language) == (("Ada Quist",), "Harbour", "en")
    assert "<p>Runs <b>again</b>,<br>hourly &amp; daily.</p>" in first.html
    assert first.is_full
    assert (second.authors, second.html, second.is_full) == (("Bo Lind",), "One &lt; two.", False)
    assert (second.address, second.published_at) == (None, None)
    assert gone == FeedEntry("tag:quay.example,2024:0", updated_at="2024-05-09T00:00:00Z", withdrawn=True)


def test_rdf() -> None:
    """RSS 1.0 gives its entries with dates and authors, and how often it changes."""
    feed = read(RDF)
    assert feed.update_every_s == 21_600
    (entry,) = feed.entries
    assert (entry.key, entry.address) == ("https://quay.example/a", "https://quay.example/a")
    assert (entry.published_at, entry.updated_at, entry.authors) == ("2024-05-06", None, ("Ada Quist",))


@pytest.mark.parametrize("media_type", ["application/feed+json", "text/html", ""])
def test_json_feed(media_type: str) -> None:
    """A JSON Feed is read whatever it is served as; a broken entry is left out and counted."""
    feed = read("\ufeff" + json.dumps(JSON), media_type=media_type)
    assert (feed.title, feed.address_of_site, feed.skipped) == ("Quay Mail", "https://quay.example/", 2)
    first, second = feed.entries
    assert first == FeedEntry(
        key="17",
        address="https://quay.example/ferry",
        title="Ferry",
        authors=("Ada Quist",),
        published_at="2024-05-06T07:08:09Z",
        updated_at="2024-05-07T07:08:09Z",
        html="<p>Runs again.</p>",
        is_full=True,
        section="harbour",
        language="en",
    )
    assert (second.address, second.html, second.is_full) == ("https://other.example/b", "1 &lt; 2", False)
    assert second.authors == ("Bo Lind",)


@pytest.mark.parametrize(
    ("root", "children"),
    [
        ("<rss version='0.91'><channel>{}</channel></rss>", "item"),
        ("<rss xmlns='http://backend.userland.com/rss2'><channel>{}</channel></rss>", "item"),
        ("<rss xmlns='urn:nobody-knows'><channel>{}</channel></rss>", "item"),
        ("<channel>{}</channel>", "item"),
        ("<feed version='0.3' xmlns='http://purl.org/atom/ns#'>{}</feed>", "entry"),
        ("<feed>{}</feed>", "entry"),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{}</rdf:RDF>", "item"),
        ("<rdf:RDF>{}</rdf:RDF>", "item"),
    ],
)
def test_old_and_sloppy_kinds(root: str, children: str) -> None:
    """Old versions, unknown namespaces and forgotten ones give their entries all the same."""
    assert titles(root.format(f"<{children}><title>Ferry</title></{children}>" * 2)) == ["Ferry", "Ferry"]


def test_a_prefixed_feed() -> None:
    """Atom elements may carry a prefix, and HTML in them none."""
    content = """<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns="http://www.w3.org/1999/xhtml"><a:entry>
    <a:title>Ferry</a:title><a:content type="xhtml"><div><p>Runs.</p></div></a:content></a:entry></a:feed>"""
    (entry,) = read(content).entries
    assert entry.title == "Ferry"
    assert "<p>Runs.</p>" in entry.html


def test_undeclared_prefixes() -> None:
    """Prefixes that nobody declared mean what they always mean."""
    (entry,) = read(rss("<dc:date>2024-05-06</dc:date><content:encoded>All.</content:encoded><guid>a</guid>")).entries
    assert (entry.published_at, entry.html, entry.is_full) == ("2024-05-06", "All.", True)


@pytest.mark.parametrize("junk", ["\n\n  ", "\ufeff", "Warning: line 3<br>\n", "<!-- made by <rss> -->", "\x0c\x01"])
def test_junk_before_the_feed(junk: str) -> None:
    """White space, marks, comments and messages of a server before the declaration do no harm."""
    assert titles(junk + RSS) == ["Ferry & bridge open", "Lighthouse painted"]


def test_packed_feeds() -> None:
    """A feed that is gzip without saying so is unpacked."""
    assert len(titles(gzip.compress(RSS.encode()))) == 2


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", "", None),
        ("utf-8", "iso-8859-1", None),
        ("cp1252", "utf-8", None),
        ("cp1252", "", "iso-8859-1"),
        ("cp1252", "unicode_escape", "punycode"),
        ("iso-8859-2", "iso-8859-2", "iso-8859-1"),
        ("iso-8859-2", "", "iso-8859-2"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-16-be", "", None),
        ("utf-8-sig", "windows-1252", "us-ascii"),
    ],
)
def test_encodings(encoding: str, declared: str, charset: str | None) -> None:
    """Feeds are decoded rightly however wrongly they and their servers declare it."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    content = (declaration + rss("<title>Café Möwe</title>")).encode(encoding)
    (entry,) = parse_feed(content, address=ADDRESS, charset=charset).entries
    assert entry.title == "Café Möwe"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tea &nbsp; cake", "Tea cake"),
        ("Caf&eacute; &bogus; AT&T & co", "Café &bogus; AT&T & co"),
        ("<![CDATA[AT&T & Caf&eacute; <b>x</b>]]>", "AT&T & Café x"),
        ("a &#0; b &#xD800; c &#x0000DFFF d &#99999999999; e", "a b c d e"),
        ("It&#8217s &#X41;&#x000042;<![CDATA[ &#xD800;&#67;]]>", "It’s AB C"),
        ("1 &lt; 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("&amp;lt;b&amp;gt;", "<b>"),
    ],
)
def test_entities(written: str, meant: str) -> None:
    """Entities of HTML, unknown ones and bare ampersands are read as they were meant."""
    assert titles(rss(f"<title>{written}</title>")) == [meant]


@pytest.mark.parametrize(
    "broken",
    [
        RSS[: RSS.index("Lighthouse painted") + 30],
        RSS.replace("</item>", "", 1),
        RSS.replace("<description>The", "<description><p>The <br> & <i>"),
        RSS.replace("<category>Harbour</category>", "<itunes:category text='a'>"),
        RSS + "<p>Page made in 3 s</p>",
        RSS.replace("The ferry runs again.", "\x00\x1b\ufffe", 1),
    ],
)
def test_broken_xml(broken: str) -> None:
    """A feed that is cut off, badly nested or full of what XML forbids still gives its entries."""
    assert "Ferry & bridge open" in titles(broken)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("//news.example/a", "https://news.example/a"),
        ("a", "https://quay.example/feeds/a"),
        (" /a b ", "https://quay.example/a%20b"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://user:word@quay.example/a", None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_addresses(link: str, address: str | None) -> None:
    """Only http(s) addresses come out, absolute."""
    (entry,) = read(rss(f"<guid isPermaLink='false'>a</guid><link>{link}</link>")).entries
    assert entry.address == address


def test_original_address() -> None:
    """The publisher's own address counts more than the one that counts clicks."""
    origin = "<feedburner:origLink>https://quay.example/a</feedburner:origLink>"
    (entry,) = read(rss(f"<link>https://proxy.example/a</link>{origin}")).entries
    assert entry.address == "https://quay.example/a"


@pytest.mark.parametrize(
    ("elements", "is_full"),
    [
        ("<content:encoded>All of it.</content:encoded>", True),
        ("<description>All of it.</description>", False),
        ("<description>Same.</description><content:encoded>Same.</content:encoded>", False),
        ("<description>Short.</description><content:encoded>All of it.</content:encoded>", True),
        ("<content:encoded>The beginning…</content:encoded>", False),
        ("<content:encoded>The beginning [&amp;#8230;]</content:encoded>", False),
        ("<content:encoded>The beginning. &lt;a&gt;Continue reading&lt;/a&gt;</content:encoded>", False),
        ("<description>A long summary.</description><content:encoded>Cut</content:encoded>", False),
    ],
)
def test_full_texts(elements: str, is_full: bool) -> None:  # noqa: FBT001
    """A text is full where it is meant as the content and does not break off."""
    (entry,) = read(rss(f"<guid>a</guid>{elements}")).entries
    assert entry.is_full == is_full


def test_entries_without_a_key() -> None:
    """An entry that nothing tells from others is left out and counted."""
    feed = read(rss("<description>Text</description>"))
    assert (feed.entries, feed.skipped) == ((), 1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("Not found", "is not a feed"),
        ("<urlset><url/></urlset>", "is not a feed"),
        ("<rdf:RDF xmlns:rdf='u'><Person/></rdf:RDF>", "is not a feed"),
        ('{"version": "2"}', "is not a feed: it is JSON, but no JSON Feed"),
        ('{"a"', "is not valid JSON"),
        (b"\x89PNG\x00\x01\x02", "is not a feed"),
        (gzip.compress(RSS.encode())[:-20], "is a broken gzip file"),
        (gzip.compress(b"a" * 11_000_000), "is larger than 10 MB"),
        (b"a" * 11_000_000, "is larger than 10 MB"),
        ("<html><body>Hello</body></html>", "is a web page, not a feed"),
        ("<!DOCTYPE html>\n<p>Hello", "is a web page, not a feed"),
    ],
)
def test_no_feeds(content: str | bytes, why: str) -> None:
    """What is no feed is refused with the reason."""
    assert reason(content).startswith(why)


def test_pages_that_name_their_feed() -> None:
    """A page is refused with the address of the first feed that it advertises."""
    page = """<!doctype html><html><head><link rel=stylesheet type="application/rss+xml" href="/no">
    <link rel="alternate" type="application/rss+xml" href="javascript:no">
    <link href="/feeds/all.xml?a=1&amp;b=2" rel="home ALTERNATE" type="application/rss+xml"><body>"""
    assert reason(page) == "is a web page; its feed is at https://quay.example/feeds/all.xml?a=1&b=2"
