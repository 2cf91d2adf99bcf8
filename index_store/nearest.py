"""
The chunks nearest to a question's vector: exactly, from catalog or memory, or by Chroma with what it has not seen yet.

Filters never go into Chroma: where few chunks pass, they are scored exactly, and where many do, Chroma is asked for
more than are wanted and the catalog drops the others.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

import numpy as np

from index_store.catalog import Catalog
from index_store.errors import DatelineError, IndexStoreError
from index_store.records import ChromaServer, Filters, Vectors
from index_store.vectors import ChromaVectors, vectors_in_folder, vectors_on_server

_EXACT_BELOW_CHUNKS = 5_000  # so many that pass are read from the catalog and scored in 20 ms
_EXACT_BELOW_SHARE = 0.5  # where more than half pass, Chroma is asked for twice as many at most
_LEAST_SHARE = 0.02  # of chunks that pass a filter; Chroma is asked for at most fifty times what is wanted
_REOPEN_AFTER_S = 10.0  # least time between two openings, which take 0.1 s with 12,000 chunks and 1 s with 170,000
_MOST_GONE = 1.5  # vectors held for each that is live
_BROKEN = -1  # no generation of the catalog
_log = logging.getLogger(__name__)


class Nearest(Protocol):
    """Finds the chunks nearest to a vector."""

    def nearest(self, vector: Vectors, filters: Filters, *, limit: int) -> list[str]:
        """
        Find the chunks nearest to a question's vector.

        Args:
            vector: Shape (dimensions,), of unit length.
            filters: What may be found.
            limit: About how many chunks are wanted.

        Returns:
            Chunk keys; some may be gone or not pass: look each one up in the catalog.
        """

    def close(self) -> None:
        """Close the files."""


class ExactNearest:
    """Reads all vectors that pass from the catalog: for one question, that costs less than importing Chroma."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def nearest(self, vector: Vectors, filters: Filters, *, limit: int) -> list[str]:
        """See `Nearest`; exact."""
        return _best(vector, self._catalog.vectors(filters), limit=limit)

    def close(self) -> None:
        """Close nothing: the catalog is its owner's."""


class HeldNearest:
    """
    All vectors in memory, which of a small index is faster than Chroma's graph, and exact.

    What a commit adds is read with the next question. What it removes stays, to be dropped by the catalog, until there
    is so much of it that all are read anew.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._counts = _Counts(catalog)
        self._keys, self._vectors = list[str](), np.empty((0, 0), dtype=np.float32)
        self._hold(after=0)

    def nearest(self, vector: Vectors, filters: Filters, *, limit: int) -> list[str]:
        """See `Nearest`; exact."""
        if self._catalog.generation() != self._generation:
            self._hold(after=self._newest)
            if len(self._keys) > _MOST_GONE * (self._counts.chunks() + 1):
                self._hold(after=0)
        passing = self._counts.share(filters)
        if self._counts.are_few(passing):
            return _best(vector, self._catalog.vectors(filters), limit=limit)
        return _best(vector, (self._keys, self._vectors), limit=int(limit / max(passing, _LEAST_SHARE)))

    def close(self) -> None:
        """Close nothing: the catalog is its owner's."""

    def _hold(self, *, after: int) -> None:
        """Read the vectors of versions after one, beside those that are held; of all versions after 0."""
        self._generation, newest = self._catalog.generation(), self._catalog.newest_version()
        keys, vectors = self._catalog.vectors(Filters(), after=after)
        if after and self._keys and keys:
            keys, vectors = [*self._keys, *keys], np.concatenate((self._vectors, vectors))
        if keys or not after:
            self._keys, self._vectors = keys, vectors
        self._newest = newest


@dataclass(frozen=True, slots=True)
class _View:
    """
    An open Chroma and what it certainly holds.

    Attributes:
        generation: Of the catalog, before Chroma was opened.
        newest: Number of the newest version that was committed by then; Chroma holds it and all before it.
    """

    vectors: ChromaVectors
    generation: int
    newest: int


