"""What is written is found; what is replaced, removed or half written never is."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelf import RECIPE, article, chunks_of, put, reader, vector_of

from index_store import Filters, IndexStoreError, UnknownArticleError, open_writer
from index_store.records import NewVersion
from index_store.vectors import vectors_in_folder
from index_store.words import Words

BOTH_KINDS = pytest.mark.parametrize("resident", [False, True], ids=["one-off", "resident"])
EVERYTHING = Filters()


def found(folder: Path, query: str, filters: Filters = EVERYTHING, *, resident: bool = False) -> list[str]:
    """Texts that a new reader finds."""
    index = reader(folder, resident=resident)
    try:
        return [passage.text for passage in index.search(query, filters, limit=50, per_article=50)]
    finally:
        index.close()


def chroma_ids(folder: Path) -> list[str]:
    """Ids that Chroma holds."""
    vectors = vectors_in_folder(folder / "chroma")
    ids = sorted(vectors._collection.get(include=[])["ids"])
    vectors.close()
    return ids


def tantivy_keys(folder: Path, query: str) -> list[str]:
    """Keys that Tantivy holds for a query."""
    return sorted(key for key, _ in Words(folder / "words").best(query, EVERYTHING, limit=1_000))


@BOTH_KINDS
def test_a_written_article_is_found(tmp_path: Path, *, resident: bool) -> None:
    """What was committed is found by its words, with its article and span."""
    one = article("ferry", "The ferry leaves at nine.", "Tickets cost four euros.")
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [one, article("bridge")])
    index = reader(tmp_path, resident=resident)
    best = index.search("tickets euros", EVERYTHING, limit=1, per_article=1)[0]
    assert best.text == "Tickets cost four euros."
    assert best.article == one
    assert one.text[best.chunk.start : best.chunk.end] == best.text
    index.close()


@BOTH_KINDS
def test_a_changed_article_replaces_its_old_version_whole(tmp_path: Path, *, resident: bool) -> None:
    """After a change no store holds a chunk of the old version, and its text is readable by its number."""
    old = article("toll", "The toll stands at 12.", "Rescuers are on their way.")
    new = replace(old, text="The toll stands at 19.")
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [old])
        put(writer, [new])
    assert found(tmp_path, "toll rescuers", resident=resident) == ["The toll stands at 19."]
    key = f"{old.article_id}.2.0"
    assert (chroma_ids(tmp_path), tantivy_keys(tmp_path, "toll rescuers")) == ([key], [key])
    index = reader(tmp_path)
    assert index.version(old.article_id, 1).article.text == old.text
    assert index.version(old.article_id).article.text == new.text
    index.close()


@BOTH_KINDS
def test_a_removed_article_is_gone(tmp_path: Path, *, resident: bool) -> None:
    """A removed article is in no store's reach; its text stays readable for citations already given."""
    one = article("mayor")
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [one, article("harbour")])
        writer.remove([one.article_id])
    assert found(tmp_path, "mayor", resident=resident) == ["The harbour was reported on Monday."]
    assert chroma_ids(tmp_path) == [f"{article('harbour').article_id}.1.0"]
    index = reader(tmp_path)
    assert index.version(one.article_id, 1).article == one
    with pytest.raises(UnknownArticleError):
        index.version(one.article_id)
    index.close()


@BOTH_KINDS
def test_an_open_reader_sees_the_next_commit(tmp_path: Path, *, resident: bool) -> None:
    """A reader that was open before a commit answers by it at its next search."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("storm")])
        index = reader(tmp_path, resident=resident)
        assert len(index.search("storm", EVERYTHING, limit=9, per_article=9)) == 1
        put(writer, [article("flood", "The storm brought a flood.")])
        writer.remove([article("storm").article_id])
    texts = [passage.text for passage in index.search("storm", EVERYTHING, limit=9, per_article=9)]
    assert texts == ["The storm brought a flood."]
    index.close()


@BOTH_KINDS
def test_a_crash_before_the_catalog_is_invisible_and_mended(tmp_path: Path, *, resident: bool) -> None:
    """Copies written without the catalog show nothing; the same change made again is there exactly once."""
    live, lost = article("vote"), article("strike", "The strike began.", "It ended.")
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [live])
        half = [_version(lost)]
        writer._catalog.expect(half[0].keys)
        writer._vectors.replace(half)  # what a crash between the copies and the catalog leaves
        writer._words.replace(half)
    assert found(tmp_path, "strike began", resident=resident) == ["The vote was reported on Monday."]
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        assert tantivy_keys(tmp_path, "strike began") == []  # the next writer clears away what nobody knows
        put(writer, [lost])
    assert sorted(found(tmp_path, "strike vote", resident=resident)) == sorted(
        ["The strike began.", "It ended.", "The vote was reported on Monday."]
    )
    keys = sorted([f"{live.article_id}.1.0", f"{lost.article_id}.1.0", f"{lost.article_id}.1.1"])
    assert chroma_ids(tmp_path) == keys
    assert tantivy_keys(tmp_path, "strike vote reported began ended") == keys


@BOTH_KINDS
def test_a_crash_after_the_catalog_shows_nothing_old(tmp_path: Path, *, resident: bool) -> None:
    """Copies that still hold a retired version never show it."""
    old = article("budget", "The budget is 4 million.")
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [old])
        writer._catalog.retire([old.article_id], at=datetime.now(UTC))  # and the copies are not told
    assert found(tmp_path, "budget million", resident=resident) == []
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("park")])
    assert found(tmp_path, "budget million", resident=resident) == ["The park was reported on Monday."]
    assert chroma_ids(tmp_path) == tantivy_keys(tmp_path, "budget park") == [f"{article('park').article_id}.1.0"]


@pytest.mark.parametrize("copy", ["chroma", "words"])
def test_a_copy_that_was_deleted_is_made_anew(tmp_path: Path, copy: str) -> None:
    """Readers say what is missing; the next writer makes it anew from the catalog, without embedding again."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("mayor", "The mayor spoke.", "The council listened."), article("ferry")])
    before = found(tmp_path, "mayor council ferry", resident=True)
    shutil.rmtree(tmp_path / copy)
    with pytest.raises(IndexStoreError, match=r"missing.*dateline rebuild"):
        found(tmp_path, "mayor", resident=True)
    with open_writer(tmp_path, recipe=RECIPE):
        pass
    assert found(tmp_path, "mayor council ferry", resident=True) == before


