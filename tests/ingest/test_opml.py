"""Lists of feeds, read and written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceError
from ingest.opml import MOST_SUBSCRIPTIONS, FeedList, LeftOut, Subscription, parse_opml, write_opml

LIST = """<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="Quay Mail" title="The Quay Mail" type="rss" xmlUrl="https://quay.example/f?a=1&b=2"/>
<outline text="Deeper"><outline text="Shore" xmlUrl="http://shore.example/rss"/></outline></outline>
<outline text="Alone" xmlurl="https://alone.example/"/><outline text="Twice" xmlUrl="https://alone.example/"/>
<outline text="Bad" xmlUrl="file:///etc/passwd"/><outline text="Note"/></body></opml>"""


def test_read() -> None:
    """Feeds come in their order with title and innermost folder; what is left out is named, repeated ones counted."""
    assert parse_opml(LIST.encode()) == FeedList(
        (
            Subscription("https://quay.example/f?a=1&b=2", "The Quay Mail", "News"),
            Subscription("http://shore.example/rss", "Shore", "Deeper"),
            Subscription("https://alone.example/", "Alone"),
        ),
        (LeftOut("Bad (file:///etc/passwd)", 'is a "file:" address; only http: and https: are fetched'),),
        repeated=1,
    )


@pytest.mark.parametrize(
    ("outline", "name", "why"),
    [
        ('text="A" xmlUrl="https://me:hush@quay.example/f"', "A (https://…@quay.example/f)", "user name or a password"),
        ('text="A" xmlUrl="feed.xml"', "A (feed.xml)", "is not a web address"),
        ('xmlUrl="http://quay.example:22/f"', "http://quay.example:22/f", None),
        ('text="A" type="rss" htmlUrl="https://quay.example/"', "A", "has no xmlUrl"),
    ],
)
def test_what_is_left_out(outline: str, name: str, why: str | None) -> None:
    """An entry whose feed can never be read is named with the reason, and without its password."""
    read = parse_opml(f"<opml><outline {outline}/></opml>".encode())
    if why is None:  # that is found out when it is asked for
        assert [one.address for one in read.feeds] == [name]
        return
    (left_out,) = read.left_out
    assert left_out.name == name
    assert why in left_out.reason
    assert "hush" not in left_out.reason


def test_entities_are_never_replaced() -> None:
    """What a list defines as an entity makes no address."""
    read = parse_opml(b'<!DOCTYPE a [<!ENTITY a "https://quay.example/">]><opml><outline xmlUrl="&a;"/></opml>')
    assert (read.feeds, read.left_out) == ((), (LeftOut("&a;", "is not a web address"),))


def test_a_list_without_end() -> None:
    """Of a list that is too long the first feeds are read, and that is said."""
    outlines = "".join(f'<outline xmlUrl="https://quay.example/{n}"/>' for n in range(MOST_SUBSCRIPTIONS + 1))
    read = parse_opml(f"<opml>{outlines}</opml>".encode())
    assert len(read.feeds) == MOST_SUBSCRIPTIONS
    assert "only the first 10,000" in read.left_out[0].reason


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
SUBSCRIPTIONS = st.builds(
    Subscription, NAMES.map(lambda n: f"https://quay.example/{n}?a&b"), NAMES | st.just(""), st.none() | NAMES
)


@given(st.lists(SUBSCRIPTIONS, min_size=1, unique_by=lambda one: one.address), st.text())
def test_round_trip(subscriptions: list[Subscription], title: str) -> None:
    """What is written is read again; a feed without a title is called by its address, which readers need."""
    written = write_opml(subscriptions, title=title).encode(errors="replace")
    read = parse_opml(written).feeds
    assert [(one.address, one.section) for one in read] == [(one.address, one.section) for one in subscriptions]
    assert [one.title for one in read] == [one.title or one.address for one in subscriptions]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not OPML"),
        (b"<rss/>", "is not OPML"),
        (b"<opml><body/></opml>", "names no feeds"),
        (b"<opml>" + b"<outline>" * 400_000, "names no feeds"),
    ],
)
def test_no_lists(content: bytes, why: str) -> None:
    """What is no list of feeds is refused with the reason."""
    with pytest.raises(SourceError, match=why):
        parse_opml(content)


@given(st.integers(0, len(LIST)), st.binary(max_size=10))
def test_mutated_lists(at: int, change: bytes) -> None:
    """A list with bytes changed is read, or refused with the reason."""
    with suppress(SourceError):
        parse_opml(LIST.encode()[:at] + change + LIST.encode()[at + len(change) :])
