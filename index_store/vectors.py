"""
Vectors: Chroma, one vector a chunk. A copy of the catalog that can be rebuilt.

The collection is written through LlamaIndex's `ChromaVectorStore`, in its node format, so that LlamaIndex and plain
Chroma clients can open it. Filters never go into Chroma's `where`, which costs up to half a second with 170,000
vectors; the catalog filters what comes back.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from index_store.chroma_client import OpenClient, connect, open_folder, translated_errors
from index_store.errors import REBUILD, IndexStoreError, MismatchError
from index_store.records import Article, ChromaServer, Chunk, NewVersion, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection
    from llama_index.core.schema import TextNode

COLLECTION = "dateline"
_FILL_CHUNKS = 1_000  # at a time, so that memory stays flat; more were no faster
# Cosine, since LlamaIndex reads scores as exp(-distance). Of the 200 nearest to each of 118 questions, among 24,000
# chunks, a beam of 1,000 missed 6 in all and one of 400 missed 88. Chroma's own is 100.
_CONFIGURATION: "CreateCollectionConfiguration" = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 1_000}
}

_Entry: TypeAlias = tuple[str, Article, Chunk, Vectors]  # a chunk with its key, its article and its vector
_Any = TypeVar("_Any")


class ChromaVectors:
    """The Chroma collection of one data folder; made by `vectors_in_folder` or `vectors_on_server`."""

    def __init__(self, opened: OpenClient, collection: "Collection") -> None:
        self._opened = opened
        self._collection = collection

    @property
    def is_current(self) -> bool:
        """Whether it sees what other processes write, as a server does, and an open folder does not."""
        return not self._opened.spelling

    def close(self) -> None:
        """Close the files: an open client keeps threads and memory for good."""
        self._opened.close()

    def warm(self) -> None:
        """Load the graph, which the first question would wait for."""
        with translated_errors():
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
        with translated_errors():
            # More than there are may be asked for; to count them first takes 18 ms with 170,000.
            found = self._collection.query(query_embeddings=np.asarray([vector]), n_results=limit, include=[])
        return list(found["ids"][0])

    def keys(self) -> list[str]:
        """List the keys of all chunks, live or not, in no order."""
        with translated_errors():
            return list(self._collection.get(include=[])["ids"])

    def replace(self, versions: Iterable[NewVersion]) -> None:
        """Add the chunks of these versions, replacing any of the same keys."""
        for some in _batches(_entries(versions), self._most_at_once()):
            self.forget([key for key, *_ in some])  # the store adds, and Chroma ignores an id that it has
            self._add(some)

    def fill(self, versions: Iterable[NewVersion]) -> None:
        """Add the chunks of these versions, however many, to a collection that holds none of them."""
        for some in _batches(_entries(versions), min(_FILL_CHUNKS, self._most_at_once())):
            self._add(some)

    def _add(self, entries: Sequence[_Entry]) -> None:
        from llama_index.vector_stores.chroma import ChromaVectorStore  # 2 s, and only when writing

        with translated_errors():
            ChromaVectorStore(chroma_collection=self._collection).add([_node(*entry) for entry in entries])

    def forget(self, keys: Sequence[str]) -> None:
        """Drop these chunks; those that are not there are no error."""
        for some in _batches(keys, self._most_at_once()):
            with translated_errors():
                present = self._collection.get(ids=list(some), include=[])["ids"]
                if present:
                    self._collection.delete(ids=present)

    def _most_at_once(self) -> int:
        with translated_errors():
            return self._opened.client.get_max_batch_size()


def vectors_in_folder(folder: Path, *, create: bool = False) -> ChromaVectors:
    """
    Open the collection in a folder; `create` makes an empty one where there is none.

    Raises:
        IndexStoreError: If there is none, or it cannot be read.
    """
    if not create and not (folder / "chroma.sqlite3").exists():
        raise IndexStoreError(f"The vectors in {folder} are missing.", remedy=REBUILD)
    opened = open_folder(folder)
    try:
        with translated_errors():
            return ChromaVectors(opened, _in_folder(opened.client, create=create))
    except BaseException:
        opened.close()
        raise


def vectors_on_server(server: ChromaServer, *, owner: str, create: bool = False) -> ChromaVectors:
    """
    Open the collection on a server; `create` makes an empty one where there is none.

    Args:
        server: Where.
        owner: The data folder's identity, which the collection bears: two folders must not share one.
        create: Whether to make it.

    Raises:
        IndexStoreError: If the server cannot be reached, or has no such collection.
        MismatchError: If the collection belongs to another data folder.
    """
    opened = connect(server)
    try:
        with translated_errors(server):
            collection = collection_on_server(opened.client, server, owner=owner)
            if collection is None and create:
                collection = _made(opened.client, server.collection, {"dateline_folder": owner})
        if collection is None:
            missing = f"The vectors, the collection {server.collection} at {server.url}, are missing."
            raise IndexStoreError(missing, remedy=REBUILD)
    except BaseException:
        opened.close()
        raise
    return ChromaVectors(opened, collection)


def collection_on_server(client: "Client", server: ChromaServer, *, owner: str) -> "Collection | None":
    """
    Look for a data folder's collection on its server; None where there is none.

    Raises:
        MismatchError: If it belongs to another data folder.
    """
    from chromadb.errors import NotFoundError  # see open_folder

    try:
        collection = client.get_collection(server.collection, embedding_function=None)
    except NotFoundError:
        return None
    if (collection.metadata or {}).get("dateline_folder") != owner:
        raise MismatchError(
            f"The collection {server.collection} at {server.url} belongs to another data folder.",
            remedy="Name another one with chroma_collection under [store].",
        )
    return collection


def _in_folder(client: "Client", *, create: bool) -> "Collection":
    if not create:
        return client.get_collection(COLLECTION, embedding_function=None)
    from chromadb.errors import NotFoundError  # see open_folder

    with suppress(NotFoundError):
        return client.get_collection(COLLECTION, embedding_function=None)
    return _made(client, COLLECTION, None)


def _made(client: "Client", name: str, metadata: dict[str, Any] | None) -> "Collection":
    return client.create_collection(name, metadata=metadata, configuration=_CONFIGURATION, embedding_function=None)


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


def _entries(versions: Iterable[NewVersion]) -> Iterator[_Entry]:
    for version in versions:
        for key, chunk, vector in zip(version.keys, version.chunks, version.vectors, strict=True):
            yield key, version.article, chunk, vector


def _batches(some: Iterable[_Any], size: int) -> Iterator[list[_Any]]:
    remaining = iter(some)
    while batch := list(islice(remaining, size)):
        yield batch
