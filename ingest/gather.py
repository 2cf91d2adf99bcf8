"""All sources of a run in one stream: files first, then what must be asked for on the web."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index_store import SourceState, open_source_log
from ingest.article import Found, Rejected
from ingest.crawl import crawl
from ingest.schedule import failed, succeeded
from ingest.settings import SourceSettings
from ingest.sources import FeedFile, read_files
from ingest.stream import Item, is_too_old
from ingest.surroundings import Surroundings
from ingest.workers import Workers


def read_sources(
    sources: Sequence[SourceSettings], surroundings: Surroundings, workers: Workers
) -> Generator[Item, None, None]:
    """
    Read all that sources hold or name.

    Args:
        sources: Files, folders and addresses.
        surroundings: Settings, and where the data folder is; it must exist.
        workers: The processes that read pages.

    Yields:
        Articles, failures, and what is to be remembered once the articles before it are in the index.
    """
    naming: list[SourceSettings] = []
    for source in sources:
        if source.is_on_the_web:
            naming.append(source)
        else:
            yield from _read_local(source, surroundings, workers, naming)
    if naming:
        found = crawl(naming, surroundings, workers)
        with closing(found):
            yield from found


def _read_local(
    source: SourceSettings, surroundings: Surroundings, workers: Workers, naming: list[SourceSettings]
) -> Iterator[Item]:
    """Read a file or folder; files in it that name articles elsewhere join those to be visited."""
    settings = surroundings.settings
    found, problem, below = False, "", list[str]()
    for item in read_files([source.location], settings=settings, publisher=source.publisher, workers=workers):
        if isinstance(item, FeedFile):
            below.append(str(item.path))
            found = True
            continue
        if isinstance(item, Rejected):
            problem = item.reason
        elif is_too_old(item, source):
            continue
        found = found or isinstance(item, Found)
        yield item
    naming += [source.model_copy(update={"location": path}) for path in below]
    if source.location not in below:
        yield replace(_state_of(source, surroundings, None if found else problem), below=tuple(below))


def _state_of(source: SourceSettings, surroundings: Surroundings, problem: str | None) -> SourceState:
    with closing(open_source_log(surroundings.data_dir)) as log:
        state = log.source(source.location)
    now = datetime.now(UTC)
    interval = timedelta(minutes=source.every_minutes or surroundings.settings.every_minutes)
    if problem:
        return failed(state, problem, now=now, interval=interval)
    kind = "folder" if Path(source.location).is_dir() else "file"
    return succeeded(SourceState(source.location, kind), now=now, interval=interval)
