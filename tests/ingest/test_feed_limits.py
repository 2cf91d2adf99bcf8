"""Feeds made to do harm: bounded in time and size, and never anything but a `SourceError`."""

import json
import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from feed_samples import ADDRESS, ATOM, RDF, RSS
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store import SourceError
from ingest.feeds import parse_feed

HEAD = b'<rss version="2.0"><channel><title>Quay</title><item><link>https://quay.example/a</link>'
LAUGHS = b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(10))


def test_entities_are_not_expanded() -> None:
    """Entities that a feed defines are never expanded, so that none can grow to gigabytes."""
    content = b'<!DOCTYPE a [<!ENTITY a "lol">' + LAUGHS + b"]>" + HEAD + b"<description>&k;</description>"
    (entry,) = parse_feed(content, address=ADDRESS).entries
    assert entry.html == "&k;"


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "a"'])
def test_external_entities_are_not_read(kind: str, tmp_path: Path) -> None:
    """An entity that names a file brings nothing of it."""
    (tmp_path / "secret").write_text("The secret")
    doctype = f'<!DOCTYPE a {kind} "file:{tmp_path}/x.dtd" [<!ENTITY x {kind} "file:{tmp_path}/secret">]>'
    (entry,) = parse_feed(doctype.encode() + HEAD + b"<title>&x;</title>", address=ADDRESS).entries
    assert "secret" not in entry.title


@pytest.mark.parametrize(
    "piece",
    [
        *(b"<item>", b"<a>", b"<", b"<a ", b'<a b="', b"<![CDATA[", b"<!--", b"<!DOCTYPE a [", b"&", b"&a", b"&#1;"),
        *(b"<category>c</category>", b"<author>a</author>", b"<description>&lt;a ", b"<content><b>", b"]]>", b"<?a "),
        *(b"<author>aaaa", b"</a>", b'<item xml:base="a/">', b"<textinput><title>", b"<image><url>", b"<source>"),
    ],
)
@pytest.mark.parametrize("before", [b"", HEAD])
def test_repeated_markup_takes_linear_time(piece: bytes, before: bytes) -> None:
    """A megabyte of unfinished or endlessly nested markup is read or refused in seconds."""
    began = time.process_time()
    with suppress(SourceError):
        parse_feed(before + piece * (1_000_000 // len(piece)), address=ADDRESS)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "inside",
    [
        b"<author>" + b"a" * 1_000_000 + b"</author>",  # what feedparser looks for a mail address in, for hours
        b"<title " + b" ".join(b'a%d="x"' % i for i in range(100_000)) + b">x</title>",
        b"<a " + b" ".join(b'xmlns:n%d="u:%d"' % (i, i) for i in range(5_000)) + b">" + b"<n9:a/>" * 100_000 + b"</a>",
        b"".join(b"<category>c%d</category>" % i for i in range(50_000)),
        b"<pubDate>" + b"1" * 1_000_000 + b"</pubDate>",
        b"<ttl>" + b"9" * 1_000_000 + b"</ttl>",
    ],
    ids=["author", "attributes", "namespaces", "categories", "date", "number"],
)
def test_single_parts_take_linear_time(inside: bytes) -> None:
    """No single part of an entry is so long, or so often there, that the feed takes more than seconds."""
    began = time.process_time()
    assert parse_feed(HEAD + inside, address=ADDRESS).entries
    assert time.process_time() - began < 5


def test_too_many_entries() -> None:
    """The first 5,000 entries are read, and the rest is counted."""
    feed = parse_feed(b"<rss><channel>" + b"<item><guid>a</guid></item>" * 5_010, address=ADDRESS)
    assert (len(feed.entries), feed.skipped) == (5_000, 10)


def test_of_an_endless_feed_the_beginning_is_read() -> None:
    """Fifty thousand whole entries cost no more than the first 5,000, of which none is lost or cut."""
    item = "<item><title>Toll {0}</title><guid>{0}</guid><category>a</category><category>b</category></item>"
    items = "".join(item.format(number) for number in range(50_000))
    feed = parse_feed(f"<rss><channel><title>Quay</title>{items}</channel></rss>".encode(), address=ADDRESS)
    assert (feed.title, len(feed.entries), feed.skipped) == ("Quay", 5_000, 45_000)
    assert (feed.entries[-1].title, feed.entries[-1].section) == ("Toll 4999", "a")


ODDITIES = [b"&#1;", b"&#xDFFF;", b"<![CDATA[", b"]]>", b"<a:b:c>", b' xmlns:dc="q"', b' xml:base="x"', b"<!--", b'"']


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([RSS, ATOM, RDF]), st.randoms(use_true_random=False), st.integers(1, 40))
def test_mutated_feeds(feed: str, chance: random.Random, changes: int) -> None:
    """A feed with bytes changed, lost, doubled and moved is read, or refused with the reason."""
    content = bytearray(feed.encode())
    for _ in range(changes):
        at, length = chance.randrange(len(content)), chance.randrange(1, 30)
        piece = content[at : at + length]
        other = chance.randrange(len(content))
        match chance.randrange(5):
            case 0:
                content[at] = chance.randrange(256)
            case 1 if len(content) > 100:
                del content[at : at + length]
            case 2:
                content[at:at] = chance.choice(ODDITIES)
            case _:
                content[other:other] = piece
    with suppress(SourceError):
        parse_feed(bytes(content), address=ADDRESS)


NAMES = st.sampled_from(
    [
        *("item", "entry", "title", "link", "author", "name", "category", "source", "image", "textinput", "tags", "id"),
        *("guid", "content", "summary", "description", "dc:date", "content:encoded", "media:title", "width", "svg"),
        *("channel", "feed", "rss", "enclosure", "language", "pubDate", "updated", "created", "cloud", "generator"),
    ]
)
TREES = st.recursive(
    st.text(max_size=20),
    lambda inner: st.builds(
        lambda name, parts, attribute: f"<{name} {attribute}='x'>{''.join(parts)}</{name}>",
        NAMES,
        st.lists(inner, max_size=4),
        st.sampled_from(["type", "href", "term", "xml:base", "src", "mode", "rel"]),
    ),
    max_leaves=30,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["<rss><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rdf:RDF><channel/>"]), TREES)
def test_any_nesting(start: str, tree: str) -> None:
    """Elements of feeds inside each other in any order are read, or refused with the reason."""
    with suppress(SourceError):
        parse_feed((start + tree).encode(errors="replace"), address=ADDRESS)


FIELDS = st.sampled_from(["items", "id", "url", "title", "authors", "name", "tags", "version", "content_html"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None)
@given(VALUES)
def test_any_json(value: object) -> None:
    """No value of a JSON Feed's fields, of whatever type, raises."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [value], "title": value, "authors": value}
    parse_feed(json.dumps(feed).encode(), address=ADDRESS)
