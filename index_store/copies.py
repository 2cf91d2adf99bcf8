"""
The copies of the catalog, Chroma and Tantivy: made anew beside the old ones and swapped in whole.

A draft bears the copy's name with `.new`. The old copy steps aside as `.old` for the moment between two renames. Killed
at any step, one of these names holds a whole copy, and `clear_drafts` finds it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from index_store.copy_places import CURRENT, DRAFT, OLD, Copy
from index_store.errors import IndexStoreError
from index_store.records import Filters, NewVersion
from index_store.writable_catalog import WritableCatalog

COPIES = ("chroma", "words")
_log = logging.getLogger(__name__)


def rebuild_missing(catalog: WritableCatalog, copies: Sequence[Copy]) -> None:
    """
    Make anew what is missing of these copies, or was written elsewhere last; for who holds the writer's lock.

    Raises:
        IndexStoreError: If a copy cannot be looked at or written.
        MismatchError: If it belongs to another data folder.
    """
    clear_drafts(catalog, copies)
    missing = [copy for copy in copies if copy.is_missing() or _last_place(catalog, copy) != copy.place]
    if missing and catalog.count_chunks(Filters()):
        rebuild(catalog, missing)
        for copy in missing:
            _log.warning("%s was missing or out of date: it was made anew from the catalog.", copy.name(CURRENT))
    else:
        for copy in missing:  # nothing is indexed: what cannot be read goes
            copy.drop(CURRENT)
    _note_places(catalog, copies)


def rebuild(catalog: WritableCatalog, copies: Sequence[Copy], *, done: Callable[[], None] = lambda: None) -> None:
    """
    Make copies anew from the catalog, without embedding again; for who holds the writer's lock.

    Memory stays flat. Until the end the old copies serve readers, who then open the new ones.

    Args:
        catalog: The catalog.
        copies: Which copies.
        done: Called after each article of each copy.

    Raises:
        IndexStoreError: If a copy cannot be written; the old ones stay. If it cannot be put in its place, those
            before it are new and it stays old; each is whole.
        MismatchError: If it belongs to another data folder.
    """
    clear_drafts(catalog, copies)
    try:
        for copy in copies:
            copy.fill(DRAFT, _told(catalog.live_versions(), done))
        for copy in copies:
            _swap_in(copy)
    except BaseException:
        with suppress(IndexStoreError, OSError):  # the next writer clears up; what failed first is to be told
            clear_drafts(catalog, copies)
        raise
    if {copy.kind for copy in copies} == set(COPIES):
        catalog.forget_strays()  # what was made of live chunks alone holds none
    _note_places(catalog, copies)
    catalog.call_readers()
    for copy in copies:
        with suppress(IndexStoreError, OSError):  # the next writer drops it
            copy.drop(OLD)


def clear_drafts(catalog: WritableCatalog, copies: Iterable[Copy]) -> None:
    """Clear away what a killed rebuild left; an old copy that had stepped aside comes back. Under the writer's lock."""
    was_swapping = False
    for copy in copies:
        if copy.exists(OLD):
            was_swapping = True
            if not copy.exists(CURRENT):
                copy.rename(OLD, CURRENT)
        for suffix in (OLD, DRAFT):
            copy.drop(suffix)
    if was_swapping:
        catalog.call_readers()


def leftovers(copies: Iterable[Copy]) -> list[str]:
    """Name the drafts that lie about: somebody is making them, or was killed meanwhile."""
    return [copy.name(suffix) for copy in copies for suffix in (DRAFT, OLD) if copy.exists(suffix)]


def _swap_in(copy: Copy) -> None:
    if copy.exists(CURRENT):
        copy.rename(CURRENT, OLD)
    copy.rename(DRAFT, CURRENT)


def _last_place(catalog: WritableCatalog, copy: Copy) -> str:
    """Where this copy was written last; any other place may have missed commits since."""
    return catalog.fact(f"{copy.kind} at") or ""


def _note_places(catalog: WritableCatalog, copies: Iterable[Copy]) -> None:
    for copy in copies:
        if _last_place(catalog, copy) != copy.place:
            catalog.set_fact(f"{copy.kind} at", copy.place)


def _told(versions: Iterable[NewVersion], done: Callable[[], None]) -> Iterator[NewVersion]:
    for version in versions:
        yield version
        done()
