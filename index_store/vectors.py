"""
Vectors: Chroma, one vector a chunk. A copy of the catalog that can be rebuilt.

The collection is written through LlamaIndex's `ChromaVectorStore`, in its node format, so that LlamaIndex and plain
Chroma clients can open it. Filters never go into Chroma's `where`, which costs up to half a second with 170,000
vectors; the catalog filters what comes back.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import numpy as np

from index_store.errors import IndexStoreError, MismatchError
from index_store.records import Article, ChromaServer, Chunk, NewVersion, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.config import Settings
    from llama_index.core.schema import TextNode

COLLECTION = "dateline"
_RESTORE = "The next `dateline index` or `reindex` makes them anew, without embedding again."
# Cosine, since LlamaIndex reads scores as exp(-distance). Of the 200 nearest to each of 118 questions, among 24,000
# chunks, a beam of 1,000 missed 6 in all and one of 400 missed 88. Chroma's own is 100.
_CONFIGURATION: "CreateCollectionConfiguration" = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 1_000}
}


class ChromaVectors:
    """The Chroma collection of one data folder; made by `vectors_in_folder` or `vectors_on_server`."""

    def __init__(self, client: "Client", collection: "Collection", *, spelling: str = "") -> None:
        self._client = client
        self._collection = collection
        self._spelling = spelling

    @property
    def is_current(self) -> bool:
        """Whether it sees what other processes write, as a server does, and an open folder does not."""
        return not self._spelling

    def close(self) -> None:
        """Close the files: an open client keeps threads and memory for good."""
        _close(self._client)
        _SPELLINGS.discard(self._spelling)

    def count(self) -> int:
        """Count the chunks that it holds, live or not."""
        with _translated_errors():
            return self._collection.count()

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
            # More than there are may be asked for; to count them first takes 18 ms with 170,000.
            found = self._collection.query(query_embeddings=np.asarray([vector]), n_results=limit, include=[])
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


def vectors_in_folder(folder: Path, *, create: bool = False) -> ChromaVectors:
    """
    Open the collection in a folder; `create` makes an empty one where there is none.

    Raises:
        IndexStoreError: If there is none, or it cannot be read.
    """
    import chromadb  # 1.3 s that a one-off question must not pay

    if not create and not (folder / "chroma.sqlite3").exists():
        raise IndexStoreError(f"The vectors in {folder} are missing.", remedy=_RESTORE)
    spelling = _take_spelling(folder)
    try:
        with _translated_errors():
            client = cast("Client", chromadb.PersistentClient(path=spelling, settings=_settings()))
            return ChromaVectors(client, _collection(client, COLLECTION, create=create), spelling=spelling)
    except BaseException:
        _SPELLINGS.discard(spelling)
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
    import chromadb  # see vectors_in_folder

    url = urlsplit(server.url)
    is_tls = url.scheme == "https"
    try:
        with _translated_errors(server):
            port = url.port or (443 if is_tls else 80)
            opened = chromadb.HttpClient(host=url.hostname or "", port=port, ssl=is_tls, settings=_settings())
            client = cast("Client", opened)
            collection = _collection(client, server.collection, create=create, owner=owner)
    except ValueError as error:  # Chroma's way of saying that it could not connect
        raise _unreachable(server, error) from error
    if (collection.metadata or {}).get("dateline_folder") != owner:
        _close(client)
        raise MismatchError(
            f"The collection {server.collection} at {server.url} belongs to another data folder.",
            remedy="Name another one with chroma_collection under [store].",
        )
    return ChromaVectors(client, collection)


def _close(client: "Client") -> None:
    """Close a client, and its connections to a server, which Chroma would leave open."""
    client.close()
    for one in (client, client._admin_client):
        connections = getattr(getattr(one, "_server", None), "_session", None)
        if connections:
            connections.close()


def _settings() -> "Settings":
    from chromadb.config import Settings  # see vectors_in_folder

    return Settings(anonymized_telemetry=False)


def _collection(client: "Client", name: str, *, create: bool, owner: str = "") -> "Collection":
    if not create:
        return client.get_collection(name, embedding_function=None)
    from chromadb.errors import NotFoundError  # see vectors_in_folder

    with suppress(NotFoundError):
        return client.get_collection(name, embedding_function=None)
    metadata = {"dateline_folder": owner} if owner else None
    return client.create_collection(name, metadata=metadata, configuration=_CONFIGURATION, embedding_function=None)


# What Chroma raises when a folder is opened again after that has failed in this process; the opening after it is sound.
_AFTER_A_FAILURE = AttributeError


@contextmanager
def _translated_errors(server: ChromaServer | None = None) -> Iterator[None]:
    from chromadb.errors import ChromaError  # see vectors_in_folder
    from httpx import HTTPError  # what Chroma speaks to servers with

    try:
        yield
    except HTTPError as error:
        raise _unreachable(server, error) from error
    except (ChromaError, _AFTER_A_FAILURE) as error:
        remedy = f"Check the disk's free space and try again; otherwise delete the folder chroma. {_RESTORE}"
        if server:
            remedy = f"Check the server, chroma_url and chroma_collection under [store]. {_RESTORE}"
        raise IndexStoreError(f"The vectors cannot be read or written: {error}", remedy=remedy) from error


def _unreachable(server: ChromaServer | None, error: Exception) -> IndexStoreError:
    where = f"The Chroma server {server.url}" if server else "The Chroma server"
    told = str(error).splitlines()
    return IndexStoreError(
        f"{where} cannot be reached: {told[0] if told else type(error).__name__}",
        remedy="Start it (`chroma run`), or correct chroma_url under [store].",
    )


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
