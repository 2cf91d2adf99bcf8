"""Whatever was written, replaced, removed and interrupted before: all that is live is found, once, and nothing else."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelf import RECIPE, article, put, reader

from index_store import Article, Filters, IndexWriter, open_writer
from index_store.catalog import Catalog
from index_store.vectors import ChromaVectors, vectors_in_folder
from index_store.words import Words
from index_store.writable_catalog import WritableCatalog

# Where a run can be stopped: before each step of a change, in the order of the steps.
STEPS = (
    (ChromaVectors, "replace"),
    (Words, "replace"),
    (WritableCatalog, "commit"),
    (ChromaVectors, "forget"),
    (Words, "forget"),
)
names = st.sampled_from(("storm", "vote", "ferry"))
paragraphs = st.lists(st.sampled_from(("One.", "Two.", "Three.", "Four.")), min_size=1, max_size=4, unique=True)
puts = st.tuples(names, paragraphs, st.none() | st.integers(0, len(STEPS) - 1))
removals = st.tuples(names, st.none(), st.none())
histories = st.lists(puts | removals, min_size=2, max_size=5)


class Stopped(BaseException):
    """The run was ended from outside, as by a signal."""


@contextmanager
def stopped_before(step: int | None) -> Iterator[None]:
    """End the run when it comes to this step; None lets it run."""
    if step is None:
        yield
        return

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    with pytest.MonkeyPatch.context() as patch, suppress(Stopped):
        patch.setattr(*STEPS[step], stop)
        yield


def change(folder: Path, name: str, texts: list[str] | None, step: int | None) -> None:
    """Open the folder as a new run does, and make one change."""
    with stopped_before(step), open_writer(folder, recipe=RECIPE) as writer:
        apply(writer, name, texts)


def apply(writer: IndexWriter, name: str, texts: list[str] | None) -> None:
    """Put an article with these paragraphs, or remove it."""
    if texts is None:
        writer.remove([article(name).article_id])
    else:
        put(writer, [article(name, *texts)])


def live(folder: Path) -> dict[str, Article]:
    """The live articles, by id, as the catalog tells it."""
    catalog = Catalog.open(folder / "catalog.sqlite")
    try:
        found = catalog.articles(Filters(), limit=100)
        return {summary.article_id: catalog.version(summary.article_id).article for summary in found}
    finally:
        catalog.close()


def found(folder: Path, *, resident: bool, held: bool = False) -> list[tuple[str, str]]:
    """Article id and text of every passage that a new reader finds."""
    index = reader(folder, resident=resident, held=held)
    try:
        passages = index.search("one two three four", Filters(), limit=100, per_article=100)
        assert all(p.text == p.article.text[p.chunk.start : p.chunk.end] for p in passages)
        return sorted((passage.article.article_id, passage.text) for passage in passages)
    finally:
        index.close()


def in_copies(folder: Path) -> tuple[list[str], list[str]]:
    """The keys that Chroma and Tantivy hold."""
    vectors = vectors_in_folder(folder / "chroma")
    ids = sorted(vectors._collection.get(include=[])["ids"])
    vectors.close()
    return ids, sorted(key for key, _ in Words(folder / "words").best("one two three four", Filters(), limit=1_000))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_only_what_is_live_is_found_and_each_chunk_once(
    history: list[tuple[str, list[str] | None, int | None]],
) -> None:
    """After any run, stopped or not, both searches find exactly the live chunks; an article is old or new, whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        change(folder, "base", ["One.", "Two."], None)
        texts = {article("base").article_id: "One.\n\nTwo."}
        for subject, paragraphs_, step in history:
            key = article(subject).article_id
            before, after = texts.get(key), "\n\n".join(paragraphs_) if paragraphs_ else None
            change(folder, subject, paragraphs_, step)
            now = live(folder)
            texts = {article_id: one.text for article_id, one in now.items()}
            assert texts.get(key) in ({after} if step is None else {before, after})
            expected = sorted((article_id, text) for article_id, all_ in texts.items() for text in all_.split("\n\n"))
            assert found(folder, resident=False) == found(folder, resident=True) == expected
            assert found(folder, resident=True, held=True) == expected
        with open_writer(folder, recipe=RECIPE) as writer:
            for one in live(folder).values():
                put(writer, [one])
        chroma, tantivy = in_copies(folder)
        assert chroma == tantivy
        assert len(chroma) == len(expected)
