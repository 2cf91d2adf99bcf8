"""Lists of feeds, read and written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceError
from ingest.opml import Subscription, parse_opml, write_opml

LIST = """<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="Quay Mail" title="The Quay Mail" type="rss" xmlUrl="https://quay.example/f?a=1&b=2"/>
<outline text="Deeper"><outline text="Shore" xmlUrl="http://shore.example/rss"/></outline></outline>
<outline text="Alone" xmlurl="https://alone.example/"/><outline text="Twice" xmlUrl="https://alone.example/"/>
<outline text="Bad" xmlUrl="file:///etc/passwd"/><outline text="Note"/></body></opml>"""


def test_read() -> None:
    """Feeds come in their order with title and innermost folder; other addresses and repeated ones are left out."""
    assert parse_opml(LIST.encode()) == (
        Subscription("https://quay.example/f?a=1&b=2", "The Quay Mail", "News"),
        Subscription("http://shore.example/rss", "Shore", "Deeper"),
        Subscription("https://alone.example/", "Alone"),
    )


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
SUBSCRIPTIONS = st.builds(
    Subscription, NAMES.map(lambda n: f"https://quay.example/{n}?a&b"), NAMES | st.just(""), st.none() | NAMES
)


@given(st.lists(SUBSCRIPTIONS, min_size=1, unique_by=lambda one: one.address), st.text())
def test_round_trip(subscriptions: list[Subscription], title: str) -> None:
    """What is written is read again; a feed without a title is called by its address, which readers need."""
    written = write_opml(subscriptions, title=title).encode(errors="replace")
    read = parse_opml(written)
    assert [(one.address, one.section) for one in read] == [(one.address, one.section) for one in subscriptions]
    assert [one.title for one in read] == [one.title or one.address for one in subscriptions]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not OPML"),
        (b"<rss/>", "is not OPML"),
        (b"<opml><body/></opml>", "names no feeds"),
        (b"<opml>" + b"<outline>" * 400_000, "names no feeds"),
        (b'<!DOCTYPE a [<!ENTITY a "x">]><opml><outline xmlUrl="&a;"/></opml>', "names no feeds"),
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
