"""Lines of `dateline export` become the articles that they were."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store import Article
from index_store.care.export import article_json
from ingest.article import Found, Origin, RawArticle, article_id, make_article
from ingest.settings import IngestSettings
from ingest.sources import read_source

TEXT = "The ferry leaves at nine. It stops at the mill."


def exported(folder: Path, *records: object) -> Path:
    """Write records as lines."""
    file = folder / "articles.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def read(file: Path) -> list[Any]:
    """Read a file as `dateline index` does."""
    return list(read_source(file, settings=IngestSettings()))


def an_article(**changes: Any) -> Article:
    """An article with every field set."""
    url = changes.pop("url", "https://quay.example/ferry")
    fields = {
        "article_id": article_id(url),
        "url": url,
        "title": "Ferry leaves",
        "text": TEXT,
        "authors": ("Ann Reed", "Bo Marsh"),
        "publisher": "Quay Post",
        "published_at": datetime(2025, 3, 5, 18, 30, tzinfo=timezone(timedelta(hours=-5))),
        "date_source": "json-ld",
        "language": "en",
        "date_confidence": "medium",
        "modified_at": datetime(2025, 3, 6, 8, 0, 1, tzinfo=UTC),
        "section": "Harbour",
    }
    return Article(**(fields | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"published_at": None, "date_source": "", "date_confidence": "", "modified_at": None},
        {"url": "file:///home/ann/ferry.txt"},
        {"url": "file:///home/ann/all.jsonl#Ferry%20leaves"},
        {"authors": ("Marsh, Reed and Daughters",)},
        {"authors": ()},
        {"text": f"{TEXT} [+12 chars]"},
        {"text": "[Removed] was the word on the sign."},
        {"publisher": None, "language": None, "section": None},
    ],
    ids=str,
)
def test_every_field_comes_back(tmp_path: Path, changes: dict[str, Any]) -> None:
    """An exported article is read back equal, fingerprint and zone of its date included."""
    article = an_article(**changes)
    (outcome,) = read(exported(tmp_path, article_json(article)))
    assert outcome.article == article
    assert outcome.article.fingerprint == article.fingerprint


RAW = st.builds(
    RawArticle,
    text=st.text(min_size=1, max_size=200),
    title=st.text(max_size=60),
    url=st.sampled_from(["https://WWW.quay.example:443/a?utm_source=x&b=1#top", "https://quay.example/ä b", ""]),
    published_at=st.sampled_from(["5 March 2025", "2025-03-05T18:30:00.25+05:30", "1741199400", ""]),
    authors=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    publisher=st.text(max_size=20),
    section=st.text(max_size=20),
    modified_at=st.sampled_from(["2025-03-06", "yesterday", None]),
    date_source=st.sampled_from(["page", "json-ld", "front matter"]),
)


@settings(max_examples=60, deadline=None)
@given(raw=RAW)
def test_whatever_was_indexed_comes_back(tmp_path_factory: pytest.TempPathFactory, raw: RawArticle) -> None:
    """What any source's article was made into is what its export is made into."""
    first = make_article(raw, origin=Origin("a page", "file:///a%20page.html"), settings=IngestSettings())
    if isinstance(first, Found):
        (outcome,) = read(exported(tmp_path_factory.mktemp("export"), article_json(first.article)))
        assert outcome.article == first.article


def test_only_who_knows_the_id_may_name_a_local_file(tmp_path: Path) -> None:
    """Any other record with such an address is cited by the file it stands in."""
    record = article_json(an_article(url="file:///etc/passwd")) | {"article_id": "0123456789abcdef"}
    (outcome,) = read(exported(tmp_path, record))
    assert outcome.article.url.startswith(tmp_path.as_uri())


@pytest.mark.parametrize("value", [1, [], {}, True, None, "never", "x" * 100_000])
@pytest.mark.parametrize("field", ["date_source", "date_confidence", "modified_at", "section"])
def test_an_altered_field_is_bounded_or_left_out(tmp_path: Path, field: str, value: object) -> None:
    """Somebody else's hand in an export neither stops it nor makes its fields what they may not be."""
    (outcome,) = read(exported(tmp_path, article_json(an_article()) | {field: value}))
    article = outcome.article
    assert article.date_confidence in {"high", "medium", "low"}
    assert len(article.date_source) <= 40
    assert article.section is None or len(article.section) <= 200
    assert article.text == TEXT
