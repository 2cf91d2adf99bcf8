"""
Where a copy of the catalog lies: in the data folder, or on a Chroma server.

A copy has a name, and beside it up to two others that differ in their suffix: a draft that is being made, and the old
copy while the draft takes its place.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from index_store.chroma_client import connect, translated_errors
from index_store.deletion import delete
from index_store.records import ChromaServer, NewVersion
from index_store.vectors import collection_on_server, vectors_in_folder, vectors_on_server
from index_store.words import Words, is_readable

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

CURRENT, DRAFT, OLD = "", ".new", ".old"


class Copy(Protocol):
    """
    One of the catalog's copies; its methods take the suffix of the one that is meant.

    Errors are `IndexStoreError` where a store fails, `OSError` where the disk does.
    """

    @property
    def kind(self) -> str:
        """Return "chroma" or "words"."""

    @property
    def place(self) -> str:
        """What tells where it lies from other places where it could; "" for the data folder."""

    def is_missing(self) -> bool:
        """Whether there is no copy that this version can open."""

    def exists(self, suffix: str) -> bool:
        """Whether there is one, in whatever state."""

    def rename(self, suffix: str, to: str) -> None:
        """Give it another suffix, which none has, in one step."""

    def drop(self, suffix: str) -> None:
        """Delete it, if it is there."""

    def fill(self, suffix: str, versions: Iterable[NewVersion]) -> None:
        """Make one of these versions, however many; there is none yet."""

    def name(self, suffix: str) -> str:
        """Name it for people."""


@dataclass(frozen=True, slots=True)
class _InFolder:
    """A copy that is a folder inside the data folder."""

    folder: Path
    kind: ClassVar[str]
    place: ClassVar[str] = ""

    def exists(self, suffix: str) -> bool:
        return os.path.lexists(self.path(suffix))  # a link that leads nowhere stands in the way, too

    def rename(self, suffix: str, to: str) -> None:
        self.path(suffix).rename(self.path(to))

    def drop(self, suffix: str) -> None:
        delete(self.path(suffix))  # readers that have its files open keep them

    def name(self, suffix: str) -> str:
        return self.path(suffix).name

    def path(self, suffix: str) -> Path:
        return self.folder / f"{self.kind}{suffix}"


@dataclass(frozen=True, slots=True)
class WordsInFolder(_InFolder):
    """Tantivy, in the folder `words`."""

    kind: ClassVar[str] = "words"

    def is_missing(self) -> bool:
        """Whether it is gone, damaged, or of another version of Dateline, which wrote words otherwise."""
        return not is_readable(self.path(CURRENT))

    def fill(self, suffix: str, versions: Iterable[NewVersion]) -> None:
        """See `Copy`."""
        Words(self.path(suffix), create=True).fill(versions)


@dataclass(frozen=True, slots=True)
class ChromaInFolder(_InFolder):
    """Chroma, in the folder `chroma`."""

    kind: ClassVar[str] = "chroma"

    def is_missing(self) -> bool:
        """Whether it is gone; opening it, to see whether it is sound, would take a second."""
        return not (self.path(CURRENT) / "chroma.sqlite3").exists()

    def fill(self, suffix: str, versions: Iterable[NewVersion]) -> None:
        """See `Copy`."""
        with closing(vectors_in_folder(self.path(suffix), create=True)) as vectors:
            vectors.fill(versions)


@dataclass(frozen=True, slots=True)
class ChromaOnServer:
    """
    Chroma, as collections of a server.

    Attributes:
        server: Where.
        owner: The data folder's identity, which each of the collections bears.
    """

    server: ChromaServer
    owner: str
    kind: ClassVar[str] = "chroma"

    @property
    def place(self) -> str:
        """See `Copy`."""
        return f"{self.server.url} {self.server.collection}"

    def is_missing(self) -> bool:
        """See `Copy`."""
        return not self.exists(CURRENT)

    def exists(self, suffix: str) -> bool:
        """See `Copy`."""
        with self._looked_up(suffix) as (_, collection):
            return collection is not None

    def rename(self, suffix: str, to: str) -> None:
        """See `Copy`."""
        with self._looked_up(suffix) as (_, collection):
            if collection is not None:
                collection.modify(name=self._named(to).collection)

    def drop(self, suffix: str) -> None:
        """See `Copy`."""
        with self._looked_up(suffix) as (client, collection):
            if collection is not None:
                client.delete_collection(collection.name)

    def fill(self, suffix: str, versions: Iterable[NewVersion]) -> None:
        """See `Copy`."""
        with closing(vectors_on_server(self._named(suffix), owner=self.owner, create=True)) as vectors:
            vectors.fill(versions)

    def name(self, suffix: str) -> str:
        """See `Copy`."""
        return f"{self._named(suffix).collection} at {self.server.url}"

    def _named(self, suffix: str) -> ChromaServer:
        return replace(self.server, collection=f"{self.server.collection}{suffix}")

    @contextmanager
    def _looked_up(self, suffix: str) -> Iterator[tuple["Client", "Collection | None"]]:
        named = self._named(suffix)
        with closing(connect(self.server)) as opened, translated_errors(self.server):
            yield opened.client, collection_on_server(opened.client, named, owner=self.owner)


def chroma_copy(folder: Path, server: ChromaServer | None, *, owner: str) -> Copy:
    """Return where Chroma lies: on the server, if there is one; `owner` is the data folder's identity."""
    return ChromaInFolder(folder) if server is None else ChromaOnServer(server, owner)


def all_copies(folder: Path, server: ChromaServer | None, *, owner: str) -> tuple[Copy, ...]:
    """Return both copies; see `chroma_copy`."""
    return (chroma_copy(folder, server, owner=owner), WordsInFolder(folder))
