"""Small articles and vectors for tests of the shelf, and a reader that needs no model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import numpy as np

from index_store import Article, ChromaServer, Chunk, IndexWriter, Likeness, NewsIndex, Span, Vectors, index
from index_store.catalog import Catalog

DIMENSIONS = 8
RECIPE = "for tests"


def article(key: str, *texts: str, **changes: object) -> Article:
    """An article whose paragraphs are `texts`; `key` names it."""
    ordinary = {
        "article_id": sha256(key.encode()).hexdigest()[:16],
        "url": f"https://news.example/{key}",
        "title": f"Report on {key}",
        "text": "\n\n".join(texts or (f"The {key} was reported on Monday.",)),
        "publisher": "Example News",
        "published_at": datetime(2025, 3, 5, tzinfo=UTC),
        "date_source": "record",
    }
    return Article(**(ordinary | changes))  # type: ignore[arg-type]


def chunks_of(whole: Article) -> tuple[Chunk, ...]:
    """One chunk a paragraph, of one sentence."""
    chunks, start = [], 0
    for position, text in enumerate(whole.text.split("\n\n")):
        end = start + len(text)
        chunks.append(Chunk(whole.article_id, position, start, end, text, (Span(start, end),)))
        start = end + 2
    return tuple(chunks)


def vector_of(text: str) -> Vectors:
    """A unit vector that depends on the text alone."""
    seed = int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:8])
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def put(writer: IndexWriter, articles: Sequence[Article], likenesses: Mapping[str, Likeness] | None = None) -> None:
    """Replace these articles in one commit."""
    entries = [(one, chunks_of(one)) for one in articles]
    vectors = np.stack([vector_of(chunk.text) for _, chunks in entries for chunk in chunks])
    writer.replace(entries, vectors, likenesses)


class TextEncoder:
    """A question's vector is that of a chunk with the same text."""

    def encode_question(self, question: str) -> Vectors:
        """Return the vector of the question's text."""
        return vector_of(question)


def reader(
    folder: Path, *, resident: bool = False, chroma: ChromaServer | None = None, held: bool = False
) -> NewsIndex:
    """Open a data folder for reading, without a model."""
    catalog = Catalog.open(folder / "catalog.sqlite")
    with patch.object(index, "_HELD_UP_TO_CHUNKS", 1_000 if held else 0):  # a folder of tests is small
        return NewsIndex(folder, catalog, TextEncoder(), resident=resident, chroma=chroma)
