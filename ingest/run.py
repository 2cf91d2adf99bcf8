"""One run over some sources: open the data folder for writing, read, index, close."""

from collections.abc import Sequence
from contextlib import closing

from index_store import Configuration, StoreSettings, open_writer_of
from ingest.gather import read_sources
from ingest.reindex import Progress, Report, index_articles, recipe
from ingest.settings import FetchSettings, IngestSettings, SourceSettings
from ingest.surroundings import Surroundings
from ingest.workers import open_workers


def surroundings_of(configuration: Configuration) -> Surroundings:
    """Collect what reading sources needs from the settings."""
    data_dir = configuration.section(StoreSettings).data_dir
    return Surroundings(data_dir, configuration.section(IngestSettings), configuration.section(FetchSettings))


def run(
    configuration: Configuration,
    sources: Sequence[SourceSettings],
    progress: Progress,
    surroundings: Surroundings | None = None,
) -> Report:
    """
    Bring the index up to date with sources.

    Args:
        configuration: The settings in force.
        sources: What to read.
        progress: Told of each step.
        surroundings: What several runs have in common; None for a single one.

    Raises:
        BusyIndexError: If another process is writing.
        IndexStoreError: If the data folder cannot be written.
        EncoderError: If the embedding model cannot be loaded.
    """
    store, settings = configuration.section(StoreSettings), configuration.section(IngestSettings)
    with (
        open_writer_of(store, recipe=recipe(settings)) as writer,
        open_workers() as workers,
        closing(read_sources(sources, surroundings or surroundings_of(configuration), workers)) as stream,
    ):
        return index_articles(stream, writer, settings, progress)
