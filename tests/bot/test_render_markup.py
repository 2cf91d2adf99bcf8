"""Strangers' text on Discord: it reads as written and does nothing."""

import re
import string
from datetime import UTC, datetime

import pytest
from hostile import ESCAPE, GIANTS, hostile, inert, long_hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.markup import MARKS_LIMIT, WORD_LIMIT, link, plain, timestamp, units, visible, web_address

giants = st.builds("{}{}{}".format, hostile, st.sampled_from(GIANTS), hostile)


@settings(deadline=None)
@given(long_hostile | giants, st.integers(2, 400))
def test_plain_text_shows_what_was_written(text: str, limit: int) -> None:
    """Escaped text reads as the visible text does, or as its beginning and an ellipsis."""
    escaped = plain(text, limit=limit)
    shown = ESCAPE.sub(r"\1", escaped)
    assert units(escaped) <= limit
    assert inert(escaped)
    assert shown == visible(text) or (shown.endswith("…") and visible(text).startswith(shown[:-1]))


@settings(deadline=None)
@given(long_hostile | giants)
def test_visible_text(text: str) -> None:
    """Invisible characters, piles of accents and giant words are gone, and so are line breaks."""
    seen = visible(text)
    assert not re.search(
        r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe0f\ufeff\ud800-\udfff]", seen
    )
    assert not re.search(rf"[\u0300-\u036f]{{{MARKS_LIMIT + 1}}}", seen)
    assert not re.search(rf"[!-~]{{{WORD_LIMIT + 1}}}", seen)
    assert seen == seen.strip()


@settings(deadline=None)
@given(hostile.map("https://news.example/{}".format) | hostile)
def test_addresses_cannot_break_out(url: str) -> None:
    """A linked address is printable ASCII without spaces, brackets, quotes or line breaks."""
    address = web_address(url)
    allowed = set(string.ascii_letters + string.digits + "-._~%/:?&=+,;!$#")
    assert address is None or (address.startswith(("http://", "https://")) and set(address) <= allowed)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://news.example/a_(b)?q=1 2#x", "https://news.example/a_%28b%29?q=1%202#x"),
        ("https://news.example/50%-off/%C3%A9", "https://news.example/50%25-off/%C3%A9"),
        ("https://news.example/بيروت", "https://news.example/%D8%A8%D9%8A%D8%B1%D9%88%D8%AA"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://reuters.example@evil.example/", None),
        ("file:///home/me/news.txt", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://a.example:99999/", None),
        ("https://a.example/" + "x" * 600, None),
    ],
)
def test_addresses(url: str, address: str | None) -> None:
    """Web addresses are percent-encoded once; what is no web address, or poses as another, is not linked."""
    assert web_address(url) == address


def test_headline_with_brackets_and_address_is_still_a_link() -> None:
    """Discord prints a link literally when its text holds brackets or an address; ours holds neither."""
    text = link("[LIVE] See https://evil.example now", "https://news.example/a", limit=200)
    assert text == "[(LIVE) See evil.example now](https://news.example/a)"


def test_date_without_time_keeps_its_day_west_of_greenwich() -> None:
    """A date known to the day is shown as noon UTC, and a time known is shown as it is."""
    noon = int(datetime(2025, 3, 5, 12, tzinfo=UTC).timestamp())
    assert timestamp(datetime(2025, 3, 5, tzinfo=UTC)) == f"<t:{noon}:D> (<t:{noon}:R>)"
    known = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
    assert str(int(known.timestamp())) in timestamp(known)