class ChromaNearest:
    """
    Chroma's graph as it was at some commit, and exactly what was committed since.

    A folder's Chroma, once open, never sees what another process writes. A thread opens it anew some seconds after a
    commit, beside the questions; until then newer chunks are read from the catalog, and the catalog drops those that
    are gone.
    """

    def __init__(self, catalog: Catalog, catalog_file: Path, open_vectors: Callable[[], ChromaVectors]) -> None:
        """
        Open Chroma.

        Args:
            catalog: For the questions.
            catalog_file: To be opened once more for the thread.
            open_vectors: Opens Chroma.

        Raises:
            IndexStoreError: If it cannot be opened.
        """
        self._catalog = catalog
        self._counts = _Counts(catalog)
        self._open_vectors = open_vectors
        self._lock = Lock()  # an open Chroma is not closed while a question uses it
        self._view = self._open_view(catalog)
        self._is_closing = Event()
        self._thread = Thread(target=self._keep_up, args=(catalog_file,), name="chroma", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the files, once the thread has ended."""
        self._is_closing.set()
        self._thread.join()
        self._view.vectors.close()

    def nearest(self, vector: Vectors, filters: Filters, *, limit: int) -> list[str]:
        """See `Nearest`; exact where few chunks pass, and for what is newer than the open Chroma."""
        passing = self._counts.share(filters)
        if not self._counts.are_few(passing):
            try:
                return self._nearest_known_or_newer(vector, filters, limit=limit, passing=passing)
            except IndexStoreError as error:
                _log.warning("%s", error)
                self._view = replace(self._view, generation=_BROKEN)  # the thread opens it anew
        return _best(vector, self._catalog.vectors(filters), limit=limit)

    def _nearest_known_or_newer(self, vector: Vectors, filters: Filters, *, limit: int, passing: float) -> list[str]:
        with self._lock:
            view = self._view
            known = view.vectors.nearest(vector, limit=int(limit / max(passing, _LEAST_SHARE)))
        if view.vectors.is_current:
            return known
        newer = _best(vector, self._catalog.vectors(filters, after=view.newest), limit=limit)
        return list(dict.fromkeys([*newer, *known]))

    def _keep_up(self, catalog_file: Path) -> None:
        """Open Chroma anew after commits, at most once in `_REOPEN_AFTER_S` seconds."""
        with closing(Catalog.open(catalog_file)) as catalog:
            while not self._is_closing.wait(_REOPEN_AFTER_S):
                try:
                    if self._is_behind(catalog):
                        self._replace_view(self._open_view(catalog))
                except (DatelineError, sqlite3.Error) as error:  # it is tried again; until then the older one serves
                    _log.warning("%s", error)

    def _is_behind(self, catalog: Catalog) -> bool:
        return catalog.generation() != self._view.generation  # of a server, too: a rebuild changes its collection

    def _open_view(self, catalog: Catalog) -> _View:
        generation, newest = catalog.generation(), catalog.newest_version()  # before: Chroma gets chunks first
        vectors = self._open_vectors()
        vectors.warm()
        return _View(vectors, generation, newest)

    def _replace_view(self, view: _View) -> None:
        with self._lock:
            old, self._view = self._view, view
        old.vectors.close()


def opener(folder: Path, catalog: Catalog, server: ChromaServer | None) -> Callable[[], ChromaVectors]:
    """Return what opens a data folder's vectors: in the folder itself, or on a server."""
    if server is None:
        return lambda: vectors_in_folder(folder / "chroma")
    owner = catalog.identity()
    return lambda: vectors_on_server(server, owner=owner)


class _Counts:
    """How many chunks pass a filter, judged by the articles: there are ten times fewer to count."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._generation = -1
        self._chunks = self._articles = 0

    def chunks(self) -> int:
        """Count the live chunks, once after each commit."""
        generation = self._catalog.generation()
        if generation != self._generation:
            everything = Filters()
            self._chunks = self._catalog.count_chunks(everything)
            self._articles = self._catalog.count_articles(everything)
            self._generation = generation
        return self._chunks

    def are_few(self, passing: float) -> bool:
        """Whether such a share of the chunks is better read from the catalog and scored."""
        return passing <= _EXACT_BELOW_SHARE and passing * self.chunks() <= _EXACT_BELOW_CHUNKS

    def share(self, filters: Filters) -> float:
        """Which share of the chunks passes, from 0 to 1."""
        self.chunks()
        return self._catalog.count_articles(filters) / max(1, self._articles) if filters.narrow else 1.0


def _best(vector: Vectors, stored: tuple[list[str], Vectors], *, limit: int) -> list[str]:
    """Keys of the vectors that are nearest, nearest first; equal ones in the order of their keys."""
    keys, vectors = stored
    if not keys:
        return []
    distances = np.round(-(vectors @ vector), 6)  # the same text embedded in two batches differs by less
    last = np.partition(distances, min(limit, len(keys)) - 1)[min(limit, len(keys)) - 1]
    nearest = np.flatnonzero(distances <= last).tolist()  # with all that tie with the last
    return [keys[i] for i in sorted(nearest, key=lambda i: (distances[i], keys[i]))[:limit]]
