"""
Vectors: Chroma, one vector a chunk. A copy of the catalog that can be rebuilt.

The collection is written through LlamaIndex's `ChromaVectorStore`, in its node format, so that LlamaIndex and plain
Chroma clients can open it. Filters never go into Chroma's `where`, which costs up to half a second with 170,000
vectors; the catalog filters what comes back.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from index_store.errors import IndexStoreError
from index_store.records import Article, Chunk, NewVersion, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection
    from llama_index.core.schema import TextNode

COLLECTION = "dateline"
_RESTORE = "The next `dateline index` or `reindex` makes them anew, without embedding again."
# Cosine, since LlamaIndex reads scores as exp(-distance). A wider search beam than Chroma's 100 costs a millisecond
# and makes the graph agree with exact scores.
_CONFIGURATION: "CreateCollectionConfiguration" = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400}
}


class ChromaVectors:
    """The Chroma collection of one data folder."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """
        Open the collection; `create` makes an empty one where there is none.

        Raises:
            IndexStoreError: If there is none, or it cannot be read.
        """
        self._spelling = _take_spelling(folder)
        try:
            self._client, self._collection = _open(folder, self._spelling, create=create)
        except BaseException:
            _SPELLINGS.discard(self._spelling)
            raise

    def close(self) -> None:
        """Close the files: an open client keeps threads and memory for good."""
        self._client.close()
        _SPELLINGS.discard(self._spelling)

    def warm(self) -> None:
        """Load the graph, which the first question would wait for."""
        with _translated_errors():
            some = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
            if some is not None and len(some):
                self._collection.query(query_embeddings=np.asarray(some), n_results=1, include=[])

    def nearest(self, vector: Vectors, *, limit: int) -> list[str]:
        """
        Find the chunks nearest to a question's vector.

        Args:
            vector: Shape (dimensions,), of unit length.
            limit: Most chunks to return.

        Returns:
            Chunk keys, nearest first. Some may be gone: look each one up in the catalog.
        """
        with _translated_errors():
            count = min(limit, self._collection.count())
            if count == 0:
                return []
            found = self._collection.query(query_embeddings=np.asarray([vector]), n_results=count, include=[])
        return list(found["ids"][0])

    def replace(self, versions: Iterable[NewVersion]) -> None:
        """Add the chunks of these versions, replacing any of the same keys."""
        from llama_index.vector_stores.chroma import ChromaVectorStore  # 2 s, and only when writing

        store = ChromaVectorStore(chroma_collection=self._collection)
        entries = [
            (key, version.article, chunk, vector)
            for version in versions
            for key, chunk, vector in zip(version.keys, version.chunks, version.vectors, strict=True)
        ]
        for some in _batches(entries, self._client.get_max_batch_size()):
            self.forget([key for key, *_ in some])  # the store adds, and Chroma ignores an id that it has
            with _translated_errors():
                store.add([_node(*entry) for entry in some])

    def forget(self, keys: Sequence[str]) -> None:
        """Drop these chunks; those that are not there are no error."""
        for some in _batches(keys, self._client.get_max_batch_size()):
            with _translated_errors():
                present = self._collection.get(ids=list(some), include=[])["ids"]
                if present:
                    self._collection.delete(ids=present)


_SPELLINGS = set[str]()  # of the folders that are open in this process
_TAKING = Lock()


def _take_spelling(folder: Path) -> str:
    """
    Spell a folder's path as nobody else in this process does.

    Chroma shares one system among the clients of a process that spell a path alike, and it never sees what other
    processes write; so a client that is to see the newest state needs a spelling of its own.
    """
    with _TAKING:
        spelling = str(folder)
        while spelling in _SPELLINGS:
            spelling += "/."
        _SPELLINGS.add(spelling)
    return spelling


def _open(folder: Path, spelling: str, *, create: bool) -> tuple["Client", "Collection"]:
    import chromadb  # 1.3 s that a one-off question must not pay
    from chromadb.config import Settings

    if not create and not (folder / "chroma.sqlite3").exists():
        raise IndexStoreError(f"The vectors in {folder} are missing.", remedy=_RESTORE)
    with _translated_errors():
        client = chromadb.PersistentClient(path=spelling, settings=Settings(anonymized_telemetry=False))
        if create:
            collection = client.get_or_create_collection(
                COLLECTION, configuration=_CONFIGURATION, embedding_function=None
            )
        else:
            collection = client.get_collection(COLLECTION, embedding_function=None)
        return cast("Client", client), collection


@contextmanager
def _translated_errors() -> Iterator[None]:
    from chromadb.errors import ChromaError  # see _open

    try:
        yield
    except ChromaError as error:
        raise IndexStoreError(
            f"The vectors cannot be read or written: {error}",
            remedy=f"Check the disk's free space and try again; otherwise delete the folder chroma. {_RESTORE}",
        ) from error


def _node(key: str, article: Article, chunk: Chunk, vector: Vectors) -> "TextNode":
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode  # see replace

    return TextNode(
        id_=key,
        text=chunk.text,
        embedding=vector.tolist(),
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata=_metadata(article),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.article_id)},
    )


def _metadata(article: Article) -> dict[str, Any]:
    """What Chroma keeps beside a vector; dates as epoch seconds, since Chroma compares only numbers."""
    known: dict[str, Any] = {"title": article.title, "url": article.url, "publisher": article.publisher}
    if article.published_at:
        known["published"] = int(article.published_at.timestamp())
    return {name: value for name, value in known.items() if value is not None}


def _batches(entries: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for first in range(0, len(entries), size):
        yield entries[first : first + size]
