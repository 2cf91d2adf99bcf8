"""Files and folders that articles can be read from; one file a kind."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index_store import SourceError, counted
from ingest.article import Found, Origin, RawArticle, Rejected, make_article
from ingest.cleaning import shown_location
from ingest.extract import read_page
from ingest.settings import IngestSettings, reason_never_read
from ingest.sources.fields import over_page
from ingest.sources.folder import files_below
from ingest.sources.kinds import KINDS, is_read, is_slow, names_articles, reader_for
from ingest.sources.reading import Draft, label
from ingest.workers import Workers

__all__ = ["FeedFile", "read_files", "read_source", "refused"]

_FILES_AHEAD = 32  # enough to keep all processes busy

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file that names articles rather than holding them: a feed, a sitemap or a list of feeds saved to disk."""

    path: Path


_Pages = tuple[Found | Rejected, ...]
_Entry = Path | Rejected | tuple[Path, "Future[_Pages]"]


def read_source(
    location: Path | str, *, settings: IngestSettings, publisher: str | None = None
) -> Iterator[Found | Rejected]:
    """
    Read every article of a file or folder, one at a time.

    Args:
        location: A file or a folder.
        settings: The limits of what an article may be.
        publisher: Publisher of the articles that name none.

    Yields:
        What was found, in the order of the source; what could not be read, with the reason. Files of other kinds in
        a folder are passed over.
    """
    for outcome in read_files([location], settings=settings, publisher=publisher):
        yield refused(outcome) if isinstance(outcome, FeedFile) else outcome


def refused(file: FeedFile) -> Rejected:
    """Say that a file holds no articles itself."""
    return Rejected(label(file.path), "names articles instead of holding them; `dateline index` follows it")


def read_files(
    locations: Iterable[Path | str],
    *,
    settings: IngestSettings,
    publisher: str | None = None,
    workers: Workers | None = None,
) -> Iterator[Found | Rejected | FeedFile]:
    """
    Read every article of files and folders, in their order.

    Args:
        locations: Files and folders.
        settings: The limits of what an article may be.
        publisher: Publisher of the articles that name none.
        workers: Processes that read pages and the like, many at once and none for ever; None reads all of them here.

    Yields:
        What was found; what could not be read, with the reason; and files that name articles elsewhere.
    """
    read = partial(_read_file, settings=settings, publisher=publisher, workers=workers)
    waiting = deque[_Entry]()
    for entry in (entry for location in locations for entry in _files_at(location)):
        if workers and isinstance(entry, Path) and is_slow(entry):
            waiting.append(
                (entry, workers.start(partial(_read_whole_file, settings=settings, publisher=publisher), entry))
            )
        else:
            waiting.append(entry)
        if len(waiting) > (_FILES_AHEAD if workers else 0):
            yield from _outcomes(waiting.popleft(), read, workers)
    for remaining in waiting:
        yield from _outcomes(remaining, read, workers)


def _outcomes(
    entry: _Entry, read: "partial[Iterator[Found | Rejected]]", workers: Workers | None
) -> Iterator[Found | Rejected | FeedFile]:
    if isinstance(entry, Rejected):
        yield entry
    elif isinstance(entry, Path):
        yield from [FeedFile(entry)] if names_articles(entry) else read(entry)
    elif workers:
        path, future = entry
        try:
            yield from workers.outcome(future)
        except SourceError as error:
            yield Rejected(label(path), error.message)


def _files_at(location: Path | str) -> Iterator[Path | Rejected]:
    if str(location).lower().startswith(("http://", "https://")):
        yield Rejected(str(location), "is a web address, and a file is expected here")
        return
    if not str(location).strip():  # an unset variable of a shell; as a path it would be the working folder
        yield Rejected('""', "is no file or folder")
        return
    if reason := reason_never_read(str(location)):
        yield Rejected(shown_location(str(location)), reason)
        return
    path = Path(location)
    try:
        is_folder = path.is_dir()
    except OSError as error:
        yield Rejected(label(path), f"cannot be read: {error.strerror}")
        return
    yield from _files_of_known_kinds(path) if is_folder else (path,)


def _files_of_known_kinds(folder: Path) -> Iterator[Path | Rejected]:
    anything, passed_over = False, 0
    for entry in files_below(folder):
        if isinstance(entry, Path) and not is_read(entry):
            passed_over += 1
            continue
        yield entry
        anything = True
    if passed_over:
        _log.info("%s: %s of other kinds passed over", label(folder), counted(passed_over, "file"))
    if not anything:
        yield Rejected(label(folder), f"holds no files of the kinds that are read: {KINDS}")


def _read_whole_file(path: Path, *, settings: IngestSettings, publisher: str | None) -> _Pages:
    """Read a file that holds one article; runs in another process."""
    return tuple(_read_file(path, settings=settings, publisher=publisher))


def _read_file(
    path: Path, *, settings: IngestSettings, publisher: str | None, workers: Workers | None = None
) -> Iterator[Found | Rejected]:
    try:
        for draft in reader_for(path)(path, settings):
            draft = draft if isinstance(draft, Rejected) else _with_page(*draft, workers)
            if isinstance(draft, Rejected):
                yield draft
            else:
                raw, origin = draft
                yield make_article(raw, origin=origin, settings=settings, publisher=publisher)
    except SourceError as error:
        yield Rejected(label(path), error.message)
    except OSError as error:
        yield Rejected(label(path), f"cannot be read: {error.strerror}")


def _with_page(raw: RawArticle, origin: Origin, workers: Workers | None) -> Draft | Rejected:
    """Read the page that a record brings along; in another process where there is one, since it may cost much."""
    if not raw.page:
        return raw, origin
    try:
        page = workers.outcome(workers.start(read_page, raw.page)) if workers else read_page(raw.page)
    except SourceError as error:
        return Rejected(origin.source, error.message)
    return over_page(raw, page), origin
