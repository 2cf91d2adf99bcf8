"""Field names of other tools, and records that are nothing of the kind."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceError
from ingest import Found, IngestSettings, Origin, RawArticle, Rejected, make_article
from ingest.sources.fields import raw_article

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KNOWN = st.sampled_from(
    [
        *("title", "text", "html", "maintext", "content", "url", "authors", "author", "publisher", "source"),
        *("source_url", "publishedAt", "language", "meta_lang", "description"),
    ]
)


def test_newsapi() -> None:
    """A NewsAPI article is read without the mark of what was cut off, and the loss is told."""
    raw = raw_article(
        {
            "source": {"id": "quay-mail", "name": "Quay Mail"},
            "author": "Ada Quist",
            "title": "Ferry runs again",
            "description": "After a year ashore.",
            "url": "https://quay.example/ferry",
            "urlToImage": None,
            "publishedAt": "2024-05-06T07:08:09Z",
            "content": "The ferry runs again after a year, the harbour mas… [+1234 chars]",
        }
    )
    assert raw == RawArticle(
        text="The ferry runs again after a year, the harbour mas",
        title="Ferry runs again",
        url="https://quay.example/ferry",
        published_at="2024-05-06T07:08:09Z",
        authors="Ada Quist",
        publisher="Quay Mail",
        date_source="record",
        warnings=("holds only the beginning of the article",),
    )


def test_newsapi_without_content() -> None:
    """Where there is only a summary, that is indexed and told."""
    raw = raw_article({"title": "Ferry", "content": None, "description": "After a year ashore."})
    assert raw.text == "After a year ashore."
    assert "summary" in raw.warnings[0]


def test_removed_by_publisher() -> None:
    """An article that its publisher took back is no article."""
    with pytest.raises(SourceError, match="removed"):
        raw_article({"title": "[Removed]", "content": "[Removed]", "url": "https://removed.example"})


def test_news_please() -> None:
    """A news-please dump is read, its `maintext` before its `text`."""
    raw = raw_article(
        {
            "authors": ["Ada Quist", "Bo Lind"],
            "date_download": "2024-05-07 00:00:00",
            "date_publish": "2024-05-06 07:08:09",
            "language": "en",
            "maintext": "The ferry runs again.",
            "source_domain": "quay.example",
            "text": None,
            "title": "Ferry runs again",
            "url": "https://quay.example/ferry",
        }
    )
    assert raw.text == "The ferry runs again."
    assert raw.published_at == "2024-05-06 07:08:09"
    assert raw.authors == ("Ada Quist", "Bo Lind")
    assert raw.publisher == "quay.example"


def test_newspaper4k() -> None:
    """A newspaper4k dump is read; the page's own language counts, not the setting's."""
    raw = raw_article(
        {
            "url": "https://quay.example/ferry",
            "language": "en",
            "title": "Die Fähre fährt wieder",
            "authors": ["Ada Quist"],
            "publish_date": "2024-05-06T00:00:00",
            "meta_lang": "de",
            "meta_site_name": "",
            "source_url": "https://www.quay.example",
            "text": "Die Fähre fährt wieder.",
        }
    )
    assert (raw.language, raw.publisher, raw.published_at) == ("de", "quay.example", "2024-05-06T00:00:00")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"text": ["a", "b"]}, 'has a list for "text", where a string is expected'),
        ({"text": "a", "title": 7}, 'has a number for "title"'),
        ({"text": "a", "published_at": True}, 'has true or false for "published_at"'),
        ({"text": "a", "published_at": {"year": 2024}}, 'has an object for "published_at"'),
        ({"text": "a", "authors": [1, 2]}, 'has a list for "authors"'),
        ({"text": "a", "publisher": 3.5}, 'has a number for "publisher"'),
    ],
)
def test_wrong_types(record: dict[str, Any], reason: str) -> None:
    """A field of the wrong type is named, with what it is and what it should be."""
    with pytest.raises(SourceError, match=reason):
        raw_article(record)


def test_author_records() -> None:
    """Authors may be objects with a name, and empty entries are passed over."""
    assert raw_article({"text": "a", "authors": [{"name": "Ada"}, None, "Bo"]}).authors == ("Ada", "Bo")


@given(st.dictionaries(KNOWN | st.text(max_size=5), JSON, max_size=8))
def test_any_record_is_read_or_refused(record: dict[str, Any]) -> None:
    """Any JSON object becomes an article or a reason, never a traceback."""
    record = json.loads(json.dumps(record))
    with suppress(SourceError):
        outcome = make_article(raw_article(record), origin=Origin("a", "file:///a"), settings=IngestSettings())
        assert isinstance(outcome, Found | Rejected)
