"""Chroma that fails and comes back, beside the questions."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import RECIPE, article, put, reader, vector_of

from index_store import Filters, IndexStoreError, IndexWriter, NewsIndex, open_writer
from index_store.nearest import ChromaNearest
from index_store.vectors import ChromaVectors, vectors_in_folder
from index_store.writable_catalog import WritableCatalog

FERRY = article("ferry")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[IndexWriter]:
    """A data folder, open for writing, with an article in it."""
    with open_writer(tmp_path / "data", recipe=RECIPE) as writer:
        put(writer, [FERRY])
        yield writer


def broken(chroma: Path) -> Path:
    """Put garbage in the place of Chroma; return where the sound one is now."""
    sound = chroma.rename(chroma.with_name("sound"))
    chroma.mkdir()
    (chroma / "chroma.sqlite3").write_bytes(b"garbage" * 100)
    return sound


def mended(chroma: Path, sound: Path) -> None:
    """Put the sound Chroma back."""
    chroma.rename(chroma.with_name("garbage"))
    sound.rename(chroma)


@pytest.mark.usefixtures("writer")
def test_each_failed_opening_is_told_in_words(tmp_path: Path) -> None:
    """Chroma fails in another way when it has failed before in the same process; both are told with the remedy."""
    broken(tmp_path / "data" / "chroma")
    for _ in range(4):
        with pytest.raises(IndexStoreError, match="cannot be read") as raised:
            vectors_in_folder(tmp_path / "data" / "chroma")
        assert raised.value.remedy


@pytest.mark.usefixtures("writer")
def test_a_reader_goes_on_while_chroma_fails_and_opens_it_once_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often Chroma cannot be opened, questions are answered, and it is tried again until it can be."""
    monkeypatch.setattr("index_store.nearest._REOPEN_AFTER_S", 0.01)
    folder, tries = tmp_path / "data", SimpleQueue[str]()

    def opened() -> ChromaVectors:
        try:
            vectors = vectors_in_folder(folder / "chroma")
        except IndexStoreError:
            tries.put("failed")
            raise
        tries.put("opened")
        return vectors

    with (
        closing(WritableCatalog.open(folder / "catalog.sqlite")) as catalog,
        closing(ChromaNearest(catalog, folder / "catalog.sqlite", opened)) as nearest,
    ):
        assert tries.get(timeout=60) == "opened"
        sound = broken(folder / "chroma")
        catalog.forget_strays()  # a commit, which makes the reader open Chroma anew
        assert [tries.get(timeout=60) for _ in range(4)] == ["failed"] * 4
        assert nearest.nearest(vector_of(FERRY.text), Filters(), limit=1) == [f"{FERRY.article_id}.1.0"]
        mended(folder / "chroma", sound)
        while tries.get(timeout=60) == "failed":
            pass


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), min_size=1, max_size=5), max_size=6))
@settings(max_examples=10, deadline=None)
def test_a_reader_that_holds_all_vectors_follows_every_commit(commits: list[list[tuple[str, int]]]) -> None:
    """Whatever is added, changed or removed, also all of it, an open reader finds what a new one does, best first."""
    with TemporaryDirectory() as folder, open_writer(Path(folder), recipe=RECIPE) as writer:
        put(writer, [FERRY])
        with closing(reader(Path(folder), resident=True, held=True)) as held:
            for commit in commits:
                for name, tolls in commit:
                    if tolls:
                        put(writer, [article(name, *(f"The toll of {name} is {n}." for n in range(tolls)))])
                    else:
                        writer.remove([article(name).article_id, FERRY.article_id])
                with closing(reader(Path(folder))) as fresh:
                    assert found(held) == found(fresh)


def found(index: NewsIndex) -> list[tuple[str, float]]:
    """Texts and scores of what a reader finds."""
    passages = index.search("toll", Filters(), limit=50, per_article=50)
    return [(passage.text, passage.score) for passage in passages]