def _version(one: object) -> NewVersion:
    import numpy as np

    whole = one
    chunks = chunks_of(whole)  # type: ignore[arg-type]
    vectors = np.stack([vector_of(chunk.text) for chunk in chunks])
    return NewVersion(whole, 1, datetime.now(UTC), chunks, vectors)  # type: ignore[arg-type]


DAY = timedelta(days=1)
MARCH = datetime(2025, 3, 5, tzinfo=UTC)


@BOTH_KINDS
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(since=MARCH), {"march", "april"}),
        (Filters(until=MARCH), {"march", "february"}),
        (Filters(since=MARCH, until=MARCH), {"march"}),
        (Filters(as_of=MARCH), {"march", "february"}),
        (Filters(as_of=datetime.now(UTC) + DAY), {"march", "february", "april", "undated"}),
        (Filters(since=datetime(2000, 1, 1, tzinfo=UTC)), {"march", "february", "april"}),
        (Filters(publishers=("OTHER press",)), {"april"}),
        (Filters(publishers=("Nobody",)), set()),
    ],
)
def test_filters_let_through_what_they_say(
    tmp_path: Path, filters: Filters, expected: set[str], *, resident: bool
) -> None:
    """Dates and publishers filter in both kinds of search; an undated article counts from when it was first seen."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(
            writer,
            [
                article("february", published_at=datetime(2025, 2, 1, tzinfo=UTC)),
                article("march", published_at=MARCH),
                article("april", published_at=datetime(2025, 4, 1, tzinfo=UTC), publisher="Other Press"),
                article("undated", published_at=None),
            ],
        )
    texts = found(tmp_path, "reported on Monday", filters, resident=resident)
    assert set(texts) == {f"The {name} was reported on Monday." for name in expected}
    index = reader(tmp_path)
    assert index.count_articles(filters) == len(expected)
    index.close()


def test_both_kinds_of_search_agree_whatever_the_order_of_writing(tmp_path: Path) -> None:
    """Chroma's graph and exact scores find the same passages, and so does an index built in another order."""
    articles = [article(f"story{n}", *(f"Paragraph {n} {m} of the story." for m in range(3))) for n in range(60)]
    for folder, ordered in ((tmp_path / "one", articles), (tmp_path / "other", articles[::-1])):
        with open_writer(folder, recipe=RECIPE) as writer:
            for first in range(0, len(ordered), 25):
                put(writer, ordered[first : first + 25])
    for query in ("Paragraph 7 1 of the story.", "story", "Report on story33"):
        exact = found(tmp_path / "one", query)
        assert exact[:20] == found(tmp_path / "one", query, resident=True)[:20]
        assert exact[:20] == found(tmp_path / "other", query)[:20]


@pytest.fixture(scope="module")
def one_article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one article."""
    folder = tmp_path_factory.mktemp("one")
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [article("talks", 'Envoy said: "Talks (in Doha) AND elsewhere go on".')])
    return folder


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=200)
    | st.sampled_from(["title:x AND (y", '"', "a" * 9_000, "talks " * 2_000, "\x00", "🙂 ✦", "'; --"])
)
def test_a_question_is_text_never_a_query(one_article: Path, question: str) -> None:
    """Query syntax, control characters and sheer length in a question fail nothing."""
    index = reader(one_article)
    assert len(index.search(question, EVERYTHING, limit=5, per_article=5)) == 1
    index.close()
