"""
The catalog compared with Chroma and Tantivy, both ways, while a writer may be at work.

A chunk is missing from a copy if it was live before and after the copy was read. A chunk is too many if neither then
was it live nor noted as a stray: what a writer has in flight is always one or the other.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from index_store.care.catalog_checks import snapshot
from index_store.care.findings import Finding, Status, note, ok, problem
from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.errors import REBUILD, IndexStoreError
from index_store.nearest import opener
from index_store.records import ChromaServer, Filters
from index_store.vectors import ChromaVectors
from index_store.words import Words

_TRIES = 3
_PROBES = 8


@dataclass(frozen=True, slots=True)
class _Moment:
    """The keys of live chunks and of strays, and the generation, all of one state of the catalog."""

    live: frozenset[str]
    strays: frozenset[str]
    generation: int


def check_copies(folder: Path, catalog: Catalog, server: ChromaServer | None) -> Iterator[Finding]:
    """Compare both copies with the catalog, and look for some chunks by their own vectors."""
    chroma = _steady(catalog, lambda: _compared("chroma", catalog, lambda: _chroma_keys(folder, catalog, server)))
    yield chroma
    if chroma.status is not Status.PROBLEM:  # an open that failed once fails in other ways after that
        yield _steady(catalog, lambda: _nearest(folder, catalog, server))
    yield _steady(catalog, lambda: _compared("words", catalog, lambda: Words(folder / "words").keys()))
    yield _strays(catalog)


def _steady(catalog: Catalog, check: Callable[[], Finding]) -> Finding:
    """Check again if something seems wrong and the catalog has moved meanwhile."""
    for _ in range(_TRIES):
        before = catalog.generation()
        finding = check()
        if finding.status is not Status.PROBLEM or catalog.generation() == before:
            return finding
    told = f"the index changed each time it was looked at; the last look: {finding.told}"
    return note(finding.check, told, remedy="Run `dateline doctor` again when no process is writing.")


def _compared(check: str, catalog: Catalog, read: Callable[[], Sequence[str]]) -> Finding:
    before = _moment(catalog)
    try:
        held = Counter(read())
    except IndexStoreError as error:
        if not before.live:
            return _nothing(check)
        return problem(check, error.message.rstrip("."), remedy=error.remedy or REBUILD)
    after = _moment(catalog)
    missing = (before.live & after.live) - held.keys()
    unknown = held.keys() - before.live - before.strays - after.live - after.strays
    twice = [key for key, times in held.items() if times > 1 and key not in before.strays | after.strays]
    counts = {"missing": len(missing), "unknown to the catalog": len(unknown), "held twice": len(twice)}
    if any(counts.values()):
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        return problem(check, f"of {len(after.live):,} chunks: {told}", remedy=REBUILD)
    moved = "; the index changed meanwhile" if after.generation != before.generation else ""
    return ok(check, f"holds all {len(after.live):,} live chunks and no unknown ones{moved}")


def _moment(catalog: Catalog) -> _Moment:
    with snapshot(catalog.connection):
        live = catalog.connection.execute("SELECT chunk_key FROM chunks")
        return _Moment(frozenset(key for (key,) in live), frozenset(catalog.strays()), catalog.generation())


def _nothing(check: str) -> Finding:
    return ok(check, "nothing is indexed, so there is nothing to hold")


def _chroma_keys(folder: Path, catalog: Catalog, server: ChromaServer | None) -> list[str]:
    if server is None:
        _check_database(folder / "chroma" / "chroma.sqlite3")
    with closing(opener(folder, catalog, server)()) as vectors:
        return vectors.keys()


def _check_database(file: Path) -> None:
    """
    Look through the pages of Chroma's database, of which what is asked of Chroma touches only some.

    Raises:
        IndexStoreError: If it is damaged.
    """
    with suppress(sqlite3.OperationalError):  # it is not there or may not be read, which Chroma tells of
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
                (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            raise IndexStoreError(f"Chroma's database is damaged: {verdict.splitlines()[-1]}.", remedy=REBUILD)


def _nearest(folder: Path, catalog: Catalog, server: ChromaServer | None) -> Finding:
    """Look for chunks by their own vectors: Chroma keeps its graph apart from its list of keys."""
    if not catalog.count_chunks(Filters()):
        return _nothing("nearest")
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:  # a broken graph may end the process
            asked, lost = child.submit(_ask_chroma, folder, server).result()
    except BrokenProcessPool:
        return problem("nearest", "Chroma crashes when it is asked: its graph is damaged", remedy=REBUILD)
    except IndexStoreError as error:
        return problem("nearest", error.message.rstrip("."), remedy=error.remedy or REBUILD)
    if lost:
        return problem("nearest", f"Chroma does not find {lost} of {asked} chunks by their vectors", remedy=REBUILD)
    return ok("nearest", f"Chroma finds {asked} of {asked} chunks by their own vectors")


def _ask_chroma(folder: Path, server: ChromaServer | None) -> tuple[int, int]:
    """Count the chunks that were looked for, and those of them that were not found; runs in another process."""
    with (
        closing(Catalog.open(folder / CATALOG)) as catalog,
        closing(opener(folder, catalog, server)()) as vectors,
    ):
        keys = _spread(catalog)
        return len(keys), sum(not _finds(vectors, catalog, key) for key in keys)


def _spread(catalog: Catalog) -> list[str]:
    """Take some live chunks from all over the catalog."""
    keys = [key for (key,) in catalog.connection.execute("SELECT chunk_key FROM chunks ORDER BY chunk_key")]
    return keys[:: max(1, len(keys) // _PROBES)][:_PROBES]


def _finds(vectors: ChromaVectors, catalog: Catalog, key: str) -> bool:
    """Whether the chunk itself, or one with the same vector, is nearest; one that is gone meanwhile counts as found."""
    wanted = catalog.chunks([key], Filters()).get(key)
    if wanted is None:
        return True
    found = catalog.chunks(vectors.nearest(wanted.vector, limit=5), Filters())
    return any(float(one.vector @ wanted.vector) > 0.999 for one in found.values())


def _strays(catalog: Catalog) -> Finding:
    strays = len(catalog.strays())
    if not strays:
        return ok("strays", "none")
    return ok("strays", f"{strays:,} chunks in flight, or left by a killed run: readers drop them, writers clear them")
