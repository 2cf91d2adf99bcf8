"""Pages made to hurt: each is read or refused in seconds."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store import SourceError
from ingest.article import RawArticle
from ingest.extract import read_page

ARTICLE = "<article><h1>Ferry</h1><p>" + "The ferry runs again after a year in dock. " * 10 + "</p></article>"
MOST_SECONDS = 15  # far more than they take; without the limits each would take minutes


def script(content: str) -> str:
    """Return a page with this JSON-LD above an article."""
    return f'<html><head><script type="application/ld+json">{content}</script></head><body>{ARTICLE}'


@pytest.mark.parametrize(
    "html",
    [
        script("[" * 300_000),
        script("{" + ", " * 300_000),
        script(json.dumps([{"@type": "NewsArticle", "headline": "x"}] * 20_000)),
        script(json.dumps({"@type": "NewsArticle", "author": [{"name": f"A {n}"} for n in range(20_000)]})),
        f"<html><head><title>{' | - ' * 100_000}</title></head><body>{ARTICLE}",
        f'<html><body><p title="{"x" * 3_000_000}">y</p>{ARTICLE}',
    ],
    ids=["deep JSON", "broken JSON", "many articles", "many authors", "long title", "long attribute"],
)
def test_the_article_is_still_read(html: str) -> None:
    """What is absurd around an article is passed over."""
    started = time.process_time()
    assert "ferry runs again" in read_page(html).text
    assert time.process_time() - started < MOST_SECONDS


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<html><body>" + "<p>" * 300_000, "has more than 25,000 HTML elements"),
        (
            "<html><body><div " + " ".join(f'a{n}="x"' for n in range(100_000)) + ">" + ARTICLE,
            "has a tag with thousands",
        ),
    ],
    ids=["elements", "attributes"],
)
def test_absurd_pages_are_refused(html: str, reason: str) -> None:
    """A page that would take minutes is refused at once, with the reason."""
    with pytest.raises(SourceError) as error:
        read_page(html)
    assert error.value.message.startswith(reason)


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "ul><li", "table><tr><td"])
def test_deep_nesting(tag: str) -> None:
    """Thousands of nested elements end neither in a crash nor in minutes of work."""
    started = time.process_time()
    assert isinstance(read_page("<html><body>" + f"<{tag}>" * 8_000 + "x"), RawArticle)
    assert time.process_time() - started < MOST_SECONDS


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<h1>", "<article>", "<div class=article-body>", "<span>", "<img>", "<a href=/author/x>"),
        *("</a>", "<blockquote>", "<time>", "<meta name=date content='2025'>", "<title>", "</title>", "<body>"),
        *("<link rel=canonical href='//['>", "<script type=application/ld+json>", "</script>", "<html lang=x>"),
        *('{"@type": "NewsArticle", "author": [', "]}", "\x00", "\ud800", "&#xD800;", "<!--", "-->", "<![CDATA["),
        *("The ferry runs again. ", "May 2025"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=30).map("".join))
def test_any_page_is_read_or_refused(html: str) -> None:
    """Whatever a page holds, it gives an article or an error with a reason."""
    try:
        outcome = read_page(html, address="https://quay.example/a").text
    except SourceError as error:
        outcome = error.message
    assert isinstance(outcome, str)
