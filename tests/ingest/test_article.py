"""The one place where what a source found becomes an article or is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import Article
from ingest import Found, IngestSettings, Origin, RawArticle, Rejected, make_article

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
ORIGIN = Origin("harbour.txt", "file:///news/harbour.txt")
RAW = RawArticle(
    text="The ferry runs again.",
    title="Ferry runs again",
    url="https://quay.example/ferry",
    published_at="2025-05-30",
    authors="By Ada Quist and Bo Lind",
    publisher="Quay Mail",
    language="en-GB",
    date_source="record",
)


def make(raw: RawArticle, *, origin: Origin = ORIGIN, publisher: str | None = None) -> Found | Rejected:
    """Make an article in June 2025."""
    settings = IngestSettings(max_article_chars=1_000)
    return make_article(raw, origin=origin, settings=settings, publisher=publisher, now=NOW)


def found(raw: RawArticle, *, origin: Origin = ORIGIN, publisher: str | None = None) -> Found:
    """Make an article that must not be refused."""
    outcome = make(raw, origin=origin, publisher=publisher)
    assert isinstance(outcome, Found)
    return outcome


def refused(raw: RawArticle) -> str:
    """Return why an article is refused."""
    outcome = make(raw)
    assert isinstance(outcome, Rejected)
    assert outcome.source == "harbour.txt"
    return outcome.reason


def test_a_whole_article() -> None:
    """Every field arrives, cleaned, and there is nothing to warn of."""
    assert found(RAW) == Found(
        Article(
            article_id=sha256(b"https://quay.example/ferry").hexdigest()[:16],
            url="https://quay.example/ferry",
            title="Ferry runs again",
            text="The ferry runs again.",
            authors=("Ada Quist", "Bo Lind"),
            publisher="Quay Mail",
            published_at=datetime(2025, 5, 30, tzinfo=UTC),
            date_source="record",
            date_confidence="high",
            language="en",
        ),
        "harbour.txt",
    )


@pytest.mark.parametrize("text", ["", " \n\t", "\0\u202e", "* * *"])
def test_no_text(text: str) -> None:
    """An article without a letter or a digit is refused."""
    assert refused(replace(RAW, text=text)) == "has no text"


def test_too_long() -> None:
    """An article over the limit is refused with its size, the limit and the setting."""
    reason = refused(replace(RAW, text="a" * 5_000_000))
    assert "5,000,000" in reason
    assert "1,000 allowed" in reason
    assert "ingest.max_article_chars" in reason


def test_future_dates() -> None:
    """A date more than a day ahead is left out, with a warning that names it; a day ahead is a matter of time zones."""
    ahead = found(replace(RAW, published_at=(NOW + timedelta(hours=25)).isoformat()))
    assert (ahead.article.published_at, ahead.article.date_source) == (None, "")
    (warning,) = ahead.warnings
    assert "2025-06-02" in warning
    assert "in the future" in warning
    assert found(replace(RAW, published_at=(NOW + timedelta(hours=23)).isoformat())).warnings == ()


@pytest.mark.parametrize(("raw", "warning"), [(None, "no publication date"), ("None", "no publication date")])
def test_undated(raw: str | None, warning: str) -> None:
    """Without a date an article is indexed undated, with a warning."""
    outcome = found(replace(RAW, published_at=raw))
    assert (outcome.article.published_at, outcome.article.date_source) == (None, "")
    assert warning in " ".join(outcome.warnings)


def test_unreadable_date() -> None:
    """A date that cannot be read is shown in the warning, and none is invented."""
    outcome = found(replace(RAW, published_at="last Tuesday"))
    assert outcome.article.published_at is None
    assert '"last Tuesday", which cannot be read' in outcome.warnings[0]


def test_other_scripts() -> None:
    """An article in Arabic is indexed, with a warning that only exact words will find it."""
    outcome = found(replace(RAW, text="عادت العبارة إلى العمل يوم الثلاثاء."))
    assert "only exact words will find it" in outcome.warnings[0]


def test_missing_title() -> None:
    """Without a title the opening of the text stands for it."""
    assert found(replace(RAW, title=" \n")).article.title == "The ferry runs again."


def test_unusable_url() -> None:
    """An address that cannot be shown gives way to the file's own, with a warning that does not repeat it."""
    outcome = found(replace(RAW, url="https://me:secret@quay.example/"))
    assert outcome.article.url == "file:///news/harbour.txt"
    assert "url" in outcome.warnings[0]
    assert "secret" not in outcome.warnings[0]


def test_several_articles_in_a_file() -> None:
    """Without a web address, articles of one file are told apart by their titles."""
    part = ORIGIN.part("line 7")
    outcome = found(replace(RAW, url=None), origin=part)
    assert outcome.source == "harbour.txt, line 7"
    assert outcome.article.url == "file:///news/harbour.txt#Ferry%20runs%20again"
    assert outcome.article.article_id != found(replace(RAW, url=None)).article.article_id


def test_a_changed_article_keeps_its_key() -> None:
    """The key depends on the address alone."""
    changed = replace(RAW, text="It stopped.", title="Ferry stops", published_at="2025-05-31")
    assert found(changed).article.article_id == found(RAW).article.article_id


def test_publisher_of_the_source() -> None:
    """The publisher set for a source serves the articles that name none."""
    assert found(RAW, publisher="Harbour Group").article.publisher == "Quay Mail"
    assert found(replace(RAW, publisher=None), publisher="Harbour Group").article.publisher == "Harbour Group"


def test_names_are_bounded() -> None:
    """Title, publisher and authors are single lines of bounded length."""
    article = found(replace(RAW, title="a\nb " * 999, publisher="p" * 999, authors=("n" * 999,) * 99)).article
    assert len(article.title) <= 500
    assert "\n" not in article.title
    assert len(article.publisher or "") == 200
    assert len(article.authors[0]) == 200


STRINGS = st.text(st.one_of(st.characters(), st.just("\ud800")), max_size=40)


@given(
    st.builds(
        RawArticle,
        text=STRINGS,
        title=st.none() | STRINGS,
        url=st.none() | STRINGS,
        published_at=st.none() | st.integers() | st.floats(),
        authors=STRINGS | st.lists(STRINGS).map(tuple),
        publisher=st.none() | STRINGS,
        language=st.none() | STRINGS,
    )
)
def test_anything_is_found_or_rejected(raw: RawArticle) -> None:
    """Whatever strings a source yields, an article made of them is whole and can be stored."""
    outcome = make(raw)
    if isinstance(outcome, Found):
        assert outcome.article.title
        assert outcome.article.text
        assert len(outcome.article.article_id) == 16
        repr(outcome.article).encode()
