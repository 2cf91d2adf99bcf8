"""Variants of one address are one article; what selects an article stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.addresses import address_key, tidy_address

PAGE = "https://quay.example/news/ferry-runs-again"


@pytest.mark.parametrize(
    ("url", "tidy"),
    [
        ("HTTPS://Quay.Example/News", "https://quay.example/News"),
        ("https://quay.example:443/a", "https://quay.example/a"),
        ("http://quay.example:80/a", "http://quay.example/a"),
        ("http://quay.example:8080/a", "http://quay.example:8080/a"),
        (f"{PAGE}#comments", PAGE),
        ("https://quay.example/#!/story/5", "https://quay.example/#!/story/5"),
        (f"{PAGE}?utm_source=mail&utm_medium=x&fbclid=1&gclid=2&mc_cid=3", PAGE),
        (f"{PAGE}?utm_source=mail&amp;id=5&amp;page=2", f"{PAGE}?id=5&page=2"),
        ("https://quay.example/story.php?id=5&cid=7&gallery=2", "https://quay.example/story.php?id=5&cid=7&gallery=2"),
        ("https://quay.example/?12345", "https://quay.example/?12345"),
        ("https://quay.example/a%20b?q=%C3%A9+x", "https://quay.example/a%20b?q=%C3%A9+x"),
        ("https://quay-example.cdn.ampproject.org/v/s/quay.example/a/amp?amp_js_v=0.1", "https://quay.example/a/amp"),
        ("https://cdn.ampproject.org/c/quay.example/a", "http://quay.example/a"),
        ("https://www.google.com/amp/s/m.quay.example/a", "https://m.quay.example/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
    ],
)
def test_what_is_shown_still_opens_the_page(url: str, tidy: str) -> None:
    """Tracking, fragments, default ports and caches go; what selects the page stays, to the letter."""
    assert tidy_address(url) == tidy


@pytest.mark.parametrize(
    "variant",
    [
        "http://quay.example/news/ferry-runs-again",
        "https://www.quay.example/news/ferry-runs-again/",
        "https://m.quay.example/news/ferry-runs-again",
        "https://www.mobile.quay.example/news/ferry-runs-again",
        "https://amp.quay.example/news/ferry-runs-again",
        "https://quay.example:443/news/ferry-runs-again",
        "https://quay.example./news//ferry-runs-again",
        f"{PAGE}/amp",
        f"{PAGE}/amp/",
        f"{PAGE}.amp",
        f"{PAGE}/index.html",
        f"{PAGE}/amp/index.html",
        f"{PAGE}?amp",
        f"{PAGE}?amp=1&utm_source=feed",
        f"{PAGE}?outputType=amp",
        f"{PAGE}#top",
        "https://quay.example/amp/news/ferry-runs-again",
        "https://quay.example/news/%66erry%2Druns-again",
        "https://quay-example.cdn.ampproject.org/c/s/www.quay.example/news/ferry-runs-again/amp/",
    ],
)
def test_variants_of_an_address_are_one(variant: str) -> None:
    """However an article's address is written, it is the same article."""
    assert address_key(variant) == address_key(PAGE)


def test_parameters_count_in_any_order() -> None:
    """The order of parameters and the spelling of a blank say nothing."""
    one, other = ("https://quay.example/s?id=5&q=a+b", "https://quay.example/s?q=a%20b&id=5")
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    "other",
    [
        "https://quay.example/news/ferry-runs-again-2",
        "https://quay.example/News/ferry-runs-again",
        f"{PAGE}?page=2",
        f"{PAGE}?id=1",
        "https://quay.example:8080/news/ferry-runs-again",
        "https://blog.quay.example/news/ferry-runs-again",
        "https://quay.example/news/ferry-runs-again/amphibians",
        "https://quay.example/news",
    ],
)
def test_what_selects_an_article_tells_it_apart(other: str) -> None:
    """Paths, parameters and hosts that may hold another article are never taken for the same."""
    assert address_key(other) != address_key(PAGE)


@pytest.mark.parametrize("escaped", ["%E9", "%E8"])
def test_addresses_that_are_not_utf_8_stay_apart(escaped: str) -> None:
    """Old sites escape Latin-1: two such letters are two articles."""
    assert address_key(f"https://quay.example/{escaped}").endswith(escaped)


@pytest.mark.parametrize("address", ["file:///news/a%20b.txt#Ferry", "ftp://quay.example/a?utm_id=1", "", "notes.md"])
def test_other_addresses_are_left_alone(address: str) -> None:
    """A file's address is what it is."""
    assert tidy_address(address) == address_key(address) == address


pieces = st.sampled_from(
    ("www.", "amp.", "m.", "quay", ".example", "/", "amp", ".amp", "index.html", "?", "&", "amp;", "utm_x", "%2", "#!")
)
addresses = st.text() | st.builds(
    "{}://{}{}".format, st.sampled_from(["http", "HTTPS", "file"]), st.text(max_size=8), st.lists(pieces).map("".join)
)


@settings(max_examples=120)
@given(addresses)
def test_any_text_is_read_and_reading_it_again_changes_nothing(address: str) -> None:
    """Nothing fails, tidy addresses and keys are their own, and a tidy address has the key of the original."""
    assert tidy_address(tidy_address(address)) == tidy_address(address)
    assert address_key(address_key(address)) == address_key(address)
    assert address_key(tidy_address(address)) == address_key(address)


@pytest.mark.parametrize("part", ["/", "&", "amp/", ".amp", "?", "%", "cdn.ampproject.org/c/s/", "www.", "&amp;"])
def test_long_addresses_take_no_time(part: str) -> None:
    """No address, however it repeats itself, takes longer than others of its length."""
    began = time.process_time()
    for length in (2_000, 2_000_000):
        address_key("https://quay.example/" + part * (length // len(part)))
        address_key("https://" + part * (length // len(part)) + "quay.example/")
    assert time.process_time() - began < 0.5
